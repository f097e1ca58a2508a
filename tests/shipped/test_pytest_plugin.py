from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.operations.taps.tapped import until
from tests.servers import good_http
from tests.shipped.testing.suites import (
    CONFIGURATION,
    Outcome,
    command_of,
    run_suite,
    write_suite,
)

OPENS = """
import json
from urllib.request import Request, urlopen

def opened(url):
    info = {"name": "client", "version": "1"}
    terms = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": info}
    message = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": terms}
    body = json.dumps(message).encode()
    head = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    with urlopen(Request(url, body, head)) as answer:
        return answer.read().decode()
"""
RECORDS = f"""{OPENS}
@pytest.mark.mcpx("two.jsonl", target=SERVER)
def test_adds(mcpx_mock):
    assert sums(mcpx_mock.command, (1, 1), (2, 3)) == ["2", "5"]

@pytest.mark.mcpx("url.jsonl", target=URL)
def test_opens(mcpx_mock):
    assert '"serverInfo"' in opened(mcpx_mock.url)

@pytest.mark.mcpx("fails.jsonl", target=SERVER)
def test_fails(mcpx_mock):
    assert sums(mcpx_mock.command, (1, 1)) == ["3"]

@pytest.mark.mcpx("unused.jsonl", target=SERVER)
def test_starts_nothing(mcpx_mock):
    pass

@pytest.mark.mcpx("twice.jsonl", target=SERVER)
def test_starts_twice(mcpx_mock):
    sums(mcpx_mock.command, (1, 1))
    sums(mcpx_mock.command, (1, 2))

@pytest.mark.mcpx("untold.jsonl")
def test_names_no_server(mcpx_mock):
    pass

@pytest.mark.mcpx("wrong.jsonl", target="demo:nothing")
def test_names_a_wrong_server(mcpx_mock):
    pass

@pytest.mark.mcpx("stdio.jsonl", target="stdio:server --here")
def test_wants_a_url_of_a_command(mcpx_mock):
    mcpx_mock.url

@pytest.mark.mcpx("http.jsonl", target="http://127.0.0.1:9/mcp")
def test_wants_the_command_of_a_url(mcpx_mock):
    mcpx_mock.command

def test_has_no_marker(mcpx_mock):
    pass
"""
RECORDED = {
    "PASSED test_adds",
    "PASSED test_opens",
    "FAILED test_fails",
    "PASSED test_starts_nothing",
    "ERROR test_starts_nothing",
    "PASSED test_starts_twice",
    "ERROR test_starts_twice",
    "ERROR test_names_no_server",
    "ERROR test_names_a_wrong_server",
    "FAILED test_wants_a_url_of_a_command",
    "FAILED test_wants_the_command_of_a_url",
    "ERROR test_has_no_marker",
}


def calls_of(session: Path) -> list[object]:
    """The arguments of the calls that a session file holds."""
    events = [json.loads(line) for line in session.read_text().splitlines()[1:]]
    return [
        one["m"]["params"]["arguments"]
        for one in events
        if one["k"] == "msg" and one["m"].get("method") == "tools/call"
    ]


@dataclass(frozen=True)
class Run:
    """A run of a suite that many tests look at, and the folder with its tests."""

    folder: Path
    outcome: Outcome


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run that records, and tries to."""
    suite = tmp_path_factory.mktemp("recorded")
    with good_http.serve() as server:
        folder = write_suite(suite, RECORDS.replace("URL", repr(server.url)))
        return Run(folder, run_suite(suite, "--mcpx-record", "once"))


@pytest.fixture(scope="module")
def recorded(recording: Run) -> str:
    """The text of a session in which 1 and 1 are added, and then 2 and 3."""
    return (recording.folder / "two.jsonl").read_text()


@pytest.fixture
def suite(tmp_path: Path) -> Iterator[Path]:
    """The folder for a suite."""
    folder = tmp_path / "suite"
    folder.mkdir()
    yield folder
    assert leftovers(folder / "tests") == set()


def leftovers(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.name.endswith((".part", ".log"))}


# --- what it costs -------------------------------------------------------------------------------


def test_importing_the_plugin_imports_nothing_else() -> None:
    code = (
        "import pytest, sys; before = set(sys.modules); import mcpx.shipped.pytest_plugin;"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["mcpx", "mcpx.shipped", "mcpx.shipped.pytest_plugin"]


USES_NOTHING = """
import sys

def test_modules():
    ours = {name for name in sys.modules if name.partition(".")[0] == "mcpx"}
    assert ours == {"mcpx", "mcpx.shipped", "mcpx.shipped.pytest_plugin"}
    assert not {"typer", "rich", "mcp", "httpx"} & set(sys.modules)

