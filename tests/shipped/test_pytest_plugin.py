from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.operations.taps.tapped import until
from tests.servers import good_http
from tests.shipped.testing.suites import (
    CONFIGURATION,
    SERVER,
    command_of,
    run_suite,
    write_suite,
)

ADDS = """
@pytest.mark.mcpx("two.jsonl", target=SERVER)
def test_adds(mcpx_mock):
    assert sums(mcpx_mock.command, (1, 1)) == ["2"]
"""


def calls_of(session: Path) -> list[object]:
    """The arguments of the calls that a session file holds."""
    events = [json.loads(line) for line in session.read_text().splitlines()[1:]]
    return [
        one["m"]["params"]["arguments"]
        for one in events
        if one["k"] == "msg" and one["m"].get("method") == "tools/call"
    ]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The text of a session in which 1 and 1 are added, and then 2 and 3."""
    folder = tmp_path_factory.mktemp("recorded")
    write_suite(folder, ADDS.replace('(1, 1)) == ["2"]', '(1, 1), (2, 3)) == ["2", "5"]'))
    assert run_suite(folder, "--mcpx-record", "once").tests == {"PASSED test_adds"}
    return (folder / "tests" / "two.jsonl").read_text()


@pytest.fixture
def suite(tmp_path: Path) -> Iterator[Path]:
    """The folder for a suite."""
    folder = tmp_path / "suite"
    folder.mkdir()
    yield folder
    leftovers = {path.name for path in (folder / "tests").iterdir()}
    assert not {name for name in leftovers if name.endswith((".part", ".log"))}


# --- what it costs -------------------------------------------------------------------------------


def test_importing_the_plugin_imports_nothing_else() -> None:
    code = (
        "import pytest, sys; before = set(sys.modules); import mcpx.shipped.pytest_plugin;"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["mcpx", "mcpx.shipped", "mcpx.shipped.pytest_plugin"]


def test_a_run_that_uses_nothing_of_it_imports_nothing_of_it(suite: Path) -> None:
    write_suite(
        suite,
        """
import sys

def test_modules():
    ours = {name for name in sys.modules if name.partition(".")[0] == "mcpx"}
    assert ours == {"mcpx", "mcpx.shipped", "mcpx.shipped.pytest_plugin"}
    assert not {"typer", "rich", "mcp", "httpx"} & set(sys.modules)
""",
    )
    assert run_suite(suite).tests == {"PASSED test_modules"}


# --- recording -----------------------------------------------------------------------------------


def test_the_marker_the_option_and_the_fixtures_explain_themselves(suite: Path) -> None:
    write_suite(suite, "")
    assert (
        "@pytest.mark.mcpx(file, *, target=None, **options):" in run_suite(suite, "--markers").out
    )
    assert "--mcpx-record={none,once,all}" in run_suite(suite, "--help").out
    fixtures = run_suite(suite, "--fixtures").out
    assert "mcpx_mock -- " in fixtures
    assert "mcpx_replay -- " in fixtures


def test_a_missing_session_is_an_error_that_says_how_it_is_recorded(suite: Path) -> None:
    folder = write_suite(suite, ADDS)
    done = run_suite(suite)
    assert (done.status, done.tests) == (1, {"ERROR test_adds"})
    assert f"mcpx: there is no session {folder / 'two.jsonl'}\n" in done.out
    assert "hint: pytest --mcpx-record once records what is missing\n" in done.out


def test_a_setting_that_is_none_is_refused(suite: Path) -> None:
    write_suite(suite, "", f"{CONFIGURATION}mcpx_record = sometimes\n")
    done = run_suite(suite)
    assert done.status == pytest.ExitCode.USAGE_ERROR
    assert "mcpx_record = sometimes: it is one of none, once, all" in done.out


@pytest.mark.parametrize(
    ("words", "kept", "expected"),
    [
        pytest.param(["--mcpx-record=once"], False, [{"a": 1, "b": 1}], id="once-missing"),
        pytest.param(["--mcpx-record=all"], False, [{"a": 1, "b": 1}], id="all-missing"),
        pytest.param(
            ["--mcpx-record=once"], True, [{"a": 1, "b": 1}, {"a": 2, "b": 3}], id="once-there"
        ),
        pytest.param(["--mcpx-record=all"], True, [{"a": 1, "b": 1}], id="all-there"),
        pytest.param(["-omcpx_record=once"], False, [{"a": 1, "b": 1}], id="setting"),
        pytest.param(
            ["-omcpx_record=all", "--mcpx-record=none"],
            True,
            [{"a": 1, "b": 1}, {"a": 2, "b": 3}],
            id="the-option-wins",
        ),
    ],
)
def test_what_is_recorded_is_a_matter_of_the_mode(
    suite: Path, recorded: str, words: list[str], kept: bool, expected: list[object]
) -> None:
    folder = write_suite(suite, ADDS)
    if kept:
        (folder / "two.jsonl").write_text(recorded)
    done = run_suite(suite, *words)
    assert done.tests == {"PASSED test_adds"}, done.out
    assert calls_of(folder / "two.jsonl") == expected


RECORDS_NOTHING = """
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

