from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from mcpx.analyses.divergence.sides import Interaction, Told
from mcpx.client.terms import Terms
from mcpx.operations.replaying.answer_pool import AnswerPool
from mcpx.operations.replaying.carrying import Carried
from mcpx.operations.replaying.courses import Course
from mcpx.operations.replaying.live_connection import LiveConnection
from mcpx.servers import ServerSpec, Transport
from tests.client.sites import Site, only, site, spec_of
from tests.operations.replaying.rehearsal import META, server

NEWS = """
def on(message):
    for uri in ("a:1", "a:2", "a:1"):
        send(method="notifications/resources/updated", params={"uri": uri})
    send(method="notifications/message", params={"level": "info"})
    result(message)
"""


def on(
    spec: ServerSpec, talk: Callable[[LiveConnection], Awaitable[Any]], modern: bool = False
) -> tuple[LiveConnection, Any]:
    """What a talk on a live connection comes to, and the connection, closed."""

    async def go() -> tuple[LiveConnection, Any]:
        live = LiveConnection(spec, Terms(), AnswerPool(), modern)
        await live.open()
        try:
            return live, await asyncio.wait_for(talk(live), 10)
        finally:
            await live.close()

    return asyncio.run(go())


def carried(live: LiveConnection, method: str, params: Any) -> Carried:
    course = Course(Interaction(1, 1, method), 0.0, modern=live.modern, pool=live.pool)
    return Carried(live, course, method, params)


def test_what_is_told_is_kept_and_can_be_awaited() -> None:
    async def talk(live: LiveConnection) -> list[bool]:
        about = "notifications/resources/updated a:1"
        asked = carried(live, "tools/call", {"name": "x"})
        heard = [await live.until_heard(about, 2, 5.0)]
        await asked.until_over(5.0)
        return [*heard, await live.until_heard(about, 3, 0.01)]

    live, heard = on(server(NEWS), talk)
    assert heard == [True, False]
    assert live.news.told[0] == Told("notifications/resources/updated", {"uri": "a:1"})
    assert [one.method for one in live.news.told][-1] == "notifications/message"
    assert live.exit == 0


def test_a_closed_connection_sends_nothing() -> None:
    async def talk(live: LiveConnection) -> Any:
        await live.close()
        live.notify("notifications/mine", None)
        return carried(live, "tools/call", {}).side()

    _, side = on(server(NEWS), talk)
    assert (side.end, side.reason) == ("failed", "live: is not connected")


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (ServerSpec("x", command="/no/such"), "/no/such"),
        (ServerSpec("x", Transport.SSE, url="http://127.0.0.1:9/sse"), "127.0.0.1:9"),
    ],
)
def test_what_cannot_be_opened_says_why(spec: ServerSpec, said: str) -> None:
    async def talk(live: LiveConnection) -> Any:
        return carried(live, "tools/call", {}).side()

    live, side = on(spec, talk)
    assert live.failure is not None and said in live.failure.message
    assert (side.end, side.reason) == ("failed", live.failure.message)


def test_a_stream_that_says_nothing_is_not_waited_for_without_end() -> None:
    def silent(_site: Site, exchange: Any) -> None:
        exchange.stream()
        exchange.rest(10)

    async def go(spec: ServerSpec) -> LiveConnection:
        live = LiveConnection(spec, Terms(deadline=0.1), AnswerPool(), False)
        await live.open()
        await live.close()
        return live

    with site({"GET": silent}) as served:
        spec = spec_of(served, transport=Transport.SSE)
        failure = asyncio.run(go(spec)).failure
    assert failure is not None and failure.message == "one: no stream within 0.1 s"


def test_modern_requests_say_in_headers_what_they_are_about() -> None:
    schema = {"type": "object", "properties": {"text": {"type": "string", "x-mcp-header": "Said"}}}

    async def talk(live: LiveConnection) -> Any:
        live.learn_schemas([{"name": "echo", "inputSchema": schema}, {"name": 7}, None])
        params = {"name": "echo", "arguments": {"text": "hi"}, "_meta": META}
        asked = carried(live, "tools/call", params)
        await asked.until_over(5.0)
        return asked.side()

    with site() as served:
        _, side = on(spec_of(served), talk, modern=True)
        headers = {
            name.lower(): value for name, value in only(served, "tools/call").headers.items()
        }
    assert headers["mcp-protocol-version"] == "2026-07-28"
    assert (headers["mcp-method"], headers["mcp-name"]) == ("tools/call", "echo")
    assert headers["mcp-param-said"] == "hi"
    assert (side.status, side.kind) == (200, "application/json")
