from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import pytest

from mcpx.catalogue.model import Catalogue
from mcpx.client import sse
from mcpx.client.connection import Connection
from mcpx.client.harvest import harvest
from mcpx.errors import Fault, ServerError
from mcpx.retry import Retries
from mcpx.servers import Era
from mcpx.settings import Limits
from tests.client.loops import in_a_loop
from tests.client.sites import Play, Site, connected, only, responds, seen, site
from tests.servers.http_honest import Turn

ECHO = {"name": "echo", "arguments": {"text": "hi"}}


class Ada:
    """Answers every question alike."""

    offered: Mapping[str, Any] = {"elicitation": {"form": {}}}

    async def answer(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"action": "accept", "content": {"name": f"Ada, asked {method}"}}


def at_once() -> Retries:
    return Retries(uniform=lambda _least, _most: 0.0)


def pours(*first: tuple[str, str]) -> Play:
    """Opens the stream with these events; ``{path}`` stands for the right endpoint."""

    def play(site: Site, exchange: Any) -> None:
        exchange.stream()
        session = site._begun({})
        host = exchange.request.headers["host"]
        path = f"/messages?session={session.identifier}"
        for kind, data in first:
            exchange.event(data.format(path=path, host=host), kind=kind)
        site._pour(exchange, session)

    return play


async def everything(**options: Any) -> Catalogue:
    with site(**options) as served:
        async with connected(served, None if options.get("old") else Era.LEGACY) as connection:
            return await harvest(connection, ())


@in_a_loop
async def test_the_catalogue_is_that_of_streamable_http() -> None:
    old, new = await everything(old=True), await everything()
    assert old.tools == new.tools
    assert [one.key for one in old.tools[:3]] == ["echo", "add", "fail"]
    assert (old.prompts, old.resources, old.templates) == (
        new.prompts,
        new.resources,
        new.templates,
    )
    assert (old.era, old.server_info, old.capabilities) == (
        Era.LEGACY,
        new.server_info,
        new.capabilities,
    )
    assert old.problems == new.problems == ()


@in_a_loop
async def test_one_stream_down_and_a_post_for_each_message_up() -> None:
    with site(old=True) as served:
        async with connected(served) as connection:
            assert (await connection.request("tools/call", ECHO))["content"][0]["text"] == "hi"
        assert seen(served) == ["GET", "initialize", "notifications/initialized", "tools/call"]
        stream, *posts = served.requests
        assert stream.headers["accept"] == "text/event-stream"
        assert {one.path for one in posts} == {"/messages"}
        assert {one.headers["content-type"] for one in posts} == {"application/json"}
        assert "mcp-protocol-version" not in posts[0].headers
        assert posts[2].headers["mcp-protocol-version"] == "2025-11-25"


@pytest.mark.parametrize(
    ("endpoint", "path"),
    [
        pytest.param("{path}", "/messages", id="absolute path"),
        pytest.param(".{path}", "/messages", id="relative"),
        pytest.param("http://{host}{path}", "/messages", id="absolute"),
        pytest.param("HTTP://{host}{path}", "/messages", id="in capitals"),
        pytest.param("  {path}  ", "/messages", id="with spaces"),
        pytest.param("//{host}{path}", "/messages", id="without a scheme"),
    ],
)
@in_a_loop
async def test_where_the_endpoint_is(endpoint: str, path: str) -> None:
    with site({"/sse": pours}, old=True) as served:
        served.site.plays = {"GET": pours(("endpoint", endpoint))}
        async with connected(served) as connection:
            assert "tools" in await connection.request("tools/list")
        assert only(served, "tools/list").path == path


@in_a_loop
async def test_the_endpoint_is_relative_to_where_the_stream_came_from() -> None:
    def moved(site: Site, exchange: Any) -> None:
        if exchange.request.path == "/elsewhere/sse":
            pours(("endpoint", ".{path}"))(site, exchange)
        else:
            exchange.respond(307, headers=(("Location", "/elsewhere/sse"),))

    posts: Play = lambda site, exchange: site._old_message(exchange)  # noqa: E731
    with site({"GET": moved, "POST": posts}, old=True) as served:
        async with connected(served) as connection:
            assert "tools" in await connection.request("tools/list")
        assert only(served, "tools/list").path == "/elsewhere/messages"


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://127.0.0.1:1/messages",
        "http://localhost/messages",
        "https://{host}{path}",
        "//example.com/",
        "javascript:alert(1)",
        "http://[::1/messages",
    ],
)
@in_a_loop
async def test_an_endpoint_elsewhere_is_refused(endpoint: str) -> None:
    with site({"GET": pours(("endpoint", endpoint))}, old=True) as served:
        with pytest.raises(ServerError) as failed:
            async with connected(served):
                raise AssertionError
        assert seen(served) == ["GET"]
    assert failed.value.fault is Fault.INVALID_RESPONSE
    assert "its endpoint leads to another origin" in failed.value.message


