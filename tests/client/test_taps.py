"""What taps are told is what was on the wire, byte for byte; compared with what servers saw."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mcpx.client import streamable
from mcpx.client.connection import Connection, connect
from mcpx.client.harvest import harvest
from mcpx.client.peer import RpcError
from mcpx.client.rounds import Request, completed
from mcpx.client.taps import Tap, together
from mcpx.client.terms import Terms
from mcpx.errors import ServerError
from mcpx.retry import Retries
from mcpx.servers import Era, ServerSpec, Transport
from mcpx.settings import Limits
from mcpx.sse_events import EVENT_STREAM, EventReader, SseEvent
from mcpx.wire import Ending, Finish
from tests.client.children import BAD, GOOD
from tests.client.heard import Heard, HeardTap
from tests.client.loops import in_a_loop
from tests.client.sites import Play, answers, in_turn, responds, site, spec_of, streams
from tests.client.test_every_wire import TALK
from tests.servers.http_wire import event_of

TEE = str(Path(__file__).with_name("tee.py"))
LINE = {"jsonrpc": "2.0", "method": "notifications/message", "params": {"data": "5.0 ü"}}


class Everyone:
    """Offers everything and answers every question."""

    offered: Mapping[str, Any] = {"elicitation": {}, "sampling": {}, "roots": {}}

    async def answer(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        if method == "roots/list":
            return {"roots": []}
        if method == "sampling/createMessage":
            content = {"type": "text", "text": "hello"}
            return {"role": "assistant", "content": content, "model": "one"}
        return {"action": "accept", "content": {"name": "Ada"}}


def at_once() -> Retries:
    return Retries(uniform=lambda _least, _most: 0.0)


@contextlib.asynccontextmanager
async def tapped(spec: ServerSpec, heard: Heard, era: Era | None = None, **more: Any) -> Any:
    """A connection that is tapped."""
    terms = Terms(era=era, answering=Everyone(), tapping=heard.tapping, retries=at_once(), **more)
    async with connect(spec, terms) as connection:
        yield connection


async def talk(connection: Connection) -> None:
    """A listing, then calls side by side: with progress and a log, and with questions."""
    await harvest(connection, ())

    async def call(name: str, **arguments: Any) -> Any:
        async with connection.in_time(20) as errand:
            params = {"name": name, "arguments": arguments, "_meta": {"progressToken": 1}}
            return await completed(errand, Request("tools/call", params))

    results = await asyncio.gather(
        call("count", to=3), call("ask_person"), call("ask_model"), call("echo", text="é" * 9)
    )
    assert "Ada" in results[1]["content"][0]["text"]
    assert "hello" in results[2]["content"][0]["text"]


@pytest.mark.parametrize("era", list(Era))
def test_on_stdio_every_byte_is_told(tmp_path: Path, era: Era) -> None:
    heard = Heard()

    async def scene() -> None:
        spec = ServerSpec(
            "one", command=sys.executable, args=(TEE, str(tmp_path), sys.executable, TALK)
        )
        async with tapped(spec, heard, era) as connection:
            await talk(connection)

    asyncio.run(asyncio.wait_for(scene(), 30))
    (tap,) = heard.taps
    assert tap.transport is Transport.STDIO
    assert b"".join(raw for raw, *_ in tap.of("sent")) == (tmp_path / "in").read_bytes()
    received = b"".join(raw + b"\n" for raw, *_ in tap.of("received"))
    assert received == (tmp_path / "out").read_bytes()
    assert tap.of("exited") == [(0, Ending.END_OF_INPUT)]
    assert {exchange for _, _, exchange, _ in tap.of("sent", "received")} == {0}


def unchunked(data: bytes) -> bytes:
    body = b""
    while data:
        size, _, data = data.partition(b"\r\n")
        body, data = body + data[: int(size, 16)], data[int(size, 16) + 2 :]
    return body


def as_told(written: bytes) -> list[tuple[Any, ...]]:
    """What a tap is to be told of these bytes of an HTTP answer."""
    head, _, body = written.partition(b"\r\n\r\n")
    found: list[tuple[Any, ...]] = [("answered", int(head.split()[1]))]
    if b"chunked" in head:
        body = unchunked(body)
    if EVENT_STREAM.encode() not in head:
        kind = "received" if b"application/json" in head else "unread"
        return [*found, (kind, body)] if body else found
    told = EventReader(1_000_000).of(body)
    return found + [
        ("received", event.data) if event.is_message else ("event", event) for event in told
    ]


@pytest.mark.parametrize(
    ("era", "options"),
    [
        pytest.param(Era.LEGACY, {}, id="legacy"),
        pytest.param(Era.LEGACY, {"sse": True}, id="legacy-streams"),
        pytest.param(Era.LEGACY, {"on_get": True}, id="legacy-listening"),
        pytest.param(Era.MODERN, {}, id="modern"),
        pytest.param(Era.MODERN, {"sse": True}, id="modern-streams"),
        pytest.param(Era.LEGACY, {"old": True}, id="http-and-sse"),
    ],
)
def test_over_http_every_byte_is_told(
    monkeypatch: pytest.MonkeyPatch, era: Era, options: dict[str, bool]
) -> None:
    heard = Heard()
    wrote: dict[int, bytes] = {}

    def write(exchange: Any, data: bytes) -> None:
        key = id(exchange.request)
        wrote[key] = wrote.get(key, b"") + data
        exchange._socket.sendall(data)

    monkeypatch.setattr("http_wire.Exchange.write", write)

    async def scene(spec: ServerSpec) -> None:
        async with tapped(spec, heard, era, listening=True) as connection:
            await talk(connection)

    with site(**options) as served:
        asyncio.run(asyncio.wait_for(scene(spec_of(served)), 30))
    (tap,) = heard.taps
    assert tap.transport is (Transport.SSE if options.get("old") else Transport.HTTP)
    exchanges = [tap.exchange(number + 1) for number in range(len(served.requests))]
    assert tap.exchange(len(served.requests) + 1) == []
    seen = []
    for request in served.requests:
        sent = [("sent", request.body)] if request.body else []
        asked = ("requested", request.method, request.target)
        seen.append([asked, *sent, *as_told(wrote[id(request)])])
    told = [[one for one in exchange if one[0] != "finished"] for exchange in exchanges]
    # Those that were under way at the same time may have arrived in another order.
    assert sorted(told, key=repr) == sorted(seen, key=repr)
    for exchange in exchanges:
        assert [one for one in exchange if one[0] == "finished"] == exchange[-1:]


@in_a_loop
async def test_request_heads_are_told_with_everything_that_was_sent() -> None:
    heard = Heard()
    with site() as served:
        spec = spec_of(served, headers={"X-Key": "canary"})
        async with tapped(spec, heard, Era.LEGACY) as connection:
            await connection.request("tools/list")
    for request, (_, method, path, headers) in zip(
        served.requests, heard.taps[0].of("requested"), strict=True
    ):
        assert (method, path) == (request.method, request.target)
        assert headers == request.headers


async def asked(spec: ServerSpec, heard: Heard, **more: Any) -> ServerError | RpcError | None:
    """The error of listing tools, if there is one."""
    try:
        async with (
            tapped(spec, heard, Era.LEGACY, **more) as connection,
            connection.in_time() as errand,
        ):
            await errand.request("tools/list")
    except (ServerError, RpcError) as error:
        return error
    return None


LISTED = [("requested", "POST", "/mcp"), ("sent",)]


def of_listing(tap: HeardTap) -> list[list[tuple[Any, ...]]]:
    """The exchanges with which tools were listed, and those that resumed them."""
    found = [tap.exchange(number) for number, *_ in tap.of("requested")]
    return [
        [("sent",) if one[0] == "sent" else one for one in exchange]
        for exchange in found
        if any(one[0] == "sent" and b"tools/list" in one[1] for one in exchange)
        or exchange[0][1] == "GET"
    ]


EMPTY = answers({"tools": []})
HTML = responds(200, b"<p>", kind="text/html")


@pytest.mark.parametrize(
    ("play", "told"),
    [
        pytest.param(
            in_turn(responds(503), EMPTY),
            [
                [("answered", 503), ("finished", Finish.END)],
                [("answered", 200), ("received",), ("finished", Finish.END)],
            ],
            id="each attempt",
        ),
        pytest.param(
            in_turn(responds(307, Location="/mcp"), EMPTY),
            [
                [("answered", 307), ("finished", Finish.END)],
                [("answered", 200), ("received",), ("finished", Finish.END)],
            ],
            id="each redirect",
        ),
        pytest.param(
            HTML,
            [[("answered", 200), ("unread", b"<p>"), ("finished", Finish.END)]],
            id="a body that is no message",
        ),
        pytest.param(
            responds(400, b'{"jsonrpc":"2.0","id":2,"error":{"code":-1,"message":"no"}}'),
            [[("answered", 400), ("received",), ("finished", Finish.END)]],
            id="an error with a status",
        ),
        pytest.param(
            streams(b": hello\n\n", b"id: 7\nretry: 20\n\n", LINE, None),
            [
                [
                    ("answered", 200),
                    ("event", SseEvent("", b"")),
                    ("event", SseEvent("", b"", "7", 0.02)),
                    ("received",),
                    ("received",),
                    ("finished", Finish.END),
                ]
            ],
            id="a stream",
        ),
        pytest.param(
            lambda _site, exchange: (exchange.stream(), exchange.event(LINE), exchange.cut()),
            [[("answered", 200), ("received",), ("finished", Finish.SERVER)]] * 3,
            id="broken off",
        ),
        pytest.param(
            lambda _site, exchange: exchange.cut(),
            [[("finished", Finish.SERVER)]] * 3,
            id="no answer",
        ),
    ],
)
@in_a_loop
async def test_what_an_exchange_is_told_of(play: Play, told: list[list[tuple[Any, ...]]]) -> None:
    heard = Heard()
    with site({"tools/list": play}, listens=False) as served:
        await asked(spec_of(served), heard)
    (tap,) = heard.taps
    found = [
        [one[:1] if one[0] == "received" else one for one in exchange]
        for exchange in of_listing(tap)
    ]
    assert found == [[*LISTED, *one] for one in told]


@in_a_loop
async def test_a_stream_that_is_resumed_is_an_exchange_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streamable, "RESUME_AT_LEAST", 0.01)
    heard = Heard()
    cut = streams(b"id: 1\nretry: 10\ndata:\n\n")
    resumed = in_turn(streams(event_of(LINE, "2")), responds(404))
    with site({"tools/list": cut, "GET": resumed}) as served:
        assert await asked(spec_of(served), heard) is not None
    first, second, *_ = of_listing(heard.taps[0])
    assert first == [
        *LISTED,
        ("answered", 200),
        ("event", SseEvent("", b"", "1", 0.01)),
        ("finished", Finish.END),
    ]
    assert second[0] == ("requested", "GET", "/mcp")
    (*_, event) = heard.taps[0].of("received")[-1]
    assert event == SseEvent("message", json.dumps(LINE).encode(), "2")


@in_a_loop
async def test_a_session_that_was_lost_goes_on_in_the_same_connection() -> None:
    heard = Heard()
    with site(lives=2) as served:
        async with tapped(spec_of(served), heard, Era.LEGACY) as connection:
            for _ in range(2):
                await connection.request("tools/list")
    (tap,) = heard.taps
    assert 404 in [status for _, status, _ in tap.of("answered")]
    assert heard.methods.count("initialize") == 2
    assert heard.methods.count("tools/list") == 3


@in_a_loop
async def test_who_leaves_breaks_off() -> None:
    heard = Heard()

    def wait(_site: Any, exchange: Any) -> None:
        exchange.stream()
        exchange.event(LINE)
        exchange.rest(5)

    with site({"tools/list": wait}) as served:
        async with tapped(spec_of(served), heard, Era.MODERN) as connection:
            with pytest.raises(ServerError, match="no answer to tools/list within"):
                async with connection.in_time(0.2) as errand:
                    await errand.request("tools/list")
    ((*_, end),) = of_listing(heard.taps[0])
    assert end == ("finished", Finish.CLIENT)


@in_a_loop
async def test_each_attempt_to_reach_a_server_is_a_connection() -> None:
    heard = Heard()
    with site() as served:
        spec = spec_of(served)
    error = await asked(spec, heard)
    assert isinstance(error, ServerError)
    assert len(heard.taps) == 3
    for tap in heard.taps:
        ((_, end, text),) = tap.of("finished")
        assert end is Finish.UNREACHABLE
        assert text == error.message


@in_a_loop
async def test_the_old_transport_after_the_new_is_another_connection() -> None:
    heard = Heard()
    with site(old=True) as served:
        spec = ServerSpec("one", Transport.HTTP, url=served.url)
        async with tapped(spec, heard) as connection:
            await connection.request("tools/list")
    assert [tap.transport for tap in heard.taps] == [Transport.HTTP, Transport.SSE]
    (_, endpoint), *_ = heard.taps[1].of("event")
    assert endpoint.kind == "endpoint"
    assert endpoint.data.decode() in [path for _, _, path, _ in heard.taps[1].of("requested")]


def program(code: str) -> ServerSpec:
    head = "import json, os, signal, sys, time\nfor line in sys.stdin:\n    m = json.loads(line)\n"
    return ServerSpec("one", command=sys.executable, args=("-uc", head + code))


ANSWERS = """
    if m["method"] == "initialize":
        r = {"protocolVersion": "2025-11-25", "capabilities": {}, "serverInfo": {}}
        print(json.dumps({"jsonrpc": "2.0", "id": m["id"], "result": r}))
    if m["method"] == "notifications/initialized":
