from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from mcpx.analyses.finding import Finding, Location, Severity
from mcpx.servers import NOTHING, Era
from mcpx.sessions import checking
from mcpx.sessions.blob_files import blob_folder, blob_name
from mcpx.sessions.checking import check
from mcpx.sessions.events import (
    EraKnown,
    Event,
    Exited,
    Masked,
    Opened,
    Raw,
    Unread,
)
from mcpx.sessions.lines import event_line, header_line
from mcpx.sessions.reading import read_session
from mcpx.wire import Direction, Ending, Finish
from tests.sessions.tapes import HEADER, call, came, done, fin, http, sent, status, tape

LEGACY = EraKnown(number=0, time=-1.0, connection=1, era=Era.LEGACY, version="2025-11-25", how="x")
DATA = b"png"
DIGEST = f"sha256:{hashlib.sha256(DATA).hexdigest()}"


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def found(*events: Event, blobs: Mapping[str, bytes] = NOTHING, **more: Any) -> list[Finding]:
    return found_in([event_line(event) for event in tape(LEGACY, *events, **more)], blobs)


def found_in(lines: Iterable[bytes], blobs: Mapping[str, bytes] = NOTHING) -> list[Finding]:
    path = Path("s.jsonl")
    path.write_bytes(header_line(HEADER) + b"".join(lines))
    for digest, data in blobs.items():
        kept = blob_folder(path) / blob_name(digest)
        kept.parent.mkdir(parents=True)
        kept.write_bytes(data)
    return list(check(read_session("s.jsonl")))


def told(*events: Event, **more: Any) -> list[tuple[str, str]]:
    return [(one.rule.id, one.message) for one in found(*events, **more)]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param([call(1), done(1)], [], id="nothing"),
        pytest.param(
            [call(1, "add")],
            [("session-unanswered", "tools/call add (id 1) has no answer")],
            id="unanswered",
        ),
        pytest.param(
            [
                http(1),
                call(1, exchange=1),
                status(1),
                fin(1, Finish.SERVER, "connection reset"),
            ],
            [("session-unanswered", "tools/call add (id 1) has no answer (connection reset)")],
            id="unanswered-and-why",
        ),
        pytest.param(
            [call("a"), call("a"), done("a"), done("a"), done("a")],
            [
                ("session-id-reused", 'tools/call add (id "a"): an open request had this id'),
                ("session-answered-twice", 'id "a" had its answer already'),
            ],
            id="one-id-for-two",
        ),
        pytest.param(
            [call(1), came("ping", 7), done(1)],
            [("session-unanswered", "ping (id 7) has no answer")],
            id="unanswered-by-the-client",
        ),
        pytest.param(
            [came(batch=3)], [("session-no-message", "'3' is no message")], id="json-of-no-message"
        ),
        pytest.param(
            [came(text="", cut=99)],
            [("session-cut", "only its size was recorded: 99 bytes")],
            id="cut",
        ),
        pytest.param(
            [sent("initialize", 1), call(2), done(1), done(2), call(3), done(3)],
            [
                (
                    "session-early-request",
                    "tools/call add (id 2) was sent before initialize was answered",
                )
            ],
            id="early",
        ),
        pytest.param([call(2), done(2)], [], id="no-handshake-is-not-early"),
    ],
)
def test_what_went_wrong_is_found(events: list[Event], expected: list[tuple[str, str]]) -> None:
    assert told(*events) == expected


@pytest.mark.parametrize(
    ("by", "code", "severity", "message"),
    [
        pytest.param(Ending.ITSELF, 1, "warning", "it ended with status 1", id="status"),
        pytest.param(Ending.ITSELF, -11, "warning", "it ended by signal 11", id="signal"),
        pytest.param(Ending.ITSELF, 0, "info", "it ended with status 0", id="well"),
        pytest.param(Ending.CLIENT, -15, None, "", id="asked-to"),
    ],
)
def test_a_server_that_ends_by_itself(
    by: Ending, code: int, severity: str | None, message: str
) -> None:
    exited = Exited(number=0, time=-1.0, connection=1, code=code, by=by)
    said = [(one.severity.value, one.message) for one in found(exited)]
    assert said == ([(severity, message)] if severity else [])


def test_the_body_of_a_refusal_is_no_broken_message() -> None:
    raw = Raw(number=0, time=-1.0, direction=Direction.TO_CLIENT, data=b"no", why=Unread.BODY)
    assert found(raw) == []


def test_variables_that_a_replay_needs_are_told_once() -> None:
    masked = (Masked("/params/arguments/a", "env:NOTES_TOKEN"),)
    (finding,) = found(call(1, masked=masked), call(2, masked=masked), done(1), done(2))
    assert (finding.rule.id, finding.severity) == ("session-needs-variable", Severity.INFO)
    assert finding.message == "requests need the value of NOTES_TOKEN, 2 times"
    assert finding.location == Location("s.jsonl", 3)
    assert finding.subjects[0].key == "NOTES_TOKEN"


