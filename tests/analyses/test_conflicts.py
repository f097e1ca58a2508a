from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.analyses.conflicts import Group, conflicts
from mcpx.analyses.finding import Finding, Location, Severity
from mcpx.analyses.host_models import HOST_MODELS
from tests.analyses.offering import Member, corpus, described, server
from tests.catalogue.data import needs_data, real


def found(
    *members: Member, judged_by: tuple[str, ...] = (), possible: bool = False
) -> list[Finding]:
    return list(conflicts([Group((), members, judged_by)], possible))


def rules(findings: list[Finding]) -> dict[str, int]:
    return dict(Counter(one.rule.id for one in findings))


SEARCHES = [described("a", {"search": "1", "x": "1"}), described("b", {"search": "2", "y": "1"})]


def test_a_clash_is_told_with_what_is_safe_and_where_it_is_written() -> None:
    places = {"b": Location("b.json", 7)}
    (finding,) = conflicts([Group((), SEARCHES, ("langchain",), places)])
    assert finding.rule.id == "name-clash"
    assert finding.hint == "safe in every host: a_search and b_search"
    assert finding.location == Location("b.json", 7)


def test_a_clash_is_told_once_with_the_outcomes_of_all_groups() -> None:
    a, b = SEARCHES
    c = described("c", {"search": "3"})
    groups = [
        Group(("zed", "cursor"), [a, b], ("zed", "cursor")),
        Group(("kiro",), [b, a], ("kiro",)),
        Group(("goose",), [a, c], ("goose",)),
    ]
    clashes = [one for one in conflicts(groups) if one.rule.id == "name-clash"]
    assert [
        (one.servers, {outcome.host: outcome.effect.value for outcome in one.outcomes})
        for one in clashes
    ] == [
        (("a", "b"), {"zed": "renamed", "cursor": "kept-apart", "kiro": "unknown"}),
        (("a", "c"), {"goose": "kept-apart"}),
    ]
    assert [one.hosts for one in clashes] == [("zed",), ()]


def test_what_does_not_depend_on_names_has_the_hosts_that_have_the_servers() -> None:
    members = [server("a", resources=("n://x",)), server("b", resources=("n://x",))]
    (finding,) = conflicts([Group(("zed",), members, ("zed",)), Group(("kiro",), members)])
    assert (finding.rule.id, finding.hosts) == ("uri-clash", ("kiro", "zed"))


def test_many_servers_are_counted_not_named() -> None:
    (finding,) = found(*(described(f"s{n}", {"x": str(n)}) for n in range(9)))
    assert finding.message.startswith("tool 'x' is offered by s0, s1, s2, s3, s4, s5 and 3 more,")
    assert len(finding.subjects) == 9


def test_worst_come_first_and_the_order_does_not_depend_on_the_servers_order() -> None:
    members = [
        described("a", {"getUser": "1", "z": "1", "b": "1"}),
        described("b", {"get_user": "2", "z": "2", "b": "2"}),
    ]
    findings = found(*members)
    assert [one.severity for one in findings] == [Severity.ERROR] * 2 + [Severity.WARNING]
    assert [one.subjects[0].key for one in findings[:2]] == ["b", "z"]
    assert found(*reversed(members)) == findings


def test_what_a_host_makes_equal_is_not_told_again_as_nearly_so() -> None:
    members = [server("a", ("get.user",)), server("a_", ("get_user",))]
    merged = found(server("x", ("run task", "run_task")), judged_by=("claude-code",))
    assert rules(merged) == {"name-clash-mangled": 1}
    assert "name-clash-canonical" in rules(found(*members, judged_by=("cline",)))


@needs_data
def test_the_large_corpus_has_the_names_that_were_counted() -> None:
    """2,140 names in two or more of 2,029 servers; counted independently in the same data.

    205 of them are only in servers that offer the very same tools.
    """
    counts = rules(found(*corpus("toucan_smithery"), judged_by=tuple(HOST_MODELS)))
    assert counts["name-clash"] == 2_140 - 205
    assert counts["server-clone"] == 52
    assert counts["name-clash-canonical"] == 537


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
    members = [(name, real(f"full/{name}")) for name in names]
    assert [one.message for one in found(*members) if one.severity is Severity.ERROR] == []


@needs_data
def test_two_versions_of_one_server_clash_in_every_spelling() -> None:
    old, new = "mcp-server-sqlite@0.5.0", "mcp-server-sqlite@2025.4.25"
    findings = found((old, real(f"full/{old}")), (new, real(f"full/{new}")))
    counts = rules(findings)
    assert counts["name-clash-canonical"] == 6
    assert counts["prompt-clash"] == 1
    assert counts["uri-clash"] == 1
    assert ("list-tables", "list_tables") in {
        tuple(subject.key for subject in one.subjects) for one in findings
    }


NAMES = st.lists(st.text(alphabet="aA_-.{}/:?", max_size=6), max_size=5).map(tuple)


@pytest.mark.parametrize("possible", [False, True])
@given(listed=st.lists(st.tuples(NAMES, NAMES, NAMES, NAMES), max_size=4))
def test_conflicts_never_fails_and_tells_nothing_twice(
    possible: bool, listed: list[tuple[Any, ...]]
) -> None:
    members = [server(f"s{n}", *names) for n, names in enumerate(listed)]
    findings = found(*members, judged_by=(*HOST_MODELS, "kiro"), possible=possible)
    prints = [one.fingerprint for one in findings]
    assert len(set(prints)) == len(prints)


def test_other_servers_under_the_same_keys_are_said_to_be_others() -> None:
    same = [server(key, prompts=("p",)) for key in "ab"]
    different = [server("a", prompts=("p",)), server("b", prompts=("p",))]
    different[1][1].prompts[0].raw["title"] = "other"  # type: ignore[index]
    found = list(conflicts([Group(("zed",), same), Group(("kiro",), different)]))
    assert [one.message for one in found if one.rule.id == "prompt-clash"] == [
        "prompt 'p' is offered by a and b, with the same definition; in kiro: prompt 'p' is offered"
        " by a and b, with different definitions"
    ]


def test_an_error_is_not_lost_for_a_lesser_finding_of_the_same_tool() -> None:
    members = [server("a", ("x.y", "x.y")), server("GitHub"), server("github")]
    assert rules(found(*members, judged_by=("claude-desktop",)))["name-duplicate"] == 1
    assert rules(found(*members, judged_by=("goose",)))["server-key-clash"] == 1