@in_a_loop
async def test_an_endpoint_that_is_too_long_is_named_and_not_asked_again() -> None:
    with site({"GET": pours(("endpoint", "/" + "x" * 70_000))}, old=True) as served:
        with pytest.raises(ServerError) as failed:
            async with connected(served):
                raise AssertionError
        assert seen(served) == ["GET"]
    assert failed.value.fault is Fault.INVALID_RESPONSE
    assert "its endpoint is longer than 8000 characters: /xxx" in failed.value.message
    assert len(failed.value.message) < 400


@in_a_loop
async def test_a_second_endpoint_is_noted_not_used() -> None:
    play = pours(("endpoint", "{path}"), ("endpoint", "http://127.0.0.1:1/"), ("", "{{broken"))
    with site({"GET": play}, old=True) as served:
        async with connected(served) as connection:
            assert "tools" in await connection.request("tools/list")
            assert connection.peer.oddities.kinds["wire-endpoint"] == (
                "named a second endpoint, not used"
            )


@in_a_loop
async def test_a_stream_that_never_names_an_endpoint() -> None:
    with site({"GET": pours(("message", "{{}}"))}, old=True) as served:
        began = time.monotonic()
        with pytest.raises(ServerError) as failed:
            async with connected(served, deadline=0.3):
                raise AssertionError
        assert time.monotonic() - began < 2.0
    assert failed.value.fault is Fault.TIMEOUT
    assert failed.value.message == "one: no answer to GET with the 'endpoint' event within 0.3 s"


@in_a_loop
async def test_what_the_server_asks_is_answered() -> None:
    with site(old=True) as served:
        async with connected(served, answering=Ada()) as connection:
            result = await connection.request("tools/call", {"name": "ask_person", "arguments": {}})
            assert "Ada, asked elicitation/create" in result["content"][0]["text"]
            result = await connection.request("tools/call", {"name": "ping_client"})
            assert result["content"][0]["text"] == "{}"
        answers = [one for one in served.requests if one.method == "POST" and not one.rpc]
        assert [sorted(one.message) for one in answers] == [["id", "jsonrpc", "result"]] * 2


@in_a_loop
async def test_what_the_server_tells_is_heard() -> None:
    told: list[str] = []
    with site(old=True) as served:
        async with connected(served, notified=lambda name, _: told.append(name)) as connection:
            call = {"name": "count", "arguments": {"to": 2}, "_meta": {"progressToken": 1}}
            await connection.request("tools/call", call)
    assert told == ["notifications/progress", "notifications/message"] * 2


@in_a_loop
async def test_the_handshake_is_over_before_the_first_request() -> None:
    def slowly(site: Site, exchange: Any) -> None:
        time.sleep(0.1)
        site.honest(exchange)

    with site({"notifications/initialized": slowly}, old=True) as served:
        async with connected(served) as connection:
            await asyncio.gather(connection.request("ping"), connection.request("tools/list"))
        initialized = only(served, "notifications/initialized").at
        for method in ("ping", "tools/list"):
            assert only(served, method).at - initialized >= 0.1


@in_a_loop
async def test_a_notification_that_is_never_answered_does_not_hold_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sse, "IN_ORDER", 0.1)
    silent = {"notifications/initialized": lambda _site, exchange: exchange.rest(5)}
    with site(silent, old=True) as served:
        async with connected(served) as connection:
            assert "tools" in await connection.request("tools/list")


@in_a_loop
async def test_a_server_may_answer_a_post_only_once_it_is_done() -> None:
    """And ask something in between, which is answered by another POST."""

    def waits(site: Site, exchange: Any) -> None:
        session = site.sessions[exchange.request.query["session"]]
        turn = Turn(site, exchange, session)
        session.outgoing.put(site.respond(turn))
        exchange.respond(202)

    with site({"tools/call": waits}, old=True) as served:
        async with connected(served, answering=Ada()) as connection:
            async with asyncio.timeout(1.5):
                result = await connection.request("tools/call", {"name": "ask_person"})
    assert "Ada, asked elicitation/create" in result["content"][0]["text"]


@pytest.mark.parametrize(
    ("status", "fault"),
    [(400, Fault.HTTP), (401, Fault.AUTH), (404, Fault.HTTP), (500, Fault.HTTP)],
)
@in_a_loop
async def test_a_request_that_is_refused(status: int, fault: Fault) -> None:
    with site({"tools/call": responds(status)}, old=True) as served:
        async with connected(served) as connection:
            with pytest.raises(ServerError) as failed:
                await connection.request("tools/call", ECHO)
            assert "tools" in await connection.request("tools/list")
    assert (failed.value.fault, failed.value.evidence.status) == (fault, status)


@in_a_loop
async def test_a_notification_that_is_refused_is_noted() -> None:
    with site({"notifications/initialized": responds(500)}, old=True) as served:
        async with connected(served) as connection:
            assert "tools" in await connection.request("tools/list")
            assert "HTTP 500" in connection.peer.oddities.kinds["wire-refused"]


