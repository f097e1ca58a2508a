from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Mapping
from typing import Any

import pytest

from mcpx.client import peer, streamable
from mcpx.client.http import Http
from mcpx.client.peer import RpcError
from mcpx.errors import Fault, ServerError
from mcpx.retry import Retries
from mcpx.servers import Era
from mcpx.settings import Limits
from tests.client.loops import in_a_loop
from tests.client.sites import (
    Play,
    Site,
    answers,
    connected,
    frame,
    in_turn,
    only,
    responds,
    result_of,
    seen,
    site,
    streams,
)

NAMES = ["echo", "add", "fail"]
NOTE = {
    "jsonrpc": "2.0",
    "method": "notifications/message",
    "params": {"level": "info", "data": "hello"},
}
ECHO = {"name": "echo", "arguments": {"text": "hi"}}
HI = {"content": [{"type": "text", "text": "hi"}], "isError": False}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamable, "GOODBYE", 0.2)
    monkeypatch.setattr(streamable, "LINGER", 0.05)
    monkeypatch.setattr(streamable, "RESUME_AT_LEAST", 0.01)


def names(result: Any) -> list[str]:
    return [tool["name"] for tool in result["tools"]][:3]


class Ada:
    """Answers every question alike, and keeps what she was asked."""

    offered: Mapping[str, Any] = {"elicitation": {"form": {}}, "roots": {}}

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def answer(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append(method)
        return {"action": "accept", "content": {"name": "Ada"}}


def at_once() -> Retries:
    """Repeats without waiting."""
    return Retries(uniform=lambda _least, _most: 0.0)


# Sessions.


@in_a_loop
async def test_a_session_goes_along_and_is_ended_once() -> None:
    with site() as served:
        async with connected(served, Era.LEGACY) as connection:
            assert names(await connection.request("tools/list")) == NAMES
            await connection.request("ping")
        assert seen(served) == [
            "initialize",
            "notifications/initialized",
            "tools/list",
            "ping",
            "DELETE",
        ]
        first, *others = served.requests
        assert "mcp-session-id" not in first.headers
        assert "mcp-protocol-version" not in first.headers
        sessions = {one.headers["mcp-session-id"] for one in others}
        assert len(sessions) == 1
        assert len(sessions.pop()) == 16
        _, *opened = others  # the version goes along once the handshake is over
        assert {one.headers["mcp-protocol-version"] for one in opened} == {"2025-11-25"}
        for one in served.requests[:-1]:
            assert one.headers["accept"] == "application/json, text/event-stream"
            assert one.headers["content-type"] == "application/json"


@in_a_loop
async def test_without_a_session_nothing_is_ended() -> None:
    with site(sessions=False) as served:
        async with connected(served, Era.LEGACY) as connection:
            await connection.request("tools/list")
        assert seen(served) == ["initialize", "notifications/initialized", "tools/list"]


@in_a_loop
async def test_a_modern_server_has_no_session() -> None:
    listed = answers({"tools": [], "resultType": "complete"}, **{"Mcp-Session-Id": "s1"})
    with site({"tools/list": listed}) as served:
        async with connected(served) as connection:
            await connection.request("tools/list")
            await connection.request("tools/list")
        assert seen(served) == ["server/discover", "tools/list", "tools/list"]
        assert not any("mcp-session-id" in one.headers for one in served.requests)


@pytest.mark.parametrize(
    "goodbye",
    [
        pytest.param(lambda _site, exchange: exchange.rest(), id="no answer"),
        pytest.param(responds(405), id="refused"),
        pytest.param(responds(500, b"x" * 100), id="fails"),
        pytest.param(lambda _site, exchange: exchange.cut(reset=True), id="cut"),
        pytest.param(
            lambda _site, exchange: (exchange.stream(), exchange.rest()), id="endless body"
        ),
    ],
)
@in_a_loop
async def test_a_goodbye_takes_no_longer_than_it_may(goodbye: Play) -> None:
    with site({"DELETE": goodbye}) as served:
        async with connected(served, Era.LEGACY) as connection:
            await connection.request("ping")
            began = time.monotonic()
        assert time.monotonic() - began < 1.0
        assert served.count("DELETE") == 1


@pytest.mark.parametrize("given", ["with space", "", "x" * 5_000, "umläut"], ids=repr)
@in_a_loop
async def test_a_session_id_that_must_not_be_is_not_sent_back(given: str) -> None:
    def opens(site: Site, exchange: Any) -> None:
        exchange.answer(frame(site, exchange), headers=(("Mcp-Session-Id", given),))

    with site({"initialize": opens}, sessions=False) as served:
        async with connected(served, Era.LEGACY) as connection:
            await connection.request("tools/list")
            noted = connection.peer.oddities.kinds
        assert "mcp-session-id" not in served.requests[-1].headers
    assert noted == (
        {"wire-session": "its session id holds characters that it must not hold"} if given else {}
    )


@in_a_loop
async def test_a_lost_session_is_begun_anew_for_a_read() -> None:
    with site(lives=2) as served:  # initialized and one request
        async with connected(served, Era.LEGACY) as connection:
            await connection.request("ping")
            async with connection.in_time() as errand:
                assert names(await errand.request("tools/list")) == NAMES
            assert errand.attempts == {"tools/list": 2}
        assert seen(served) == [
            *("initialize", "notifications/initialized", "ping"),
            "tools/list",  # 404
            *("initialize", "notifications/initialized", "tools/list", "DELETE"),
        ]
        assert "mcp-session-id" not in served.requests[4].headers
        assert "mcp-protocol-version" not in served.requests[4].headers
        old, new = (served.requests[at].headers["mcp-session-id"] for at in (3, 6))
        assert old != new == served.requests[7].headers["mcp-session-id"]


@in_a_loop
async def test_a_session_that_is_lost_again_at_once_is_told() -> None:
    with site({"tools/list": responds(404)}) as served:
        async with connected(served, Era.LEGACY) as connection:
            with pytest.raises(ServerError) as failed:
                await connection.request("tools/list")
        assert served.count("POST", "tools/list") == 2
        assert served.count("POST", "initialize") == 2
    assert failed.value.fault is Fault.SESSION_LOST
    assert failed.value.message == (
        "one: has lost the session (tools/list was answered with HTTP 404)"
    )


@pytest.mark.parametrize(
    ("harmless", "calls"), [(False, 1), (True, 2)], ids=["may have run", "may run twice"]
)
@in_a_loop
async def test_a_lost_session_of_a_call(harmless: bool, calls: int) -> None:
    with site({"tools/call": in_turn(responds(404), None)}) as served:
        async with connected(served, Era.LEGACY) as connection:
            calling = connection.request("tools/call", ECHO, harmless=harmless)
            if harmless:
                assert await calling == HI
            else:
                with pytest.raises(ServerError) as failed:
                    await calling
                assert failed.value.fault is Fault.SESSION_LOST
        assert served.count("POST", "tools/call") == calls


@in_a_loop
async def test_several_reads_that_lose_a_session_begin_one_anew() -> None:
    with site(lives=2, listens=False) as served:
        async with connected(served, Era.LEGACY) as connection:
            await connection.request("ping")
            served.site.plays["initialize"] = unlimited
            lists = ("tools/list", "prompts/list", "resources/list")
            found = await asyncio.gather(*(connection.request(one) for one in lists))
        assert [next(iter(one)) for one in found] == ["tools", "prompts", "resources"]
        assert served.count("POST", "initialize") == 2


@in_a_loop
async def test_a_read_that_learns_of_the_loss_while_a_session_is_begun_anew() -> None:
    def late(_site: Site, exchange: Any) -> None:
        exchange.rest(0.1)
        exchange.respond(404)

    def begins(site: Site, exchange: Any) -> None:
        exchange.rest(0.3)
        site.honest(exchange)

    plays = {
        "initialize": in_turn(None, begins),
        "tools/list": in_turn(responds(404), None),
        "prompts/list": in_turn(late, None),
    }
    with site(plays) as served:
        async with connected(served, Era.LEGACY) as connection:
            lists = ("tools/list", "prompts/list")
            found = await asyncio.gather(*(connection.request(one) for one in lists))
        assert [next(iter(one)) for one in found] == ["tools", "prompts"]
        assert served.count("POST", "initialize") == 2
        assert served.count("DELETE") == 1


@in_a_loop
async def test_a_request_waits_for_a_session_that_is_being_begun_anew() -> None:
    def begins(site: Site, exchange: Any) -> None:
        exchange.rest(0.2)
        site.honest(exchange)

    plays = {"initialize": in_turn(None, begins), "tools/list": in_turn(responds(404), None)}
    with site(plays) as served:
        async with connected(served, Era.LEGACY) as connection:
            listing = asyncio.ensure_future(connection.request("tools/list"))
            while served.count("POST", "initialize") < 2:
                await asyncio.sleep(0.01)
            assert await connection.request("ping") == {}
            assert names(await listing) == NAMES
        assert "mcp-session-id" in only(served, "ping").headers


def unlimited(site: Site, exchange: Any) -> None:
    """Begin a session that lives on."""
    site.honest(exchange)
    for session in site.sessions.values():
        session.requests = -100


@in_a_loop
async def test_what_a_server_does_not_know_is_no_lost_session() -> None:
    unknown = {"jsonrpc": "2.0", "id": 2, "error": {"code": -32601, "message": "what?"}}
    body = b'{"jsonrpc": "2.0", "id": 2, "error": {"code": -32601, "message": "what?"}}'
    with site({"tools/list": responds(404, body)}) as served:
        async with connected(served, Era.LEGACY) as connection:
            with pytest.raises(RpcError) as failed:
                await connection.request("tools/list")
        assert failed.value.error == unknown["error"]
        assert served.count("POST", "initialize") == 1


# What comes first.


@in_a_loop
async def test_the_handshake_is_over_before_the_first_request() -> None:
    over = threading.Event()
    early: list[bool] = []

    def initialized(_site: Site, exchange: Any) -> None:
        time.sleep(0.15)
        over.set()
        exchange.respond(202)

    def listed(site: Site, exchange: Any) -> None:
        early.append(not over.is_set())
        site.honest(exchange)

    plays = {"notifications/initialized": initialized, "tools/list": listed, "ping": listed}
    with site(plays) as served:
        async with connected(served, Era.LEGACY) as connection:
            await asyncio.gather(connection.request("tools/list"), connection.request("ping"))
    assert early == [False, False]


@pytest.mark.parametrize("status", [400, 405, 500])
@in_a_loop
async def test_a_notification_that_is_refused_is_noted(status: int) -> None:
    with site({"notifications/initialized": responds(status)}) as served:
        async with connected(served, Era.LEGACY) as connection:
            assert names(await connection.request("tools/list")) == NAMES
            assert connection.peer.oddities.kinds == {
                "wire-refused": f"refused notifications/initialized with HTTP {status}"
            }


@in_a_loop
async def test_a_notification_that_is_cut_off_is_noted() -> None:
    with site({"notifications/initialized": lambda _site, exchange: exchange.cut()}) as served:
        async with connected(served, Era.LEGACY) as connection:
            assert names(await connection.request("tools/list")) == NAMES
            assert list(connection.peer.oddities.kinds) == ["wire-refused"]
    assert served.count("POST", "notifications/initialized") == 1


@in_a_loop
async def test_a_notification_that_is_never_answered_does_not_hold_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streamable, "IN_ORDER", 0.1)
    silent = {"notifications/initialized": lambda _site, exchange: exchange.rest(5)}
    with site(silent) as served:
        async with connected(served, Era.LEGACY) as connection:
            assert names(await connection.request("tools/list")) == NAMES
            assert connection.peer.oddities.kinds == {
                "wire-refused": "has not answered a message without an id within 0.1 s"
            }


