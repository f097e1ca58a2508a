"""The eras of MCP: what opening a conversation and every request look like in each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from mcpx import __version__
from mcpx.client.peer import Peer, RpcError
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


class ResultType(StrEnum):
    """What a result is: the final one, a task that will have it, or questions before it."""

    COMPLETE = "complete"
    TASK = "task"
    INPUT_REQUIRED = "input_required"


@dataclass(frozen=True, slots=True)
class Tasks:
    """How a task is followed.

    ``interval`` is the member with the milliseconds between two looks, ``result`` the method that
    fetches what it comes to, and during which it asks. Without one both come with a look.
    """

    interval: str
    result: str = ""


class Conversation(Protocol):
    """One era: how to open it, what a request carries, and what a result means."""

    era: Era
    tasks: Tasks
    # The method that sets how much of its log a server tells; empty where each request says it.
    log_method: str

    async def open(self, peer: Peer) -> Opening:
        """Only ask; others may be asked beside it. Raises ServerError; RpcError if refused."""

    def begin(self, peer: Peer, opening: Opening) -> None:
        """Hold the conversation that this opening is for; nothing else is begun on this peer."""

    def params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters of a request as they go over the wire."""

    def headers(self, method: str, params: Mapping[str, Any], schema: Any = None) -> dict[str, str]:
        """What a request says of itself in HTTP headers; ``schema`` is that of a called tool."""

    def result_type(self, result: Mapping[str, Any], as_task: bool) -> Any:
        """The ``ResultType`` of a result, or what the server calls it where that is none."""

    def task(self, result: Mapping[str, Any]) -> Mapping[str, Any]:
        """The task in a result of that kind."""

    def calls_as_task(self, opening: Opening, tool: Mapping[str, Any]) -> bool:
        """Whether a call of this tool has to ask for a task."""

    def cancels_tasks(self, opening: Opening) -> bool:
        """Whether the server takes it that a task is cancelled."""

    def pages(self, error: RpcError) -> list[Any] | None:
        """The pages that a request is refused for until they have been opened; else None."""

    def is_outdated(self, error: RpcError) -> bool:
        """Whether a call was refused because the definition of its tool has changed."""

    def log_meta(self, level: str | None) -> dict[str, Any]:
        """What a request's metadata says of how much log is wanted; None: the usual."""


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
