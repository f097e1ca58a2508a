"""What the servers of one host do to each other: every finding, once, with all its hosts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from mcpx.analyses import name_clashes
from mcpx.analyses.alike_tools import alike_tools
from mcpx.analyses.budget import budget_findings
from mcpx.analyses.builtins import builtin_findings
from mcpx.analyses.clones import clone_findings, clones
from mcpx.analyses.finding import Effect, Finding, Location, Outcome, Subject, listed, order
from mcpx.analyses.host_models import HOST_MODELS
from mcpx.analyses.item_clashes import item_clashes
from mcpx.analyses.naming import HostModel
from mcpx.analyses.public_names import public_name
from mcpx.analyses.server_keys import server_key_findings
from mcpx.analyses.uri_overlaps import uri_overlaps
from mcpx.catalogue.model import Catalogue


@dataclass(frozen=True, slots=True)
class Group:
    """Servers that meet: the key of each in the configuration, its catalogue.

    ``hosts`` have them in their configuration; ``judged_by`` are the hosts whose naming is asked
    for, by id, whether or not it is known. ``places`` say where servers are written, by key.
    """

    hosts: tuple[str, ...]
    members: Sequence[tuple[str, Catalogue]]
    judged_by: tuple[str, ...] = ()
    places: Mapping[str, Location] = field(default_factory=dict)


def conflicts(groups: Iterable[Group], possible: bool = False) -> Iterator[Finding]:
    """The conflicts of each group, worst first; one finding for each, with all its hosts.

    A finding is the same in two groups when its rule is, and its identity or else its subjects.
    ``possible`` adds what may well be none. Rules: those of ``conflict_rules.CONFLICTS``, and
    ``name-duplicate``, ``uri-duplicate``.
    """
    found: dict[tuple[str, tuple[Subject, ...]], Finding] = {}
    for group in groups:
        for finding in _of_group(group, possible):
            about = finding.subjects if finding.identity is None else finding.identity
            clash = finding.rule.id, about
            known = found.get(clash)
            if known is None:
                place = next(
                    (group.places[key] for key in finding.servers if key in group.places), None
                )
                found[clash] = replace(finding, location=place)
            else:
                found[clash] = _together(known, finding)
    yield from sorted(found.values(), key=order)


def _together(first: Finding, second: Finding) -> Finding:
    hosts = tuple(sorted({*first.hosts, *second.hosts}))
    outcomes = {one.host: one for one in (*first.outcomes, *second.outcomes)}
    message = first.message
    if second.message not in message:
        # The hosts have other servers, or other definitions of them, under the same keys.
        message = f"{message}; in {listed(second.hosts) or 'others'}: {second.message}"
    return replace(first, message=message, hosts=hosts, outcomes=tuple(outcomes.values()))


def _of_group(group: Group, possible: bool) -> Iterator[Finding]:
    members = group.members
    models = [HOST_MODELS[host] for host in group.judged_by if host in HOST_MODELS]
    numbers = clones(members)
    equal: set[tuple[Subject, ...]] = set()
    for finding in _of_names(group, models, numbers):
        if finding.rule.id in ("name-clash", "name-clash-mangled"):
            equal.add(finding.subjects)
        yield replace(finding, hint=_safe_names(finding))
    yield from budget_findings(members, group.judged_by)
    for finding in chain(
        item_clashes(members, numbers),
        server_key_findings(members, numbers),
        uri_overlaps(members, possible),
        alike_tools(members, possible),
    ):
        # That a host makes names equal says more than that they are nearly so.
        if finding.rule.id in _NEARLY and finding.subjects in equal:
            continue
        outcomes = tuple(_of_items(finding, models))
        hosts = name_clashes.harmed(outcomes) if outcomes else group.hosts
        yield replace(finding, hosts=hosts, outcomes=outcomes)


_NEARLY = ("name-clash-canonical", "name-near", "name-lookalike")


def _of_items(finding: Finding, models: Sequence[HostModel]) -> Iterator[Outcome]:
    """What hosts make of equal prompts or URIs, as far as it is known."""
    for model in models:
        effect = None
        if finding.rule.id == "prompt-clash":
            effect = model.prompts
        elif finding.rule.id in ("uri-clash", "template-clash"):
            effect = model.resources
        if effect is not None:
            yield Outcome(model.id, effect)


def _of_names(
    group: Group, models: Sequence[HostModel], numbers: Mapping[str, int]
) -> Iterator[Finding]:
    """What the hosts make of the names of tools."""
    members = group.members
    names = name_clashes.Names.judged(name_clashes.offers_of(members), models)
    definitions = {(key, tool.key): tool for key, one in members for tool in one.tools}
    unknown = tuple(
        Outcome(host, Effect.UNKNOWN) for host in group.judged_by if host not in HOST_MODELS
    )
    for finding in chain(
        name_clashes.clashes(names, definitions, numbers),
        clone_findings(names, numbers, members),
    ):
        outcomes = finding.outcomes + unknown
        yield replace(finding, outcomes=outcomes, hosts=name_clashes.harmed(outcomes))
    yield from name_clashes.unfit(names)
    yield from name_clashes.unstable(names)
    yield from name_clashes.separators(names)
    yield from builtin_findings(members, models)


def _safe_names(finding: Finding) -> str:
    """Names for the tools of a finding that no host would change."""
    if finding.rule.id not in _NAMED_ANEW:
        return ""
    names = [public_name(one.server, one.key) for one in finding.subjects if one.key]
    return f"safe in every host: {listed(names)}" if names else ""


_NAMED_ANEW = ("name-clash", "name-clash-mangled", "name-shadows-builtin")
