"""The server behind an HTTP tap: how it is reached, and what every request to it carries."""

from __future__ import annotations

import asyncio
import base64
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes, urlsplit

import h11

from mcpx import web, web_faults
from mcpx.errors import ConfigError, Fault, ServerError, UsageError
from mcpx.masking import mask_url
from mcpx.operations.taps.http.heads import Headers, host_of, origin_of
from mcpx.servers import ServerSpec
from mcpx.serving.http.wire import LONGEST_HEAD, Wire, connected

_PIECE = 1 << 12


@dataclass(frozen=True, slots=True)
class Upstream:
    """One server: its URL, as it may be shown too, and what is added to each request.

    ``host`` and ``origin`` are the values of those headers, ``path`` and ``query`` those of the
    URL. ``proxy`` is the one of the environment, empty for none.
    """

    url: str
    shown: str
    host: bytes
    origin: bytes
    path: str
    query: str
    headers: Headers
    tls: ssl.SSLContext | None
    proxy: str

    def target(self, path: bytes) -> bytes:
        """What is asked for there, for a path that a client asked for here.

        The query of the URL may be a credential, which clients of ours are not told.
        """
        before, question, after = path.partition(b"?")
        if not self.query or before != self.path.encode():
            return path
        return before + b"?" + self.query.encode() + (b"&" + after if question else b"")

    def guard(self, headers: Headers) -> None:
        """Raises RefusedError for a client's credentials on their way over a network in clear."""
        given = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in headers
            if not name.lower().startswith(b"mcp-")
        }
        web.guard_credentials(self.shown, self.url, given)

    async def connect(self) -> Wire:
        """A connection to it. Raises ServerError."""
        _, host, port = web.origin(self.url)
        try:
            async with asyncio.timeout(web.CONNECT):
                through = await _tunnel(self.proxy, host, port) if self.proxy else None
                return await connected(host, port, self.tls, through)
        except (OSError, UnicodeError, h11.RemoteProtocolError) as error:
            fault, reason = web_faults.connect_failure(error)
            by = " through the proxy of the environment" if self.proxy else ""
            hint = web_faults.AUTHORITIES if fault is Fault.TLS else "is it running? check the URL"
            words = f"cannot connect to {self.shown}{by}: {reason}"
            raise ServerError(fault, words, hint=hint) from error


def upstream_of(spec: ServerSpec) -> Upstream:
    """The server at a definition's URL, asked with its headers.

    Raises UsageError for what is no URL, RefusedError when credentials would be readable on the
    way, and ConfigError for headers, authorities or a proxy that cannot be used.
    """
    parts = web.checked_url(spec.url)
    web.guard_credentials(spec.name, spec.url, spec.headers)
    shown = mask_url(spec.url)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl()
    try:
        host, origin = host_of(bare).encode("ascii"), origin_of(bare).encode("ascii")
        path = (parts.path or "/").encode("ascii").decode()
        query = parts.query.encode("ascii").decode()
    except UnicodeError as error:
        raise UsageError(f"{shown}: not a URL: it is not ASCII", hint="encode it") from error
    proxy = web.proxy_of(bare)
    if proxy and urlsplit(proxy if "://" in proxy else f"http://{proxy}").scheme != "http":
        raise ConfigError(
            f"{shown} is reached through a proxy that cannot be used here",
            hint="name a proxy as http://HOST:PORT, or NO_PROXY=HOST to go without one",
        )
    return Upstream(
        url=bare,
        shown=shown,
        host=host,
        origin=origin,
        path=path,
        query=query,
        headers=_own_headers(spec, shown),
        tls=_context() if parts.scheme == "https" else None,
        proxy=proxy if "://" in proxy or not proxy else f"http://{proxy}",
    )


def _context() -> ssl.SSLContext:
    context: ssl.SSLContext = web.authorities()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _own_headers(spec: ServerSpec, shown: str) -> Headers:
    parts = urlsplit(spec.url)
    given = dict(spec.headers)
    if parts.username is not None and "authorization" not in (name.lower() for name in given):
        given["Authorization"] = _basic(parts.username, parts.password or "")
    try:
        found = [(name.encode("ascii"), value.encode("ascii")) for name, value in given.items()]
        h11.Request(method="GET", target="/", headers=[(b"Host", b"x"), *found])
    except (UnicodeError, h11.LocalProtocolError) as error:
        raise ConfigError(
            f"{shown}: a header holds characters that HTTP cannot carry",
            hint="check the headers: no line breaks, no spaces at the ends, ASCII alone",
        ) from error
    return found


def _basic(user: str, password: str) -> str:
    pair = unquote_to_bytes(user) + b":" + unquote_to_bytes(password)
    return "Basic " + base64.b64encode(pair).decode()


async def _tunnel(proxy: str, host: str, port: int) -> socket.socket:
    """A connection through a proxy (RFC 9110, 9.3.6, CONNECT). Raises OSError."""
    loop = asyncio.get_running_loop()
    parts = urlsplit(proxy)
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    headers = [("Host", place), ("User-Agent", web.USER_AGENT)]
    if parts.username is not None:
        headers.append(("Proxy-Authorization", _basic(parts.username, parts.password or "")))
    found = await loop.getaddrinfo(parts.hostname or "", parts.port or 80, type=socket.SOCK_STREAM)
    family, kind, protocol, _, address = found[0]
    through = socket.socket(family, kind, protocol)
    try:
        through.setblocking(False)
        await loop.sock_connect(through, address)
        http = h11.Connection(h11.CLIENT, max_incomplete_event_size=LONGEST_HEAD)
        asked = h11.Request(method="CONNECT", target=place, headers=headers)
        await loop.sock_sendall(through, http.send(asked) or b"")
        while (event := http.next_event()) is h11.NEED_DATA:
            http.receive_data(await loop.sock_recv(through, _PIECE))
        status = getattr(event, "status_code", 0)
        if not 200 <= status < 300:
            raise OSError(f"it answers HTTP {status}")
    except BaseException:
        through.close()
        raise
    return through
