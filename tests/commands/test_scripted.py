"""``mcpx record TARGET --script``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands.wires import STDIO
from tests.conftest import GOOD_SERVER, Run
from tests.shipped.test_json_schemas import check

SERVER = ["--", *GOOD_SERVER]


@pytest.fixture
def calls(project: Path) -> Any:
    def write(*lines: str) -> str:
        (project / "calls.jsonl").write_text("".join(f"{line}\n" for line in lines))
        return "calls.jsonl"

    return write


def methods(path: Path) -> list[str]:
    found = [json.loads(line) for line in path.read_text().splitlines()]
    return [one["m"].get("method", "") for one in found if one["k"] == "msg" and one["d"] == "c2s"]


def test_a_script_is_performed_and_recorded(run: Run, project: Path, calls: Any) -> None:
    script = calls('{"tool":"add","args":{"a":1,"b":2}}', '{"read":"memo://one"}')
    done = run("record", "-o", "s.jsonl", "--era", "modern", "--script", script, *SERVER)
    assert (done.status, done.out) == (0, "")
    assert [line.rpartition(" after ")[0] for line in done.err.splitlines()] == [
        "1: tools/call add: answered",
        "2: resources/read memo://one: answered",
    ]
    asked = ["server/discover", "tools/list", "tools/call", "resources/read"]
    assert methods(project / "s.jsonl") == asked


def test_what_came_of_it_as_lines(run: Run, calls: Any) -> None:
    script = calls(
        '{"together":[{"tool":"add","args":{"a":1,"b":2}},{"wait":0}]}',
        '{"tool":"fail"}',
        '{"method":"no/such"}',
        '{"method":"notifications/roots/list_changed"}',
    )
    done = run("record", "-o", "s.jsonl", "-f", "ndjson", "--script", script, *SERVER)
    assert done.status == 3
    assert {check(line) for line in done.lines} == {"record.step"}
    assert [(one["place"], one["outcome"]) for one in done.lines] == [
        ("1.1", "answered"),
        ("2", "tool_error"),
        ("3", "failed"),
        ("4", "sent"),
    ]
    first, second, third, _ = done.lines
    assert first["result"]["structuredContent"] == {"sum": 3}
    assert second["name"] == "fail"
    assert third["error"]["class"] == "protocol" or third["error"]["message"]


@pytest.mark.parametrize(
    ("line", "status"),
    [
        pytest.param('{"tool":"add","args":{"a":1,"b":2}}', 0, id="fine"),
        pytest.param('{"tool":"fail"}', 1, id="an error of the tool"),
        pytest.param('{"method":"no/such"}', 3, id="an error answer"),
    ],
)
def test_the_status_is_that_of_the_worst(run: Run, calls: Any, line: str, status: int) -> None:
    script = calls(line, '{"list":"tools"}')
    assert run("record", "-o", "s.jsonl", "--script", script, *SERVER).status == status


def test_a_script_comes_from_standard_input(run: Run, project: Path) -> None:
    done = run("record", "-o", "s.jsonl", "--script", "-", *SERVER, stdin='{"list":"tools"}\n')
    assert done.status == 0
    assert "tools/list" in methods(project / "s.jsonl")


def test_a_bad_line_starts_nothing(run: Run, project: Path, calls: Any) -> None:
    script = calls('{"list":"tools"}', '{"tol":"add"}')
    done = run("record", "-o", "s.jsonl", "--script", script, "--", "no-such-program-x")
    assert done.status == 2
    assert "calls.jsonl:2: 'tol' has no meaning; did you mean 'tool'?" in done.err
    assert list(project.glob("s.jsonl*")) == []


def test_questions_are_answered_as_for_a_call(run: Run, project: Path, calls: Any) -> None:
    script = calls('{"tool":"ask_person"}')
    words = ["--elicit", "defaults", "--era", "modern", "--", *STDIO]
    done = run("record", "-o", "s.jsonl", "--script", script, *words)
    assert done.status == 0
    text = (project / "s.jsonl").read_text()
    assert '"inputResponses":{"answer":{"action":"accept"' in text


def test_a_dry_run_shows_the_steps(run: Run, project: Path, calls: Any) -> None:
    script = calls('{"tool":"add"}', '{"wait":2}')
    done = run("record", "-o", "s.jsonl", "--dry-run", "--script", script, *SERVER)
    assert done.status == 0
    steps = [row[2] for row in done.rows if row[:2] == ["request", "steps"]]
    assert steps == ["tools/call add", "wait 2 s"]
    assert list(project.glob("s.jsonl*")) == []


def test_one_server_is_recorded(run: Run, calls: Any) -> None:
    script = calls('{"list":"tools"}')
    done = run("record", "-o", "s.jsonl", "--script", script, "demo:tickets", "demo:notes")
    assert done.status == 2
    assert "record takes one server, not 'demo:notes' too" in done.err


def test_the_rest_is_not_done_when_the_server_goes(run: Run, calls: Any) -> None:
    script = calls('{"tool":"echo"}', '{"list":"tools"}', '{"list":"prompts"}')
    bad = Path(__file__).parents[1] / "servers" / "bad_stdio.py"
    words = ["half-line-and-die", "--on", "tools/call"]
    done = run(
        "record", "-o", "s.jsonl", "--script", script, "--", GOOD_SERVER[0], str(bad), *words
    )
    assert done.status == 3
    assert done.err.splitlines()[-1] == "bad_stdio: the rest of the script was not done"


def test_a_method_is_told_with_what_it_is_about(run: Run, calls: Any) -> None:
    script = calls(
        '{"method":"tools/call","params":{"name":"no such tool"}}',
        '{"method":"resources/read","params":{"uri":"memo://one"}}',
        '{"method":"ping","params":{"name":7}}',
    )
    words = ["record", "-o", "s.jsonl", "--era", "legacy", "--script", script]
    lines = run(*words, "-f", "ndjson", *SERVER).lines
    assert [one["name"] for one in lines] == ["no such tool", "memo://one", None]
    said = run(*words, *SERVER).err.splitlines()
    assert said[0].startswith("1: tools/call no such tool: ")
    assert said[2].startswith("3: ping: ")
