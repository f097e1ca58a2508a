"""URIs that could come of two servers: by a template and a resource, or by two templates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mcpx.analyses.finding import Finding, Subject, listed
from mcpx.analyses.rules import RULES
from mcpx.catalogue.model import Catalogue, Kind
from mcpx.catalogue.template_overlap import matching, overlapping
from mcpx.catalogue.templates import Template, TemplateError, parse
from mcpx.catalogue.uri_automata import UndecidedError

# Of a URI that serves as an example.
_LONGEST = 120


def uri_overlaps(
    members: Sequence[tuple[str, Catalogue]], possible: bool = False
) -> Iterator[Finding]:
    """Templates of one server that could have made a URI of another.

    Rules: ``template-overlap``, ``template-overlap-unfinished`` and, with ``possible``,
    ``template-overlap-possible``.
    """
    keys: list[str] = []
    templates: list[tuple[str, Template]] = []
    for server, catalogue in members:
        for key in dict.fromkeys(item.key for item in catalogue.templates):
            if (template := _parsed(key)) is not None:
                keys.append(key)
                templates.append((server, template))
    unfinished = False
    for findings in (
        _with_resources(keys, templates, members),
        _with_each_other(keys, templates, possible),
    ):
        try:
            yield from findings
        except UndecidedError:
            unfinished = True
    if unfinished:
        subjects = tuple(Subject("server", "", key) for key, _ in members)
        message = "too many templates and resources to compare each with those of other servers"
        yield Finding(RULES["template-overlap-unfinished"], message, subjects, identity=())


def _with_resources(
    keys: Sequence[str],
    templates: Sequence[tuple[str, Template]],
    members: Sequence[tuple[str, Catalogue]],
) -> Iterator[Finding]:
    resources = sorted(
        {(server, item.key) for server, one in members for item in one.resources if item.key}
    )
    found: dict[tuple[int, str], list[str]] = {}
    unfinished: UndecidedError | None = None
    try:
        for template, place in matching(templates, resources):
            owner, uri = resources[place]
            if owner != templates[template][0]:
                found.setdefault((template, owner), []).append(uri)
    except UndecidedError as error:
        unfinished = error
    for (template, owner), uris in found.items():
        server, text = templates[template][0], keys[template]
        same = sorted(uris)
        yield Finding(
            RULES["template-overlap"],
            f"template '{text}' of {server} also matches {listed(same)} of {owner}",
            (
                Subject(Kind.TEMPLATE, text, server),
                *(Subject(Kind.RESOURCE, uri, owner) for uri in same),
            ),
            identity=(Subject(Kind.TEMPLATE, text, server), Subject("server", "", owner)),
        )
    if unfinished is not None:
        raise unfinished


def _with_each_other(
    keys: Sequence[str], templates: Sequence[tuple[str, Template]], possible: bool
) -> Iterator[Finding]:
    for crossing in overlapping(templates):
        if not crossing.overlap.certain and not possible:
            continue
        places = sorted({*crossing.first, *crossing.second})
        subjects = tuple(
            sorted(
                (Subject(Kind.TEMPLATE, keys[place], templates[place][0]) for place in places),
                key=lambda one: (one.server, one.key),
            )
        )
        said = listed([f"'{one.key}' of {one.server}" for one in subjects])
        witness = crossing.overlap.witness
        example = witness if len(witness) <= _LONGEST else f"{witness[:_LONGEST]}…"
        certain = crossing.overlap.certain
        how = "both make" if certain else "both may make, with an empty value,"
        rule = RULES["template-overlap" if certain else "template-overlap-possible"]
        yield Finding(rule, f"templates {said} {how} {example}", subjects)


def _parsed(text: str) -> Template | None:
    try:
        return parse(text)
    except TemplateError:
        return None
