"""Resource URIs: whether a text is one, and the form in which equal URIs are equal texts."""

from __future__ import annotations

import re

# Source: RFC 3986, appendix B.
_PARTS = re.compile(r"(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_ALLOWED = re.compile(r"(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*")
_TRIPLET = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


def uri_fault(text: str) -> str:
    """Why this text is no absolute URI by RFC 3986; empty when it is one."""
    scheme, colon, _ = text.partition(":")
    if not colon or not _SCHEME.fullmatch(scheme):
        return "has no scheme"
    end = _ALLOWED.match(text)
    if end is not None and end.end() < len(text):
        return f"holds {text[end.end()]!a}, which has to be percent-encoded in a URI"
    return ""


def normalised(uri: str) -> str:
    """The URI as RFC 3986, section 6.2.2 and 6.2.3 writes all its equals.

    Scheme and host in lower case, escapes in upper case and only where needed, no dot segments,
    no default port, a path of / after a host without one.
    """
    found = _PARTS.fullmatch(uri)
    if found is None or not found[1]:
        return uri
    scheme = found[1].lower()
    path = needed_escapes(found[3])
    text = f"{scheme}:"
    if found[2] is not None:
        text += f"//{_authority(found[2], scheme)}"
        path = path or "/"
    text += _without_dots(path) if path.startswith("/") else path
    for sign, part in (("?", found[4]), ("#", found[5])):
        if part is not None:
            text += sign + needed_escapes(part)
    return text


def _authority(text: str, scheme: str) -> str:
    user, at_sign, place = text.rpartition("@")
    host = needed_escapes(needed_escapes(place).lower())
    name, colon, port = host.rpartition(":")
    if colon and (not port or port == str(DEFAULT_PORTS.get(scheme))):
        host = name
    return needed_escapes(user) + at_sign + host


def needed_escapes(text: str) -> str:
    """The text with escapes in upper case and only where needed (RFC 3986, section 6.2.2)."""
    return _TRIPLET.sub(_escape, text) if "%" in text else text


def _escape(triplet: re.Match[str]) -> str:
    character = chr(int(triplet[1], 16))
    return character if character in _UNRESERVED else triplet[0].upper()


def _without_dots(path: str) -> str:
    """Source: RFC 3986, section 5.2.4."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            if kept:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)