PINGS = [{"jsonrpc": "2.0", "id": number, "method": "ping"} for number in range(200)]


@in_a_loop
async def test_a_flood_of_pings_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamable, "MOST_WAITING", 50)

    def keeps(site: Site, exchange: Any) -> None:
        if exchange.request.rpc:
            site.honest(exchange)
        else:
            exchange.rest(5)

    plays: dict[str, Play] = {"tools/call": streams(*PINGS, None), "POST": keeps}
    with site(plays) as served:
        async with connected(served, Era.LEGACY) as connection:
            with pytest.raises(ServerError) as failed:
                await connection.request("tools/call", ECHO)
            began = time.monotonic()
        assert time.monotonic() - began < 2.0
    assert failed.value.fault is Fault.LIMIT
    assert "so much that 50 messages of ours wait" in failed.value.message


@in_a_loop
async def test_a_request_keeps_the_session_that_it_was_sent_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streamable, "IN_ORDER", 0.2)
    with site({"slow": lambda _site, exchange: exchange.rest(0.5)}) as served:
        async with connected(served, Era.LEGACY) as connection:
            await connection.request("ping")
            connection.peer.notify("slow")
            asking = asyncio.ensure_future(connection.request("tools/list"))
            await asyncio.sleep(0.05)
            wire = connection._line.wire
            assert isinstance(wire, streamable.StreamableHttp)
            wire.forget_session()
            assert names(await asking) == NAMES
        asked = only(served, "tools/list").headers
        assert asked["mcp-session-id"] == only(served, "ping").headers["mcp-session-id"]
        assert asked["mcp-protocol-version"] == "2025-11-25"


