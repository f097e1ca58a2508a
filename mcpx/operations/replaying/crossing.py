"""Requests of one era as the other has them; no I/O.

Source: specification 2025-11-25 and 2026-07-28, basic/lifecycle, basic/versioning,
basic/patterns/subscriptions, server/utilities/logging.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from mcpx.client.eras import CLIENT_INFO
from mcpx.client.eras.legacy import VERSIONS as LEGACY_VERSIONS
from mcpx.client.eras.modern import LOG_LEVEL
from mcpx.client.eras.modern import VERSIONS as MODERN_VERSIONS
from mcpx.envelopes import PREFIX
from mcpx.json_rpc import DISCOVER, INITIALIZE, LISTEN, members
from mcpx.operations.replaying.recorded_session import RecordedConnection
from mcpx.servers import Era

SET_LEVEL = "logging/setLevel"
SUBSCRIBE = "resources/subscribe"
UNSUBSCRIBE = "resources/unsubscribe"
INITIALIZED = "notifications/initialized"
_NOT_MODERN = ("ping", "tasks/list", "tasks/result")
_ALREADY_OPEN = "the connection has been opened already"


@dataclass(frozen=True, slots=True)
class Sent:
    """What goes to the live server in the place of a recorded request.

    ``before`` are requests that come before it, whose answers nobody compares; ``method`` is empty
    where there is none of its own. ``why_not`` says why it has no place at all; empty too where
    what it asks for comes unasked from then on, as it did in the recording.
    """

    method: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    before: Sequence[tuple[str, Mapping[str, Any]]] = ()
    why_not: str = ""


class Crossing(Protocol):
    """How the requests of one recorded connection are put to a live server."""

    def opening(self) -> Sequence[tuple[str, Mapping[str, Any]]]:
        """What has to be asked before anything else, where the recording has none of it."""

    def request(self, method: str, params: Mapping[str, Any]) -> Sent:
        """A request of the recording."""

    def notification(self, method: str) -> bool:
        """Whether a notification of the recorded client has a place."""


class AsRecorded:
    """The same era: all as it was."""

    def __init__(self, recorded: RecordedConnection) -> None:
        self._handshake = not recorded.initialized and recorded.era is not Era.MODERN
        self._client = recorded.client

    def opening(self) -> Sequence[tuple[str, Mapping[str, Any]]]:
        """The handshake, for a recording that began after it."""
        return [(INITIALIZE, handshake(self._client))] if self._handshake else []

    def request(self, method: str, params: Mapping[str, Any]) -> Sent:
        """As it is."""
        return Sent(method, params)

    def notification(self, method: str) -> bool:  # noqa: ARG002
        """Always."""
        return True


class ToModern:
    """A legacy recording for a modern server."""

    def __init__(self, recorded: RecordedConnection) -> None:
        self._client = dict(recorded.client)
        self._has_opening = recorded.initialized
        self._changes = [_FILTERS[one] for one in recorded.changes if one in _FILTERS]
        self._level: str | None = None

    def opening(self) -> Sequence[tuple[str, Mapping[str, Any]]]:
        """A subscription to the changes of lists that the recorded server told unasked.

        After a word of greeting, for a recording that began after the handshake.
        """
        wanted = dict.fromkeys(self._changes, True)
        opening = [] if self._has_opening else [(DISCOVER, self._whole({}))]
        return [*opening, self._listen(wanted)] if wanted else opening

    def request(self, method: str, params: Mapping[str, Any]) -> Sent:
        """With the metadata that every request carries."""
        if method == INITIALIZE:
            return Sent(DISCOVER, self._whole({}))
        if method == SET_LEVEL:
            level = params.get("level")
            self._level = level if isinstance(level, str) else None
            return Sent(why_not="each request says how much log is wanted")
        if method == SUBSCRIBE:
            wanted = {"resourceSubscriptions": [params.get("uri")]}
            return Sent(before=[self._listen(wanted)], why_not="a subscription is a stream")
        if method == UNSUBSCRIBE:
            return Sent(why_not="a subscription is a stream")
        if method in _NOT_MODERN:
            return Sent(why_not="this era has no such request")
        rest = {name: one for name, one in params.items() if name != "task"}
        return Sent(method, self._whole(rest))

    def notification(self, method: str) -> bool:
        """Not those of the handshake and of roots."""
        return method not in (INITIALIZED, "notifications/roots/list_changed")

    def _listen(self, wanted: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        return LISTEN, self._whole({"notifications": wanted})

    def _whole(self, params: Mapping[str, Any]) -> dict[str, Any]:
        meta = {
            **members(params.get("_meta")),
            f"{PREFIX}protocolVersion": MODERN_VERSIONS[0],
            f"{PREFIX}clientInfo": self._client.get("clientInfo") or CLIENT_INFO,
            f"{PREFIX}clientCapabilities": self._client.get("capabilities") or {},
        }
        if self._level is not None:
            meta[LOG_LEVEL] = self._level
        return {**params, "_meta": meta}


class ToLegacy:
    """A modern recording for a legacy server."""

    def __init__(self, recorded: RecordedConnection) -> None:
        self._client = dict(recorded.client)
        self._open = False
        self._level: str | None = None

    def opening(self) -> Sequence[tuple[str, Mapping[str, Any]]]:
        """Nothing: the first request tells whether the recording has a place for the handshake."""
        return []

    def request(self, method: str, params: Mapping[str, Any]) -> Sent:
        """Without the metadata; after the handshake, and after the level of the log was set."""
        opened, self._open = self._open, True
        if method == DISCOVER:
            if opened:
                return Sent(why_not=_ALREADY_OPEN)
            return Sent(INITIALIZE, handshake(self._client))
        before: list[tuple[str, Mapping[str, Any]]] = []
        if not opened:
            before.append((INITIALIZE, handshake(self._client)))
        meta = members(params.get("_meta"))
        level = meta.get(LOG_LEVEL)
        if isinstance(level, str) and level != self._level:
            self._level = level
            before.append((SET_LEVEL, {"level": level}))
        if method == LISTEN:
            wanted = members(params.get("notifications")).get("resourceSubscriptions")
            uris = wanted if isinstance(wanted, list) else []
            before += [(SUBSCRIBE, {"uri": uri}) for uri in uris if isinstance(uri, str)]
            return Sent(before=before)
        own = {name: one for name, one in meta.items() if not name.startswith(PREFIX)}
        rest = {name: one for name, one in params.items() if name != "_meta"}
        return Sent(method, {**rest, "_meta": own} if own else rest, before)

    def notification(self, method: str) -> bool:  # noqa: ARG002
        """Always."""
        return True


def crossing_of(recorded: RecordedConnection, modern: bool) -> Crossing:
    """How a recorded connection is put to a server that speaks this era."""
    if modern and recorded.era is not Era.MODERN:
        return ToModern(recorded)
    if not modern and recorded.era is Era.MODERN:
        return ToLegacy(recorded)
    return AsRecorded(recorded)


def handshake(client: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of ``initialize`` for a client that said this of itself."""
    offered = members(client.get("capabilities"))
    return {
        "protocolVersion": client.get("protocolVersion") or LEGACY_VERSIONS[0],
        "capabilities": {name: one for name, one in offered.items() if name != "extensions"},
        "clientInfo": client.get("clientInfo") or CLIENT_INFO,
    }


_FILTERS = {
    "notifications/tools/list_changed": "toolsListChanged",
    "notifications/prompts/list_changed": "promptsListChanged",
    "notifications/resources/list_changed": "resourcesListChanged",
}
