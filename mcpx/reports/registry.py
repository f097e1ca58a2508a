"""Servers of a registry as a document."""

from __future__ import annotations

from typing import Any

from mcpx.masking import mask_text, mask_url
from mcpx.reports.document import Column, Listing, Table
from mcpx.sources.registry import Found, Query
from mcpx.sources.registry_entries import Entry
from mcpx.sources.server_json import Problem, inner, kind_of, objects, text

_LONGEST = 500
# Of what stands in a narrow column.
_NARROW = 40
# Of a description, which has at most 100 characters by the schema.
_WIDE = 200
_KINDS = ("npm", "pypi", "oci", "nuget", "mcpb", "cargo", "remote")


def registered(found: Found, query: Query, base_url: str) -> Listing:
    """The servers that were found, then the entries that cannot be used."""
    servers = [server_data(one) for one in found.entries]
    problems = [problem_data(one) for one in found.problems]
    data = {
        "format": "mcpx.registry",
        "version": 1,
        "registry": mask_url(base_url),
        "query": query.text,
        "updated_since": query.updated_since or None,
        "complete": found.complete,
        "servers": servers,
        "problems": problems,
    }
    records = [{"format": "mcpx.registry.server", "version": 1, "server": one} for one in servers]
    records += [{"format": "mcpx.registry.problem", "version": 1, **one} for one in problems]
    return Listing(data, [_servers(found), problems_table(found.problems)], records)


def server_data(one: Entry) -> dict[str, Any]:
    """A version of a server as programs read it."""
    return {
        "name": one.name,
        "version": one.version,
        "title": _said(one.title),
        "description": _said(one.description),
        "status": _said(one.status),
        "status_message": _said(one.status_message),
        "latest": one.latest,
        "published_at": _said(one.published),
        "updated_at": _said(one.updated),
        "kinds": [_said(kind) for kind in one.kinds],
        "packages": [
            {
                "kind": _said(kind_of(package)),
                "identifier": _said(text(package, "identifier")),
                "version": _said(text(package, "version")),
                "transport": _said(text(inner(package, "transport"), "type") or "stdio"),
            }
            for package in objects(one.server, "packages")
        ],
        "remotes": [
            {"transport": _said(text(remote, "type")), "url": _said(mask_url(text(remote, "url")))}
            for remote in objects(one.server, "remotes")
        ],
        "target": f"registry:{one.name}@{one.version}",
    }


def problem_data(one: Problem) -> dict[str, Any]:
    """Something that cannot be used, as programs read it."""
    return {"where": one.where, "message": one.message}


def problems_table(problems: tuple[Problem, ...]) -> Table:
    """What cannot be used, and why."""
    columns = [Column("WHERE", wraps=True), Column("PROBLEM", wraps=True)]
    return Table("problem", columns, [(one.where, one.message) for one in problems], "problems")


def _servers(found: Found) -> Table:
    columns = [
        Column("SERVER"),
        Column("VERSION"),
        Column("HAD AS"),
        Column("STATUS", wraps=True, unless_same=True),
        Column("DESCRIPTION", wraps=True),
    ]
    rows = [
        (
            one.name,
            shortened(one.version),
            ", ".join(dict.fromkeys(kind if kind in _KINDS else "other" for kind in one.kinds)),
            _said(one.status + (f": {one.status_message}" if one.status_message else "")),
            shortened(_said(" ".join(one.description.split())), _WIDE),
        )
        for one in found.entries
    ]
    return Table("server", columns, rows)


def shortened(words: str, most: int = _NARROW) -> str:
    """Foreign words that would push everything else aside if they were endless."""
    return words if len(words) <= most else words[:most] + "…"


def _said(words: str) -> str:
    """What an entry says, masked and shortened."""
    return shortened(mask_text(words[: 2 * _LONGEST]), _LONGEST)
