"""Questions to a registry of MCP servers: its API v0.1, paged, kept in a cache.

Source: the registry's API description 2025-12-01 and its implementation 1.6.0, 2026-11-22.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from mcpx.errors import Fault, ServerError, UsageError
from mcpx.masking import mask_text, mask_url
from mcpx.sources import registry_entries as reading
from mcpx.sources.fetch import Fetcher
from mcpx.sources.registry_cache import FRESH, MOST_VALUES, WHOLE, Cache, Kept, age
from mcpx.sources.registry_entries import DELETED, Entry
from mcpx.sources.server_json import MalformedError, Problem, is_name
from mcpx.web import checked_url, is_loopback

MOST = 500
PAGE = 100
# Pages that are read for a search, however few of their entries are wanted.
_FEWEST_PAGES = 100
# Bytes of all pages of one listing.
_MOST_RECEIVED = 100 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: a part of a name, changes since a time (RFC 3339), at most so many."""

    text: str = ""
    updated_since: str = ""
    most: int = MOST


@dataclass(frozen=True, slots=True)
class Found:
    """The servers found, one version of each, sorted; ``notes`` are worth telling a person.

    ``complete``: the registry has no more of them.
    """

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class _Listing:
    items: list[Any]
    complete: bool


def api_root(base_url: str) -> str:
    """The URL under which the API stands: the base URL with its version, unless that has one.

    Raises UsageError for what is no URL of a registry.
    """
    parts = checked_url(base_url)
    shown = mask_url(base_url)
    if parts.scheme == "http" and not is_loopback(base_url):
        raise UsageError(f"{shown}: plain http is only used on this machine", hint="use https://")
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise UsageError(
            f"{shown}: the URL of a registry has no user, query or fragment",
            hint="for example https://registry.example/api",
        )
    path = parts.path.rstrip("/").removesuffix("/servers")
    last = path.rpartition("/")[2]
    versioned = last[:1] == "v" and last[1:].replace(".", "").isdigit()
    return urlunsplit((parts.scheme, parts.netloc, path + ("" if versioned else "/v0.1"), "", ""))


def since(text: str) -> str:
    """A date or time as the registry wants it. Raises UsageError for another text."""
    try:
        found = datetime.fromisoformat(text)
        moment = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"--updated-since {text}: expected a date or time", hint="for example 2026-11-01"
        ) from error
    return moment.isoformat().replace("+00:00", "Z")


def _segment(text: str) -> str:
    return quote(text, safe="", errors="replace")


