"""The legacy era (revisions up to 2025-11-25): a handshake, then plain requests.

Source: specification 2025-11-25, basic/lifecycle, "Initialization".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mcpx.client import faults
from mcpx.client.eras import CLIENT_INFO, Opening, ResultType, Tasks, mapping_or_empty
from mcpx.client.eras.modern import VERSIONS as MODERN_VERSIONS
from mcpx.client.peer import Peer, RpcError
from mcpx.codes import URL_ELICITATION
from mcpx.servers import Era

VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")


class Legacy:
    """The handshake, and requests without metadata."""

    era = Era.LEGACY
    tasks = Tasks("pollInterval", result="tasks/result")
    log_method = "logging/setLevel"

    async def open(self, peer: Peer) -> Opening:
        """``initialize``. Raises ServerError, or RpcError for an error answer."""
        result = await peer.request(
            "initialize",
            {
                "protocolVersion": VERSIONS[0],
                "capabilities": dict(peer.answering.offered),
                "clientInfo": CLIENT_INFO,
            },
        )
        if not isinstance(result, dict):
            raise faults.invalid_answer(peer.spec, "initialize", "its result is not an object")
        oddities: list[tuple[str, str]] = []
        version = result.get("protocolVersion")
        if version is None:
            oddities.append(
                ("opening-incomplete", "its answer to initialize lacks protocolVersion")
            )
            version = VERSIONS[0]
        elif version not in VERSIONS:
            shown = faults.own_words(peer.spec, str(version), faults.MOST_SHOWN)
            if version in MODERN_VERSIONS:
                raise faults.wrong_era(peer.spec, shown, Era.LEGACY)
            raise faults.wrong_version(peer.spec, f"'{shown}'", VERSIONS)
        server = mapping_or_empty(result, "serverInfo", oddities, "initialize")
        capabilities = mapping_or_empty(result, "capabilities", oddities, "initialize")
        instructions = result.get("instructions")
        return Opening(
            Era.LEGACY,
            version,
            (version,),
            server,
            capabilities,
            instructions if isinstance(instructions, str) else None,
            tuple(oddities),
        )

    def begin(self, peer: Peer, opening: Opening) -> None:
        """``notifications/initialized``, and the version that was agreed on."""
        # Every HTTP request after the handshake names the version (2025-06-18 and 2025-11-25,
        # basic/transports, "Protocol Version Header"; revisions before did not know it).
        peer.opened({"MCP-Protocol-Version": opening.version}, legacy=True)
        peer.notify("notifications/initialized")

    def params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters as they are."""
        return dict(params)

    def headers(
        self,
        method: str,
        params: Mapping[str, Any],
        schema: Any = None,
    ) -> dict[str, str]:
        """None of its own: what a request is about stands in its body only."""
        return {}

    def result_type(self, result: Mapping[str, Any], as_task: bool) -> Any:
        """A task where one was asked for; some servers answer at once all the same."""
        return (
            ResultType.TASK
            if as_task and isinstance(result.get("task"), dict)
            else ResultType.COMPLETE
        )

    def task(self, result: Mapping[str, Any]) -> Mapping[str, Any]:
        """Source: specification 2025-11-25, basic/utilities/tasks, "Creating Tasks"."""
        task: Mapping[str, Any] = result["task"]
        return task

    def calls_as_task(self, opening: Opening, tool: Mapping[str, Any]) -> bool:
        """Source: as above, "Tool-Level Negotiation"."""
        execution = tool.get("execution")
        support = execution.get("taskSupport") if isinstance(execution, dict) else None
        return support == "required" and _offers_tasks(opening, "requests", "tools", "call")

    def cancels_tasks(self, opening: Opening) -> bool:
        """Source: as above, "Server Capabilities"."""
        return _offers_tasks(opening, "cancel")

    def pages(self, error: RpcError) -> list[Any] | None:
        """Source: 2025-11-25, client/elicitation, "URL Elicitation Required Error"."""
        if error.code != URL_ELICITATION:
            return None
        pages = error.data.get("elicitations") if isinstance(error.data, dict) else None
        return pages if isinstance(pages, list) else []

    def is_outdated(self, error: RpcError) -> bool:
        """Nothing tells."""
        return False

    def log_meta(self, level: str | None) -> dict[str, Any]:
        """Nothing: a method sets it for all requests."""
        return {}


def _offers_tasks(opening: Opening, *members: str) -> bool:
    offered = opening.capabilities.get("tasks")
    for member in members:
        offered = offered.get(member) if isinstance(offered, dict) else None
    return isinstance(offered, dict)