# Answers.


@pytest.mark.parametrize("era", list(Era))
@in_a_loop
async def test_what_comes_before_the_answer_is_told(era: Era) -> None:
    told: list[tuple[str, Any]] = []
    with site({"tools/list": streams(NOTE, b": ping\n\n", NOTE, None)}) as served:
        async with connected(
            served, era, notified=lambda method, params: told.append((method, params))
        ) as connection:
            assert names(await connection.request("tools/list")) == NAMES
    assert told == [("notifications/message", NOTE["params"])] * 2


@in_a_loop
async def test_a_stream_that_stays_open_does_not_hold_up() -> None:
    def stays(site: Site, exchange: Any) -> None:
        exchange.stream()
        exchange.event(frame(site, exchange))
        exchange.rest()

    with site({"tools/list": stays}) as served:
        async with connected(served) as connection:
            began = time.monotonic()
            for _ in range(3):
                assert names(await connection.request("tools/list")) == NAMES
        assert time.monotonic() - began < 2.0
        assert served.count("POST", "tools/list") == 3


def answers_other(_site: Site, exchange: Any) -> None:
    exchange.answer({**result_of(exchange, {"tools": []}), "id": 777})


NO_ANSWER, NO_MESSAGE = Fault.INVALID_RESPONSE, Fault.PROTOCOL
OTHER = {"jsonrpc": "2.0", "id": 777, "result": {}}


