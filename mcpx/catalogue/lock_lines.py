"""Where things stand in the text of a lock, as mcpx writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mcpx.catalogue.model import KEY, Kind
from mcpx.toml_text import parse_toml

_KINDS = {kind.plural: kind for kind in Kind}
_TEXT = "'''"


def places(text: str) -> Iterator[tuple[tuple[str, str, str], int]]:
    """Servers and items, each as (server, kind, key) with the line that it begins on, from 1.

    The kind of a server is ``server``, its key empty. A lock that somebody wrote in another way
    may have things that are not found; nothing is raised.
    """
    header: tuple[str, Kind, int] | None = None
    inside = False
    for number, line in enumerate(text.split("\n"), 1):
        if inside:
            inside = _TEXT not in line
            continue
        inside = line.count(_TEXT) == 1
        if line.startswith("["):
            header = None
            names = _names(line.strip("[]"))
            if len(names) == 2 and names[0] == "servers":
                yield (names[1], "server", ""), number
            elif len(names) == 3 and names[2] in _KINDS:
                header = (names[1], _KINDS[names[2]], number)
        elif header is not None and line.startswith(KEY[header[1]]):
            server, kind, begun = header
            key = _parsed(line).get(KEY[kind])
            if isinstance(key, str):
                yield (server, kind.value, key), begun
                header = None


def _names(header: str) -> list[str]:
    """The parts of a dotted key."""
    found: list[str] = []
    table: Any = _parsed(f"[{header}]")
    while isinstance(table, dict) and table:
        (name,) = table
        found.append(name)
        table = table[name]
    return found


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        return parse_toml(text)
    except (ValueError, RecursionError):
        return {}
