"""HTTP headers as a session file holds them."""

from __future__ import annotations

from collections.abc import Iterable


def lower_names(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers by their names in small letters; of one that comes again all (RFC 9110, 5.3)."""
    found: dict[str, str] = {}
    for name, value in headers:
        name = name.lower()
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found