@pytest.mark.parametrize(
    ("play", "fault", "words"),
    [
        pytest.param(responds(202), NO_ANSWER, "HTTP 202 with no body, not JSON", id="accepted"),
        pytest.param(responds(204), NO_ANSWER, "HTTP 204 with no body, not JSON", id="no content"),
        pytest.param(responds(200), NO_ANSWER, "HTTP 200 with no body, not JSON", id="nothing"),
        pytest.param(
            responds(200, b"<p>", "text/html; charset=x"),
            NO_ANSWER,
            "HTTP 200 with text/html, not JSON",
            id="html",
        ),
        pytest.param(
            responds(200, b"{}", ""), NO_ANSWER, "HTTP 200 with no content type, not", id="no type"
        ),
        pytest.param(responds(200, b" "), NO_ANSWER, "its body is no answer to it", id="blank"),
        pytest.param(answers_other, NO_MESSAGE, "a request that was not sent (777)", id="other id"),
        pytest.param(responds(200, b"{}"), NO_MESSAGE, "neither a request, a not", id="no message"),
        pytest.param(responds(200, b"{"), NO_MESSAGE, "not JSON", id="half a body"),
        pytest.param(responds(200, b"[]"), NO_ANSWER, "its body is no answer to it", id="no batch"),
        pytest.param(streams(b""), Fault.LOST, "ended before the result", id="an empty stream"),
        pytest.param(streams(NOTE), Fault.LOST, "ended before the result", id="no answer on it"),
        pytest.param(streams(OTHER), NO_MESSAGE, "was not sent (777)", id="other id on a stream"),
    ],
)
@in_a_loop
async def test_what_is_no_answer(play: Play, fault: Fault, words: str) -> None:
    with site({"tools/call": play}) as served:
        async with connected(served, retries=at_once()) as connection:
            with pytest.raises(ServerError) as failed:
                await connection.request("tools/call", ECHO)
            assert names(await connection.request("tools/list")) == NAMES
        assert served.count("POST", "tools/call") == 1
    assert failed.value.fault is fault
    assert words in failed.value.message


@in_a_loop
async def test_a_wrong_answer_to_one_request_costs_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(peer, "GRACE", 0.1)

    def slowly(site: Site, exchange: Any) -> None:
        exchange.rest(0.3)
        site.honest(exchange)

    with site({"prompts/list": answers_other, "tools/list": slowly}) as served:
        async with connected(served) as connection:
            slow = asyncio.ensure_future(connection.request("tools/list"))
            with pytest.raises(ServerError):
                await connection.request("prompts/list")
            assert names(await slow) == NAMES


@pytest.mark.parametrize(
    "play",
    [
        pytest.param(streams(b"data: " + b"a" * 3_000 + b"\n\n"), id="event"),
        pytest.param(streams(*[b"data: " + b"a" * 900 + b"\n"] * 4), id="event of many lines"),
        pytest.param(responds(200, b" " * 3_000 + b"{}"), id="body"),
    ],
)
@in_a_loop
async def test_an_answer_may_be_no_longer_than_allowed(play: Play) -> None:
    with site({"tools/list": play}) as served:
        limits = Limits(line=2_000)
        async with connected(served, limits=limits, retries=at_once()) as connection:
            with pytest.raises(ServerError) as failed:
                await connection.request("tools/list")
        assert served.count("POST", "tools/list") == 1
    assert failed.value.fault is Fault.LIMIT
    assert "more than 2000 bytes" in failed.value.message


