from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import jsonschema_rs
import pytest

from mcpx.errors import ConfigError
from mcpx.servers import Era
from mcpx.sessions import reading as module
from mcpx.sessions.blobs import inlined
from mcpx.sessions.events import Ended, EraKnown, Header, Message, Mode, Note
from mcpx.sessions.lines import event_line, header_line
from mcpx.sessions.reading import Oddity, read_session
from mcpx.shipped import json_schemas
from tests.sessions.recordings import PING, TO_CLIENT, TO_SERVER, recorder

SAMPLE = Path(__file__).parents[1] / "data" / "session-v1.jsonl"
HEAD = SAMPLE.read_bytes().splitlines(keepends=True)[0]


def note(number: int, text: str = "x") -> bytes:
    return event_line(Note(number=number, time=1, text=text))


def end(number: int, dropped: int = 0) -> bytes:
    return event_line(Ended(number=number, time=2, events=number - 1, dropped=dropped))


def written(tmp_path: Path, *rest: bytes) -> str:
    path = tmp_path / "s.jsonl"
    path.write_bytes(HEAD + b"".join(rest))
    return str(path)


def test_the_first_version_is_read_for_ever() -> None:
    validator = jsonschema_rs.validator_for(json.loads(json_schemas.text("session")))
    for line in SAMPLE.read_text(encoding="utf-8").splitlines():
        validator.validate(json.loads(line))
    reading = read_session(str(SAMPLE))
    passed = iter(reading)
    events = list(passed)
    assert passed.complete
    assert passed.warnings == ()
    assert reading.header == Header(
        id="01M95HJ5Z0ZZZZZZZZZZZZZZZZ",
        created="2026-11-23T05:20:00.120Z",
        tool="mcpx 0.1.0",
        mode=Mode.TAP,
        fidelity="wire",  # type: ignore[arg-type]
        target={"transport": "stdio", "command": ["uvx", "srv"], "cwd": "/w", "env": ["API_TOKEN"]},
        redaction="default/1",
    )
    assert sorted({type(event).__name__ for event in events}) == [
        *("Ended", "EraKnown", "Exited", "Finished", "Http", "Message", "Note", "Opened", "Raw"),
        *("Stderr", "Streamed"),
    ]
    era = next(one for one in events if isinstance(one, EraKnown))
    assert (era.era, era.version, era.server) == (Era.LEGACY, "2025-06-18", {"name": "srv"})
    odd = next(one for one in events if isinstance(one, Message) and one.masked)
    assert odd.text == (
        '{"id":2.0,"method":"tools/call","params":{"arguments":{"n":1e2,"n":5.0,"token":"‹rule:name#1›"}}}'
    )
    picture = next(one for one in events if isinstance(one, Message) and one.blobs)
    assert inlined(picture, reading.blob).value()["data"] == "AAAA" * 8192


def test_it_can_be_read_again_and_by_two(tmp_path: Path) -> None:
    reading = read_session(written(tmp_path, note(1), note(2), end(3)))
    assert [len(list(reading)), len(list(reading))] == [3, 3]
    assert all(one == other for one, other in zip(reading, reading, strict=True))


def test_what_one_way_through_it_finds_out_is_its_own(tmp_path: Path) -> None:
    reading = read_session(written(tmp_path, note(1), note(3), end(4)))
    first, second = iter(reading), iter(reading)
    next(first)
    assert [event.line for event in second] == [2, 3, 4]
    assert (first.warnings, first.complete) == ((), False)
    assert second.warnings == ("line 3: event 3 follows on event 1",)


def test_a_last_line_may_be_torn_at_every_byte(tmp_path: Path) -> None:
    whole = note(1) + event_line(
        Message(number=2, time=1, connection=1, direction=TO_SERVER, text='{"a":"é"}')
    )
    before = [json.loads(line)["n"] for line in whole.splitlines()]
    ends = [0, len(note(1)) - 1, len(whole) - 1]
    for length in range(len(whole) + 1):
        reading = iter(read_session(written(tmp_path, whole[:length])))
        numbers = [event.number for event in reading]
        # A line is whole without its line feed too.
        assert numbers == before[: sum(length >= one for one in ends[1:])]
        assert not reading.complete
        is_torn = any(remark.oddity is Oddity.TORN for remark in reading.remarks)
        assert is_torn == (length not in (*ends, len(note(1)), len(whole)))


