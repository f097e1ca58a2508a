from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from mcpx.servers import Era
from mcpx.sessions.events import (
    Ended,
    EraKnown,
    Event,
    Finished,
    Http,
    Masked,
    Message,
    Note,
    Raw,
    Stderr,
    Streamed,
    Unread,
)
from mcpx.sessions.masked_events import masked_event, masked_message
from mcpx.sessions.redaction import Redaction
from mcpx.wire import Direction, Finish, StreamEvent

SECRET = "known-secret-4711"
MARKER = "‹env:TOKEN›"
TOWARDS = Direction.TO_CLIENT


@pytest.fixture
def redaction() -> Redaction:
    return Redaction.of({"TOKEN": SECRET})


def of(kind: type[Any], **fields: Any) -> Any:
    return kind(number=1, time=0.0, **fields)


@pytest.mark.parametrize(
    ("event", "masked"),
    [
        (of(Stderr, text=f"a {SECRET}"), of(Stderr, text=f"a {MARKER}")),
        (of(Note, text=SECRET), of(Note, text=MARKER)),
        (
            of(Finished, why=Finish.REFUSED, text=SECRET),
            of(Finished, why=Finish.REFUSED, text=MARKER),
        ),
        (
            of(Http, direction=TOWARDS, path=f"/{SECRET}", headers={"Cookie": "x"}),
            of(Http, direction=TOWARDS, path=f"/{MARKER}", headers={}),
        ),
        (
            of(Streamed, stream=StreamEvent(id=SECRET, retry=5)),
            of(Streamed, stream=StreamEvent(id=MARKER, retry=5)),
        ),
        (
            of(EraKnown, era=Era.LEGACY, version="1", how="x", server={"name": SECRET, "n": 1}),
            of(EraKnown, era=Era.LEGACY, version="1", how="x", server={"name": MARKER, "n": 1}),
        ),
        (
            of(Raw, direction=TOWARDS, why=Unread.NOT_JSON, data=f"é {SECRET}".encode()),
            of(
                *(Raw,),
                direction=TOWARDS,
                why=Unread.NOT_JSON,
                data=f"é {MARKER}".encode(),
                masked=(Masked("", "env:TOKEN"),),
            ),
        ),
        (of(Ended, events=1), of(Ended, events=1)),
    ],
    ids=lambda event: type(event).__name__,
)
def test_each_kind_loses_its_secrets(redaction: Redaction, event: Event, masked: Event) -> None:
    assert masked_event(event, redaction, 1000) == masked


def test_bytes_that_are_no_text_stay_but_for_the_secret(redaction: Redaction) -> None:
    event = of(
        Raw, direction=TOWARDS, why=Unread.NOT_UTF8, data=b"\xff" + SECRET.encode() + b"\xfe"
    )
    found = masked_event(event, redaction, 1000)
    assert isinstance(found, Raw)
    assert found.data == b"\xff" + MARKER.encode() + b"\xfe"


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        (b"x" * 20, b"x" * 10),
        ("é".encode() * 20, "é".encode() * 5),
        (b"x" + "é".encode() * 9, b"x" + "é".encode() * 4),
    ],
)
def test_much_is_cut_between_characters(redaction: Redaction, data: bytes, kept: bytes) -> None:
    found = masked_event(of(Raw, direction=TOWARDS, why=Unread.BODY, data=data), redaction, 10)
    assert isinstance(found, Raw)
    assert (found.data, found.cut) == (kept, len(data))


def test_a_secret_on_the_border_is_masked_before_the_cut(redaction: Redaction) -> None:
    text = "x" * 8 + " " + SECRET
    found = masked_event(of(Stderr, text=text), redaction, 12)
    assert isinstance(found, Stderr)
    assert found.text == "x" * 8 + " ‹en…"
    raw = masked_event(
        of(Raw, direction=TOWARDS, why=Unread.BODY, data=text.encode()), redaction, 14
    )
    assert isinstance(raw, Raw)
    assert b"kno" not in raw.data


def test_a_message_loses_secrets_and_pictures(redaction: Redaction) -> None:
    picture = base64.b64encode(bytes(40_000)).decode()
    text = json.dumps({SECRET: {"data": picture, "a": SECRET}}, ensure_ascii=False)
    event, blobs = masked_message(of(Message, direction=TOWARDS, text=text), redaction)
    assert event.blobs == (f"/{MARKER}/data",)
    assert event.masked == (Masked(f"/{MARKER}", "env:TOKEN"), Masked(f"/{MARKER}/a", "env:TOKEN"))
    assert json.loads(event.text)[MARKER]["data"]["$blob"] == blobs[0].digest
    assert blobs[0].data == bytes(40_000)


def test_a_picture_with_a_secret_in_it_stays_and_is_masked(redaction: Redaction) -> None:
    data = base64.b64encode(bytes(40_000) + SECRET.encode()).decode()
    event, blobs = masked_message(
        of(Message, direction=TOWARDS, text=json.dumps({"data": data})), redaction
    )
    assert blobs == ()
    assert event.masked == (Masked("/data", "rule:encoded#1"),)