def ends_at(method: str) -> dict[str, Play]:
    """The stream ends as soon as this request has come."""

    def stream(site: Site, exchange: Any) -> None:
        session = site._begun({})
        exchange.stream()
        exchange.event(f"/messages?session={session.identifier}", kind="endpoint")
        while not site.closing.is_set() and not getattr(site, "over", False):
            while not session.outgoing.empty():
                exchange.event(session.outgoing.get())
            time.sleep(0.01)
        exchange.end()

    def ends(site: Site, exchange: Any) -> None:
        exchange.respond(202)
        site.over = True

    return {"GET": stream, method: ends}


@in_a_loop
async def test_the_end_of_the_stream_ends_what_waits_for_it() -> None:
    with site(ends_at("tools/call"), old=True) as served:
        async with connected(served, retries=at_once()) as connection:
            with pytest.raises(ServerError) as failed:
                await connection.request("tools/call", ECHO)
            with pytest.raises(ServerError):
                await connection.request("tools/list")
        assert served.count("POST", "tools/call") == 1
        assert served.count("POST", "tools/list") == 0
    assert failed.value.fault is Fault.LOST
    assert failed.value.message == "one: ended its event stream"


@pytest.mark.parametrize(
    ("play", "fault", "words"),
    [
        (responds(200, b"{}"), Fault.INVALID_RESPONSE, "application/json, not an event stream"),
        (responds(200), Fault.INVALID_RESPONSE, "no content type, not an event stream"),
        (responds(404), Fault.HTTP, "answered GET with HTTP 404"),
        (responds(401), Fault.AUTH, "answered GET with HTTP 401"),
    ],
    ids=["json", "nothing", "404", "401"],
)
@in_a_loop
async def test_what_is_no_stream(play: Play, fault: Fault, words: str) -> None:
    with site({"GET": play}, old=True) as served:
        with pytest.raises(ServerError) as failed:
            async with connected(served):
                raise AssertionError
        assert seen(served) == ["GET"]
    assert failed.value.fault is fault
    assert words in failed.value.message


@in_a_loop
async def test_an_event_may_be_no_longer_than_allowed() -> None:
    with site(old=True) as served:
        async with connected(served, limits=Limits(line=2_000)) as connection:
            with pytest.raises(ServerError) as failed:
                await connection.request("tools/list")
    assert failed.value.fault is Fault.LIMIT
    assert "an event of more than 2000 bytes" in failed.value.message


@in_a_loop
async def test_leaving_a_request_tells_the_server() -> None:
    with site({"tools/call": responds(202)}, old=True) as served:
        async with connected(served) as connection:
            with pytest.raises(ServerError) as failed:
                async with connection.in_time(0.1) as errand:
                    await errand.request("tools/call", ECHO)
        assert only(served, "notifications/cancelled").message["params"] == {"requestId": 2}
    assert failed.value.message == "one: no answer to tools/call within 0.1 s"


async def ended(connection: Connection) -> None:
    with pytest.raises(ServerError):
        async with connection.in_time(0.1) as errand:
            await errand.request("tools/call", ECHO)


@in_a_loop
async def test_ending_is_bounded_also_when_the_server_takes_nothing() -> None:
    def keeps(_site: Site, exchange: Any) -> None:
        exchange.rest(5)

    with site({"tools/call": keeps, "notifications/cancelled": keeps}, old=True) as served:
        async with connected(served) as connection:
            await ended(connection)
            began = time.monotonic()
        assert time.monotonic() - began < 1.5


@in_a_loop
async def test_a_flood_of_pings_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "MOST_WAITING", 50)

    def floods(site: Site, exchange: Any) -> None:
        exchange.respond(202)
        session = site.sessions[exchange.request.query["session"]]
        for number in range(200):
            session.outgoing.put({"jsonrpc": "2.0", "id": number, "method": "ping"})

    def keeps(site: Site, exchange: Any) -> None:
        if exchange.request.rpc:
            site.honest(exchange)
        else:
            exchange.rest(5)

    plays: dict[str, Play] = {"tools/call": floods, "POST": keeps}
    with site(plays, old=True) as served:
        async with connected(served) as connection:
            with pytest.raises(ServerError) as failed:
                await connection.request("tools/call", ECHO)
            began = time.monotonic()
        assert time.monotonic() - began < 2.0
    assert failed.value.fault is Fault.LIMIT


@in_a_loop
async def test_a_listener_that_fails_is_told() -> None:
    def fails(_method: str, _params: object) -> None:
        raise ZeroDivisionError("oops")

    with site(old=True) as served:
        async with connected(served, notified=fails) as connection:
            with pytest.raises(ZeroDivisionError, match="oops"):
                async with connection.in_time(3) as errand:
                    await errand.request("tools/call", {"name": "count", "arguments": {"to": 1}})
