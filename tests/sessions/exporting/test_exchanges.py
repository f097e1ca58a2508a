from __future__ import annotations

import json
from collections.abc import Iterable

import pytest

from mcpx.sessions.events import Event, Exited, Message
from mcpx.sessions.exporting.exchanges import Exchange, exchanges
from mcpx.sessions.exporting.spool import Spool
from mcpx.wire import Ending, Finish
from tests.sessions.exporting.conversations import garbage, over, pipe, streamed
from tests.sessions.tapes import call, came, done, fin, http, sent, status, tape

PROGRESS = "notifications/progress"
NEWS = "notifications/message"
LISTEN = {"_meta": {"io.modelcontextprotocol/subscriptionId": 1}}


def found(events: Iterable[Event]) -> list[Exchange]:
    return list(exchanges(events, Spool()))


def carried(one: Exchange) -> list[int]:
    text = "".join(one.events.pieces())
    events = json.loads(f"[{text[:-1]}]")
    return [number for number, _, _, kind, *_ in events if kind not in ("http", "fin")]


def groups(events: Iterable[Event]) -> list[list[int]]:
    """What exchanges carry, by the numbers of their events; in the order of the first."""
    return sorted(carried(one) for one in found(events))


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param([call(1), call(2), done(2), done(1)], [[1, 4], [2, 3]], id="crossed"),
        pytest.param([call(1), call("1"), done("1"), done(1)], [[1, 4], [2, 3]], id="types-of-ids"),
        pytest.param(
            [
                call(1, params={"_meta": {"progressToken": 5}}),
                call(2),
                came(PROGRESS, params={"progressToken": 5}),
            ],
            [[1, 3], [2]],
            id="progress-by-token",
        ),
        pytest.param([call(1), came(NEWS), done(1), came(NEWS)], [[1, 2, 3], [4]], id="the-only"),
        pytest.param([call(1), call(2), came(NEWS)], [[1], [2], [3]], id="of-neither"),
        pytest.param(
            [sent("subscriptions/listen", 1), came(NEWS, params=LISTEN), call(2), came(NEWS)],
            [[1, 2], [3, 4]],
            id="subscription",
        ),
        pytest.param(
            [call(1), sent("notifications/cancelled", params={"requestId": 1}), came(NEWS)],
            [[1], [2], [3]],
            id="cancelled",
        ),
        pytest.param(
            [call(1), sent("notifications/cancelled", params={"requestId": 1}), done(1)],
            [[1, 3], [2]],
            id="answered-though-cancelled",
        ),
        pytest.param(
            [call(1), came("roots/list", 1), sent(id=1, result={}), done(1)],
            [[1, 2, 4], [3]],
            id="server-request",
        ),
        pytest.param([done(8), came(id=None, error={})], [[1, 2]], id="unasked"),
        pytest.param(
            [
                sent(batch=[{"id": 1, "method": "a"}, {"id": 2, "method": "b"}]),
                done(2),
                came(batch=[{"id": 1, "result": {}}]),
            ],
            [[1, 2, 3]],
            id="batch",
        ),
        pytest.param(
            [call(1), call(1, connection=2), done(1, connection=2)], [[1], [2, 3]], id="two"
        ),
        pytest.param([call(1), came(text="", cut=9)], [[1], [2]], id="cut"),
        pytest.param([call(1), came(text="[1,{}]"), came(text="7")], [[1], [2, 3]], id="no-object"),
    ],
)
def test_what_belongs_together_on_a_pipe(events: list[Event], expected: list[list[int]]) -> None:
    assert groups(tape(*events)) == expected


def test_they_come_when_they_are_over_and_what_is_open_last() -> None:
    events = tape(call(1), call(2), done(2), sent("notifications/initialized"), came(NEWS))
    assert [carried(one) for one in found(events)] == [[2, 3], [4], [1, 5]]


def test_a_process_that_ends_leaves_nothing_open() -> None:
    ended = Exited(number=0, time=-1.0, connection=1, code=0, by=Ending.ITSELF)
    assert groups(tape(call(1), ended, done(1))) == [[1], [3]]


def test_every_message_is_carried_once() -> None:
    _, events = pipe()
    numbers = sorted(number for one in found(events) for number in carried(one))
    assert numbers == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param([http(1), status(1), fin(1)], (200, Finish.END, False, 0), id="no-body"),
        pytest.param(
            [http(1), fin(1, Finish.UNREACHABLE)], (0, Finish.UNREACHABLE, False, 0), id="no-answer"
        ),
        pytest.param([over(1, call(1)), over(1, done(1))], (200, None, False, 2), id="no-heads"),
        pytest.param([http(1), streamed(1), fin(1)], (0, Finish.END, False, 0), id="comment"),
        pytest.param(
            [http(1), status(1), streamed(1, id="a", empty=True)], (200, None, True, 1), id="primed"
        ),
        pytest.param(
            [http(1), status(1), over(1, done(1)), over(1, came(NEWS))],
            (200, None, True, 2),
            id="two-messages",
        ),
        pytest.param(
            [http(1), status(1, 401), over(1, garbage(b"no"))], (401, None, False, 1), id="raw"
        ),
        pytest.param([http(1), status(1, 500), status(1, 200)], (200, None, False, 0), id="retold"),
    ],
)
def test_exchanges_over_http(
    events: list[Event], expected: tuple[int, Finish | None, bool, int]
) -> None:
    (one,) = found(tape(*events))
    assert (one.status, one.why, one.streams, len(carried(one))) == expected


def test_a_number_that_is_used_again_is_another_exchange() -> None:
    events = tape(http(1), over(1, call(1)), http(1), over(1, call(2)))
    assert [carried(one) for one in found(events)] == [[2], [4]]


@pytest.mark.parametrize(
    ("event", "place"),
    [
        pytest.param(call(1, "a b/c"), "/tools/call/a%20b%2Fc", id="tool"),
        pytest.param(sent("ping", 1), "/ping", id="method"),
        pytest.param(sent("a?b#c", 1), "/a%3Fb%23c", id="hostile"),
        pytest.param(sent(id=4, result={}), "/response", id="answer"),
        pytest.param(sent(batch=[{"method": "a"}, {"method": "b"}]), "/batch", id="batch"),
        pytest.param(sent(text="", cut=4), "/", id="cut"),
        pytest.param(
            sent("resources/read", 1, params={"uri": "file:///x"}),
            "/resources/read/file%3A%2F%2F%2Fx",
            id="resource",
        ),
    ],
)
def test_what_a_message_on_a_pipe_is_about(event: Message, place: str) -> None:
    (one,) = found(tape(event))
    assert (one.method, one.place) == ("POST", place)
