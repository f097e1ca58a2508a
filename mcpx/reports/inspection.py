"""Catalogues as a document: what servers offer, what it costs, what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mcpx.analyses.cost import cost_of_catalogue, cost_of_item
from mcpx.catalogue.files import document, to_dict
from mcpx.catalogue.model import Catalogue, Item, Kind
from mcpx.errors import Evidence, McpxError, ServerError
from mcpx.reports.document import Cell, Column, Listing, Prose, Table
from mcpx.reports.json_text import dumps
from mcpx.schemas.parameters import MISSING, parameters


def inspection(catalogues: Sequence[Catalogue], failures: Mapping[str, McpxError]) -> Listing:
    """Everything about these catalogues; its data is a catalogue file."""
    parts: list[Table | Prose] = [_servers(catalogues)]
    parts += [
        Prose("instructions", one.instructions, _of("instructions", one, catalogues), one.server)
        for one in catalogues
        if one.instructions
    ]
    parts += [_items(kind, catalogues) for kind in Kind]
    parts.append(_problems(catalogues))
    data = document([_with_cost(one) for one in catalogues])
    if failures:
        data["failures"] = [failure(name, error) for name, error in sorted(failures.items())]
    records = [record(one) for one in catalogues]
    records += [failure_record(name, error) for name, error in sorted(failures.items())]
    return Listing(data, parts, records)


def record(catalogue: Catalogue) -> dict[str, Any]:
    """One server's line of ndjson."""
    head = {"format": "mcpx.inspect.server", "version": 1, "status": "ok"}
    return {**head, "server": catalogue.server, "catalogue": _with_cost(catalogue)}


def failure_record(server: str, error: McpxError) -> dict[str, Any]:
    """The line of ndjson for a server that could not be asked."""
    head = {"format": "mcpx.inspect.server", "version": 1, "status": "error"}
    return {**head, "server": server, "error": failure(server, error)}


def failure(server: str, error: McpxError) -> dict[str, Any]:
    """An error as programs read it."""
    return {
        "server": server,
        "class": error.fault.value,
        "message": error.message,
        "hint": error.hint,
        "details": list(error.details),
        **({"evidence": _evidence(error.evidence)} if isinstance(error, ServerError) else {}),
    }


def _evidence(seen: Evidence) -> dict[str, Any]:
    """What was seen of a server that failed, but for the time, which is never the same."""
    return {
        "exit_code": seen.exit_code,
        "cause": seen.cause,
        "code": seen.code,
        "stderr": list(seen.stderr),
    }


def one_tool(found: Sequence[tuple[Catalogue, Item]]) -> Listing:
    """A tool in full, for each server that has one of this name."""
    parts: list[Table | Prose] = []
    for catalogue, item in found:
        cost = cost_of_item(item)
        heading = f"{item.key} of {catalogue.server}, about {cost.tokens} tokens"
        whose = catalogue.server
        parts.append(Prose("description", item.description or "(no description)", heading, whose))
        parts.append(_parameters(catalogue, item))
        parts.append(Prose("input schema", _pretty(item.input_schema), "input schema", whose))
        if "outputSchema" in item.raw:
            schema = _pretty(item.raw["outputSchema"])
            parts.append(Prose("output schema", schema, "output schema", whose))
        if item.annotations:
            annotations = _pretty(item.annotations)
            parts.append(Prose("annotations", annotations, "annotations", whose))
        parts.append(_problems([catalogue], item.key))
    return Listing(
        {
            "format": "mcpx.tool",
            "version": 1,
            "tools": [_tool_data(catalogue, item) for catalogue, item in found],
        },
        parts,
    )


def _tool_data(catalogue: Catalogue, item: Item) -> dict[str, Any]:
    cost = cost_of_item(item)
    return {
        "server": catalogue.server,
        "definition": dict(item.raw),
        "parameters": [
            {
                "name": one.name,
                "type": one.type,
                "required": one.required,
                "description": one.description,
                **({} if one.default is MISSING else {"default": one.default}),
            }
            for one in parameters(item.input_schema)
        ],
        "cost": {"bytes": cost.bytes, "tokens": cost.tokens},
        "problems": [
            {"rule": problem.rule, "message": problem.message, "path": problem.path}
            for problem in catalogue.problems
            if problem.kind is Kind.TOOL and problem.key == item.key
        ],
    }


def _with_cost(catalogue: Catalogue) -> dict[str, Any]:
    cost = cost_of_catalogue(catalogue)
    return {**to_dict(catalogue), "cost": {"bytes": cost.bytes, "tokens": cost.tokens}}


def _of(what: str, catalogue: Catalogue, among: Sequence[Catalogue]) -> str:
    return what if len(among) == 1 else f"{what} of {catalogue.server}"


