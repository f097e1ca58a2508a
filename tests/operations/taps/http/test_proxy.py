"""The HTTP tap from end to end: what clients and servers see through it, and what is recorded."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from mcpx import interrupts
from mcpx.client.connection import connect
from mcpx.client.harvest import harvest
from mcpx.client.questions import Nobody
from mcpx.client.terms import Terms
from mcpx.errors import ConfigError, McpxError, UsageError
from mcpx.operations.taps.http.proxy import listening, serve
from mcpx.operations.taps.http.upstream import upstream_of
from mcpx.servers import Era, ServerSpec, Transport
from mcpx.sessions.events import Message, Note, Raw
from mcpx.sessions.ledger import Caps
from mcpx.sessions.redaction import Redaction
from tests.client.loops import in_a_loop
from tests.client.sites import Site, answers, responds, site
from tests.operations.taps.tapping import recorder, request, said, tapped
from tests.servers import bad_http, good_http
from tests.servers.http_wire import Exchange

QUESTIONS = (("ask_person", {}), ("ask_roots", {}))
ACCEPT = "Accept: application/json, text/event-stream"
META = "io.modelcontextprotocol/"
VERSION = "2026-07-28"


def modern(method: str, number: int = 1, **params: Any) -> tuple[bytes, tuple[str, ...]]:
    """The body of a request of the modern era, and its headers."""
    meta = {f"{META}protocolVersion": VERSION, f"{META}clientCapabilities": {}}
    message = {
        "jsonrpc": "2.0",
        "id": number,
        "method": method,
        "params": {**params, "_meta": meta},
    }
    named = [f"Mcp-Name: {params['name']}"] if "name" in params else []
    headers = (ACCEPT, f"MCP-Protocol-Version: {VERSION}", f"Mcp-Method: {method}", *named)
    return json.dumps(message).encode(), headers


def asks(method: str, number: int = 1, close: bool = True, **params: Any) -> bytes:
    body, headers = modern(method, number, **params)
    return request(body, "POST", "/mcp", *headers, close=close)


def body_of(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


def bodies(answer: bytes) -> tuple[bytes, list[bytes], bytes]:
    """Status line, headers in their order, and body of an answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *headers = head.split(b"\r\n")
    return status, sorted(headers), body


@pytest.mark.parametrize("sse", [False, True], ids=["json", "stream"])
@pytest.mark.parametrize("method", ["server/discover", "tools/list", "no/such"])
@in_a_loop
async def test_a_client_gets_the_same_bytes_as_without(
    sse: bool, method: str, tmp_path: Path
) -> None:
    with good_http.serve(sse=sse) as server:
        direct = bodies(await said(server.listener.port, asks(method)))
        async with tapped(server.url, tmp_path) as tap:
            through = bodies(await said(tap.port, asks(method)))
            *_, answer = tap.of(Message)
    assert (through[0], through[2]) == (direct[0], direct[2])
    assert set(direct[1]) <= set(through[1])
    assert through[1] == sorted({*direct[1], b"Connection: close"})
    said_by_server = direct[2].partition(b"data: ")[2].split(b"\n")[0] or direct[2]
    assert answer.text.encode() == (said_by_server if b"data: " in direct[2] else direct[2])


@in_a_loop
async def test_a_server_hears_what_the_client_said_but_for_where_it_is(tmp_path: Path) -> None:
    with good_http.serve() as server:
        own = {"Authorization": "Bearer injected-0123456789"}
        async with tapped(f"{server.url}?key=k-1", tmp_path, headers=own) as tap:
            assert tap.url == f"http://127.0.0.1:{tap.port}/mcp"
            body, headers = modern("tools/list")
            origin = "Origin: http://localhost:6274"
            await said(tap.port, request(body, "POST", "/mcp?x=1", *headers, origin))
            text = tap.recorder.path.with_name("s.jsonl.part").read_text()
        (heard,) = server.requests
        port = server.listener.port
    assert heard.body == body
    assert heard.target == "/mcp?key=k-1&x=1"
    assert heard.headers["host"] == f"127.0.0.1:{port}"
    assert heard.headers["origin"] == f"http://127.0.0.1:{port}"
    assert heard.headers["authorization"] == "Bearer injected-0123456789"
    assert "injected" not in text
    assert "k-1" not in text


