"""The names of tools: as the model of a host sees them, or as a gateway would serve them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mcpx.analyses.public_names import PublicName
from mcpx.analyses.seen_names import SeenName
from mcpx.reports.document import Column, Listing, Table

FORMAT = "mcpx.names"
_COLUMNS = (
    Column("server"),
    Column("tool"),
    Column("name"),
    Column("remark", wraps=True, unless_same=True),
)


def seen(names: Iterable[SeenName], host: str) -> Listing:
    """What the model of a host sees."""
    found = list(names)
    records = [
        {
            "server": one.server,
            "tool": one.tool,
            "name": one.name,
            "effect": one.effect.value if one.effect else None,
            "clone_of": None,
        }
        for one in found
    ]
    rows = [
        (one.server, one.tool, one.name, one.effect.words if one.effect else "") for one in found
    ]
    return _listing(records, rows, host)


def public(names: Iterable[PublicName]) -> Listing:
    """The names that are safe in every host."""
    found = list(names)
    records = [
        {
            "server": one.server,
            "tool": one.tool,
            "name": one.name or None,
            "effect": None if one.name else "hidden",
            "clone_of": one.clone_of or None,
        }
        for one in found
    ]
    rows = [(one.server, one.tool, one.name, _remark(one)) for one in found]
    return _listing(records, rows, None)


def _remark(one: PublicName) -> str:
    if one.clone_of:
        return f"hidden: {one.clone_of} has the same"
    if not one.name:
        return (
            "hidden: as you chose" if one.own else "hidden: its name is another tool's, or no text"
        )
    return "your own" if one.own else ""


def _listing(
    records: Sequence[dict[str, str | None]], rows: Sequence[Sequence[str]], host: str | None
) -> Listing:
    data = {"format": FORMAT, "version": 1, "host": host, "names": records}
    head = {"format": "mcpx.names.name", "version": 1, "host": host}
    table = Table("name", _COLUMNS, rows)
    return Listing(data, (table,), [{**head, **record} for record in records])
