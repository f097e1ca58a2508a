"""Places in JSON: patterns of them, for some interactions or all, and what they have in common.

No I/O.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any

from mcpx.analyses.divergence.sides import Interaction
from mcpx.json_text import JsonTextError, parse_json

# Levels of a value below which no pattern looks, and places that one of it finds.
_DEEPEST = 100
_MOST_PLACES = 1_000
_MOST_SEEN = 20_000
_SCOPED = re.compile(r"(?:(?P<method>[^\s\[\]]+)(?:\[(?P<name>.*)\])?\s+)?(?P<pointer>/\S.*|/)")


@dataclass(frozen=True, slots=True)
class Pattern:
    """Places by a JSON Pointer (RFC 6901) in which ``*`` is any one member and ``**`` any number.

    ``method`` and ``name`` say where it holds, with ``*`` for any characters; empty: everywhere.
    """

    parts: tuple[str, ...]
    method: str = ""
    name: str = ""

    @classmethod
    def parsed(cls, text: str) -> Pattern:
        """The pattern of ``METHOD[NAME] /POINTER``. Raises ValueError that says what is wrong."""
        found = _SCOPED.fullmatch(text.strip())
        if found is None:
            raise ValueError(
                f"'{text.strip():.80}' is no place: write /structuredContent/count, or"
                " tools/call[TOOL] /structuredContent/count"
            )
        parts = tuple(found["pointer"].rstrip().split("/")[1:])
        return cls(parts, found["method"] or "", found["name"] or "")

    def holds_for(self, interaction: Interaction) -> bool:
        """Whether it is about this interaction."""
        return _like(self.method, interaction.method) and _like(self.name, interaction.name)

    def covers(self, pointer: str) -> bool:
        """Whether a place is one of these, or below one."""
        return _matches(self.parts, tuple(pointer.split("/")[1:]))

    def places(self, value: Any) -> list[tuple[str, Any]]:
        """The places in a value, each with what stands there; the first thousand."""
        found: list[tuple[str, Any]] = []
        waiting: list[tuple[str, Any, tuple[str, ...]]] = [("", value, self.parts)]
        seen: set[tuple[str, int]] = set()
        while waiting and len(found) < _MOST_PLACES and len(seen) < _MOST_SEEN:
            pointer, one, parts = waiting.pop()
            if (pointer, len(parts)) in seen:
                continue
            seen.add((pointer, len(parts)))
            if not parts:
                found.append((pointer, one))
                continue
            if parts[0] == "**":
                waiting.append((pointer, one, parts[1:]))
            if pointer.count("/") > _DEEPEST:
                continue
            rest = parts if parts[0] == "**" else parts[1:]
            members = _members(one)
            waiting += [
                (f"{pointer}/{name}", inner, rest)
                for name, inner in reversed(members)
                if parts[0] in ("*", "**", name)
            ]
        return found


class Places:
    """Makes one of the pointers to like places of a value: ``*`` stands for a place in a list.

    A member that is called by digits keeps its name. JSON in texts is looked into.
    """

    def __init__(self, value: Any) -> None:
        self._value = value
        self._texts: dict[str, Any] = {}

    def general(self, pointer: str) -> str:
        """The pointer with ``*`` for places in lists, as digits are where there is no value."""
        parts = pointer.split("/")
        if not any(map(str.isdigit, parts)):
            return pointer
        value = self._value
        for number, part in enumerate(parts[1:], 1):
            if isinstance(value, str):
                value = self._in_text("/".join(parts[:number]), value)
            if isinstance(value, dict):
                value = value.get(part.replace("~1", "/").replace("~0", "~"))
                continue
            if part.isdigit():
                parts[number] = "*"
                is_there = isinstance(value, list) and len(part) < 10 and int(part) < len(value)
                value = value[int(part)] if is_there else None
        return "/".join(parts)

    def _in_text(self, place: str, text: str) -> Any:
        if place not in self._texts:
            try:
                self._texts[place] = parse_json(text)
            except JsonTextError:
                self._texts[place] = None
        return self._texts[place]


def _members(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [(name.replace("~", "~0").replace("/", "~1"), one) for name, one in value.items()]
    if isinstance(value, list):
        return [(str(place), one) for place, one in enumerate(value)]
    return []


@functools.lru_cache(256)
def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, re.split(r"\*+", pattern))), re.DOTALL)


def _like(pattern: str, text: str) -> bool:
    return not pattern or _words(pattern).fullmatch(text) is not None


def _matches(pattern: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    """Whether parts, or the first of them, are as the pattern says.

    Keeps the places of the pattern that can be reached, so that no pattern makes it slow.
    """
    reached = _open(pattern, {0})
    for part in parts:
        if len(pattern) in reached:
            return True
        reached = _open(
            pattern,
            {
                at if pattern[at] == "**" else at + 1
                for at in reached
                if pattern[at] in ("*", "**", part)
            },
        )
        if not reached:
            return False
    return len(pattern) in reached


def _open(pattern: tuple[str, ...], reached: set[int]) -> set[int]:
    """The places reached, and those after ``**``, which may stand for nothing."""
    found = set(reached)
    for at in sorted(reached):
        while at < len(pattern) and pattern[at] == "**":
            at += 1
            found.add(at)
    return found