@pytest.mark.parametrize(
    ("status", "error", "fault"),
    [
        pytest.param(400, -32602, None, id="400"),
        pytest.param(404, -32601, None, id="404"),
        pytest.param(500, -32603, None, id="500"),
        pytest.param(401, -32001, Fault.AUTH, id="401"),
        pytest.param(403, -32001, Fault.AUTH, id="403"),
        pytest.param(500, None, Fault.HTTP, id="500 without one"),
    ],
)
@in_a_loop
async def test_the_error_in_the_body_of_a_refusal(
    status: int, error: int | None, fault: Fault | None
) -> None:
    body = b"gone"
    if error is not None:
        body = b'{"jsonrpc": "2.0", "id": 2, "error": {"code": %d, "message": "no"}}' % error
    with site({"tools/call": responds(status, body)}) as served:
        async with connected(served) as connection:
            with pytest.raises((RpcError, ServerError)) as failed:
                await connection.request("tools/call", ECHO)
    if isinstance(failed.value, RpcError):
        assert (fault, failed.value.code) == (None, error)
    else:
        assert (failed.value.fault, failed.value.evidence.status) == (fault, status)


# Redirects.


def moved(status: int, target: str) -> Play:
    def play(site: Site, exchange: Any) -> None:
        if exchange.request.path == "/mcp":
            exchange.respond(status, headers=(("Location", target),))
        else:
            site.honest(exchange)

    return play


@pytest.mark.parametrize("status", [307, 308])
@in_a_loop
async def test_a_redirect_on_the_origin_keeps_the_post(status: int) -> None:
    with site({"POST": moved(status, "/mcp/")}) as served:
        async with connected(served) as connection:
            assert await connection.request("tools/call", ECHO) == await plain_echo()
        hops = [(one.path, one.rpc) for one in served.requests]
        assert hops == [
            ("/mcp", "server/discover"),
            ("/mcp/", "server/discover"),
            ("/mcp", "tools/call"),
            ("/mcp/", "tools/call"),
        ]
        assert served.requests[2].body == served.requests[3].body
        assert served.requests[3].headers["mcp-name"] == "echo"


async def plain_echo() -> Any:
    with site() as served:
        async with connected(served) as connection:
            return await connection.request("tools/call", ECHO)


@pytest.mark.parametrize("status", [301, 302, 303])
@in_a_loop
async def test_a_redirect_that_would_lose_the_post_is_told(status: int) -> None:
    with site({"tools/call": moved(status, "/other")}) as served:
        async with connected(served) as connection:
            with pytest.raises(ServerError) as failed:
                await connection.request("tools/call", ECHO)
        assert seen(served) == ["server/discover", "tools/call"]
    assert failed.value.fault is Fault.HTTP
    assert "it sends elsewhere, to /other" in failed.value.message


@in_a_loop
async def test_a_redirect_to_another_origin_is_not_followed() -> None:
    with site() as other, site({"tools/call": moved(307, other.url)}) as served:
        async with connected(served) as connection:
            with pytest.raises(ServerError) as failed:
                await connection.request("tools/call", ECHO)
        assert other.requests == []
    assert other.url in failed.value.message


# Streams that break off.


@in_a_loop
async def test_a_stream_is_resumed_from_where_it_was() -> None:
    with site(resumes=2) as served:
        async with connected(served, Era.LEGACY) as connection:
            began = time.monotonic()
            assert names(await connection.request("tools/list")) == NAMES
            assert 0.2 <= time.monotonic() - began < 1.0  # retry: 100, twice
        resumed = [one for one in served.requests if one.method == "GET"]
        assert [one.headers["last-event-id"].partition("/")[2] for one in resumed] == ["0", "0"]
        assert {one.headers["accept"] for one in resumed} == {"text/event-stream"}
        assert len({one.headers["mcp-session-id"] for one in resumed}) == 1
        assert served.count("POST", "tools/list") == 1


def primed(retry: int, identifier: str = "7", cut: bool = False) -> Play:
    """Begins a stream that can be resumed, and ends it."""

    def play(_site: Site, exchange: Any) -> None:
        exchange.stream()
        exchange.piece(f"id: {identifier}\nretry: {retry}\ndata:\n\n".encode())
        if cut:
            time.sleep(0.1)  # what a reset overtakes is lost
            exchange.cut(reset=True)
        else:
            exchange.end()

    return play


def echoes(_site: Site, exchange: Any) -> None:
    """Brings the answer to the call on a resumed stream."""
    frame = {"jsonrpc": "2.0", "id": 2, "result": HI}
    exchange.stream()
    exchange.event(frame, "8")
    exchange.end()


@pytest.mark.parametrize("cut", [False, True], ids=["ended", "cut"])
@in_a_loop
async def test_a_call_is_resumed_not_repeated(cut: bool) -> None:
    plays = {"tools/call": primed(0, cut=cut), "GET": in_turn(primed(0, "8"), echoes)}
    with site(plays) as served:
        async with connected(served, Era.LEGACY) as connection:
            assert await connection.request("tools/call", ECHO) == HI
        assert served.count("POST", "tools/call") == 1
        last = [one.headers["last-event-id"] for one in served.requests if one.method == "GET"]
        assert last == ["7", "8"]


