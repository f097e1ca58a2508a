"""Which definitions are the same server: the same command or address, whatever they are called."""

from __future__ import annotations

import hashlib
import os
from urllib.parse import SplitResult, urlsplit

from mcpx.catalogue.uris import DEFAULT_PORTS
from mcpx.servers import ServerSpec, Transport, canonical_json, tap_words

# Of this process only: an identity that leaves it tells nothing about the values it covers.
_KEY = os.urandom(32)


def identity(spec: ServerSpec) -> str:
    """A keyed digest that is equal for definitions of the same server; empty for none.

    A process is its command, arguments, folder and environment, also behind ``mcpx record``; a
    remote server its URL and the names of its headers (the values are a person's, the server is
    the same).
    """
    if spec.transport is Transport.STDIO and spec.command:
        words = [spec.command, *spec.args]
        command, *args = words[tap_words(words) :]
        return _digest("process", command, args, spec.cwd, dict(spec.env))
    if spec.transport in (Transport.HTTP, Transport.SSE, Transport.WS) and spec.url:
        names = sorted({name.lower() for name in spec.headers})
        return _digest("remote", normalised(spec.url), names)
    return ""


def _digest(*parts: object) -> str:
    return hashlib.blake2b(canonical_json(parts).encode(), key=_KEY, digest_size=16).hexdigest()


def normalised(url: str) -> str:
    """The URL with scheme and host in lower case, without default port and empty path.

    A URL whose host is a variable stays as it is.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    if parts.scheme.lower() not in DEFAULT_PORTS or not parts.hostname or "{" in parts.netloc:
        return url
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    user, at, _ = parts.netloc.rpartition("@")
    if port is not None and port != DEFAULT_PORTS[parts.scheme.lower()]:
        host = f"{host}:{port}"
    path = "" if parts.path == "/" and not parts.query else parts.path
    return SplitResult(
        parts.scheme.lower(), f"{user}{at}{host}", path, parts.query, parts.fragment
    ).geturl()
