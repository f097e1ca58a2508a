from __future__ import annotations

import pytest

from mcpx.analyses.budget import LIMITS, MOST_TOKENS, budget_findings
from mcpx.sources.hosts import host_table
from tests.analyses.offering import described, server


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (80, {}),
        (81, {"cursor": "hidden"}),
        (129, {"cursor": "hidden", "vscode": "request-refused"}),
    ],
)
def test_more_tools_than_a_host_takes(count: int, expected: dict[str, str]) -> None:
    members = [server("a", tuple(f"t{n}" for n in range(count - 1))), server("b", ("x",))]
    found = list(budget_findings(members, ("claude-code", "cursor", "vscode")))
    effects = {one.host: one.effect.value for finding in found for one in finding.outcomes}
    assert effects == expected
    if found:
        assert found[0].message.startswith(f"{count} tools together are more than a host takes")


def test_more_tokens_than_a_tenth_of_a_context() -> None:
    members = [described("a", {"x": "word " * 20_000}), described("b", {"y": "short"})]
    (finding,) = budget_findings(members, ["zed"])
    assert finding.hosts == ("zed",)
    assert finding.rule.id == "budget-tokens"
    assert finding.message == (
        "the tools cost about 25,017 tokens of every request, 25,008 of them a"
    )
    assert MOST_TOKENS == 20_000
    assert list(budget_findings(members[1:], [])) == []


def test_limits_are_of_hosts_that_there_are() -> None:
    known = {one.id for one in host_table().hosts} | {"openai-agents", "openai-agents-prefixed"}
    assert set(LIMITS) <= known


def test_it_is_the_same_finding_whichever_servers_bring_the_tools() -> None:
    many = tuple(f"t{n}" for n in range(90))
    (one,) = budget_findings([server("a", many)], ["cursor"])
    (other,) = budget_findings([server("a", many), server("b", many)], ["cursor"])
    assert one.fingerprint == other.fingerprint
