"""Examples of rules of changes, as ``mcpx rules`` shows them: an old and a new side of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest

from mcpx.analyses.diff.annotation_changes import annotation_changes
from mcpx.analyses.diff.changes import Bump, Change, ChangeRule
from mcpx.analyses.diff.pairing import pairs
from mcpx.analyses.diff.pairing_changes import pairing_changes
from mcpx.analyses.diff.prompt_changes import prompt_changes
from mcpx.analyses.diff.resource_changes import resource_changes
from mcpx.analyses.diff.server_changes import server_changes
from mcpx.analyses.diff.template_changes import template_changes
from mcpx.analyses.diff.tool_changes import Surroundings, tool_changes
from mcpx.analyses.diff.version_changes import version_changes
from mcpx.catalogue.model import Catalogue, Item, Kind

# For each rule what stands in its example, and what stands there so that it does not fire.
Steps = Mapping[str, tuple[str, str]]
_COMPARED = {
    Kind.PROMPT: prompt_changes,
    Kind.RESOURCE: resource_changes,
    Kind.TEMPLATE: template_changes,
}


def sides(example: str) -> tuple[Any, Any]:
    old, new = example.split("\n")
    return json.loads(old.removeprefix("old: ")), json.loads(new.removeprefix("new: "))


def catalogue(part: Mapping[str, Any]) -> Catalogue:
    lists = {
        kind.plural: tuple(Item(kind, raw) for raw in part.get(kind.plural, ())) for kind in Kind
    }
    rest = {name: value for name, value in part.items() if name not in lists}
    texts = {name: tuple(v) if isinstance(v, list) else v for name, v in rest.items()}
    return Catalogue("a", **lists, **texts)


def all_changes(old: Catalogue, new: Catalogue) -> Iterator[Change]:
    yield from server_changes(old, new)
    versions = (str(one.server_info.get("version", "")) for one in (old, new))
    yield from version_changes("a", *versions, Bump.MAJOR)
    around = Surroundings.of(old, new)
    for kind in Kind:
        pairing = pairs(old.items(kind), new.items(kind))
        yield from pairing_changes("a", kind, pairing, new.templates)
        renamed = [(one.old, one.new) for one in pairing.renamed]
        for one, other in (*pairing.matched, *renamed):
            if kind is Kind.TOOL:
                yield from tool_changes("a", one, other, around)
                yield from annotation_changes("a", one, other)
            else:
                yield from _COMPARED[kind]("a", one, other)


def changes(old: Any, new: Any) -> list[Change]:
    """Every change between two parts of a catalogue, or two items."""
    if "uri" in old:
        return [*resource_changes("a", Item(Kind.RESOURCE, old), Item(Kind.RESOURCE, new))]
    if "uriTemplate" in old:
        return [*template_changes("a", Item(Kind.TEMPLATE, old), Item(Kind.TEMPLATE, new))]
    if old.get("name") == "review":
        return [*prompt_changes("a", Item(Kind.PROMPT, old), Item(Kind.PROMPT, new))]
    if "name" in old:
        versions = tuple(one.pop("version", "") for one in (old, new))
        one, other = Item(Kind.TOOL, old), Item(Kind.TOOL, new)
        around = Surroundings((versions[0], versions[1]), {"send": 1, "read": 2})
        return [*tool_changes("a", one, other, around), *annotation_changes("a", one, other)]
    return [*all_changes(catalogue(old), catalogue(new))]


def rules(old: Any, new: Any) -> list[str]:
    return [change.rule.id for change in changes(old, new)]


def examples_of(table: Iterable[ChangeRule], steps: Steps) -> Any:
    """Give a test each ``example`` with the ``rule`` that it is of and whether that ``fires``."""
    found = []
    for rule in table:
        assert rule.id in steps, f"{rule.id} has no example that nearly fires it"
        before, after = steps[rule.id]
        assert before in rule.example, rule.id
        nearly = rule.example.replace(before, after)
        found.append(pytest.param(rule.example, rule.id, True, id=rule.id))
        found.append(pytest.param(nearly, rule.id, False, id=f"nearly {rule.id}"))
    return pytest.mark.parametrize(("example", "rule", "fires"), found)


def members(area: str) -> dict[str, tuple[str, str]]:
    """Steps of the rules that every kind of item has."""
    ways = ("added", "changed", "removed") if area == "tool" else ("changed",)
    found = {}
    for way in ways:
        for name, value in (("title", '"Show"'), ("description", '"Shows it."')):
            first = {"title": '"Read"', "description": '"Reads it."'}[name]
            text = value if way == "added" else first
            found[f"{area}-{name}-{way}"] = (text, '""') if way != "changed" else (value, first)
        found[f"{area}-meta-{way}"] = (
            ('"a/b": 1', '"a/b": 2') if way == "changed" else ('"_meta"', '"_more"')
        )
        found[f"{area}-icons-{way}"] = (
            (', {"src": "https://a.example/i.png"}', "")
            if way == "changed"
            else ('"icons"', '"iconz"')
        )
    found[f"{area}-description-whitespace-changed"] = ("Reads  it", "Reads it")
    found[f"{area}-icon-origin-changed"] = ("b.example", "a.example")
    found[f"{area}-member-changed"] = ('"x-note": 2', '"x-note": 1.0')
    return found
