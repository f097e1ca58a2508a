from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable

import pytest

from mcpx.reports.session_records import Records, record
from mcpx.sessions.items import Item
from mcpx.sessions.reading import read_session
from mcpx.sessions.round_trips import timeline
from tests.conftest import ROOT
from tests.sessions.tapes import HEADER, call, done, tape
from tests.shipped.test_json_schemas import check

SAMPLE = ROOT / "tests" / "data" / "session-notes.jsonl"


def items() -> list[Item]:
    return list(timeline(read_session(str(SAMPLE))))


def written(found: list[Item], lines: bool) -> str:
    records = Records(lines)
    for item in found:
        records.add(item)
    text = "".join(records.pieces(HEADER, True, ["line 3: 'x' of 'msg' is not known"]))
    records.close()
    return text


@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_a_session_is_written_as_before(form: str, golden: Callable[[str, str, str], None]) -> None:
    golden(form, "session.txt", written(items(), form == "ndjson"))


def test_what_is_written_fits_the_schema() -> None:
    whole = written(items(), False)
    assert check(json.loads(whole)) == "session.show"
    assert whole == json.dumps(json.loads(whole), indent=2, sort_keys=True) + "\n"
    lines = [json.loads(one) for one in written(items(), True).splitlines()]
    assert {check(one) for one in lines} == {"session.show.item"}
    assert [record(item) for item in sorted(items(), key=lambda one: one.number)] == lines


def test_a_session_without_items_is_one_too() -> None:
    whole = written([], False)
    assert json.loads(whole)["items"] == []
    assert whole == json.dumps(json.loads(whole), indent=2, sort_keys=True) + "\n"
    assert written([], True) == ""


def test_items_stand_in_the_order_in_which_they_began() -> None:
    found = list(timeline(tape(call(1), call(2), done(2), done(1))))
    whole = json.loads(written(found, False))
    assert [one["number"] for one in whole["items"][:2]] == [1, 2]


@pytest.mark.parametrize("lines", [False, True], ids=["json", "ndjson"])
def test_a_long_session_takes_little_memory(lines: bool) -> None:
    item, *_ = timeline(tape(call(1), done(1, {"text": "x" * 100_000})))
    records = Records(lines)
    tracemalloc.start()
    try:
        for _ in range(50):
            records.add(item)
        length = sum(map(len, records.pieces(HEADER, True)))
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        records.close()
    assert length > 5_000_000
    assert most < 2_000_000
