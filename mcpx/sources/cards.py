"""What a domain publishes about MCP servers, read leniently: catalogues, server cards; no I/O.

Sources: Agent-Card/ai-catalog, specification/ai-catalog.md (2026-04-30), which spells an entry's
type ``mediaType``; modelcontextprotocol/experimental-ext-server-card, docs/discovery.md and
schema.ts (2026-07-24), which spell it ``type``; RFC 9728 for the metadata of a protected resource.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mcpx.sources.server_json import MalformedError, flag, inner, objects, text

CARD = "application/mcp-server-card+json"
CATALOGUE = "application/ai-catalog+json"
MOST_REMOTES = 20
_LONGEST = 500
_LONGEST_URL = 2000
_VIA = {"streamable-http": "http", "sse": "sse"}


class Basis(StrEnum):
    """What a way of publishing rests on."""

    STANDARD = "standard"  # a published standard
    DRAFT = "draft"  # a proposal that may still change
    CONVENTION = "convention"  # nothing but that many do it


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One entry of a catalogue: where its document is, or the document itself."""

    identifier: str
    media_type: str
    url: str
    data: Any


@dataclass(frozen=True, slots=True)
class Advertised:
    """A server as its card describes it: a claim, until a connection has shown it.

    ``via`` is http, sse or what the card says, ``wants`` the names of headers and variables that
    it asks for. ``card`` is where the card stands.
    """

    name: str
    version: str
    title: str
    description: str
    via: str
    url: str
    protocols: tuple[str, ...]
    wants: tuple[str, ...]
    card: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class SignIn:
    """The metadata of a protected resource: its URL, and who signs people in for it."""

    resource: str
    authorization_servers: tuple[str, ...]


def catalogue_of(value: Any) -> Iterator[CatalogueEntry | str]:
    """The entries of a catalogue, or what is wrong with one. Raises MalformedError for none."""
    entries = value.get("entries") if isinstance(value, dict) else None
    if not isinstance(entries, list):
        raise MalformedError("it is no catalogue: it has no list 'entries'")
    for number, raw in enumerate(entries, 1):
        if not isinstance(raw, dict):
            yield f"entry {number} is not an object"
            continue
        name = _short(raw, "identifier") or _short(raw, "displayName") or f"entry {number}"
        kind = text(raw, "type") or text(raw, "mediaType")
        url, data = text(raw, "url"), raw.get("data")
        if len(url) > _LONGEST_URL or bool(url) == (data is not None):
            yield f"{name} must have either a url or data"
            continue
        yield CatalogueEntry(name, kind.partition(";")[0].strip().lower()[:100], url, data)


def card_of(value: Any, at: str, basis: Basis) -> Iterator[Advertised]:
    """A server card: one server for each of its remotes. Raises MalformedError for none."""
    if not isinstance(value, dict):
        raise MalformedError("it is no server card: not an object")
    name = _short(value, "name")
    if not name:
        raise MalformedError("it is no server card: it has no name")
    remotes = list(objects(value, "remotes"))
    for raw in remotes[:MOST_REMOTES] or [{}]:
        url = text(raw, "url")[:_LONGEST_URL]
        kind = text(raw, "type")
        yield Advertised(
            name,
            _short(value, "version"),
            _short(value, "title"),
            _short(value, "description"),
            _VIA.get(kind, kind[:40]),
            url,
            tuple(_texts(raw.get("supportedProtocolVersions"))),
            tuple(_wants(raw)),
            at,
            basis,
        )


def sign_in_of(value: Any) -> SignIn:
    """The metadata of a protected resource (RFC 9728, section 2). Raises MalformedError."""
    resource = text(value, "resource") if isinstance(value, dict) else ""
    if not resource:
        raise MalformedError("it is no metadata of a protected resource: it names none")
    return SignIn(resource[:_LONGEST_URL], tuple(_texts(value.get("authorization_servers"))))


def _wants(remote: Mapping[str, Any]) -> Iterator[str]:
    for raw in objects(remote, "headers"):
        if flag(raw, "isRequired") and not text(raw, "value"):
            yield _short(raw, "name")
    for name, raw in inner(remote, "variables").items():
        if isinstance(raw, dict) and flag(raw, "isRequired") and not text(raw, "default"):
            yield name[:_LONGEST]
    for raw in objects(remote, "headers"):
        for name, variable in inner(raw, "variables").items():
            if isinstance(variable, dict) and flag(variable, "isRequired"):
                yield name[:_LONGEST]


def _texts(value: Any) -> Iterator[str]:
    for one in value[:MOST_REMOTES] if isinstance(value, list) else []:
        if isinstance(one, str):
            yield one[:_LONGEST_URL]


def _short(raw: Mapping[str, Any], name: str) -> str:
    value = text(raw, name)
    return value if len(value) <= _LONGEST else value[:_LONGEST] + "…"
