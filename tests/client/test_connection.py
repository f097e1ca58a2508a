from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from mcpx.client import processes
from mcpx.client.connection import Connection, connect
from mcpx.client.peer import RpcError
from mcpx.client.terms import Terms
from mcpx.errors import Fault, ServerError
from mcpx.retry import READS, Budget, Retries
from mcpx.servers import Era, ServerSpec, Transport
from tests.client.children import BAD, GOOD
from tests.client.loops import in_a_loop
from tests.client.sites import Play, Site, answers, connected, in_turn, responds, site

ECHO = {"name": "echo", "arguments": {"text": "hi"}}


@pytest.fixture(autouse=True)
def _none_left() -> Iterator[None]:
    yield
    left = list(processes._running)
    processes.kill_all()
    assert left == []


def bad(*arguments: str) -> ServerSpec:
    return ServerSpec("one", command=BAD[0], args=(BAD[1], *arguments))


def good(*arguments: str) -> ServerSpec:
    return ServerSpec("one", command=GOOD[0], args=(GOOD[1], *arguments))


@pytest.mark.parametrize(
    ("transport", "words"),
    [
        (Transport.WS, "mcpx does not connect over ws"),
        (Transport.EXTENSION, "mcpx cannot start what a host's extension provides"),
    ],
)
@in_a_loop
async def test_what_is_no_transport_is_not_connected_to(transport: Transport, words: str) -> None:
    with pytest.raises(ServerError) as failed:
        async with connect(ServerSpec("one", transport), Terms()):
            raise AssertionError
    assert (failed.value.fault, failed.value.message) == (Fault.CONNECT, f"one: {words}")


@in_a_loop
async def test_a_process_started_ahead_is_used_and_ended() -> None:
    spec = good()
    ahead = processes.start(spec)
    async with connect(spec, Terms(), ahead) as open_one:
        assert open_one.opening.server["name"] == "good-stdio"
        assert ahead.exit_code() is None
    assert ahead.exit_code() == 0


@in_a_loop
async def test_time_to_open_and_to_ask_is_one() -> None:
    began = time.monotonic()
    async with connect(bad("never-answers-list"), Terms(deadline=1.5)) as open_one:
        with pytest.raises(ServerError) as failed:
            async with open_one.in_time() as errand:
                await errand.request("tools/list")
    assert failed.value.message == "one: no answer to tools/list within 1.5 s"
    assert 1.4 < time.monotonic() - began < 6


@in_a_loop
async def test_an_error_in_the_block_ends_the_server() -> None:
    kept: list[Connection] = []
    with pytest.raises(KeyError):
        async with connect(good(), Terms()) as open_one:
            kept.append(open_one)
            raise KeyError
    with pytest.raises(ServerError) as failed:
        async with connect(ServerSpec("one", command="no-such-program"), Terms()):
            raise AssertionError
    assert failed.value.fault is Fault.SPAWN
    assert len(kept) == 1


# What is sent again, and what is not (DESIGN, section 3, "Retry").


def retries(budget: float = 10.0) -> tuple[list[int], Retries]:
    """Repeats at once; the numbers of the attempts that were announced."""
    told: list[int] = []
    return told, Retries(
        budget=Budget(tokens=budget),
        told=lambda _error, attempt, _wait: told.append(attempt),
        uniform=lambda _least, _most: 0.0,
    )


def cut(_site: Site, exchange: Any) -> None:
    exchange.cut(reset=True)


def begins_and_ends(_site: Site, exchange: Any) -> None:
    exchange.stream()
    exchange.end()


LOST = [
    pytest.param(cut, id="cut"),
    pytest.param(begins_and_ends, id="ended stream"),
    pytest.param(responds(502), id="502"),
    pytest.param(responds(503), id="503"),
    pytest.param(responds(504), id="504"),
]
# By which of them a server says that it has not run anything.
REFUSED = [
    pytest.param(responds(429, Retry_After="0"), id="429"),
    pytest.param(responds(429), id="429 without a time"),
    pytest.param(responds(503, Retry_After="0"), id="503 with a time"),
]
FINAL = [
    pytest.param(responds(400), id="400"),
    pytest.param(responds(401), id="401"),
    pytest.param(responds(500), id="500"),
    pytest.param(responds(501), id="501"),
    pytest.param(responds(200, b"<p>", "text/html"), id="html"),
    pytest.param(responds(202), id="202"),
]


@pytest.mark.parametrize("era", list(Era))
@pytest.mark.parametrize("trouble", [*LOST, *REFUSED])
@in_a_loop
async def test_a_read_is_sent_again(era: Era, trouble: Play) -> None:
    told, again = retries()
    with site({"tools/list": in_turn(trouble, trouble, None)}, sessions=False) as served:
        async with (
            connected(served, era, retries=again) as connection,
            connection.in_time() as errand,
        ):
            assert "tools" in await errand.request("tools/list")
            assert errand.attempts == {"tools/list": 3}
        ids = [one.message["id"] for one in served.requests if one.rpc == "tools/list"]
    assert told == [2, 3]
    assert len(set(ids)) == 3


