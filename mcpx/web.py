"""What every HTTP exchange obeys: one origin, credentials on safe wires only, bounded bodies."""

from __future__ import annotations

import re
import sys
import time
import zlib
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from mcpx import __version__
from mcpx.errors import Fault, RefusedError, UsageError
from mcpx.masking import is_secret_name, mask_url

USER_AGENT = f"mcpx/{__version__}"
# What is asked for is what Inflater can undo in bounded memory; other codings cannot be.
ACCEPT_ENCODING = "gzip, deflate"
MOST_REDIRECTS = 5
# Seconds for a TCP and TLS connection to stand.
CONNECT = 10.0

# Bytes that a piece is decoded into at a time, however much it stands for.
_AT_ONCE = 1 << 20

_PORTS = {"http": 80, "https": 443}
_CREDENTIALS = ("authorization", "proxy-authorization", "cookie")


def library() -> Any:
    """The module ``httpx``, imported without its command line (click, rich and pygments)."""
    command_line = "httpx._main"
    if "httpx" not in sys.modules and command_line not in sys.modules:
        # None makes the import fail, which httpx takes for "not installed"; it halves its cost.
        sys.modules[command_line] = None  # type: ignore[assignment]
        try:
            import httpx
        finally:
            del sys.modules[command_line]
        return httpx
    import httpx

    return httpx


def checked_url(text: str) -> SplitResult:
    """The parts of an absolute http or https URL. Raises UsageError that says what is wrong."""
    shown = mask_url(text)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise UsageError(f"{shown}: not a URL: {error}", hint="check host and port") from error
    if parts.scheme not in _PORTS:
        raise UsageError(f"{shown}: not an http:// or https:// URL")
    if not parts.hostname:
        raise UsageError(f"{shown}: the URL names no host")
    if port == 0:
        raise UsageError(f"{shown}: not a URL: port 0", hint="check host and port")
    if any(character.isspace() or not character.isprintable() for character in text):
        raise UsageError(f"{shown!r}: not a URL: a space or control character in it")
    return parts


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port (RFC 6454, section 4)."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine, so that nobody else hears it."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def guard_credentials(name: str, url: str, headers: Mapping[str, str]) -> None:
    """Raises RefusedError when credentials would go over the network for everybody to read."""
    parts = urlsplit(url)
    if parts.scheme != "http" or is_loopback(url):
        return
    what = next((key for key in headers if key.lower() in _CREDENTIALS or is_secret_name(key)), "")
    if parts.username is not None or parts.password is not None:
        what = what or "the user name in the URL"
    if what:
        raise RefusedError(
            f"{name}: {what} is not sent over plain http to {parts.hostname}",
            hint="use https://, or an address of this machine",
        )


def followed(method: str, url: str, status: int, location: str) -> str:
    """Where a redirect leads, if it may be followed, else an empty text.

    It stays on the origin and keeps method and body (RFC 9110, 15.4.8 and 15.4.9); a GET may
    follow the older ones too, which keep it.
    """
    keeps = (301, 302, 303, 307, 308) if method == "GET" else (307, 308)
    return on_origin(url, location) if status in keeps and location else ""


def on_origin(url: str, reference: str) -> str:
    """What a server's reference means at ``url``; empty when it leads to another origin.

    It is empty, too, for one that brings credentials of its own: they would replace ours.
    """
    try:
        target = urljoin(url, reference)
        user = urlsplit(target).netloc.rpartition("@")[0]
        ours = user in ("", urlsplit(url).netloc.rpartition("@")[0])
        return target if ours and origin(target) == origin(url) else ""
    except ValueError:
        return ""


class EncodingError(ValueError):
    """A body in a coding that was not asked for, or that is broken."""


class TooLongError(ValueError):
    """A body that is longer than allowed once it is decoded."""