@in_a_loop
async def test_a_stream_without_an_id_is_not_resumed() -> None:
    plays = {"tools/call": streams(b"retry: 0\ndata:\n\n"), "GET": echoes}
    with site(plays) as served:
        async with connected(served, Era.LEGACY, retries=at_once()) as connection:
            with pytest.raises(ServerError) as failed:
                await connection.request("tools/call", ECHO)
        assert served.count("GET") == 0
    assert failed.value.fault is Fault.LOST


@in_a_loop
async def test_a_modern_stream_is_not_resumed() -> None:
    with site({"tools/call": primed(0)}) as served:
        async with connected(served, retries=at_once()) as connection:
            with pytest.raises(ServerError) as failed:
                await connection.request("tools/call", ECHO)
        assert seen(served) == ["server/discover", "tools/call"]
    assert failed.value.fault is Fault.LOST


@in_a_loop
async def test_a_stream_is_not_resumed_without_end() -> None:
    plays = {"tools/call": primed(0), "GET": primed(0)}
    limits = Limits(reconnects=3)
    with site(plays) as served:
        async with connected(served, Era.LEGACY, limits=limits) as connection:
            with pytest.raises(ServerError) as failed:
                await connection.request("tools/call", ECHO)
        assert served.count("GET") == 3
        assert served.count("POST", "tools/call") == 1
    assert failed.value.fault is Fault.LIMIT
    assert "an answer to tools/call that broke off 4 times" in failed.value.message
    assert "--limit reconnects=" in failed.value.hint


@in_a_loop
async def test_a_stream_that_goes_on_may_break_off_as_often_as_it_likes() -> None:
    goes_on = streams(b"id: 7\nretry: 0\ndata:\n\n", NOTE)
    plays = {"tools/call": primed(0), "GET": in_turn(*[goes_on] * 4, echoes)}
    with site(plays) as served:
        async with connected(served, Era.LEGACY, limits=Limits(reconnects=1)) as connection:
            assert await connection.request("tools/call", ECHO) == HI
        assert served.count("GET") == 5


@in_a_loop
async def test_a_server_that_wants_to_be_left_alone_for_long_is_told_of() -> None:
    with site({"tools/call": primed(61_000)}) as served:
        async with connected(served, Era.LEGACY) as connection:
            began = time.monotonic()
            with pytest.raises(ServerError) as failed:
                await connection.request("tools/call", ECHO)
            assert time.monotonic() - began < 1.0
    assert "wants to be asked for its answer to tools/call again in 61 s" in failed.value.message


@pytest.mark.parametrize(
    "resumption",
    [
        pytest.param(responds(400), id="400"),
        pytest.param(responds(404), id="404"),
        pytest.param(responds(405), id="405"),
        pytest.param(responds(429, Retry_After="0"), id="429"),
        pytest.param(responds(429), id="429 without a time"),
        pytest.param(responds(503, Retry_After="0"), id="503"),
        pytest.param(responds(200, b"<p>", "text/html"), id="html"),
        pytest.param(lambda _site, exchange: exchange.cut(reset=True), id="cut"),
    ],
)
@in_a_loop
async def test_a_call_whose_resumption_fails_is_not_repeated(resumption: Play) -> None:
    with site({"tools/call": primed(0), "GET": resumption}) as served:
        async with connected(served, Era.LEGACY, retries=at_once()) as connection:
            with pytest.raises(ServerError) as failed:
                await connection.request("tools/call", ECHO)
        assert served.count("POST", "tools/call") == 1
    assert failed.value.status == 3


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(responds(503, Retry_After="0"), id="503"),
        pytest.param(lambda _site, exchange: exchange.cut(reset=True), id="cut"),
    ],
)
@in_a_loop
async def test_a_resumption_that_fails_in_passing_is_tried_again(first: Play) -> None:
    with site({"tools/call": primed(0), "GET": in_turn(first, echoes)}) as served:
        async with connected(served, Era.LEGACY) as connection:
            assert await connection.request("tools/call", ECHO) == HI
        assert served.count("GET") == 2
        assert served.count("POST", "tools/call") == 1


@in_a_loop
async def test_a_read_whose_resumption_is_refused_is_repeated() -> None:
    plays = {"tools/list": in_turn(primed(0), None), "GET": responds(405)}
    with site(plays) as served:
        async with connected(served, Era.LEGACY, retries=at_once()) as connection:
            assert names(await connection.request("tools/list")) == NAMES
        assert (served.count("GET"), served.count("POST", "tools/list")) == (1, 2)


