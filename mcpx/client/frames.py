"""JSON-RPC frames as they came: strict about what is sent, tolerant about what is read."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mcpx.settings import Limits


class Direction(StrEnum):
    """Which way a frame went."""

    SENT = "sent"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class Frame:
    """One message on the wire: its bytes, what they say, which way and when (monotonic seconds)."""

    direction: Direction
    raw: bytes
    at: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that is to be sent: its line, and what a transport may need to know of it.

    ``number`` is the id of a request that waits for its answer; ``method`` is empty for an answer;
    ``headers`` go along where the transport has such.
    """

    raw: bytes
    method: str = ""
    number: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class MalformedError(ValueError):
    """Bytes that are not a JSON-RPC message; the text says why."""


class TooLargeError(MalformedError):
    """A message that would cost more memory than a limit allows; ``limit`` names it."""

    def __init__(self, limit: str, message: str) -> None:
        super().__init__(message)
        self.limit = limit


def compose(message: dict[str, Any]) -> bytes:
    """A message as one line of JSON, ASCII only so that no server trips over an encoding."""
    return json.dumps(message, separators=(",", ":"), allow_nan=False).encode("ascii") + b"\n"


def parse(raw: bytes, limits: Limits) -> Any:
    """The JSON value of one message.

    Raises TooLargeError when it holds more values than ``limits.values``: a few megabytes of
    ``[{},{}`` take a gigabyte as Python objects. Raises MalformedError for what is not JSON.
    """
    values = raw.count(b",") + raw.count(b"[") + raw.count(b"{")
    if values > limits.values:
        raise TooLargeError("values", f"a message of about {values} values")
    try:
        # A mark at the beginning may be ignored (RFC 8259, 8.1).
        text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError(f"invalid UTF-8 at byte {error.start}") from error
    try:
        return json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except RecursionError as error:
        raise MalformedError("JSON nested too deeply") from error
    except json.JSONDecodeError as error:
        raise MalformedError(f"not JSON: {error.msg} at column {error.colno}") from error
    except ValueError as error:
        # A number of thousands of digits, or NaN.
        raise MalformedError(f"not JSON: {str(error).partition(';')[0]}") from error


def _finite(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise ValueError(f"the number {digits[:20]} is too large")
    return value


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON value")
