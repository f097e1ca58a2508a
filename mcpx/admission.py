"""Who may ask a server on this machine: nobody whom a web page of somebody else's sends; no I/O.

Source: specification 2025-11-25, basic/transports, "Security Warning": servers MUST validate
``Origin``, and SHOULD bind to this machine alone. ``Host`` is what DNS rebinding cannot forge.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from mcpx import web


def refusal(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Why a request with these headers is refused; empty for one that is not."""
    for name, value in headers:
        text = value.decode("latin-1")
        if name.lower() == b"host" and not _is_ours(f"http://{text}"):
            return f"Host names another machine: {text[:100]}"
        if name.lower() == b"origin" and not _is_ours(text):
            return f"Origin names another machine: {text[:100]}"
    return ""


def path_of(target: bytes) -> bytes:
    """The path that a request asks for, with its query; empty for what is not to be had here.

    A target may be a whole URL (RFC 9112, 3.2.2), or ``*``.
    """
    if target.startswith(b"/") or target == b"*":
        return target
    parts = urlsplit(target.decode("latin-1"))
    if not _is_ours(f"{parts.scheme}://{parts.netloc}"):
        return b""
    path = parts._replace(scheme="", netloc="", fragment="").geturl()
    return (path if path.startswith("/") else f"/{path}").encode("latin-1")


def _is_ours(origin: str) -> bool:
    try:
        parts = urlsplit(origin)
        _ = parts.port
    except ValueError:
        return False
    plain = parts.username is None and parts.path == "" and not parts.query
    return parts.scheme in ("http", "https") and plain and web.is_loopback(origin)
