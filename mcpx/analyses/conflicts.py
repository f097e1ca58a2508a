"""Which names and URIs of different servers get in each other's way in one host."""

from __future__ import annotations

import bisect
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mcpx.analyses.finding import Finding, Subject, order
from mcpx.analyses.rules import RULES
from mcpx.catalogue.model import KEY, Catalogue, Item, Kind
from mcpx.catalogue.templates import Template, TemplateError, parse
from mcpx.catalogue.uris import normalised
from mcpx.servers import canonical_json

_MOST_NAMED = 6
# How many characters of URIs are compared with templates in one group: a second or two.
MOST_CHARACTERS = 2_000_000


@dataclass(frozen=True, slots=True)
class Group:
    """Servers that meet in these hosts: the key of each in the configuration, its catalogue."""

    hosts: tuple[str, ...]
    members: Sequence[tuple[str, Catalogue]]


def conflicts(groups: Iterable[Group]) -> Iterator[Finding]:
    """The conflicts of each group, worst first; one finding for each clash, with all its hosts.

    A clash is a rule, the names or URIs and the servers. Rules: ``name-clash``,
    ``name-clash-canonical``, ``uri-clash``, ``uri-clash-canonical``, ``template-clash``,
    ``template-clash-canonical``, ``template-overlap``, ``name-duplicate``, ``uri-duplicate``.
    """
    found: dict[tuple[str, tuple[Subject, ...]], Finding] = {}
    for group in groups:
        for finding in _of_group(group):
            clash = finding.rule.id, finding.subjects
            known = found.get(clash)
            hosts = {*finding.hosts, *(known.hosts if known else ())}
            found[clash] = replace(finding, hosts=tuple(sorted(hosts)))
    yield from sorted(found.values(), key=order)


# A server's key and one of its items.
_Entry = tuple[str, Item]
_Clash = Callable[[Kind, str, list[_Entry]], Finding]


def _of_group(group: Group) -> Iterator[Finding]:
    for kind in Kind:
        exact: dict[str, list[_Entry]] = {}
        for server, catalogue in group.members:
            for item in catalogue.items(kind):
                if item.key:
                    exact.setdefault(item.key, []).append((server, item))
        spellings: dict[str, list[str]] = {}
        for key in exact:
            spellings.setdefault(_CANONICAL[kind](key), []).append(key)
        for finding in (*_exact(kind, exact), *_canonical(kind, exact, spellings)):
            yield replace(finding, hosts=group.hosts)
    for finding in _overlaps(group):
        yield replace(finding, hosts=group.hosts)


def canonical_name(name: str) -> str:
    """A name without what people and hosts vary: compatibility forms, case, separators.

    ``getUser``, ``get_user`` and ``get-user`` are equal in it.
    """
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name)
    bare = name.casefold().translate(_SEPARATORS)
    return bare or name


_SEPARATORS = str.maketrans("", "", "-_. \t")


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
_CLASH = {
    Kind.TOOL: "name-clash",
    Kind.PROMPT: "name-clash",
    Kind.RESOURCE: "uri-clash",
    Kind.TEMPLATE: "template-clash",
}


def _exact(kind: Kind, exact: Mapping[str, list[_Entry]]) -> Iterator[Finding]:
    for key, entries in exact.items():
        if len(entries) == 1:
            continue
        by_server: dict[str, list[Item]] = {}
        for server, item in entries:
            by_server.setdefault(server, []).append(item)
        for server, items in by_server.items():
            if len(items) > 1:
                rule = RULES["name-duplicate" if KEY[kind] == "name" else "uri-duplicate"]
                message = f"{server} lists {kind} '{key}' {len(items)} times{_alike(items)}"
                yield Finding(rule, message, (Subject(kind, key, server),))
        if len(by_server) > 1:
            servers = sorted(by_server)
            first = [by_server[server][0] for server in servers]
            message = f"{kind} '{key}' is offered by {_listed(servers)}{_alike(first)}"
            subjects = tuple(Subject(kind, key, server) for server in servers)
            yield Finding(RULES[_CLASH[kind]], message, subjects)


def _alike(items: Sequence[Item]) -> str:
    """Whether same-named items are the same thing twice, which is mended in another way."""
    try:
        same = len({canonical_json(item.raw) for item in items}) == 1
    except RecursionError:
        return ""
    return ", with the same definition" if same else ", with different definitions"


def _canonical(
    kind: Kind, exact: Mapping[str, list[_Entry]], spellings: Mapping[str, list[str]]
) -> Iterator[Finding]:
    for keys in spellings.values():
        if len(keys) == 1:
            continue
        # Two spellings in one server alone are its own affair.
        pairs = sorted({(key, server) for key in keys for server, _ in exact[key]})
        if len({server for _, server in pairs}) == 1:
            continue
        said = _listed([f"'{key}' of {server}" for key, server in pairs])
        same = "the same URI" if kind is Kind.RESOURCE else "alike but for their spelling"
        if kind is Kind.TEMPLATE:
            same = "alike but for the names of their variables"
        subjects = tuple(Subject(kind, key, server) for key, server in pairs)
        yield Finding(RULES[f"{_CLASH[kind]}-canonical"], f"{kind}s {said} are {same}", subjects)


def _listed(words: Sequence[str]) -> str:
    shown = list(words[:_MOST_NAMED])
    if len(words) > _MOST_NAMED:
        shown.append(f"{len(words) - _MOST_NAMED} more")
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))


def _overlaps(group: Group) -> Iterator[Finding]:
    """Resources that another server's template could have made."""
    templates = [
        (server, item.key, template)
        for server, catalogue in group.members
        for item in catalogue.templates
        if (template := _parsed(item.key)) is not None
    ]
    resources = sorted(
        {(item.key, server) for server, one in group.members for item in one.resources if item.key}
    )
    characters = 0
    for server, text, template in templates if resources else ():
        start = bisect.bisect_left(resources, (template.prefix, ""))
        others: set[tuple[str, str]] = set()
        for place in range(start, len(resources)):
            uri, owner = resources[place]
            if not uri.startswith(template.prefix):
                break
            characters += len(uri)
            if characters > MOST_CHARACTERS:
                subjects = tuple(Subject("server", "", key) for key, _ in group.members)
                message = "too many resources to compare each with the templates of other servers"
                yield Finding(RULES["template-overlap-unfinished"], message, subjects)
                return
            if owner != server and template.matches(uri):
                others.add((uri, owner))
        for owner in sorted({owner for _, owner in others}):
            uris = sorted(uri for uri, one in others if one == owner)
            message = f"template '{text}' of {server} also matches {_listed(uris)} of {owner}"
            subjects = (
                Subject(Kind.TEMPLATE, text, server),
                *(Subject(Kind.RESOURCE, uri, owner) for uri in uris),
            )
            yield Finding(RULES["template-overlap"], message, subjects)


def _parsed(text: str) -> Template | None:
    try:
        return parse(text)
    except TemplateError:
        return None
