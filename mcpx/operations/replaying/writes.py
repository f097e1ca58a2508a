"""Which tools of a recording may be called again: those that only read, or what is allowed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mcpx.catalogue.model import Item, Kind
from mcpx.client.connection import connect
from mcpx.client.harvest import listed
from mcpx.client.peer import RpcError
from mcpx.client.terms import Terms
from mcpx.errors import RefusedError
from mcpx.json_rpc import members
from mcpx.servers import ServerSpec

# Of tools that are named in an error.
_MOST_NAMED = 10


async def may_write(spec: ServerSpec, terms: Terms, tools: Iterable[str]) -> tuple[str, ...]:
    """Those of the tools that the live server does not say only read.

    Asked on a connection of its own. What a server says of a tool is trusted here as for
    ``inspect --call-safe``: it is the user who chose to replay against it. Raises ServerError.
    """
    async with connect(spec, terms) as connection, connection.in_time() as errand:
        try:
            found = await listed(errand, Kind.TOOL)
        except RpcError:
            found = []
    reading = {one.key for one in found if _only_reads(one)}
    return tuple(name for name in tools if name not in reading)


def refused(tools: Sequence[str]) -> RefusedError:
    """The error for a recording that calls these tools, which nobody has allowed."""
    named = ", ".join(tools[:_MOST_NAMED])
    more = f" and {len(tools) - _MOST_NAMED} more" if len(tools) > _MOST_NAMED else ""
    return RefusedError(
        f"the recording calls tools that may change something: {named}{more}; nothing was sent",
        hint="--allow-writes calls them, --skip-writes replays the rest",
    )


def _only_reads(tool: Item) -> bool:
    annotations: Any = members(tool.raw).get("annotations")
    return members(annotations).get("readOnlyHint") is True
