"""JSON values with the text that they are written as, so that messages are taken verbatim."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from mcpx.json_text import JsonTextError, TooDeepError, parse_json

_SPACE = re.compile(r"[ \t\r\n]*")


def _nothing(_: object) -> None:
    return None


# Finds where a value ends, and builds nothing of it.
_ends = json.JSONDecoder(
    object_pairs_hook=_nothing, parse_float=_nothing, parse_int=_nothing, parse_constant=_nothing
).raw_decode
_reads_string = json.JSONDecoder().raw_decode


class Written:
    """A JSON value: ``text`` is how it is written, without white space around it."""

    def __init__(self, text: str) -> None:
        self.text = text

    @classmethod
    def of(cls, text: str) -> Written:
        """The one value that a text holds. Raises JsonTextError."""
        start = _after_space(text, 0)
        end = _end(text, start)
        if (rest := _after_space(text, end)) != len(text):
            raise JsonTextError("Extra data", *_place(text, rest))
        return cls(text[start:end])

    @cached_property
    def value(self) -> Any:
        """What it says. Raises JsonTextError, as for NaN, which is no JSON."""
        return parse_json(self.text)

    @cached_property
    def members(self) -> dict[str, Written]:
        """The members of an object, the last of each name; none for any other value."""
        if not self.text.startswith("{"):
            return {}
        return {_reads_string(name)[0]: Written(value) for name, value in self._pairs()}

    @cached_property
    def items(self) -> list[Written]:
        """The items of an array; none for any other value."""
        if not self.text.startswith("["):
            return []
        return [Written(self.text[start:end]) for start, end in self._parts("]")]

    def part(self, name: str) -> Written:
        """The member of this name; without one a null, which has no members and no items."""
        return self.members.get(name) or Written("null")

    @property
    def is_message(self) -> bool:
        """Whether it is an object or an array, as messages are."""
        return self.text[:1] in ("{", "[")

    def get(self, name: str) -> Any:
        """What the member of this name says, None without one."""
        return self.part(name).value

    @property
    def string(self) -> str:
        """What it says if it is a string, else an empty one; never half a surrogate pair."""
        found = _reads_string(self.text)[0] if self.text.startswith('"') else ""
        return str(found).encode("utf-8", "replace").decode()

    def word(self, name: str) -> str:
        """The member of this name when it is a string, else an empty one."""
        return self.part(name).string

    def number(self, name: str) -> float | None:
        """The member of this name when it is a finite number."""
        found = self.get(name)
        if isinstance(found, bool) or not isinstance(found, int | float):
            return None
        try:
            return float(found)
        except OverflowError:
            return None

    def without(self, *names: str) -> Written:
        """The object without its members of these names, the others as they are written."""
        kept = (
            f"{name}:{value}"
            for name, value in self._pairs()
            if _reads_string(name)[0] not in names
        )
        return Written("{" + ",".join(kept) + "}")

    def _pairs(self) -> Iterator[tuple[str, str]]:
        at = _after_space(self.text, 1)
        while self.text[at] != "}":
            name_end = _end(self.text, at)
            # Over the colon: that the text is JSON is known.
            start = _after_space(self.text, _after_space(self.text, name_end) + 1)
            end = _end(self.text, start)
            yield self.text[at:name_end], self.text[start:end]
            at = _after_comma(self.text, end)

    def _parts(self, closing: str) -> Iterator[tuple[int, int]]:
        at = _after_space(self.text, 1)
        while self.text[at] != closing:
            end = _end(self.text, at)
            yield at, end
            at = _after_comma(self.text, end)


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _after_comma(text: str, at: int) -> int:
    at = _after_space(text, at)
    return _after_space(text, at + 1) if text[at] == "," else at


def _end(text: str, start: int) -> int:
    try:
        return _ends(text, start)[1]
    except json.JSONDecodeError as error:
        raise JsonTextError(error.msg, error.lineno, error.colno) from error
    except RecursionError as error:
        raise TooDeepError("nested too deeply") from error


def _place(text: str, at: int) -> tuple[int, int]:
    before = text[:at]
    return before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1
