from __future__ import annotations

import pytest

from mcpx.analyses.builtins import BUILT_IN, builtin_findings
from mcpx.analyses.host_models import HOST_MODELS
from tests.analyses.offering import server


@pytest.mark.parametrize(
    ("tool", "effects"),
    [
        ("read_file", {"zed": "shadows"}),
        ("thinking", {"zed": "shadows", "amazon-q": "shadows"}),
        ("mcp-find", {"docker-gateway": "host-refused"}),
        ("read_files", {}),
    ],
)
def test_a_tool_with_the_name_of_a_hosts_own(tool: str, effects: dict[str, str]) -> None:
    found = list(builtin_findings([server("a", (tool, "x"))], list(HOST_MODELS.values())))
    assert {one.host: one.effect.value for each in found for one in each.outcomes} == effects
    if found:
        assert found[0].message == (
            f"tool '{tool}' of a has the name of a tool that the host has itself"
        )


def test_a_name_that_the_host_makes_another_shadows_nothing() -> None:
    two = [server("a", ("read_file",)), server("b", ("read_file",))]
    assert list(builtin_findings(two, [HOST_MODELS["zed"]])) == []


def test_only_known_hosts_have_tools_of_their_own() -> None:
    assert set(BUILT_IN) <= set(HOST_MODELS)
