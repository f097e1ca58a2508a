"""Whether validators of different makers say the same of a value, by where they are known to part.

Servers check arguments with whatever validator they have: a value that one of them accepts and
another refuses shows nothing. They part at patterns (ECMA-262 is read by each regular expression
engine in its own way) and at multiples of fractions.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING, Any

from mcpx.schemas.patterns import compiled
from mcpx.schemas.walk import subschemas

if TYPE_CHECKING:
    from jsonschema_rs import Validator

# Of a value, those that are looked at.
_MOST_PARTS = 500
# The second engine has no limit of its own: on texts as short as these it cannot take long, and
# longer ones it only gets where engines are known to part.
_SHORT = 16
_LONGEST = 100


class Agreement:
    """What is known of the patterns and multiples in some schemas."""

    def __init__(self, *schemas: Any) -> None:
        self._patterns: dict[str, Validator | None] = {}
        self._steps: dict[float, None] = {}
        for schema in schemas:
            for _, one in subschemas(schema):
                patterns = [one.get("pattern"), *(_mapping(one.get("patternProperties")))]
                self._patterns.update((p, None) for p in patterns if isinstance(p, str))
                step = one.get("multipleOf")
                if isinstance(step, int | float) and not isinstance(step, bool) and step > 0:
                    self._steps[step] = None

    def on(self, value: Any) -> bool:
        """Whether every pattern and every multiple means one thing for all that a value holds."""
        parts = list(islice(_parts(value), _MOST_PARTS))
        return all(
            self._matches_alike(pattern, part)
            for part in parts
            if isinstance(part, str)
            for pattern in self._patterns
        ) and all(
            _divides_alike(part, step)
            for part in parts
            if isinstance(part, int | float) and not isinstance(part, bool)
            for step in self._steps
        )

    def _matches_alike(self, pattern: str, text: str) -> bool:
        validator = self._patterns[pattern]
        if validator is None:
            validator = self._patterns[pattern] = _matcher(pattern)
        kinds = [type(error.kind).__name__ for error in validator.iter_errors(text)]
        if any(kind != "Pattern" for kind in kinds):  # it took too long to match
            return False
        usual = text.isascii() and text.isprintable()
        if len(text) > (_SHORT if usual else _LONGEST):
            return usual
        second = compiled(pattern)
        return second is None or (second.search(text) is None) == bool(kinds)


def _matcher(pattern: str) -> Validator:
    import jsonschema_rs

    validator: Validator = jsonschema_rs.validator_for({"pattern": pattern}, offline=True)
    return validator


def _divides_alike(number: float, step: float) -> bool:
    """Whether division of floats finds what exact division finds."""
    try:
        if isinstance(step, float):
            quotient = number / step
            divides = int(quotient) == quotient
        else:
            divides = not number % step
        return divides == (Fraction(str(number)) % Fraction(str(step)) == 0)
    except (OverflowError, ValueError):
        return False


def _parts(value: Any) -> Iterator[Any]:
    waiting = [value]
    for one in waiting:
        if isinstance(one, dict):
            waiting.extend(one)
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
        else:
            yield one


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