class Inflater:
    """Decodes a body piece by piece and stops at ``limit`` decoded bytes."""

    def __init__(self, encoding: str, limit: int) -> None:
        coding = encoding.strip().lower() or "identity"
        if coding not in ("identity", "gzip", "x-gzip", "deflate"):
            raise EncodingError(f"its body is encoded as {coding[:40]!r}")
        self._left = limit
        self._limit = limit
        self._coding = coding
        self._undo: Any = None
        self._head = b""

    def __call__(self, piece: bytes) -> Iterator[bytes]:
        """The decoded pieces. Raises TooLongError and EncodingError."""
        if self._coding == "identity":
            yield self._counted(piece)
            return
        whole = False
        while piece or whole:
            if self._undo is None and not self._begins(piece):
                return
            piece, self._head = self._head + piece, b""
            try:
                data = bytes(self._undo.decompress(piece, _AT_ONCE))
            except zlib.error as error:
                raise EncodingError(f"its body is no valid {self._coding}") from error
            yield self._counted(data)
            if self._undo.eof:
                # A gzip body may have several members (RFC 1952, section 2.2).
                piece, self._undo, whole = self._undo.unused_data, None, False
                if self._coding == "deflate":
                    return
            else:
                # What was read may stand for more than came out of it, even with nothing left.
                piece, whole = self._undo.unconsumed_tail, len(data) == _AT_ONCE

    def _begins(self, piece: bytes) -> bool:
        """Whether enough has come to know how it is to be undone."""
        if self._coding != "deflate":
            self._undo = zlib.decompressobj(16 + zlib.MAX_WBITS)
            return True
        # "deflate" is meant to have a zlib frame (RFC 9110, 8.4.1.2); some send it bare.
        head = self._head + piece
        if len(head) < 2:
            self._head = head
            return False
        framed = head[0] & 0x0F == 8 and (head[0] << 8 | head[1]) % 31 == 0  # RFC 1950, 2.2
        self._undo = zlib.decompressobj(zlib.MAX_WBITS if framed else -zlib.MAX_WBITS)
        return True

    def _counted(self, piece: bytes) -> bytes:
        self._left -= len(piece)
        if self._left < 0:
            raise TooLongError(f"a body of more than {self._limit} bytes")
        return piece

    def allow(self, more: int) -> None:
        """Count anew: ``more`` further bytes are allowed (a stream of many messages)."""
        self._left = self._limit = more


def hide_location(response: Any) -> None:
    """Keep the library from following, or stumbling over, where a redirect leads."""
    if "location" in response.headers:
        response.extensions["location"] = response.headers.pop("location")


def show_location(response: Any) -> str:
    """Undo ``hide_location``; where the redirect leads, empty for no redirect."""
    location = str(response.extensions.get("location", ""))
    if location:
        response.headers["location"] = location
    return location


def authorities() -> Any:
    """What TLS connections are checked against; ``SSL_CERT_FILE`` is honoured everywhere."""
    return library().create_ssl_context(trust_env=True)


def no_authorities() -> Any:
    """For plain http: a context that trusts nobody, since loading authorities would cost."""
    import ssl

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def words_of(error: BaseException) -> str:
    """What went wrong with a connection, in the system's words where there are such."""
    seen: BaseException | None = error
    for _ in range(10):
        if isinstance(seen, OSError) and seen.strerror:
            return seen.strerror.lower()
        following = None if seen is None else seen.__cause__ or seen.__context__
        if following is None:
            break
        seen = following
    # h11 quotes what it read as Python would write it.
    return re.sub(r"bytearray\(b(['\"].*?['\"])\)", r"\1", str(error)) or type(error).__name__


def retry_after(text: str) -> float | None:
    """``Retry-After`` in seconds from now: a number or a date (RFC 9110, 10.2.3)."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    if not text:
        return None
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def connect_failure(error: BaseException) -> tuple[Fault, str]:
    """Why no connection came about, as a class and in words."""
    import socket
    import ssl

    seen: BaseException | None = error
    for _ in range(10):
        if isinstance(seen, ssl.SSLCertVerificationError):
            return Fault.TLS, f"its certificate is not valid: {seen.verify_message}"
        if isinstance(seen, ssl.SSLError):
            reason = str(getattr(seen, "reason", None) or seen)
            return Fault.TLS, f"no TLS connection: {reason.replace('_', ' ').lower()}"
        if isinstance(seen, socket.gaierror):
            return Fault.CONNECT, "no such host"
        if isinstance(seen, ConnectionRefusedError):
            return Fault.CONNECT, "connection refused"
        following = None if seen is None else seen.__cause__ or seen.__context__
        if following is None:
            break
        seen = following
    text = str(error) or type(error).__name__
    if "timeout" in type(error).__name__.lower():
        return Fault.CONNECT, "no connection within 10 s"
    return Fault.CONNECT, text.lower() if text.isascii() else text
