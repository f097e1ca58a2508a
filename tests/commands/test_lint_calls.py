"""``mcpx lint --call-safe``: which tools of which servers are called, and what is told of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.client.sites import Play, Site, answers, result_of, site
from tests.conftest import Run
from tests.schemas.here import check_here
from tests.shipped.test_json_schemas import check

OUTPUT = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


def tool(name: str, hints: Any = None, **members: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": {}}
    annotations = {"readOnlyHint": True} if hints is None else hints
    return {
        "name": name,
        "description": "Look at something.",
        "inputSchema": schema,
        "outputSchema": OUTPUT,
        "annotations": annotations,
        **members,
    }


QUERY = {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]}
TOOLS = [
    tool("good"),
    tool("liar"),
    tool("mute"),
    tool("sorry"),
    tool("delete_all"),
    tool("change", {}),
    tool("search", inputSchema=QUERY),
]
GIVEN = {
    "good": {"structuredContent": {"n": 1}},
    "liar": {"structuredContent": {"n": "seven"}},
    "mute": {},
    "sorry": {"isError": True, "content": [{"type": "text", "text": "not\u202e today"}]},
}


def gives(_site: Site, exchange: Any) -> None:
    name = exchange.request.message["params"]["name"]
    whole = {"content": [], "resultType": "complete", **GIVEN[name]}
    exchange.answer(result_of(exchange, whole))


PLAYS: dict[str, Play] = {
    "tools/list": answers({"tools": TOOLS, "resultType": "complete"}),
    "tools/call": gives,
}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    check_here(monkeypatch)


def called(served: Any) -> list[str]:
    return [one.message["params"]["name"] for one in served.requests if one.rpc == "tools/call"]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("era", ["legacy", "modern"])
def test_tools_that_only_read_are_called_and_their_answers_judged(run: Run, era: str) -> None:
    with site(PLAYS) as served:
        done = run("lint", served.url, "--call-safe", "--era", era, "--json")
        assert called(served) == ["good", "liar", "mute", "sorry"]
        # The connection that listed is the one that calls.
        assert [one.rpc for one in served.requests].count("tools/list") == 1
    assert done.status == 1
    assert check(done.json) == "lint"
    found = {
        one["rule"]: (one["severity"], one["subjects"][0]["key"], one["message"])
        for one in done.json["findings"]
        if one["rule"].startswith("output-")
    }
    assert {rule: words[:2] for rule, words in found.items()} == {
        "output-invalid": ("error", "liar"),
        "output-missing": ("warning", "mute"),
    }
    said = 'breaks its output schema: /structuredContent/n is "seven", not an integer'
    assert found["output-invalid"][2].endswith(said)
    first, second, _ = done.err.splitlines()[-3:]
    name = done.json["servers"][0]
    assert first.endswith("catalogue looked at")
    assert second == f"{name}: tool 'sorry' answers with an error: not\\u202e today"
    assert done.err.splitlines()[-1] == (
        f"{name}: 4 tools called, 3 skipped: does not say readOnlyHint (change); is called as if it"
        " did more than read (delete_all); requires what its schema has no example of"
        " (search: query)"
    )


def test_nothing_is_called_without_the_option(run: Run) -> None:
    with site(PLAYS) as served:
        done = run("lint", served.url)
        assert called(served) == []
    assert "called" not in done.err


@pytest.mark.usefixtures("quick")
def test_findings_about_answers_are_ignored_and_weighed_like_others(
    run: Run, project: Path
) -> None:
    (project / "mcpx.toml").write_text('[severities]\noutput-invalid = "info"\n')
    with site(PLAYS) as served:
        done = run("lint", served.url, "--call-safe", "--json")
    assert [
        one["severity"] for one in done.json["findings"] if one["rule"] == "output-invalid"
    ] == ["info"]


def test_a_server_that_does_everything_right(run: Run) -> None:
    done = run("lint", "--call-safe", "demo:gallery", "demo:notes", "--fail-on", "info")
    assert (done.status, done.out) == (0, "")
    told = done.err.splitlines()
    assert told[0] == "no findings; 2 catalogues looked at"
    assert told[1] == "gallery: 2 tools called"
    assert told[2].startswith("notes: 0 tools called, 3 skipped: does not say readOnlyHint (")
    assert told[2].endswith("requires what its schema has no example of (search: query)")


@pytest.mark.usefixtures("quick")
def test_a_call_that_fails_is_an_error_of_its_server(run: Run) -> None:
    plays = {**PLAYS, "tools/call": answers(7)}
    with site(plays) as served:
        done = run("lint", served.url, "--call-safe", "--exit-zero")
    assert done.status == 3
    assert "(in the call of 'good')" in done.err


def test_nothing_of_a_file_is_called(run: Run, catalogue_file: Callable[..., Path]) -> None:
    done = run("lint", catalogue_file("one", tools=TOOLS), "--call-safe", "-q")
    assert (done.status, done.err) == (0, "")
    done = run("lint", catalogue_file("one", tools=TOOLS), "--call-safe")
    assert done.err.endswith("nothing of a catalogue file is called\n")


def test_where_nothing_promises_an_output_nothing_is_called(run: Run) -> None:
    plays = {"tools/list": answers({"tools": [tool("look", outputSchema=None)]})}
    with site({**PLAYS, **plays}) as served:
        done = run("lint", served.url, "--call-safe", "--exit-zero")
        assert called(served) == []
    assert done.err.endswith(": no tool has an output schema, none was called\n")


def test_a_dry_run_says_that_there_would_be_calls(
    run: Run, catalogue_file: Callable[..., Path]
) -> None:
    done = run("lint", "demo:notes", "--call-safe", "--dry-run", "--json")
    assert (done.status, check(done.json)) == (0, "plan")
    assert done.json["request"]["method"] == "tools/call"
    assert done.json["request"]["tools"].startswith("each that says readOnlyHint")
    for words in (["demo:notes"], [catalogue_file("one"), "--call-safe"]):
        assert json.loads(run("lint", *words, "--dry-run", "--json").out)["request"] is None
