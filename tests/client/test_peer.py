from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest

from mcpx.client import peer as peers
from mcpx.client.clock import Clock
from mcpx.client.frames import Outgoing
from mcpx.client.peer import Peer, RpcError
from mcpx.client.questions import WITHIN, Nobody
from mcpx.errors import Fault, ServerError
from mcpx.servers import ServerSpec
from mcpx.settings import Limits
from tests.client.loops import in_a_loop

CANCELLED = "notifications/cancelled"
SPEC = ServerSpec("one", command="one", env={"API_TOKEN": "canary-0123456789-canary"})


class Wire:
    """A peer, what it sends, and the requests that it has open; it runs in an event loop."""

    def __init__(self, limits: Limits | None = None, offered: dict[str, Any] | None = None) -> None:
        self.sent: list[dict[str, Any]] = []
        answering = Nobody(tuple(offered or {}))
        self.peer = Peer(SPEC, self, limits or Limits(), answering)

    def send(self, message: Outgoing) -> None:
        self.sent.append(json.loads(message.raw))

    def abandon(self, number: int) -> bool:
        return False

    def opened(self, headers: Mapping[str, str], legacy: bool) -> None:
        pass

    async def ask(self, *methods: str) -> list[asyncio.Task[Any]]:
        tasks = [asyncio.ensure_future(self.peer.request(method)) for method in methods]
        await asyncio.sleep(0)
        return tasks

    def feed(self, *messages: object) -> None:
        for message in messages:
            raw = message if isinstance(message, bytes) else json.dumps(message).encode()
            self.peer.feed(raw)

    @property
    def odd(self) -> list[str]:
        return list(self.peer.oddities.kinds)


def answer(number: object, result: object = None, **more: object) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": number, "result": result, **more}


@pytest.fixture
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "GRACE", 0.05)
    monkeypatch.setattr(peers, "GRACE_AFTER_TEXT", 0.5)


@in_a_loop
async def test_answers_find_their_requests_in_any_order() -> None:
    wire = Wire()
    first, second = await wire.ask("tools/list", "prompts/list")
    assert [(one["id"], one["method"]) for one in wire.sent] == [
        (1, "tools/list"),
        (2, "prompts/list"),
    ]
    wire.feed(answer(2, "second"), answer(1, "first"))
    assert (await first, await second) == ("first", "second")
    assert wire.peer.waiting_for() == ""


@in_a_loop
async def test_parameters_go_out_as_given_and_none_at_all_as_none() -> None:
    wire = Wire()
    task = asyncio.ensure_future(wire.peer.request("a", {"cursor": ""}))
    wire.peer.notify("b")
    wire.peer.notify("c", {"x": 1})
    await asyncio.sleep(0)
    assert wire.sent == [
        {"jsonrpc": "2.0", "method": "b"},
        {"jsonrpc": "2.0", "method": "c", "params": {"x": 1}},
        {"jsonrpc": "2.0", "id": 1, "method": "a", "params": {"cursor": ""}},
    ]
    wire.feed(answer(1))
    assert await task is None


@in_a_loop
async def test_an_error_answer_is_raised_as_it_came() -> None:
    wire = Wire()
    coded, plain = await wire.ask("a", "b")
    wire.feed(
        {"jsonrpc": "2.0", "id": 1, "error": {"code": -32601, "message": "no", "data": [1]}},
        {"jsonrpc": "2.0", "id": 2, "error": "just no"},
    )
    with pytest.raises(RpcError) as failed:
        await coded
    assert (failed.value.method, failed.value.code) == ("a", -32601)
    assert failed.value.error == {"code": -32601, "message": "no", "data": [1]}
    with pytest.raises(RpcError) as failed:
        await plain
    assert (failed.value.code, failed.value.error) == (None, "just no")


