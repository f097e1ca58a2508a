from __future__ import annotations

import base64
import errno
import json
import os
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mcpx.errors import ConfigError
from mcpx.sessions.blobs import SMALLEST
from mcpx.sessions.events import (
    Ended,
    Event,
    Fidelity,
    Header,
    Message,
    Mode,
    Note,
    Unread,
)
from mcpx.sessions.ledger import Caps
from mcpx.sessions.part_file import PartFile
from mcpx.sessions.reading import read_session
from mcpx.sessions.redaction import Redaction
from mcpx.sessions.writing import write_session
from mcpx.wire import Direction, Ending, Finish, StreamEvent
from tests.bench import kills
from tests.conftest import ROOT
from tests.sessions.json_texts import MESSAGES
from tests.sessions.recordings import PING, TO_CLIENT, TO_SERVER, kinds, lines, recorder


def test_a_recording_of_everything(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    began = time.monotonic()
    made = recorder(path, began=began)
    at = (began + number / 4 for number in range(12))
    assert made.opened(4711, at=next(at)) == 1
    assert made.opened(at=next(at)) == 2
    headers = [("X-A", "b"), ("mcp-method", "a"), ("Mcp-Method", "b")]
    made.http_request(2, 1, "POST", "/mcp", headers, at=next(at))
    made.message(2, TO_SERVER, PING + b"\r\n", exchange=1, at=next(at))
    made.http_answer(2, 1, 200, [("Content-Type", "text/event-stream")], at=next(at))
    made.streamed(2, 1, StreamEvent("e1", retry=5, empty=True), at=next(at))
    second = StreamEvent("e2")
    made.message(2, TO_CLIENT, b'{\n "id": 1\n}', exchange=1, stream=second, at=next(at))
    made.finished(2, 1, Finish.END, at=next(at))
    made.raw(1, TO_CLIENT, b"<html>", Unread.BODY, 3, size=99, at=next(at))
    made.stderr(1, b"hello\xff\r\n", at=next(at))
    made.exited(1, -9, Ending.TAP, at=next(at))
    made.note("n")
    assert made.close() == path == made.path
    assert (made.failure, made.dropped) == ("", 0)
    header, *events = lines(path)
    assert header["target"] == {"transport": "stdio", "command": ["x"]}
    assert [event["n"] for event in events] == list(range(1, 14))
    times = [event.pop("t") for event in events]
    assert times[:11] == [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5]
    assert 0 <= times[11] <= times[12] <= time.monotonic() - began
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


LINES = [
    *((PING, 0), (b'  {"id": 2}\r', 0), (b"[1]", 0), (b"", 0), (b"Starting...", 0)),
    *((b'{"a": "\xff"}', 0), (b'{"a": "start', 99), (b'{"a": "%s"}' % (b"x" * 50_000), 0)),
    (b'{"method": "a", "params": {"arguments": {"password": "s3cr3t-1"}}}', 0),
    *((b'{"a": "Bearer abcdef123456"}', 0), (b'{"a": "\\u0062earer abcdef123456"}', 0)),
    *((b'{"a": "known-value-1"}', 0), (b'{"a": "b", "key": "known"}', 0), (b"known-value-1", 0)),
    (b'{"id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18"}}', 0),
]
HELLO = [(b'{"id": 1, "result": {"protocolVersion": "2025-06-18"}}', 0), (PING, 0)]


def test_messages_that_come_together_are_recorded_as_one_by_one(tmp_path: Path) -> None:
    found = []
    for name in ("one", "together"):
        made = recorder(tmp_path / name, Redaction({"known-value-1": "env:A"}), began=1.0)
        for direction, said in ((TO_SERVER, LINES), (TO_SERVER, LINES), (TO_CLIENT, HELLO)):
            if name == "together":
                made.messages(1, direction, said, at=3.0)
            else:
                for raw, size in said:
                    made.message(1, direction, raw, size=size, at=3.0)
        path = made.close()
        assert path is not None
        found.append(path.read_text().splitlines()[1:-1])
    one, together = found
    assert together == one
    assert len(one) == 2 * len(LINES) + len(HELLO) + 1  # and what they show of the era
    assert not any("known-value-1" in line or "s3cr3t" in line for line in together)


def test_messages_that_come_together_are_one_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    put = PartFile.put
    made = recorder(tmp_path / "s.jsonl")
    monkeypatch.setattr(
        PartFile, "put", lambda file, data: (written.append(data), put(file, data))[1]
    )
    made.messages(1, TO_CLIENT, [(PING, 0)] * 100)
    assert [data.count(b"\n") for data in written] == [100]
    large = b'["%s"]' % (b"x" * 200_000)
    made.messages(1, TO_CLIENT, [(large, 0), (large, 0), (PING, 0)])
    assert [data.count(b"\n") for data in written] == [100, 2, 1]


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
    reading = iter(read_session(str(path)))
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
    assert made.close() is None
    assert made.dropped == 2


def test_a_folder_that_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, *_: object) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(os, "open", refuse)
    made = recorder(tmp_path / "s.jsonl")
    assert made.failure == f"cannot write {tmp_path}/s.jsonl.part: Permission denied"


