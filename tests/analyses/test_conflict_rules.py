from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mcpx.analyses import budget
from mcpx.analyses.budget import LIMITS, MOST_TOKENS
from mcpx.analyses.conflict_rules import CONFLICTS
from mcpx.analyses.conflicts import Group, conflicts
from mcpx.analyses.cost import cost_of_catalogue
from mcpx.analyses.finding import Finding
from mcpx.analyses.host_models import HOST_MODELS
from mcpx.analyses.name_clashes import offers_of
from mcpx.catalogue import template_overlap
from mcpx.catalogue.model import KEY, Catalogue, Item, Kind
from tests.analyses.examples import mended
from tests.analyses.offering import Member, server
from tests.conftest import Run

RULES = {rule.id: rule for rule in CONFLICTS}
EXAMPLES = {rule.id: rule.example for rule in CONFLICTS}
OF_COUNTS = ("budget-tools", "budget-tokens", "template-overlap-unfinished")
# One step that mends an example: what stands there, and what stands there instead.
STEPS = {
    "name-clash": ("tickets: tool search", "tickets: tool Search"),
    "name-clash-canonical": ("create_item", "create_items"),
    "name-clash-mangled": ("tool hub_search", "tool hub-search"),
    "name-too-long": ("company_knowledge_base: tool", "company_knowledge: tool"),
    "name-refused": ("tool notes.search", "tool notes_search"),
    "name-unstable": ("tickets: tool create\n", ""),
    "name-near": ("address_get", "address_set"),
    "name-lookalike": ("Iist_items", "lost_items"),
    "tool-overlap": ("create_issue (Create a new", "close_issue (Close an"),
    "tool-overlap-possible": ("get_events_report", "get_clicks_report"),
    "server-clone": ("my-notes: tool search", "my-notes: tool find"),
    "server-key-clash": ("GitHub", "GitLab"),
    "server-scope": ('{"notes": {"command": "./serve"}}', '{"tickets": {"command": "./serve"}}'),
    "server-twice": ('my-notes: {"command": "notes-server"', 'my-notes: {"command": "my-server"'),
    "server-separator": ("my_notes: tool", "my-notes: tool"),
    "name-shadows-builtin": ("tool read_file", "tool read_files"),
    "prompt-clash": ("tickets: prompt triage", "tickets: prompt Triage"),
    "prompt-clash-canonical": ("dailyReport", "dailyReports"),
    "uri-clash": ("tickets: resource config://settings", "tickets: resource config://setting"),
    "uri-clash-canonical": (":80/", ":8080/"),
    "template-clash": ("tickets: template item://{id}", "tickets: template item://{number}"),
    "template-clash-canonical": ("{number}", "{number}/x"),
    "template-overlap": ("item://latest", "item://latest/1"),
    "template-overlap-possible": ("{id}/{part}", "{id}/x{part}"),
}
OFFERS = re.compile(r"([\w-]+): (tool|prompt|resource|template) (\S+)(?: \((.*)\))?")
STARTS = re.compile(r"([\w-]+): (\{.*\})")
SEEN = re.compile(r"in ([\w-]+): ([\w.-]+).*")


def test_every_rule_says_something_of_its_own() -> None:
    assert len({rule.id for rule in CONFLICTS}) == len(CONFLICTS)
    assert len({rule.title for rule in CONFLICTS}) == len(CONFLICTS)
    assert len({rule.explanation for rule in CONFLICTS}) == len(CONFLICTS)
    assert len({rule.example for rule in CONFLICTS}) == len(CONFLICTS)


def member_of(line: str) -> Member:
    """The server that a line of an example is about."""
    if started := STARTS.fullmatch(line):
        return started[1], Catalogue(started[1], json.loads(started[2]))
    offered = OFFERS.fullmatch(line)
    assert offered, line
    kind = Kind(offered[2])
    raw = {KEY[kind]: offered[3], **({"description": offered[4]} if offered[4] else {})}
    listed: dict[str, Any] = {kind.plural: (Item(kind, raw),)}
    return offered[1], Catalogue(offered[1], **listed)