@pytest.mark.parametrize(
    ("era", "options"),
    [
        pytest.param(Era.MODERN, {}, id="modern-json"),
        pytest.param(Era.MODERN, {"sse": True}, id="modern-stream"),
        pytest.param(Era.LEGACY, {}, id="legacy-session"),
        pytest.param(Era.LEGACY, {"sessions": False}, id="legacy-stateless"),
        pytest.param(Era.LEGACY, {"sse": True}, id="legacy-stream"),
        pytest.param(Era.LEGACY, {"resumes": 2}, id="legacy-resuming"),
        pytest.param(Era.LEGACY, {"on_get": True}, id="legacy-get-stream"),
        pytest.param(Era.LEGACY, {"old": True}, id="http+sse"),
    ],
)
@in_a_loop
async def test_a_client_is_one_connection_whole_in_both_directions(
    era: Era, options: dict[str, Any], tmp_path: Path
) -> None:
    """Calls, a question of the server's within one, progress, on every kind of wire."""
    kind = Transport.SSE if options.get("old") else Transport.HTTP
    with good_http.serve(**options) as server:
        plain = await _talk(server.url, kind, era)
        async with tapped(server.url, tmp_path) as tap:
            assert await _talk(tap.url, kind, era) == plain
            shown, messages = tap.shown(), tap.messages()
    assert shown.count("opened") == 1
    assert shown.count("eraknown") == 1
    asked = [value["id"] for way, value in messages if way == "c2s" and value.get("params")]
    assert len(asked) == len(set(asked))
    answered = {value["id"] for way, value in messages if way == "s2c" and "result" in value}
    assert {identifier for identifier in asked if isinstance(identifier, int)} <= answered
    if era is Era.LEGACY:
        assert ("s2c", "elicitation/create") in [(way, v.get("method")) for way, v in messages]


async def _talk(url: str, kind: Transport, era: Era) -> list[Any]:
    answering = Nobody(("elicitation", "sampling"), [{"uri": "file:///w"}])
    terms = Terms(era=era, deadline=10.0, answering=answering, listening=era is Era.LEGACY)
    async with connect(ServerSpec(name="one", transport=kind, url=url), terms) as connection:
        catalogue = await harvest(connection, ())
        called = [
            await connection.request("tools/call", {"name": name, "arguments": arguments})
            for name, arguments in (("echo", {"text": "hi"}), ("count", {"to": 3}), *QUESTIONS)
        ]
    return [[tool.raw for tool in catalogue.tools], called]


@in_a_loop
async def test_a_message_goes_on_before_what_follows_it(tmp_path: Path) -> None:
    """A server that waits for the client in the middle of a stream waits for ever otherwise."""
    goes_on = threading.Event()

    def play(_site: Site, exchange: Exchange) -> None:
        exchange.stream()
        exchange.event({"jsonrpc": "2.0", "id": "s1", "method": "sampling/createMessage"})
        goes_on.wait(10)
        exchange.event({"jsonrpc": "2.0", "id": 1, "result": {}}, identifier="e2")
        exchange.end()

    with site({"tools/call": play}) as server:
        async with tapped(server.url, tmp_path) as tap:
            reader, writer = await asyncio.open_connection("127.0.0.1", tap.port)
            writer.write(asks("tools/call", name="echo"))
            first = await reader.readuntil(b"}\n\n")
            assert b"sampling/createMessage" in first
            await tap.until("s2c sampling")
            goes_on.set()
            assert b'"result"' in await reader.read()
            writer.close()
            await tap.until("fin")
            *_, last = tap.of(Message)
    assert last.stream.id == "e2"


@pytest.mark.parametrize(
    "ends",
    [pytest.param("close", id="closes"), pytest.param("reset", id="resets")],
)
@in_a_loop
async def test_a_client_that_leaves_ends_the_request_at_once(ends: str, tmp_path: Path) -> None:
    left = threading.Event()

    def play(_site: Site, exchange: Exchange) -> None:
        exchange.stream()
        exchange.event({"jsonrpc": "2.0", "method": "notifications/progress", "params": {}})
        if exchange.rest(10):
            left.set()

    with site({"tools/call": play}) as server:
        async with tapped(server.url, tmp_path) as tap:
            reader, writer = await asyncio.open_connection("127.0.0.1", tap.port)
            writer.write(asks("tools/call", name="echo"))
            await reader.readuntil(b"}\n\n")
            if ends == "reset":
                writer.transport.abort()
            writer.close()
            assert await asyncio.to_thread(left.wait, 5)
            await tap.until("fin aborted")


