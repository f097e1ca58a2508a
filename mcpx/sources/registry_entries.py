"""Entries of a registry and the pages they come in, read leniently; no I/O.

Source: the registry's OpenAPI description 2025-12-01 and what its server really sends, 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mcpx.masking import mask_text
from mcpx.sources.server_json import (
    MalformedError,
    Problem,
    flag,
    inner,
    is_name,
    kinds,
    member,
    text,
)

OFFICIAL = "io.modelcontextprotocol.registry/official"
DELETED = "deleted"

_SEMVER = re.compile(r"(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")
_MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """One version of one server; ``server`` is its ``server.json`` as it came.

    ``latest`` is None where the registry does not say. ``published`` and ``updated`` are as they
    came, empty when absent.
    """

    name: str
    version: str
    server: Mapping[str, Any]
    status: str = "active"
    status_message: str = ""
    published: str = ""
    updated: str = ""
    latest: bool | None = None

    @property
    def title(self) -> str:
        """Its name for people, if it has one."""
        return text(self.server, "title")

    @property
    def description(self) -> str:
        """What it says of itself."""
        return text(self.server, "description")

    @property
    def kinds(self) -> tuple[str, ...]:
        """How it can be had: npm, pypi, oci, nuget, mcpb, remote."""
        return kinds(self.server)


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its entries as they came, and the cursor of the next; empty at the end."""

    items: tuple[Any, ...]
    cursor: str


def page_of(value: Any) -> Page:
    """A page of a listing. Raises MalformedError for what is none."""
    if not isinstance(value, dict) or not isinstance(value.get("servers"), list):
        raise MalformedError("it has no list 'servers'")
    cursor = member(inner(value, "metadata"), "nextCursor")
    return Page(tuple(value["servers"]), cursor if isinstance(cursor, str) else "")


def entry_of(raw: Any) -> Entry:
    """An entry, with its server inside or, as before 2025-09-29, beside the registry's own words.

    Raises MalformedError for what is none.
    """
    if not isinstance(raw, dict):
        raise MalformedError("it is not an object")
    server = raw["server"] if isinstance(raw.get("server"), dict) else raw
    name, version = text(server, "name"), text(server, "version")
    if not is_name(name):
        raise MalformedError("it has no valid name")
    if not version or len(version) > 255 or not version.isprintable() or version[0] == "-":
        raise MalformedError("it has no valid version")
    official = inner(inner(raw, "_meta") or inner(server, "_meta"), OFFICIAL)
    latest = member(official, "isLatest")
    return Entry(
        name,
        version,
        server,
        text(official, "status") or text(server, "status") or "active",
        text(official, "statusMessage"),
        text(official, "publishedAt"),
        text(official, "updatedAt"),
        flag(official, "isLatest") if isinstance(latest, bool) else None,
    )


def entries_of(items: Iterable[Any]) -> tuple[list[Entry], list[Problem]]:
    """The entries among the items of a listing, and what is wrong with the others."""
    found: list[Entry] = []
    problems: list[Problem] = []
    for number, raw in enumerate(items, 1):
        try:
            found.append(entry_of(raw))
        except MalformedError as error:
            problems.append(Problem(_called(raw, number), str(error)))
    return found, problems


def _called(raw: Any, number: int) -> str:
    server = raw.get("server", raw) if isinstance(raw, dict) else {}
    name = server.get("name") if isinstance(server, dict) else None
    shown = f" {mask_text(name[:_MOST_SHOWN])!r}" if isinstance(name, str) else ""
    return f"entry {number}{shown}"


def latest_of(entries: Iterable[Entry]) -> list[Entry]:
    """One version of each server, in the order of their names.

    The one that the registry calls the latest; else the highest semantic version, before those
    that are none, of which the one published last (the registry's own rule).
    """
    by_name: dict[str, list[Entry]] = {}
    for entry in entries:
        by_name.setdefault(entry.name, []).append(entry)
    return [max(versions, key=_standing) for _, versions in sorted(by_name.items())]


def _standing(entry: Entry) -> tuple[bool, bool, Sequence[Any], datetime]:
    match = _SEMVER.fullmatch(entry.version)
    if match is None:
        return entry.latest is True, False, (), moment(entry.published)
    before = tuple(
        (0, int(part[:9]), "") if part.isdigit() else (1, 0, part)
        for part in (match[4] or "").split(".")
        if part
    )
    # A pre-release comes before its release (Semantic Versioning 2.0.0, section 11).
    rank = (int(match[1]), int(match[2]), int(match[3]), not before, before)
    return entry.latest is True, True, rank, moment(entry.published)


def moment(text: str) -> datetime:
    """An RFC 3339 time; the beginning of time for what is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def is_wanted(entry: Entry, term: str) -> bool:
    """Whether an entry is meant by a search: in its name, title or description, in any case.

    As in the registry itself ``%`` stands for anything and ``_`` for one character.
    """
    if not term:
        return True
    texts = (entry.name, entry.title[:500], entry.description[:2000])
    return any(_holds(one, term[:200]) for one in texts)


def _holds(text: str, term: str) -> bool:
    """Whether the pieces between ``%`` stand in the text, one after the other."""
    place = 0
    for piece in term.split("%"):
        pattern = "".join("." if one == "_" else re.escape(one) for one in piece)
        match = re.compile(pattern, re.IGNORECASE | re.DOTALL).search(text, place)
        if match is None:
            return False
        place = match.end()
    return True