@pytest.mark.mcpx("two.jsonl", target=SERVER)
def test_is_not_recorded(mcpx_mock):
    pass
"""


def test_a_run_imports_nothing_of_it_until_it_is_used_and_records_nothing_unasked(
    suite: Path,
) -> None:
    folder = write_suite(suite, USES_NOTHING)
    done = run_suite(suite)
    assert (done.status, done.tests) == (1, {"PASSED test_modules", "ERROR test_is_not_recorded"})
    assert f"mcpx: there is no session {folder / 'two.jsonl'}\n" in done.out
    assert "hint: pytest --mcpx-record once records what is missing\n" in done.out


# --- recording -----------------------------------------------------------------------------------


def test_the_marker_explains_itself(suite: Path) -> None:
    write_suite(suite, "")
    assert (
        "@pytest.mark.mcpx(file, *, target=None, **options): " in run_suite(suite, "--markers").out
    )


def test_a_setting_that_is_none_is_refused(suite: Path) -> None:
    write_suite(suite, "", f"{CONFIGURATION}mcpx_record = sometimes\n")
    done = run_suite(suite)
    assert done.status == pytest.ExitCode.USAGE_ERROR
    assert "mcpx_record = sometimes: it is one of none, once, all" in done.out


def test_a_test_that_passes_is_recorded_and_no_other(recording: Run) -> None:
    assert recording.outcome.tests == RECORDED, recording.outcome.out
    kept = {path.name for path in recording.folder.glob("*.jsonl*")}
    assert kept == {"two.jsonl", "url.jsonl"}
    assert calls_of(recording.folder / "two.jsonl") == [{"a": 1, "b": 1}, {"a": 2, "b": 3}]
    assert leftovers(recording.folder) == set()


@pytest.mark.parametrize(
    "message",
    [
        "nothing was recorded for unused.jsonl",
        "the server of twice.jsonl was started 2 times, not once",
        "nobody says from which server untold.jsonl is recorded",
        "there is no demo server 'nothing'",
        "target=stdio:server --here is started on stdio, and is recorded there",
        "target=http://127.0.0.1:9/mcp is reached by URL, and is recorded there",
        "test_has_no_marker has no marker that names its session",
    ],
)
def test_what_cannot_be_recorded_says_why(recording: Run, message: str) -> None:
    assert f"mcpx: {message}\n" in recording.outcome.out


MODES = """
@pytest.mark.mcpx("missing.jsonl", target=SERVER)
def test_is_missing(mcpx_mock):
    assert sums(mcpx_mock.command, (1, 1)) == ["2"]

@pytest.mark.mcpx("there.jsonl", target=SERVER)
def test_is_there(mcpx_mock):
    assert sums(mcpx_mock.command, (1, 1)) == ["2"]

@pytest.mark.mcpx("fails.jsonl", target=SERVER)
def test_fails(mcpx_mock):
    assert sums(mcpx_mock.command, (1, 1)) == ["3"]
"""
OLD: list[object] = [{"a": 1, "b": 1}, {"a": 2, "b": 3}]
NEW: list[object] = [{"a": 1, "b": 1}]


@pytest.mark.parametrize(
    ("words", "missing", "there"),
    [
        pytest.param(["-omcpx_record=once"], NEW, OLD, id="once"),
        pytest.param(["--mcpx-record=all"], NEW, NEW, id="all"),
        pytest.param(["-omcpx_record=all", "--mcpx-record=none"], None, OLD, id="the-option-wins"),
    ],
)
def test_what_is_recorded_is_a_matter_of_the_mode(
    suite: Path, recorded: str, words: list[str], missing: list[object] | None, there: list[object]
) -> None:
    folder = write_suite(suite, MODES)
    for name in ("there.jsonl", "fails.jsonl"):
        (folder / name).write_text(recorded)
    done = run_suite(suite, *words)
    first = "PASSED" if missing else "ERROR"
    expected = {f"{first} test_is_missing", "PASSED test_is_there", "FAILED test_fails"}
    assert done.tests == expected, done.out
    assert (folder / "missing.jsonl").exists() is (missing is not None)
    if missing is not None:
        assert calls_of(folder / "missing.jsonl") == missing
    assert calls_of(folder / "there.jsonl") == there
    assert (folder / "fails.jsonl").read_text() == recorded


# --- playing and replaying -----------------------------------------------------------------------

PLAYS = f"""{OPENS}
import subprocess

pytestmark = pytest.mark.mcpx("two.jsonl", target=["no-such-program"])

def test_plays(mcpx_mock):
    assert sums(mcpx_mock.command, (1, 1), (2, 3)) == ["2", "5"]

def test_plays_to_as_many_as_there_are(mcpx_mock):
    assert sums(mcpx_mock.command, (2, 3)) == sums(mcpx_mock.command, (2, 3)) == ["5"]

