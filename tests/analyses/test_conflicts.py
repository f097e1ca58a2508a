from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.analyses import conflicts as module
from mcpx.analyses.conflicts import Group, canonical_name, conflicts
from mcpx.analyses.finding import Finding, Severity
from mcpx.catalogue.model import KEY, Catalogue, Item, Kind
from tests.catalogue.data import SHARED, needs_data, real, tool


def server(
    key: str,
    tools: tuple[str, ...] = (),
    prompts: tuple[str, ...] = (),
    resources: tuple[str, ...] = (),
    templates: tuple[str, ...] = (),
) -> tuple[str, Catalogue]:
    listed = {"tools": tools, "prompts": prompts, "resources": resources, "templates": templates}
    items = {
        kind.plural: tuple(Item(kind, {KEY[kind]: name}) for name in listed[kind.plural])
        for kind in Kind
    }
    return key, Catalogue(key, **items)


def found(*members: tuple[str, Catalogue], hosts: tuple[str, ...] = ()) -> list[Finding]:
    return list(conflicts([Group(hosts, members)]))


def brief(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(one.rule.id, one.message) for one in findings]


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        pytest.param([server("a", ("x",)), server("b", ("y",))], [], id="none"),
        pytest.param([server("a", ("x",), ("x",)), server("b")], [], id="tool and prompt"),
        pytest.param(
            [server("b", ("x",)), server("a", ("x",)), server("c", ("x",))],
            [("name-clash", "tool 'x' is offered by a, b and c, with the same definition")],
            id="tool",
        ),
        pytest.param(
            [server("a", prompts=("x",)), server("b", prompts=("x",))],
            [("name-clash", "prompt 'x' is offered by a and b, with the same definition")],
            id="prompt",
        ),
        pytest.param(
            [server("a", ("getUser",)), server("b", ("get_user",))],
            [
                (
                    "name-clash-canonical",
                    "tools 'getUser' of a and 'get_user' of b are alike but for their spelling",
                )
            ],
            id="spelling",
        ),
        pytest.param([server("a", ("x_y", "x-y")), server("b")], [], id="spelling in one server"),
        pytest.param(
            [server("a", ("x", "x")), server("b")],
            [("name-duplicate", "a lists tool 'x' 2 times, with the same definition")],
            id="duplicate",
        ),
        pytest.param(
            [server("a", ("x", "X")), server("b", ("x",))],
            [
                ("name-clash", "tool 'x' is offered by a and b, with the same definition"),
                (
                    "name-clash-canonical",
                    "tools 'X' of a, 'x' of a and 'x' of b are alike but for their spelling",
                ),
            ],
            id="exact and spelling",
        ),
        pytest.param(
            [server("a", resources=("n://x", "n://x")), server("b", resources=("n://x",))],
            [
                ("uri-clash", "resource 'n://x' is offered by a and b, with the same definition"),
                ("uri-duplicate", "a lists resource 'n://x' 2 times, with the same definition"),
            ],
            id="resource",
        ),
        pytest.param(
            [server("a", resources=("http://H/%7ea",)), server("b", resources=("http://h:80/~a",))],
            [
                (
                    "uri-clash-canonical",
                    "resources 'http://H/%7ea' of a and 'http://h:80/~a' of b are the same URI",
                )
            ],
            id="normalised",
        ),
        pytest.param(
            [server("a", templates=("n://{x}",)), server("b", templates=("n://{x}", "n://{y}"))],
            [
                (
                    "template-clash",
                    "template 'n://{x}' is offered by a and b, with the same definition",
                ),
                (
                    "template-clash-canonical",
                    "templates 'n://{x}' of a, 'n://{x}' of b and 'n://{y}' of b are alike but for"
                    " the names of their variables",
                ),
            ],
            id="templates",
        ),
        pytest.param(
            [
                server("a", templates=("n://{x}", "n://{")),
                server("b", resources=("n://1", "n://2", "n://2/3", "m://1")),
                server("c", resources=("n://1",)),
            ],
            [
                ("uri-clash", "resource 'n://1' is offered by b and c, with the same definition"),
                ("template-overlap", "template 'n://{x}' of a also matches n://1 of c"),
                ("template-overlap", "template 'n://{x}' of a also matches n://1 and n://2 of b"),
            ],
            id="template and resource",
        ),
        pytest.param(
            [server("a", resources=("n://1",), templates=("n://{x}",)), server("b")],
            [],
            id="template and resource of one server",
        ),
        pytest.param([server("a", ("", "-")), server("b", ("", "_"))], [], id="no names"),
    ],
)
def test_conflicts_of_one_group(
    members: list[tuple[str, Catalogue]], expected: list[tuple[str, str]]
) -> None:
    assert sorted(brief(found(*members))) == sorted(expected)


def test_different_definitions_are_said() -> None:
    one = Catalogue("a", tools=(Item(Kind.TOOL, tool("x", description="1")),))
    other = Catalogue("b", tools=(Item(Kind.TOOL, tool("x", description="2")),))
    (finding,) = found(("a", one), ("b", other))
    assert finding.message == "tool 'x' is offered by a and b, with different definitions"


