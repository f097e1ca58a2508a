"""``--record`` on the commands that connect."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mcpx.commands import recorded
from mcpx.sessions import opening
from mcpx.sessions.destinations import part_of
from mcpx.sessions.writing import Recorder
from tests.client.children import environment
from tests.commands.wires import STDIO, WIRES, every_wire, served
from tests.conftest import GOOD_SERVER, Run
from tests.schemas.here import check_here
from tests.servers.good_http import Served

SECRET = "c4n4ry-0123456789-abcdef"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    check_here(monkeypatch)


@pytest.fixture(scope="module")
def entries() -> Iterator[dict[str, dict[str, Any]]]:
    with every_wire() as found:
        yield found


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served() as found:
        yield found


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def methods(path: Path) -> list[str]:
    """What was asked of the server, in order."""
    found = [
        line["m"].get("method", "")
        for line in lines(path)
        if line.get("d") == "c2s" and line["k"] == "msg"
    ]
    return [one for one in found if one and one not in ("notifications/initialized",)]


@pytest.mark.parametrize("wire", list(WIRES))
@pytest.mark.parametrize(
    ("line", "asked"),
    [
        pytest.param("call add a=2 b=3", "tools/call", id="call"),
        pytest.param("read memo://one", "resources/read", id="read"),
        pytest.param("prompt greet name=Ada", "prompts/get", id="prompt"),
        pytest.param("complete greet name=A", "completion/complete", id="complete"),
        pytest.param("inspect", "tools/list", id="inspect"),
    ],
)
def test_every_command_records_every_wire(
    run: Run,
    home: Path,
    project: Path,
    configure: Callable[..., Path],
    entries: dict[str, dict[str, Any]],
    wire: str,
    line: str,
    asked: str,
) -> None:
    configure(home / ".cursor" / "mcp.json", one=entries[wire])
    verb, *words = line.split()
    plain = run(verb, "--era", WIRES[wire], "one", *words)
    done = run(verb, "--era", WIRES[wire], "one", *words, "--record", "s.jsonl")
    assert (done.status, done.out, done.err) == (0, plain.out, plain.err)
    assert asked in methods(project / "s.jsonl")
    kinds = [one["k"] for one in lines(project / "s.jsonl")]
    assert (kinds[0], kinds[1], kinds[-1]) == ("header", "open", "end")
    assert kinds.count("exit") == ("stdio" in wire)
    assert kinds.count("era") == 1
    assert (project / "s.jsonl").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(["none/s.jsonl"], "cannot write none/s.jsonl: no such folder", id="folder"),
        pytest.param([""], "--record: needs the name of a file", id="no name"),
    ],
)
def test_nothing_is_asked_where_nothing_can_be_recorded(
    run: Run, server: Served, words: list[str], message: str
) -> None:
    before = len(server.requests)
    done = run("call", server.url, "echo", "text=x", "--record", *words)
    assert (done.status, done.out) == (2, "")
    assert message in done.err
    assert len(server.requests) == before


class Failing(Recorder):
    """A recorder whose file vanishes."""

    def opened(self, pid: int | None = None) -> int:
        part_of(self.path).unlink()
        return super().opened(pid)


@pytest.mark.parametrize("words", [["call", "echo", "text=x"], ["inspect"]], ids=lambda one: one[0])
def test_a_recording_that_fails_costs_the_status_alone(
    run: Run, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    verb, *rest = words
    target = f"stdio:{' '.join(GOOD_SERVER)}"
    plain = run(verb, target, *rest)
    monkeypatch.setattr(opening, "Recorder", Failing)
    done = run(verb, target, *rest, "--record", "s.jsonl")
    assert (done.status, done.out) == (2, plain.out)
    assert done.err == plain.err + (
        "good_stdio: the recording is not whole: s.jsonl.part was removed while it was written\n"
    )


def test_the_error_of_a_server_is_told_and_what_led_to_it_recorded(run: Run, project: Path) -> None:
    crash = "import sys; sys.stdin.readline(); print('why', file=sys.stderr); sys.exit(4)"
    done = run("call", "--record", "s.jsonl", "tool", "--", sys.executable, "-c", crash)
    assert done.status == 3
    found = lines(project / "s.jsonl")
    ends = [(one["code"], one["by"]) for one in found if one["k"] == "exit"]
    assert ends[0] == (4, "itself")
    assert "why" in [one["s"] for one in found if one["k"] == "err"]
    assert found[-1]["k"] == "end"


def test_several_servers_want_a_folder(run: Run, project: Path) -> None:
    two = [f"stdio:{' '.join(GOOD_SERVER)} --name {name}" for name in ("a", "b")]
    done = run("inspect", *two, "--record", "s.jsonl")
    assert done.status == 2
    assert "--record s.jsonl: a session file tells of one server, and these are 2" in done.err
    assert "hint: --record s/ writes a file for each" in done.err
    done = run("inspect", *two, "--record", "s/")
    assert done.status == 0
    files = sorted((project / "s").iterdir())
    assert len(files) == 2
    for file in files:
        assert f"recorded in s/{file.name}\n" in done.err
        assert methods(file).count("tools/list") == 1


def test_a_file_names_no_connection(run: Run, project: Path) -> None:
    run("inspect", *GOOD_SERVER[:0], f"stdio:{' '.join(GOOD_SERVER)}", "-o", "c.json")
    done = run("inspect", "c.json", "--record", "s.jsonl")
    assert done.status == 2
    assert "no server is asked" in done.err


@pytest.mark.parametrize(
    ("words", "source"),
    [
        pytest.param(["--header", f"X-Api-Key: {SECRET}"], "option:x-api-key", id="header"),
        pytest.param(["--bearer-env", "MINE"], "env:MINE", id="bearer-env"),
    ],
)
def test_given_secrets_are_masked_by_where_they_came_from(
    run: Run,
    project: Path,
    server: Served,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    source: str,
) -> None:
    monkeypatch.setenv("MINE", SECRET)
    done = run("call", server.url, "echo", f"text=it is {SECRET}", *words, "--record", "s.jsonl")
    assert done.status == 0
    text = (project / "s.jsonl").read_text()
    assert SECRET not in text
    sent = [one for one in lines(project / "s.jsonl") if one["k"] == "msg" and "rd" in one]
    assert {pair[1] for one in sent for pair in one["rd"]} == {source}
    assert sent[0]["m"]["params"]["arguments"] == {"text": f"it is ‹{source}›"}


def test_variables_of_a_server_are_masked(run: Run, project: Path) -> None:
    words = ["--env", f"API_TOKEN={SECRET}", "--record", "s.jsonl", "--", *STDIO]
    assert run("call", "echo", f"text={SECRET}", *words).status == 0
    text = (project / "s.jsonl").read_text()
    assert SECRET not in text
    assert "env:API_TOKEN" in text
    assert lines(project / "s.jsonl")[0]["target"]["env"] == ["API_TOKEN"]


IMPORTED = """
import sys
from mcpx.__main__ import main
main(sys.argv[1:])
print([name for name in sys.modules if "mcpx.sessions" in name or name.endswith(".recording")])
"""


@pytest.mark.parametrize(
    "words", [["call", "add", "a=1", "b=2"], ["inspect"]], ids=lambda one: one[0]
)
def test_nothing_of_sessions_is_imported_without_it(home: Path, words: list[str]) -> None:
    command = [sys.executable, "-c", IMPORTED, *words, "--", *GOOD_SERVER]
    done = subprocess.run(
        command, cwd=home, env=environment(home), capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_without_it_nothing_taps_but_twice_verbose(run: Run) -> None:
    seen: list[object] = []

    class Quiet:
        def tapping(self) -> None:
            seen.append("asked")

    with recorded.recorded(Quiet(), None, []) as tapping:  # type: ignore[arg-type]
        assert tapping is None
    assert seen == ["asked"]


def test_both_may_be_wanted(run: Run, project: Path) -> None:
    done = run("call", "-vv", "--record", "s.jsonl", "add", "a=1", "b=2", "--", *GOOD_SERVER)
    assert done.status == 0
    assert done.err.count(" → ") == len(
        [one for one in lines(project / "s.jsonl") if one["k"] == "msg" and one["d"] == "c2s"]
    )


def test_a_folder_that_is_not_there_is_told_with_what_makes_it(run: Run, project: Path) -> None:
    done = run("call", "demo:tickets", "search", "query=x", "--record", "no;pe/x.jsonl")
    assert (done.status, done.out) == (2, "")
    assert done.err == (
        "error: cannot write no;pe/x.jsonl: no such folder\nhint: mkdir -p 'no;pe'\n"
    )
