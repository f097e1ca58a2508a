"""What the headers of a request say of its body, in the modern era; no I/O.

Source: specification 2026-07-28, basic/transports/streamable-http, "Server Validation".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from mcpx.client.eras.modern import NAMED_BY, VERSIONS
from mcpx.client.eras.parameter_headers import parameter_headers, text_of
from mcpx.envelopes import PREFIX
from mcpx.errors import UsageError
from mcpx.json_rpc import members
from mcpx.schemas.mirrored import InvalidAnnotationError, mirrored

VERSION_HEADER = "mcp-protocol-version"
_METHOD, _NAME = "mcp-method", "mcp-name"
_PARAMETER = "mcp-param-"
_VERSION = f"{PREFIX}protocolVersion"
_WHOLE = re.compile(r"(-?[0-9]{1,16})\.0+")


def is_modern(values: Mapping[str, str], message: Any) -> bool:
    """Whether a request is of the modern era, by its parameters or, where these are silent, header.

    ``values`` are headers by their names in small letters.
    """
    return _version_of(message) is not None or values.get(VERSION_HEADER, "") >= VERSIONS[0]


def mismatch(
    headers: Iterable[tuple[bytes, bytes]], message: Mapping[str, Any], schema: Any = None
) -> str:
    """Why a request's headers are not those of its body; empty when they are.

    ``schema`` is that of the arguments of a called tool, as far as it is known.
    """
    said: dict[str, str] = {}
    for raw, value in headers:
        name = raw.decode("latin-1").lower()
        is_ours = name in (VERSION_HEADER, _METHOD, _NAME) or name.startswith(_PARAMETER)
        if is_ours and name in said:
            return f"{name} comes more than once"
        said[name] = value.decode("latin-1")
    method = message.get("method")
    wanted = [(VERSION_HEADER, _version_of(message)), (_METHOD, method)]
    member = NAMED_BY.get(str(method))
    if member is not None:
        wanted.append((_NAME, members(message.get("params")).get(member)))
    wanted += _parameters(message, schema)
    for name, value in wanted:
        given = said.get(name)
        if value is None and name.startswith(_PARAMETER):
            if given is not None:
                return f"{name} says what the body does not"
            continue
        if given is None:
            return f"{name} is missing"
        if name.startswith(_PARAMETER):
            is_same = _equal(text_of(given), text_of(str(value)))
        else:
            is_same = (text_of(given) if name == _NAME else given) == value
        if not is_same:
            return f"{name} says another thing than the body"
    return ""


def _parameters(message: Mapping[str, Any], schema: Any) -> list[tuple[str, Any]]:
    """The headers that arguments are to be repeated in; none where no client could tell them.

    None in the place of a value is for an argument that is not given.
    """
    try:
        names = [f"Mcp-Param-{one.name}" for one in mirrored(schema)]
        found = parameter_headers(schema, members(message.get("params")).get("arguments"))
    except (InvalidAnnotationError, UsageError):
        return []
    return [(name.lower(), found.get(name)) for name in names]


def _equal(given: str | None, value: str | None) -> bool:
    """Whether two texts are the same, or the same whole number: 42.0 is 42."""
    if given is None or value is None:
        return False
    whole = _WHOLE.fullmatch(given)
    return (whole[1] if whole else given) == value


def _version_of(message: Any) -> Any:
    meta = members(members(members(message).get("params")).get("_meta"))
    return meta.get(_VERSION)