class Registry:
    """One registry, asked over ``fetch`` unless ``cache`` knows the answer.

    ``refresh``: nothing is taken from the cache. ``notes`` collects what a person should know.
    """

    def __init__(
        self,
        base_url: str,
        fetch: Fetcher,
        cache: Cache,
        refresh: bool = False,
        progress: Callable[[str], None] = lambda _text: None,
    ) -> None:
        self.notes: list[str] = []
        self._root = api_root(base_url)
        self._fetch = fetch
        self._cache = cache
        self._refresh = refresh
        self._progress = progress

    @property
    def host(self) -> str:
        """Where it is, for people."""
        return urlsplit(self._root).netloc

    def search(self, query: Query) -> Found:
        """The servers that a query means. Raises ServerError and what ``Fetcher.json`` raises."""
        question = [self._root, "search", query.text, query.updated_since]
        parameters = {"search": query.text, "updated_since": query.updated_since}

        def whole() -> Kept:
            listing = self._walk(parameters, query)
            now = self._cache.now()
            return Kept(listing.items, now, now, 0 if listing.complete else query.most)

        def newer(kept: Kept) -> Kept | None:
            items = None if query.updated_since else self._newer(kept, query)
            return None if items is None else replace(kept, value=items, asked=self._cache.now())

        kept = self._kept(question, list, query.most, whole, newer)
        entries, problems = reading.entries_of(kept.value)
        if not query.updated_since:
            entries = [one for one in entries if one.status != DELETED]
        entries = reading.latest_of(one for one in entries if reading.is_wanted(one, query.text))
        complete = not kept.most and len(entries) <= query.most
        shown = tuple(entries[: query.most])
        if not complete:
            self.notes.append(
                f"these are {len(shown)}; the registry may have more: --max N reads further"
            )
        return Found(shown, tuple(problems), tuple(self.notes), complete)

    def one(self, name: str, version: str = "") -> Entry:
        """One version of a server, by default the latest.

        Raises UsageError when there is none, saying what there is, and what ``search`` raises.
        """
        if not is_name(name):
            raise UsageError(
                f"registry:{name}: a name in a registry is NAMESPACE/NAME",
                hint=f"mcpx discover --registry {shlex.quote(name.rpartition('/')[2][:40])}",
            )
        path = f"/servers/{_segment(name)}/versions/{_segment(version or 'latest')}"

        def whole() -> Kept:
            now = self._cache.now()
            return Kept(self._fetch.json(self._root + path), now, now)

        try:
            kept = self._kept([self._root, path], dict, 0, whole, lambda _kept: None)
        except ServerError as error:
            if error.evidence.status != 404:
                raise
            raise self._absent(name, version) from error
        entry = self._read(kept.value, path)
        if entry.name != name or version not in ("", "latest", entry.version):
            raise self._invalid(path, f"it is {entry.name} {entry.version}")
        if entry.status == DELETED:
            raise self._gone(entry)
        return entry

    def versions(self, name: str) -> list[Entry]:
        """Every version of a server, also those that were deleted; none for an unknown server."""
        path = f"/servers/{_segment(name)}/versions"
        try:
            value = self._fetch.json(f"{self._root}{path}?include_deleted=true")
            return reading.entries_of(reading.page_of(value).items)[0]
        except MalformedError as error:
            raise self._invalid(path, str(error)) from error
        except ServerError as error:
            if error.evidence.status != 404:
                raise
            return []

    def _absent(self, name: str, version: str) -> UsageError:
        known = self.versions(name)
        if not known:
            return UsageError(
                f"{self.host} has no server '{name}'",
                hint=f"mcpx discover --registry {shlex.quote(name.rpartition('/')[2])}",
            )
        there = [one for one in known if one.version == version or not version]
        if there and all(one.status == DELETED for one in there):
            return self._gone(there[0])
        offered = [one.version for one in known if one.status != DELETED]
        return UsageError(
            f"{name} has no version {version or 'latest'} at {self.host}",
            hint="there are " + ", ".join(offered[:12]) if offered else "all were deleted",
        )

    def _gone(self, entry: Entry) -> UsageError:
        because = f": {mask_text(entry.status_message[:200])}" if entry.status_message else ""
        return UsageError(
            f"{entry.name} {entry.version} was deleted from {self.host}{because}",
            hint="deleting usually is moderation; mcpx does not start it",
        )

    def _read(self, value: Any, path: str) -> Entry:
        try:
            return reading.entry_of(value)
        except MalformedError as error:
            raise self._invalid(path, str(error)) from error

    def _invalid(self, path: str, reason: str) -> ServerError:
        return ServerError(
            Fault.INVALID_RESPONSE,
            f"{self._root}{path}: not what a registry answers: {reason}",
            hint="--registry-url names the registry",
        )

    def _kept(
        self,
        question: object,
        kind: type,
        most: int,
        whole: Callable[[], Kept],
        newer: Callable[[Kept], Kept | None],
    ) -> Kept:
        """The answer to a question: kept and fresh, brought up to date, or asked for anew."""
        kept = None if self._refresh else self._cache.read(question)
        if kept is not None and (kind is not type(kept.value) or 0 < kept.most < most):
            kept = None
        now = self._cache.now()
        if kept is not None and now - kept.asked < FRESH:
            return kept
        try:
            young = kept is not None and now - kept.whole < WHOLE
            found = newer(kept) if kept is not None and young else None
            found = found or whole()
        except ServerError as error:
            status = error.evidence.status or 0
            denied = error.fault in (Fault.AUTH, Fault.HTTP) and 400 <= status < 500
            if kept is None or denied:
                raise
            self.notes.append(f"{error.message}; shown is what it said {age(now - kept.asked)} ago")
            return kept
        self._cache.write(question, found)
        return found

    def _newer(self, kept: Kept, query: Query) -> list[Any] | None:
        """A kept listing with what changed since; None when it has to be taken anew.

        A deleted version may have made an older one the latest, which did not change itself.
        """
        entries, problems = reading.entries_of(kept.value)
        if kept.most or problems or not entries or not all(one.updated for one in entries):
            return None
        newest = max((one.updated for one in entries), key=reading.moment)
        parameters = {"search": query.text, "updated_since": newest}
        try:
            listing = self._walk(parameters, query)
        except ServerError as error:
            if error.fault is Fault.HTTP and error.evidence.status in (400, 404, 422):
                return None
            raise
        changed, problems = reading.entries_of(listing.items)
        if problems or not listing.complete or any(one.status == DELETED for one in changed):
            return None
        replaced = {(one.name, one.version) for one in changed}
        pairs = zip(entries, kept.value, strict=True)
        unchanged = [raw for one, raw in pairs if (one.name, one.version) not in replaced]
        return [*unchanged, *listing.items]

    def _walk(self, parameters: Mapping[str, str], query: Query) -> _Listing:
        """The items of all pages, until there is no further one or a bound is reached.

        A full last page may be followed by an empty one, and a registry may repeat itself.
        """
        asked = {name: value for name, value in parameters.items() if value}
        asked |= {"version": "latest", "limit": str(PAGE)}
        items: list[Any] = []
        cursors: set[str] = set()
        seen: set[tuple[str, str]] = set()
        wanted: set[str] = set()
        most_pages = max(_FEWEST_PAGES, 2 * query.most // PAGE)
        most_received = self._fetch.received + _MOST_RECEIVED
        values = self._fetch.values
        while True:
            try:
                page = self._page(asked, MOST_VALUES - (self._fetch.values - values))
            except ServerError as error:
                if error.fault is not Fault.LIMIT or not items:
                    raise
                self.notes.append("stopped: its pages hold too much; search for less")
                return _Listing(items, False)
            entries, problems = reading.entries_of(page.items)
            known = len(seen)
            seen.update((one.name, one.version) for one in entries)
            wanted.update(one.name for one in entries if reading.is_wanted(one, query.text))
            self._progress(f"{self.host}: {len(wanted)} servers")
            repeated = len(seen) == known and not problems
            if not repeated:
                items += page.items
            if not page.cursor or not page.items:
                return _Listing(items, True)
            if repeated or page.cursor in cursors:
                self.notes.append("the registry repeats its pages; there may be more servers")
                return _Listing(items, False)
            cursors.add(page.cursor)
            if len(wanted) > query.most or len(cursors) >= most_pages:
                return _Listing(items, False)
            if self._fetch.received > most_received:
                self.notes.append(f"stopped after {_MOST_RECEIVED >> 20} MiB; search for less")
                return _Listing(items, False)
            asked["cursor"] = page.cursor

    def _page(self, asked: Mapping[str, str], values: int) -> reading.Page:
        """One page, which may hold so many JSON values."""
        usual, self._fetch.values_left = self._fetch.values_left, values
        try:
            url = f"{self._root}/servers?{urlencode(asked, errors='replace')}"
            return reading.page_of(self._fetch.json(url))
        except MalformedError as error:
            raise self._invalid("/servers", str(error)) from error
        finally:
            self._fetch.values_left = usual
