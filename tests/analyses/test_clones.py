from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.clones import clone_findings, clones, launch
from mcpx.analyses.host_models import HOST_MODELS
from mcpx.analyses.name_clashes import Names, offers_of
from mcpx.catalogue.model import Catalogue, Item, Kind
from tests.analyses.offering import Member, described, server


def test_servers_are_clones_when_all_their_tools_are_the_same() -> None:
    members = [
        described("a", {"x": "1", "y": "2"}),
        described("b", {"y": "2", "x": "1"}),
        described("c", {"x": "1", "y": "other"}),
        described("d", {"x": "1"}),
        server("e"),
        server("f"),
        described("g", {"x": "1"}),
    ]
    assert clones(members) == {"a": 0, "b": 0, "d": 1, "g": 1}


def test_tools_that_are_too_deep_to_compare_are_not_the_same() -> None:
    def deep() -> Any:
        value: Any = []
        for _ in range(100_000):
            value = [value]
        return value

    members = [
        (key, Catalogue(key, tools=(Item(Kind.TOOL, {"name": "x", "deep": deep()}),)))
        for key in "ab"
    ]
    assert clones(members) == {}


NPX = {"transport": "stdio", "command": "npx", "args": ["-y", "pkg"]}


def at(target: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**target, **more, "from": {"host": "cursor", "path": "x.json"}}


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        pytest.param(
            {"target": at(NPX)},
            {"target": {**NPX}},
            "a and b offer the same tool: one server under several keys",
            id="the same command",
        ),
        pytest.param(
            {"target": at(NPX, env=["TOKEN"])},
            {"target": at(NPX, env=["TOKEN"])},
            "a and b offer the same tool: one command or address, perhaps with different accounts",
            id="the same command with an environment",
        ),
        pytest.param(
            {"target": at(NPX, args=["-y", "pkg", "/a"]), "server_info": {"name": "n"}},
            {"target": at(NPX), "server_info": {"name": "n"}},
            "a and b offer the same tool: several instances of one server",
            id="the same server, other arguments",
        ),
        pytest.param(
            {"server_info": {"name": "n"}},
            {"server_info": {"name": "m"}},
            "a and b offer the same tool: clones, or forks of one server",
            id="another server",
        ),
        pytest.param(
            {}, {}, "a and b offer the same tool: clones, or forks of one server", id="not known"
        ),
        pytest.param(
            {"target": at(NPX, args=["--token", "***"])},
            {"target": at(NPX, args=["--token", "***"])},
            "a and b offer the same tool: one command or address, perhaps with different accounts",
            id="a masked argument",
        ),
    ],
)
def test_what_two_servers_with_the_same_tools_are(
    first: dict[str, Any], second: dict[str, Any], said: str
) -> None:
    members = [server("a", ("x",), **first), server("b", ("x",), **second)]
    (finding,) = findings(members)
    assert finding.rule.id == "server-clone"
    assert finding.message == said


def findings(members: list[Member], *hosts: str) -> list[Any]:
    names = Names.judged(offers_of(members), [HOST_MODELS[host] for host in hosts])
    return list(clone_findings(names, clones(members), members))


def test_the_outcome_is_that_of_the_tools() -> None:
    members = [server("a", ("x", "y")), server("b", ("x", "y")), server("c", ("x", "y"))]
    (finding,) = findings(members, "codex", "docker-gateway", "gemini-cli")
    assert finding.message.startswith("a, b and c offer the same 2 tools: ")
    assert [(one.host, one.effect.value, one.winner) for one in finding.outcomes] == [
        ("codex", "kept-apart", ""),
        ("docker-gateway", "host-refused", ""),
        ("gemini-cli", "kept-apart", ""),
    ]
    assert finding.hosts == ("docker-gateway",)


def test_where_it_is_written_does_not_belong_to_how_a_server_is_started() -> None:
    assert launch(Catalogue("a", target=at(NPX))) == NPX
