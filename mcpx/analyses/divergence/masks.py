"""What of a server's answers is not to be compared: by rules, and learnt from two runs; no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mcpx.analyses.divergence.divergences import ABSENT, Divergence, Kind
from mcpx.analyses.divergence.pointers import Pattern, Places
from mcpx.analyses.divergence.sides import Interaction
from mcpx.json_rpc import HANDSHAKES

FORMAT = "mcpx.replay-mask"
VERSION = 1
# Differences of values at a place, which are all that a rule or a mask is for.
HIDEABLE = (Kind.CHANGED, Kind.ADDED, Kind.ORDER, Kind.SCHEMA, Kind.CONTRACT, Kind.ERROR_TEXT)
_LEARNT = (Kind.CHANGED, Kind.ERROR_TEXT)
# What says what a value is, or how to go on: never noise.
_PROTOCOL = frozenset(
    (
        "isError",
        "resultType",
        "nextCursor",
        "ttlMs",
        "cacheScope",
        "type",
        "role",
        "mimeType",
        "code",
    )
)
# What a place in a file is told by, and the JSON types; a bool is an int in Python.
_TEXTS = ("method", "name", "pointer")
_TYPES: tuple[tuple[Any, str], ...] = (
    (bool, "boolean"),
    ((int, float), "number"),
    (str, "string"),
    (list, "array"),
    (dict, "object"),
)


@dataclass(frozen=True, slots=True)
class IgnoreRules:
    """Rules such as ``tools/call[get_file_info] /structuredContent/**/modified``.

    A rule is a pointer (RFC 6901; ``*`` any one member, ``**`` any number), before it where it
    holds: a method, and in brackets a name; both may have ``*`` in them. It holds for all below
    its pointer too. JSON in a text is reached through the text: ``/content/*/text/modified``.
    """

    rules: tuple[tuple[str, Pattern], ...] = ()

    @classmethod
    def parsed(cls, texts: Iterable[str]) -> IgnoreRules:
        """The rules of these texts. Raises ValueError that names the one that cannot be read."""
        return cls(tuple((text.strip(), Pattern.parsed(text)) for text in texts))

    def matching(self, interaction: Interaction, pointer: str) -> str:
        """The first rule that holds for a place, as it was written; empty when there is none."""
        for text, pattern in self.rules:
            if pattern.holds_for(interaction) and pattern.covers(pointer):
                return text
        return ""


@dataclass(frozen=True, slots=True)
class Mask:
    """Places whose values differ from one run to the next by themselves.

    ``places`` are those of each method and name: pointers with ``*`` for places in lists, and the
    JSON types that were seen there.
    """

    places: Mapping[tuple[str, str], Mapping[str, frozenset[str]]] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Any) -> Mask:
        """The mask of a file's JSON. Raises ValueError that says what is wrong with it."""
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise ValueError(f"is no {FORMAT}")
        if document.get("version") != VERSION:
            raise ValueError(f"is not of version {VERSION}, which is the one that is known")
        listed = document.get("places")
        if not isinstance(listed, list):
            raise ValueError("has no list of places")
        places: dict[tuple[str, str], dict[str, frozenset[str]]] = {}
        for at, one in enumerate(listed):
            texts = [one.get(name) for name in _TEXTS] if isinstance(one, dict) else [None]
            types = one.get("types") if isinstance(one, dict) else None
            if not all(isinstance(text, str) for text in texts) or not isinstance(types, list):
                raise ValueError(f"is wrong at /places/{at}")
            method, name, pointer = map(str, texts)
            if _is_protocol(method, pointer):
                raise ValueError(f"hides what may not be hidden at /places/{at}")
            places.setdefault((method, name), {})[pointer] = frozenset(map(str, types))
        return cls(places)

    def to_dict(self) -> dict[str, Any]:
        """The JSON of a mask's file: ``mcpx.replay-mask``, version 1."""
        listed = [
            {"method": method, "name": name, "pointer": pointer, "types": sorted(types)}
            for (method, name), places in sorted(self.places.items())
            for pointer, types in sorted(places.items())
        ]
        return {"format": FORMAT, "version": VERSION, "places": listed}

    def holds_for(self, interaction: Interaction) -> bool:
        """Whether it has any place of this interaction."""
        return (interaction.method, interaction.name) in self.places

    def hides(self, interaction: Interaction, pointer: str) -> bool:
        """Whether a pointer, with ``*`` for places in lists, is such a place."""
        return pointer in self.places.get((interaction.method, interaction.name), ())

    def covers(self, interaction: Interaction, divergence: Divergence, pointer: str) -> bool:
        """Whether a difference is at such a place, and of the types that were seen there.

        ``pointer`` is its own, with ``*`` for places in lists.
        """
        if divergence.kind not in _LEARNT or not self.hides(interaction, pointer):
            return False
        return _types(divergence) <= self.places[interaction.method, interaction.name][pointer]


class Learning:
    """Learns a mask from two runs against one server that nothing was changed of."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], dict[str, frozenset[str]]] = {}
        self._refused: list[tuple[Interaction, Divergence]] = []

    def see(
        self, interaction: Interaction, divergences: Iterable[Divergence], first: Any = None
    ) -> None:
        """What one run differs in from the other (first run as recorded, second as live).

        ``first`` is what the first run gave, in which the places are.
        """
        within = Places(first)
        for one in divergences:
            if one.kind is Kind.VOLATILE:
                continue
            if not _may_learn(interaction, one):
                self._refused.append((interaction, one))
                continue
            places = self._places.setdefault((interaction.method, interaction.name), {})
            pointer = within.general(one.pointer)
            places[pointer] = places.get(pointer, frozenset()) | _types(one)

    @property
    def mask(self) -> Mask:
        """What has been learnt."""
        return Mask(self._places)

    @property
    def refused(self) -> Sequence[tuple[Interaction, Divergence]]:
        """Differences that no mask may hide: outcomes, protocol members, what is in a list."""
        return self._refused


def _may_learn(interaction: Interaction, one: Divergence) -> bool:
    if one.kind not in _LEARNT or not one.pointer:
        return False
    # What came or went in a list, or in an object: a state that was not put back.
    if one.recorded is ABSENT or one.live is ABSENT:
        return False
    return not _is_protocol(interaction.method, one.pointer)


def _is_protocol(method: str, pointer: str) -> bool:
    """Whether a place says what a value is; what is offered is not learnt at all."""
    if method in HANDSHAKES or method.endswith("/list"):
        return True
    parts = pointer.split("/")[1:]
    if not parts or parts[0] in _PROTOCOL:
        return True
    # The data of a tool may well have members of these names.
    return (
        parts[0] in ("content", "contents", "messages")
        and len(parts) <= 4
        and (parts[-1] in _PROTOCOL and "text" not in parts)
    )


def _types(one: Divergence) -> frozenset[str]:
    return frozenset(_type(value) for value in (one.recorded, one.live))


def _type(value: Any) -> str:
    for kind, name in _TYPES:
        if isinstance(value, kind):
            return name
    return "absent" if value is ABSENT else "null"
