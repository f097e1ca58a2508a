from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from mcpx.analyses.divergence.comparison import Comparison
from mcpx.analyses.divergence.sides import End, Interaction, Side
from mcpx.errors import Fault, McpxError, ServerError
from mcpx.operations.replaying.advance import Advance
from mcpx.operations.replaying.answer_pool import AnswerPool
from mcpx.operations.replaying.carrying import Carried
from mcpx.operations.replaying.courses import Course
from mcpx.operations.replaying.meeting import Meeting
from mcpx.operations.replaying.options import Replayed
from mcpx.operations.replaying.talk import Talk
from mcpx.sessions.events import Masked

RESULT = {"content": []}


class Live:
    """As much of a live connection as is needed to compare."""

    modern = False
    flood = 0
    exit = 0
    told = ()

    def __init__(self) -> None:
        self.version: Any = None
        self.tools: Any = None
        self.said: list[Any] = []

    def agreed(self, result: dict[str, Any]) -> None:
        self.version = result.get("protocolVersion")

    def notify(self, method: str, params: Any) -> None:
        self.said.append((method, params))

    def check_opened(self, carried: Ended) -> None:
        pass

    async def check_spoken(self, carried: Ended, recorded: Any, seconds: float) -> None:
        pass

    def learn_schemas(self, tools: Any) -> None:
        self.tools = tools


class Ended:
    """A live side that has ended, or does not."""

    def __init__(self, side: Side, failure: McpxError | None = None, over: bool = True) -> None:
        self.failure = failure
        self.over = over
        self.age = 0.0
        self._side = side

    async def until_over(self, seconds: float) -> bool:
        self.age += seconds
        return self.over

    def leave(self, end: End, reason: str = "") -> None:
        if not self.over or end is not End.FAILED:
            self.over, self._side = True, Side(end=end, reason=reason)

    def side(self) -> Side:
        return self._side


def met(
    carried: Ended | None, method: str = "tools/call", **course: Any
) -> tuple[Replayed, Meeting, Live]:
    """What is told of an interaction that has ended in the recording."""
    told: list[Replayed] = []
    live, pool = Live(), AnswerPool()
    talk = cast("Talk", type("Made", (), {"live": live, "pool": pool, "recorded": None})())
    given = {"end": End.RESULT, "value": RESULT, "ended": 1.0, **course}
    about = Course(Interaction(1, 1, method), 0.5, modern=False, pool=pool, **given)
    about.carried = cast("Carried | None", carried)

    async def go() -> Meeting:
        meeting = Meeting(Comparison(), 2.0, 100.0, told.append)
        await meeting.of(talk, about)
        return meeting

    meeting = asyncio.run(go())
    assert (about.carried, about.value) == (None, None)
    return told[0], meeting, live


def test_both_sides_are_compared_and_told() -> None:
    told, meeting, _ = met(Ended(Side(end=End.RESULT, value={"content": [1]})))
    assert (told.recorded.at, told.recorded.seconds) == (101.0, 0.5)
    assert [one.kind for one in told.divergences] == ["added"]
    assert (meeting.interactions, meeting.sent, meeting.broken) == (1, 1, None)


@pytest.mark.parametrize(
    ("why_not", "end"), [("may write", "not-sent"), ("", "listening")], ids=["left out", "listens"]
)
def test_what_was_not_sent_has_no_live_side(why_not: str, end: str) -> None:
    told, meeting, _ = met(None, why_not=why_not)
    assert (told.live.end, told.live.reason, meeting.sent) == (end, why_not, 0)


def test_no_answer_in_time_is_the_end() -> None:
    carried = Ended(Side(end=End.RESULT), over=False)
    told, _, _ = met(carried)
    assert (told.live.end, told.live.reason) == ("failed", "no answer within 2 s")
    assert carried.age == 2.5  # and what it took in the recording


def test_a_server_that_floods_instead_is_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Live, "flood", 12_345)
    told, _, _ = met(Ended(Side(end=End.RESULT), over=False))
    assert told.live.reason == "no answer within 2 s, but 12345 notifications"


@pytest.mark.parametrize(
    ("end", "live"),
    [("cancelled", "cancelled"), ("listening", "listening"), ("not-recorded", "unanswered")],
)
def test_what_has_no_recorded_answer_is_not_awaited(end: str, live: str) -> None:
    carried = Ended(Side(end=End.RESULT), over=False)
    told, _, _ = met(carried, end=End(end))
    assert (told.live.end, carried.age) == (live, 0.0)


def test_what_was_cancelled_says_nothing_of_how_far_it_came() -> None:
    side = Side(end=End.RESULT, value=RESULT, progress=(1.0,))
    told, _, _ = met(Ended(side), end=End.CANCELLED, advance=Advance([1.0, 2.0]))
    for one in (told.recorded, told.live):
        assert (one.end, one.value, one.progress) == ("cancelled", None, ())


def test_a_failure_is_kept_and_a_secret_is_not_told() -> None:
    gone = ServerError(Fault.LOST, "gone")
    assert met(Ended(Side(end=End.FAILED), gone))[1].broken is gone
    marked = {"key": "‹env:K›"}
    told, _, _ = met(
        Ended(Side(end=End.RESULT, value={"key": "s3cret"})),
        value=marked,
        masked=(Masked("/result/key", "env:K"),),
    )
    assert (told.live.value, list(told.divergences)) == (marked, [])


def test_what_later_requests_need_is_kept() -> None:
    handshake = {"protocolVersion": "2025-06-18"}
    assert (
        met(Ended(Side(end=End.RESULT, value=handshake)), "initialize")[2].version == "2025-06-18"
    )
    tools = {"tools": [{"name": "x"}]}
    assert met(Ended(Side(end=End.RESULT, value=tools)), "tools/list")[2].tools == tools["tools"]


@pytest.mark.parametrize(
    ("method", "value", "said"),
    [
        pytest.param("server/discover", {"protocolVersion": "2025-11-25"}, True, id="other-era"),
        pytest.param("server/discover", {"supportedVersions": []}, False, id="same-era"),
        pytest.param("initialize", {"protocolVersion": "2025-11-25"}, False, id="recorded"),
    ],
)
def test_the_handshake_that_stands_for_a_probe_is_ended(
    method: str, value: dict[str, Any], said: bool
) -> None:
    live = met(Ended(Side(end=End.RESULT, value=value)), method)[2]
    assert live.said == [("notifications/initialized", None)] * said
    assert live.version == value.get("protocolVersion")
