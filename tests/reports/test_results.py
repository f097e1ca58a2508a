from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given

from mcpx.catalogue.model import Problem
from mcpx.reports import results
from mcpx.reports.document import Listing
from mcpx.reports.formats import Format, render
from mcpx.reports.results import (
    Exchange,
    call_result,
    completion_result,
    more_values,
    output_problems,
    prompt_result,
    read_result,
    remarks,
)
from mcpx.reports.table import render_tab_separated
from mcpx.schemas.validation import Outcome, Verdict, Violation
from mcpx.servers import Era
from mcpx.shipped import json_schemas
from mcpx.terminal import Terminal
from tests.reports.samples import HOSTILE
from tests.schemas.junk import JSON

DATA = base64.b64encode(b"x" * 1234).decode()
EXCHANGE = Exchange("gallery", Era.MODERN, "2026-07-28")
TOLD = Exchange(
    "gallery",
    Era.LEGACY,
    "2025-11-25",
    attempts=2,
    asked=[("elicitation/create", "decline")],
    saved={1: "out/red.png", 4: "out/blob.bin"},
    problems=[Problem("output-invalid", "the output does not fit", path="/structuredContent")],
)


def text(value: str) -> dict[str, Any]:
    return {"type": "text", "text": value}


def resource(**members: Any) -> dict[str, Any]:
    return {"type": "resource", "resource": members}


CALL = {
    "content": [
        text("Study in red:\n\n\tindented\n"),
        {"type": "image", "data": DATA, "mimeType": "image/png"},
        {"type": "audio", "data": DATA, "mimeType": "audio/wav"},
        resource(uri="gallery://captions/red.md", mimeType="text/markdown", text="**Red**\n"),
        resource(uri="gallery://red.png", mimeType="image/png", blob=DATA),
        {
            "type": "resource_link",
            "uri": "gallery://red.png",
            "name": "red.png",
            "title": "Study in red",
            "description": "A picture.\nIn red.",
            "mimeType": "image/png",
            "size": 90_000_000,
        },
    ],
    "structuredContent": {"title": "Study in red", "rgb": [200, 30, 30]},
}
ODD = {
    "content": [
        {"type": "video", "frames": [1]},
        {"type": "image", "data": "%%"},
        {"type": "text", "text": 5},
        3,
        resource(uri="x"),
        resource(text="no URI"),
        resource(uri="x://y", blob=None),
        {"type": "resource_link", "uri": "x://y", "name": 3, "size": -1, "title": ""},
    ],
    "isError": True,
}
NASTY = {
    "content": [
        text(HOSTILE),
        {"type": HOSTILE},
        {"type": "image", "data": DATA, "mimeType": HOSTILE},
        {"type": "resource_link", "uri": HOSTILE, "name": HOSTILE, "description": HOSTILE},
        resource(uri=HOSTILE, mimeType=HOSTILE, text=HOSTILE),
    ],
    "structuredContent": {HOSTILE: HOSTILE},
}
PROMPT = {
    "description": "Compare two.",
    "messages": [
        {"role": "user", "content": text("Which?")},
        {"role": "user", "content": {"type": "image", "data": DATA, "mimeType": "image/png"}},
        {"role": "assistant", "content": [text("This."), text("Or that.")]},
        {"role": HOSTILE, "content": text(HOSTILE)},
        "odd",
    ],
}
READ = {
    "contents": [
        {"uri": "gallery://guide", "mimeType": "text/markdown", "text": "- one\n- two\n"},
        {"uri": "gallery://cover.png", "mimeType": "image/png", "blob": DATA},
    ]
}
COMPLETE = {"completion": {"values": ["red", "green\nblue", 3], "total": 120, "hasMore": True}}

DOCUMENTS = {
    "call": call_result("exhibit", CALL, EXCHANGE),
    "call-told": call_result("exhibit", CALL, TOLD),
    "call-odd": call_result("odd", ODD, EXCHANGE),
    "call-nasty": call_result(HOSTILE, NASTY, EXCHANGE),
    "call-nothing": call_result("nothing", {"content": []}, EXCHANGE),
    "read": read_result("gallery://guide", READ, EXCHANGE),
    "prompt": prompt_result("compare", PROMPT, EXCHANGE),
    "complete": completion_result("compare", "first", COMPLETE, EXCHANGE),
}
RESULTS = [pytest.param(name, document, id=name) for name, document in DOCUMENTS.items()]


