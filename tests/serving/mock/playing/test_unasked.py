from __future__ import annotations

import json
from typing import Any

import pytest

from mcpx.serving.mock.playing.questions import Questions
from mcpx.serving.mock.playing.schedule import NEVER, Schedule
from mcpx.serving.mock.playing.unasked import Unasked
from mcpx.serving.mock.playing.wording import Wording
from mcpx.serving.mock.tape.tape import Tape
from tests.serving.mock.recordings import accepts, asks, legacy, modern
from tests.sessions.tapes import came, sent, tape

UPDATED = "notifications/resources/updated"


def unasked(*events: Any, **more: Any) -> tuple[Unasked, Schedule]:
    recorded = Tape.of(tape(*events))
    schedule, questions = Schedule(recorded), Questions()
    wording = Wording(recorded, questions, "", "")
    return Unasked(recorded, schedule, wording, questions, more.get("one_stream", True)), schedule


def test_each_comes_once_and_in_its_order() -> None:
    found, _ = unasked(came("notifications/a"), came("notifications/b"))
    texts = [out.text for out in iter(lambda: found.next(NEVER), None)]
    assert [json.loads(text)["method"] for text in texts] == ["notifications/a", "notifications/b"]


def test_none_comes_before_it_is_due() -> None:
    found, schedule = unasked(sent("notifications/initialized"), came("notifications/a"))
    assert found.next(NEVER) is None
    schedule.notified("notifications/initialized")
    assert found.next(1) is None
    assert found.next(NEVER) is not None


def test_what_follows_a_question_waits_for_its_answer() -> None:
    found, _ = unasked(*legacy(asks(0, "sure?"), accepts(0), came("notifications/a"))[4:])
    question = found.next(NEVER)
    assert question is not None and question.question
    assert found.next(NEVER) is None
    found.answered(0)
    after = found.next(NEVER)
    assert after is not None and "notifications/a" in after.text


@pytest.mark.parametrize("uri", ["x://1", "x://2"])
def test_a_legacy_client_of_a_modern_recording_is_told_of_what_it_subscribed_to(uri: str) -> None:
    found, _ = unasked(*modern(came(UPDATED, params={"uri": "x://1"})))
    found.subscribed.add(uri)
    out = found.next(NEVER)
    assert (out is not None) is (uri == "x://1")