def _servers(catalogues: Sequence[Catalogue]) -> Table:
    columns = [
        Column("SERVER"),
        Column("CALLS ITSELF", wraps=True),
        Column("ERA", unless_same=True),
        Column("MCP"),
        Column("CAPABILITIES", minor=True),
        Column("OFFERED TO IT", minor=True),
        *(Column(kind.plural.upper(), right=True) for kind in Kind),
        Column("TOKENS", right=True),
        Column("PROBLEMS", right=True),
    ]
    rows = [
        (
            one.server,
            _self_description(one.server_info),
            one.era.value if one.era else None,
            one.version,
            " ".join(one.capabilities),
            " ".join(one.offered),
            *(len(one.items(kind)) for kind in Kind),
            cost_of_catalogue(one).tokens,
            len(one.problems),
        )
        for one in catalogues
    ]
    return Table("server", columns, rows, upright=True)


def _self_description(info: Mapping[str, Any]) -> str:
    return " ".join(str(info[part]) for part in ("name", "version") if info.get(part))


def _items(kind: Kind, catalogues: Sequence[Catalogue]) -> Table:
    pairs = [(one, item) for one in catalogues for item in one.items(kind)]
    columns = [Column("SERVER", unless_same=True), Column(kind.value.upper(), wraps=True)]
    if kind is Kind.TOOL:
        columns += [
            Column("PARAMETERS", wraps=True),
            Column("SAYS IT IS", wraps=True, unless_same=True),
            Column("TOKENS", right=True),
        ]
    elif kind is Kind.PROMPT:
        columns.append(Column("ARGUMENTS", wraps=True))
    else:
        columns += [Column("NAME", wraps=True), Column("TYPE", unless_same=True)]
    columns.append(Column("DESCRIPTION", wraps=True))
    rows = [
        (catalogue.server, item.key, *_middle(item), _first_line(item.description or item.title))
        for catalogue, item in pairs
    ]
    return Table(kind.value, columns, rows, heading=kind.plural)


def _middle(item: Item) -> Iterator[Cell]:
    if item.kind is Kind.TOOL:
        yield " ".join(
            one.name if one.required else f"[{one.name}]" for one in parameters(item.input_schema)
        )
        yield ", ".join(_claims(item))
        yield cost_of_item(item).tokens
    elif item.kind is Kind.PROMPT:
        arguments = item.raw.get("arguments")
        yield " ".join(
            str(one.get("name")) if one.get("required") else f"[{one.get('name')}]"
            for one in (arguments if isinstance(arguments, list) else [])
            if isinstance(one, dict)
        )
    else:
        yield item.name
        kind = item.raw.get("mimeType")
        yield kind if isinstance(kind, str) else None


def _claims(item: Item) -> Iterator[str]:
    """What a tool's annotations say of it; claims of its server, not facts."""
    words = {
        "readOnlyHint": "read-only",
        "destructiveHint": "destructive",
        "idempotentHint": "idempotent",
    }
    for member, word in words.items():
        if item.annotations.get(member) is True:
            yield word


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0].strip()


def _parameters(catalogue: Catalogue, item: Item) -> Table:
    columns = [
        Column("SERVER", unless_same=True),
        Column("PARAMETER"),
        Column("TYPE", wraps=True),
        Column("REQUIRED"),
        Column("DEFAULT", unless_same=True),
        Column("CONSTRAINTS", wraps=True, unless_same=True),
        Column("DESCRIPTION", wraps=True),
    ]
    rows = [
        (
            catalogue.server,
            one.name,
            one.type,
            one.required,
            None if one.default is MISSING else json.dumps(one.default),
            one.constraints,
            one.description,
        )
        for one in parameters(item.input_schema)
    ]
    return Table("parameter", columns, rows, heading="parameters")


def _problems(catalogues: Sequence[Catalogue], key: str | None = None) -> Table:
    columns = [
        Column("SERVER", unless_same=True),
        Column("RULE"),
        Column("AT", wraps=True, unless_same=True),
        Column("PROBLEM", wraps=True),
        Column("REJECTED BY", wraps=True, unless_same=True),
    ]
    rows = [
        (
            one.server,
            problem.rule,
            " ".join(part for part in (problem.kind or "", problem.key, problem.path) if part),
            problem.message,
            ", ".join(problem.rejected_by),
        )
        for one in catalogues
        for problem in one.problems
        if key is None or (problem.kind is Kind.TOOL and problem.key == key)
    ]
    return Table("problem", columns, rows, heading="problems")


def _pretty(value: Any) -> str:
    return dumps(value, indent=2, ensure_ascii=False)
