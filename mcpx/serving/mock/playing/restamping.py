"""Values of a JSON text put in the place of others, all else left as it is written; no I/O."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from mcpx.json_spans import Member, members
from mcpx.json_text import WrittenNumber
from mcpx.sessions.json_strings import quoted

Path = Sequence[str]


def written(value: Any) -> str:
    """A JSON value as text, in one line."""
    if isinstance(value, WrittenNumber):
        return str(value)
    if isinstance(value, str):
        return quoted(value)
    return json.dumps(value, separators=(",", ":"))


def part(text: str, path: Path) -> str | None:
    """The text of the value at a path; None when there is none."""
    found = _member(text, path)
    return text[found.start : found.end] if found else None


def with_value(text: str, path: Path, value: str) -> str:
    """The text with another value at a path, in all members of that name; only where there is one.

    A reader who takes the first of them gets the same as one who takes the last.
    """
    for found in reversed(_members(text, path)):
        text = text[: found.start] + value + text[found.end :]
    return text


def with_member(text: str, path: Path, value: str) -> str:
    """The text with a member at a path, in the place of that of its name or as the last.

    Objects on the way that are missing are made; what is no object is left as it is.
    """
    if _member(text, path) is not None:
        return with_value(text, path, value)
    *outer, name = path
    start = _start(text, outer)
    if start is None:
        return with_member(text, outer, f"{{{quoted(name)}:{value}}}") if outer else text
    if text[start] != "{":
        return text
    found, end = members(text, start)
    comma = "," if found else ""
    return f"{text[: end - 1]}{comma}{quoted(name)}:{value}{text[end - 1 :]}"


def without(text: str, path: Path) -> str:
    """The text without the member at a path."""
    *outer, name = path
    start = _start(text, outer)
    if start is None or text[start] != "{":
        return text
    found, _ = members(text, start)
    for number, one in enumerate(found):
        if one.name == name:
            if number:
                return text[: found[number - 1].end] + text[one.end :]
            after = found[1].at if len(found) > 1 else one.end
            return text[: one.at] + text[after:]
    return text


def _start(text: str, path: Path) -> int | None:
    """Where the value at a path begins; that of the empty path is the whole text."""
    if not path:
        return len(text) - len(text.lstrip()) if text.strip() else None
    found = _member(text, path)
    return found.start if found else None


def _member(text: str, path: Path) -> Member | None:
    # Of members of one name the last counts, as it does for whoever reads it.
    return next(reversed(_members(text, path)), None)


def _members(text: str, path: Path) -> list[Member]:
    at, same = 0, list[Member]()
    for name in path:
        same = [one for one in members(text, at)[0] if one.name == name]
        if not same:
            return []
        at = same[-1].start
    return same
