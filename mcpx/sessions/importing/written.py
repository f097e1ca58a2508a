"""JSON values with the text that they are written as, so that messages are taken verbatim."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from mcpx.json_spans import after_space, end_of, fault, members
from mcpx.json_text import parse_json

_reads_string = json.JSONDecoder().raw_decode


class Written:
    """A JSON value: ``text`` is how it is written, without white space around it."""

    def __init__(self, text: str) -> None:
        self.text = text

    @classmethod
    def of(cls, text: str) -> Written:
        """The one value that a text holds. Raises JsonTextError."""
        start = after_space(text, 0)
        end = end_of(text, start, constants=True)
        if (rest := after_space(text, end)) != len(text):
            raise fault("Extra data", text, rest)
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
        found, _ = members(self.text, constants=True)
        return {one.name: Written(self.text[one.start : one.end]) for one in found}

    @cached_property
    def items(self) -> list[Written]:
        """The items of an array; none for any other value."""
        if not self.text.startswith("["):
            return []
        found, _ = members(self.text, constants=True)
        return [Written(self.text[one.start : one.end]) for one in found]

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
        found, _ = members(self.text, constants=True)
        kept = (self.text[one.at : one.end] for one in found if one.name not in names)
        return Written("{" + ",".join(kept) + "}")