@pytest.mark.mcpx("stdio.jsonl", target=SERVER)
def test_wants_a_url_of_a_command(mcpx_mock):
    mcpx_mock.url

@pytest.mark.mcpx("http.jsonl", target="http://127.0.0.1:9/mcp")
def test_wants_the_command_of_a_url(mcpx_mock):
    mcpx_mock.command

def test_has_no_marker(mcpx_mock):
    pass
"""


def test_what_cannot_be_recorded_leaves_no_file_and_says_why(suite: Path) -> None:
    folder = write_suite(suite, RECORDS_NOTHING)
    done = run_suite(suite, "--mcpx-record", "once")
    assert done.tests == {
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
    for message in (
        "mcpx: nothing was recorded for unused.jsonl\n",
        "mcpx: the server of twice.jsonl was started 2 times, not once\n",
        "mcpx: nobody says from which server untold.jsonl is recorded\n",
        "mcpx: there is no demo server 'nothing'\n",
        f"mcpx: {SERVER[0]} is recorded where it is started on stdio\n",
        "mcpx: http://127.0.0.1:9/mcp is recorded where it is reached by URL\n",
        "mcpx: test_has_no_marker has no marker that names its session\n",
    ):
        assert message in done.out
    assert list(folder.glob("*.jsonl*")) == []


def test_a_failed_test_leaves_the_old_recording(suite: Path, recorded: str) -> None:
    folder = write_suite(suite, ADDS.replace('["2"]', '["3"]'))
    (folder / "two.jsonl").write_text(recorded)
    assert run_suite(suite, "--mcpx-record", "all").tests == {"FAILED test_adds"}
    assert (folder / "two.jsonl").read_text() == recorded


BY_URL = """
import subprocess
import sys

@pytest.mark.mcpx("http.jsonl", target=URL)
def test_adds(mcpx_mock):
    words = ["call", mcpx_mock.url, "add", "a=1", "b=2"]
    done = subprocess.run([sys.executable, "-m", "mcpx", *words], capture_output=True, text=True)
    assert (done.stdout.splitlines()[0], done.returncode) == ("3", 0), done.stderr
"""


def test_a_server_by_url_is_recorded_and_then_played(suite: Path) -> None:
    with good_http.serve() as server:
        folder = write_suite(suite, BY_URL.replace("URL", repr(server.url)))
        assert run_suite(suite, "--mcpx-record", "once").tests == {"PASSED test_adds"}
    assert calls_of(folder / "http.jsonl") == [{"a": 1, "b": 2}]
    assert run_suite(suite).tests == {"PASSED test_adds"}


# --- playing -------------------------------------------------------------------------------------

PLAYS = """
import json
from urllib.request import Request, urlopen

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

@pytest.mark.mcpx("two.jsonl", match="nonsense")
def test_has_wrong_options(mcpx_mock):
    mcpx_mock.url

@pytest.fixture
def anyio_backend():
    return "asyncio"

