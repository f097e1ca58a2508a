from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.diff.annotation_changes import annotation_changes, effective
from mcpx.catalogue.model import Item, Kind
from tests.catalogue.data import needs_data, real


def item(annotations: Any, name: str = "save_note") -> Item:
    return Item(Kind.TOOL, {"name": name, "annotations": annotations})


SAFE = {"readOnlyHint": True, "destructiveHint": False, "idempotentHint": True}


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        pytest.param({}, SAFE, ["read-only-tightened"], id="what only reads says the rest twice"),
        pytest.param(SAFE, {}, ["read-only-withdrawn", "destructive-gained",
                                "idempotent-withdrawn"], id="all withdrawn"),
        pytest.param({"readOnlyHint": True}, {}, ["read-only-withdrawn"], id="one withdrawn"),
        pytest.param({"readOnlyHint": True}, {**SAFE}, ["restated-default"], id="says the rest"),
        pytest.param({"readOnlyHint": True}, {"readOnlyHint": True, "destructiveHint": True},
                     ["restated-default", "contradiction-gained"], id="reads and destroys"),
        pytest.param(None, {"openWorldHint": True}, ["restated-default"], id="a default stated"),
        pytest.param({}, {"openWorldHint": "no"}, ["unknown-key-changed"], id="no truth value"),
        pytest.param({"title": "A"}, {"title": "B"}, [], id="the title is the title's"),
        pytest.param(None, {}, ["restated-default"], id="an empty object"),
        pytest.param([], 5, ["unknown-key-changed"], id="no annotations at all"),
    ],
)  # fmt: skip
def test_claims_are_compared_by_what_they_mean(old: Any, new: Any, rules: list[str]) -> None:
    found = annotation_changes("a", item(old), item(new))
    assert [one.rule.id.removeprefix("annotation-") for one in found] == rules


def test_what_only_reads_destroys_nothing_whatever_it_says() -> None:
    tool = item({"readOnlyHint": True, "destructiveHint": True})
    assert not effective(tool, "destructiveHint")
    assert effective(item({}), "destructiveHint")


@needs_data
def test_the_flip_of_move_file_is_found_among_stated_hints() -> None:
    old, new = (
        {
            tool.key: tool
            for tool in real(f"full/@modelcontextprotocol+server-filesystem@{one}").tools
        }
        for one in ("2025.11.25", "2026.8.31")
    )
    found = [one for key in old for one in annotation_changes("a", old[key], new[key])]
    worst = [one for one in found if one.severity.value == "error"]
    assert [(one.subject.key, one.rule.id, one.before, one.after) for one in worst] == [
        ("move_file", "annotation-destructive-gained", False, True)
    ]
