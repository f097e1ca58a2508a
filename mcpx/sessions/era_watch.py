"""Which era a connection speaks, told by what passes over it; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from mcpx.json_rpc import DISCOVER, INITIALIZE, id_key
from mcpx.json_text import WrittenNumber
from mcpx.servers import Era
from mcpx.wire import Direction

_PREFIX = "io.modelcontextprotocol/"
_VERSION = f"{_PREFIX}protocolVersion"
_SERVER = f"{_PREFIX}serverInfo"
# Requests that would tell, if somebody answered them.
_MOST_OPEN = 64


@dataclass(frozen=True, slots=True)
class Seen:
    """What a connection was found to speak, and by which method."""

    era: Era
    version: str
    how: str
    server: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class EraWatch:
    """One connection, as it is watched. Source: specification 2026-07-28, basic/versioning."""

    _known: set[tuple[Era, str]] = field(default_factory=set)
    # Id -> method and version of the request. Not by exchange: over HTTP+SSE a stream answers
    # what was posted in another one.
    _open: dict[str, tuple[str, str]] = field(default_factory=dict)

    def see(self, direction: Direction, value: Any) -> Seen | None:
        """What a message shows that was not known yet.

        ``value`` is the message as ``json_spans.checked`` reads it. A connection may come to speak
        both eras, or several versions: over HTTP a server may serve both at once.
        """
        if not isinstance(value, dict):
            return None
        if direction is Direction.TO_SERVER:
            self._request(value)
            return None
        if not self._open or "method" in value:
            return None
        asked = self._open.pop(id_key(value.get("id")), None)
        return self._answer(*asked, value) if asked else None

    def _request(self, value: Mapping[str, Any]) -> None:
        method, params = value.get("method"), value.get("params")
        if not _is_text(method) or not isinstance(params, dict) or "id" not in value:
            return
        if method == INITIALIZE:
            version = params.get("protocolVersion")
        else:
            meta = params.get("_meta")
            version = meta.get(_VERSION) if isinstance(meta, dict) else None
            if version is None and method != DISCOVER:
                return
            if _is_text(version) and (Era.MODERN, version) in self._known:
                return
        if len(self._open) < _MOST_OPEN:
            self._open[id_key(value["id"])] = method, version if _is_text(version) else ""

    def _answer(self, method: str, version: str, value: Mapping[str, Any]) -> Seen | None:
        result = value.get("result")
        if not isinstance(result, dict):
            # An error shows at most what is not spoken.
            return None
        if method == INITIALIZE:
            agreed, server = result.get("protocolVersion"), result.get("serverInfo")
            return self._news(Era.LEGACY, agreed, method, server)
        if method == DISCOVER:
            version = _chosen(version, result.get("supportedVersions"))
        meta = result.get("_meta")
        return self._news(
            Era.MODERN, version, method, meta.get(_SERVER) if isinstance(meta, dict) else None
        )

    def _news(self, era: Era, version: object, method: str, server: object) -> Seen | None:
        if not _is_text(version) or not version or (era, version) in self._known:
            return None
        self._known.add((era, version))
        return Seen(era, version, method, _named(server))


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and not isinstance(value, WrittenNumber)


def _chosen(asked: str, supported: object) -> str:
    """The version that was asked for, when it is supported; else the first that is."""
    versions = [one for one in supported if _is_text(one)] if isinstance(supported, list) else []
    return asked if asked in versions or not versions else versions[0]


def _named(server: object) -> dict[str, str]:
    """What a server says of itself, its name and version."""
    if not isinstance(server, dict):
        return {}
    return {name: server[name] for name in ("name", "version") if _is_text(server.get(name))}
