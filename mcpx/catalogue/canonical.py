"""Canonical JSON text by RFC 8785 (JCS), which is what digests are made of."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import Any

from mcpx.json_text import Repeating

_ENCODER = json.JSONEncoder(
    ensure_ascii=False,
    check_circular=False,
    allow_nan=False,
    sort_keys=True,
    separators=(",", ":"),
)
_PLAIN = frozenset((str, int, bool, type(None)))
_HALVES = re.compile("[\ud800-\udfff]")
# Numbers of more digits before the point have an exponent. Source: ECMA-262, Number::toString.
_MOST_DIGITS = 21
_MOST_ZEROS = 6
# Of one line of the readable form, and of the steps that it is indented by.
_WIDTH = 88
_DEEPEST_INDENT = 40


def canonical_text(value: Any) -> str:
    r"""A value of ``parse_json`` as the one text that all spellings of it have (RFC 8785, 3.2).

    Where the RFC refuses a value, it is written so that two different ones stay different:
    integers beyond 2^53 with all their digits, a half of a surrogate pair as its escape
    (``\udXXX``), and of a key that is given more than once (``Repeating``) every member,
    in the order they came. Nesting may have any depth. Raises ValueError for NaN and infinities.
    """
    if _is_plain(value):
        try:
            return _whole_characters(_ENCODER.encode(value))
        except RecursionError:
            pass  # the other way takes any depth
    return _whole_characters(_written(value))


def canonical_bytes(value: Any) -> bytes:
    """The canonical text as UTF-8. Raises as ``canonical_text`` does."""
    return canonical_text(value).encode("utf-8")


def readable_text(value: Any) -> str:
    """The canonical form over several lines, the same for equal values, to be read and compared.

    Members stand on lines of their own, except those of an object or array that holds no other and
    fits on one line. Raises as ``canonical_text`` does.
    """
    return _whole_characters(_written(value, lines=True))


def _is_plain(value: Any) -> bool:
    """Whether Python's own encoder writes the value as the RFC says: it does for most.

    Its order of keys is that of code points, which is another one beyond U+D7FF; its floats are
    written in another way.
    """
    waiting = [value]
    for one in waiting:  # grows meanwhile
        kind = type(one)
        if kind in _PLAIN:
            continue
        if kind is dict:
            for key in one:
                if not key.isascii():
                    return False
            waiting += one.values()
        elif kind is list:
            waiting += one
        else:
            return False
    return True


def _written(value: Any, lines: bool = False) -> str:
    """The text, or with ``lines`` its readable form, without recursion."""
    written: list[str] = []
    # Text to be written (depth -1), or a value at a depth; the last first.
    waiting: list[tuple[Any, int]] = [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth < 0:
            written.append(one)
        elif not isinstance(one, dict | list | tuple):
            written.append(_scalar(one))
        elif lines and _fits(one, depth):
            written.append(_one_line(one))
        else:
            _open(one, depth, lines, waiting)
    return "".join(written)


def _open(value: Any, depth: int, lines: bool, waiting: list[tuple[Any, int]]) -> None:
    """Put the members of an object or array, and the signs between them, on the pile."""
    named = isinstance(value, dict)
    first, last = "{}" if named else "[]"
    members = _sorted(value) if named else [("", one) for one in value]
    if not members:
        waiting.append((first + last, -1))
        return
    before, after = (_line(depth + 1), _line(depth)) if lines else ("", "")
    colon = ": " if lines else ":"
    waiting.append((after + last, -1))
    for place in range(len(members) - 1, -1, -1):
        key, inner = members[place]
        sign = ("," if place else first) + before
        waiting.append((inner, depth + 1))
        waiting.append((f"{sign}{_ENCODER.encode(key)}{colon}" if named else sign, -1))


def _line(depth: int) -> str:
    return "\n" + "  " * min(depth, _DEEPEST_INDENT)


def _sorted(value: dict[str, Any]) -> list[tuple[str, Any]]:
    """The members in the order of their keys' UTF-16 units (RFC 8785, section 3.2.3)."""
    members: Iterable[tuple[str, Any]] = (
        value.members if isinstance(value, Repeating) else value.items()
    )
    return sorted(members, key=lambda member: member[0].encode("utf-16-be", "surrogatepass"))


def _fits(value: Any, depth: int) -> bool:
    """Whether an object or array is written on one line."""
    inner = value.values() if isinstance(value, dict) else value
    if len(value) > _WIDTH or any(isinstance(one, dict | list | tuple) for one in inner):
        return False
    if isinstance(value, Repeating):
        return False
    long = sum(len(one) for one in inner if isinstance(one, str))
    return long <= _WIDTH and len(_one_line(value)) + 2 * min(depth, _DEEPEST_INDENT) <= _WIDTH


def _one_line(value: Any) -> str:
    if not isinstance(value, dict):
        return f"[{', '.join(map(_scalar, value))}]"
    members = (f"{_ENCODER.encode(key)}: {_scalar(one)}" for key, one in _sorted(value))
    return f"{{{', '.join(members)}}}"


def _scalar(value: Any) -> str:
    return _number(value) if isinstance(value, float) else _ENCODER.encode(value)


def _number(value: float) -> str:
    """The number as ECMAScript writes it. Source: RFC 8785, section 3.2.2.3, and ECMA-262."""
    if not math.isfinite(value):
        raise ValueError(f"{value} is not a JSON number")
    text = repr(value)
    if "e" not in text:
        return "0" if value == 0 else text.removesuffix(".0")
    # With an exponent Python writes what is below 1e-4 or from 1e16: more than its 17 digits hold.
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = text.lstrip("-").partition("e")
    whole, _, part = mantissa.removesuffix(".0").partition(".")
    digits = whole + part
    point = len(whole) + int(exponent)
    if len(digits) <= point <= _MOST_DIGITS:
        return sign + digits + "0" * (point - len(digits))
    if -_MOST_ZEROS < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{point - 1:+d}"


def _whole_characters(text: str) -> str:
    """The text with halves of surrogate pairs joined or, where they stand alone, escaped."""
    if text.isascii() or not _HALVES.search(text):
        return text
    paired = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return _HALVES.sub(lambda half: f"\\u{ord(half[0]):04x}", paired)
