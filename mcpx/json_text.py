"""JSON that others may have written, read strictly: only what RFC 8259 allows, within bounds."""

from __future__ import annotations

import json
import math
import re
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


class NumberError(JsonTextError):
    """A number that no JSON text may hold, or that cannot be read and sent on."""


class TooDeepError(JsonTextError):
    """A text that is nested more deeply than can be read."""

    verdict = ""


class RepeatedKeyError(JsonTextError):
    """An object with two members of one name."""

    verdict = ""


def disarmed(text: str) -> str:
    """JSON text that says the same, without what a CI takes for a command wherever it stands.

    ``##[error]`` and ``##vso[...]``; outside a string JSON has no ``#``.
    """
    return _HASHES.sub(r"\\u0023", text) if "##" in text else text


def parse_json(text: str, repeated_keys: bool = True) -> Any:
    """The value of a JSON text; without ``repeated_keys`` each key of an object stands once.

    NaN, infinities and numbers that become one are refused, and so is what has more digits or is
    nested more deeply than Python reads. Raises JsonTextError.
    """
    try:
        return json.loads(
            text,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            object_pairs_hook=None if repeated_keys else _each_once,
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
