from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from mcpx.serving.mock.playing.misses import Miss
from mcpx.serving.mock.report import Report, Unused
from mcpx.shipped.testing import servers
from mcpx.shipped.testing.marks import Mark
from mcpx.shipped.testing.servers import Server, server

MCPX = [sys.executable, "-P", "-m", "mcpx"]
DEMO = [sys.executable, "-P", "-m", "mcpx.demo", "shop"]


@pytest.fixture
def session(tmp_path: Path) -> Path:
    path = tmp_path / "s.jsonl"
    path.touch()
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    return folder


def test_a_mock_is_started_with_the_options_of_the_marker(session: Path, folder: Path) -> None:
    mark = Mark(session, "demo:shop", {"match": "name", "require_all": True})
    mock = server(mark, folder, record=False)
    options = ["--match=name", "--quiet", "--report", str(folder / "report.jsonl")]
    assert mock.command == [*MCPX, "mock", str(session), *options]
    assert (mock.path, mock.misses) == (session, [])


def test_a_mock_whose_faults_need_http_has_no_command(session: Path, folder: Path) -> None:
    faults = folder / "f.json"
    faults.write_text('{"rules": [{"fault": {"status": 503}}]}')
    mock = played(session, folder, faults=faults)
    with pytest.raises(pytest.fail.Exception, match=r"HTTP\nhint: give the client mcpx_mock\.url"):
        assert mock.command == []


def test_what_is_recorded_is_the_target_behind_a_tap(session: Path, folder: Path) -> None:
    recorded = server(Mark(session, "demo:shop", {}), folder, record=True)
    assert recorded.command == [*MCPX, "record", "-o", f"{folder}/", "--", *DEMO]
    assert (recorded.path, recorded.misses) == (session, [])


def played(session: Path, folder: Path, **options: object) -> Server:
    return server(Mark(session, None, options), folder, record=False)


def report(folder: Path) -> Report:
    return Report(folder / "report.jsonl")


ANEW = "hint: pytest 'tests/test_a.py::test_a[1]' --mcpx-record all records it anew"


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        pytest.param("demo:shop", ANEW, id="target"),
        pytest.param(None, f"{ANEW}, once its marker has a target=", id="no-target"),
    ],
)
def test_what_was_missed_fails_the_test(
    session: Path, folder: Path, target: str | None, hint: str
) -> None:
    mock = server(Mark(session, target, {}, "tests/test_a.py::test_a[1]"), folder, record=False)
    assert mock.complaint() == ""
    told = report(folder)
    told.missed(Miss("tools/call", "add", "nobody added 1 and 2", 7, "/arguments/b"))
    assert mock.misses == ["nobody added 1 and 2"]
    with pytest.raises(pytest.fail.Exception) as failed:
        mock.finish()
    said = ["mcpx: 1 request without an answer in s.jsonl", "  nobody added 1 and 2", hint]
    assert str(failed.value).splitlines() == mock.complaint().splitlines() == said


@pytest.mark.parametrize(
    ("status", "said"),
    [
        pytest.param(0, "", id="ends-well"),
        pytest.param(1, "", id="leaves-answers"),
        pytest.param(
            2, "mcpx: no mock of s.jsonl can start: no session\nhint: look", id="cannot-start"
        ),
    ],
)
def test_a_mock_that_was_handed_out_and_never_started_is_asked_why(
    session: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, status: int, said: str
) -> None:
    asked: list[list[str]] = []

    def run(words: list[str], _seconds: float) -> subprocess.CompletedProcess[bytes]:
        asked.append(words)
        return subprocess.CompletedProcess(words, status, b"", b"error: no session\nhint: look\n")

    monkeypatch.setattr(servers, "run", run)
    mock = played(session, folder, match="name")
    assert mock.complaint() == ""
    assert asked == []
    assert mock.command
    assert mock.complaint() == said
    assert asked == [["mock", str(session), "--match=name"]]
    report(folder)
    assert mock.complaint() == ""


UNUSED = Unused(3, "tools/call", "add")


def test_what_was_not_used_is_no_matter(session: Path, folder: Path) -> None:
    mock = played(session, folder)
    mock.finish()
    report(folder).ended([UNUSED])
    mock.finish()


def test_all_that_has_to_be_used_was(session: Path, folder: Path) -> None:
    mock = played(session, folder, require_all=True)
    report(folder).ended([])
    mock.finish()


def test_what_has_to_be_used_and_was_not_fails_the_test(session: Path, folder: Path) -> None:
    mock = played(session, folder, require_all=True)
    with pytest.raises(pytest.fail.Exception, match="and its mock was not started"):
        mock.finish()
    report(folder).ended([UNUSED])
    with pytest.raises(
        pytest.fail.Exception, match=r"1 answer of s\.jsonl not used\n  event 3: tools/call add$"
    ):
        mock.finish()


def test_a_mock_that_was_killed_cannot_say_what_was_used(
    session: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "_UNTIL_ENDED", 0.05)
    mock = played(session, folder, require_all=True)
    report(folder)
    with pytest.raises(pytest.fail.Exception, match="its mock was killed before it could say so"):
        mock.finish()


def test_a_client_that_still_runs_its_server_has_no_recording(
    session: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "_UNTIL_ENDED", 0.05)
    (folder / "shop.jsonl.part").touch()
    with pytest.raises(pytest.fail.Exception, match="the client still runs the server"):
        server(Mark(session, "demo:shop", {}), folder, record=True).finish()


def test_a_client_that_leaves_at_once_has_its_recording(session: Path, folder: Path) -> None:
    recorded = server(Mark(session, "demo:shop", {}), folder, record=True)
    assert recorded.command[-1] == "shop"
    late = threading.Timer(0.1, lambda: (folder / "shop.jsonl").write_text("late"))
    late.start()
    recorded.finish()
    late.join()
    assert session.read_text() == "late"
