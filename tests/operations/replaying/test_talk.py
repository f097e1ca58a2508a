from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, cast

import pytest

from mcpx.analyses.divergence.sides import Interaction, Told
from mcpx.operations.replaying.answer_pool import AnswerPool
from mcpx.operations.replaying.courses import Course
from mcpx.operations.replaying.crossing import AsRecorded
from mcpx.operations.replaying.live_connection import LiveConnection
from mcpx.operations.replaying.news import News
from mcpx.operations.replaying.recorded_session import RecordedConnection
from mcpx.operations.replaying.talk import Exchange, Talk
from mcpx.servers import Era
from mcpx.wire import Direction, Finish
from tests.sessions.tapes import fin, http, status


class Live:
    """As much of a live connection as a talk looks at."""

    modern = False
    exit = 3
    offers: ClassVar = {"tools": {}}

    def __init__(self) -> None:
        self.news = News()
        self.news.add(Told("notifications/mine", {}))


def talk(**more: Any) -> Talk:
    recorded = RecordedConnection(1, **more)
    live = cast("LiveConnection", Live())
    return Talk(recorded, live, AnswerPool(), AsRecorded(recorded), Interaction(1, 1))


def course(method: str = "tools/call", waits: bool = True) -> Course:
    return Course(Interaction(2, 1, method), 0.0, modern=False, pool=AnswerPool(), waits=waits)


def test_on_stdio_what_is_open_alone_is_meant() -> None:
    one = talk()
    assert one.around(0) is None
    one.asked("1", only := course(), {}, 0)
    one.asked("2", course("subscriptions/listen"), {}, 0)
    assert one.around(0) is only
    one.asked("3", course(), {}, 0)
    assert one.around(0) is None


def test_over_http_the_exchange_tells() -> None:
    one = talk()
    one.asked("1", mine := course(), {}, 0)
    one.asked("2", course(), {}, 0)
    one.exchanges = {4: Exchange(courses={mine: None, course(waits=False): None}), 5: Exchange()}
    assert [one.around(number) for number in (4, 5, 6)] == [mine, None, None]


def test_the_sides_of_the_connection_itself() -> None:
    one = talk()
    one.tells("notifications/yours", {"a": 1})
    one.exit, one.ended = 0, 2.0
    recorded, live = one.sides(began=100.0)
    assert (recorded.told, recorded.exit, recorded.at, recorded.modern) == (
        (Told("notifications/yours", {"a": 1}),),
        0,
        102.0,
        False,
    )
    assert (live.told, live.exit, live.modern) == ((Told("notifications/mine", {}),), 3, False)
    assert (recorded.offers, live.offers) == (None, Live.offers)


def test_what_is_told_belongs_to_the_one_that_waits() -> None:
    one, mine = talk(), course()
    one.asked("1", mine, {"name": "add"}, 0)
    one.tells("notifications/message", {"data": "a"}, 0)
    (told,) = one.news.told
    assert told.during is not None
    assert (told.during.number, told.during.params) == (mine.interaction.number, {})


@pytest.mark.parametrize(
    ("head", "why", "era", "end"),
    [
        pytest.param(503, Finish.END, Era.LEGACY, "http-error", id="refused by its status"),
        pytest.param(0, Finish.UNREACHABLE, Era.LEGACY, "http-error", id="never reached"),
        pytest.param(200, Finish.END, Era.MODERN, "unanswered", id="an empty answer"),
        pytest.param(200, Finish.END, Era.LEGACY, None, id="which another exchange may bring"),
        pytest.param(0, Finish.CLIENT, Era.MODERN, "cancelled", id="by who asked"),
        pytest.param(200, Finish.TAP, Era.LEGACY, "not-recorded", id="when the recording ended"),
    ],
)
def test_an_exchange_that_ends_without_an_answer(
    head: int, why: Finish, era: Era, end: str | None
) -> None:
    one, mine = talk(shown=era), course()
    one.head(http(4))
    one.asked("1", mine, {}, 4)
    if head:
        one.head(replace(status(4, head), headers={"content-type": "Text/Plain; charset=x"}))
    ended = list(one.finished(fin(4, why)))
    assert ended == ([] if end is None else [(mine, end)])
    assert mine.waits is (end is None)
    if end is not None:
        assert (mine.status, mine.kind) == (head, "text/plain" if head else "")
    assert list(one.finished(fin(4, why))) == []


def test_an_error_without_an_id_is_that_of_the_one_that_waits() -> None:
    one, mine = talk(), course()
    one.asked("1", mine, {}, 0)
    wait = one.answered({"id": None, "error": {"code": -32700}}, 0)
    assert wait is not None and wait.course is mine
    assert one.answered({"id": None, "error": {"code": -32700}}, 0) is None


@pytest.mark.parametrize(
    ("direction", "exchange", "holes"),
    [
        (Direction.TO_CLIENT, 4, [True, False]),
        (Direction.TO_CLIENT, 0, [True, True]),
        (Direction.TO_SERVER, 4, [False, False]),
    ],
)
def test_what_was_cut_may_have_been_an_answer(
    direction: Direction, exchange: int, holes: list[bool]
) -> None:
    one, courses = talk(), [course(), course()]
    for number, each in enumerate(courses, start=4):
        one.head(http(number))
        one.asked(str(number), each, {}, number)
    one.cut(direction, exchange)
    assert [each.holes for each in courses] == holes


def test_an_answer_to_nothing_that_was_asked_says_nothing() -> None:
    one = talk()
    one.replied({"id": 3, "result": {}})
    assert one.questions == {}


def test_what_a_task_was_asked_is_not_the_answer_itself() -> None:
    one, mine = talk(), course()
    one.asked("1", mine, {}, 0)
    one.looks("2", mine, "tasks/get", 0)
    wait = one.answered({"id": 2, "result": {}}, 0)
    assert (wait is not None and wait.poll, mine.waits) == ("tasks/get", True)
