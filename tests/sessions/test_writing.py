from __future__ import annotations

import base64
import errno
import json
import os
import re
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mcpx.errors import ConfigError
from mcpx.sessions.blobs import SMALLEST
from mcpx.sessions.events import (
    Direction,
    Ended,
    Ending,
    Event,
    Fidelity,
    Finish,
    Header,
    Message,
    Mode,
    Note,
    StreamEvent,
    Unread,
)
from mcpx.sessions.ledger import Caps
from mcpx.sessions.reading import read_session
from mcpx.sessions.redaction import Redaction
from mcpx.sessions.writing import new_header, write_session
from tests.bench import kills
from tests.conftest import ROOT
from tests.sessions.json_texts import MESSAGES
from tests.sessions.recordings import PING, TO_CLIENT, TO_SERVER, kinds, lines, recorder


def test_a_recording_of_everything(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    began = time.monotonic()
    made = recorder(path)
    assert made.opened(4711) == 1
    assert made.opened() == 2
    made.http_request(
        2, 1, "POST", "/mcp", [("X-A", "b"), ("mcp-method", "a"), ("Mcp-Method", "b")]
    )
    made.message(2, TO_SERVER, PING + b"\r\n", exchange=1, at=began + 100.25)
    made.http_answer(2, 1, 200, [("Content-Type", "text/event-stream")])
    made.streamed(2, 1, StreamEvent("e1", retry=5, empty=True))
    made.message(2, TO_CLIENT, b'{\n "id": 1\n}', exchange=1, stream=StreamEvent("e2"))
    made.finished(2, 1, Finish.END)
    made.raw(1, TO_CLIENT, b"<html>", Unread.BODY, 3, size=99)
    made.stderr(1, b"hello\xff\r\n")
    made.exited(1, -9, Ending.TAP)
    made.note("n")
    assert made.close() == path == made.path
    assert (made.failure, made.dropped) == ("", 0)
    header, *events = lines(path)
    assert header["target"] == {"transport": "stdio", "command": ["x"]}
    assert [event["n"] for event in events] == list(range(1, 14))
    assert {name: event for event in events for name in ("t",) if event.pop(name) > 100} != {}
    assert events == [
        {"k": "open", "n": 1, "c": 1, "pid": 4711},
        {"k": "open", "n": 2, "c": 2},
        {
            "k": "http",
            "n": 3,
            "c": 2,
            "x": 1,
            "d": "c2s",
            "method": "POST",
            "path": "/mcp",
            "h": {"mcp-method": "a, b"},
        },
        {"k": "msg", "n": 4, "c": 2, "x": 1, "d": "c2s", "m": json.loads(PING)},
        {
            "k": "http",
            "n": 5,
            "c": 2,
            "x": 1,
            "d": "s2c",
            "status": 200,
            "h": {"content-type": "text/event-stream"},
        },
        {"k": "sse", "n": 6, "c": 2, "x": 1, "ev": {"id": "e1", "retry": 5, "empty": True}},
        {
            "k": "msg",
            "n": 7,
            "c": 2,
            "x": 1,
            "d": "s2c",
            "ws": 1,
            "ev": {"id": "e2"},
            "m": {"id": 1},
        },
        {"k": "fin", "n": 8, "c": 2, "x": 1, "why": "eof"},
        {"k": "raw", "n": 9, "c": 1, "x": 3, "d": "s2c", "s": "<html>", "why": "body", "cut": 99},
        {"k": "err", "n": 10, "c": 1, "s": "hello\ufffd"},
        {"k": "exit", "n": 11, "c": 1, "code": -9, "by": "tap"},
        {"k": "note", "n": 12, "s": "n"},
        {"k": "end", "n": 13, "events": 12, "dropped": 0},
    ]


def test_a_file_is_not_there_until_it_is_complete(tmp_path: Path) -> None:
    made = recorder(tmp_path / "new" / "s.jsonl")
    part = tmp_path / "new" / "s.jsonl.part"
    made.opened()
    assert kinds(part) == ["header", "open"]
    assert stat.S_IMODE(part.stat().st_mode) == 0o600
    assert stat.S_IMODE(part.parent.stat().st_mode) == 0o700
    assert made.close() == tmp_path / "new" / "s.jsonl"
    assert not part.exists()
    made.note("too late")
    assert made.close() is None
    assert made.dropped == 1


def test_two_recordings_of_one_name(tmp_path: Path) -> None:
    first, second = (recorder(tmp_path / "s.jsonl") for _ in range(2))
    assert second.path == tmp_path / "s-2.jsonl"
    assert [first.close(), second.close()] == [tmp_path / "s.jsonl", tmp_path / "s-2.jsonl"]


def test_a_header_says_when_by_what_and_without_secrets() -> None:
    target = {"command": ["x", "--token", "t"]}
    header = new_header(Mode.TAP, target, Redaction())
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{26}", header.id)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", header.created)
    assert header.tool.startswith("mcpx ")
    assert (header.redaction, header.target) == ("default/1", {"command": ["x", "--token", "***"]})
    later = new_header(Mode.TAP, {}, Redaction.none())
    assert later.redaction == ""
    assert later.id != header.id


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(Direction), MESSAGES), max_size=5))
def test_any_message_is_read_as_it_was_on_the_wire(
    tmp_path: Path, messages: list[tuple[Direction, str]]
) -> None:
    made = recorder(tmp_path / "s.jsonl", Redaction.none())
    for direction, text in messages:
        made.message(made.opened(), direction, text.encode() + b"\n")
    path = made.close()
    assert path is not None
    reading = read_session(str(path))
    found = [(one.direction, one.text) for one in reading if isinstance(one, Message)]
    assert found == messages
    assert reading.complete


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        pytest.param(b"Starting...\n", {"s": "Starting...", "why": "not-json"}, id="text"),
        pytest.param(b"\xff\x00\n", {"s": "/wA=", "enc": "base64", "why": "not-utf-8"}, id="bytes"),
        pytest.param(b"42\n", {"s": "42", "why": "not-json"}, id="scalar"),
        pytest.param(b"\r\n", {"s": "", "why": "not-json"}, id="empty"),
        pytest.param(b"{} {}", {"s": "{} {}", "why": "not-json"}, id="two"),
        pytest.param(b"[" * 500, {"s": "[" * 500, "why": "not-json"}, id="deep"),
        pytest.param(b'{"a":NaN}', {"s": '{"a":NaN}', "why": "not-json"}, id="nan"),
        pytest.param(
            b"token=abc123x",
            {"s": "token=‹rule:value#1›", "why": "not-json", "rd": [["", "rule:value#1"]]},
            id="secret",
        ),
    ],
)
def test_what_is_no_message_is_raw(tmp_path: Path, raw: bytes, line: dict[str, Any]) -> None:
    made = recorder(tmp_path / "s.jsonl")
    made.message(1, TO_CLIENT, raw)
    found = lines(tmp_path / "s.jsonl.part")[1]
    assert found.pop("t") >= 0
    assert found == {"k": "raw", "n": 1, "c": 1, "d": "s2c", **line}


