from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from mcpx.serving.http import exchanges as module
from mcpx.serving.http.answers import Answer
from mcpx.serving.http.exchanges import Answering, Request, exchanges
from mcpx.serving.http.wire import Wire, accepting
from mcpx.wire import StreamEvent
from tests.client.loops import in_a_loop
from tests.operations.taps.tapping import request, said
from tests.serving.mock.acting import becomes

# More than a system takes of an answer that nobody reads.
LARGE = 1 << 23
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


@contextlib.asynccontextmanager
async def served(answering: Answering) -> AsyncIterator[int]:
    """The port at which each request is answered so."""
    tasks: list[asyncio.Task[None]] = []

    def met(client: Wire) -> None:
        tasks.append(asyncio.ensure_future(exchanges(client, answering)))

    loop = asyncio.get_running_loop()
    server = await loop.create_server(accepting(met), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)


async def fine(_: Request, answer: Answer) -> None:
    answer.whole(200, b"{}")


@in_a_loop
async def test_a_request_is_heard_whole() -> None:
    heard: list[Request] = []

    async def answering(asked: Request, answer: Answer) -> None:
        heard.append(asked)
        answer.whole(200, b"{}")

    async with served(answering) as port:
        body = b"x" * 300_000
        whole = request(body, "POST", "/mcp?a=1", "X-One: 1", "x-one: 2")
        assert (await said(port, whole[:200], whole[200:])).startswith(b"HTTP/1.1 200 OK")
    (one,) = heard
    assert (one.method, one.target, one.body) == ("POST", b"/mcp?a=1", body)
    assert one.values["x-one"] == "1"
    assert [value for name, value in one.headers if name.lower() == b"x-one"] == [b"1", b"2"]


@in_a_loop
async def test_one_request_follows_another_also_unasked() -> None:
    async with served(fine) as port:
        asked = request(b"{}", close=False) + request(b"{}", close=False) + request(b"{}")
        answers = await said(port, asked)
    assert answers.count(b"HTTP/1.1 200 OK") == 3


@in_a_loop
async def test_who_waits_to_be_told_is_told() -> None:
    async with served(fine) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head, body = request(b"{}", "POST", "/", "Expect: 100-continue")[:-2], b"{}"
        writer.write(head)
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(body)
        assert (await reader.read()).startswith(b"HTTP/1.1 200 OK")
        writer.close()


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        pytest.param(b"nonsense\r\n\r\n", b"400 Bad Request", id="no-http"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", b"400 Bad Request", id="no-host"),
        pytest.param(
            b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 100_000,
            b"431 Request Header Fields Too Large",
            id="long-head",
        ),
        pytest.param(request(b"x" * 2_000), b"413 Request Entity Too Large", id="long-body"),
        pytest.param(
            request(b"x" * 100)[:-50], b"408 Request Timeout", id="a-body-that-does-not-come"
        ),
    ],
)
@in_a_loop
async def test_who_asks_badly_is_told_and_left(
    asked: bytes, status: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGEST", 1_000)
    monkeypatch.setattr(module, "_TO_ASK", 0.1)
    async with served(fine) as port:
        answer = await said(port, asked)
        assert answer.startswith(b"HTTP/1.1 " + status)
        assert b"200 OK" in await said(port, request(b"{}"))


@in_a_loop
async def test_a_body_that_drips_has_no_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TO_ASK", 0.1)
    async with served(fine) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        whole = request(b"x" * 100)
        writer.write(whole[:-100])
        answer = asyncio.ensure_future(reader.readline())
        for _ in range(60):
            writer.write(b"x")
            await asyncio.wait((answer,), timeout=0.01)
        assert answer.done()
        assert (await answer).startswith(b"HTTP/1.1 408")
        writer.close()


@in_a_loop
async def test_who_asks_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_IDLE", 0.05)
    async with served(fine) as port:
        assert await said(port) == b""


@in_a_loop
async def test_who_reads_nothing_is_heard_no_further() -> None:
    heard: list[Request] = []

    async def answering(asked: Request, answer: Answer) -> None:
        heard.append(asked)
        answer.whole(200, b"x" * LARGE)

    async with served(answering) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
        writer.write(request(close=False) * 4)
        await becomes(lambda: len(heard) == 1)
        # Meanwhile another client is served from its first word to its last.
        await said(port, request())
        assert len(heard) == 2
        await reader.readexactly(4 * LARGE)
        assert len(heard) == 5
        writer.close()


@in_a_loop
async def test_a_client_that_leaves_cancels_its_answer_alone() -> None:
    begun, over = asyncio.Event(), asyncio.Event()

    async def answering(asked: Request, answer: Answer) -> None:
        if asked.target == b"/fine":
            return await fine(asked, answer)
        answer.stream()
        await answer.event(StreamEvent(), "{}")
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            over.set()

    async with served(answering) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request(b"{}"))
        await begun.wait()
        assert b"200 OK" in await said(port, request(b"{}", "POST", "/fine"))
        assert not over.is_set()
        writer.close()
        await over.wait()


@in_a_loop
async def test_an_answer_that_is_not_whole_ends_the_connection() -> None:
    async def answering(_: Request, answer: Answer) -> None:
        answer.stream()
        await answer.event(StreamEvent(), "{}")

    async with served(answering) as port:
        answer = await said(port, request(b"{}", close=False))
    assert not answer.endswith(b"0\r\n\r\n")


@in_a_loop
async def test_a_client_of_the_old_protocol_gets_its_stream_until_the_end() -> None:
    async def answering(_: Request, answer: Answer) -> None:
        answer.stream()
        await answer.event(StreamEvent(), "{}")
        answer.end()

    async with served(answering) as port:
        answer = await said(port, b"GET / HTTP/1.0\r\n\r\n")
    assert answer.endswith(b"\r\n\r\ndata: {}\n\n")
