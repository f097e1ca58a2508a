"""What values the types, the sizes and the bounds of schemas leave together."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

TYPES = frozenset(("array", "boolean", "integer", "null", "number", "object", "string"))
# Type -> keywords for the least and the most of it. Source: JSON Schema 2020-12, validation, 6.
_SIZES = {
    "string": ("minLength", "maxLength"),
    "array": ("minItems", "maxItems"),
    "object": ("minProperties", "maxProperties"),
}
_NUMBERS = ("number", "integer")
_ENDLESS = float("inf")
_Part = Mapping[str, Any]


def types_of(parts: Sequence[_Part]) -> frozenset[str]:
    """The types that all of these allow; what is no type allows everything."""
    left = TYPES
    for part in parts:
        said = part.get("type")
        names = [said] if isinstance(said, str) else said if isinstance(said, list) else []
        if names and all(isinstance(name, str) and name in TYPES for name in names):
            left &= {*names, *(["integer"] if "number" in names else [])}
    return left


def of_bounds(parts: Sequence[_Part], types: frozenset[str]) -> str:
    """Why no value of these types is left by the parts; empty if one may be.

    Only where no other type is a way out.
    """
    found = ""
    for name in types:
        if name in _NUMBERS:
            found = _of_numbers(parts, "number" in types)
        elif name in _SIZES:
            low, high = _SIZES[name]
            beyond = best_of(parts, low, max, -_ENDLESS) > best_of(parts, high, min, _ENDLESS)
            found = f"{low} is greater than {high}" if beyond else ""
        else:
            found = ""
        if not found:
            return ""
    return found


def _of_numbers(parts: Sequence[_Part], fractions: bool) -> str:
    """Of the least and the greatest number, with the four keywords for them."""
    low, above = max(
        (best_of(parts, "minimum", max, -_ENDLESS), False),
        (best_of(parts, "exclusiveMinimum", max, -_ENDLESS), True),
    )
    high, below = min(
        (best_of(parts, "maximum", min, _ENDLESS), True),
        (best_of(parts, "exclusiveMaximum", min, _ENDLESS), False),
    )
    if low > high:
        return "minimum is greater than maximum"
    if _ENDLESS in (abs(low), abs(high)):
        return ""
    if low == high and (above or not below):
        return "its bounds leave no number"
    if not fractions:
        least = math.floor(low) + 1 if above else math.ceil(low)
        most = math.floor(high) if below else math.ceil(high) - 1
        return "its bounds leave no whole number" if least > most else ""
    return ""


def is_beyond(value: Any, parts: Sequence[_Part]) -> bool:
    """Whether a value of an enumeration is outside of what bounds it."""
    if isinstance(value, str):
        low, high = _SIZES["string"]
        size = len(value)
        return not best_of(parts, low, max, 0) <= size <= best_of(parts, high, min, _ENDLESS)
    if not _is_number(value):
        return False
    return not (
        best_of(parts, "minimum", max, -_ENDLESS)
        <= value
        <= best_of(parts, "maximum", min, _ENDLESS)
        and best_of(parts, "exclusiveMinimum", max, -_ENDLESS) < value
        and value < best_of(parts, "exclusiveMaximum", min, _ENDLESS)
    )


def best_of(
    parts: Sequence[_Part],
    keyword: str,
    best: Callable[..., float],
    none: float,
) -> float:
    """The greatest or the least number that a keyword has in any of these."""
    return best((one[keyword] for one in parts if _is_number(one.get(keyword))), default=none)


def is_of(value: Any, types: frozenset[str]) -> bool:
    """Whether a value that is neither object nor array is of one of these types."""
    if value is None:
        return "null" in types
    if isinstance(value, bool):
        return "boolean" in types
    if isinstance(value, str):
        return "string" in types
    whole = isinstance(value, int) or value.is_integer()
    return "number" in types or (whole and "integer" in types)


def key_of(value: Any) -> str:
    """A text that equal values have in common, and no others.

    Not the value itself: whoever knows how numbers are hashed can give thousands of one hash.
    """
    if isinstance(value, str):
        return f"'{value}"
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, float) and not value.is_integer():
        return repr(value)
    return hex(int(value))


def _is_number(value: Any) -> bool:
    # What is not equal to itself is no number.
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value