@pytest.mark.parametrize("trouble", [*LOST, *REFUSED])
@in_a_loop
async def test_a_read_is_not_sent_more_than_three_times(trouble: Play) -> None:
    told, again = retries()
    with site({"tools/list": trouble}) as served:
        async with connected(served, retries=again) as connection:
            with pytest.raises(ServerError):
                await connection.request("tools/list")
        assert served.count("POST", "tools/list") == 3
    assert told == [2, 3]


@pytest.mark.parametrize("trouble", LOST)
@in_a_loop
async def test_a_call_that_was_lost_is_not_sent_again(trouble: Play) -> None:
    told, again = retries()
    with site({"tools/call": in_turn(trouble, None)}) as served:
        async with connected(served, retries=again) as connection:
            with pytest.raises(ServerError) as failed:
                await connection.request("tools/call", ECHO)
        assert served.count("POST", "tools/call") == 1
    assert failed.value.fault in (Fault.LOST, Fault.HTTP)
    assert told == []


@pytest.mark.parametrize("trouble", LOST)
@in_a_loop
async def test_a_call_that_may_run_twice_is_sent_again(trouble: Play) -> None:
    told, again = retries()
    with site({"tools/call": in_turn(trouble, None)}) as served:
        async with connected(served, retries=again) as connection:
            result = await connection.request("tools/call", ECHO, harmless=True)
        assert served.count("POST", "tools/call") == 2
    assert result["content"][0]["text"] == "hi"
    assert told == [2]


@pytest.mark.parametrize("trouble", REFUSED)
@in_a_loop
async def test_a_call_that_was_refused_before_it_ran_is_sent_again(trouble: Play) -> None:
    told, again = retries()
    with site({"tools/call": in_turn(trouble, None)}) as served:
        async with connected(served, retries=again) as connection:
            result = await connection.request("tools/call", ECHO)
        assert served.count("POST", "tools/call") == 2
    assert result["content"][0]["text"] == "hi"
    assert told == [2]


@pytest.mark.parametrize("trouble", FINAL)
@pytest.mark.parametrize("method", ["tools/list", "tools/call"])
@in_a_loop
async def test_what_was_answered_is_not_asked_again(method: str, trouble: Play) -> None:
    told, again = retries()
    with site({method: trouble}) as served:
        async with connected(served, retries=again) as connection:
            with pytest.raises(ServerError):
                await connection.request(method, ECHO, harmless=True)
        assert served.count("POST", method) == 1
    assert told == []


@in_a_loop
async def test_an_error_answer_is_an_answer() -> None:
    def errs(_site: Site, exchange: Any) -> None:
        frame = {"jsonrpc": "2.0", "id": exchange.request.message["id"]}
        exchange.answer({**frame, "error": {"code": -32603, "message": "no"}})

    told, again = retries()
    with site({"tools/list": errs}) as served:
        async with connected(served, retries=again) as connection, connection.in_time() as errand:
            with pytest.raises(RpcError):
                await errand.request("tools/list")
            assert errand.attempts == {"tools/list": 1}
    assert told == []


@in_a_loop
async def test_a_tool_that_fails_has_answered() -> None:
    with site() as served:
        async with connected(served) as connection:
            result = await connection.request("tools/call", {"name": "fail"}, harmless=True)
        assert served.count("POST", "tools/call") == 1
    assert result["isError"] is True


@pytest.mark.parametrize(
    ("after", "repeated"), [("0", True), ("1", False), ("3600", False)], ids=str
)
@in_a_loop
async def test_what_a_server_asks_for_counts_up_to_the_deadline(after: str, repeated: bool) -> None:
    told, again = retries()
    with site({"tools/list": in_turn(responds(429, Retry_After=after), None)}) as served:
        async with connected(served, deadline=0.9, retries=again) as connection:
            began = time.monotonic()
            asking = connection.request("tools/list")
            if repeated:
                assert "tools" in await asking
            else:
                with pytest.raises(ServerError) as failed:
                    await asking
                assert failed.value.evidence.retry_after == float(after)
            assert time.monotonic() - began < 0.8
    assert told == ([2] if repeated else [])


@in_a_loop
async def test_requests_share_one_budget() -> None:
    told, again = retries(budget=3.0)
    trouble = responds(429, Retry_After="0")
    with site({"tools/list": trouble, "prompts/list": trouble}) as served:
        async with connected(served, retries=again) as connection:
            for method in ("tools/list", "prompts/list", "tools/list"):
                with pytest.raises(ServerError):
                    await connection.request(method)
        counts = [served.count("POST", method) for method in ("tools/list", "prompts/list")]
    assert counts == [4, 2]  # three, two and one
    assert told == [2, 3, 2]


