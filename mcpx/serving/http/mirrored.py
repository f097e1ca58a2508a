"""What the headers of a request say of its body, in the modern era; no I/O.

Source: specification 2026-07-28, basic/transports/streamable-http, "Server Validation".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mcpx.client.eras.modern import NAMED_BY, VERSIONS
from mcpx.client.eras.parameter_headers import text_of
from mcpx.envelopes import PREFIX
from mcpx.json_rpc import members

VERSION_HEADER = "mcp-protocol-version"
_METHOD, _NAME = "mcp-method", "mcp-name"
_VERSION = f"{PREFIX}protocolVersion"


def is_modern(values: Mapping[str, str], message: Any) -> bool:
    """Whether a request is of the modern era, by its parameters or, where these are silent, header.

    ``values`` are headers by their names in small letters.
    """
    return _version_of(message) is not None or values.get(VERSION_HEADER, "") >= VERSIONS[0]


def mismatch(headers: Iterable[tuple[bytes, bytes]], message: Mapping[str, Any]) -> str:
    """Why a request's headers are not those of its body; empty when they are."""
    said: dict[str, str] = {}
    for raw, value in headers:
        name = raw.decode("latin-1").lower()
        if name in (VERSION_HEADER, _METHOD, _NAME) and name in said:
            return f"{name} comes more than once"
        said[name] = value.decode("latin-1")
    method = message.get("method")
    wanted = [(VERSION_HEADER, _version_of(message)), (_METHOD, method)]
    member = NAMED_BY.get(str(method))
    if member is not None:
        wanted.append((_NAME, members(message.get("params")).get(member)))
    for name, value in wanted:
        given = said.get(name)
        if given is None:
            return f"{name} is missing"
        if (text_of(given) if name == _NAME else given) != value:
            return f"{name} says another thing than the body"
    return ""


def _version_of(message: Any) -> Any:
    meta = members(members(members(message).get("params")).get("_meta"))
    return meta.get(_VERSION)
