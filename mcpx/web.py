"""What every HTTP exchange obeys: one origin, and credentials on safe wires only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urljoin, urlsplit

from mcpx import __version__, settings
from mcpx.errors import ConfigError, RefusedError, UsageError
from mcpx.masking import is_secret_name, is_token, mask_url

USER_AGENT = f"mcpx/{__version__}"
# What mcpx.inflate can undo in bounded memory; other codings cannot be.
ACCEPT_ENCODING = "gzip, deflate"
MOST_REDIRECTS = 5
# Seconds for a TCP and TLS connection to stand.
CONNECT = 10.0


_PORTS = {"http": 80, "https": 443}
_CREDENTIALS = ("authorization", "proxy-authorization", "cookie")
_SCHEMES = ("bearer ", "basic ")


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
    """Whether a URL leads to this machine, so that nobody else hears it.

    Names below ``localhost`` do not count: some resolvers ask the network for them.
    """
    host = urlsplit(url).hostname or ""
    if host == "localhost":
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
    what = next((key for key, value in headers.items() if _is_credential(key, value)), "")
    if parts.username is not None or parts.password is not None:
        what = what or "the user name in the URL"
    asked = (key for key, _ in parse_qsl(parts.query, keep_blank_values=True))
    named = next((key for key in asked if is_secret_name(key)), "")
    if named and not what:
        what = f"the parameter {named!r} of the URL"
    if what:
        raise RefusedError(
            f"{name}: {what} is not sent over plain http to {parts.hostname}",
            hint="use https://, or an address of this machine",
        )


def _is_credential(name: str, value: str) -> bool:
    named = name.lower() in _CREDENTIALS or is_secret_name(name)
    value = value.strip()
    return named or is_token(value) or value.lower().startswith(_SCHEMES)


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
    try:
        return library().create_ssl_context(trust_env=True)
    except OSError as error:
        file = settings.environment().get("SSL_CERT_FILE", "")
        if not file:
            raise
        reason = "no such file"
        if not isinstance(error, FileNotFoundError):
            reason = "no certificates can be read from it"
        raise ConfigError(
            f"SSL_CERT_FILE={file}: {reason}", hint="name a PEM file, or unset SSL_CERT_FILE"
        ) from error


def no_authorities() -> Any:
    """For plain http: a context that trusts nobody, since loading authorities would cost."""
    import ssl

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def proxy_of(url: str) -> str:
    """The proxy that the environment names for a URL; empty for none, and on this machine."""
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(url)
    if is_loopback(url) or proxy_bypass(parts.hostname or ""):
        return ""
    named = getproxies()
    return named.get(parts.scheme) or named.get("all") or ""


def client(
    kind: str, url: str, headers: Mapping[str, str], told: Callable[[Any], Any], **options: Any
) -> Any:
    """The library's ``Client`` or ``AsyncClient`` for the origin of ``url``.

    ``told`` hears of each response. What stays on this machine is not sent through a proxy.
    Raises ConfigError when the proxies or the authorities of the environment cannot be used, and
    for headers that HTTP cannot carry.
    """
    plain = urlsplit(url).scheme == "http"
    trusted = no_authorities() if plain else authorities()
    try:
        given = library().Headers(dict(headers))
    except UnicodeEncodeError as error:
        raise ConfigError(
            f"{mask_url(url)}: a header holds characters that HTTP cannot carry",
            hint="names and values of headers are ASCII",
        ) from error
    try:
        if proxy := proxy_of(url):
            # The library takes a port that no machine has, and stumbles over it later.
            _ = urlsplit(proxy if "://" in proxy else f"http://{proxy}").port
        return getattr(library(), kind)(
            headers=given,
            trust_env=not is_loopback(url),
            verify=trusted,
            follow_redirects=False,
            event_hooks={"response": [told]},
            **options,
        )
    except (ImportError, ValueError, library().InvalidURL) as error:
        raise ConfigError(
            "the proxy settings of the environment cannot be used (HTTP_PROXY, HTTPS_PROXY, "
            "ALL_PROXY, NO_PROXY)",
            hint="unset them, or name a proxy as http://HOST:PORT",
        ) from error