@in_a_loop
async def test_a_second_answer_and_one_that_comes_late_are_dropped() -> None:
    wire = Wire()
    kept, left = await wire.ask("a", "b")
    left.cancel()
    await asyncio.sleep(0)
    wire.feed(answer(1, "first"), answer(1, "second"), answer(2, "late"))
    assert await kept == "first"
    wire.feed(answer(1, "third"))
    assert wire.odd == []
    (again,) = await wire.ask("c")
    assert wire.sent[-1]["id"] == 3
    wire.feed(answer(3, "good"))
    assert await again == "good"


@in_a_loop
async def test_waiting_for_names_what_nobody_waits_for_any_more() -> None:
    wire = Wire()
    tasks = await wire.ask("a", "b", "b", "c")
    assert wire.peer.waiting_for() == "a and 2 more requests"
    for task in tasks[:3]:
        task.cancel()
    await asyncio.sleep(0)
    assert wire.peer.waiting_for() == "c"
    tasks[3].cancel()
    await asyncio.sleep(0)
    assert wire.peer.waiting_for() == "a and 2 more requests"


@in_a_loop
async def test_an_id_as_text_is_understood_and_noted() -> None:
    wire = Wire()
    (task,) = await wire.ask("a")
    wire.feed(answer("1", "good"))
    assert await task == "good"
    assert wire.odd == ["wire-id"]


@in_a_loop
async def test_a_message_without_version_is_understood_and_noted() -> None:
    wire = Wire()
    (task,) = await wire.ask("a")
    wire.feed({"id": 1, "result": "good"})
    assert await task == "good"
    assert wire.odd == ["wire-version"]


@in_a_loop
async def test_a_batch_is_understood_and_noted() -> None:
    wire = Wire()
    first, second = await wire.ask("a", "b")
    wire.feed([answer(1, "one"), answer(2, "two"), {"jsonrpc": "2.0", "id": 9, "method": "ping"}])
    assert (await first, await second) == ("one", "two")
    assert wire.odd == ["wire-batch"]
    assert wire.sent[-1] == {"jsonrpc": "2.0", "id": 9, "result": {}}


@pytest.mark.parametrize(
    ("method", "offered", "reply"),
    [
        pytest.param("ping", [], {"result": {}}, id="ping"),
        pytest.param("roots/list", ["roots"], {"result": {"roots": []}}, id="roots"),
        pytest.param(
            "elicitation/create",
            ["elicitation"],
            {"result": {"action": "decline"}},
            id="elicitation",
        ),
        pytest.param(
            "sampling/createMessage",
            ["sampling"],
            {"error": {"code": -1, "message": "declined: nobody is here to answer"}},
            id="sampling",
        ),
        pytest.param(
            "roots/list",
            ["sampling"],
            {"error": {"code": -32601, "message": "not supported: roots/list"}},
            id="not offered",
        ),
        pytest.param(
            "x" * 5000,
            [],
            {"error": {"code": -32601, "message": "not supported: " + "x" * 100}},
            id="long name",
        ),
        pytest.param(
            ["odd"],
            [],
            {"error": {"code": -32601, "message": "not supported: ['odd']"}},
            id="no name",
        ),
    ],
)
@in_a_loop
async def test_the_server_gets_an_answer(
    method: object, offered: list[str], reply: dict[str, Any]
) -> None:
    wire = Wire(offered={name: {} for name in offered})
    wire.feed({"jsonrpc": "2.0", "id": "q-1", "method": method, "params": {}})
    await asyncio.sleep(0)
    assert wire.sent == [{"jsonrpc": "2.0", "id": "q-1", **reply}]


@in_a_loop
async def test_more_pings_than_may_be_open_are_refused() -> None:
    wire = Wire()
    wire.feed(*[{"jsonrpc": "2.0", "id": n, "method": "ping"} for n in range(40)])
    await asyncio.sleep(0)
    refused = [one["id"] for one in wire.sent if "error" in one]
    assert refused == list(range(32, 40))
    assert len(wire.sent) == 40


