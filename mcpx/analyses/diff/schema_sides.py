"""The two schemas of a comparison: what is equal in them, and what a reference leads to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from mcpx.analyses.diff.values import pointer
from mcpx.schemas.walk import at

Path = tuple[str | int, ...]

_DYNAMIC = frozenset(("$dynamicRef", "$recursiveRef"))


class Prints:
    """Numbers for JSON values: equal values, and those alone, have equal ones; 1.0 equals 1."""

    def __init__(self) -> None:
        self._numbers: dict[Any, int] = {}
        self._known: dict[int, int] = {}
        self._referring: set[int] = set()

    def learn(self, document: Any) -> None:
        """Remembers every part of a document; it must stay alive as long as this does."""
        self._print(document, learned=True)

    def of(self, value: Any) -> int:
        """The number of a value."""
        known = self._known.get(id(value))
        return self._print(value) if known is None else known

    def refers(self, value: Any) -> bool:
        """Whether there is a ``$ref`` in the value."""
        return self.of(value) in self._referring

    def _print(self, value: Any, learned: bool = False) -> int:
        key: Any
        parts: list[int] = []
        refers = False
        if isinstance(value, dict):
            pairs = []
            for name, inner in value.items():
                known = None if learned else self._known.get(id(inner))
                number = self._print(inner, learned) if known is None else known
                pairs.append((name, number))
                refers = refers or number in self._referring
            refers = refers or "$ref" in value
            key = "{}", frozenset(pairs)
        elif isinstance(value, list | tuple):
            for inner in value:
                known = None if learned else self._known.get(id(inner))
                parts.append(self._print(inner, learned) if known is None else known)
            refers = any(part in self._referring for part in parts)
            key = "[]", tuple(parts)
        elif isinstance(value, str):
            key = value
        elif isinstance(value, bool) or value is None:
            key = (value,)
        else:
            key = "#", value
        number = self._numbers.setdefault(key, len(self._numbers))
        if refers:
            self._referring.add(number)
        if learned and isinstance(value, dict | list):
            self._known[id(value)] = number
        return number


class Side:
    """One of the two schemas, and what is looked up in it."""

    def __init__(self, document: Any, prints: Prints) -> None:
        self.document = document
        self.prints = prints
        dialect = document.get("$schema") if isinstance(document, dict) else None
        # Up to draft-07 a reference hides what stands beside it.
        # Source: draft-handrews-json-schema-01, section 8.3.
        self.legacy = isinstance(dialect, str) and any(
            f"draft-0{number}" in dialect for number in range(8)
        )
        self._anchors: dict[str, str] | None = None

    def target(self, reference: Any) -> tuple[Any, Path] | None:
        """What a local reference leads to, and where it stands; None when it leads elsewhere."""
        if not isinstance(reference, str) or not reference.startswith("#"):
            return None
        place = unquote(reference[1:])
        if place and not place.startswith("/"):
            place = self._anchored().get(place, "")
            if not place:
                return None
        try:
            found = at(self.document, place)
        except KeyError:
            return None
        return found, parts_of(place)

    def has(self, real: Path) -> bool:
        """Whether something stands there."""
        return self.target(f"#{pointer(*real)}") is not None

    def hides(self) -> bool:
        """Whether a reference may lead elsewhere than it says: by ids within, or dynamically."""
        ids = ("$id", "id") if self.legacy else ("$id",)
        waiting = [self.document]
        while waiting:
            one = waiting.pop()
            if isinstance(one, dict):
                inside = one is not self.document
                if inside and any(isinstance(one.get(key), str) for key in ids):
                    return True
                if one.keys() & _DYNAMIC:
                    return True
                waiting += one.values()
            elif isinstance(one, list):
                waiting += one
        return False

    def _anchored(self) -> Mapping[str, str]:
        if self._anchors is None:
            self._anchors = {}
            definitions = self.document.get("$defs") if isinstance(self.document, dict) else None
            for name, one in definitions.items() if isinstance(definitions, dict) else ():
                anchor = one.get("$anchor") if isinstance(one, dict) else None
                if isinstance(anchor, str):
                    self._anchors[anchor] = pointer("$defs", name)
        return self._anchors


def parts_of(pointer: str) -> Path:
    """The parts of a JSON Pointer."""
    return tuple(one.replace("~1", "/").replace("~0", "~") for one in pointer.split("/")[1:])
