from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mcpx.serving.mock.playing.options import Options
from mcpx.serving.mock.playing.players import Players
from mcpx.serving.mock.tape.tape import Tape
from mcpx.sessions.blobs import taken_out
from mcpx.sessions.events import Exited, Masked, Message
from mcpx.sessions.reading import read_session
from mcpx.wire import Ending
from tests.serving.mock.clients import Client, played
from tests.serving.mock.recordings import (
    legacy,
    value,
)
from tests.sessions.tapes import call, came, done, sent, tape

SAMPLE = Path(__file__).parents[3] / "data" / "session-v1.jsonl"
BATCH = '[ {"id":2,"result":{}} , {"id":1, "result":{"n":1e2}}]'
PICTURE = bytes(range(256)) * 200


def test_a_picture_is_put_back_where_it_was() -> None:
    whole = done(1, {"content": [{"type": "image", "data": base64.b64encode(PICTURE).decode()}]})
    text, blobs = taken_out(whole.text, lambda _text: False)
    assert len(blobs) == 1
    kept = {one.digest: one.data for one in blobs}
    events = legacy(call(1), replace(whole, text=text, blobs=("/result/content/0/data",)))
    recorded = Tape.of(events, kept.__getitem__)
    assert recorded.text(recorded.takes[-1].steps[-1].piece) == whole.text


def test_a_message_of_a_batch_is_taken_out_of_it_as_it_is_written() -> None:
    events = legacy(
        call(1), call(2), came(text='[ {"id":2,"result":{}} , {"id":1, "result":{"n":1e2}}]')
    )
    recorded = Tape.of(events)
    first = next(take for take in recorded.takes if take.id == 1)
    assert recorded.text(first.steps[-1].piece) == '{"id":1, "result":{"n":1e2}}'


def test_it_tells_what_came_next_of_the_client() -> None:
    recorded = Tape.of(legacy(call(1), done(1), sent("notifications/x"), sent("notifications/x")))
    numbers = [one.number for one in recorded.takes]
    assert recorded.heard_after(0, 0) == numbers[0]
    assert recorded.heard_after(numbers[1], 1) == numbers[1] + 2
    assert recorded.heard_after(10_000, 0) > 10_000
    assert [recorded.notified("notifications/x", place, 0) for place in range(3)] == [7, 8, None]


def test_what_a_client_carries_through_is_the_same_all_along() -> None:
    events = legacy(
        sent("tools/list", 1),
        done(1, {"tools": [], "nextCursor": "‹rule:x#1›"}),
        sent("tools/list", 2, params={"cursor": "‹rule:x#1›"}),
        done(2, {"tools": []}),
    )
    marked = [
        replace(one, masked=(Masked(f"/{part}", "rule:x#1"),))
        if isinstance(one, Message)
        and (part := next((p for p in ("result/nextCursor", "params/cursor") if _has(one, p)), ""))
        else one
        for one in events
    ]

    async def talk(client: Client, players: Players) -> None:
        await client.send(value(sent("tools/list", 8)))
        cursor = client.take()[0]["result"]["nextCursor"]
        assert "‹" not in cursor
        await client.send(value(sent("tools/list", 9, params={"cursor": cursor})))
        assert client.take()[0]["result"] == {"tools": []}

    played(marked, talk, Options())


def _has(message: Message, place: str) -> bool:
    outer, inner = place.split("/")
    return inner in value(message).get(outer, {})


@pytest.mark.parametrize(
    ("events", "is_known"),
    [
        pytest.param((), False, id="no-answer"),
        pytest.param((done(1),), True, id="an-answer"),
        pytest.param(
            (Exited(number=0, time=-1.0, connection=1, code=7, by=Ending.ITSELF),), True, id="exit"
        ),
    ],
)
def test_what_came_of_a_request_is_known_by_its_answer_or_its_end(
    events: Any, is_known: bool
) -> None:
    assert Tape.of(legacy(call(1), *events)).takes[-1].is_known is is_known


def test_it_is_as_whole_as_the_session_that_it_is_read_from(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    lines = SAMPLE.read_bytes().splitlines(keepends=True)
    for end, is_whole in ((len(lines), True), (-1, False)):
        path.write_bytes(b"".join(lines[:end]))
        assert Tape.of(read_session(str(path))).is_whole is is_whole


@pytest.mark.parametrize(
    ("events", "is_blank"),
    [
        pytest.param([], True, id="nothing"),
        pytest.param([call(1)], True, id="a-request-without-an-answer"),
        pytest.param([call(1), done(1)], False, id="a-request"),
        pytest.param([came("notifications/x")], False, id="a-notification"),
    ],
)
def test_whether_there_is_anything_to_play(events: Any, is_blank: bool) -> None:
    assert Tape.of(tape(*events)).is_blank is is_blank
