from __future__ import annotations

import time
from pathlib import Path

from mcpx.sessions.destinations import Destination
from mcpx.sessions.events import Fidelity, Header, Mode, Note
from mcpx.sessions.ledger import Caps, Ledger
from mcpx.sessions.redaction import Redaction
from mcpx.wire import Direction
from tests.sessions.recordings import kinds, lines

HEADER = Header("1", "2026-11-22T14:00:00.120Z", "mcpx", Mode.TAP, Fidelity.WIRE, {})


def ledger(path: Path, caps: Caps | None = None) -> Ledger:
    return Ledger(Destination(str(path)), HEADER, Redaction(), caps or Caps())


def say(made: Ledger, connection: int, text: str = "{}", at: float | None = None) -> None:
    moment = time.monotonic() if at is None else at
    seen = made.see(connection, Direction.TO_SERVER, {})
    made.message(moment, connection, 0, Direction.TO_SERVER, text, None, seen)


def test_numbers_follow_and_times_are_never_before_the_header(tmp_path: Path) -> None:
    made = ledger(tmp_path / "s.jsonl")
    say(made, 1, at=0.0)
    made.add(Note(number=77, time=-5, text="n"), time.monotonic() + 10)
    say(made, 1, '{"a":\n1}')
    assert made.close() == tmp_path / "s.jsonl"
    _, *events = lines(tmp_path / "s.jsonl")
    assert [one["n"] for one in events] == [1, 2, 3, 4]
    assert events[0]["t"] == 0
    assert 10 <= events[1]["t"] < 60
    assert events[2]["m"] == {"a": 1}


def test_the_first_failure_is_the_one_that_is_told(tmp_path: Path) -> None:
    made = ledger(tmp_path / "s.jsonl", Caps(file=1500))
    for _ in range(50):
        say(made, 1)
    first = made.failure
    assert "has reached its limit" in first
    made.broken(ValueError())
    assert made.failure == first
    assert made.close() == tmp_path / "s.jsonl"
    assert kinds(tmp_path / "s.jsonl")[-2:] == ["note", "end"]


def test_connections_that_are_watched_are_bounded(tmp_path: Path) -> None:
    made = ledger(tmp_path / "s.jsonl")
    for connection in range(1, 1500):
        say(made, connection)
    assert len(made._watches) == 1000
    assert 1 not in made._watches


def test_a_large_limit_is_told_in_mebibytes(tmp_path: Path) -> None:
    made = ledger(tmp_path / "s.jsonl", Caps(file=2 * 1024 * 1024))
    for _ in range(3):
        say(made, 1, '["' + "x" * 1_000_000 + '"]')
    assert made.failure.endswith("has reached its limit of 2 MiB; what followed is not in it")
