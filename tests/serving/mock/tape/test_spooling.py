from __future__ import annotations

from dataclasses import replace

from mcpx.servers import Era
from mcpx.serving.mock.tape.takes import Part
from mcpx.serving.mock.tape.tape import Tape
from mcpx.sessions.events import Http, Streamed
from mcpx.wire import StreamEvent
from tests.serving.mock.recordings import (
    handshake,
    initialize,
    known,
    legacy,
    modern,
    stamped,
)
from tests.sessions.tapes import call, came, done, fin, http, sent, status, tape


def test_it_knows_what_the_server_speaks_and_says_of_itself() -> None:
    recorded = Tape.of(tape(*handshake(), known(Era.MODERN, "2026-07-28", 2), known()))
    assert recorded.eras == {Era.LEGACY: ["2025-11-25"], Era.MODERN: ["2026-07-28"]}
    assert recorded.server == {"name": "notes", "version": "2"}
    assert Tape.of(tape(call(1))).eras == {}


def test_requests_are_of_the_era_that_they_were_made_in() -> None:
    recorded = Tape.of(modern(stamped("tools/list", 1), sent("tools/list", 2)))
    assert [take.era for take in recorded.takes] == [Era.MODERN, Era.MODERN]
    mixed = Tape.of(tape(known(), known(Era.MODERN, "2026-07-28"), sent("a", 1), stamped("b", 2)))
    assert [take.era for take in mixed.takes] == [Era.LEGACY, Era.MODERN]


def test_it_knows_whether_sessions_were_handed_out() -> None:
    answered = replace(status(1), headers={"mcp-session-id": "<s1>"})
    assert isinstance(answered, Http)
    events = tape(http(1), initialize(exchange=1), answered, done("i", {}, exchange=1))
    assert Tape.of(events).has_sessions
    assert not Tape.of(legacy()).has_sessions


def test_logs_belong_to_the_only_request_that_is_open() -> None:
    log = came("notifications/message", params={"level": "info", "data": "x"})
    recorded = Tape.of(legacy(call(1), log, done(1), call(2), call(3), log, done(2), done(3), log))
    assert [len(take.steps) for take in recorded.takes[1:]] == [2, 1, 1]
    assert len(recorded.loose) == 2


def test_what_came_on_a_stream_that_goes_on_belongs_to_what_was_asked() -> None:
    primed = Streamed(
        number=0, time=-1.0, connection=1, exchange=5, stream=StreamEvent("e1", empty=True)
    )
    listening = replace(primed, exchange=4, stream=StreamEvent("g1", empty=True))
    log = came("notifications/message", params={"level": "info", "data": "x"}, exchange=6)
    recorded = Tape.of(
        legacy(
            http(4, "GET"),
            listening,
            http(5),
            call(1, exchange=5),
            primed,
            fin(5),
            replace(http(6, "GET"), headers={"last-event-id": "e1"}),
            log,
            done(1, exchange=6),
        )
    )
    parts = [Part.EVENT, Part.CLOSED, Part.SAID, Part.ANSWERED]
    assert [step.part for step in recorded.takes[1].steps] == parts
    assert [one.step.piece.event.stream for one in recorded.loose] == [listening.stream]
