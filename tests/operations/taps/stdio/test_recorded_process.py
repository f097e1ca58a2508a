from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mcpx.operations.taps.stdio.recorded_process import ERRORS, INPUT, OUTPUT, RecordedProcess
from mcpx.sessions.destinations import Destination
from mcpx.sessions.events import Mode
from mcpx.sessions.ledger import Caps
from mcpx.sessions.opening import new_header
from mcpx.sessions.redaction import Redaction
from mcpx.sessions.writing import Recorder
from mcpx.wire import Ending
from tests.operations.taps.tapped import events

SMALL = Caps(message=40, line=10)


def recorded(tmp_path: Path, *seen: tuple[int, bytes]) -> list[dict[str, Any]]:
    """The events of what was seen, one after another."""
    redaction = Redaction({})
    header = new_header(Mode.TAP, {"transport": "stdio"}, redaction)
    recorder = Recorder(Destination(str(tmp_path / "s.jsonl")), header, redaction, SMALL)
    process = RecordedProcess(recorder, 4711, 0.0, SMALL)
    for stream, piece in seen:
        for _ in process.take(stream, 0.0, piece):
            pass
    process.over(3, Ending.END_OF_INPUT)
    path = recorder.close()
    assert path is not None
    return events(path)


def test_a_process_is_a_connection(tmp_path: Path) -> None:
    first, exited, end = recorded(tmp_path)
    assert (first["k"], first["c"], first["pid"]) == ("open", 1, 4711)
    assert (exited["k"], exited["c"], exited["code"], exited["by"]) == ("exit", 1, 3, "stdin-eof")
    assert end["k"] == "end"


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        pytest.param([(INPUT, b'{"a":1}\n')], ["msg", "c2s", {"a": 1}], id="to-the-server"),
        pytest.param([(OUTPUT, b'{"a":1}\n')], ["msg", "s2c", {"a": 1}], id="to-the-client"),
        pytest.param(
            [(INPUT, b'{"a"'), (OUTPUT, b"["), (INPUT, b":1}\n")],
            ["msg", "c2s", {"a": 1}],
            id="in-pieces",
        ),
        pytest.param(
            [(OUTPUT, b"[1"), (OUTPUT, b"]"), (OUTPUT, b"")], ["msg", "s2c", [1]], id="end"
        ),
    ],
)
def test_a_line_is_a_message(
    tmp_path: Path, seen: list[tuple[int, bytes]], found: list[Any]
) -> None:
    event = recorded(tmp_path, *seen)[1]
    assert [event["k"], event["d"], event["m"]] == found


def test_a_message_too_long_is_told_by_its_size(tmp_path: Path) -> None:
    long = b'{"text":"%s"}' % (b"x" * 100)
    event = recorded(tmp_path, (OUTPUT, long + b"\n"))[1]
    assert (event["d"], event["cut"]) == ("s2c", len(long))


def test_stderr_is_recorded_by_the_line(tmp_path: Path) -> None:
    found = recorded(tmp_path, (ERRORS, b"one\ntwo"), (ERRORS, b""), (ERRORS, b"x" * 99 + b"\n"))
    texts = [event["s"] for event in found if event["k"] == "err"]
    assert texts[:2] == ["one", "two"]
    assert texts[2].startswith("x" * 10)
    assert len(texts[2]) < 99
