from __future__ import annotations

from collections import Counter

import pytest

from mcpx.analyses import name_clashes
from mcpx.analyses.clones import clones
from mcpx.analyses.finding import Effect, Finding, Severity
from mcpx.analyses.host_models import HOST_MODELS
from mcpx.analyses.name_clashes import Names, offers_of
from tests.analyses.offering import Member, corpus, described, server
from tests.catalogue.data import needs_data


def judged(members: list[Member], *hosts: str) -> Names:
    return Names.judged(offers_of(members), [HOST_MODELS[host] for host in hosts])


def clashes(members: list[Member], *hosts: str) -> list[Finding]:
    definitions = {(key, tool.key): tool for key, one in members for tool in one.tools}
    return list(name_clashes.clashes(judged(members, *hosts), definitions, clones(members)))


def effects(finding: Finding) -> dict[str, str]:
    return {one.host: one.effect.value for one in finding.outcomes}


SEARCHES = [described("a", {"search": "1"}), described("b", {"search": "2"})]


def test_every_host_says_what_becomes_of_an_equal_name() -> None:
    (finding,) = clashes(SEARCHES, *HOST_MODELS)
    assert finding.rule.id == "name-clash"
    assert finding.message == "tool 'search' is offered by a and b, with different definitions"
    assert effects(finding) == {
        **dict.fromkeys(HOST_MODELS, "kept-apart"),
        "claude-desktop": "one-wins",
        "zed": "renamed",
        "amazon-q": "tool-refused",
        "openai-agents": "host-refused",
        "langchain": "both-sent",
        "llamaindex": "both-sent",
        "pydantic-ai": "host-refused",
        "mcp-python-sdk": "server-refused",
        "docker-gateway": "host-refused",
    }
    assert finding.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("host", "severity", "hosts"),
    [
        ("claude-code", Severity.INFO, ()),
        ("zed", Severity.WARNING, ("zed",)),
        ("langchain", Severity.ERROR, ("langchain",)),
    ],
)
def test_how_bad_it_is_depends_on_the_host(
    host: str, severity: Severity, hosts: tuple[str, ...]
) -> None:
    (finding,) = clashes(SEARCHES, host)
    assert finding.severity is severity
    assert finding.hosts == hosts


WINNERS = [
    ("metamcp", [server("a", ("b__x",)), server("a__b", ("x",))], "a__b"),
    ("mcphub", [server("a", ("b-x",)), server("a-b", ("x",))], "a"),
    ("toolhive", [server("a", ("b_x",)), server("a_b", ("x",))], "a"),
    ("claude-desktop", SEARCHES, ""),
]


@pytest.mark.parametrize(("host", "members", "winner"), WINNERS, ids=[one[0] for one in WINNERS])
def test_who_wins_is_said_where_it_is_known(host: str, members: list[Member], winner: str) -> None:
    (finding,) = clashes(members, host)
    assert [one.winner for one in finding.outcomes] == [winner]


def test_a_renamed_tool_is_shown_with_its_names() -> None:
    (finding,) = clashes(SEARCHES, "zed")
    assert finding.outcomes[0].names == ("a_search", "b_search")


MANGLED = [
    pytest.param(
        [server("a", ("get.user", "get_user"))],
        "claude-code",
        ("mcp__a__get_user",),
        "tools 'get.user' of a and 'get_user' of a become one name",
        id="cleaned",
    ),
    pytest.param(
        [server("a", ("b_c",)), server("a_b", ("c",))],
        "gemini-cli",
        ("mcp_a_b_c",),
        "tools 'b_c' of a and 'c' of a_b become one name",
        id="where the server ends",
    ),
    pytest.param(
        [server("a", ("x" * 64 + "1", "x" * 64 + "2"))],
        "vscode",
        ("mcp_a_" + "x" * 58,),
        f"tools '{'x' * 64}1' of a and '{'x' * 64}2' of a become one name",
        id="cut",
    ),
    pytest.param(
        [server("a", ("get-user", "get_user"))],
        "roo-code",
        ("mcp--a--get-user", "mcp--a--get_user"),
        "tools 'get-user' of a and 'get_user' of a become one name",
        id="taken for each other",
    ),
]


@pytest.mark.parametrize(("members", "host", "names", "message"), MANGLED)
def test_different_names_that_a_host_makes_equal(
    members: list[Member], host: str, names: tuple[str, ...], message: str
) -> None:
    (finding,) = clashes(members, host, "codex")
    assert finding.rule.id == "name-clash-mangled"
    assert finding.message == message
    assert finding.hosts == (host,)
    assert finding.outcomes[0].names == names
    assert finding.outcomes[1].effect is Effect.APART