@pytest.mark.parametrize("method", sorted(READS - {"server/discover", "initialize"}))
@in_a_loop
async def test_every_read_is_sent_again(method: str) -> None:
    told, again = retries()
    with site({method: in_turn(cut, answers({"resultType": "complete"}))}) as served:
        async with connected(served, retries=again) as connection:
            assert await connection.request(method) == {"resultType": "complete"}
    assert told == [2]


@pytest.mark.parametrize("method", ["tools/call", "tasks/update", "subscriptions/listen", "x/y"])
@in_a_loop
async def test_nothing_else_is(method: str) -> None:
    told, again = retries()
    with site({method: cut}) as served:
        async with connected(served, retries=again) as connection:
            with pytest.raises(ServerError):
                await connection.request(method)
    assert told == []


class Ponders:
    """A person who takes a while to answer."""

    offered: Mapping[str, Any] = {"elicitation": {"form": {}}}

    async def answer(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        await asyncio.sleep(0.5)
        return {"action": "decline"}


@pytest.mark.parametrize("old", [False, True], ids=["http", "sse"])
@in_a_loop
async def test_what_a_person_takes_does_not_count(old: bool) -> None:
    with site(old=old) as served:
        async with connected(served, Era.LEGACY, answering=Ponders()) as connection:
            began = time.monotonic()
            async with connection.in_time(0.4) as errand:
                result = await errand.request("tools/call", {"name": "ask_person"})
            assert time.monotonic() - began > 0.5
    assert "decline" in result["content"][0]["text"]


@in_a_loop
async def test_what_a_server_takes_after_the_answer_does() -> None:
    def waits(_site: Site, exchange: Any) -> None:
        exchange.stream()
        exchange.event({"jsonrpc": "2.0", "id": "q", "method": "elicitation/create"})
        exchange.rest(5)

    with site({"tools/call": waits}) as served:
        async with connected(served, Era.LEGACY, answering=Ponders()) as connection:
            began = time.monotonic()
            with pytest.raises(ServerError) as failed:
                async with connection.in_time(0.8) as errand:
                    await errand.request("tools/call", ECHO)
            assert 1.2 < time.monotonic() - began < 5.0
    assert failed.value.message == "one: no answer to tools/call within 0.8 s"


@in_a_loop
async def test_a_header_is_made_only_where_there_are_headers() -> None:
    """On stdio a wrong annotation costs nothing (2026-07-28, "Schema Extension")."""
    schema = {"properties": {"a": {"type": "number", "x-mcp-header": "A"}}}
    async with connect(good("--era", "modern"), Terms()) as connection:
        result = await connection.request("tools/call", ECHO, schema=schema)
    assert result["content"][0]["text"] == "hi"


# Side by side.


@pytest.mark.parametrize("options", [{}, {"old": True}], ids=["http", "sse"])
@in_a_loop
async def test_each_errand_has_a_deadline_of_its_own(options: dict[str, Any]) -> None:
    keeps = responds(202) if options else lambda _site, exchange: exchange.rest(5)

    async def times_out(connection: Connection, method: str, seconds: float) -> tuple[str, float]:
        began = time.monotonic()
        with pytest.raises(ServerError) as failed:
            async with connection.in_time(seconds) as errand:
                await errand.request(method)
        return failed.value.message, time.monotonic() - began

    with site({"tools/call": keeps, "prompts/get": keeps}, **options) as served:
        async with connected(served) as connection:
            (first, soon), (second, late) = await asyncio.gather(
                times_out(connection, "tools/call", 0.2), times_out(connection, "prompts/get", 0.6)
            )
    assert first == "one: no answer to tools/call within 0.2 s"
    assert second == "one: no answer to prompts/get within 0.6 s"
    assert 0.2 <= soon < late


@in_a_loop
async def test_a_person_who_is_asked_for_one_does_not_keep_the_others() -> None:
    plays: dict[str, Play] = {"prompts/get": lambda _site, exchange: exchange.rest(5)}

    async def asked(connection: Connection) -> Any:
        async with connection.in_time(0.4) as errand:
            return await errand.request("tools/call", {"name": "ask_person"})

    with site(plays) as served:
        async with connected(served, Era.LEGACY, answering=Ponders()) as connection:
            asking = asyncio.ensure_future(asked(connection))
            began = time.monotonic()
            with pytest.raises(ServerError, match="no answer to prompts/get within 0"):
                async with connection.in_time(0.3) as errand:
                    await errand.request("prompts/get")
            assert time.monotonic() - began < 0.75
            assert "decline" in (await asking)["content"][0]["text"]


@in_a_loop
async def test_what_is_listed_later_has_the_whole_deadline() -> None:
    with site() as served:
        async with connected(served, deadline=5.0) as connection:
            await asyncio.sleep(0.2)
            async with connection.in_time() as first:
                assert first.clock.left < 4.8
            async with connection.in_time() as later:
                assert 4.8 < later.clock.left <= 5.0
