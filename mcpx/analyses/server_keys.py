"""Keys of servers that get in each other's way: alike but for spelling, one server under two."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from mcpx.analyses.clones import launch, may_differ
from mcpx.analyses.finding import Finding, Subject, listed
from mcpx.analyses.rules import RULES
from mcpx.analyses.spelling import canonical_name
from mcpx.catalogue.model import Catalogue
from mcpx.servers import canonical_json


def server_key_findings(
    members: Sequence[tuple[str, Catalogue]], clones: Container[str]
) -> Iterator[Finding]:
    """Servers of one host with keys or definitions alike: ``server-key-clash``, ``server-twice``.

    ``clones`` are the keys of servers of which it is said anyway.
    """
    spellings: dict[str, list[str]] = {}
    launches: dict[str, list[str]] = {}
    for key, catalogue in members:
        spellings.setdefault(canonical_name(key), []).append(key)
        # Two accounts of one service are no mistake.
        if not may_differ(catalogue) and key not in clones:
            launches.setdefault(canonical_json(launch(catalogue)), []).append(key)
    for keys in _several(spellings):
        message = f"the keys {listed(keys)} differ only in spelling"
        yield Finding(RULES["server-key-clash"], message, _servers(keys))
    for keys in _several(launches):
        message = f"{listed(keys)} start one command or reach one address"
        yield Finding(RULES["server-twice"], message, _servers(keys))


def _several(groups: dict[str, list[str]]) -> Iterator[list[str]]:
    return (sorted(keys) for keys in groups.values() if len(keys) > 1)


def _servers(keys: Sequence[str]) -> tuple[Subject, ...]:
    return tuple(Subject("server", "", key) for key in keys)
