from __future__ import annotations

import json
import tracemalloc

from mcpx.reports.document import Listing
from mcpx.reports.json_text import data_of, line, render_json, render_ndjson
from tests.reports import samples


def test_members_are_sorted_and_text_is_ascii() -> None:
    text = render_json(Listing({"b": "ä", "a": 1}, []))
    assert text == '{\n  "a": 1,\n  "b": "\\u00e4"\n}\n'


def test_findings_are_counted_and_stand_beside_what_was_examined() -> None:
    data = data_of(samples.findings())
    assert (data["format"], data["version"]) == ("mcpx.conflicts", 1)
    assert data["summary"] == {"error": 1, "warning": 1, "info": 1}
    assert data["servers"] == ["notes", "tickets"]
    assert [one["rule"] for one in data["findings"]] == ["name-clash", "name-odd", "name-long"]


def test_each_finding_is_a_line_of_its_own() -> None:
    lines = [json.loads(one) for one in render_ndjson(samples.findings()).splitlines()]
    assert {one["format"] for one in lines} == {"mcpx.conflicts.finding"}
    assert [one["severity"] for one in lines] == ["error", "warning", "info"]


def test_a_listing_without_records_is_one_line() -> None:
    assert render_ndjson(Listing({"b": 1, "a": 2}, [])) == '{"a":2,"b":1}\n'
    assert render_ndjson(Listing({"b": 1}, [], [])) == ""


def test_a_line_has_no_line_ends_in_it() -> None:
    assert line({"text": "a\nb\u2028"}) == '{"text":"a\\nb\\u2028"}\n'


def test_no_ci_takes_a_part_of_it_for_a_command() -> None:
    value = {"##[error]": "a ##vso[task.x]b ###[error] # #"}
    for text in (render_json(Listing(value, [])), line(value)):
        assert "##" not in text
        assert json.loads(text) == value


def test_a_large_document_takes_little_more_than_its_text() -> None:
    document = Listing({"tools": [{"name": f"tool {number}"} for number in range(25_000)]}, [])
    tracemalloc.start()
    try:
        text = render_json(document)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert json.loads(text) == document.data
    assert most < 5 * len(text)