@in_a_loop
async def test_what_a_client_said_last_arrives_though_it_has_left(tmp_path: Path) -> None:
    with good_http.serve() as server:
        async with tapped(server.url, tmp_path) as tap:
            _, writer = await asyncio.open_connection("127.0.0.1", tap.port)
            writer.write(
                request(b'{"jsonrpc": "2.0", "method": "notifications/x"}', "POST", "/mcp")
            )
            writer.close()
            await tap.until("fin")
            assert tap.messages()[0][1]["method"] == "notifications/x"
        for _ in range(100):
            if server.requests:
                break
            await asyncio.sleep(0.02)
        assert [one.rpc for one in server.requests] == ["notifications/x"]


@pytest.mark.parametrize(
    ("mode", "whole"),
    [
        pytest.param("reset-list", b"", id="before the answer"),
        pytest.param("length-too-long", b"HTTP/1.1 200", id="in the middle"),
    ],
)
@in_a_loop
async def test_a_server_that_dies_takes_the_connection_with_it(
    mode: str, whole: bytes, tmp_path: Path
) -> None:
    with bad_http.serve(mode, on="tools/list") as server:
        async with tapped(server.url, tmp_path) as tap:
            answer = await said(tap.port, asks("tools/list"))
            await tap.until("fin broken-off")
    assert answer[: len(whole)] == whole
    assert bool(answer) == bool(whole)


@in_a_loop
async def test_a_server_that_cannot_be_reached_is_told_and_recorded(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with tapped(f"http://127.0.0.1:{port}/mcp", tmp_path) as tap:
        answer = await said(tap.port, asks("tools/list"))
        shown = tap.shown()
        *_, fin = tap.events
    assert answer.startswith(b"HTTP/1.1 502 Bad Gateway\r\n")
    error = json.loads(body_of(answer))["error"]
    words = f"cannot connect to http://127.0.0.1:{port}/mcp: connection refused"
    assert (error["code"], error["message"]) == (502, f"mcpx: {words}")
    assert error["data"]["class"] == "connect"
    assert shown == ["opened", "POST /mcp", "c2s tools/list", "fin unreachable"]
    assert fin.text == words


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("Origin: https://evil.example", id="a page of another machine"),
        pytest.param("Host: evil.example", id="a name that leads here"),
    ],
)
@in_a_loop
async def test_strangers_are_refused_and_what_they_say_is_not_kept(
    header: str, tmp_path: Path
) -> None:
    with good_http.serve() as server:
        async with tapped(server.url, tmp_path) as tap:
            asked = request(b'{"jsonrpc": "2.0"}', "POST", "/mcp", header)
            if header.startswith("Host"):
                asked = asked.replace(b"Host: 127.0.0.1\r\n", b"")
            answer = await said(tap.port, asked)
            shown = tap.shown()
        assert server.requests == []
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert shown == ["opened", "POST /mcp", "fin refused"]


@in_a_loop
async def test_requests_on_one_connection_are_answered_in_order(tmp_path: Path) -> None:
    with good_http.serve() as server:
        async with tapped(server.url, tmp_path) as tap:
            several = [asks("tools/list", number, close=number == 3) for number in (1, 2, 3)]
            answer = await said(tap.port, b"".join(several))
            numbers = [value["id"] for way, value in tap.messages() if way == "s2c"]
        assert server.listener.connections == 1
    assert answer.count(b"HTTP/1.1 200 OK") == 3
    assert numbers == [1, 2, 3]


