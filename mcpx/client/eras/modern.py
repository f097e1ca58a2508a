"""The modern era (2026-07-28 and later): no handshake, metadata in every request.

Source: specification 2026-07-28, basic/versioning and server/discover.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mcpx.client import faults
from mcpx.client.eras import CLIENT_INFO, Opening, ResultType, Tasks, mapping_or_empty
from mcpx.client.eras.parameter_headers import header_value, parameter_headers
from mcpx.client.peer import Peer, RpcError
from mcpx.codes import HEADER_MISMATCH, MISSING_CAPABILITY, UNSUPPORTED_VERSION
from mcpx.json_rpc import DISCOVER
from mcpx.servers import Era

VERSIONS = ("2026-07-28",)

PROBE_METHOD = DISCOVER
_PREFIX = "io.modelcontextprotocol/"
TASKS = "io.modelcontextprotocol/tasks"
LOG_LEVEL = f"{_PREFIX}logLevel"
# Error codes that only a server of this era sends: header mismatch, missing capability, version.
RECOGNISED = (HEADER_MISMATCH, MISSING_CAPABILITY, UNSUPPORTED_VERSION)

# The member of the parameters that says what a request is about, by method.
NAMED_BY = {
    "tools/call": "name",
    "prompts/get": "name",
    "resources/read": "uri",
    **dict.fromkeys(("tasks/get", "tasks/update", "tasks/cancel"), "taskId"),
}


class Modern:
    """``server/discover``, and requests that say who sends them and in which version."""

    era = Era.MODERN
    tasks = Tasks("pollIntervalMs")
    log_method = ""

    def __init__(
        self,
        offered: Mapping[str, Any],
        sure: bool = False,
        tasks: bool = False,
    ) -> None:
        """``sure``: whatever object answers the probe is taken for a modern server's.

        ``tasks``: say that a task is understood as the answer to a call.
        """
        self._sure = sure
        if tasks:
            offered = {**offered, "extensions": {TASKS: {}}}
        self._offered = dict(offered)
        self._speak(VERSIONS[0])

    async def open(self, peer: Peer) -> Opening:
        """Ask who is there. Raises RpcError when the server answers with an error."""
        try:
            result = await self._probe(peer)
        except RpcError as error:
            # It names what it speaks: the newest of those that we speak too is tried, once.
            known = [version for version in VERSIONS if version in versions_offered(error)]
            if error.code != UNSUPPORTED_VERSION or not known:
                raise
            self._speak(known[0])
            result = await self._probe(peer)
        if not isinstance(result, dict):
            raise faults.invalid_answer(peer.spec, PROBE_METHOD, "its result is not an object")
        oddities: list[tuple[str, str]] = []
        if "resultType" not in result:
            text = "its answer to server/discover lacks resultType"
            oddities.append(("opening-incomplete", text))
        supported = result.get("supportedVersions")
        versions = tuple(map(str, supported)) if isinstance(supported, list) else ()
        if not versions:
            text = "its answer to server/discover lacks supportedVersions"
            if not self._sure and "resultType" not in result and "capabilities" not in result:
                # Some legacy servers have an empty result for whatever they do not know.
                raise faults.invalid_answer(peer.spec, PROBE_METHOD, "it names no version")
            oddities.append(("opening-incomplete", text))
        elif self._version not in versions:
            raise RpcError(PROBE_METHOD, unsupported(versions))
        capabilities = mapping_or_empty(result, "capabilities", oddities, PROBE_METHOD)
        instructions = result.get("instructions")
        return Opening(
            Era.MODERN,
            self._version,
            versions,
            server_of(result),
            capabilities,
            instructions if isinstance(instructions, str) else None,
            tuple(oddities),
        )

    def begin(self, peer: Peer, opening: Opening) -> None:
        """Nothing is said: every request carries what there is to know."""
        peer.opened({}, legacy=False)

    async def _probe(self, peer: Peer) -> Any:
        return await peer.request(PROBE_METHOD, self.params({}), self.headers(PROBE_METHOD, {}))

    def _speak(self, version: str) -> None:
        self._version = version
        self._meta = {
            f"{_PREFIX}protocolVersion": version,
            f"{_PREFIX}clientInfo": CLIENT_INFO,
            f"{_PREFIX}clientCapabilities": self._offered,
        }

    def params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters with the metadata that every request carries."""
        return {**params, "_meta": {**params.get("_meta", {}), **self._meta}}

    def headers(self, method: str, params: Mapping[str, Any], schema: Any = None) -> dict[str, str]:
        """What a request is about, for those who route it without reading its body.

        ``schema`` is the input schema of the tool that is called.
        Source: specification 2026-07-28, basic/transports/streamable-http, "Request Metadata".
        """
        headers = {"MCP-Protocol-Version": self._version, "Mcp-Method": method}
        member = NAMED_BY.get(method)
        if member is not None and isinstance(name := params.get(member), str):
            headers["Mcp-Name"] = header_value(name)
        if method == "tools/call":
            headers.update(parameter_headers(schema, params.get("arguments")))
        return headers

    def result_type(self, result: Mapping[str, Any], as_task: bool) -> Any:
        """Source: specification 2026-07-28, basic/index, "Result types"; absent means complete."""
        return result.get("resultType", ResultType.COMPLETE)

    def task(self, result: Mapping[str, Any]) -> Mapping[str, Any]:
        """The result itself (SEP-2663)."""
        return result

    def calls_as_task(self, opening: Opening, tool: Mapping[str, Any]) -> bool:
        """Never: the server decides."""
        return False

    def cancels_tasks(self, opening: Opening) -> bool:
        """Always: who sends tasks knows the method."""
        return True

    def pages(self, error: RpcError) -> list[Any] | None:
        """None: pages are asked for in rounds."""
        return None

    def is_outdated(self, error: RpcError) -> bool:
        """Source: 2026-07-28, basic/transports/streamable-http, "Server Validation"."""
        return error.code == HEADER_MISMATCH

    def log_meta(self, level: str | None) -> dict[str, Any]:
        """Source: specification 2026-07-28, server/utilities/logging."""
        return {LOG_LEVEL: level or "info"}


def server_of(result: Mapping[str, Any]) -> Mapping[str, Any]:
    """Who answered, as a modern result's metadata may say."""
    meta = result.get("_meta")
    server = meta.get(f"{_PREFIX}serverInfo") if isinstance(meta, dict) else None
    return server if isinstance(server, dict) else {}


def unsupported(versions: tuple[str, ...]) -> dict[str, Any]:
    """The error that a server should have sent when it does not speak our version."""
    data = {"supported": list(versions)}
    return {"code": UNSUPPORTED_VERSION, "message": "unsupported protocol version", "data": data}


def versions_offered(error: RpcError) -> tuple[str, ...]:
    """The versions that a server names when it refuses ours."""
    data = error.error.get("data") if isinstance(error.error, dict) else None
    supported = data.get("supported") if isinstance(data, dict) else None
    return tuple(map(str, supported)) if isinstance(supported, list) else ()