def test_misses(mcpx_mock):
    assert "content" in called(mcpx_mock.command, (1, 1))[0]
    assert mcpx_mock.misses == []
    assert "code" in called(mcpx_mock.command, (1, 4))[0]
    assert len(mcpx_mock.misses) == 1

def test_misses_and_fails(mcpx_mock):
    assert "content" in called(mcpx_mock.command, (1, 555))[0]

@pytest.mark.mcpx("two.jsonl", require_all=True)
def test_uses_all(mcpx_mock):
    sums(mcpx_mock.command, (1, 1))
    sums(mcpx_mock.command, (2, 3))

@pytest.mark.mcpx("two.jsonl", require_all=True)
def test_uses_half(mcpx_mock):
    sums(mcpx_mock.command, (1, 1))

@pytest.mark.mcpx("two.jsonl", match="name")
def test_has_options(mcpx_mock):
    assert sums(mcpx_mock.command, (7, 7)) == ["2"]

@pytest.mark.mcpx("two.jsonl", match="nam")
def test_has_wrong_options(mcpx_mock):
    pass

@pytest.mark.mcpx("two.jsonl", requireall=True)
def test_has_unknown_options(mcpx_mock):
    pass

@pytest.mark.mcpx("two.jsonl", faults="missing.json")
def test_has_no_faults(mcpx_mock):
    pass

@pytest.mark.mcpx("broken.jsonl")
def test_cannot_start(mcpx_mock):
    assert subprocess.run(mcpx_mock.command, stdin=subprocess.DEVNULL).returncode == 2

@pytest.fixture
def anyio_backend():
    return "asyncio"

@pytest.mark.anyio
async def test_is_asynchronous(mcpx_mock):
    assert await asyncio.to_thread(sums, mcpx_mock.command, (1, 1)) == ["2"]

def test_listens(mcpx_mock):
    print("listens at", mcpx_mock.url)
    assert "good-stdio" in opened(mcpx_mock.url)

@pytest.mark.mcpx("url.jsonl")
def test_opens(mcpx_mock):
    assert '"serverInfo"' in opened(mcpx_mock.url)

OTHER = [*SERVER, "--name", "renamed"]

@pytest.mark.mcpx("two.jsonl", target=SERVER)
def test_is_as_before(mcpx_replay):
    assert mcpx_replay(sequential=True).ok

@pytest.mark.mcpx("two.jsonl", target=["no-such-program"])
def test_is_another(mcpx_replay):
    replay = mcpx_replay(OTHER, fail_on="warning", check=False)
    assert not replay.ok
    (one,) = [one for one in replay.divergences if one.severity != "info"]
    assert (one.method, one.pointer, one.kind) == ("initialize", "/serverInfo/name", "contract")
    assert (one.recorded, one.live) == ("good-stdio", "renamed")
    assert replay.document["format"] == "mcpx.replay"

@pytest.mark.mcpx("changed.jsonl")
def test_has_changed(mcpx_replay):
    mcpx_replay(SERVER)

def test_cannot_be_replayed(mcpx_replay):
    mcpx_replay(check=False)
"""
PLAYED = {
    "PASSED test_plays",
    "PASSED test_plays_to_as_many_as_there_are",
    "PASSED test_misses",
    "ERROR test_misses",
    "FAILED test_misses_and_fails",
    "PASSED test_uses_all",
    "PASSED test_uses_half",
    "ERROR test_uses_half",
    "PASSED test_has_options",
    "ERROR test_has_wrong_options",
    "ERROR test_has_unknown_options",
    "ERROR test_has_no_faults",
    "PASSED test_cannot_start",
    "ERROR test_cannot_start",
    "PASSED test_is_asynchronous",
    "PASSED test_listens",
    "PASSED test_opens",
    "PASSED test_is_as_before",
    "PASSED test_is_another",
    "FAILED test_has_changed",
    "FAILED test_cannot_be_replayed",
}


@pytest.fixture(scope="module")
def playing(recording: Run, recorded: str, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run that plays and replays what was recorded, two tests at a time."""
    suite = tmp_path_factory.mktemp("played")
    folder = write_suite(suite, PLAYS)
    for name in ("two.jsonl", "url.jsonl"):
        shutil.copy(recording.folder / name, folder)
    (folder / "broken.jsonl").write_text("nothing of the kind\n")
    (folder / "changed.jsonl").write_text(recorded.replace('"sum":2', '"sum":3'))
    return Run(folder, run_suite(suite, "-n2"))


