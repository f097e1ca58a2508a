"""The strings of a JSON text with where each stands, so that one can be replaced in its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mcpx.json_spans import signs

Path = tuple[str | int, ...]

_ESCAPE = re.compile(r"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|u....|.)")


@dataclass(frozen=True, slots=True)
class StringToken:
    """A string of a JSON text: its span, with the quotes, and the path to it.

    ``path`` is that of the value; for the name of a member (``is_name``) that of the member.
    """

    start: int
    end: int
    path: Path
    is_name: bool


def string_tokens(text: str) -> Iterator[StringToken]:
    """The strings of a JSON text in their order, the names of members among them.

    The text is one that ``json_spans.checked`` accepts: valid, and not nested beyond all measure.
    """
    outer: list[tuple[Path, str | int, bool]] = []
    path: Path = ()  # of what encloses
    key: str | int = ""  # the member or item that is read
    named = True  # whether a string that comes now is a value
    inside = False
    for match in signs(text):
        sign = text[match.start()]
        if sign == '"':
            if named:
                yield StringToken(match.start(), match.end(), (*path, key) if inside else (), False)
            else:
                key = unquoted(match[0])
                named = True
                yield StringToken(match.start(), match.end(), (*path, key), True)
        elif sign == ",":
            if isinstance(key, int):
                key += 1
            else:
                named = False
        elif sign in "{[":
            outer.append((path, key, inside))
            path, inside = ((*path, key) if inside else ()), True
            named = sign == "["
            key = 0 if named else ""
        else:
            path, key, inside = outer.pop()
            named = True


def unquoted(token: str) -> str:
    """What a JSON string says."""
    if "\\" not in token:
        return token[1:-1]
    value: str = json.loads(token)
    return value


def quoted(value: str) -> str:
    """A string as JSON; surrogates without a partner are escaped, for UTF-8 has none."""
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isascii() else _LONE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


_LONE = re.compile("[\ud800-\udfff]")


def places(token: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Where spans of what a string says stand in its token; spans are in order and apart."""
    if "\\" not in token:
        yield from ((start + 1, end + 1) for start, end in spans)
        return
    # Where each character begins in the token, but those that follow an escape only once.
    steps = [(match.start(), len(match[0])) for match in _ESCAPE.finditer(token)]
    number = shift = 0

    def place(at: int) -> int:
        nonlocal number, shift
        while number < len(steps) and steps[number][0] < at + 1 + shift:
            shift += steps[number][1] - 1
            number += 1
        return at + 1 + shift

    for start, end in spans:
        yield place(start), place(end)


def pointer(path: Iterable[str | int]) -> str:
    """A path as a JSON Pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def spliced(text: str, pieces: Iterable[tuple[int, int, str]]) -> str:
    """The text with spans replaced: (start, end, what stands there), in order and apart."""
    parts: list[str] = []
    at = 0
    for start, end, new in pieces:
        parts += (text[at:start], new)
        at = end
    return "".join((*parts, text[at:]))
