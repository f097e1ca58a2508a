"""What the official suite asks for over HTTP alone, and what it does not ask for, on every wire."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from mcpx.client.connection import Connection, connect
from mcpx.client.rounds import Request, completed
from mcpx.client.terms import Terms
from mcpx.servers import Era, ServerSpec, Transport
from tests.client.children import BAD
from tests.client.heard import Heard
from tests.servers.good_http import serve

TALK = str(Path(__file__).with_name("talk_stdio.py"))
TASKS = "io.modelcontextprotocol/tasks"
ANSWER = {"action": "accept", "content": {"name": "Ada"}}

WIRES = {
    "stdio-legacy": (Transport.STDIO, Era.LEGACY),
    "stdio-modern": (Transport.STDIO, Era.MODERN),
    "http-legacy": (Transport.HTTP, Era.LEGACY),
    "http-modern": (Transport.HTTP, Era.MODERN),
    "sse": (Transport.SSE, Era.LEGACY),
}
LEGACY = [wire for wire, (_, era) in WIRES.items() if era is Era.LEGACY]


class Ada:
    """Answers forms, but not before she has been ``let``; keeps what has been sent."""

    def __init__(self) -> None:
        self.offered = {"elicitation": {}, "extensions": {TASKS: {}}}
        self.let = asyncio.Event()
        self.asked = asyncio.Event()
        self.heard = Heard()

    async def answer(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.set()
        await self.let.wait()
        return ANSWER

    def since_opening(self) -> list[str]:
        opening = ("server/discover", "initialize", "notifications/initialized")
        return [method for method in self.heard.methods if method not in opening]


@contextlib.contextmanager
def reached(wire: str) -> Iterator[ServerSpec]:
    """A talking server on this wire."""
    transport, _ = WIRES[wire]
    if transport is Transport.STDIO:
        yield ServerSpec("one", command=sys.executable, args=(TALK,))
        return
    with serve(old=transport is Transport.SSE) as server:
        yield ServerSpec("one", transport=transport, url=server.url)


def play(wire: str, scene: Any) -> Any:
    """Run ``scene(connection, ada)`` on this wire."""

    async def run(spec: ServerSpec) -> Any:
        ada = Ada()
        terms = Terms(era=WIRES[wire][1], answering=ada, tapping=ada.heard.tapping)
        async with asyncio.timeout(20), connect(spec, terms) as connection:
            return await scene(connection, ada)

    with reached(wire) as spec:
        return asyncio.run(run(spec))


def tool(connection: Connection, name: str) -> Request:
    legacy = connection.opening.era is Era.LEGACY
    params = {"name": name, "arguments": {}}
    return Request("tools/call", params, as_task=legacy and name.startswith("slow"))


async def done(connection: Connection, request: Request, *told: Any) -> Any:
    async with connection.in_time() as errand:
        return await completed(errand, request, *told)


@pytest.mark.parametrize("wire", WIRES)
def test_a_word_is_completed(wire: str) -> None:
    async def scene(connection: Connection, ada: Ada) -> Any:
        reference = {"type": "ref/prompt", "name": "greet"}
        argument = {"name": "name", "value": "Al"}
        return await connection.request(
            "completion/complete", {"ref": reference, "argument": argument}
        )

    assert play(wire, scene)["completion"]["values"] == ["Alan"]


@pytest.mark.parametrize("wire", LEGACY)
def test_a_legacy_server_is_told_how_much_to_log(wire: str) -> None:
    async def scene(connection: Connection, ada: Ada) -> Any:
        return await connection.request("logging/setLevel", {"level": "debug"})

    assert play(wire, scene) == {}


@pytest.mark.parametrize("wire", LEGACY)
def test_a_legacy_server_gets_its_ping_back(wire: str) -> None:
    async def scene(connection: Connection, ada: Ada) -> Any:
        return await done(connection, tool(connection, "ping_client"))

    assert play(wire, scene)["content"][0]["text"] == "{}"


@pytest.mark.parametrize("wire", WIRES)
def test_progress_finds_its_request(wire: str) -> None:
    async def counted(connection: Connection, to: int) -> list[Any]:
        told: list[Any] = []
        async with connection.in_time(5, lambda params: told.append(params["progress"])) as errand:
            meta = {"progressToken": errand.token}
            params = {"name": "count", "arguments": {"to": to}, "_meta": meta}
            await completed(errand, Request("tools/call", params))
        return told

    async def scene(connection: Connection, ada: Ada) -> list[Any]:
        return await asyncio.gather(*(counted(connection, to) for to in (2, 3)))

    assert play(wire, scene) == [[1, 2], [1, 2, 3]]


@pytest.mark.parametrize("wire", WIRES)
def test_a_task_is_followed_to_its_end(wire: str) -> None:
    told: list[str] = []

    async def scene(connection: Connection, ada: Ada) -> tuple[Any, list[str]]:
        result = await done(connection, tool(connection, "slow"), told.append)
        return result, ada.since_opening()

    result, sent = play(wire, scene)
    assert result["content"][0]["text"] == "done"
    assert told == ["task: at work"]
    polls = ["tools/call", "tasks/get", "tasks/get"]
    assert sent == [*polls, *(["tasks/result"] if wire in LEGACY else [])]


@pytest.mark.parametrize("wire", WIRES)
def test_a_task_may_ask(wire: str) -> None:
    async def scene(connection: Connection, ada: Ada) -> tuple[Any, list[str]]:
        ada.let.set()
        result = await done(connection, tool(connection, "slow_asking"))
        return result, ada.since_opening()

    result, sent = play(wire, scene)
    assert '"Ada"' in result["content"][0]["text"]
    assert ("tasks/result" if wire in LEGACY else "tasks/update") in sent


@pytest.mark.parametrize("wire", WIRES)
def test_who_leaves_a_task_cancels_it(wire: str) -> None:
    async def scene(connection: Connection, ada: Ada) -> list[str]:
        begun = asyncio.Event()
        request = tool(connection, "slow")
        task = asyncio.ensure_future(done(connection, request, lambda _: begun.set()))
        await begun.wait()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        return ada.since_opening()

    assert play(wire, scene)[-1] == "tasks/cancel"


@pytest.mark.parametrize("wire", LEGACY)
def test_who_leaves_a_request_tells_a_legacy_server(wire: str) -> None:
    async def scene(connection: Connection, ada: Ada) -> Ada:
        task = asyncio.ensure_future(done(connection, tool(connection, "ask_person")))
        await ada.asked.wait()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        return ada

    # Over HTTP it is on its way only once the connection closes.
    assert play(wire, scene).since_opening() == ["tools/call", "notifications/cancelled"]


async def left(connection: Connection) -> None:
    """Call a tool that does not answer, for a moment."""
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await done(connection, tool(connection, "echo"))


def test_who_leaves_a_request_tells_a_modern_server_on_stdio() -> None:
    async def scene() -> list[str]:
        ada = Ada()
        words = ("never-answers-list", "--era", "modern", "--on", "tools/call")
        spec = ServerSpec("one", command=BAD[0], args=(*BAD[1:], *words))
        async with connect(spec, Terms(era=Era.MODERN, tapping=ada.heard.tapping)) as connection:
            await left(connection)
        return ada.since_opening()

    assert asyncio.run(scene()) == ["tools/call", "notifications/cancelled"]


def test_over_http_the_closed_stream_tells_a_modern_server() -> None:
    gone: list[bool] = []
    ada: list[Ada] = []

    async def scene(url: str) -> None:
        ada.append(Ada())
        spec = ServerSpec("one", transport=Transport.HTTP, url=url)
        async with connect(spec, Terms(era=Era.MODERN, tapping=ada[0].heard.tapping)) as connection:
            await left(connection)
            while not gone:
                await asyncio.sleep(0.01)

    with serve() as server:
        honest = server.site.respond

        def respond(turn: Any) -> Any:
            if turn.request["method"] == "tools/call":
                gone.append(turn.exchange.rest(5))
            return honest(turn)

        server.site.respond = respond
        asyncio.run(asyncio.wait_for(scene(server.url), 10))
    assert gone == [True]
    assert ada[0].since_opening() == ["tools/call"]
