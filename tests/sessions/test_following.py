from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

import pytest

from mcpx.errors import ConfigError
from mcpx.sessions import following
from mcpx.sessions.events import Event
from mcpx.sessions.following import Following
from mcpx.sessions.lines import event_line, header_line
from tests.sessions.tapes import HEADER, call, done, tape

EVENTS = tape(call(1), done(1))


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "PAUSE", 0.005)


def lines(events: Iterable[Event] = EVENTS) -> bytes:
    return header_line(HEADER) + b"".join(map(event_line, events))


@pytest.mark.parametrize(
    ("file", "asked"),
    [
        pytest.param("s.jsonl", "s.jsonl", id="complete"),
        pytest.param("s.jsonl.part", "s.jsonl", id="by-its-name-to-be"),
        pytest.param("s.jsonl.part", "s.jsonl.part", id="by-its-name"),
        pytest.param("s.jsonl", "s.jsonl.part", id="renamed-before"),
    ],
)
def test_a_recording_is_found_by_either_name(project: Path, file: str, asked: str) -> None:
    Path(file).write_bytes(lines())
    read = Following(asked)
    assert (read.header, list(read)) == (HEADER, EVENTS)


def test_events_come_as_they_are_written_and_a_rename_changes_nothing(project: Path) -> None:
    part, data = project / "s.jsonl.part", lines()
    part.touch()
    places = iter((10, len(data) - 30, len(data)))
    asked = threading.Event()

    def write() -> None:
        start = 0
        for end in places:
            with part.open("ab") as file:
                file.write(data[start:end])
            start = end
            asked.wait(0.02)
        part.rename(project / "s.jsonl")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert list(Following("s.jsonl")) == EVENTS
    finally:
        writer.join()


def test_a_recording_that_is_taken_away_ends(project: Path) -> None:
    part = project / "s.jsonl.part"
    part.write_bytes(lines(EVENTS[:1]) + b'{"k":"msg"')
    events = iter(Following("s.jsonl"))
    assert next(events) == EVENTS[0]
    part.unlink()
    assert list(events) == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"[1]\n", r"s\.jsonl: not a session file", id="no-session"),
        pytest.param(lines([]) + b"nonsense\n", r"s\.jsonl, line 2: not", id="no-event"),
        pytest.param(lines([]) + b"\xff\n", "not UTF-8", id="no-text"),
        pytest.param(lines([]) + b"x" * 2_000, "longer than 1000 bytes", id="endless"),
    ],
)
def test_what_is_no_session_is_refused(
    project: Path, data: bytes, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "LONGEST_LINE", 1_000)
    (project / "s.jsonl").write_bytes(data)
    with pytest.raises(ConfigError, match=message):
        list(Following("s.jsonl"))


def test_no_file_is_an_error_that_says_when_there_is_one() -> None:
    with pytest.raises(ConfigError, match=r"s\.jsonl: no such file, nor s\.jsonl\.part") as caught:
        Following("s.jsonl")
    assert "mcpx record" in caught.value.hint
    with pytest.raises(ConfigError, match="not a regular file"):
        Following(".")
    with pytest.raises(ConfigError, match="no file can have that name"):
        Following("a\0b")
