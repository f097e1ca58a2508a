"""Prompts, resources and templates of several servers that are equal, and what a server repeats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from mcpx.analyses.finding import Finding, Subject, listed
from mcpx.analyses.rules import RULES
from mcpx.analyses.spelling import canonical_name
from mcpx.catalogue.model import KEY, Catalogue, Item, Kind
from mcpx.catalogue.templates import TemplateError, parse
from mcpx.catalogue.uris import normalised

# A server's key and one of its items.
_Entry = tuple[str, Item]
SAME = ", with the same definition"
_CLASH = {
    Kind.TOOL: "name-clash",
    Kind.PROMPT: "prompt-clash",
    Kind.RESOURCE: "uri-clash",
    Kind.TEMPLATE: "template-clash",
}


def item_clashes(
    members: Sequence[tuple[str, Catalogue]], clones: Mapping[str, int]
) -> Iterator[Finding]:
    """Keys that are equal, or equal once normalised, in several servers; keys that one repeats.

    ``clones`` numbers the servers that are the same: what they have in common is not said.

    Rules: ``prompt-clash``, ``uri-clash``, ``template-clash``, each with ``-canonical``;
    ``name-clash-canonical``, ``name-duplicate``, ``uri-duplicate``. That tools are equal is judged
    host by host elsewhere.
    """
    for kind in Kind:
        exact: dict[str, list[_Entry]] = {}
        for server, catalogue in members:
            for item in catalogue.items(kind):
                if item.key:
                    exact.setdefault(item.key, []).append((server, item))
        spellings: dict[str, list[str]] = {}
        for key in exact:
            spellings.setdefault(_CANONICAL[kind](key), []).append(key)
        yield from _repeated(kind, exact)
        if kind is not Kind.TOOL:
            yield from _equal(kind, exact, clones)
        yield from _canonical(kind, exact, spellings, clones)


def _canonical_template(text: str) -> str:
    try:
        return parse(text).renamed()
    except TemplateError:
        return text


_CANONICAL: Mapping[Kind, Callable[[str], str]] = {
    Kind.TOOL: canonical_name,
    Kind.PROMPT: canonical_name,
    Kind.RESOURCE: normalised,
    Kind.TEMPLATE: _canonical_template,
}


def _repeated(kind: Kind, exact: Mapping[str, list[_Entry]]) -> Iterator[Finding]:
    for key, entries in exact.items():
        if len(entries) == 1:
            continue
        by_server: dict[str, list[Item]] = {}
        for server, item in entries:
            by_server.setdefault(server, []).append(item)
        for server, items in by_server.items():
            if len(items) > 1:
                rule = RULES["name-duplicate" if KEY[kind] == "name" else "uri-duplicate"]
                message = f"{server} lists {kind} '{key}' {len(items)} times{alike(items)}"
                yield Finding(rule, message, (Subject(kind, key, server),))


def _of_clones(servers: Iterable[str], clones: Mapping[str, int]) -> bool:
    numbers = {clones.get(server) for server in servers}
    return len(numbers) == 1 and None not in numbers


def _equal(
    kind: Kind, exact: Mapping[str, list[_Entry]], clones: Mapping[str, int]
) -> Iterator[Finding]:
    for key, entries in exact.items():
        first = dict(reversed(entries))
        if len(first) > 1:
            servers = sorted(first)
            same = alike([first[server] for server in servers])
            if same == SAME and _of_clones(servers, clones):
                continue
            message = f"{kind} '{key}' is offered by {listed(servers)}{same}"
            subjects = tuple(Subject(kind, key, server) for server in servers)
            yield Finding(RULES[_CLASH[kind]], message, subjects)


def alike(items: Sequence[Item]) -> str:
    """Whether same-named items are the same thing twice, which is mended in another way."""
    try:
        same = all(item.raw == items[0].raw for item in items[1:])
    except RecursionError:
        return ""
    return SAME if same else ", with different definitions"


def _canonical(
    kind: Kind,
    exact: Mapping[str, list[_Entry]],
    spellings: Mapping[str, list[str]],
    clones: Mapping[str, int],
) -> Iterator[Finding]:
    for keys in spellings.values():
        if len(keys) == 1:
            continue
        # Two spellings in one server alone are its own affair.
        pairs = sorted({(key, server) for key in keys for server, _ in exact[key]})
        servers = {server for _, server in pairs}
        if len(servers) == 1 or _of_clones(servers, clones):
            continue
        said = listed([f"'{key}' of {server}" for key, server in pairs])
        same = "the same URI" if kind is Kind.RESOURCE else "alike but for their spelling"
        if kind is Kind.TEMPLATE:
            same = "alike but for the names of their variables"
        subjects = tuple(Subject(kind, key, server) for key, server in pairs)
        yield Finding(RULES[f"{_CLASH[kind]}-canonical"], f"{kind}s {said} are {same}", subjects)