@pytest.mark.parametrize(("name", "document"), RESULTS)
@pytest.mark.parametrize("form", ["people", "table", "json", "markdown"])
def test_each_result_is_rendered_as_before(
    form: str,
    name: str,
    document: Listing,
    people: Terminal,
    pipe: Terminal,
    golden: Callable[[str, str, str], None],
) -> None:
    terminal = people if form == "people" else pipe
    shown = render(document, Format("table" if form == "people" else form), terminal)
    golden(form, f"result-{name}.txt", shown)


def check(document: Listing) -> None:
    """The data fits the schema that it names, also after having been written and read."""
    data = json.loads(json.dumps(document.data))
    schema = json.loads(json_schemas.text(data["format"].removeprefix("mcpx.")))
    jsonschema_rs.validator_for(schema).validate(data)


@pytest.mark.parametrize(("name", "document"), RESULTS)
def test_each_result_fits_its_schema(name: str, document: Listing) -> None:
    check(document)
    assert document.data["format"] == f"mcpx.{name.partition('-')[0]}"


def test_the_result_is_there_as_it_came() -> None:
    data = call_result("odd", ODD, TOLD).data
    assert data["result"] is ODD
    assert data["is_error"] is True
    assert (data["server"], data["era"], data["revision"]) == ("gallery", "legacy", "2025-11-25")
    assert (data["tool"], data["attempts"]) == ("odd", 2)
    assert data["asked"] == [{"method": "elicitation/create", "answer": "decline"}]
    assert data["saved"][0] == {"path": "/content/1", "file": "out/red.png"}


def test_problems_are_told_with_their_place() -> None:
    document = call_result("odd", {"content": [3]}, TOLD)
    assert [one["rule"] for one in document.data["problems"]] == [
        "block-malformed",
        "output-invalid",
    ]
    assert list(remarks(document)) == [
        "the block is not an object (/content/0)",
        "the output does not fit (/structuredContent)",
    ]


@pytest.mark.parametrize(
    "result",
    [
        pytest.param(None, id="null"),
        pytest.param([], id="array"),
        pytest.param("x", id="text"),
    ],
)
def test_a_result_that_is_no_object_is_a_problem(result: Any) -> None:
    for document in (
        call_result("t", result, EXCHANGE),
        read_result("u", result, EXCHANGE),
        prompt_result("p", result, EXCHANGE),
        completion_result("p", "a", result, EXCHANGE),
    ):
        check(document)
        assert "the result is not an object" in list(remarks(document))


def shown(content: list[str], structured: Any) -> str:
    result = {"content": [text(one) for one in content], "structuredContent": structured}
    return render_tab_separated(call_result("t", result, EXCHANGE))


@pytest.mark.parametrize(
    ("content", "structured"),
    [
        pytest.param(['{"b": 1, "a": [2]}'], {"a": [2], "b": 1}, id="same object"),
        pytest.param(["x", '{"a": 1}'], {"a": 1}, id="beside another text"),
        pytest.param(["5"], {"result": 5}, id="wrapped number"),
        pytest.param(["five"], {"result": "five"}, id="wrapped text"),
        pytest.param(["one", "two"], {"result": ["one", "two"]}, id="wrapped texts"),
        pytest.param(['{"a": 1}', '{"a": 2}'], {"result": [{"a": 1}, {"a": 2}]}, id="objects"),
        pytest.param(["[1]"], [1], id="array"),
    ],
)
def test_what_a_text_says_already_is_not_shown_twice(content: list[str], structured: Any) -> None:
    assert shown(content, structured) == "".join(f"{one}\n" for one in content)