@in_a_loop
async def test_clients_at_once_do_not_wait_for_each_other(tmp_path: Path) -> None:
    gate = threading.Barrier(8)

    def play(here: Site, exchange: Exchange) -> None:
        gate.wait(10)
        here.honest(exchange)

    with site({"tools/list": play}) as server:
        async with tapped(server.url, tmp_path) as tap:
            found = await asyncio.gather(
                *(said(tap.port, asks("tools/list", number)) for number in range(8))
            )
            assert [json.loads(body_of(one))["id"] for one in found] == list(range(8))
            assert tap.shown().count("fin eof") == 8


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        pytest.param(
            401, {"WWW_Authenticate": "Bearer x"}, b"WWW-Authenticate: Bearer x", id="401"
        ),
        pytest.param(405, {"Allow": "POST"}, b"Allow: POST", id="405"),
        pytest.param(307, {"Location": "/x"}, b"Location: /x", id="307"),
        pytest.param(503, {"Retry_After": "1"}, b"Retry-After: 1", id="503"),
    ],
)
@in_a_loop
async def test_statuses_and_their_headers_go_through(
    status: int, headers: dict[str, str], expected: bytes, tmp_path: Path
) -> None:
    with site({"*": responds(status, b"why", "text/plain", **headers)}) as server:
        async with tapped(server.url, tmp_path) as tap:
            answer = await said(tap.port, asks("tools/list"))
            shown, (raw,) = tap.shown(), tap.of(Raw)
    assert answer.split()[1] == str(status).encode()
    assert expected in answer.split(b"\r\n")
    assert body_of(answer) == raw.data == b"why"
    assert shown[3:] == [str(status), "raw", "fin eof"]


@in_a_loop
async def test_a_coded_body_stays_coded_and_is_recorded_plain(tmp_path: Path) -> None:
    plain = b'{"jsonrpc": "2.0", "id": 1, "result": {"n": 5.0}}'
    coded = gzip.compress(plain)
    play = responds(200, coded, Content_Encoding="gzip")
    with site({"*": play}) as server:
        async with tapped(server.url, tmp_path) as tap:
            answer = await said(tap.port, asks("tools/list"))
            *_, message = tap.of(Message)
    assert body_of(answer) == coded
    assert message.text.encode() == plain


@in_a_loop
async def test_large_bodies_go_through_and_their_copy_has_a_limit(tmp_path: Path) -> None:
    data = base64.b64encode(os.urandom(3 << 20)).decode()
    with site({"tools/call": answers({"data": data})}) as server:
        async with tapped(server.url, tmp_path, Caps(message=1 << 20)) as tap:
            answer = await said(tap.port, asks("tools/call", name="echo", arguments={"x": data}))
            asked, cut = tap.of(Message)
        (heard,) = server.requests
    assert json.loads(body_of(answer))["result"]["data"] == data
    assert heard.message["params"]["arguments"]["x"] == data
    assert (asked.cut, cut.cut) == (len(heard.body), len(body_of(answer)))
    assert (asked.text, cut.text) == ("", "")


@in_a_loop
async def test_a_slow_reader_slows_the_server_down(tmp_path: Path) -> None:
    sent = [0]

    def play(_site: Site, exchange: Exchange) -> None:
        exchange.stream()
        for _ in range(800):
            exchange.piece(b": " + b"x" * 65_000 + b"\n\n")
            sent[0] += 1
        exchange.end()

    with site({"tools/call": play}) as server:
        async with tapped(server.url, tmp_path) as tap:
            reader, writer = await asyncio.open_connection("127.0.0.1", tap.port, limit=1 << 16)
            writer.write(asks("tools/call", name="echo"))
            # What lies in between fits into buffers; a server that nothing slows is done by then.
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    while sent[0] < 800:
                        await asyncio.sleep(0.01)
            assert 0 < sent[0] < 500
            async with asyncio.timeout(20):
                while await reader.read(1 << 20):
                    pass
            assert sent[0] == 800
            writer.close()


@in_a_loop
async def test_a_client_may_ask_whether_to_go_on(tmp_path: Path) -> None:
    def play(_site: Site, exchange: Exchange) -> None:
        exchange.answer({"jsonrpc": "2.0", "id": 1, "result": {}})

    with site({"*": play}) as server:
        async with tapped(server.url, tmp_path) as tap:
            asked = asks("tools/list").replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n", 1)
            answer = await said(tap.port, asked)
        assert server.requests[0].headers["expect"] == "100-continue"
    assert b'"result"' in answer


