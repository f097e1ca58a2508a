from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from mcpx.servers import Era
from mcpx.serving.mock.delivery import Delivery
from mcpx.serving.mock.playing.options import Options
from mcpx.serving.mock.playing.outs import Out
from mcpx.serving.mock.playing.players import Players
from mcpx.serving.mock.tape.tape import Tape
from mcpx.serving.mock.transports.serving import served
from mcpx.serving.mock.transports.site import Site
from mcpx.sse_events import EVENT_STREAM
from mcpx.wire import Finish, StreamEvent
from tests.client.loops import in_a_loop
from tests.operations.taps.tapping import request, said
from tests.serving.mock.acting import Cast, becomes, delivery_of, event, final, for_ever
from tests.serving.mock.recordings import initialize
from tests.serving.mock.recordings import legacy as recorded
from tests.serving.mock.recordings import modern as recorded_modern

BOTH = tuple(Era)
VERSION = "2026-07-28"
PRIMING = Out(text="", kind=EVENT_STREAM, stream=StreamEvent("p1", empty=True))


@dataclass
class Heard:
    """An answer: its status, its headers by their names in small letters, and its body."""

    status: int
    headers: dict[str, str]
    body: str

    @classmethod
    def of(cls, answer: bytes) -> Heard:
        head, _, body = answer.decode().partition("\r\n\r\n")
        first, *rest = head.split("\r\n")
        headers = {name.lower(): value for name, _, value in (one.partition(": ") for one in rest)}
        if headers.get("transfer-encoding") == "chunked":
            body = "".join(body.split("\r\n")[1::2])
        return cls(int(first.split()[1]), headers, body)

    @property
    def code(self) -> int:
        found: int = json.loads(self.body)["error"]["code"]
        return found


