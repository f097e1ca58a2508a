"""What went wrong with an HTTP exchange: errors of the library and statuses, in words."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mcpx.errors import ConfigError, Fault
from mcpx.inflate import EncodingError, TooLongError
from mcpx.web import library, proxy_of

# How the record of an alert begins, in the words of the library (RFC 8446, section 5.1).
_TLS_ALERT = r"\x15\x03"
AUTHORITIES = "SSL_CERT_FILE=FILE names the authorities to trust"


@dataclass(frozen=True, slots=True)
class Failure:
    """An exchange that failed: the class, a sentence that names the URL, and what would help."""

    fault: Fault
    words: str
    hint: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a status that is no success means. ``seconds`` is after how long to ask again."""

    fault: Fault
    phrase: str
    hint: str
    seconds: float | None = None


def failure(
    error: BaseException, where: str, said: Callable[[str], str], begun: bool = False
) -> Failure | None:
    """An error of the library as a failure; None for one that is none of its.

    ``where`` is the URL as it may be shown, ``said`` makes foreign words fit to be shown,
    ``begun`` tells that a part of the answer had come. Raises ConfigError for headers that HTTP
    cannot carry: they are ours.
    """
    import socket
    import ssl

    httpx = library()
    if isinstance(error, ExceptionGroup):
        # Attempts at several addresses of a host, made at once.
        return failure(error.exceptions[0], where, said, begun)
    if isinstance(error, EncodingError):
        return Failure(Fault.INVALID_RESPONSE, f"{where}: {error}", "check the URL")
    if isinstance(error, TooLongError):
        return Failure(Fault.LIMIT, f"{where}: sends {error}", "it is not read any further")
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError):
        return _unconnected(error, where)
    if isinstance(error, httpx.TimeoutException):
        return Failure(Fault.TIMEOUT, f"{where}: no full answer in time", "try again later")
    if isinstance(error, httpx.LocalProtocolError):
        return _unsendable(error, where)
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
        words = f"cannot ask {where}: {said(str(error))}"
        return Failure(Fault.CONNECT, words, "check the URL and the headers")
    if isinstance(error, httpx.RemoteProtocolError):
        return _broken_protocol(words_of(error), where, said, begun)
    if isinstance(error, httpx.TransportError):
        words = f"the connection to {where} broke: {said(words_of(error))}"
        return Failure(Fault.LOST, words, "try again")
    early = socket.gaierror | ConnectionRefusedError | ssl.SSLCertVerificationError
    if isinstance(error, OSError) and (begun or not isinstance(error, early)):
        # The library tells its own errors while it connects; these come when something was sent.
        words = f"the connection to {where} broke: {said(_reason(error))}"
        return Failure(Fault.LOST, words, "try again")
    if isinstance(error, OSError | UnicodeError | OverflowError):
        # What the library lets through: hosts that cannot be encoded, ports that nobody has.
        return _unconnected(error, where)
    return None


def _unconnected(error: BaseException, where: str) -> Failure:
    fault, reason = connect_failure(error)
    hint = "is it running? check the URL"
    if fault is Fault.TLS:
        spoken = "does it speak TLS on this port? if not, write http://"
        hint = AUTHORITIES if "certificate" in reason else spoken
    through = ""
    if proxy_of(where):
        through = " through the proxy of the environment"
        if fault is Fault.CONNECT:
            hint = "check HTTP_PROXY, HTTPS_PROXY and ALL_PROXY; NO_PROXY=HOST goes without one"
    return Failure(fault, f"cannot connect to {where}{through}: {reason}", hint)


def _unsendable(error: BaseException, where: str) -> Failure:
    """A request that is no valid HTTP; what is wrong is not quoted, since it may be a secret."""
    text = str(error).lower()
    for kind in ("value", "name"):
        if f"header {kind}" in text:
            raise ConfigError(
                f"cannot ask {where}: the {kind} of a header holds characters that HTTP does "
                "not allow",
                hint="check the headers: no line breaks, and no spaces at the ends",
            ) from error
    return Failure(Fault.CONNECT, f"cannot ask {where}: not a valid request", "check the URL")


def _reason(error: OSError) -> str:
    """What an error of a socket says; of TLS only its name, which the library writes at length."""
    reason = getattr(error, "reason", None)
    return str(reason).replace("_", " ").lower() if reason else words_of(error)


def _broken_protocol(text: str, where: str, said: Callable[[str], str], begun: bool) -> Failure:
    if text.startswith(("Server disconnected", "peer closed")):
        words = f"{where}: closed the connection without answering in full"
        return Failure(Fault.LOST, words, "try again")
    if _TLS_ALERT in text:
        words = f"{where}: speaks TLS on this port, not plain HTTP"
        return Failure(Fault.PROTOCOL, words, "write https://")
    if begun:
        words = f"{where}: sent broken HTTP: {said(text)}"
    elif "buffer" in text:
        words = f"{where}: sends headers without end"
    else:
        words = f"{where}: does not speak HTTP: {said(text)}"
    return Failure(Fault.PROTOCOL, words, "check host and port")


def refusal(status: int, headers: Mapping[str, str]) -> Refusal:
    """What a status that is no success means."""
    from http import HTTPStatus

    seconds = retry_after(headers.get("retry-after", ""))
    try:
        phrase = f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        phrase = f"HTTP {status}"
    if status in (401, 403):
        return Refusal(Fault.AUTH, phrase, "it is not open to everybody")
    if status == 429 or (status == 503 and seconds is not None):
        hint = "try again later" if seconds is None else f"try again in {seconds:.0f} s"
        return Refusal(Fault.THROTTLED, phrase, hint, seconds)
    if status >= 500:
        return Refusal(Fault.HTTP, phrase, "the server failed; try again later", seconds)
    if 300 <= status < 400:
        hint = "a redirect is followed on its own host only; name the new URL if you trust it"
        return Refusal(Fault.HTTP, phrase, hint)
    return Refusal(Fault.HTTP, phrase, "check the URL")


def detail(kind: str, body: bytes) -> str:
    """What the body of an error says to people, as it came; nothing of a page.

    Read are problem details (RFC 9457), OAuth errors (RFC 6749, 5.2), JSON-RPC errors and text.
    """
    text = body.decode("utf-8", "backslashreplace").strip()
    if "html" in kind.lower() or text.startswith("<"):
        return ""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return " ".join(text.split())
    parts = list(_members(found))
    words = next((one for one in parts if one), "")
    errors = found.get("errors") if isinstance(found, dict) else None
    for one in errors[:3] if isinstance(errors, list) else []:
        if isinstance(one, dict) and isinstance(one.get("message"), str):
            words += f"; {one.get('location') or 'it'}: {one['message']}"
    return words


def _members(found: Any) -> Iterator[str]:
    if not isinstance(found, dict):
        return
    inner = found.get("error")
    for part in (inner, found):
        for key in ("message", "error_description", "detail", "error", "title"):
            if isinstance(part, dict) and isinstance(part.get(key), str):
                yield part[key]


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
