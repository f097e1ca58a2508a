"""Comparing what a server says in its handshake: who it is, and what it can do; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mcpx.analyses.diff.changes import Change
from mcpx.analyses.diff.values import same
from mcpx.analyses.divergence.contracts import Contracts
from mcpx.analyses.divergence.divergences import Divergence, Kind
from mcpx.analyses.divergence.values import Comparer
from mcpx.catalogue.model import Catalogue
from mcpx.envelopes import PREFIX
from mcpx.json_rpc import members
from mcpx.servers import Era

_SAID = ("capabilities", "serverInfo", "instructions", "protocolVersion", "supportedVersions")
# Where a catalogue's file has what a result has elsewhere.
_PLACES = (
    ("/server_info", "/serverInfo"),
    ("/supported", "/supportedVersions"),
    ("/version", "/protocolVersion"),
)


def handshake(
    contracts: Contracts,
    recorded: Mapping[str, Any],
    live: Mapping[str, Any],
    eras: tuple[Era, Era],
    comparer: Comparer,
) -> list[Divergence]:
    """What differs in who a server says it is, its capabilities and instructions."""
    across = eras[0] is not eras[1]
    rest, values = comparer(), comparer()
    others = (*_SAID, "_meta")
    if not across:
        rest.compare(_but_for(recorded, others), _but_for(live, others))
    was, now = ({name: one.get(name) for name in _SAID} for one in (recorded, live))
    if same(was, now) and not across:
        return rest.found
    values.compare(was, now)
    if not across and all(one.kind is Kind.VOLATILE for one in values.found):
        return rest.found + values.found
    old, new = _server(recorded, eras[0]), _server(live, eras[1])
    left_out: tuple[str, ...] = ("/protocolVersion", "/supportedVersions") if across else ()
    # Modern servers need not say who they are.
    if across and not (old.server_info and new.server_info):
        left_out += ("/serverInfo",)
    changes = contracts.changes(old, new, _server_place)
    return rest.found + [one for one in changes if not one.pointer.startswith(left_out)]


def _server(result: Mapping[str, Any], era: Era) -> Catalogue:
    version, instructions = result.get("protocolVersion"), result.get("instructions")
    supported = result.get("supportedVersions")
    said = result.get("serverInfo") or members(result.get("_meta")).get(f"{PREFIX}serverInfo")
    return Catalogue(
        "",
        era=era,
        version=version if isinstance(version, str) else "",
        supported=tuple(map(str, supported)) if isinstance(supported, list) else (),
        server_info=members(said),
        capabilities=members(result.get("capabilities")),
        instructions=instructions if isinstance(instructions, str) else None,
    )


def _server_place(change: Change) -> str:
    for old, new in _PLACES:
        if change.pointer == old or change.pointer.startswith(f"{old}/"):
            return new + change.pointer[len(old) :]
    return change.pointer


def _but_for(value: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: one for name, one in value.items() if name not in names}
