from __future__ import annotations

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
    options = ["--report", str(folder / "report.jsonl"), "--match=name"]
    assert mock.command == [*MCPX, "mock", str(session), *options]
    assert (mock.path, mock.misses) == (session, [])


def test_what_is_recorded_is_the_target_behind_a_tap(session: Path, folder: Path) -> None:
    recorded = server(Mark(session, "demo:shop", {}), folder, record=True)
    assert recorded.command == [*MCPX, "record", "-o", f"{folder}/", "--", *DEMO]
    assert (recorded.path, recorded.misses) == (session, [])


def played(session: Path, folder: Path, **options: object) -> Server:
    return server(Mark(session, None, options), folder, record=False)


def report(folder: Path) -> Report:
    return Report(folder / "report.jsonl")


@pytest.mark.parametrize("passed", [True, False])
def test_what_was_missed_fails_the_test(session: Path, folder: Path, passed: bool) -> None:
    mock = played(session, folder)
    told = report(folder)
    told.missed(Miss("tools/call", "add", "nobody added 1 and 2", 7, "/arguments/b"))
    assert mock.misses == ["nobody added 1 and 2"]
    with pytest.raises(pytest.fail.Exception) as failed:
        mock.finish(passed)
    assert str(failed.value).splitlines() == [
        "mcpx: 1 request without an answer in s.jsonl",
        "  nobody added 1 and 2",
        "hint: pytest --mcpx-record all records it anew",
    ]


UNUSED = Unused(3, "tools/call", "add")


def test_what_was_not_used_is_no_matter(session: Path, folder: Path) -> None:
    mock = played(session, folder)
    mock.finish(passed=True)
    report(folder).ended([UNUSED])
    mock.finish(passed=True)


def test_all_that_has_to_be_used_was(session: Path, folder: Path) -> None:
    mock = played(session, folder, require_all=True)
    report(folder).ended([])
    mock.finish(passed=True)


def test_what_has_to_be_used_and_was_not_fails_the_test(session: Path, folder: Path) -> None:
    mock = played(session, folder, require_all=True)
    with pytest.raises(pytest.fail.Exception, match="and its mock was not started"):
        mock.finish(passed=True)
    report(folder).ended([UNUSED])
    with pytest.raises(
        pytest.fail.Exception, match=r"1 answer of s\.jsonl not used\n  event 3: tools/call add$"
    ):
        mock.finish(passed=True)
    mock.finish(passed=False)


def test_a_mock_that_was_killed_cannot_say_what_was_used(
    session: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "_UNTIL_ENDED", 0.05)
    mock = played(session, folder, require_all=True)
    report(folder)
    with pytest.raises(pytest.fail.Exception, match="its mock was killed before it could say so"):
        mock.finish(passed=True)


def test_a_client_that_still_runs_its_server_has_no_recording(
    session: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "_UNTIL_ENDED", 0.05)
    (folder / "shop.jsonl.part").touch()
    with pytest.raises(pytest.fail.Exception, match="the client still runs the server"):
        server(Mark(session, "demo:shop", {}), folder, record=True).finish(passed=True)


def test_a_client_that_leaves_at_once_has_its_recording(session: Path, folder: Path) -> None:
    recorded = server(Mark(session, "demo:shop", {}), folder, record=True)
    assert recorded.command[-1] == "shop"
    late = threading.Timer(0.1, lambda: (folder / "shop.jsonl").write_text("late"))
    late.start()
    recorded.finish(passed=True)
    late.join()
    assert session.read_text() == "late"