def test_a_bare_name_that_is_equal_and_cleaned_is_told_as_both() -> None:
    members = [described("a", {"x.y": "1"}), described("b", {"x.y": "2", "xy": "3"})]
    found = clashes(members, "amazon-q")
    assert [one.rule.id for one in found] == ["name-clash", "name-clash-mangled"]
    assert effects(found[0]) == {"amazon-q": "tool-refused"}


def test_what_clones_have_in_common_is_not_said_tool_by_tool() -> None:
    twice = [server("a", ("x", "y")), server("b", ("x", "y"))]
    assert clashes(twice, "langchain") == []
    third = [*twice, described("c", {"x": "another"})]
    assert [one.subjects[0].key for one in clashes(third, "langchain")] == ["x"]


TOO_LONG = f"the name of tool '{'x' * 60}' of a is too long: 68 characters as mcp__a__{'x' * 60}"
UNFIT = [
    pytest.param(
        server("a", ("x" * 60,)),
        ("claude-code",),
        [("name-too-long", TOO_LONG, "request-refused")],
        id="too long with what stands before it",
    ),
    pytest.param(server("a", ("x" * 56,)), ("claude-code",), [], id="64 fit"),
    pytest.param(
        server("a", ("get.user", "ok")),
        ("claude-desktop",),
        [
            (
                "name-refused",
                "the name of tool 'get.user' of a holds what hosts refuse",
                "tool-refused",
            )
        ],
        id="a dot",
    ),
    pytest.param(
        server("my server", ("x", "y")),
        ("crush",),
        [
            (
                "name-refused",
                "the key of server my server holds what hosts refuse",
                "api-may-refuse",
            )
        ],
        id="the key is the cause",
    ),
]


@pytest.mark.parametrize(("member", "hosts", "expected"), UNFIT)
def test_names_that_hosts_do_not_take(
    member: Member, hosts: tuple[str, ...], expected: list[tuple[str, str, str]]
) -> None:
    found = list(name_clashes.unfit(judged([member], *hosts)))
    assert [(one.rule.id, one.message, one.outcomes[0].effect.value) for one in found] == expected


def test_hosts_whose_names_depend_on_other_servers_are_told_together() -> None:
    members = [server("a", ("x",)), server("b", ("y", "z"))]
    (finding,) = name_clashes.unstable(judged(members, "goose", "fastmcp", "cline"))
    assert finding.message == "the names of 3 tools of a and b depend on which servers there are"
    assert finding.hosts == ("fastmcp", "goose")
    assert list(name_clashes.unstable(judged(members[:1], "goose", "zed"))) == []


def test_a_key_that_holds_a_separator() -> None:
    members = [server("my_notes", ("x",)), server("notes", ("x",)), server("a_b")]
    (finding,) = name_clashes.separators(judged(members, "gemini-cli", "goose"))
    assert finding.message == "the key of server my_notes holds what hosts split a tool's name at"
    assert effects(finding) == {"gemini-cli": "misread"}


def test_a_label_is_title_then_name_then_nothing() -> None:
    members = [
        server("a", server_info={"title": "T", "name": "n"}),
        server("b", server_info={"title": "", "name": "n"}),
        server("c", server_info={"name": 1}),
    ]
    assert [one.label for one in offers_of(members)] == ["T", "n", ""]


@needs_data
def test_a_real_host_has_the_clashes_that_were_counted_in_it() -> None:
    """9 equal names, 4 groups in Gemini CLI, 14 in Roo Code, 78 too long for Claude Code."""
    members = corpus("fixture_host")
    names = judged(members, *HOST_MODELS)
    definitions = {(key, tool.key): tool for key, one in members for tool in one.tools}
    found = list(name_clashes.clashes(names, definitions, clones(members)))
    mangled = [one for one in found if one.rule.id == "name-clash-mangled"]
    assert len(found) - len(mangled) == 9
    assert Counter(host for one in mangled for host in one.hosts) == {
        "gemini-cli": 4,
        "roo-code": 14,
    }
    long = [one for one in name_clashes.unfit(names) if "claude-code" in one.hosts]
    assert len(long) == 78
    assert {one.rule.id for one in long} == {"name-too-long"}


def test_a_name_is_no_clash_where_only_one_servers_two_names_become_one() -> None:
    members = [server("a", ("get.user", "get_user")), server("b", ("get_user",))]
    found = {one.rule.id: one for one in clashes(members, "claude-code")}
    assert effects(found["name-clash"]) == {"claude-code": "kept-apart"}
    assert effects(found["name-clash-mangled"]) == {"claude-code": "request-refused"}


def test_a_key_that_a_host_does_not_take_clashes_with_nothing_there() -> None:
    members = [server("a", ("b__c",)), server("a__b", ("c",))]
    assert clashes(members, "envoy-ai-gateway") == []
    assert list(name_clashes.unfit(judged(members, "envoy-ai-gateway"))) == []
