from __future__ import annotations

from typing import ClassVar, cast

from mcpx.analyses.divergence.sides import Interaction, Told
from mcpx.operations.replaying.answer_pool import AnswerPool
from mcpx.operations.replaying.courses import Course
from mcpx.operations.replaying.crossing import AsRecorded
from mcpx.operations.replaying.live_connection import LiveConnection
from mcpx.operations.replaying.recorded_session import RecordedConnection
from mcpx.operations.replaying.talk import Exchange, Talk


class Live:
    """As much of a live connection as a talk looks at."""

    modern = False
    exit = 3
    offers: ClassVar = {"tools": {}}
    told = (Told("notifications/mine", {}),)


def talk() -> Talk:
    recorded = RecordedConnection(1)
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
    assert (live.told, live.exit, live.modern) == (Live.told, 3, False)
    assert (recorded.offers, live.offers) == (None, Live.offers)


def test_what_is_told_belongs_to_the_one_that_waits() -> None:
    one, mine = talk(), course()
    one.asked("1", mine, {"name": "add"}, 0)
    one.tells("notifications/message", {"data": "a"}, 0)
    (told,) = one.told
    assert told.during is not None
    assert (told.during.number, told.during.params) == (mine.interaction.number, {})


def test_of_endless_news_the_first_are_kept() -> None:
    one = talk()
    for number in range(10_050):
        one.tells("notifications/mine", {"n": number})
    assert (len(one.told), one.told[-1].params) == (10_000, {"n": 9_999})
