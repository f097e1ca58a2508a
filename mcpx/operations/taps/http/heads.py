"""Heads of HTTP requests and answers as they go on: what belongs to one hop stays behind; no I/O.

Source: RFC 9110, 7.6.1 ("Connection") and 7.6.3; RFC 9112, 6.3 (which length counts).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from mcpx import web

Headers = list[tuple[bytes, bytes]]

_OF_ONE_HOP = frozenset(
    (
        *(b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization"),
        *(b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade"),
    )
)
CLOSE = (b"Connection", b"close")


@dataclass(frozen=True, slots=True)
class Places:
    """Two origins for the same things: that of the server, and ours as a client addresses it.

    ``url`` is the server's, ``here`` our origin (``http://127.0.0.1:8931``).
    """

    url: str
    here: str

    def nearer(self, reference: str) -> str:
        """Where a client reaches what an absolute URL on the server's origin names; else empty."""
        target = web.on_origin(self.url, reference)
        if not target or not urlsplit(reference).netloc:
            return ""
        rest = urlsplit(target)._replace(scheme="", netloc="").geturl()
        return self.here + (rest if rest.startswith("/") else f"/{rest}")

    def path(self, reference: str) -> str:
        """Path and query of what is named on the server's origin; empty for another origin."""
        target = web.on_origin(self.url, reference)
        return urlsplit(target)._replace(scheme="", netloc="", fragment="").geturl()


def passed_on(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """The headers that are for the other end, in their order and spelling."""
    given = list(headers)
    named = {
        name.strip().lower()
        for key, value in given
        if key.lower() == b"connection"
        for name in value.split(b",")
    }
    return [one for one in given if one[0].lower() not in _OF_ONE_HOP | named]


def of_request(
    headers: Iterable[tuple[bytes, bytes]], host: bytes, origin: bytes, own: Headers
) -> Headers:
    """Those of a client's request as the server gets them: its ``Host``, its ``Origin``, our own.

    What ``own`` names replaces what the client sent; a length that chunks make void is left out.
    """
    given = list(headers)
    replaced = {b"host", *(name.lower() for name, _ in own)}
    chunked = has(given, b"transfer-encoding")
    found: Headers = [(b"Host", host)]
    for name, value in passed_on(given):
        key = name.lower()
        if key in replaced or (chunked and key == b"content-length"):
            continue
        found.append((name, origin if key == b"origin" else value))
    found += own
    if chunked:
        found.append((b"Transfer-Encoding", b"chunked"))
    if closes(given):
        found.append(CLOSE)
    return found


def of_answer(
    headers: Iterable[tuple[bytes, bytes]], places: Places, origin: bytes, ends: bool
) -> Headers:
    """Those of the server's answer as its client gets them.

    Where a redirect on the server's origin leads is told as a place of ours; that its own
    ``origin`` may read the answer (CORS) is told the client of the origin that it named.
    ``ends``: no other request can be asked on this connection.
    """
    given = list(headers)
    chunked = has(given, b"transfer-encoding")
    found: Headers = []
    theirs = origin_of(places.url).encode()
    for name, value in passed_on(given):
        key = name.lower()
        if chunked and key == b"content-length":
            continue
        if key in (b"location", b"content-location"):
            value = places.nearer(value.decode("latin-1")).encode("latin-1") or value
        elif key == b"access-control-allow-origin" and origin and value == theirs:
            value = origin
        found.append((name, value))
    if chunked:
        found.append((b"Transfer-Encoding", b"chunked"))
    if ends:
        found.append(CLOSE)
    return found


def origin_of(url: str) -> str:
    """Scheme, host and port as they stand in ``Origin``; a usual port is left out."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{host_of(url)}"


def host_of(url: str) -> str:
    """Host and port as they stand in ``Host``; a usual port is left out."""
    scheme, host, port = web.origin(url)
    usual = web.origin(f"{scheme}://{'x'}")[2]
    shown = f"[{host}]" if ":" in host else host.encode("idna").decode() if host else ""
    return shown if port == usual else f"{shown}:{port}"


def closes(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether the sender ends the connection after this."""
    return any(key.lower() == b"connection" and b"close" in value.lower() for key, value in headers)


def has(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> bool:
    """Whether there is a header of this name, which is in lower case."""
    return any(key.lower() == name for key, _ in headers)


def value_of(headers: Iterable[tuple[bytes, bytes]], name: str) -> str:
    """The value of the first header of this name, which is in lower case; else empty."""
    wanted = name.encode()
    return next((value.decode("latin-1") for key, value in headers if key.lower() == wanted), "")
