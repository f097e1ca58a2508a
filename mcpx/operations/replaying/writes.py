"""What of a recording may be sent again: what only reads, or what is allowed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from mcpx.catalogue.model import Item, Kind
from mcpx.client.connection import connect
from mcpx.client.harvest import listed
from mcpx.client.peer import RpcError
from mcpx.client.processes import Process
from mcpx.client.terms import Terms
from mcpx.errors import RefusedError
from mcpx.json_rpc import members
from mcpx.servers import ServerSpec

# Of what is named in an error.
_MOST_NAMED = 10


async def may_write(
    spec: ServerSpec,
    terms: Terms,
    tools: Iterable[str],
    process: Process | None = None,
    only_read: Collection[str] = (),
) -> dict[str, str]:
    """Those of the tools, and of all else that is asked for, that do not only read.

    Each with what is to be said of it: what is no tool of the server now may be one by the time
    that it is called, and what was recorded as ``only_read`` need not be it now. That is what the
    live server says, asked on a connection of its own, which is recorded nowhere; ``process`` runs
    already, and is ended with it. The server is trusted here as for ``inspect --call-safe``: it is
    the user who chose to replay against it. Raises ServerError.
    """
    terms = replace(terms, tapping=None)
    async with connect(spec, terms, process) as connection, connection.in_time() as errand:
        try:
            found = await listed(errand, Kind.TOOL)
        except RpcError:
            return dict.fromkeys(tools, "")
    reading = {one.key: _only_reads(one) for one in found}
    said = dict.fromkeys(only_read, "only reads in the recording, not on the server")
    return {
        name: said.get(name, "") if name in reading else "no tool of the server"
        for name in tools
        if not reading.get(name)
    }


def refused(tools: Mapping[str, str]) -> RefusedError:
    """The error for a recording that asks for this, of which ``may_write`` has told."""
    shown = [f"{name} ({said})" if said else name for name, said in tools.items()][:_MOST_NAMED]
    more = f" and {len(tools) - _MOST_NAMED} more" if len(tools) > _MOST_NAMED else ""
    return RefusedError(
        f"the recording calls what may change something: {', '.join(shown)}{more};"
        " nothing was sent",
        hint="--allow-writes calls it, --skip-writes replays the rest",
    )


def _only_reads(tool: Item) -> bool:
    annotations: Any = members(tool.raw).get("annotations")
    return members(annotations).get("readOnlyHint") is True