def test_a_file_that_vanishes_is_noticed_and_the_session_goes_on(tmp_path: Path) -> None:
    made = recorder(tmp_path / "s.jsonl", began=0.0)
    made.message(1, TO_CLIENT, PING, at=10.0)
    (tmp_path / "s.jsonl.part").unlink()
    made.message(1, TO_CLIENT, PING, at=10.9)
    assert made.failure == ""  # it has looked just now
    made.messages(1, TO_CLIENT, [(PING, 0)], at=11.1)
    assert made.failure == f"{tmp_path}/s.jsonl.part was removed while it was written"
    made.message(1, TO_CLIENT, PING)
    assert (made.close(), made.dropped) == (None, 2)


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
for number in range(20):
    for _ in range(0 if "together" in sys.argv else 5):
        made.message(1, TO_CLIENT, PING)
    if "together" in sys.argv:
        made.messages(1, TO_CLIENT, [(PING, 0)] * 5)
failure, dropped = made.failure, made.dropped
def make_room():
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
if "room" in sys.argv:
    make_room()
made.close()
make_room()  # who measures this process writes a file too
print(failure, dropped, sep="\\n")
"""


@pytest.mark.parametrize("size", [100, 1000, 1001, 1050])
@pytest.mark.parametrize(
    "later", [[], ["room"], ["together"]], ids=["full", "room-at-the-end", "together"]
)
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
    assert complete or "room" not in later
    found = iter(read_session(str(path) if complete else f"{path}.part"))
    events = list(found)
    assert len([one for one in events if isinstance(one, Message)]) == 100 - int(dropped)
    assert not found.complete
    assert isinstance(events[-1], Ended) == complete


@pytest.mark.parametrize("together", [1, 4, 100])
def test_at_its_limit_a_file_ends_and_says_so(tmp_path: Path, together: int) -> None:
    made = recorder(tmp_path / "s.jsonl", caps=Caps(file=3000))
    for _ in range(100 // together):
        made.messages(1, TO_CLIENT, [(PING, 0)] * together)
    assert made.failure == (
        f"{tmp_path}/s.jsonl has reached its limit of 3000 bytes; what followed is not in it"
    )
    path = made.close()
    assert path == tmp_path / "s.jsonl"
    assert path.stat().st_size <= 3000
    reading = iter(read_session(str(path)))
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
    made = recorder(tmp_path / "s.jsonl")

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
    reading = iter(read_session(str(path)))
    events = list(reading)
    assert reading.complete
    for connection in range(1, 5):
        own = [one for one in events if isinstance(one, Message) and one.connection == connection]
        assert [one.text for one in own] == [f'{{"id":{number}}}' for number in range(200)]


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
    events_read = iter(reading)
    first, second, third, ended = events_read
    assert (reading.header, events_read.complete) == (HEADER, True)
    assert isinstance(first, Message)
    assert (first.number, first.time, first.text, first.respaced) == (1, 1.5, '{"a": 5.0}', True)
    assert isinstance(second, Message)
    assert second.masked[0].source == "rule:name#1"
    assert isinstance(third, Message)
    assert third.cut == 99
    assert ended == Ended(number=4, time=3, events=3)


def test_the_header_of_a_whole_session_is_masked_and_says_so(tmp_path: Path) -> None:
    secret = "abcdef123456789xyz"
    target = {"transport": "stdio", "command": ["srv", secret, f"--cfg={secret}"], "cwd": secret}
    path = tmp_path / "s.jsonl"
    header = replace(HEADER, target=target, redaction="")
    write_session(path, header, events(), Redaction.of({"FOO_TOKEN": secret}))
    assert secret not in path.read_text()
    written = read_session(str(path)).header
    assert written.redaction == "default/1"
    marker = "‹env:FOO_TOKEN›"
    assert written.target == {
        "transport": "stdio",
        "command": ["srv", marker, f"--cfg={marker}"],
        "cwd": marker,
    }
    write_session(tmp_path / "clear.jsonl", replace(HEADER, target=target), [], Redaction.none())
    assert read_session(str(tmp_path / "clear.jsonl")).header.redaction == ""


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