"""


@pytest.mark.parametrize(
    ("code", "told"),
    [
        pytest.param(
            "        print('hello', file=sys.stderr); os._exit(3)",
            [("stderr", b"hello"), ("exited", 3, Ending.ITSELF)],
            id="dies",
        ),
        pytest.param(
            "        print('not a message')\n        sys.stderr.write('half')\n        sys.exit()",
            [
                ("received", b"not a message", 0, None),
                ("stderr", b"half"),
                ("exited", 0, Ending.ITSELF),
            ],
            id="noise and half a line",
        ),
        pytest.param(
            "        os.kill(os.getpid(), signal.SIGKILL)",
            [("exited", -9, Ending.ITSELF)],
            id="is killed",
        ),
    ],
)
@in_a_loop
async def test_how_a_server_ends_is_told(code: str, told: list[tuple[Any, ...]]) -> None:
    heard = Heard()
    assert await asked(program(ANSWERS + code), heard) is not None
    (tap,) = heard.taps
    since = next(
        number for number, one in enumerate(tap.told) if b"notifications/initialized" in one[1]
    )
    found = [one for one in tap.told[since + 1 :] if one[0] != "sent"]
    assert sorted(found, key=repr) == sorted(told, key=repr)
    assert found[-1] == told[-1]


@in_a_loop
async def test_a_server_that_does_not_leave_is_ended_by_us(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mcpx.client.stdio.LEAVE_AFTER_END_OF_INPUT", 0.1)
    heard = Heard()
    words = "        print('on')\nprint('last words'); time.sleep(60)"
    async with tapped(program(ANSWERS + words), heard, Era.LEGACY):
        pass
    (tap,) = heard.taps
    assert tap.told[-2:] == [
        ("received", b"last words", 0, None),
        ("exited", -15, Ending.CLIENT),
    ]


@in_a_loop
async def test_a_line_that_is_too_long_is_told_as_far_as_it_was_read() -> None:
    heard = Heard()
    error = await asked(
        program(ANSWERS + "        print('x' * 100_000)"), heard, limits=Limits(line=10_000)
    )
    assert error is not None
    ((data, _),) = heard.taps[0].of("unread")
    assert len(data) > 10_000
    assert set(data) == {ord("x")}


@in_a_loop
async def test_a_fresh_process_is_another_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = Heard()
    exits = ServerSpec("one", command=BAD[0], args=(*BAD[1:], "dies-on-probe"))
    async with tapped(exits, heard) as connection:
        await connection.request("tools/list")
    first, second = heard.taps
    assert first.pid != second.pid
    assert [json.loads(raw)["method"] for raw, *_ in first.of("sent")] == ["server/discover"]
    assert json.loads(second.of("sent")[0][0])["method"] == "initialize"
    assert [why for _, why in first.of("exited")] == [Ending.ITSELF]


def test_several_taps_are_told_the_same() -> None:
    one, other = Heard(), Heard()
    both = together(one.tapping, None, other.tapping)
    assert both is not None

    async def scene() -> None:
        spec = ServerSpec("one", command=GOOD[0], args=GOOD[1:])
        async with connect(spec, Terms(tapping=both)) as connection:
            await connection.request("tools/list")
        with site() as served:
            async with connect(spec_of(served), Terms(tapping=both)):
                pass

    asyncio.run(scene())
    assert [tap.told for tap in one.taps] == [tap.told for tap in other.taps]
    assert {row[0] for tap in one.taps for row in tap.told} >= {"sent", "exited", "answered"}


def test_of_none_and_one_tap_nothing_is_made() -> None:
    heard = Heard()
    assert together(None, None) is None
    assert together(None, heard.tapping) == heard.tapping


def test_a_tap_may_want_nothing() -> None:
    async def scene() -> None:
        with site(sse=True) as served:
            terms = Terms(tapping=lambda *_: Tap())
            async with connect(spec_of(served), terms) as connection:
                await connection.request("tools/list")

    asyncio.run(scene())