@pytest.mark.parametrize("method", ["HEAD", "DELETE", "OPTIONS", "GET"])
@in_a_loop
async def test_other_methods_go_through(method: str, tmp_path: Path) -> None:
    with site({method: responds(405, b"", Allow="POST")}) as server:
        async with tapped(server.url, tmp_path) as tap:
            answer = await said(tap.port, request(b"", method, "/other?x=1"))
            assert tap.shown() == ["opened", f"{method} /other?x=1", "405", "fin eof"]
        assert [(one.method, one.target) for one in server.requests] == [(method, "/other?x=1")]
    assert answer.startswith(b"HTTP/1.1 405 ")


@in_a_loop
async def test_of_what_is_not_mcp_only_the_size_is_kept(tmp_path: Path) -> None:
    """People sign in on the same origin."""
    play = responds(200, b'{"access_token": "at-1"}')
    with site({"*": play}) as server:
        async with tapped(server.url, tmp_path) as tap:
            await said(tap.port, request(b'{"code": "c-1"}', "POST", "/token"))
            asked, answered = tap.of(Raw)
            assert (asked.data, asked.cut, answered.data, answered.cut) == (b"", 15, b"", 24)


@in_a_loop
async def test_what_a_client_signs_in_with_is_masked_where_the_server_repeats_it(
    tmp_path: Path,
) -> None:
    basic = base64.b64encode(b"bob:Kq7vPass-1").decode()
    sent = {
        "Authorization": f"Basic {basic}",
        "Cookie": "theme=dark; sid=Kq7vCookie-2",
        "X-Api-Key": "Kq7vKey-3",
        "Mcp-Param-Password": "Kq7vParam-4",
    }
    secrets = ("Kq7vPass-1", "Kq7vCookie-2", "Kq7vKey-3", "Kq7vParam-4", "Kq7vQuery-5", "Kq7vSet-6")

    def play(_site: Site, exchange: Exchange) -> None:
        exchange.stream((("Set-Cookie", "a=Kq7vSet-6; Path=/"),))
        said_again = {"content": [{"type": "text", "text": f"dark {' '.join(secrets)} {basic}"}]}
        exchange.event("", identifier=secrets[0])
        exchange.event({"jsonrpc": "2.0", "id": 1, "result": said_again}, identifier=secrets[4])
        exchange.event({"jsonrpc": "2.0", "id": 2, "error": {"code": 1, "message": secrets[2]}})
        exchange.end()

    with site({"*": play}) as server:
        async with tapped(server.url, tmp_path, redaction=Redaction()) as tap:
            body, headers = modern("tools/call", name="echo")
            own = [f"{name}: {value}" for name, value in sent.items()]
            path = "/mcp?access_token=Kq7vQuery-5"
            answer = await said(tap.port, request(body, "POST", path, *headers, *own))
            text = tap.recorder.path.with_name("s.jsonl.part").read_text()
            result = tap.messages()[1][1]["result"]["content"][0]["text"]
    assert all(secret in answer.decode() for secret in secrets)
    assert "Kq7v" not in text
    assert basic not in text
    assert result.startswith("dark ‹rule:header#")
    assert "‹rule:cookie#" in result
    assert "‹rule:query#1›" in result


@in_a_loop
async def test_an_endpoint_that_names_the_server_leads_through_the_tap(tmp_path: Path) -> None:
    def stream(_site: Site, exchange: Exchange) -> None:
        exchange.stream()
        port = exchange.request.headers["host"].partition(":")[2]
        exchange.event(f"http://127.0.0.1:{port}/messages?session=1", kind="endpoint")
        exchange.rest(10)

    with site({"GET": stream}, old=True) as server:
        async with tapped(server.url, tmp_path) as tap:
            reader, writer = await asyncio.open_connection("127.0.0.1", tap.port)
            here = f"Host: 127.0.0.1:{tap.port}".encode()
            writer.write(request(b"", "GET", "/sse").replace(b"Host: 127.0.0.1", here))
            head = await reader.readuntil(b"\n\n")
            writer.close()
            await tap.until("fin")
            notes = tap.of(Note)
    assert head.endswith(f"data: http://127.0.0.1:{tap.port}/messages?session=1\n\n".encode())
    assert len(notes) == 1