def test_a_session_is_played_and_replayed_by_every_test(playing: Run, recorded: str) -> None:
    assert playing.outcome.tests == PLAYED, playing.outcome.out
    assert (playing.folder / "two.jsonl").read_text() == recorded
    assert leftovers(playing.folder) == set()
    port = int(re.findall(r"listens at http://127\.0\.0\.1:(\d+)", playing.outcome.out)[0])
    assert not listens(port)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("mcpx: 1 request without an answer in two.jsonl\n", id="miss"),
        pytest.param("differs at /arguments/b", id="miss-where"),
        pytest.param(
            "hint: pytest tests/test_it.py::test_misses --mcpx-record all records it anew\n",
            id="miss-hint",
        ),
        pytest.param("mcpx: 1 answer of two.jsonl not used\n", id="not-used"),
        pytest.param(
            "mcpx: the marker mcpx: match='nam': it is one of args, name, order\n", id="value"
        ),
        pytest.param(
            "mcpx: the marker mcpx takes no requireall=\nhint: did you mean require_all=?\n",
            id="option",
        ),
        pytest.param("mcpx: the marker mcpx: faults='missing.json': cannot read /", id="faults"),
        pytest.param("mcpx: no mock of broken.jsonl can start: ", id="no-start"),
        pytest.param("mcpx: the server no longer answers as changed.jsonl says\n", id="differs"),
        pytest.param(
            ": tools/call add /structuredContent/sum: 3 became 2 [changed, error]\n", id="how"
        ),
        pytest.param(
            "mcpx_replay(ignore=['tools/call[add] /structuredContent/sum']), or once mcpx replay"
            " tests/changed.jsonl --against 'stdio:",
            id="left-out",
        ),
        pytest.param("hint: to accept it: mcpx replay tests/changed.jsonl --against ", id="accept"),
        pytest.param("mcpx: two.jsonl cannot be replayed: ", id="no-replay"),
        pytest.param("'no-such-program' was not found", id="no-replay-why"),
    ],
)
def test_what_goes_wrong_is_told(playing: Run, text: str) -> None:
    assert text in playing.outcome.out


def test_what_was_missed_is_told_once_by_its_test(playing: Run) -> None:
    lines = [line.strip() for line in playing.outcome.out.splitlines()]
    assert len([line for line in lines if line.startswith("tools/call add was not")]) == 2
    assert not [line for line in lines if line.startswith("mcpx mock: ")]
    assert "/arguments/b: 555 was asked, 1 is recorded" in playing.outcome.out


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


WAITS = """
import time
from pathlib import Path

@pytest.mark.mcpx("two.jsonl")
def test_waits(mcpx_mock):
    Path("url").write_text(mcpx_mock.url)
    Path("url").rename("there")
    time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["interrupted", "killed"])
def test_nothing_listens_once_pytest_has_gone(suite: Path, recorded: str, number: int) -> None:
    folder = write_suite(suite, WAITS)
    (folder / "two.jsonl").write_text(recorded)
    nowhere = subprocess.DEVNULL
    with subprocess.Popen(command_of(suite), cwd=suite, stdout=nowhere) as process:
        assert until((suite / "there").exists, 30)
        port = int((suite / "there").read_text().split(":")[2].partition("/")[0])
        assert listens(port)
        process.send_signal(number)
    assert until(lambda: not listens(port))


# --- the README ----------------------------------------------------------------------------------


TICKETS = f"""
import sys

sys.path.insert(0, {str(ROOT / "tests" / "servers")!r})
from honest import Era, Server, tool

server = Server(Era.BOTH, "tickets")
search = tool("search", "Find tickets.", query={{"type": "string"}})
server.tools = [{{**search, "annotations": {{"readOnlyHint": True}}}}]
server.calls = {{"search": lambda _: {{"content": [], "structuredContent": FOUND}}}}
server.serve()
"""


def test_the_example_of_the_readme_does_what_it_says(suite: Path) -> None:
    from mcpx.demo.tickets import search

    section = (ROOT / "README.md").read_text().partition("## In pytest\n")[2].partition("\n## ")[0]
    python, shell = re.findall(r"^```(?:python|sh)\n(.*?)^```$", section, re.M | re.S)
    # In the place of the demo server one that starts sooner, and finds what that finds.
    server = suite / "tickets.py"
    server.write_text(TICKETS.replace("FOUND", repr(search("login").model_dump())))
    folder = write_suite(suite, "")
    (folder / "test_it.py").write_text(
        python.replace('"demo:tickets"', repr([sys.executable, str(server)]))
    )
    session = folder / "login.jsonl"
    contents = []
    for line in shell.splitlines():
        words = line.partition("#")[0].split()[1:]
        done = run_suite(suite, *words)
        assert done.tests == {
            "PASSED test_the_ticket_is_found",
            "PASSED test_the_server_still_answers_so",
        }, done.out
        contents.append(session.read_text())
    assert contents[0] == contents[1] != contents[2]
