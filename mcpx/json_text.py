"""JSON that others may have written, read strictly: only what RFC 8259 allows, within bounds."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

# Of a number or a key in a message.
_LONGEST = 20
_HASHES = re.compile("#(?=#)")


class JsonTextError(ValueError):
    """A text that is not JSON: ``reason`` says why, ``line`` and ``column`` (from 1) where.

    Both are 0 where the place is not known.
    """

    verdict = "not JSON: "

    def __init__(self, reason: str, line: int = 0, column: int = 0) -> None:
        place = f" (line {line}, column {column})" if line else ""
        super().__init__(f"{self.verdict}{reason}{place}")
        self.reason = reason
        self.line = line
        self.column = column


class WrittenNumber(str):
    """A number as it is written: some have more digits than Python reads."""

    __slots__ = ()


class NumberError(JsonTextError):
    """A number that no JSON text may hold, or that cannot be read and sent on."""


class TooDeepError(JsonTextError):
    """A text that is nested more deeply than can be read."""

    verdict = ""


class RepeatedKeyError(JsonTextError):
    """An object with two members of one name."""

    verdict = ""


class Repeating(dict[str, Any]):
    """An object that gives a key more than once; as a dict it has the last of each.

    ``members`` are all of them, in the order they came. It equals only what gives each key
    the same values in the same order: readers disagree on which of them counts, so that what one
    shows another may not.
    """

    __slots__ = ("members",)
    __hash__ = None

    def __init__(self, members: Iterable[tuple[str, Any]]) -> None:
        self.members = tuple(members)
        super().__init__(self.members)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Repeating) and self._by_key() == other._by_key()

    def __ne__(self, other: object) -> bool:
        return not self == other

    def _by_key(self) -> list[tuple[str, Any]]:
        return sorted(self.members, key=lambda member: member[0])

    def __reduce__(self) -> tuple[type[Repeating], tuple[Any, ...]]:
        return Repeating, (self.members,)


def object_of(members: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """The object with these members: a Repeating one when a key is among them more than once."""
    found = dict(members)
    return found if len(found) == len(members) else Repeating(members)


def disarmed(text: str) -> str:
    """JSON text that says the same, without what a CI takes for a command wherever it stands.

    ``##[error]`` and ``##vso[...]``; outside a string JSON has no ``#``.
    """
    return _HASHES.sub(r"\\u0023", text) if "##" in text else text


def parse_json(text: str, repeated_keys: bool = True) -> Any:
    """The value of a JSON text; without ``repeated_keys`` each key of an object stands once.

    With them, an object that gives a key more than once is a ``Repeating`` one. NaN, infinities
    and numbers that become one are refused, and so is what has more digits or is nested more deeply
    than Python reads. Raises JsonTextError.
    """
    try:
        return json.loads(
            text,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            object_pairs_hook=object_of if repeated_keys else _each_once,
        )
    except json.JSONDecodeError as error:
        raise JsonTextError(error.msg, error.lineno, error.colno) from error
    except RecursionError as error:
        raise TooDeepError("nested too deeply") from error
    except JsonTextError:
        raise
    except ValueError as error:
        # A number of thousands of digits.
        raise NumberError(str(error).partition(";")[0]) from error


def _finite(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise NumberError(f"{digits[:_LONGEST]} is beyond the numbers that can be read")
    return value


def _refuse_constant(name: str) -> float:
    raise NumberError(f"{name} is not a JSON value")


def _each_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        names = [name for name, _ in members]
        twice = next(name for name in names if names.count(name) > 1)
        raise RepeatedKeyError(f"the key '{twice[:_LONGEST]}' is given twice")
    return found