def test_definitions_that_are_too_deep_are_not_compared() -> None:
    value: Any = []
    for _ in range(100_000):
        value = [value]
    deep = Catalogue("a", tools=(Item(Kind.TOOL, tool("x", deep=value)),))
    (finding,) = found(("a", deep), ("b", deep))
    assert finding.message == "tool 'x' is offered by a and b"


def test_a_clash_is_told_once_with_all_its_hosts_and_other_servers_are_another_clash() -> None:
    a, b, c = server("a", ("x",)), server("b", ("x",)), server("c", ("x",))
    groups = [Group(("zed", "cursor"), [a, b]), Group(("kiro",), [b, a]), Group(("goose",), [a, c])]
    assert [(one.servers, one.hosts) for one in conflicts(groups)] == [
        (("a", "b"), ("cursor", "kiro", "zed")),
        (("a", "c"), ("goose",)),
    ]


def test_many_servers_are_counted_not_named() -> None:
    (finding,) = found(*(server(f"s{n}", ("x",)) for n in range(9)))
    assert finding.message.startswith("tool 'x' is offered by s0, s1, s2, s3, s4, s5 and 3 more,")
    assert len(finding.subjects) == 9


def test_worst_come_first_and_the_order_does_not_depend_on_the_servers_order() -> None:
    members = [
        server("a", ("getUser", "z", "b"), resources=("n://1",)),
        server("b", ("get_user", "z", "b"), templates=("n://{x}",)),
    ]
    findings = found(*members)
    assert [one.severity for one in findings] == [Severity.ERROR] * 2 + [Severity.WARNING] * 2
    assert [one.subjects[0].key for one in findings[:2]] == ["b", "z"]
    assert found(*reversed(members)) == findings


def test_comparing_with_templates_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CHARACTERS", 20)
    findings = found(
        server("a", templates=("n://{x}", "n://{x}/{y}")),
        server("b", resources=tuple(f"n://{n}" for n in range(10))),
    )
    assert brief(findings) == [
        (
            "template-overlap-unfinished",
            "too many resources to compare each with the templates of other servers",
        )
    ]


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("getUser", "get_user", True),
        ("get-user", "get.user", True),
        ("run task", "run_task", True),
        ("ｇｅｔ", "get", True),
        ("straße", "STRASSE", True),
        ("get_user", "get_users", False),
        ("--", "__", False),
    ],
)
def test_canonical_names(one: str, other: str, equal: bool) -> None:
    assert (canonical_name(one) == canonical_name(other)) is equal


@needs_data
def test_the_real_host_has_nine_names_that_two_servers_offer() -> None:
    """Nine names, each offered by exactly two of the twelve servers."""
    findings = of_corpus("fixture_host")
    assert {one.rule.id for one in findings} == {"name-clash"}
    assert Counter(one.servers for one in findings) == {
        ("desktop-commander", "filesystem"): 8,
        ("neon_neon-database", "todoist-koji"): 1,
    }
    assert "delete_project" in {one.subjects[0].key for one in findings}


@needs_data
def test_the_large_corpus_has_the_names_that_were_counted() -> None:
    """2,140 names in two or more of 2,029 servers; counted independently in the same data."""
    counts = Counter(one.rule.id for one in of_corpus("toucan_smithery"))
    assert counts["name-clash"] == 2_140
    assert counts["name-clash-canonical"] == 537


def of_corpus(name: str) -> list[Finding]:
    items: dict[str, list[Item]] = defaultdict(list)
    with (SHARED / f"corpus/{name}.jsonl").open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            items[row["server"]].append(Item(Kind.TOOL, row["tool"]))
    return found(*((key, Catalogue(key, tools=tuple(some))) for key, some in items.items()))


@needs_data
def test_the_newest_official_servers_do_not_clash() -> None:
    names = (
        "@modelcontextprotocol+server-everything@2026.8.31",
        "@modelcontextprotocol+server-filesystem@2026.8.31",
        "@modelcontextprotocol+server-memory@2026.8.31",
        "mcp-server-git@2026.10.19",
        "mcp-server-sqlite@2025.4.25",
        "mcp-server-time@2026.10.19",
        "@playwright+mcp@0.0.83",
    )
    assert found(*((name, real(f"full/{name}")) for name in names)) == []


@needs_data
def test_two_versions_of_one_server_clash_in_every_spelling() -> None:
    old, new = "mcp-server-sqlite@0.5.0", "mcp-server-sqlite@2025.4.25"
    findings = found((old, real(f"full/{old}")), (new, real(f"full/{new}")))
    assert Counter(one.rule.id for one in findings) == {
        "name-clash-canonical": 6,
        "name-clash": 1,
        "uri-clash": 1,
    }
    assert ("list-tables", "list_tables") in {
        tuple(subject.key for subject in one.subjects) for one in findings
    }


NAMES = st.lists(st.text(alphabet="aA_-.{}/:?", max_size=6), max_size=5).map(tuple)


@given(st.lists(st.tuples(NAMES, NAMES, NAMES, NAMES), max_size=4))
def test_conflicts_never_fails_and_tells_nothing_twice(listed: list[tuple[Any, ...]]) -> None:
    findings = found(*(server(f"s{n}", *names) for n, names in enumerate(listed)))
    prints = [one.fingerprint for one in findings]
    assert len(set(prints)) == len(prints)
    assert all(len(one.servers) > 1 or "duplicate" in one.rule.id for one in findings)
