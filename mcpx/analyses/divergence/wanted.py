"""Which notifications cannot come in the other era, as nobody asks there for them; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mcpx.analyses.divergence.divergences import Divergence, Kind
from mcpx.analyses.divergence.sides import Interaction, Side
from mcpx.analyses.divergence.utterances import LOG
from mcpx.envelopes import PREFIX
from mcpx.json_rpc import LISTEN, members

# The capability of a server that each comes by, and what a modern client listens to it with.
# Source: specification 2025-11-25 and 2026-07-28, schema (ServerCapabilities, SubscriptionFilter).
_OFFERED = {
    "notifications/tools/list_changed": ("tools", "listChanged"),
    "notifications/prompts/list_changed": ("prompts", "listChanged"),
    "notifications/resources/list_changed": ("resources", "listChanged"),
    "notifications/resources/updated": ("resources", "subscribe"),
    LOG: ("logging", ""),
}
_FILTERS = {
    "notifications/tools/list_changed": "toolsListChanged",
    "notifications/prompts/list_changed": "promptsListChanged",
    "notifications/resources/list_changed": "resourcesListChanged",
    "notifications/resources/updated": "resourceSubscriptions",
}
# How often these come says how often something changed.
CHANGES = frozenset(_FILTERS)
# How a client of each era asks for logs. Source: specification 2025-11-25 and 2026-07-28,
# server/utilities/logging.
_SET_LEVEL, _LOG_LEVEL = "logging/setLevel", f"{PREFIX}logLevel"


class Wanted:
    """What the recorded client of a connection has asked to be told."""

    def __init__(self) -> None:
        self._listened: set[str] = set()
        self._logs = False

    def see(self, interaction: Interaction) -> None:
        """Keep what an interaction asks to be told."""
        params = interaction.params
        if interaction.method == LISTEN:
            wanted = members(params.get("notifications"))
            self._listened.update(name for name in _FILTERS.values() if wanted.get(name))
        if interaction.method == _SET_LEVEL or _LOG_LEVEL in members(params.get("_meta")):
            self._logs = True

    def weighed(self, found: Divergence, recorded: Side, live: Side) -> Divergence:
        """A difference across eras; where one side could not be told, it is not applicable.

        ``recorded`` and ``live`` are the sides of the connection.
        """
        is_missing = found.kind is Kind.MISSING
        method = str(members(found.recorded if is_missing else found.live).get("method"))
        if is_missing and not _is_offered(method, live.offers):
            why = f"{method} comes of what the server does not offer in this era"
        elif recorded.modern and self._is_news(method, is_missing):
            why = f"nobody asked for {method} in the recording"
        elif is_missing and method == LOG and not self._logs:
            why = f"nobody asks for {method} in this era, where it comes for asking alone"
        else:
            return found
        return replace(found, kind=Kind.NOT_APPLICABLE, message=why, severity="")

    def _is_news(self, method: str, is_missing: bool) -> bool:
        """Whether a modern client has not asked for what comes of itself in the legacy era."""
        if method == LOG:
            return not self._logs
        return not is_missing and method in CHANGES and _FILTERS[method] not in self._listened


def _is_offered(method: str, offers: Mapping[str, Any] | None) -> bool:
    """Whether a server with these capabilities may tell this; so it is where they are not known."""
    if offers is None or method not in _OFFERED:
        return True
    area, name = _OFFERED[method]
    offered = offers.get(area)
    return isinstance(offered, dict) and (not name or offered.get(name) is True)