@pytest.mark.parametrize(
    ("content", "structured", "expected"),
    [
        pytest.param(["x"], {"a": 1}, 'x\n{\n  "a": 1\n}\n', id="other"),
        pytest.param([], {"result": 5}, '{\n  "result": 5\n}\n', id="alone"),
        pytest.param(["{"], None, "{\nnull\n", id="null"),
        pytest.param(["[" * 5000], {}, "[" * 5000 + "\n{}\n", id="deep"),
    ],
)
def test_structured_content_is_shown_else(
    content: list[str], structured: Any, expected: str
) -> None:
    assert shown(content, structured) == expected


def test_content_too_deep_to_compare_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def deep() -> list[Any]:
        value: list[Any] = []
        for _ in range(2_000):
            value = [value]
        return value

    monkeypatch.setattr(results, "_parsed", lambda _text: deep())
    assert shown(["x"], deep()).count("[") == 2_001


def test_a_single_text_of_a_resource_is_shown_as_it_is() -> None:
    result = {"contents": [{"uri": "a://b", "text": "one\ntwo\n"}]}
    assert render_tab_separated(read_result("a://b", result, EXCHANGE)) == "one\ntwo\n"


@pytest.mark.parametrize(
    ("size", "words"),
    [
        pytest.param(0, "0 B", id="empty"),
        pytest.param(999, "999 B", id="bytes"),
        pytest.param(1_000, "1.0 kB", id="kilobyte"),
        pytest.param(123_456, "123 kB", id="kilobytes"),
        pytest.param(999_999, "1.0 MB", id="nearly a megabyte"),
        pytest.param(5 * 10**12, "5000 GB", id="many"),
    ],
)
def test_sizes_are_for_people(size: int, words: str) -> None:
    link = {"type": "resource_link", "uri": "a://b", "size": size}
    document = call_result("t", {"content": [link]}, EXCHANGE)
    assert render_tab_separated(document) == f"[link a://b {words}]\n"


@pytest.mark.parametrize(
    ("completion", "said"),
    [
        pytest.param({"values": ["a"]}, "", id="all"),
        pytest.param({"values": ["a"], "total": 1, "hasMore": False}, "", id="all said"),
        pytest.param({"values": ["a"], "total": 9}, "1 of 9 values", id="total"),
        pytest.param({"values": ["a"], "hasMore": True}, "the first 1 value", id="more"),
        pytest.param({"values": ["a"], "total": "9"}, "", id="odd total"),
    ],
)
def test_more_values_are_hinted_at(completion: Any, said: str) -> None:
    document = completion_result("p", "a", {"completion": completion}, EXCHANGE)
    check(document)
    assert more_values(document).partition(";")[0] == said


def test_values_that_are_none_are_a_problem() -> None:
    document = completion_result("p", "a", {"completion": {"values": "x"}}, EXCHANGE)
    assert document.data["values"] == []
    assert list(remarks(document)) == ["the result has no values (/completion)"]


def test_a_verdict_about_the_output_becomes_problems() -> None:
    violations = (
        Violation("/a/0", "a[0]", "a", "type", "is 1, not text"),
        Violation("", "", "", "not", "is ruled out"),
    )
    found = output_problems(Verdict(Outcome.INVALID, violations))
    assert [(one.rule, one.message, one.path) for one in found] == [
        (
            "output-invalid",
            "the output does not fit its schema: a[0] is 1, not text",
            "/structuredContent/a/0",
        ),
        (
            "output-invalid",
            "the output does not fit its schema: it is ruled out",
            "/structuredContent",
        ),
    ]
    (unchecked,) = output_problems(Verdict(Outcome.UNCHECKED, reason="that took longer than 2 s"))
    assert unchecked.rule == "output-unchecked"
    assert unchecked.message == "the output was not checked: that took longer than 2 s"
    (missing,) = output_problems(None)
    assert missing.rule == "output-missing"
    assert output_problems(Verdict(Outcome.VALID)) == ()


@given(JSON)
def test_junk_never_fails(value: Any) -> None:
    parts = {"content": value, "contents": value, "messages": value, "structuredContent": value}
    for result in (value, parts, {"content": [value], "completion": value, "description": value}):
        for make in (call_result, read_result, prompt_result):
            assert render_tab_separated(make("x", result, EXCHANGE)).endswith("\n")
        completion_result("x", "y", result, EXCHANGE)