@pytest.mark.parametrize(
    "torn", [b"\0" * 100, b"{}\n", b"\xff\n", b'{"k":"note","n":2}\n', b"\n\n"]
)
def test_a_bad_last_line_is_dropped(tmp_path: Path, torn: bytes) -> None:
    reading = iter(read_session(written(tmp_path, note(1), torn)))
    assert [event.number for event in reading] == [1]
    assert not reading.complete


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b"{\n", "line 3: not JSON"),
        (b"\xff\n", "line 3: not UTF-8 (byte 0)"),
        (note(2)[:-5] + note(3), "line 3: not JSON"),
        (b'{"k":"note","n":2,"t":0}\n', "line 3: 's' is missing"),
    ],
)
def test_a_bad_line_inside_is_an_error_with_its_number(
    tmp_path: Path, bad: bytes, why: str
) -> None:
    reading = read_session(written(tmp_path, note(1), bad, note(4), end(5)))
    with pytest.raises(ConfigError) as caught:
        list(reading)
    assert f"{reading.name}, {why}" in caught.value.message


@pytest.mark.parametrize(
    ("rest", "complete", "warnings"),
    [
        pytest.param([note(1), end(2)], True, [], id="complete"),
        pytest.param([note(1), b"\n", end(2), b"\n"], True, [], id="empty-lines"),
        pytest.param([note(1)], False, [], id="no-end"),
        pytest.param([], False, [], id="nothing"),
        pytest.param([end(1, dropped=3)], False, [], id="dropped"),
        pytest.param([note(1), note(4)], False, ["line 3: event 4 follows on event 1"], id="gap"),
        pytest.param([note(2)], False, ["line 2: event 2 follows on event 0"], id="first-missing"),
        pytest.param(
            [end(1), note(2)],
            False,
            ["line 3: more follows after the end of the recording"],
            id="after-the-end",
        ),
        pytest.param(
            [note(1), b'{"k":"new","n":2}\n', b'{"k":"new","n":3}\n', note(4), end(5)],
            True,
            ["line 3: events of kind 'new' are not known (2 times)"],
            id="newer",
        ),
        pytest.param(
            [note(1)[:-2] + b',"zz":1}\n', end(2)],
            True,
            ["line 2: 'zz' of 'note' is not known"],
            id="field",
        ),
    ],
)
def test_what_is_found_out_on_the_way(
    tmp_path: Path, rest: list[bytes], complete: bool, warnings: list[str]
) -> None:
    reading = iter(read_session(written(tmp_path, *rest)))
    list(reading)
    assert reading.complete is complete
    assert list(reading.warnings) == warnings


def test_warnings_are_bounded(tmp_path: Path) -> None:
    odd = b"".join(b'{"k":"k%d"}\n' % number for number in range(1000))
    reading = iter(read_session(written(tmp_path, odd)))
    list(reading)
    assert len(reading.warnings) == 100


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not a session file: it is empty"),
        (b"hello\n", "not a session file: not a JSON object"),
        (b"\xff\n", "not a session file: not UTF-8 (byte 0)"),
        (HEAD[:50], "not a session file: not JSON"),
        (HEAD.replace(b"mcpx-session/1", b"mcpx-session/2"), "a session file of version 2"),
    ],
)
def test_what_is_no_session_is_refused(tmp_path: Path, data: bytes, why: str) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(data)
    with pytest.raises(ConfigError) as caught:
        read_session(str(path))
    assert caught.value.message.startswith(f"{path}: {why}")


def test_a_line_without_end_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_LINE", 1000)
    reading = read_session(written(tmp_path, note(1), note(2, "x" * 1000)))
    with pytest.raises(ConfigError, match="line 3: longer than 1000 bytes, not read"):
        list(reading)


def test_a_large_file_takes_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    text = '{"a":"' + "x" * 100_000 + '"}'
    with open(path, "wb") as file:
        file.write(HEAD)
        for number in range(1, 301):
            message = Message(number=number, time=1, connection=1, direction=TO_CLIENT, text=text)
            file.write(event_line(message))
    tracemalloc.start()
    assert sum(1 for _ in read_session(str(path))) == 300
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3_000_000


def test_what_was_recorded_can_be_read_before_it_is_complete(tmp_path: Path) -> None:
    made = recorder(tmp_path / "s.jsonl")
    made.message(1, TO_CLIENT, PING)
    reading = read_session(str(tmp_path / "s.jsonl.part"))
    passed = iter(reading)
    assert [type(event) for event in passed] == [Message]
    assert not passed.complete
    assert header_line(reading.header).startswith(b'{"k":"header"')


def test_an_editor_may_have_put_its_mark_at_the_beginning(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + HEAD + note(1) + end(2))
    reading = read_session(str(path))
    assert reading.header == read_session(str(SAMPLE)).header
    assert [one.number for one in reading] == [1, 2]
