"""The eras of MCP: what opening a conversation and every request look like in each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from mcpx import __version__
from mcpx.client.peer import Peer
from mcpx.servers import Era

CLIENT_INFO = {"name": "mcpx", "version": __version__}


@dataclass(frozen=True, slots=True)
class Opening:
    """What a server said of itself when the conversation was opened.

    ``oddities`` are (rule, text) pairs: what it left out of its answer, or said wrongly.
    """

    era: Era
    version: str
    supported: tuple[str, ...] = ()
    server: Mapping[str, Any] = field(default_factory=dict)
    capabilities: Mapping[str, Any] = field(default_factory=dict)
    instructions: str | None = None
    oddities: tuple[tuple[str, str], ...] = ()


class Conversation(Protocol):
    """One era: how to open it, what a request carries, and what a result must be."""

    era: Era

    async def open(self, peer: Peer) -> Opening:
        """Only ask; others may be asked beside it. Raises ServerError; RpcError if refused."""

    def begin(self, peer: Peer, opening: Opening) -> None:
        """Hold the conversation that this opening is for; nothing else is begun on this peer."""

    def params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters of a request as they go over the wire."""

    def headers(self, method: str, params: Mapping[str, Any], schema: Any = None) -> dict[str, str]:
        """What a request says of itself in HTTP headers; ``schema`` is that of a called tool."""


def mapping_or_empty(
    result: Mapping[str, Any], name: str, oddities: list[tuple[str, str]], where: str
) -> Mapping[str, Any]:
    """A member that should be an object; what is wrong with it is noted."""
    value = result.get(name)
    if isinstance(value, dict):
        return value
    what = "lacks" if name not in result else "has no object as"
    oddities.append(("opening-incomplete", f"its answer to {where} {what} {name}"))
    return {}