@in_a_loop
async def test_a_call_is_not_repeated_when_its_server_is_gone_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    exchange = Http.exchange

    def refused(http: Http, method: str, url: str, *rest: Any) -> Any:
        if method == "GET":
            raise ServerError(Fault.CONNECT, "one: cannot connect: connection refused")
        return exchange(http, method, url, *rest)

    monkeypatch.setattr(Http, "exchange", refused)
    with site({"tools/call": primed(0)}) as served:
        async with connected(served, Era.LEGACY, retries=at_once()) as connection:
            with pytest.raises(ServerError) as failed:
                await connection.request("tools/call", ECHO)
        assert served.count("POST", "tools/call") == 1
    assert failed.value.fault is Fault.LOST
    assert failed.value.message == (
        "one: its answer to tools/call broke off, and asking for it again failed: "
        "cannot connect: connection refused"
    )


# What a server sends unasked.


@pytest.mark.parametrize("on_get", [False, True], ids=["in the answer", "on the GET stream"])
@in_a_loop
async def test_a_servers_question_is_answered_by_post(on_get: bool) -> None:
    ada = Ada()
    with site(on_get=on_get) as served:
        async with connected(served, Era.LEGACY, answering=ada, listening=on_get) as connection:
            result = await connection.request("tools/call", {"name": "ask_person", "arguments": {}})
            assert '"name": "Ada"' in result["content"][0]["text"]
            result = await connection.request("tools/call", {"name": "ping_client"})
            assert result["content"][0]["text"] == "{}"
        assert ada.asked == ["elicitation/create"]
        posted = [one for one in served.requests if one.method == "POST" and not one.rpc]
        assert posted[0].message["result"]["content"] == {"name": "Ada"}
        assert posted[1].message["result"] == {}
        for one in posted:
            assert one.headers["mcp-protocol-version"] == "2025-11-25"
            assert len(one.headers["mcp-session-id"]) == 16
        assert served.count("GET") == int(on_get)


@in_a_loop
async def test_no_stream_is_opened_when_nobody_listens() -> None:
    with site() as served:
        async with connected(served, Era.LEGACY) as connection:
            await connection.request("tools/list")
        assert served.count("GET") == 0


@in_a_loop
async def test_a_modern_server_has_no_stream_of_its_own() -> None:
    with site() as served:
        async with connected(served, Era.MODERN, listening=True) as connection:
            await connection.request("tools/list")
        assert served.count("GET") == 0


@in_a_loop
async def test_a_server_may_have_no_stream_of_its_own() -> None:
    with site(listens=False) as served:
        async with connected(served, Era.LEGACY, listening=True) as connection:
            await connection.request("tools/list")
            await asyncio.sleep(0.05)
        assert served.count("GET") == 1
        assert connection.peer.oddities.kinds == {}


@in_a_loop
async def test_the_stream_of_a_server_is_taken_up_again_but_not_without_end() -> None:
    with site({"GET": primed(0)}) as served:
        limits = Limits(reconnects=2)
        async with connected(served, Era.LEGACY, listening=True, limits=limits) as connection:
            deadline = time.monotonic() + 3
            while served.count("GET") < 3 and time.monotonic() < deadline:
                await asyncio.sleep(0.02)
            await asyncio.sleep(0.05)
            await connection.request("tools/list")
        asked = [one for one in served.requests if one.method == "GET"]
        assert [one.headers.get("last-event-id") for one in asked] == [None, "7", "7"]


async def heard(play: Play, seconds: float, **limits: int) -> tuple[int, Mapping[str, str]]:
    """How often the stream was asked for within so many seconds, and what was odd."""
    with site({"GET": play}) as served:
        terms: dict[str, Any] = {"listening": True, "limits": Limits(**limits)}
        async with connected(served, Era.LEGACY, **terms) as connection:
            await asyncio.sleep(seconds)
            return served.count("GET"), connection.peer.oddities.kinds


@in_a_loop
async def test_a_stream_with_an_event_that_is_too_long_is_left() -> None:
    times, odd = await heard(streams(b"data: " + b"a" * 3_000 + b"\n\n"), 0.2, line=2_000)
    assert times == 1
    assert "an event of more than 2000 bytes" in odd["wire-unreadable"]


@in_a_loop
async def test_a_stream_that_wants_to_be_left_alone_for_long_is_left() -> None:
    assert await heard(streams(b"retry: 61000\ndata:\n\n"), 0.2) == (1, {})


@in_a_loop
async def test_a_stream_that_ends_after_each_event_makes_no_storm() -> None:
    times, _ = await heard(streams(b"retry: 0\n", NOTE), 0.5)
    assert 3 <= times <= 7  # after 0.01, 0.02, 0.04, 0.08, 0.16, 0.32 s