@in_a_loop
async def test_an_answerer_that_fails_keeps_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def fails(_method: str, _params: object) -> dict[str, Any]:
        raise ZeroDivisionError("oops")

    wire = Wire()
    monkeypatch.setattr(wire.peer.answering, "answer", fails)
    (task,) = await wire.ask("a")
    wire.feed({"jsonrpc": "2.0", "id": 7, "method": "roots/list"})
    with pytest.raises(ZeroDivisionError, match="oops"):
        await task
    assert wire.sent[1]["id"] == 7
    assert wire.sent[1]["error"] == {"code": -32603, "message": "the client failed"}


def test_notifications_are_not_answered() -> None:
    wire = Wire()
    wire.feed({"jsonrpc": "2.0", "method": "notifications/message", "params": {}})
    assert wire.sent == []
    assert wire.odd == []


@in_a_loop
async def test_too_many_notifications_end_it() -> None:
    wire = Wire(Limits(notifications=2))
    (task,) = await wire.ask("a")
    wire.feed(*[{"jsonrpc": "2.0", "method": "notifications/message"}] * 2)
    assert not task.done()
    wire.feed({"jsonrpc": "2.0", "id": 7, "method": "ping"})
    with pytest.raises(ServerError) as failed:
        await task
    assert failed.value.fault is Fault.LIMIT
    assert failed.value.message == (
        "one: sent 3 notifications, more than the limit 'notifications' allows"
    )


@in_a_loop
async def test_a_message_too_large_ends_it() -> None:
    wire = Wire(Limits(values=100))
    (task,) = await wire.ask("a")
    wire.feed(answer(1, [0] * 200))
    with pytest.raises(ServerError, match="'values'") as failed:
        await task
    assert failed.value.fault is Fault.LIMIT
    assert failed.value.hint == "allow more with --limit values=NUMBER"


@in_a_loop
async def test_after_a_failure_nothing_is_read_or_sent() -> None:
    wire = Wire()
    (task,) = await wire.ask("a")
    failure = ServerError(Fault.EXITED, "gone")
    wire.peer.fail(failure)
    wire.peer.fail(ServerError(Fault.LIMIT, "later"))
    wire.feed({"jsonrpc": "2.0", "id": 1, "method": "ping"})
    for request in (task, wire.peer.request("b")):
        with pytest.raises(ServerError) as failed:
            await request
        assert failed.value is failure
    assert [one["method"] for one in wire.sent] == ["a"]


@in_a_loop
async def test_text_before_the_first_message_is_noise(short_grace: None) -> None:
    wire = Wire()
    (task,) = await wire.ask("a")
    wire.feed(b"Listening", b"[info] ready", b"on stdio")
    await asyncio.sleep(0.6)
    wire.feed(answer(1, "good"))
    assert await task == "good"
    assert (wire.peer.oddities.noise, wire.peer.oddities.first_noise) == (3, "Listening")


@in_a_loop
async def test_text_between_messages_delays_nothing(short_grace: None) -> None:
    wire = Wire()
    first, second = await wire.ask("a", "b")
    wire.feed(answer(1, "one"), b"INFO working")
    await asyncio.sleep(0.3)
    wire.feed({"jsonrpc": "2.0", "method": "notifications/message"})
    await asyncio.sleep(0.3)
    wire.feed(answer(2, "two"))
    assert (await first, await second) == ("one", "two")
    assert wire.peer.oddities.noise == 1


