from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest

from mcpx.client.clock import Clock
from mcpx.client.frames import Outgoing, parse
from mcpx.client.line import Line
from mcpx.client.peer import Peer
from mcpx.client.terms import Terms
from mcpx.errors import Fault
from mcpx.servers import ServerSpec, Transport
from mcpx.settings import Limits
from tests.client.loops import in_no_time

QUESTION = b'{"jsonrpc": "2.0", "id": "q", "method": "roots/list"}'


class Wire:
    """Keeps what it is given."""

    transport = Transport.STDIO
    awaits = "something of its own"

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.sent: list[Any] = []
        self.abandoned: list[int] = []
        self.told: list[tuple[Mapping[str, str], bool]] = []
        self.stderr: list[str] = []
        self.noise = ""
        self.closed = 0

    def send(self, message: Outgoing) -> None:
        self.sent.append(parse(message.raw, Limits()))

    def abandon(self, number: int) -> bool:
        self.abandoned.append(number)
        return True

    def opened(self, headers: Mapping[str, str], legacy: bool) -> None:
        self.told.append((headers, legacy))

    def signs_of_life(self) -> tuple[list[str], str]:
        return self.stderr, self.noise

    async def close(self) -> None:
        self.closed += 1


class Ponders:
    """Takes a minute for every answer."""

    offered: Mapping[str, Any] = {"roots": {}}

    async def answer(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        await asyncio.sleep(60)
        return {"roots": []}


def line(**terms: Any) -> tuple[Line, Wire]:
    made = Line(ServerSpec("one"), Terms(**terms), Wire)
    assert isinstance(made.wire, Wire)
    return made, made.wire


@in_no_time
async def test_what_the_peer_says_goes_over_the_wire() -> None:
    made, wire = line()
    asking = asyncio.ensure_future(made.peer.request("ping"))
    await asyncio.sleep(0)
    made.peer.opened({"a": "b"}, legacy=False)
    assert wire.sent == [{"jsonrpc": "2.0", "id": 1, "method": "ping"}]
    assert wire.told == [({"a": "b"}, False)]
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert wire.abandoned == [1]
    assert len(wire.sent) == 1  # the wire has told the server


@in_no_time
async def test_a_question_stops_the_clock_until_it_is_answered() -> None:
    made, wire = line(deadline=5.0, answering=Ponders())
    assert made.peer.answering.offered == {"roots": {}}
    made.peer.feed(QUESTION)
    await asyncio.sleep(30)
    assert made.clock.left == pytest.approx(5.0)
    await asyncio.sleep(32)
    assert wire.sent == [{"jsonrpc": "2.0", "id": "q", "result": {"roots": []}}]
    assert made.clock.left == pytest.approx(3.0)


@in_no_time
async def test_a_line_that_ends_answers_nothing_more() -> None:
    made, wire = line(answering=Ponders())
    made.peer.feed(QUESTION)
    await asyncio.sleep(1)
    await made.close()
    await asyncio.sleep(120)
    assert (wire.sent, wire.closed) == ([], 1)
    assert made.clock.left == pytest.approx(30.0 - 121.0 + 1.0)


@in_no_time
async def test_what_is_told_of_a_server_whose_time_is_over() -> None:
    made, wire = line()
    error = made.timed_out(1.5)
    assert error.message == "one: no answer to something of its own within 1.5 s"
    asking = asyncio.ensure_future(made.peer.request("tools/list"))
    await asyncio.sleep(0)
    wire.stderr, wire.noise = ["booting"], "its process has gone"
    error = made.timed_out(2.0)
    assert error.fault is Fault.TIMEOUT
    assert error.message == "one: no answer to tools/list within 2 s"
    assert error.details == ("its process has gone", "stderr: booting")
    assert error.evidence.stderr == ("booting",)
    asking.cancel()


@pytest.mark.parametrize(
    ("lines", "told"), [(1, "1 line that are"), (2, "2 lines that are")], ids=str
)
@in_no_time
async def test_what_came_instead_of_messages_is_told_first(lines: int, told: str) -> None:
    made, wire = line()
    wire.noise = "its process has gone"
    for number in range(lines):
        made.peer.feed(f"hello {number}".encode())
    (detail,) = made.timed_out(1.0).details
    assert detail == f"stdout: {told} no messages, the first: hello 0"


@in_no_time
async def test_a_question_of_a_request_stops_its_clock_alone() -> None:
    made, _ = line(deadline=50.0, answering=Ponders())
    mine, other = Clock(100.0), Clock(100.0)
    with made.errand(mine), made.errand(other):
        asking = asyncio.ensure_future(made.peer.request("tools/call", clock=mine))
        await asyncio.sleep(0)
        made.peer.feed(QUESTION, 1)
        await asyncio.sleep(70)
    assert [one.left for one in (mine, other, made.clock)] == pytest.approx([90.0, 30.0, -20.0])
    asking.cancel()


@in_no_time
async def test_a_question_of_no_request_stops_every_clock_also_that_of_what_begins_later() -> None:
    made, _ = line(answering=Ponders())
    ends_before, stays = Clock(100.0), Clock(100.0)
    with made.errand(stays):
        with made.errand(ends_before):
            made.peer.feed(QUESTION)
            await asyncio.sleep(30)
        late = Clock(100.0)
        with made.errand(late):
            await asyncio.sleep(40)
    assert [one.left for one in (ends_before, stays, late)] == pytest.approx([90.0] * 3)


@in_no_time
async def test_progress_is_told_to_those_whose_token_it_carries() -> None:
    everything: list[Any] = []
    made, _ = line(notified=lambda _method, params: everything.append(params))
    heard: dict[str, list[Any]] = {"first": [], "second": []}
    clock = Clock(1.0)

    def reports(*tokens: Any) -> None:
        for token in tokens:
            params = {"progressToken": token, "progress": 1}
            message = {"jsonrpc": "2.0", "method": "notifications/progress", "params": params}
            made.peer.feed(json.dumps(message).encode())

    with (
        made.errand(clock, heard["first"].append) as first,
        made.errand(clock, heard["second"].append) as second,
        made.errand(clock) as deaf,
    ):
        assert len({first, second, deaf}) == 3
        reports(first, second, str(second), deaf, 99, None, True, [second])
    reports(first)
    tokens = {name: [one["progressToken"] for one in told] for name, told in heard.items()}
    assert tokens == {"first": [first], "second": [second, str(second)]}
    assert len(everything) == 9


@in_no_time
async def test_what_an_errand_left_unanswered_is_forgotten_with_it() -> None:
    made, _ = line()
    clock = Clock(1.0)
    with made.errand(clock):
        asking = asyncio.ensure_future(made.peer.request("tools/call", clock=clock))
        await asyncio.sleep(0)
        asking.cancel()
        await asyncio.sleep(0)
        assert made.peer.waiting_for() == "tools/call"
    assert made.peer.waiting_for() == ""
