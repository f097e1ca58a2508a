"""What a command would start and send, as a document (``--dry-run``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mcpx.catalogue.model import describe_target
from mcpx.masking import MASK, is_secret_name, mask_arguments
from mcpx.reports.definitions import shown_command
from mcpx.reports.document import Column, Listing, Table
from mcpx.reports.json_text import dumps
from mcpx.servers import ServerSpec, Transport
from mcpx.sources.targets import FileTarget, Target
from mcpx.trust import Gate, Standing


def planned(targets: Sequence[Target], gate: Gate, request: Mapping[str, Any] | None) -> Listing:
    """The servers that would be started or reached, each with its standing, and the request.

    Secrets are masked; of environment and headers the names are told.
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
    asked = None if request is None else _masked(dict(request))
    if asked is not None:
        members = [
            [key, value if isinstance(value, str) else dumps(value, ensure_ascii=False)]
            for key, value in asked.items()
        ]
        parts.append(Table("request", [Column("SENDS"), Column("VALUE", wraps=True)], members))
    data = {
        "format": "mcpx.plan",
        "version": 1,
        "targets": list(_data(targets, gate)),
        "request": asked,
    }
    return Listing(data, parts)


def _masked(value: Any, name: str = "") -> Any:
    """The same with secrets masked: by the name of a member, and by their shape."""
    if isinstance(value, dict):
        return {key: _masked(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner, name) for inner in value]
    if isinstance(value, str):
        return MASK if value and is_secret_name(name) else mask_arguments([value])[0]
    return value


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
    return "" if where is Standing.FREE else where.value


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
            }
