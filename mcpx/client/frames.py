"""JSON-RPC frames as they came: strict about what is sent, tolerant about what is read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mcpx.json_text import JsonTextError, TooDeepError, parse_json
from mcpx.settings import Limits


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


def values_in(raw: bytes) -> int:
    """About how many JSON values a message holds, and never fewer, without reading it."""
    return raw.count(b",") + raw.count(b"[") + raw.count(b"{")


def parse(raw: bytes, limits: Limits) -> Any:
    """The JSON value of one message.

    Raises TooLargeError when it holds more values than ``limits.values``: a few megabytes of
    ``[{},{}`` take a gigabyte as Python objects. Raises MalformedError for what is not JSON.
    """
    values = values_in(raw)
    if values > limits.values:
        raise TooLargeError("values", f"a message of about {values} values")
    try:
        # A mark at the beginning may be ignored (RFC 8259, 8.1).
        text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError(f"invalid UTF-8 at byte {error.start}") from error
    try:
        return parse_json(text)
    except TooDeepError as error:
        raise MalformedError("JSON nested too deeply") from error
    except JsonTextError as error:
        place = f" at column {error.column}" if error.column else ""
        raise MalformedError(f"not JSON: {error.reason}{place}") from error
