from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mcpx.analyses.budget import LIMITS, MOST_TOKENS
from mcpx.analyses.conflict_rules import CONFLICTS
from mcpx.analyses.conflicts import Group, conflicts
from mcpx.analyses.finding import Finding
from mcpx.analyses.host_models import HOST_MODELS
from mcpx.analyses.name_clashes import offers_of
from mcpx.catalogue.model import KEY, Catalogue, Item, Kind
from tests.analyses.offering import Member, server
from tests.conftest import Run

EXAMPLES = {rule.id: rule.example for rule in CONFLICTS}
# What takes files, or more than a few lines.
TOLD = ("server-scope", "budget-tools", "budget-tokens", "template-overlap-unfinished")
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


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name not in TOLD])
def test_an_example_fires_its_rule(name: str) -> None:
    lines = EXAMPLES[name].splitlines()
    members = [member_of(line) for line in lines if not SEEN.fullmatch(line)]
    assert name in found(members)
    for host, seen in (one.groups() for one in map(SEEN.fullmatch, lines) if one):
        assert found(members, host)[name].hosts in ((host,), ())
        model = HOST_MODELS[host]
        names = {*model.names(offers_of(members)), *model.names(offers_of(members[:1]))}
        assert seen in names


def test_the_example_of_a_budget_is_one_tool_too_many() -> None:
    many = tuple(f"t{number}" for number in range(LIMITS["cursor"][0] + 1))
    assert "budget-tools" in found([server("notes", many)], "cursor")
    assert EXAMPLES["budget-tools"].startswith(f"{len(many)} tools together\nin cursor: 80 of them")
    assert f"more than {MOST_TOKENS} tokens" in EXAMPLES["budget-tokens"]


def test_the_example_of_scopes_fires_its_rule(
    run: Run, home: Path, project: Path, configure: Callable[..., Path]
) -> None:
    for line in EXAMPLES["server-scope"].splitlines():
        place, _, text = line.partition(": ")
        path = home / place[2:] if place.startswith("~/") else project / place
        configure(path, **json.loads(text)["mcpServers"])
    findings = run("conflicts", "--trust-project", "--json").json["findings"]
    assert [one["rule"] for one in findings] == ["server-scope"]