@in_a_loop
async def test_a_stream_is_asked_for_once_the_handshake_is_over() -> None:
    over = threading.Event()
    early: list[bool] = []

    def initialized(_site: Site, exchange: Any) -> None:
        time.sleep(0.1)
        over.set()
        exchange.respond(202)

    def listens(_site: Site, exchange: Any) -> None:
        early.append(not over.is_set())
        exchange.respond(405)

    with site({"notifications/initialized": initialized, "GET": listens}) as served:
        async with connected(served, Era.LEGACY, listening=True):
            await asyncio.sleep(0.3)
    assert early == [False]


@in_a_loop
async def test_a_session_begun_anew_has_a_stream_of_its_own() -> None:
    ada = Ada()
    with site(on_get=True) as served:
        async with connected(served, Era.LEGACY, answering=ada, listening=True) as connection:
            await connection.request("ping")
            served.site.sessions.clear()
            await connection.request("ping")
            async with asyncio.timeout(3):
                result = await connection.request("tools/call", {"name": "ask_person"})
            assert '"name": "Ada"' in result["content"][0]["text"]


# Whoever leaves.


@in_a_loop
async def test_leaving_a_modern_request_closes_its_stream() -> None:
    gone: list[bool] = []
    with site({"tools/call": lambda _site, exchange: gone.append(exchange.rest(5))}) as served:
        async with connected(served) as connection:
            with pytest.raises(ServerError) as failed:
                async with connection.in_time(0.1) as errand:
                    await errand.request("tools/call", ECHO)
            while not gone:
                await asyncio.sleep(0.01)
            assert names(await connection.request("tools/list")) == NAMES
        assert seen(served) == ["server/discover", "tools/call", "tools/list"]
    assert gone == [True]
    assert failed.value.fault is Fault.TIMEOUT


@pytest.mark.parametrize("at_the_end", [False, True], ids=["and going on", "and ending"])
@in_a_loop
async def test_leaving_a_legacy_request_tells_the_server(at_the_end: bool) -> None:
    with site({"tools/call": lambda _site, exchange: exchange.rest(5)}) as served:
        async with connected(served, Era.LEGACY) as connection:
            with pytest.raises(ServerError):
                async with connection.in_time(0.1) as errand:
                    await errand.request("tools/call", ECHO)
            if not at_the_end:
                assert names(await connection.request("tools/list")) == NAMES
        cancelled = only(served, "notifications/cancelled")
        assert cancelled.message["params"] == {"requestId": 2}
        assert seen(served)[-1] == "DELETE"


@in_a_loop
async def test_ending_is_bounded_also_when_the_server_takes_no_cancellation() -> None:
    plays = {
        "tools/call": lambda _site, exchange: exchange.rest(5),
        "notifications/cancelled": lambda _site, exchange: exchange.rest(5),
    }
    with site(plays) as served:
        async with connected(served, Era.LEGACY) as connection:
            with pytest.raises(ServerError):
                async with connection.in_time(0.1) as errand:
                    await errand.request("tools/call", ECHO)
            began = time.monotonic()
        assert time.monotonic() - began < 1.5


@in_a_loop
async def test_what_was_seen_of_a_silent_server_is_told() -> None:
    def begins(_site: Site, exchange: Any) -> None:
        exchange.stream()
        exchange.rest()

    with site({"tools/call": begins}) as served:
        async with connected(served) as connection:
            with pytest.raises(ServerError) as failed:
                async with connection.in_time(0.2) as errand:
                    await errand.request("tools/call", ECHO)
    assert failed.value.details == ("HTTP 200 came, but no answer in it",)


@in_a_loop
async def test_what_was_seen_of_other_answers_is_not_told() -> None:
    def begins(_site: Site, exchange: Any) -> None:
        exchange.stream()
        exchange.rest()

    plays: dict[str, Play] = {
        "tools/call": lambda _site, exchange: exchange.rest(5),
        "prompts/get": begins,
    }
    with site(plays) as served:
        async with connected(served) as connection:
            await connection.request("tools/list")
            beside = asyncio.ensure_future(connection.request("prompts/get", {"name": "greet"}))
            with pytest.raises(ServerError) as failed:
                async with connection.in_time(0.2) as errand:
                    await errand.request("tools/call", ECHO)
            beside.cancel()
    assert failed.value.message == "one: no answer to tools/call within 0.2 s"
    assert failed.value.details == ()


@in_a_loop
async def test_a_call_is_not_redirected_for_ever() -> None:
    with site({"tools/call": responds(307, location="/mcp")}) as served:
        async with connected(served, Era.LEGACY) as connection:
            with pytest.raises(ServerError) as failed:
                await connection.request("tools/call", ECHO)
        assert served.count("POST", "tools/call") == 3
    assert failed.value.message == "one: redirects more than 2 times"
    assert failed.value.hint == "what is redirected has not been done; check the URL"
