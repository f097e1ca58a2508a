from __future__ import annotations

import asyncio

import pytest

from mcpx.client import processes
from mcpx.client.lines import http_line, sse_line, stdio_line
from mcpx.client.questions import WITHIN, Nobody
from mcpx.client.terms import Terms
from mcpx.errors import RefusedError, ServerError
from mcpx.servers import ServerSpec, Transport
from tests.client.children import GOOD
from tests.client.loops import in_a_loop
from tests.client.sites import seen, site, spec_of

STDIO = ServerSpec("good", command=GOOD[0], args=GOOD[1:])
OPENS = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "x"}}


@pytest.mark.parametrize("started", [True, False])
@in_a_loop
async def test_a_line_to_a_process(started: bool) -> None:
    process = processes.start(STDIO) if started else None
    line = stdio_line(STDIO, Terms(), process)
    try:
        result = await asyncio.wait_for(line.peer.request("initialize", OPENS), 10)
    finally:
        await line.close()
    assert result["serverInfo"]["name"] == "good-stdio"
    assert list(processes._running) == []


@in_a_loop
async def test_a_process_that_cannot_be_started() -> None:
    with pytest.raises(ServerError, match="/no/such"):
        stdio_line(ServerSpec("x", command="/no/such"), Terms())


@in_a_loop
async def test_nothing_is_said_over_http_before_somebody_does() -> None:
    with site() as served:
        line = http_line(spec_of(served), Terms())
        assert seen(served) == []
        await asyncio.wait_for(line.peer.request("initialize", OPENS), 10)
        await line.close()
        assert seen(served) == ["initialize", "DELETE"]


@in_a_loop
async def test_a_line_over_the_old_transport() -> None:
    with site(old=True) as served:
        line, wire = sse_line(spec_of(served), Terms())
        await asyncio.wait_for(wire.connect(), 10)
        result = await asyncio.wait_for(line.peer.request("initialize", OPENS), 10)
        await line.close()
    assert result["serverInfo"]["name"] == "good-http"


@in_a_loop
async def test_credentials_do_not_travel_in_the_open() -> None:
    spec = ServerSpec(
        "x", Transport.HTTP, url="http://example.com/mcp", headers={"authorization": "Bearer x"}
    )
    for make in (http_line, sse_line):
        with pytest.raises(RefusedError):
            make(spec, Terms())


def test_what_a_question_belongs_to_is_not_known_by_itself() -> None:
    assert WITHIN.get() == 0
    assert dict(Nobody().offered) == {}
