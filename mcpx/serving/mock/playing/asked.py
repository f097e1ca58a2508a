"""What a client sends: whether it is JSON-RPC, of which era it is, and what it asks; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mcpx.json_rpc import DISCOVER, members
from mcpx.servers import Era
from mcpx.serving.mock.playing.restamping import written
from mcpx.serving.mock.tape.stamps import is_stamped


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of the client: the JSON of its id and of its progress token, if it has one."""

    message: Mapping[str, Any]
    era: Era

    @property
    def id(self) -> str:
        """The JSON of its id."""
        return written(self.message.get("id"))

    @property
    def method(self) -> str:
        """Its method."""
        return str(self.message.get("method"))

    @property
    def params(self) -> Mapping[str, Any]:
        """Its parameters."""
        return members(self.message.get("params"))

    @property
    def token(self) -> str | None:
        """The JSON of its progress token."""
        token = members(self.params.get("_meta")).get("progressToken")
        return None if token is None else written(token)


def asked_by(message: Mapping[str, Any]) -> Asked:
    """A request with its era: that of the modern one tells its version, or probes."""
    stamped = is_stamped(members(message.get("params")))
    modern = stamped or message.get("method") == DISCOVER
    return Asked(message, Era.MODERN if modern else Era.LEGACY)


def is_message(value: Any) -> bool:
    """Whether a value is a request, a notification or an answer.

    Source: JSON-RPC 2.0, sections 4 and 5; specification 2025-11-25, basic, "Messages": ids are
    texts or numbers, and parameters an object.
    """
    message = members(value)
    id = message.get("id")
    if message.get("jsonrpc") != "2.0" or ("id" in message and not is_id(id)):
        # An error that belongs to nothing which could be read.
        return message.get("jsonrpc") == "2.0" and id is None and "error" in message
    if "method" in message:
        params = message.get("params")
        return isinstance(message["method"], str) and (params is None or isinstance(params, dict))
    return "error" in message or ("id" in message and "result" in message)


def is_request(value: Any) -> bool:
    """Whether a value is a message that wants an answer."""
    return is_message(value) and "method" in value and "id" in value


def is_id(value: Any) -> bool:
    """Whether a value may be the id of a request."""
    return isinstance(value, str | int | float) and not isinstance(value, bool)