@pytest.mark.anyio
async def test_is_asynchronous(mcpx_mock):
    assert await asyncio.to_thread(sums, mcpx_mock.command, (1, 1)) == ["2"]

def test_listens(mcpx_mock):
    info = {"name": "client", "version": "1"}
    terms = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": info}
    message = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": terms}
    body = json.dumps(message).encode()
    head = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    print("listens at", mcpx_mock.url)
    with urlopen(Request(mcpx_mock.url, body, head)) as answer:
        assert b"good-stdio" in answer.read()
"""
PLAYED = {
    "PASSED test_plays",
    "PASSED test_plays_to_as_many_as_there_are",
    "PASSED test_misses",
    "ERROR test_misses",
    "PASSED test_uses_all",
    "PASSED test_uses_half",
    "ERROR test_uses_half",
    "PASSED test_has_options",
    "FAILED test_has_wrong_options",
    "PASSED test_is_asynchronous",
    "PASSED test_listens",
}


@pytest.mark.parametrize("words", [(), ("-n2",)], ids=["alone", "xdist"])
def test_a_session_is_played_to_every_test(
    suite: Path, recorded: str, words: tuple[str, ...]
) -> None:
    folder = write_suite(suite, PLAYS)
    (folder / "two.jsonl").write_text(recorded)
    done = run_suite(suite, *words)
    assert done.tests == PLAYED, done.out
    assert "mcpx: 1 request without an answer in two.jsonl\n" in done.out
    assert "/arguments/b" in done.out
    assert "mcpx: 1 answer of two.jsonl not used\n" in done.out
    assert "nonsense" in done.out
    port = int(re.findall(r"listens at http://127\.0\.0\.1:(\d+)", done.out)[0])
    assert not listens(port)
    assert (folder / "two.jsonl").read_text() == recorded


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


# --- replaying -----------------------------------------------------------------------------------

REPLAYS = """
OTHER = [*SERVER, "--name", "renamed"]

pytestmark = pytest.mark.mcpx("two.jsonl", target=SERVER)

def test_is_as_before(mcpx_replay):
    assert mcpx_replay(sequential=True).ok

def test_is_another(mcpx_replay):
    mcpx_replay(OTHER, fail_on="warning")

def test_is_another_and_says_how(mcpx_replay):
    replay = mcpx_replay(OTHER, fail_on="warning", check=False)
    assert not replay.ok
    (one,) = [one for one in replay.divergences if one.severity != "info"]
    assert (one.method, one.pointer, one.kind) == ("initialize", "/serverInfo/name", "contract")
    assert (one.recorded, one.live) == ("good-stdio", "renamed")
    assert replay.document["format"] == "mcpx.replay"

def test_cannot_be_started(mcpx_replay):
    mcpx_replay(["no-such-program"], check=False)
"""


def test_a_session_is_replayed_against_a_live_server(suite: Path, recorded: str) -> None:
    folder = write_suite(suite, REPLAYS)
    (folder / "two.jsonl").write_text(recorded)
    done = run_suite(suite)
    assert done.tests == {
        "PASSED test_is_as_before",
        "FAILED test_is_another",
        "PASSED test_is_another_and_says_how",
        "FAILED test_cannot_be_started",
    }, done.out
    assert "mcpx: the server no longer answers as two.jsonl says\n" in done.out
    assert '  initialize /serverInfo/name: "good-stdio" became "renamed" [contract]\n' in done.out
    assert "mcpx: two.jsonl cannot be replayed: " in done.out
    assert "'no-such-program' was not found" in done.out


# --- the README ----------------------------------------------------------------------------------


def test_the_example_of_the_readme_does_what_it_says(suite: Path) -> None:
    section = (ROOT / "README.md").read_text().partition("## In pytest\n")[2].partition("\n## ")[0]
    python, shell = re.findall(r"^```(?:python|sh)\n(.*?)^```$", section, re.M | re.S)
    folder = write_suite(suite, "")
    (folder / "test_it.py").write_text(python)
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