def test_what_is_too_large_is_cut_and_the_rest_goes_on(tmp_path: Path) -> None:
    made = recorder(tmp_path / "s.jsonl", caps=Caps(message=50, line=5))
    made.message(1, TO_CLIENT, b'{"a":"' + b"x" * 50 + b'"}')
    made.message(1, TO_CLIENT, b'{"a":', size=1000)
    made.message(1, TO_CLIENT, PING)
    made.stderr(1, b"123456")
    made.raw(1, TO_CLIENT, b"123456", Unread.BODY)
    _, *events = lines(tmp_path / "s.jsonl.part")
    assert [(one["k"], one.get("cut"), one.get("s")) for one in events] == [
        *(("msg", 58, None), ("msg", 1000, None), ("msg", None, None)),
        *(("err", None, "12345…"), ("raw", 6, "12345")),
    ]
    assert "m" not in events[0]


def test_the_era_is_told_as_soon_as_it_is_known(tmp_path: Path) -> None:
    made = recorder(tmp_path / "s.jsonl")
    ask = {"id": 1, "method": "initialize", "params": {"protocolVersion": "2025-11-25"}}
    answer = {"id": 1, "result": {"protocolVersion": "2025-06-18", "serverInfo": {"name": "s"}}}
    for _ in range(2):
        connection = made.opened()
        made.message(connection, TO_SERVER, json.dumps(ask).encode())
        made.message(connection, TO_CLIENT, json.dumps(answer).encode())
    found = [line for line in lines(tmp_path / "s.jsonl.part") if line["k"] == "era"]
    assert [(one["c"], one["n"]) for one in found] == [(1, 4), (2, 8)]
    assert found[0]["version"] == "2025-06-18"
    assert found[0]["server"] == {"name": "s"}


