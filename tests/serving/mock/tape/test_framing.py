from __future__ import annotations

from dataclasses import replace

import pytest

from mcpx.serving.mock.tape.framing import Framing
from mcpx.serving.mock.tape.takes import Part
from mcpx.sessions.events import Event, Exited, Http, Message, Streamed
from mcpx.wire import Ending, Finish, StreamEvent
from tests.sessions.tapes import done, fin, http, status, tape


def event(exchange: int, id: str | None = None, name: str | None = None) -> Streamed:
    fields = StreamEvent(id, name, empty=True)
    return Streamed(number=0, time=-1.0, connection=1, exchange=exchange, stream=fields)


def exited(code: int, by: Ending = Ending.ITSELF) -> Exited:
    return Exited(number=0, time=-1.0, connection=1, code=code, by=by)


def again(exchange: int, last: str) -> Http:
    return replace(http(exchange, "GET"), headers={"last-event-id": last})


def brought(exchange: int, id: str) -> Message:
    return replace(done(1, exchange=exchange), stream=StreamEvent(id, "message"))


def framed(*events: Event) -> Framing:
    framing = Framing()
    for one in tape(*events):
        framing.see(one)
    return framing


@pytest.mark.parametrize(
    ("why", "parts"),
    [
        pytest.param(Finish.END, [Part.EVENT, Part.CLOSED, Part.EVENT], id="the-server-ended-it"),
        pytest.param(Finish.CLIENT, [Part.EVENT, Part.EVENT], id="the-client-left"),
    ],
)
def test_a_stream_that_goes_on_with_another_belongs_to_it(why: Finish, parts: list[Part]) -> None:
    found = framed(
        http(1), status(1), event(1, "a"), fin(1, why), again(2, "a"), status(2), event(2, "b")
    )
    assert found.first((1, 2)) == (1, 1)
    assert [one.part for one in found.steps((1, 1))] == parts
    assert found.steps((1, 2)) == []


def test_streams_go_on_and_on() -> None:
    found = framed(http(1), brought(1, "a"), again(2, "a"), brought(2, "b"), again(3, "b"))
    assert [found.first((1, number)) for number in (1, 2, 3)] == [(1, 1)] * 3


def test_a_stream_that_nobody_goes_on_with_has_no_end_of_its_own() -> None:
    found = framed(http(1), event(1), fin(1), again(2, "never told"), event(2))
    assert [one.part for one in found.steps((1, 1))] == [Part.EVENT]
    assert found.places() == [(1, 1), (1, 2)]


def test_where_clients_post_to_is_told_anew() -> None:
    assert framed(http(1, "GET"), event(1, name="endpoint")).places() == []


@pytest.mark.parametrize(
    ("code", "by", "told"),
    [
        pytest.param(7, Ending.ITSELF, 7, id="status"),
        pytest.param(-9, Ending.ITSELF, 137, id="signal"),
        pytest.param(0, Ending.END_OF_INPUT, None, id="as-it-was-told-to"),
        pytest.param(-15, Ending.CLIENT, None, id="by-its-client"),
    ],
)
def test_a_process_that_ends_of_itself_is_known(code: int, by: Ending, told: int | None) -> None:
    found = framed(exited(code, by)).exit(1)
    assert (found.of if found else None) == told