@dataclass
class Served:
    port: int
    ended: asyncio.Future[int]

    async def ask(self, message: Any, *headers: str, path: str = "/mcp") -> Heard:
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        return Heard.of(await said(self.port, request(body, "POST", path, *headers)))

    async def get(self, *headers: str, method: str = "GET", path: str = "/mcp") -> Heard:
        return Heard.of(await said(self.port, request(b"", method, path, *headers)))

    @contextlib.asynccontextmanager
    async def open(self, asked: bytes) -> AsyncIterator[asyncio.StreamReader]:
        """A connection that is closed when the block is left."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(asked)
        try:
            yield reader
        finally:
            writer.close()


@contextlib.asynccontextmanager
async def mocked(
    cast: Cast, eras: tuple[Era, ...] = BOTH, site: Site | None = None, **more: Any
) -> AsyncIterator[Served]:
    async with served(delivery_of(cast, **more), site or Site(), eras) as (url, ended):
        yield Served(int(url.split(":")[2].partition("/")[0]), ended)


def legacy(method: str, id: int | None = 1) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": method, **({} if id is None else {"id": id})}


def modern(method: str, **params: Any) -> dict[str, Any]:
    meta = {"io.modelcontextprotocol/protocolVersion": VERSION}
    return {
        "jsonrpc": "2.0",
        "id": 1,
        "method": method,
        "params": {**params, "_meta": meta},
    }


def of(method: str, *more: str) -> tuple[str, ...]:
    """The headers of a modern request."""
    return (f"MCP-Protocol-Version: {VERSION}", f"Mcp-Method: {method}", *more)


ASKED = json.dumps(legacy("x")).encode()
SESSION = "Mcp-Session-Id: s1"
HANDSHAKE = {"initialize": (final("{}", headers={"mcp-session-id": "s1"}),)}


# --- one answer ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("out", "status", "headers", "body"),
    [
        pytest.param(
            final('{"é":1}'), 200, {"content-type": "application/json"}, '{"é":1}', id="json"
        ),
        pytest.param(
            final(
                "no", status=401, kind="text/plain", headers={"www-authenticate": 'Bearer x="y"'}
            ),
            401,
            {"www-authenticate": 'Bearer x="y"', "content-type": "text/plain"},
            "no",
            id="status",
        ),
        pytest.param(final("", status=503, kind=""), 503, {"content-length": "0"}, "", id="empty"),
        pytest.param(
            final(
                "{}", headers={"content-length": "9", "bad name": "x", "x-bad": "a\nb", "x-ok": "1"}
            ),
            200,
            {"content-length": "2", "x-ok": "1"},
            "{}",
            id="headers-that-are-none",
        ),
        pytest.param(
            final("{}", kind=EVENT_STREAM, stream=StreamEvent("7", "message", 500)),
            200,
            {"content-type": EVENT_STREAM},
            "event: message\nid: 7\nretry: 500\ndata: {}\n\n",
            id="stream",
        ),
        pytest.param(
            final("{}", kind=EVENT_STREAM),
            200,
            {},
            "event: message\ndata: {}\n\n",
            id="stream-unrecorded",
        ),
    ],
)
@in_a_loop
async def test_an_answer_goes_out_as_it_is_played(
    out: Out, status: int, headers: dict[str, str], body: str
) -> None:
    async with mocked(Cast({"x": (out,)})) as mock:
        heard = await mock.ask(modern("x"), *of("x"))
    assert (heard.status, heard.body) == (status, body)
    assert headers.items() <= heard.headers.items()
    assert "bad name" not in heard.headers and "x-bad" not in heard.headers


@in_a_loop
async def test_a_stream_has_its_priming_its_messages_and_an_end() -> None:
    cast = Cast({"x": (PRIMING, event("1", "e1"), final("2", kind=EVENT_STREAM))})
    async with mocked(cast) as mock:
        heard = await mock.ask(modern("x"), *of("x"))
    assert heard.body == (
        "id: p1\ndata: \n\nevent: message\nid: e1\ndata: 1\n\nevent: message\ndata: 2\n\n"
    )


@in_a_loop
async def test_what_is_no_request_is_accepted_and_heard() -> None:
    cast = Cast({"initialize": HANDSHAKE["initialize"]}, sessions=True)
    async with mocked(cast) as mock:
        await mock.ask(legacy("initialize"))
        for message in (
            legacy("said", None),
            {"jsonrpc": "2.0", "id": 1, "result": {}},
            [legacy("said", None)],
        ):
            heard = await mock.ask(message, SESSION)
            assert (heard.status, heard.body) == (202, "")
    assert len(cast.made[0].heard) == 4


@in_a_loop
async def test_where_nothing_is_answered_there_is_an_empty_stream() -> None:
    async with mocked(Cast({"x": ()})) as mock:
        heard = await mock.ask(modern("x"), *of("x"))
    assert (heard.status, heard.body) == (200, "")


# --- who may ask, and how -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        pytest.param(
            request(b"{}", "POST", "/mcp", "Origin: https://evil.example"), 403, id="origin"
        ),
        pytest.param(request(b"{}").replace(b"127.0.0.1", b"evil.example"), 403, id="host"),
        pytest.param(request(b"{}", "POST", "http://evil.example/mcp"), 403, id="proxy"),
        pytest.param(request(b"{}", "POST", "/"), 404, id="path"),
        pytest.param(request(b"", "GET", "/.well-known/oauth-protected-resource"), 404, id="known"),
        pytest.param(request(b"", "PUT"), 405, id="method"),
        pytest.param(request(b"", "HEAD"), 405, id="head"),
        pytest.param(request(b"{"), 400, id="no-json"),
        pytest.param(request(b"\xff"), 400, id="no-text"),
        pytest.param(request(ASKED), 400, id="no-session"),
        pytest.param(request(ASKED, "POST", "/mcp", SESSION), 404, id="lost"),
        pytest.param(
            request(ASKED, "POST", "/mcp", "MCP-Protocol-Version: 1.0"),
            400,
            id="unknown-version",
        ),
    ],
)
@in_a_loop
async def test_who_asks_otherwise_is_told(asked: bytes, status: int) -> None:
    cast = Cast({"x": (final(),)})
    async with mocked(cast) as mock:
        heard = Heard.of(await said(mock.port, asked))
        assert heard.status == status
        assert (await mock.ask(modern("x"), *of("x"))).status == 200
    assert len(cast.heard) == 1


@pytest.mark.parametrize(
    ("message", "headers"),
    [
        pytest.param(modern("x"), (), id="none"),
        pytest.param(modern("x"), of("y"), id="method"),
        pytest.param(modern("tools/call", name="a"), of("tools/call"), id="no-name"),
        pytest.param(modern("tools/call", name="a"), of("tools/call", "Mcp-Name: b"), id="name"),
    ],
)
@in_a_loop
async def test_headers_of_a_modern_request_are_those_of_its_body(
    message: Any, headers: tuple[str, ...]
) -> None:
    cast = Cast({"x": (final(),)})
    async with mocked(cast) as mock:
        heard = await mock.ask(message, *headers)
    assert (heard.status, heard.code, json.loads(heard.body)["id"]) == (400, -32020, 1)
    assert cast.heard == []


@in_a_loop
async def test_a_server_of_the_legacy_era_knows_no_such_headers() -> None:
    async with mocked(Cast({"server/discover": (final("{}"),)}), (Era.LEGACY,)) as mock:
        assert (await mock.ask(modern("server/discover"))).status == 200


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@in_a_loop
async def test_a_server_of_the_modern_era_is_posted_to_alone(method: str) -> None:
    async with mocked(Cast({}), (Era.MODERN,)) as mock:
        heard = await mock.get(method=method)
    assert (heard.status, heard.headers["allow"]) == (405, "POST")


# --- sessions -----------------------------------------------------------------------------------


@in_a_loop
async def test_each_session_has_its_player_until_it_is_ended() -> None:
    cast = Cast({"initialize": (final("{}"),), "x": (final("1"),)}, sessions=True)
    async with mocked(cast) as mock:
        for _ in range(2):
            await mock.ask(legacy("initialize"))
        assert (await mock.ask(legacy("x"), "Mcp-Session-Id: s2")).body == "1"
        assert (await mock.get("Mcp-Session-Id: s2", method="DELETE")).status == 200
        assert (await mock.ask(legacy("x"), "Mcp-Session-Id: s2")).status == 404
        assert (await mock.ask(legacy("x"), SESSION)).status == 200
    assert [[one["method"] for one in player.heard] for player in cast.made] == [
        ["initialize", "x"],
        ["initialize", "x"],
    ]


@in_a_loop
async def test_a_session_that_could_not_be_ended_cannot_be_ended() -> None:
    cast = Cast({"initialize": (final("{}"),), "x": (final("1"),)}, sessions=True)
    async with mocked(cast, site=Site(ended=405)) as mock:
        await mock.ask(legacy("initialize"))
        assert (await mock.get(SESSION, method="DELETE")).status == 405
        assert (await mock.ask(legacy("x"), SESSION)).status == 200


@in_a_loop
async def test_the_oldest_of_too_many_sessions_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mcpx.serving.mock.transports.http._MOST_SESSIONS", 1)
    cast = Cast({"initialize": (final("{}"),), "x": (final("1"),)}, sessions=True)
    async with mocked(cast) as mock:
        for _ in range(2):
            await mock.ask(legacy("initialize"))
        assert (await mock.ask(legacy("x"), SESSION)).status == 404
        assert (await mock.ask(legacy("x"), "Mcp-Session-Id: s2")).status == 200


@in_a_loop
async def test_a_server_without_sessions_knows_its_client_all_the_same() -> None:
    cast = Cast({"initialize": (final("{}"),), "x": (final("1"),)})
    async with mocked(cast) as mock:
        await mock.ask(legacy("initialize"))
        assert (await mock.ask(legacy("x"))).body == "1"
    assert len(cast.made) == 1


@in_a_loop
async def test_requests_of_the_modern_era_share_one_player() -> None:
    cast = Cast({"x": (final("1"),)})
    async with mocked(cast) as mock:
        for _ in range(2):
            await mock.ask(modern("x"), *of("x"), "Mcp-Session-Id: whatever")
    assert [len(one.heard) for one in cast.made] == [2]


# --- streams ------------------------------------------------------------------------------------


async def until(reader: asyncio.StreamReader, words: bytes) -> bytes:
    found = b""
    while words not in found:
        piece = await reader.read(1 << 16)
        assert piece, found
        found += piece
    return found


@in_a_loop
async def test_what_comes_unasked_comes_on_one_stream_and_goes_on_after_a_break() -> None:
    more = asyncio.Event()
    cast = Cast(
        {"initialize": (final("{}"),)}, (event("1"), more.wait, event("2"), for_ever), sessions=True
    )
    async with mocked(cast) as mock:
        await mock.ask(legacy("initialize"))
        asked = request(b"", "GET", "/mcp", SESSION)
        async with mock.open(asked) as reader:
            assert b"text/event-stream" in await until(reader, b"data: 1")
            assert (await mock.get(SESSION)).status == 409
        await mock.ask(legacy("y"), SESSION)
        more.set()
        async with mock.open(asked) as reader:
            assert b"data: 1" not in await until(reader, b"data: 2")


@in_a_loop
async def test_a_server_that_had_no_such_stream_has_none() -> None:
    cast = Cast({"initialize": (final("{}"),)}, sessions=True)
    async with mocked(cast, site=Site(listens=False)) as mock:
        await mock.ask(legacy("initialize"))
        heard = await mock.get(SESSION)
    assert (heard.status, heard.headers["allow"]) == (405, "POST, DELETE")


@pytest.mark.parametrize("breaks", [Finish.END, None], ids=["the-server", "the-client"])
@in_a_loop
async def test_a_stream_that_broke_off_is_resumed_behind_its_last_event(
    breaks: Finish | None,
) -> None:
    more = asyncio.Event()
    first = event("1", "e1", breaks=breaks)
    cast = Cast(
        {"initialize": (final("{}"),), "x": (first, more.wait, final("2", kind=EVENT_STREAM))},
        sessions=True,
    )
    async with mocked(cast, site=Site(listens=False)) as mock:
        await mock.ask(legacy("initialize"))
        body = json.dumps(legacy("x")).encode()
        async with mock.open(request(body, "POST", "/mcp", SESSION)) as reader:
            found = await until(reader, b"data: 1")
            if breaks:
                assert (found + await reader.read()).endswith(b"0\r\n\r\n")
        await mock.ask(legacy("y"), SESSION)
        more.set()
        heard = await mock.get(SESSION, "Last-Event-ID: e1")
        assert heard.body == "event: message\ndata: 2\n\n"
        assert (await mock.get(SESSION, "Last-Event-ID: e9")).status == 405
    assert cast.made[0].closed == ["initialize", "y", "x"]


@pytest.mark.parametrize("era", Era)
@in_a_loop
async def test_only_in_the_modern_era_who_leaves_cancels(era: Era) -> None:
    cast = Cast({"initialize": (final("{}"),), "x": (event("1"), for_ever)}, sessions=True)
    async with mocked(cast) as mock:
        await mock.ask(legacy("initialize"))
        is_modern = era is Era.MODERN
        body = json.dumps(modern("x") if is_modern else legacy("x")).encode()
        headers = of("x") if is_modern else (SESSION,)
        async with mock.open(request(body, "POST", "/mcp", *headers)) as reader:
            await until(reader, b"data: 1")
        if is_modern:
            await becomes(lambda: cast.made[-1].closed == ["x"])
        else:
            # Whoever comes after it was heard to leave.
            await mock.ask(legacy("y"), SESSION)
            assert cast.made[0].closed == ["initialize", "y"]


@in_a_loop
async def test_an_answer_that_broke_off_without_a_stream_breaks_off() -> None:
    async with mocked(Cast({"x": (Out(text="{", breaks=Finish.SERVER),)})) as mock:
        asked = request(json.dumps(modern("x")).encode(), "POST", "/mcp", *of("x"))
        assert await said(mock.port, asked) == b""


@in_a_loop
async def test_a_request_without_its_stamps_is_no_mismatch() -> None:
    cast = Cast({"x": (final(),)})
    async with mocked(cast) as mock:
        heard = await mock.ask(legacy("x"), *of("x"))
    assert (heard.status, heard.code, cast.heard) == (400, -32602, [])


@pytest.mark.parametrize(
    ("header", "code"),
    [
        pytest.param((), -32020, id="missing"),
        pytest.param(("Mcp-Param-Area: north",), -32020, id="another"),
        pytest.param(("Mcp-Param-Area: south",), None, id="the-same"),
    ],
)
@in_a_loop
async def test_arguments_are_what_their_headers_say(
    header: tuple[str, ...], code: int | None
) -> None:
    cast = Cast({"tools/call": (final("{}"),)})
    area = {"type": "string", "x-mcp-header": "Area"}
    cast.schemas["add"] = {"type": "object", "properties": {"area": area}}
    asked = modern("tools/call", name="add", arguments={"area": "south"})
    async with mocked(cast) as mock:
        heard = await mock.ask(asked, *of("tools/call", "Mcp-Name: add", *header))
    assert json.loads(heard.body).get("error", {}).get("code") == code


@in_a_loop
async def test_who_comes_again_is_not_sent_away_by_the_end_that_it_saw() -> None:
    script = (
        event("", "e1"),
        Out(text="", kind=EVENT_STREAM, breaks=Finish.END),
        final("2", kind=EVENT_STREAM),
    )
    async with mocked(
        Cast({"initialize": (final("{}"),), "x": script}, sessions=True), site=Site(listens=False)
    ) as mock:
        await mock.ask(legacy("initialize"))
        first = await mock.ask(legacy("x"), SESSION)
        assert (first.body.count("data:"), "e1" in first.body) == (1, True)
        again = await mock.get(SESSION, "Last-Event-ID: e1")
        assert "data: 2" in again.body


@pytest.mark.parametrize("version", ["zzz", VERSION, "x" * 9_000, "1.0", ""])
@pytest.mark.parametrize("headers", [(), (SESSION,)], ids=["no-session", "a-session"])
@in_a_loop
async def test_a_server_of_the_legacy_era_knows_its_versions_alone(
    version: str, headers: tuple[str, ...]
) -> None:
    cast = Cast({"initialize": (final("{}"),), "x": (final("1"),)}, sessions=True)
    async with mocked(cast, (Era.LEGACY,)) as mock:
        told = f"MCP-Protocol-Version: {version}"
        assert (await mock.ask(legacy("initialize"), told)).status == 200
        heard = await mock.ask(legacy("x"), told, *headers)
        assert (heard.status, heard.code) == (400, -32600)
        assert "2025-06-18" in heard.body
        said = await mock.ask(legacy("notifications/said", None), told, *headers)
        assert (said.status, said.code) == (400, -32600)
        right = await mock.ask(legacy("x"), "MCP-Protocol-Version: 2025-06-18", SESSION)
        assert right.body == "1"
    assert [one["method"] for one in cast.heard] == ["initialize", "x"]


@in_a_loop
async def test_what_is_said_in_a_version_that_is_not_spoken_is_refused() -> None:
    cast = Cast({})
    async with mocked(cast) as mock:
        heard = await mock.ask(legacy("notifications/said", None), "MCP-Protocol-Version: zzz")
    assert (heard.status, heard.code, cast.heard) == (400, -32022, [])
    data = json.loads(heard.body)["error"]["data"]
    assert data == {"supported": [VERSION], "requested": "zzz"}


@pytest.mark.parametrize(
    "version",
    [
        pytest.param((), id="none"),
        pytest.param(("MCP-Protocol-Version: 2025-06-18",), id="legacy"),
        pytest.param(("MCP-Protocol-Version: 1999-01-01",), id="nonsense"),
    ],
)
@pytest.mark.parametrize("message", [legacy("x"), legacy("said", None)], ids=["asks", "says"])
@in_a_loop
async def test_a_server_of_the_modern_era_alone_names_its_own_versions(
    version: tuple[str, ...], message: Any
) -> None:
    cast = Cast({})
    async with mocked(cast, (Era.MODERN,)) as mock:
        heard = await mock.ask(message, *version)
    assert (heard.status, heard.code, cast.heard) == (400, -32022, [])
    assert json.loads(heard.body)["error"]["data"]["supported"] == [VERSION]


@pytest.mark.parametrize(
    "body",
    [b"null", b"7", b'"x"', b"[]", b"{}", b'{"foo":1}', b'{"jsonrpc":"2.0","id":{},"method":"x"}'],
)
@pytest.mark.parametrize("era", Era)
@in_a_loop
async def test_what_is_no_message_is_refused(era: Era, body: bytes) -> None:
    recording = recorded() if era is Era.LEGACY else recorded_modern()
    players = Players(Tape.of(recording), Options(one_stream=False))
    async with served(Delivery(players), Site(), (era,)) as (url, ended):
        mock = Served(int(url.split(":")[2].partition("/")[0]), ended)
        headers: tuple[str, ...] = of("ping")
        if era is Era.LEGACY:
            opened = await mock.ask(initialize().value())
            headers = (f"Mcp-Session-Id: {opened.headers['mcp-session-id']}",)
        heard = await mock.ask(body, *headers)
    assert (heard.status, heard.code) == (400, -32600)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        pytest.param("application/json", 200, id="json"),
        pytest.param("Application/JSON; charset=utf-8", 200, id="with-its-charset"),
        pytest.param("text/plain", 415, id="text"),
        pytest.param("", 415, id="none"),
    ],
)
@in_a_loop
async def test_a_body_says_that_it_is_json(kind: str, status: int) -> None:
    asked = request(json.dumps(modern("x")).encode(), "POST", "/mcp", *of("x"))
    asked = asked.replace(b"Content-Type: application/json", f"Content-Type: {kind}".encode())
    async with mocked(Cast({"x": (final("{}"),)})) as mock:
        assert Heard.of(await said(mock.port, asked)).status == status