# --- failures ----------------------------------------------------------------------------------


def test_a_folder_that_cannot_be_made_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    made = recorder(tmp_path / "file" / "s.jsonl")
    assert made.failure.startswith(f"cannot write {tmp_path}/file/s.jsonl.part: ")
    assert made.opened() == 1
    made.message(1, TO_CLIENT, PING)
    made.flush()
    assert made.close() is None
    assert made.dropped == 2


def test_a_folder_that_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, *_: object) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(os, "open", refuse)
    made = recorder(tmp_path / "s.jsonl")
    assert made.failure == f"cannot write {tmp_path}/s.jsonl.part: Permission denied"


def test_a_file_that_vanishes_is_noticed_and_the_session_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = recorder(tmp_path / "s.jsonl")
    (tmp_path / "s.jsonl.part").unlink()
    made.message(1, TO_CLIENT, PING)
    made.flush()
    assert made.failure == ""  # it has looked just now
    monkeypatch.setattr("mcpx.sessions.writing._PAUSE", -1.0)
    made.flush()
    assert made.failure == f"{tmp_path}/s.jsonl.part was removed while it was written"
    made.message(1, TO_CLIENT, PING)
    assert (made.close(), made.dropped) == (None, 1)


def test_a_folder_that_vanishes_is_noticed_at_the_end(tmp_path: Path) -> None:
    made = recorder(tmp_path / "folder" / "s.jsonl")
    (tmp_path / "folder" / "s.jsonl.part").unlink()
    (tmp_path / "folder").rmdir()
    made.message(1, TO_CLIENT, PING)
    assert made.close() is None
    assert "was removed while it was written" in made.failure


FULL = """
import resource, signal, sys
from tests.sessions.recordings import PING, TO_CLIENT, recorder
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
made = recorder(sys.argv[1])
for number in range(100):
    made.message(1, TO_CLIENT, PING)
failure, dropped = made.failure, made.dropped
if sys.argv[3:]:
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
made.close()
print(failure, dropped, sep="\\n")
"""


@pytest.mark.parametrize("size", [100, 1000, 1001, 1050])
@pytest.mark.parametrize("later", [[], ["room"]], ids=["full", "room-at-the-end"])
def test_a_disk_that_is_full(tmp_path: Path, size: int, later: list[str]) -> None:
    path = tmp_path / "s.jsonl"
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path), str(size), *later],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    failure, dropped = done.stdout.splitlines()
    assert failure == f"cannot write {path}.part: File too large"
    assert 80 < int(dropped) <= 100
    if size == 100:
        return
    # Where a message has no room, the end may have.
    complete = path.exists()
    assert complete or not later
    found = read_session(str(path) if complete else f"{path}.part")
    events = list(found)
    assert len([one for one in events if isinstance(one, Message)]) == 100 - int(dropped)
    assert not found.complete
    assert isinstance(events[-1], Ended) == complete


def test_at_its_limit_a_file_ends_and_says_so(tmp_path: Path) -> None:
    made = recorder(tmp_path / "s.jsonl", caps=Caps(file=3000))
    for _ in range(100):
        made.message(1, TO_CLIENT, PING)
    assert made.failure == (
        f"{tmp_path}/s.jsonl has reached its limit of 3000 bytes; what followed is not in it"
    )
    path = made.close()
    assert path == tmp_path / "s.jsonl"
    assert path.stat().st_size <= 3000
    reading = read_session(str(path))
    *messages, note, ended = reading
    assert isinstance(note, Note)
    assert note.text == "the limit of 3000 bytes was reached: what followed was not recorded"
    assert isinstance(ended, Ended)
    assert ended.dropped == made.dropped == 100 - len(messages) > 0
    assert not reading.complete


