"""``mcpx mock`` from end to end, in processes of its own: what clients get, and how it ends."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mcpx.client.connection import connect
from mcpx.client.terms import Terms
from mcpx.servers import Era, ServerSpec, Transport
from mcpx.serving.mock.report import Use
from tests.client.loops import in_a_loop
from tests.conftest import GOOD_SERVER, Run

MOCK = (sys.executable, "-m", "mcpx", "mock")
ADD = '{"tool": "add", "args": {"a": 1, "b": 2}}\n'


@pytest.fixture
def session(run: Run, project: Path) -> str:
    """A recording of a call."""
    (project / "calls.jsonl").write_text(ADD)
    done = run("record", "-o", "s.jsonl", "--script", "calls.jsonl", "--", *GOOD_SERVER)
    assert done.status == 0, done.err
    return str(project / "s.jsonl")


def asks(method: str, id: int = 1, **params: Any) -> str:
    return json.dumps({"jsonrpc": "2.0", "id": id, "method": method, "params": params}) + "\n"


def played(session: str, said: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MOCK, session, *options],
        input=said,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def modern(name: str, id: int = 1, **arguments: Any) -> str:
    meta = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    return asks("tools/call", id, name=name, arguments=arguments, _meta=meta)


@contextlib.contextmanager
def listening(session: str, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A mock over HTTP, with its URL."""
    with subprocess.Popen(
        [*MOCK, session, "--http", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.kill()


def test_the_same_requests_get_the_same_bytes(session: str) -> None:
    said = asks("server/discover") + modern("add", 7, a=1, b=2)
    first, again = played(session, said), played(session, said)
    assert first.stdout == again.stdout
    assert [json.loads(line)["id"] for line in first.stdout.splitlines()] == [1, 7]
    assert (first.returncode, first.stderr) == (0, "")


def test_a_miss_is_an_error_for_the_client_a_line_for_a_person_and_the_status(
    session: str, tmp_path: Path
) -> None:
    report = tmp_path / "report.jsonl"
    done = played(session, modern("add", a=1, b=3), "--report", str(report))
    error = json.loads(done.stdout)["error"]
    assert error["data"]["pointer"] == "/arguments/b"
    assert not -32768 <= error["code"] <= -32000
    first, last = done.stderr.splitlines()
    assert first.startswith("mcpx mock: tools/call add")
    assert last == "mcpx mock: 1 request without a recorded answer"
    assert done.returncode == 1
    use = Use.of(report)
    assert (use.started, use.running, [one.name for one in use.misses]) == (1, 0, ["add"])
    assert "add" in [one.name for one in use.unused]


def test_all_may_be_required(session: str) -> None:
    assert played(session, modern("add", a=1, b=2)).returncode == 0
    done = played(session, "", "--require-all")
    assert done.returncode == 1
    assert "mcpx mock: not asked: tools/call add (event " in done.stderr
    assert played(session, "", "-v").stderr.endswith("not made\n")


def test_a_recording_that_is_not_whole_is_told_of_and_what_it_lacks_is_a_miss(
    session: str, tmp_path: Path
) -> None:
    lines = Path(session).read_text(encoding="utf-8").splitlines(keepends=True)
    called = next(at for at, line in enumerate(lines) if '"add","arguments"' in line)
    cut = tmp_path / "cut.jsonl"
    cut.write_text("".join(lines[: called + 1]))
    done = played(str(cut), modern("add", a=1, b=2))
    assert json.loads(done.stdout)["error"]["message"].endswith(f"(event {called})")
    whole, unanswered, *_ = done.stderr.splitlines()
    assert whole.startswith("mcpx mock: the recording is not whole")
    assert unanswered.endswith(f"so that it is an error: tools/call add (event {called})")
    assert done.returncode == 1
    cut.write_text(lines[0])
    done = played(str(cut), modern("add", a=1, b=2))
    assert (done.returncode, done.stdout) == (2, "")
    assert "cut.jsonl: there is nothing in it to play" in done.stderr
    assert "hint: mcpx session show" in done.stderr


def test_a_client_of_the_other_era_learns_how_to_be_served(session: str) -> None:
    asked = {"protocolVersion": "2025-11-25", "capabilities": {}}
    asked["clientInfo"] = {"name": "c", "version": "1"}
    done = played(session, 2 * asks("initialize", **asked))
    assert done.stderr == (
        "mcpx mock: recorded in the modern era, this client speaks the legacy one: "
        "--era both serves it too\n"
    )
    assert played(session, asks("initialize", **asked), "--era", "both").stderr == ""


def test_a_rule_that_no_request_met_is_told_of(session: str, tmp_path: Path) -> None:
    faults = tmp_path / "f.json"
    faults.write_text('{"rules": [{"match": {"tool": "ad"}, "fault": {"exit": 9}}]}')
    done = played(session, modern("add", a=1, b=2), "--faults", str(faults))
    assert (done.returncode, done.stderr) == (0, f"mcpx mock: {faults}: no request met /rules/0\n")


def test_a_fault_ends_the_process_with_its_status(session: str, tmp_path: Path) -> None:
    faults = tmp_path / "f.json"
    faults.write_text('{"rules": [{"match": {"tool": "add"}, "fault": {"exit": 9}}]}')
    done = played(session, modern("add", a=1, b=2), "--faults", str(faults))
    assert (done.returncode, done.stdout) == (9, "")


@pytest.mark.parametrize("era", Era)
@in_a_loop
async def test_a_client_of_either_era_is_answered_over_http(session: str, era: Era) -> None:
    with listening(session, "--era", "both") as (url, process):
        spec = ServerSpec(name="one", transport=Transport.HTTP, url=url)
        async with connect(spec, Terms(era=era)) as connection:
            result = await connection.request(
                "tools/call", {"name": "add", "arguments": {"a": 1, "b": 2}}
            )
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert result["content"][0]["text"] == "3"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_it(session: str, number: signal.Signals) -> None:
    with listening(session) as (url, process):
        assert url.startswith("http://127.0.0.1:")
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (0, "", "")
    with subprocess.Popen([*MOCK, session], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as stdio:
        assert stdio.stdin is not None
        assert stdio.stdout is not None
        stdio.stdin.write(asks("server/discover").encode())
        stdio.stdin.flush()
        stdio.stdout.readline()
        stdio.send_signal(number)
        assert stdio.wait(10) == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param(["missing.jsonl"], "missing.jsonl", id="no-file"),
        pytest.param(["-"], "mock -: standard input is the client's", id="standard-input"),
        pytest.param(["s.jsonl", "--timing", "x"], "--timing x: not none", id="timing"),
        pytest.param(["s.jsonl", "--http", "70000"], "70000 is not in the range", id="port"),
        pytest.param(["s.jsonl", "--match", "any"], "'any' is not one of", id="match"),
        pytest.param(["s.jsonl", "--faults", "f.json"], "f.json: a status needs HTTP", id="status"),
        pytest.param(["s.jsonl", "--faults", "no.json"], "no.json", id="no-faults"),
        pytest.param(["f.json"], "f.json: not a session file", id="no-session"),
        pytest.param(["s.jsonl", "--report", "no/r.jsonl"], "no/r.jsonl", id="report"),
    ],
)
def test_what_cannot_be_served_is_said_before_anything(
    run: Run, session: str, project: Path, options: list[str], message: str
) -> None:
    (project / "f.json").write_text('{"rules": [{"fault": {"status": 503}}]}')
    done = run("mock", *options)
    assert done.status == 2
    assert message in done.err
    assert done.out == ""
