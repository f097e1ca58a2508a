"""What a command would start and send, as a document (``--dry-run``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mcpx.catalogue.model import describe_target
from mcpx.masking import mask_arguments, mask_value
from mcpx.reports.approvals import taken_from_here
from mcpx.reports.definitions import shown_command
from mcpx.reports.document import Column, Listing, Table
from mcpx.reports.json_text import dumps
from mcpx.servers import ServerSpec, Transport
from mcpx.sources.targets import FileTarget, Target
from mcpx.trust import Gate, Standing


def planned(targets: Sequence[Target], gate: Gate, request: Mapping[str, Any] | None) -> Listing:
    """The servers that would be started or reached, each with its standing, and the request.

    Secrets are masked; of environment and headers the names are told, and the variables of ours
    that a definition takes.
    """
    columns = [
        Column("DOES"),
        Column("SERVER"),
        Column("COMMAND OR URL", wraps=True),
        Column("FOLDER", wraps=True, unless_same=True),
        Column("SETS", wraps=True, unless_same=True),
        Column("STANDING", unless_same=True),
    ]
    rows = [_row(target, gate) for target in targets]
    parts = [Table("server", columns, rows)]
    servers = [target for target in targets if isinstance(target, ServerSpec)]
    if takes := [[one.name, taken] for one in servers for taken in taken_from_here(one)]:
        parts.append(Table("takes", [Column("SERVER"), Column("TAKES", wraps=True)], takes))
    asked = None if request is None else mask_value(dict(request), _as_argument)
    if asked is not None:
        members = [[key, _said(one)] for key, value in asked.items() for one in _each(value)]
        parts.append(Table("request", [Column("SENDS"), Column("VALUE", wraps=True)], members))
    data = {
        "format": "mcpx.plan",
        "version": 1,
        "targets": list(_data(targets, gate)),
        "request": asked,
    }
    return Listing(data, parts)


def _each(value: Any) -> Sequence[Any]:
    """What of a member stands in rows of its own: the texts of a list."""
    texts = isinstance(value, list) and value and all(isinstance(one, str) for one in value)
    return value if texts else [value]


def _said(value: Any) -> str:
    return value if isinstance(value, str) else dumps(value, ensure_ascii=False)


def _as_argument(text: str) -> str:
    return mask_arguments([text])[0]


def _row(target: Target, gate: Gate) -> list[str]:
    if isinstance(target, FileTarget):
        return ["read", "", target.path, "", "", ""]
    names = sorted([*target.env, *(f"{name}:" for name in target.headers)])
    does = "start" if target.transport is Transport.STDIO else "reach"
    return [
        does if gate.allows(target) else f"not {does}",
        target.name,
        shown_command(target),
        target.cwd or "",
        " ".join(names),
        _standing(target, gate),
    ]


def _standing(spec: ServerSpec, gate: Gate) -> str:
    where = gate.standing(spec)
    if where is Standing.FREE:
        return ""
    if where is not Standing.ALLOWED and gate.allows(spec):
        return f"{where.value}, but trusted in this run"
    return where.value


def _data(targets: Sequence[Target], gate: Gate) -> Iterator[dict[str, Any]]:
    for target in targets:
        if isinstance(target, FileTarget):
            yield {"file": target.path}
        else:
            yield {
                "server": target.name,
                "target": describe_target(target),
                "allowed": gate.allows(target),
                "standing": gate.standing(target).value,
                "takes": list(taken_from_here(target)),
            }
