from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mcpx.reports.replay_junit import render
from mcpx.reports.replayed import Played, Replay
from tests.reports import samples


def cases(
    document: Replay,
) -> list[tuple[str | None, str | None, str | None, str | None, list[str]]]:
    [suite] = ElementTree.fromstring(render(document, Path("/shop")).encode())
    return [
        (
            case.get("classname"),
            case.get("name"),
            case.get("time"),
            next((f"{child.tag} {child.get('type')}" for child in case), None),
            (case[0].text or "").split("\n") if len(case) else [],
        )
        for case in suite
    ]


@pytest.mark.parametrize(
    ("name", "document"),
    [("replay", samples.replay()), ("hostile-replay", samples.hostile_replay())],
)
def test_a_report_is_as_before(
    name: str, document: Replay, golden: Callable[[str, str, str], None]
) -> None:
    golden("junit", f"{name}.txt", render(document))


def test_a_case_for_each_interaction() -> None:
    found = cases(samples.replay())
    assert [one[:4] for one in found] == [
        ("mcpx.replay.ignored", "replay-order", "0", "skipped ignored"),
        ("mcpx.replay.tools.list", "tools/list", "0.250", None),
        ("mcpx.replay.tools.call", "tools/call find query=login", "0", None),
        ("mcpx.replay.tools.call", "tools/call find query=login #2", "0.012", "failure error"),
        ("mcpx.replay.tools.call", "tools/call drop", "0", "skipped not sent"),
        ("mcpx.replay.connection", "connection 1", "0", "failure warning"),
    ]
    [suite] = ElementTree.fromstring(render(samples.replay()).encode())
    assert suite.get("time") == "0.262"
    text = found[3][4]
    assert text[0] == "changed /structuredContent/count is another number: 3 → 5"
    assert text[2].startswith("added /structuredContent/more is new: {")
    assert len(text) == 5  # without what is volatile
    assert text[-1].endswith("s.jsonl:8")
    assert found[5][4][0] == "added ended with 1, not 0"


def test_a_handshake_is_a_case_where_it_differs() -> None:
    opening = Played(number=2, connection=1, method="initialize")
    differs = replace(opening, diverged=[samples.diverged(samples.ADDED, "is new", "/a")])
    assert [cases(samples.replayed(one)) != [] for one in (opening, differs)] == [False, True]