@in_a_loop
async def test_text_instead_of_an_answer_is_told_after_a_while(short_grace: None) -> None:
    wire = Wire()
    (first,) = await wire.ask("a")
    wire.feed(answer(1))
    await first
    (task,) = await wire.ask("tools/list")
    wire.feed(b"Internal Server Error", b"see the log")
    with pytest.raises(ServerError) as failed:
        await task
    assert failed.value.fault is Fault.PROTOCOL
    assert failed.value.message == (
        "one: answered tools/list with text that is no message: see the log"
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param(b'{"id": 1, ', "not JSON: ", id="half a message"),
        pytest.param(b'{"x": NaN}', "not JSON: NaN is not a JSON value: ", id="NaN"),
        pytest.param(b'{"a": "\xff"}', "invalid UTF-8 at byte 7: ", id="not UTF-8"),
        pytest.param(b"[[]]", "not a JSON-RPC object: [[]]", id="array of arrays"),
        pytest.param(
            b'{"jsonrpc": "2.0", "id": 1}',
            "neither a request, a notification nor an answer: ",
            id="neither",
        ),
        pytest.param(
            b'{"jsonrpc": "2.0", "id": null, "result": 1}',
            "an answer to a request that was not sent (None): ",
            id="id null",
        ),
        pytest.param(
            b'{"jsonrpc": "2.0", "id": 99, "result": 1}',
            "an answer to a request that was not sent (99): ",
            id="id of nobody",
        ),
        pytest.param(
            b'{"jsonrpc": "2.0", "id": "x", "result": 1}',
            "an answer to a request that was not sent (x): ",
            id="id of letters",
        ),
        pytest.param(
            b'{"jsonrpc": "2.0", "id": [1], "result": 1}',
            "an answer to a request that was not sent ([1]): ",
            id="id of a list",
        ),
    ],
)
@in_a_loop
async def test_a_broken_message_ends_the_wait(line: bytes, reason: str, short_grace: None) -> None:
    wire = Wire()
    (task,) = await wire.ask("tools/list")
    wire.feed(line)
    with pytest.raises(ServerError) as failed:
        await task
    assert failed.value.fault is Fault.PROTOCOL
    assert failed.value.message.startswith(f"one: answered tools/list with {reason}")
    assert wire.odd[-1] == "wire-unreadable"


@in_a_loop
async def test_a_broken_message_costs_no_more_than_one_request(short_grace: None) -> None:
    wire = Wire()
    first, second = await wire.ask("a", "b")
    wire.feed(b'{"broken": ')
    await asyncio.sleep(0.15)
    assert not first.done() and not second.done()
    wire.feed(answer(2, "good"), b'{"broken": ')
    assert await second == "good"
    with pytest.raises(ServerError, match="answered a with not JSON"):
        await first


@pytest.mark.parametrize("line", [b"7", b'"text"', b"null"], ids=["number", "string", "null"])
def test_a_bare_value_is_noise(line: bytes) -> None:
    wire = Wire()
    wire.feed(line)
    assert (wire.peer.oddities.noise, wire.odd) == (1, [])


@pytest.mark.parametrize("before", ["", "x" * 150])
def test_what_is_shown_of_a_line_is_masked_before_it_is_cut(before: str) -> None:
    wire = Wire()
    secret = SPEC.env["API_TOKEN"]
    wire.feed(f"{before} {secret} ghp_{'a' * 36}".encode())
    wire.feed(f'{{"{before} {secret}'.encode())
    shown = wire.peer.oddities.first_noise + wire.peer.oddities.kinds["wire-unreadable"]
    assert "canary" not in shown and "ghp_" not in shown
    assert shown.count("***") >= 2


def test_a_long_line_is_cut() -> None:
    wire = Wire()
    wire.feed(b"x" * 100_000)
    assert wire.peer.oddities.first_noise == "x" * 160 + "…"


