from __future__ import annotations

import pytest

from mcpx.analyses.diff.changes import Change
from mcpx.analyses.diff.rules import CHANGES
from mcpx.analyses.finding import Subject
from mcpx.reports.changelog import render_notes, summary
from mcpx.reports.document import Changelog, Compared, Release, Side
from mcpx.reports.formats import Format, render
from mcpx.terminal import Terminal

(GONE,) = [rule for rule in CHANGES if rule.id == "tool-removed"]
BREAKS = Change(GONE, Subject("tool", "a", "p"), "tool 'a' is gone")


def release(version: str, *changes: Change, date: str = "") -> Release:
    return Release(version, date, "0", Compared("p", Side("o"), Side("n"), changes))


def document(*releases: Release) -> Changelog:
    return Changelog("@s/p", "npm:@s/p", "0", releases)


@pytest.mark.parametrize(
    ("releases", "expected"),
    [
        pytest.param(
            [release("2", BREAKS, date="2026-01-02"), release("1")],
            "## 2 (2026-01-02)\n\n### Breaking\n\n- Tool `a` is gone `tool-removed`\n"
            "\n## 1: no changes\n",
            id="changes",
        ),
        pytest.param(
            [release(version) for version in "4321"],
            "## 1 to 4 (4 versions): no changes\n",
            id="a-long-time-without",
        ),
        pytest.param(
            [Release("3", reason="it left"), Release("2", reason="it left"), Release("1")],
            "## 3, 2: could not be started\n\nIt left.\n\n## 1: nothing to compare with\n",
            id="not-started",
        ),
        pytest.param([release("1<b>")], "## 1\\<b\\>: no changes\n", id="hostile"),
    ],
)
def test_versions_are_told_newest_first(releases: list[Release], expected: str) -> None:
    assert render_notes(document(*releases)) == f"# `@s/p`\n\n{expected}"


def test_a_line_says_what_came_of_it() -> None:
    told = document(release("3", BREAKS), release("2"), Release("1", reason="it left"))
    expected = "2 versions compared since 0, 1 of them breaking, 1 could not be started"
    assert summary(told) == expected


def test_the_table_is_for_other_documents(pipe: Terminal) -> None:
    with pytest.raises(TypeError, match="notes are Markdown"):
        render(document(), Format.TABLE, pipe)
