"""A ``server.json`` read leniently, in the spelling of any of its schemas; no I/O.

Source: schemas 2025-07-09 to 2025-12-11 of static.modelcontextprotocol.io, 2026-11-22. Until
2025-09-16 members were spelt with underscores, and a package had ``registry_name`` and ``name``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# Source: schema 2025-12-11, ServerDetail.name.
NAME = re.compile(r"[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+")
LONGEST_NAME = 200


class MalformedError(Exception):
    """A document, or a part of one, is not what it should be; the text says why, for people."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that cannot be used: which it is or where it stands, and why."""

    where: str
    message: str


_OLDER = {
    "registryType": ("registry_name",),
    "identifier": ("name",),
    "type": ("transport_type",),
}
_KINDS = {"docker": "oci"}


def is_name(text: object) -> bool:
    """Whether a text is a server's name in a registry: NAMESPACE/NAME."""
    return isinstance(text, str) and len(text) <= LONGEST_NAME and NAME.fullmatch(text) is not None


def member(raw: Mapping[str, Any], name: str) -> Any:
    """A member under any of its spellings; None when it is absent."""
    underscored = re.sub(r"[A-Z]", lambda match: "_" + match[0].lower(), name)
    for spelling in (name, underscored, *_OLDER.get(name, ())):
        if raw.get(spelling) is not None:
            return raw[spelling]
    return None


def text(raw: Mapping[str, Any], name: str) -> str:
    """A member as text, empty when it is absent; numbers, true and false as they are written."""
    value = member(raw, name)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""


def flag(raw: Mapping[str, Any], name: str) -> bool:
    """Whether a member is true."""
    return member(raw, name) is True


def objects(raw: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """The objects of a list; what is none is passed over."""
    found = member(raw, name)
    for one in found if isinstance(found, list) else []:
        if isinstance(one, dict):
            yield one


def inner(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A member that is an object; empty when it is absent or something else."""
    found = member(raw, name)
    return found if isinstance(found, dict) else {}


def kind_of(package: Mapping[str, Any]) -> str:
    """The kind of a package: npm, pypi, oci, nuget, mcpb or whatever it says."""
    kind = text(package, "registryType").lower()
    return _KINDS.get(kind, kind)


def kinds(server: Mapping[str, Any]) -> tuple[str, ...]:
    """How a server can be had: the kinds of its packages, and ``remote``."""
    found = [kind_of(package) for package in objects(server, "packages")]
    found += ["remote" for _ in objects(server, "remotes")]
    return tuple(dict.fromkeys(one for one in found if one))