def found(members: list[Member], host: str = "") -> dict[str, Finding]:
    group = Group((), members, (host,) if host else tuple(HOST_MODELS))
    return {one.rule.id: one for one in conflicts([group], possible=True)}


@pytest.mark.parametrize(
    "name", [name for name in EXAMPLES if name not in (*OF_COUNTS, "server-scope")]
)
def test_an_example_fires_its_rule(name: str) -> None:
    lines = EXAMPLES[name].splitlines()
    members = [member_of(line) for line in lines if not SEEN.fullmatch(line)]
    assert name in found(members)
    for host, seen in (one.groups() for one in map(SEEN.fullmatch, lines) if one):
        assert found(members, host)[name].hosts in ((host,), ())
        model = HOST_MODELS[host]
        names = {*model.names(offers_of(members)), *model.names(offers_of(members[:1]))}
        assert seen in names


@pytest.mark.parametrize(
    "name", [name for name in EXAMPLES if name not in (*OF_COUNTS, "server-scope")]
)
def test_one_step_from_its_example_a_rule_does_not_fire(name: str) -> None:
    lines = mended(RULES[name], STEPS).splitlines()
    members = [member_of(line) for line in lines if not SEEN.fullmatch(line)]
    hosts = [one[1] for one in map(SEEN.fullmatch, lines) if one]
    assert all(name not in found(members, host) for host in hosts or [""])


@pytest.mark.parametrize(("count", "fires"), [(81, True), (80, False)])
def test_the_example_of_a_budget_is_one_tool_too_many(count: int, fires: bool) -> None:
    many = tuple(f"t{number}" for number in range(count))
    assert ("budget-tools" in found([server("notes", many)], "cursor")) is fires
    assert LIMITS["cursor"][0] == 80
    assert EXAMPLES["budget-tools"].startswith("81 tools together\nin cursor: 80 of them")


@pytest.mark.parametrize(("more", "fires"), [(0, False), (1, True)])
def test_the_example_of_tokens_is_one_token_too_many(
    more: int, fires: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = [server("notes", ("search", "create"))]
    spent = cost_of_catalogue(members[0][1]).tokens
    monkeypatch.setattr(budget, "MOST_TOKENS", spent - more)
    assert ("budget-tokens" in found(members)) is fires
    assert f"more than {MOST_TOKENS} tokens" in EXAMPLES["budget-tokens"]


@pytest.mark.parametrize(("count", "fires"), [(20, True), (2, False)])
def test_the_example_of_what_is_left_out_is_too_many(
    count: int, fires: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(template_overlap, "MOST_STATES_TOGETHER", 500)
    first, second = EXAMPLES["template-overlap-unfinished"].splitlines()
    resource, template = (line.rpartition(" such as ")[2] for line in (first, second))
    members = [
        server("notes", resources=tuple(resource.replace("1", f"{n}") for n in range(count))),
        server("tickets", templates=tuple(template.replace("1", f"{n}") for n in range(count))),
    ]
    assert ("template-overlap-unfinished" in found(members)) is fires


@pytest.mark.parametrize(("step", "fires"), [(("", ""), True), (STEPS["server-scope"], False)])
def test_the_example_of_scopes(
    step: tuple[str, str],
    fires: bool,
    run: Run,
    home: Path,
    project: Path,
    configure: Callable[..., Path],
) -> None:
    for line in EXAMPLES["server-scope"].replace(*step).splitlines():
        place, _, text = line.partition(": ")
        path = home / place[2:] if place.startswith("~/") else project / place
        configure(path, **json.loads(text)["mcpServers"])
    findings = run("conflicts", "--trust-project", "--json").json["findings"]
    assert [one["rule"] for one in findings] == ["server-scope"] * fires
