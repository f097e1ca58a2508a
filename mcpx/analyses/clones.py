"""Servers that offer the very same tools, and what that says of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mcpx.analyses.finding import Finding, Outcome, Subject, listed
from mcpx.analyses.name_clashes import Names, harmed
from mcpx.analyses.rules import RULES
from mcpx.catalogue.model import Catalogue, Item
from mcpx.masking import MASK
from mcpx.servers import canonical_json


def clones(members: Sequence[tuple[str, Catalogue]]) -> Mapping[str, int]:
    """Servers by key with the number of their group; one that has no equal is left out."""
    alike: dict[frozenset[str], list[list[tuple[str, Mapping[str, Item]]]]] = {}
    for key, catalogue in members:
        if not catalogue.tools:
            continue
        tools = {tool.key: tool for tool in catalogue.tools}
        groups = alike.setdefault(frozenset(tools), [])
        for group in groups:
            if _equal(group[0][1], tools):
                group.append((key, tools))
                break
        else:
            groups.append([(key, tools)])
    found = [group for groups in alike.values() for group in groups if len(group) > 1]
    return {key: number for number, group in enumerate(found) for key, _ in group}


def _equal(first: Mapping[str, Item], second: Mapping[str, Item]) -> bool:
    try:
        return all(first[name].raw == tool.raw for name, tool in second.items())
    except RecursionError:
        return False


def clone_findings(
    names: Names, numbers: Mapping[str, int], members: Sequence[tuple[str, Catalogue]]
) -> Iterator[Finding]:
    """One finding for each group of servers whose tools are the same: ``server-clone``."""
    groups: dict[int, list[str]] = {}
    for key, number in numbers.items():
        groups.setdefault(number, []).append(key)
    catalogues = dict(members)
    for keys in groups.values():
        servers = sorted(keys)
        catalogue = catalogues[servers[0]]
        count = len({tool.key for tool in catalogue.tools})
        found: dict[str, Outcome] = {}
        for tool in catalogue.tools:
            for host, outcome in names.found.exact.get(tool.key, {}).items():
                known = found.setdefault(host, outcome)
                if outcome.effect.severity.rank < known.effect.severity.rank:
                    found[host] = outcome
        outcomes = names.outcomes(found)
        same = "the same tool" if count == 1 else f"the same {count} tools"
        what = _relation([catalogues[server] for server in servers])
        yield Finding(
            RULES["server-clone"],
            f"{listed(servers)} offer {same}: {what}",
            tuple(Subject("server", "", server) for server in servers),
            harmed(outcomes),
            outcomes=outcomes,
        )


def launch(catalogue: Catalogue) -> dict[str, Any]:
    """How a server is started or reached, wherever that is written; empty when not known."""
    return {name: value for name, value in catalogue.target.items() if name != "from"}


def may_differ(catalogue: Catalogue) -> bool:
    """Whether a server may reach another account than one that is started alike.

    What a target says is masked, so that two tokens read the same; where nothing is known of it,
    anything may differ.
    """
    started = launch(catalogue)
    hidden = MASK in canonical_json(started)
    return not started or hidden or bool(started.get("env") or started.get("headers"))


def _relation(catalogues: Sequence[Catalogue]) -> str:
    first, *others = catalogues
    if launch(first) and all(launch(one) == launch(first) for one in others):
        if may_differ(first):
            return "one command or address, perhaps with different accounts"
        return "one server under several keys"
    info = first.server_info
    if info.get("name") and all(one.server_info == info for one in others):
        return "several instances of one server"
    return "clones, or forks of one server"
