"""Pages that a server wants a person to open: their addresses, and what speaks against them.

Source: specification 2025-11-25 and 2026-07-28, client/elicitation, "Safe URL Handling".
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from mcpx.catalogue.uris import uri_fault
from mcpx.web import is_loopback

LONGEST = 8_000
# Of one error.
MOST_PAGES = 5
_HOST = re.compile(r"\[[^\]]*\]|[^:]+")


class VisitError(ValueError):
    """An address that nobody should open; the text says why."""


@dataclass(frozen=True, slots=True)
class Visit:
    """An address of a page. ``before`` + ``host`` + ``after`` is the whole of it."""

    before: str
    host: str
    after: str

    @property
    def url(self) -> str:
        """The whole address."""
        return self.before + self.host + self.after

    @classmethod
    def read(cls, url: Any) -> Visit:
        """The address in a request. Raises VisitError."""
        if not isinstance(url, str) or not url:
            raise VisitError("there is no address")
        if len(url) > LONGEST:
            raise VisitError(f"the address is longer than {LONGEST} characters")
        # A browser may drop, replace or turn round what a URI cannot hold: not what is shown.
        if fault := uri_fault(url):
            raise VisitError(f"the address {fault}")
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise VisitError("the address is none") from error
        if parts.scheme not in ("http", "https") or url[len(parts.scheme) :][:3] != "://":
            raise VisitError("only http and https addresses are opened")
        user, sign, place = parts.netloc.rpartition("@")
        shown = _HOST.match(place)
        if not host or "%" in host or port == 0 or shown is None:
            raise VisitError("the address has no host that can be shown")
        start = len(parts.scheme) + len("://") + len(user) + len(sign)
        return cls(url[:start], shown[0], url[start + len(shown[0]) :])

    def how_to_go_on(self) -> str:
        """What a person can do where nobody is asked."""
        return f"open {self.url} yourself if you trust {self.host}, then run this again"

    def warnings(self) -> Iterator[str]:
        """What a person should know before opening it."""
        if "@" in self.before:
            yield f"what stands before the @ is not the host; the host is {self.host}"
        if any(label.startswith("xn--") for label in self.host.lower().split(".")):
            yield "the host has letters beyond ASCII, which may look like others (Punycode)"
        if self.before.lower().startswith("http:") and not is_loopback(self.url):
            yield "the connection would not be encrypted (http)"


def refused_for(data: Any) -> Iterator[Visit]:
    """The pages that an error asks to be opened first; none that nobody should open.

    Source: specification 2025-11-25, client/elicitation, "URL Elicitation Required Error".
    """
    pages = data.get("elicitations") if isinstance(data, dict) else None
    for page in pages[:MOST_PAGES] if isinstance(pages, list) else ():
        with contextlib.suppress(VisitError):
            yield Visit.read(page.get("url") if isinstance(page, dict) else None)
