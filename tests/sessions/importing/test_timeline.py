from __future__ import annotations

import json
from typing import Any

from mcpx.servers import Era
from mcpx.sessions.events import EraKnown, Event, Fidelity, Message, Note, Opened
from mcpx.sessions.importing.drafts import Recording
from mcpx.sessions.importing.timeline import events_of
from mcpx.wire import Direction
from tests.sessions.importing.samples import INITIALIZE, LIST, LISTED, READY, SAMPLE, SAMPLED

C2S, S2C = Direction.TO_SERVER, Direction.TO_CLIENT


def events(
    talk: list[tuple[float, Direction, dict[str, Any]]], **more: Any
) -> tuple[list[Event], Recording]:
    recording = Recording(Fidelity.JSON, **more)
    for at, direction, message in talk:
        recording.say(at, direction, json.dumps(message))
    return list(events_of(recording)), recording


def spoken(found: list[Event]) -> list[tuple[float, Any]]:
    return [
        (event.time, event.value().get("method") or event.value()["id"])
        for event in found
        if isinstance(event, Message)
    ]


def test_numbers_are_dense_and_notes_come_first() -> None:
    found, recording = events([(7.0, C2S, INITIALIZE), (7.5, S2C, READY)], notes=["hello"])
    assert [(event.number, type(event), event.time, event.connection) for event in found] == [
        (1, Note, 0.0, 0),
        (2, Opened, 0.0, 1),
        (3, Message, 0.0, 1),
        (4, Message, 0.5, 1),
        (5, EraKnown, 0.5, 1),
    ]
    assert recording.notes == ["hello"]
    era = found[-1]
    assert isinstance(era, EraKnown)
    assert (era.era, era.version, era.server["name"]) == (Era.LEGACY, "2025-11-25", "notes")


def test_times_count_from_the_start_that_the_file_tells() -> None:
    found, _ = events([(7.0, C2S, LIST), (5.0, S2C, LISTED)], started=6.0)
    assert spoken(found) == [(0.0, 2), (1.0, "tools/list")]


def test_a_file_in_order_keeps_it_though_its_clock_goes_back() -> None:
    found, _ = events([(7.0, C2S, LIST), (5.0, S2C, LISTED), (7.25, C2S, SAMPLE)], in_order=True)
    assert spoken(found) == [(0.0, "tools/list"), (0.0, 2), (0.25, "sampling/createMessage")]


def test_at_the_same_time_an_answer_follows_its_request() -> None:
    talk = [(1.0, C2S, SAMPLED), (1.0, C2S, LIST), (1.0, S2C, SAMPLE), (1.0, S2C, LISTED)]
    found, _ = events(talk)
    assert [said for _, said in spoken(found)] == ["tools/list", "sampling/createMessage", 1, 2]


def test_what_was_decided_of_connections_is_noted() -> None:
    found, recording = events([(0.0, C2S, LIST), (1.0, C2S, LIST)])
    assert recording.notes == ["connections that are told by an id that comes again: 2"]
    assert isinstance(found[0], Note)
    assert [event.connection for event in found if isinstance(event, Opened)] == [1, 2]
