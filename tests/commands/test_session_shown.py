from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from mcpx.sessions import following
from tests.conftest import ROOT, Run
from tests.shipped.test_json_schemas import check

SAMPLE = ROOT / "tests" / "data" / "session-notes.jsonl"
SUMMARY = (
    "8 requests (1 with isError, 1 with an error, 1 unanswered); legacy era, 2025-11-25; 6.25 s"
)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "PAUSE", 0.005)


def test_a_session_is_a_row_for_each_request(run: Run) -> None:
    done = run("session", "show", SAMPLE)
    assert done.status == 0
    assert done.rows[5] == [
        "9",
        "1.200",
        "1",
        "→ tools/call login",
        "token=‹env:NOTES_TOKEN›",
        "ok",
        "45 ms",
        "114 B",
    ]
    assert done.err == f"{SUMMARY}\n"


def test_a_session_comes_through_a_pipe(run: Run) -> None:
    done = run("session", "show", "-", stdin=SAMPLE.read_bytes())
    assert (done.status, done.rows) == (0, run("session", "show", SAMPLE).rows)


@pytest.mark.parametrize(
    ("words", "numbers", "said"),
    [
        pytest.param(
            ["--errors"],
            ["18", "19", "21", "23", "25"],
            "3 of 8 requests (1 with isError, 1 with an error, 1 unanswered)",
            id="errors",
        ),
        pytest.param(["--method", "tools/list"], ["7"], "1 of 8 requests", id="method"),
        pytest.param(
            ["--method", "sampling/*"], ["11", "13", "15"], "2 of 8 requests", id="method-inside"
        ),
    ],
)
def test_only_what_is_asked_for_is_shown(
    run: Run, words: list[str], numbers: list[str], said: str
) -> None:
    done = run("session", "show", SAMPLE, *words)
    assert [row[0] for row in done.rows] == numbers
    assert done.err == f"{said}; legacy era, 2025-11-25; 6.25 s\n"


@pytest.mark.parametrize("more", [[], ["--json"], ["--follow"]], ids=["rows", "json", "follow"])
@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["--method", "nope/*"], "no message matches 'nope/*'", id="method"),
        pytest.param(
            ["--connection", "7"],
            "there is no connection 7; the session has 1 connection",
            id="connection",
        ),
        pytest.param(
            ["--connection", "1", "--method", "tools/list", "--errors"],
            "no message of connection 1 matches 'tools/list' and went wrong",
            id="all",
        ),
    ],
)
def test_why_nothing_is_shown_is_said(
    run: Run, words: list[str], said: str, more: list[str]
) -> None:
    done = run("session", "show", SAMPLE, *words, *more)
    assert done.status == 0
    assert done.err.splitlines()[0] == said
    assert done.err.splitlines()[1].startswith("0 of 8 requests; ")


def test_a_session_without_errors_says_so(run: Run, project: Path) -> None:
    (project / "s.jsonl").write_bytes(b"".join(SAMPLE.read_bytes().splitlines(True)[:5]))
    assert "nothing went wrong\n0 of " in run("session", "show", "s.jsonl", "--errors").err


def test_a_result_for_programs_goes_to_a_file(run: Run, project: Path) -> None:
    whole = run("session", "show", SAMPLE, "--json").out
    done = run("session", "show", SAMPLE, "-o", "shown.json")
    assert (done.out, done.err) == ("", f"wrote shown.json\n{SUMMARY}\n")
    assert (project / "shown.json").read_text() == whole


def test_programs_get_everything(run: Run) -> None:
    whole = run("session", "show", SAMPLE, "--json").json
    assert check(whole) == "session.show"
    assert (whole["complete"], whole["header"]["redaction"]) == (True, "default/1")
    lines = run("session", "show", SAMPLE, "-f", "ndjson").lines
    assert {check(line) for line in lines} == {"session.show.item"}
    assert len(lines) == len(whole["items"])


def test_messages_are_shown_whole_and_as_they_were(run: Run) -> None:
    out = run("session", "show", SAMPLE, "-v").out
    assert '\n      "quota": 5.0\n' in out
    assert "#10 1.245 ← answer to #9 after 45 ms: ok\n" in out


def test_a_sequence_is_as_wide_as_the_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "64")
    lines = run("session", "show", SAMPLE, "--sequence", tty=True).out.splitlines()
    assert max(map(len, lines)) <= 64
    assert lines[1].startswith("    0.004  │─ initialize (1) ──")


def test_a_recording_that_was_cut_off_says_so(run: Run, project: Path) -> None:
    data = SAMPLE.read_bytes()
    (project / "s.jsonl.part").write_bytes(data[:-300])
    done = run("session", "show", "s.jsonl.part")
    assert done.status == 0
    assert "the recording has no end" in done.err
    assert "mcpx session show s.jsonl.part --follow" in done.err
    assert "not recorded" in done.out or "unanswered" not in done.out


def test_a_complete_recording_is_followed_to_its_end(run: Run) -> None:
    done = run("session", "show", SAMPLE, "--follow")
    assert sorted(done.rows) == sorted(run("session", "show", SAMPLE).rows)
    assert done.err == f"{SUMMARY}\n"
    lines = run("session", "show", SAMPLE, "--follow", "-f", "ndjson").lines
    assert {check(line) for line in lines} == {"session.show.item"}
    people = run("session", "show", SAMPLE, "--follow", "--method", "tools/list", tty=True).out
    assert people == "    0.064  → tools/list  ok, 2 tools 6.0 ms 147 B\n"
    whole = run("session", "show", SAMPLE, "--follow", "-v", "--method", "tools/list").out
    assert whole.startswith("#7 0.064 → tools/list\n{\n")


def test_a_recording_is_shown_while_it_is_made(run: Run, project: Path) -> None:
    lines = SAMPLE.read_bytes().splitlines(True)
    part = project / "s.jsonl.part"
    part.write_bytes(lines[0])

    def write() -> None:
        with part.open("ab", buffering=0) as file:
            for line in lines[1:]:
                file.write(line[:20])
                file.write(line[20:])
        part.rename(project / "s.jsonl")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        done = run("session", "show", "s.jsonl", "--follow")
    finally:
        writer.join()
    assert len(done.rows) == len(run("session", "show", SAMPLE).rows)


@pytest.mark.skipif(os.name == "nt", reason="no signals")
def test_whoever_has_seen_enough_ends_it(project: Path) -> None:
    (project / "s.jsonl.part").write_bytes(b"".join(SAMPLE.read_bytes().splitlines(True)[:9]))
    words = [sys.executable, "-m", "mcpx", "session", "show", "s.jsonl", "--follow"]
    with subprocess.Popen(words, stdout=-1, stderr=-1, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline().split("\t")[3] == "stderr"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130
        assert "Traceback" not in process.stderr.read()