def test_pictures_count_towards_the_limit(tmp_path: Path) -> None:
    made = recorder(tmp_path / "s.jsonl", caps=Caps(file=2 * SMALLEST))
    for _ in range(2):
        data = base64.b64encode(os.urandom(SMALLEST)).decode()
        made.message(1, TO_CLIENT, json.dumps({"data": data}).encode())
    assert kinds(tmp_path / "s.jsonl.part") == ["header", "msg", "note"]
    assert made.dropped == 1


def test_a_bug_of_ours_does_not_reach_the_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise KeyError("secret")

    made = recorder(tmp_path / "s.jsonl")
    monkeypatch.setattr(Redaction, "message", fails)
    made.message(1, TO_CLIENT, PING)
    monkeypatch.setattr(Redaction, "text", fails)
    made.note("n")
    assert made.failure == f"{tmp_path}/s.jsonl.part: a bug of mcpx (KeyError) ended it"
    assert made.dropped == 2


def test_threads_do_not_get_into_each_other(tmp_path: Path) -> None:
    made = recorder(tmp_path / "s.jsonl", fsync=False)

    def speak(connection: int) -> None:
        for number in range(200):
            made.message(connection, TO_SERVER, b'{"id":%d}' % number)

    threads = [threading.Thread(target=speak, args=(made.opened(),)) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    path = made.close()
    assert path is not None
    reading = read_session(str(path))
    events = list(reading)
    assert reading.complete
    for connection in range(1, 5):
        own = [one for one in events if isinstance(one, Message) and one.connection == connection]
        assert [one.text for one in own] == [f'{{"id":{number}}}' for number in range(200)]


def test_every_event_can_be_put_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    made = recorder(tmp_path / "s.jsonl", fsync=True)
    made.opened()
    made.message(1, TO_CLIENT, PING)
    assert len(synced) == 2


def test_a_killed_recording_loses_nothing_that_was_written(tmp_path: Path) -> None:
    for seed in range(4):
        found = kills.killed(tmp_path / f"s{seed}.jsonl", 0.02 * seed)
        assert found.read >= found.told
        assert not found.complete


# --- whole sessions ----------------------------------------------------------------------------

HEADER = Header(
    "1", "2026-11-22T14:00:00.120Z", "mcpx", Mode.IMPORT, Fidelity.JSON, {}, "default/1", "har"
)


def events() -> Iterator[Event]:
    yield Message(number=0, time=1.5, connection=1, direction=TO_SERVER, text='{\n"a": 5.0}')
    yield Message(
        number=0, time=2, direction=TO_SERVER, text='{"params":{"arguments":{"token":"x1"}}}'
    )
    yield Message(number=9, time=3, direction=TO_CLIENT, text="", cut=99)
    yield Ended(number=7, time=3, events=77)


def test_a_whole_session_is_numbered_and_masked(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    assert write_session(path, HEADER, events(), Redaction()) == 4
    reading = read_session(str(path))
    first, second, third, ended = reading
    assert (reading.header, reading.complete) == (HEADER, True)
    assert isinstance(first, Message)
    assert (first.number, first.time, first.text, first.respaced) == (1, 1.5, '{"a": 5.0}', True)
    assert isinstance(second, Message)
    assert second.masked[0].source == "rule:name#1"
    assert isinstance(third, Message)
    assert third.cut == 99
    assert ended == Ended(number=4, time=3, events=3)


def bad() -> Iterator[Event]:
    yield from events()
    data = base64.b64encode(bytes(SMALLEST)).decode()
    yield Message(number=0, time=1, direction=TO_SERVER, text=json.dumps({"data": data}))
    yield Message(number=0, time=1, direction=TO_SERVER, text="{")


def test_a_bad_event_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="event 6: not JSON"):
        write_session(tmp_path / "s.jsonl", HEADER, bad(), Redaction())
    assert list(tmp_path.glob("s*")) == []


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("there", "there is there already"),
        ("being", "being.part is there already"),
        ("no/s.jsonl", "no such folder"),
    ],
)
def test_a_whole_session_overwrites_nothing(tmp_path: Path, name: str, why: str) -> None:
    (tmp_path / "there").write_text("x")
    (tmp_path / "being.part").write_text("y")
    with pytest.raises(ConfigError) as caught:
        write_session(tmp_path / name, HEADER, events(), Redaction())
    assert why in caught.value.message
    assert ((tmp_path / "there").read_text(), (tmp_path / "being.part").read_text()) == ("x", "y")
