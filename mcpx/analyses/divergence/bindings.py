"""Rules of what a request takes from an earlier result: ``--bind 'FROM -> TO'``; no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mcpx.analyses.divergence.divergences import ABSENT, Divergence
from mcpx.analyses.divergence.pointers import Pattern
from mcpx.analyses.divergence.sides import Interaction
from mcpx.catalogue.canonical import canonical_text
from mcpx.schemas.walk import at

_ARROW = "->"
_FORM = "/result/structuredContent/id -> /params/arguments/id"
# Values that are kept, of all rules together.
_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Binding:
    """What stands at ``source`` in a result is put at ``target`` into later requests.

    ``tools/call[add] /result/structuredContent/id -> tools/call[get] /params/arguments/id``;
    without a scope both hold for every method. ``*`` is any one member, ``**`` any number.
    ``text`` is the rule as it was written.
    """

    text: str
    source: Pattern
    target: Pattern


def parsed(texts: Iterable[str]) -> tuple[Binding, ...]:
    """The rules of these texts. Raises ValueError that names the one that cannot be read."""
    return tuple(map(_parsed, texts))


def _parsed(text: str) -> Binding:
    source, arrow, target = text.partition(_ARROW)
    if not arrow:
        raise ValueError(f"'{text:.80}' has no '{_ARROW}': write '{_FORM}'")
    places = []
    for one, root, word in ((source, "result", "from"), (target, "params", "to")):
        pattern = Pattern.parsed(one)
        if pattern.parts[0] != root:
            raise ValueError(f"'{text:.80}' takes {word} no /{root}: write '{_FORM}'")
        places.append(pattern)
    return Binding(text.strip(), *places)


class Bound:
    """What has been learnt by rules: any JSON values, such as numbers and short ids."""

    def __init__(self, bindings: Sequence[Binding] = ()) -> None:
        self._bindings = tuple(bindings)
        self._known: dict[tuple[int, str], Any] = {}
        self._used: dict[tuple[int, str], tuple[Binding, Any, Any]] = {}

    @property
    def used(self) -> Sequence[tuple[Binding, Any, Any]]:
        """What was put in: the rule, the recorded value and the live one, each once."""
        return [*self._used.values()]

    def learn(self, interaction: Interaction, recorded: Any, live: Any) -> None:
        """Look up in two results what the rules name; the newest counts."""
        for number, binding in enumerate(self._bindings):
            if not binding.source.holds_for(interaction):
                continue
            for place, value in binding.source.places({"result": recorded}):
                try:
                    other = at({"result": live}, place)
                except KeyError:
                    continue
                if (key := _key(value)) and len(self._known) < _MOST:
                    self._known[number, key] = other

    def explains(self, interaction: Interaction, divergence: Divergence) -> bool:
        """Whether a difference is in what a rule takes, or comes of what it has put in.

        The latter under the names that the rule has for it: a count is not an id.
        """
        pair = divergence.recorded, divergence.live
        if not self._bindings or any(one is ABSENT for one in pair) or not divergence.pointer:
            return False
        place = f"/result{divergence.pointer}"
        if any(
            one.source.holds_for(interaction) and one.source.covers(place) for one in self._bindings
        ):
            return True
        name, recorded, live = place.rpartition("/")[2], *map(_key, pair)
        return any(
            (number, recorded) in self._used
            and name in (one.source.parts[-1], one.target.parts[-1])
            and _key(self._known[number, recorded]) == live
            for number, one in enumerate(self._bindings)
        )

    def in_params(self, interaction: Interaction, params: Mapping[str, Any]) -> dict[str, Any]:
        """Recorded parameters with what the rules say put in."""
        message: dict[str, Any] = {"params": dict(params)}
        for number, binding in enumerate(self._bindings):
            if not binding.target.holds_for(interaction):
                continue
            for place, value in binding.target.places({"params": params}):
                key = _key(value)
                if place.count("/") > 1 and (number, key) in self._known:
                    live = self._known[number, key]
                    message = _put(message, place, live)
                    self._used[number, key] = binding, value, live
        found: dict[str, Any] = message["params"]
        return found


def _key(value: Any) -> str:
    try:
        return canonical_text(value)
    except ValueError:
        return ""


def _put(value: Any, place: str, new: Any) -> Any:
    """A copy of a value with another one at a place that it has."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in place.split("/")[1:]]
    return _put_at(value, parts, new)


def _put_at(value: Any, parts: Sequence[str], new: Any) -> Any:
    if not parts:
        return new
    if isinstance(value, dict) and parts[0] in value:
        return {**value, parts[0]: _put_at(value[parts[0]], parts[1:], new)}
    if isinstance(value, list) and parts[0].isdigit() and int(parts[0]) < len(value):
        place = int(parts[0])
        return [*value[:place], _put_at(value[place], parts[1:], new), *value[place + 1 :]]
    return value