@pytest.mark.parametrize(
    ("digest", "blobs", "message"),
    [
        pytest.param(DIGEST, {DIGEST: DATA}, "", id="there"),
        pytest.param(
            DIGEST,
            {},
            f"cannot read s.jsonl.blobs/{blob_name(DIGEST)}: No such file or directory",
            id="missing",
        ),
        pytest.param(
            DIGEST,
            {DIGEST: b"other"},
            f"the blob {DIGEST} is not what was recorded: its bytes have changed",
            id="another",
        ),
        pytest.param("sha256:../x", {}, "'sha256:../x' is no digest of a blob", id="no-digest"),
    ],
)
def test_blobs_are_looked_at(digest: str, blobs: dict[str, bytes], message: str) -> None:
    result = {"content": [{"type": "image", "data": {"$blob": digest, "len": 3}}]}
    answer = done(1, result, blobs=("/result/content/0/data",))
    said = told(
        call(1), answer, call(2), done(2, result, blobs=("/result/content/0/data",)), blobs=blobs
    )
    assert said == ([("session-blob", message)] if message else [])


def test_a_pointer_to_no_blob_is_found() -> None:
    assert told(call(1), done(1, blobs=("/result/x",))) == [
        ("session-blob", "it names a blob that it does not refer to")
    ]


def test_a_recording_without_an_end_is_incomplete_and_what_it_lacks_is_not_told() -> None:
    (finding,) = found(call(1), complete=False)
    assert finding.rule.id == "session-incomplete"
    assert finding.location == Location("s.jsonl", 3)


def test_what_the_reader_remarks_is_told_with_its_line() -> None:
    one, _, three = [event_line(event) for event in tape(LEGACY, call(1), done(1))][:3]
    lines = [one, b"\n", three, b'{"k":"new","n":4,"t":1}\n' * 3, b'{"k":"msg"']
    said = [(one.rule.id, one.location, one.message) for one in found_in(lines)]
    assert said == [
        ("session-unasked", Location("s.jsonl", 4), "nobody asked for an answer to id 1"),
        (
            "session-incomplete",
            Location("s.jsonl", 8),
            "the last line is not whole: the recording was interrupted",
        ),
        ("session-dropped", Location("s.jsonl", 4), "event 3 follows on event 1"),
        (
            "session-skipped",
            Location("s.jsonl", 5),
            "events of kind 'new' are not known, 3 times",
        ),
    ]


def packed() -> None:
    with zipfile.ZipFile("s.jsonl.pack", "w") as archive:
        archive.write("s.jsonl", "session.jsonl")
    Path("s.jsonl.pack").replace("s.jsonl")


@pytest.mark.parametrize(
    ("before", "pack", "line"),
    [
        pytest.param(b"", False, 3, id="file"),
        pytest.param(b"\n \n", False, 5, id="after-blank-lines"),
        pytest.param(b"", True, None, id="pack-by-any-name"),
    ],
)
def test_a_finding_has_the_line_that_people_can_look_at(
    before: bytes, pack: bool, line: int | None
) -> None:
    lines = [event_line(event) for event in tape(LEGACY, done(1))]
    lines.insert(1, before)
    (finding,) = found_in(lines)
    if pack:
        packed()
        (finding,) = check(read_session("s.jsonl"))
    assert (finding.rule.id, finding.location) == ("session-unasked", Location("s.jsonl", line))
    assert finding.subjects[0].key == "#2 an answer"


OPENED = Opened(number=0, time=0.3, connection=1)


@pytest.mark.parametrize(
    ("events", "messages"),
    [
        pytest.param([call(1, time=1.0), call(2, time=0.99)], [], id="a-moment"),
        pytest.param(
            [call(1, time=2.0), call(2, time=1.0)], ["1.000 s comes after 2.000 s"], id="backwards"
        ),
        pytest.param([call(1, time=2.0), done(1, time=1.0)], [], id="two-sides"),
        pytest.param([call(1, time=2.0), call(1, time=1.0, connection=2)], [], id="connections"),
        pytest.param(
            [call(1, time=2.0, exchange=1), call(2, time=1.0, exchange=2)], [], id="exchanges"
        ),
        pytest.param(
            [came("a", time=2.0, exchange=1), came("a", time=1.0, exchange=1)],
            ["1.000 s comes after 2.000 s"],
            id="one-exchange",
        ),
        pytest.param([call(1, time=2.0), OPENED], [], id="opened-late"),
    ],
)
def test_times_are_compared_where_one_comes_after_the_other(
    events: list[Event], messages: list[str]
) -> None:
    said = told(*events, complete=False)
    assert [text for rule, text in said if rule == "session-time"] == messages


def test_a_connection_that_does_not_say_what_it_speaks() -> None:
    said = told(call(1, connection=2), done(1, connection=2))
    assert said == [("session-era-unknown", "connection 2 does not say what it speaks")]


def test_of_many_findings_of_a_kind_the_first_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_MOST", 2)
    said = told(*(done(number) for number in range(5)))
    assert [text for _, text in said] == [
        "nobody asked for an answer to id 0",
        "nobody asked for an answer to id 1",
        "and 3 more like these",
    ]
