"""The legacy era (revisions up to 2025-11-25): a handshake, then plain requests.

Source: specification 2025-11-25, basic/lifecycle, "Initialization".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mcpx.client import faults
from mcpx.client.eras import CLIENT_INFO, Opening, mapping_or_empty
from mcpx.client.eras.modern import VERSIONS as MODERN_VERSIONS
from mcpx.client.peer import Peer
from mcpx.servers import Era

VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")


class Legacy:
    """The handshake, and requests without metadata."""

    era = Era.LEGACY

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
        method: str,  # noqa: ARG002
        params: Mapping[str, Any],  # noqa: ARG002
        schema: Any = None,  # noqa: ARG002
    ) -> dict[str, str]:
        """None of its own: what a request is about stands in its body only."""
        return {}
