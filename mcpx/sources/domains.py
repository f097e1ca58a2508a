"""What a domain says of its MCP servers: its catalogue, server cards, and how to sign in.

Everything found is a claim of the domain; nothing of it is connected to.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from mcpx.errors import Fault, McpxError, ServerError, UsageError
from mcpx.masking import mask_url
from mcpx.sources import cards
from mcpx.sources.addresses import is_private_host
from mcpx.sources.cards import Advertised, Basis, CatalogueEntry
from mcpx.sources.fetch import JSON
from mcpx.sources.server_json import MalformedError, Problem
from mcpx.web import checked_url, is_loopback, origin

WELL_KNOWN = "/.well-known/ai-catalog.json"
RESOURCE = "/.well-known/oauth-protected-resource"
# A catalogue in a catalogue in the domain's own.
DEEPEST = 2
MOST_ENTRIES = 100
LARGEST = 1024 * 1024
# Seconds for one document, and for all of them.
EACH = 10.0
ALL = 60.0

# That there is no such document; 405 is what answers a GET where only calls are taken.
_ABSENT = (404, 405, 410)

Get = Callable[[str, str], Any]


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was found: ``catalogue``, ``server card`` or ``sign-in``."""

    kind: str
    url: str
    basis: Basis
    says: str
    authorization_servers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Published:
    """What a domain publishes, in the order in which it was found.

    ``fault`` is what kept the first document from being read, where that befell all of them.
    """

    domain: str
    servers: tuple[Advertised, ...]
    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]
    fault: Fault | None = None


def address(name: str) -> str:
    """A host, host:port or URL as a URL without query. Raises UsageError.

    Without a scheme https is meant, on this machine http.
    """
    if "://" not in name:
        name = f"{'http' if is_loopback(f'http://{name}') else 'https'}://{name}"
    parts = checked_url(name)
    if parts.username is not None or parts.query or parts.fragment:
        raise UsageError(f"--domain {mask_url(name)}: expected a host or an https:// URL")
    if parts.scheme == "http" and not is_loopback(name):
        raise UsageError(f"--domain {name}: plain http is only used on this machine")
    return name.rstrip("/")


def look(base: str, get: Get, public: bool, now: Callable[[], float] = time.monotonic) -> Published:
    """What is published at ``base``, a URL as ``address`` gives it.

    ``get`` fetches (url, accepted type), ``public`` says that nothing may lead to private
    addresses. A document that is not there (404, 405, 410) is no problem; whatever else keeps one
    from being read is. Raises ServerError when the host cannot be reached.
    """
    search = _Search(base, get, public, now() + ALL, now)
    search.catalogue(urljoin(base, WELL_KNOWN))
    search.own_card()
    search.sign_in()
    return Published(
        base,
        tuple(search.servers),
        tuple(search.documents),
        tuple(search.problems),
        None if search.learnt else search.fault,
    )


