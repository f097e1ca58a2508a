"""What a domain publishes about MCP servers, as a document."""

from __future__ import annotations

from typing import Any

from mcpx.masking import mask_text, mask_url
from mcpx.reports.document import Column, Listing, Table
from mcpx.reports.registry import problem_data, problems_table, shortened
from mcpx.sources.cards import Advertised
from mcpx.sources.domains import Document, Published


def published(found: Published) -> Listing:
    """The servers that are advertised, the documents that say so, and what is wrong with them."""
    servers = [server_data(one) for one in found.servers]
    documents = [document_data(one) for one in found.documents]
    problems = [problem_data(one) for one in found.problems]
    data = {
        "format": "mcpx.domain",
        "version": 1,
        "domain": mask_url(found.domain),
        "servers": servers,
        "documents": documents,
        "problems": problems,
    }
    records = [
        *({"format": "mcpx.domain.server", "version": 1, "server": one} for one in servers),
        *({"format": "mcpx.domain.document", "version": 1, **one} for one in documents),
        *({"format": "mcpx.domain.problem", "version": 1, **one} for one in problems),
    ]
    parts = [_servers(found), _documents(found), problems_table(found.problems)]
    return Listing(data, parts, records)


def server_data(one: Advertised) -> dict[str, Any]:
    """An advertised server as programs read it."""
    return {
        "name": mask_text(one.name),
        "version": mask_text(one.version),
        "title": mask_text(one.title),
        "description": mask_text(one.description),
        "transport": mask_text(one.via),
        "url": mask_url(one.url),
        "protocols": [mask_text(version) for version in one.protocols],
        "wants": [mask_text(name) for name in one.wants],
        "card": mask_url(one.card),
        "basis": one.basis.value,
        "state": "advertised",
    }


def document_data(one: Document) -> dict[str, Any]:
    """A document that was found, as programs read it."""
    return {
        "kind": one.kind,
        "url": mask_url(one.url),
        "basis": one.basis.value,
        "says": mask_text(one.says),
        "authorization_servers": [mask_url(url) for url in one.authorization_servers],
    }


def _servers(found: Published) -> Table:
    columns = [
        Column("SERVER", wraps=True),
        Column("VERSION", wraps=True),
        Column("VIA"),
        Column("URL", wraps=True),
        Column("STATE"),
        Column("RESTS ON"),
        Column("DESCRIPTION", wraps=True),
    ]
    rows = [
        (
            shortened(one["name"]),
            shortened(one["version"]),
            one["transport"] if one["transport"] in ("http", "sse") else "other",
            one["url"],
            one["state"],
            one["basis"],
            " ".join(one["description"].split())
            + (f" (wants {', '.join(one['wants'])})" if one["wants"] else ""),
        )
        for one in map(server_data, found.servers)
    ]
    return Table("server", columns, rows)


def _documents(found: Published) -> Table:
    columns = [
        Column("DOCUMENT"),
        Column("RESTS ON"),
        Column("SAYS", wraps=True),
        Column("URL", wraps=True),
    ]
    rows = [
        (
            one["kind"],
            one["basis"],
            "; ".join(
                filter(
                    None,
                    (one["says"], *(f"sign in at {url}" for url in one["authorization_servers"])),
                )
            ),
            one["url"],
        )
        for one in map(document_data, found.documents)
    ]
    return Table("document", columns, rows, heading="documents")
