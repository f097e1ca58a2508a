"""Where the values and signs of a JSON text stand, so that they can be taken just as written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from mcpx.json_text import JsonTextError, TooDeepError, WrittenNumber

# How deeply the values of a message may be nested; Python reads little more.
DEEPEST = 400
_SPACE = re.compile(r"[ \t\n\r]*")
# Possessive, so that no text makes the search slow; without its end it is the last of a torn text.
_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?'
_SIGNS = re.compile(_STRING + r"|[\[\]{},]", re.DOTALL)
_TOKENS = re.compile(_STRING + r'|[\[\]{},:]|[^\s\[\]{},:"]+', re.DOTALL)


def signs(text: str) -> Iterator[re.Match[str]]:
    """The strings, brackets, braces and commas of a JSON text in their order."""
    return _SIGNS.finditer(text)


def tokens(text: str) -> Iterator[re.Match[str]]:
    """All that a JSON text is made of, in its order, without the white space between."""
    return _TOKENS.finditer(text)


def check_depth(text: str) -> None:
    """Raises TooDeepError for a JSON text nested more deeply than ``DEEPEST``."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return
    depth = 0
    for match in signs(text):
        sign = text[match.start()]
        if sign in "[{":
            depth += 1
            if depth > DEEPEST:
                raise TooDeepError(f"nested more than {DEEPEST} levels deep")
        elif sign in "]}":
            depth -= 1


def shallow(text: str, deepest: int) -> str:
    """JSON text without what is nested more than ``deepest`` levels deep, and never read further.

    What holds it is left empty. What is no JSON stays so.
    """
    kept: list[str] = []
    depth = at = 0
    for match in signs(text):
        sign = text[match.start()]
        if sign in "[{":
            depth += 1
            if depth == deepest:
                kept.append(text[at : match.end()])
        elif sign in "]}":
            if depth == deepest:
                at = match.start()
            depth -= 1
    if depth < deepest:
        kept.append(text[at:])
    return "".join(kept)


def _refused(name: str) -> str:
    raise JsonTextError(f"{name} is not a JSON value")


def _nothing(_: object) -> None:
    return None


_READS = json.JSONDecoder(
    parse_float=WrittenNumber, parse_int=WrittenNumber, parse_constant=_refused
)
# Find where a value ends, and build nothing of it.
_ENDS = json.JSONDecoder(
    object_pairs_hook=_nothing, parse_float=_nothing, parse_int=_nothing, parse_constant=_refused
)
_ENDS_OF_ANY = json.JSONDecoder(
    object_pairs_hook=_nothing, parse_float=_nothing, parse_int=_nothing, parse_constant=_nothing
)


def checked(text: str) -> Any:
    """The value of a JSON text, its numbers as they are written (``WrittenNumber``).

    Raises JsonTextError; refuses what is nested more deeply than ``DEEPEST``, wherever it is
    called from.
    """
    check_depth(text)
    try:
        value, end = _READS.raw_decode(text) if text[:1] in ("{", "[") else (None, -1)
        return value if end == len(text) else _READS.decode(text)
    except json.JSONDecodeError as error:
        raise JsonTextError(error.msg, error.lineno, error.colno) from error
    except RecursionError as error:
        raise TooDeepError("nested too deeply") from error


class Member(NamedTuple):
    """A member of an object, or an item of an array.

    ``name`` is that of the member, or the item's index. ``at`` is where it begins, with its name;
    its value stands from ``start`` to ``end``.
    """

    name: str
    at: int
    start: int
    end: int


def members(text: str, at: int = 0, constants: bool = False) -> tuple[list[Member], int]:
    """The members of the object or array at a place of a text, and where it ends.

    There are none of another value, which ends where it begins. With ``constants``, NaN and
    infinities may stand in it, which are no JSON but are written. Raises JsonTextError.
    """
    at = after_space(text, at)
    found: list[Member] = []
    if text[at : at + 1] not in ("{", "["):
        return found, at
    closing = "}" if text[at] == "{" else "]"
    at = after_space(text, at + 1)
    while text[at : at + 1] != closing or found:
        begin, name = at, str(len(found))
        if closing == "}":
            name, at = _name(text, at)
        start, at = at, end_of(text, at, constants)
        found.append(Member(name, begin, start, at))
        at = after_space(text, at)
        if text[at : at + 1] == closing:
            break
        at = _after(text, at, ",")
    return found, at + 1


def end_of(text: str, at: int, constants: bool = False) -> int:
    """Where the value ends that begins at a place; see ``members``. Raises JsonTextError."""
    decoder = _ENDS_OF_ANY if constants else _ENDS
    try:
        return decoder.raw_decode(text, at)[1]
    except json.JSONDecodeError as error:
        raise JsonTextError(error.msg, error.lineno, error.colno) from error
    except RecursionError as error:
        raise TooDeepError("nested too deeply") from error


def after_space(text: str, at: int) -> int:
    """Where the white space ends that may begin at a place."""
    match = _SPACE.match(text, at)
    return match.end() if match else at


def fault(reason: str, text: str, at: int) -> JsonTextError:
    """What is wrong with a text, with its place."""
    before = text[:at]
    return JsonTextError(reason, before.count("\n") + 1, at - before.rfind("\n"))


def _name(text: str, at: int) -> tuple[str, int]:
    """The name of a member, and where its value begins."""
    if text[at : at + 1] != '"':
        raise fault("a name is missing", text, at)
    try:
        name, at = _READS.raw_decode(text, at)
    except json.JSONDecodeError as error:
        raise JsonTextError(error.msg, error.lineno, error.colno) from error
    return name, _after(text, after_space(text, at), ":")


def _after(text: str, at: int, sign: str) -> int:
    """Where something begins after a sign. Raises JsonTextError."""
    if text[at : at + 1] != sign:
        raise fault(f"'{sign}' is missing", text, at)
    return after_space(text, at + 1)