@dataclass(slots=True)
class _Search:
    base: str
    get: Get
    public: bool
    until: float
    now: Callable[[], float]
    servers: list[Advertised] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    entries: int = 0
    seen: set[str] = field(default_factory=set)
    learnt: bool = False  # whether a document is there or not, or what is wrong with it
    fault: Fault | None = None

    def catalogue(self, url: str) -> None:
        """The domain's own catalogue. Raises ServerError when the host cannot be reached."""
        self.seen.add(url)
        try:
            value = self.get(url, cards.CATALOGUE + ", " + JSON)
        except ServerError as error:
            if error.fault in (Fault.CONNECT, Fault.TLS, Fault.PROTOCOL):
                raise
            self._not_had(url, error)
        else:
            self.learnt = True
            self._entries(value, url, 0)

    def _entries(self, value: Any, at: str, depth: int) -> None:
        try:
            entries = list(cards.catalogue_of(value))
        except MalformedError as error:
            self._problem(at, str(error))
            return
        mine = [one for one in entries if isinstance(one, CatalogueEntry)]
        servers = sum(one.media_type == cards.CARD for one in mine)
        nested = sum(one.media_type == cards.CATALOGUE for one in mine)
        says = f"{servers} servers, {nested} catalogues, {len(mine) - servers - nested} others"
        self.documents.append(Document("catalogue", at, Basis.DRAFT, says))
        for one in entries:
            if self.entries >= MOST_ENTRIES:
                self._problem(at, f"only the first {MOST_ENTRIES} entries are looked at")
                return
            self.entries += 1
            if isinstance(one, str):
                self._problem(at, one)
            elif one.media_type == cards.CARD:
                self._card(one, at)
            elif one.media_type == cards.CATALOGUE:
                self._nested(one, at, depth + 1)

    def _card(self, entry: CatalogueEntry, at: str) -> None:
        for value, where in self._documents_of(entry, at, cards.CARD):
            self._advertise(value, where, Basis.DRAFT)

    def _nested(self, entry: CatalogueEntry, at: str, depth: int) -> None:
        if depth > DEEPEST:
            self._problem(at, f"{entry.identifier}: a catalogue too deep in others")
            return
        for value, where in self._documents_of(entry, at, cards.CATALOGUE):
            self._entries(value, where, depth)

    def _documents_of(
        self, entry: CatalogueEntry, at: str, accept: str
    ) -> Iterator[tuple[Any, str]]:
        """The document of an entry with where it stands; a problem where it cannot be had."""
        if entry.data is not None:
            yield entry.data, at
            return
        try:
            url = urljoin(at, entry.url)
            if url in self.seen:
                return
            self.seen.add(url)
            if urlsplit(url).scheme != urlsplit(at).scheme:
                raise UsageError(f"{mask_url(url)}: has another scheme than its catalogue")
            if self.now() > self.until:
                raise UsageError(f"{mask_url(url)}: not fetched, {ALL:g} s are over")
            value = self.get(url, f"{accept}, {JSON}")
        except McpxError as error:
            self._problem(at, f"{entry.identifier}: {error.message}")
        except ValueError as error:
            self._problem(at, f"{entry.identifier}: not a URL: {error}")
        else:
            yield value, url

    def own_card(self) -> None:
        """The card of the server at the URL; for a host that of the usual place, /mcp."""
        of_host = not urlsplit(self.base).path
        url = f"{self.base}/mcp/server-card" if of_host else f"{self.base}/server-card"
        if (value := self._if_there(url, cards.CARD)) is not None:
            self._advertise(value, url, Basis.CONVENTION if of_host else Basis.DRAFT)

    def sign_in(self) -> None:
        """The metadata of the protected resource (RFC 9728, section 3.1)."""
        path = urlsplit(self.base).path
        for place in dict.fromkeys((RESOURCE + path, RESOURCE)):
            url = urljoin(self.base, place)
            value = self._if_there(url, JSON)
            if value is None:
                continue
            try:
                found = cards.sign_in_of(value)
                if origin(found.resource) != origin(self.base):
                    raise MalformedError("it is about a resource elsewhere, and does not count")
            except (MalformedError, ValueError) as error:
                self._problem(url, str(error))
                continue
            says = f"for {mask_url(found.resource)}"
            servers = found.authorization_servers
            self.documents.append(Document("sign-in", url, Basis.STANDARD, says, servers))
            return

    def _if_there(self, url: str, accept: str) -> Any:
        """A document that may well not be there; None when it is not, or cannot be had."""
        if url in self.seen:
            return None
        self.seen.add(url)
        if self.now() > self.until:
            self._problem(url, f"{mask_url(url)}: not fetched, {ALL:g} s are over")
            return None
        try:
            value = self.get(url, accept if accept == JSON else f"{accept}, {JSON}")
        except McpxError as error:
            self._not_had(url, error)
            return None
        self.learnt = True
        return value

    def _not_had(self, url: str, error: McpxError) -> None:
        """Take note of a document that could not be read; that there is none is no problem."""
        if not _is_absent(error):
            self._problem(url, error.message)
        if _is_absent(error) or _tells(error):
            self.learnt = True
        self.fault = self.fault or error.fault

    def _advertise(self, value: Any, at: str, basis: Basis) -> None:
        try:
            for one in cards.card_of(value, at, basis):
                if fault := self._fault(one.url):
                    self._problem(at, f"{one.name}: {fault}")
                elif one.url not in [other.url for other in self.servers]:
                    self.servers.append(one)
        except MalformedError as error:
            self._problem(at, str(error))
        else:
            self.documents.append(Document("server card", at, basis, ""))

    def _fault(self, url: str) -> str:
        """Why the URL of an advertised server is not passed on."""
        if not url:
            return "its card names no URL"
        if "{" in url:
            return ""
        try:
            host = checked_url(url).hostname or ""
        except McpxError as error:
            return error.message
        if self.public and is_private_host(host):
            return f"{mask_url(url)} leads to a private address"
        return ""

    def _problem(self, where: str, message: str) -> None:
        self.problems.append(Problem(where, message))


def _is_absent(error: McpxError) -> bool:
    """Whether a host says that it has no such document."""
    return isinstance(error, ServerError) and error.evidence.status in _ABSENT


def _tells(error: McpxError) -> bool:
    """Whether a host has answered, if not as we wished: elsewhere, with too much, or no JSON."""
    redirected = isinstance(error, ServerError) and 300 <= (error.evidence.status or 0) < 400
    return redirected or error.fault in (Fault.INVALID_RESPONSE, Fault.LIMIT)
