from __future__ import annotations

import pytest

from mcpx.reports.replay_data import as_findings, data, records
from mcpx.reports.replayed import Replay
from tests.reports import samples
from tests.shipped.test_json_schemas import check


@pytest.mark.parametrize("document", [samples.replay(), samples.hostile_replay()])
def test_the_object_and_its_lines_fit_their_schemas(document: Replay) -> None:
    assert check(data(document)) == "replay"
    assert {check(one) for one in records(document)} == {"replay.interaction"}


def test_each_interaction_says_what_came_of_it() -> None:
    found = [(one["number"], one["outcome"], one["severity"]) for one in records(samples.replay())]
    assert found == [
        (3, "equal", None),
        (5, "equal", "info"),
        (7, "differs", "error"),
        (9, "not-sent", None),
        (11, "differs", "warning"),
    ]


def test_values_that_are_not_there_are_left_out_and_long_ones_cut() -> None:
    told = list(records(samples.replay()))[2]["divergences"]
    assert [sorted({"recorded", "live", "cut"} & one.keys()) for one in told] == [
        ["live", "recorded"],
        ["live", "recorded"],
        ["live"],
        ["cut", "recorded"],
        ["live", "recorded"],
    ]
    assert told[0]["recorded"] == 3
    assert told[3]["recorded"].startswith('{"text": "bbb')


def test_times_are_there_where_they_were_asked_for() -> None:
    times = [one.get("seconds") for one in records(samples.replay())]
    assert times == [
        {"recorded": 1.5, "live": 0.25},
        None,
        {"recorded": None, "live": 0.012},
        None,
        None,
    ]


def test_the_findings_are_those_of_all_interactions_that_fail_or_warn() -> None:
    found = as_findings(samples.replay())
    assert found.name == "replay"
    assert [one.rule.id for one in found.findings].count("replay-changed") == 3
    assert "replay-volatile" not in {one.rule.id for one in found.findings}
    assert found.examined["sessions"] == ["s.jsonl"]