@in_a_loop
async def test_what_nobody_waits_for_is_known_by_its_clock_until_it_is_forgotten() -> None:
    wire, one, other = Wire(), Clock(1.0), Clock(1.0)
    asked = [("a", one), ("b", other), ("c", None)]
    tasks = [
        asyncio.ensure_future(wire.peer.request(method, clock=clock)) for method, clock in asked
    ]
    await asyncio.sleep(0)
    wire.peer.saw(1, "a beginning")
    assert (wire.peer.waiting_for(one), wire.peer.seen_for(one)) == ("a", "a beginning")
    for task in tasks:
        task.cancel()
    await asyncio.sleep(0)
    assert (wire.peer.waiting_for(one), wire.peer.seen_for(one)) == ("a", "a beginning")
    assert (wire.peer.waiting_for(other), wire.peer.seen_for(other)) == ("b", "")
    wire.peer.forget(one)
    assert (wire.peer.waiting_for(one), wire.peer.seen_for(one)) == ("", "")
    assert wire.peer.waiting_for() == "b and 1 more request"
    wire.peer.opened({}, legacy=True)
    assert wire.peer.waiting_for() == "b"


FIVE = [{}, {}, {}, {}, {}]


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        pytest.param(Limits(line=100), "lists of more than 100 bytes together", id="bytes"),
        pytest.param(Limits(values=20), "lists of about 26 values together", id="values"),
    ],
)
@in_a_loop
async def test_answers_that_are_kept_count_together(limits: Limits, words: str) -> None:
    wire = Wire(limits)
    first, second = await wire.ask("tools/list", "prompts/list")
    with wire.peer.keeping():
        wire.feed(answer(1, FIVE))
        wire.feed({"jsonrpc": "2.0", "method": "x"}, {"jsonrpc": "2.0", "method": "x"})
        assert await first == FIVE
        wire.feed(answer(2, FIVE))
        with pytest.raises(ServerError, match=words) as caught:
            await second
    assert caught.value.fault is Fault.LIMIT
    assert caught.value.hint.startswith("allow more with --limit ")


@in_a_loop
async def test_answers_that_are_not_kept_count_one_by_one() -> None:
    wire = Wire(Limits(line=100, values=20))
    tasks = await wire.ask("a", "b")
    with wire.peer.keeping():
        wire.feed(answer(1, FIVE))
    wire.feed(answer(2, FIVE))
    assert [await one for one in tasks] == [FIVE, FIVE]


@in_a_loop
async def test_a_request_can_be_sent_and_waited_for_later() -> None:
    wire = Wire()
    first, second = (wire.peer.ask(method) for method in ("tools/list", "tools/call"))
    assert [one["id"] for one in wire.sent] == [first.number, second.number]
    wire.feed(answer(second.number, {"n": 2}))
    wire.feed({"jsonrpc": "2.0", "id": first.number, "error": {"code": -5}})
    assert await second.future == {"n": 2}
    with pytest.raises(RpcError) as refused:
        await first.future
    assert refused.value.code == -5
    assert not wire.peer.is_open(first.number)


@pytest.mark.parametrize("told", [True, False])
@in_a_loop
async def test_who_waits_no_more_says_so_once(told: bool) -> None:
    wire = Wire()
    asked = wire.peer.ask("tools/call")
    wire.peer.leave(asked, told)
    assert [one["method"] for one in wire.sent[1:]] == ([] if told else [CANCELLED])
    wire.feed(answer(asked.number))
    assert wire.odd == []


@in_a_loop
async def test_nothing_is_sent_on_a_connection_that_has_failed() -> None:
    wire = Wire()
    wire.peer.fail(ServerError(Fault.LOST, "gone"))
    with pytest.raises(ServerError, match="gone"):
        wire.peer.ask("tools/list")
    assert wire.sent == []


@in_a_loop
async def test_who_answers_can_tell_which_request_a_question_belongs_to() -> None:
    found: list[int] = []

    class Telling(Nobody):
        async def answer(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
            found.append(WITHIN.get())
            return {}

    wire = Wire()
    wire.peer.answering = Telling()
    asked = wire.peer.ask("tools/call")
    question = json.dumps({"jsonrpc": "2.0", "id": 9, "method": "roots/list"}).encode()
    for number in (asked.number, None):
        wire.peer.feed(question, number)
        await asyncio.sleep(0)
    assert found == [asked.number, 0]