@in_a_loop
async def test_leaving_ends_every_exchange(tmp_path: Path) -> None:
    with site({"*": lambda _site, exchange: exchange.rest(10)}) as server:
        async with tapped(server.url, tmp_path) as tap:
            _, writer = await asyncio.open_connection("127.0.0.1", tap.port)
            writer.write(asks("tools/list"))
            await tap.until("c2s tools/list")
            async with asyncio.timeout(10):
                while not server.requests:
                    await asyncio.sleep(0.01)
            assert [one.message["method"] for one in server.requests] == ["tools/list"]
        writer.close()
        assert tap.shown()[-2:] == ["fin tap-end", "ended"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        pytest.param(b"nonsense\r\n\r\n", b"400", id="no request"),
        pytest.param(b"GET / HTTP/1.1\r\nX: " + b"x" * 100_000, b"431", id="a head without end"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", b"400", id="no host"),
    ],
)
@in_a_loop
async def test_what_is_not_http_is_told_so(asked: bytes, status: bytes, tmp_path: Path) -> None:
    async with tapped("http://127.0.0.1:9/mcp", tmp_path) as tap:
        answer = await said(tap.port, asked)
        assert tap.events == []
    assert answer.split()[1] == status


@pytest.mark.parametrize(
    ("host", "port", "error"),
    [
        pytest.param("0.0.0.0", 0, UsageError, id="every machine"),
        pytest.param("127.0.0.1", 70_000, ConfigError, id="no port"),
    ],
)
@in_a_loop
async def test_where_it_may_not_listen(
    host: str, port: int, error: type[McpxError], tmp_path: Path
) -> None:
    upstream = upstream_of(ServerSpec(name="one", transport=Transport.HTTP, url="http://127.0.0.1"))
    written = recorder(tmp_path)
    with pytest.raises(error):
        async with listening(upstream, written, host, port):
            pass
    written.close()


@in_a_loop
async def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    async with tapped("http://127.0.0.1:9/mcp", tmp_path) as tap:
        upstream = upstream_of(ServerSpec(name="x", transport=Transport.HTTP, url=tap.url))
        with pytest.raises(ConfigError, match=f"cannot listen on 127.0.0.1:{tap.port}: .*in use"):
            async with listening(upstream, tap.recorder, port=tap.port):
                pass


def test_a_signal_ends_it_and_is_forgotten(tmp_path: Path) -> None:
    """Ctrl-C is how it is meant to end, not an interruption."""
    written = recorder(tmp_path)
    spec = ServerSpec(name="one", transport=Transport.HTTP, url="http://127.0.0.1:9/mcp")
    told: list[str] = []

    def hear(url: str) -> None:
        told.append(url)
        os.kill(os.getpid(), 2)

    with interrupts.listening():
        serve(spec, written, hear)
        assert not interrupts.heard()
    assert told[0].startswith("http://127.0.0.1:")
    assert written.close() == tmp_path / "s.jsonl"


@pytest.mark.parametrize(
    ("mode", "transport"), [("auto", "http"), ("legacy", "http"), ("legacy", "sse")]
)
def test_the_sdk_at_both_ends_sees_no_difference(mode: str, transport: str, tmp_path: Path) -> None:
    """A demo server is one of the SDK's, and its client is the other end."""
    from mcp import Client
    from mcp.client.sse import sse_client

    async def talk(url: str) -> list[Any]:
        place: Any = sse_client(url) if transport == "sse" else url
        async with Client(place, mode=mode) as client:  # type: ignore[arg-type]
            listed = await client.list_tools()
            found = [client.call_tool("get_current", {"city": city}) for city in ("Oslo", "Bern")]
            called = await asyncio.gather(*found)
        return [one.model_dump() for one in (listed, *called)]

    @in_a_loop
    async def test(url: str) -> None:
        plain = await talk(url)
        async with tapped(url, tmp_path) as tap:
            assert await talk(tap.url) == plain
            shown = tap.shown()
        assert shown.count("c2s tools/call") == 2
        assert [one for one in shown if one == "opened"] == ["opened"]

    command = [sys.executable, "-m", "mcpx.demo", "weather-2", f"--{transport}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            test(url=server.stdout.readline().strip())
        finally:
            server.terminate()
