from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from mcpx.client.eras import Opening
from mcpx.client.eras.legacy import Legacy
from mcpx.client.eras.modern import Modern
from mcpx.client.negotiation import http as negotiation
from mcpx.errors import Fault, RefusedError, ServerError
from mcpx.retry import Budget, Retries
from mcpx.servers import Era, ServerSpec, Transport
from tests.client.loops import in_a_loop
from tests.client.sites import (
    Play,
    Site,
    answers,
    connected,
    in_turn,
    only,
    responds,
    result_of,
    seen,
    site,
    spec_of,
    streams,
)
from tests.servers.http_wire import Listener

HANDSHAKE = ["server/discover", "initialize", "notifications/initialized"]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """For servers that are silent: one that answers must not be asked twice on a busy machine."""
    monkeypatch.setattr("mcpx.client.negotiation.PROBE", 0.15)


def at_once(**more: Any) -> Retries:
    return Retries(uniform=lambda _least, _most: 0.0, **more)


def errs(code: int, status: int = 200, **members: Any) -> Play:
    """Answers with this error."""

    def play(_site: Site, exchange: Any) -> None:
        error = {"code": code, "message": "no", **members}
        frame = {"jsonrpc": "2.0", "id": exchange.request.message["id"], "error": error}
        exchange.answer(frame, status)

    return play


def supports(*versions: str) -> dict[str, Any]:
    return {"data": {"supported": list(versions)}}


async def opened(served: Any, era: Era | None = None, **terms: Any) -> tuple[Era, str]:
    """In which era and version a conversation was opened."""
    terms = {"retries": at_once(), **terms}
    async with connected(served, era, **terms) as connection:
        return connection.opening.era, connection.opening.version


async def refused(served: Any, era: Era | None = None, **terms: Any) -> ServerError:
    with pytest.raises(ServerError) as failed:
        await opened(served, era, **terms)
    return failed.value


@pytest.mark.parametrize(
    ("options", "asked", "era", "methods"),
    [
        pytest.param({}, None, Era.MODERN, ["server/discover"], id="both"),
        pytest.param({"era": "modern"}, None, Era.MODERN, ["server/discover"], id="modern"),
        pytest.param({"era": "legacy"}, None, Era.LEGACY, HANDSHAKE, id="legacy"),
        pytest.param({}, Era.LEGACY, Era.LEGACY, HANDSHAKE[1:], id="asked for legacy"),
        pytest.param({}, Era.MODERN, Era.MODERN, ["server/discover"], id="asked for modern"),
    ],
)
@in_a_loop
async def test_which_era_it_is(
    options: dict[str, Any], asked: Era | None, era: Era, methods: list[str]
) -> None:
    with site(sessions=False, **options) as served:
        found, version = await opened(served, asked)
        assert seen(served) == methods
    assert found is era
    assert version == {Era.MODERN: "2026-07-28", Era.LEGACY: "2025-11-25"}[era]


@in_a_loop
async def test_the_probe_says_who_asks() -> None:
    with site() as served:
        await opened(served)
        (probe,) = served.requests
        assert probe.headers["mcp-protocol-version"] == "2026-07-28"
        assert probe.headers["mcp-method"] == "server/discover"
        assert "mcp-name" not in probe.headers
        meta = probe.message["params"]["_meta"]
        assert meta["io.modelcontextprotocol/protocolVersion"] == "2026-07-28"
        assert meta["io.modelcontextprotocol/clientInfo"]["name"] == "mcpx"


# A server that knows the handshake may answer the probe as it likes (2026-07-28,
# basic/transports/streamable-http, "Backward Compatibility").
@pytest.mark.parametrize(
    "probe",
    [
        pytest.param(responds(400), id="400"),
        pytest.param(responds(400, b'{"error": "no session"}'), id="400 with JSON"),
        pytest.param(responds(400, b"<p>", "text/html"), id="400 with html"),
        pytest.param(responds(404), id="404"),
        pytest.param(responds(405), id="405"),
        pytest.param(responds(406), id="406"),
        pytest.param(responds(415), id="415"),
        pytest.param(responds(500), id="500"),
        pytest.param(responds(202), id="202"),
        pytest.param(responds(200, b"<p>", "text/html"), id="200 with html"),
        pytest.param(responds(200, b"{"), id="200 with half of it"),
        pytest.param(errs(-32601), id="-32601"),
        pytest.param(errs(-32601, 404), id="404 and -32601"),
        pytest.param(errs(-32000, 400), id="400 and -32000"),
        pytest.param(errs(-32600, 400), id="400 and -32600"),
        pytest.param(errs(-32022, 400, **supports("2025-06-18")), id="-32022 with legacy"),
        pytest.param(answers({}), id="an empty result"),
        pytest.param(answers([]), id="a result that is no object"),
    ],
)
@in_a_loop
async def test_what_leaves_the_handshake_open(probe: Play) -> None:
    with site({"server/discover": probe}, sessions=False) as served:
        assert await opened(served) == (Era.LEGACY, "2025-11-25")
        assert seen(served) == HANDSHAKE


@pytest.mark.parametrize(
    ("probe", "fault", "words"),
    [
        pytest.param(
            errs(-32022, 400, **supports("2027-01-01")),
            Fault.VERSION,
            "speaks MCP 2027-01-01, which mcpx does not",
            id="later versions",
        ),
        pytest.param(errs(-32021, 400), Fault.PROTOCOL, "error -32021: no", id="capability"),
        pytest.param(errs(-32020, 400), Fault.PROTOCOL, "error -32020: no", id="header"),
        pytest.param(responds(401), Fault.AUTH, "HTTP 401", id="401"),
        pytest.param(responds(403), Fault.AUTH, "HTTP 403", id="403"),
        pytest.param(responds(429, Retry_After="90"), Fault.THROTTLED, "HTTP 429", id="429"),
    ],
)
@in_a_loop
async def test_what_is_not_answered_with_the_handshake(
    probe: Play, fault: Fault, words: str
) -> None:
    with site({"server/discover": probe}) as served:
        error = await refused(served)
        assert seen(served) == ["server/discover"]
    assert error.fault is fault
    assert words in error.message


@in_a_loop
async def test_a_version_that_both_speak_is_tried_again() -> None:
    probe = in_turn(errs(-32022, 400, **supports("2025-11-25", "2026-07-28")), None)
    with site({"server/discover": probe}) as served:
        assert await opened(served) == (Era.MODERN, "2026-07-28")
        assert seen(served) == ["server/discover"] * 2


@in_a_loop
async def test_a_handshake_that_is_refused_for_a_modern_version_leads_there() -> None:
    plays = {"server/discover": in_turn(responds(500), None)}
    with site(plays, era="modern") as served:
        assert await opened(served) == (Era.MODERN, "2026-07-28")
        assert seen(served) == ["server/discover", "initialize", "server/discover"]


def says(code: int, **members: Any) -> bytes:
    """The body of an HTTP error that explains itself in JSON-RPC."""
    error = {"code": code, "message": "no", **members}
    return json.dumps({"jsonrpc": "2.0", "id": None, "error": error}).encode()


@pytest.mark.parametrize(
    "body", [pytest.param(b"", id="no body"), pytest.param(says(-32000), id="a JSON-RPC error")]
)
@pytest.mark.parametrize("status", [400, 404, 405])
@in_a_loop
async def test_the_old_transport_where_no_post_is_taken(status: int, body: bytes) -> None:
    with site(old=True) as served:
        honest = served.site.play

        def play(exchange: Any) -> None:
            if (exchange.request.method, exchange.request.path) == ("POST", "/sse"):
                exchange.respond(status, body, "application/json")
            else:
                honest(exchange)

        served.listener._play = play
        spec = spec_of(served, transport=Transport.HTTP)
        assert await opened(served, spec=spec) == (Era.LEGACY, "2025-11-25")
        hops = [(one.method, one.path, one.rpc) for one in served.requests]
        assert hops == [
            ("POST", "/sse", "server/discover"),
            ("POST", "/sse", "initialize"),
            ("GET", "/sse", ""),
            ("POST", "/messages", "initialize"),
            ("POST", "/messages", "notifications/initialized"),
        ]


@pytest.mark.parametrize(
    ("status", "gets"),
    [(400, 1), (404, 1), (405, 1), (401, 0), (403, 0), (500, 0), (415, 0), (422, 0)],
)
@in_a_loop
async def test_why_the_old_transport_is_tried_and_what_is_told_when_it_is_none(
    status: int, gets: int
) -> None:
    with site({"POST": responds(status), "GET": responds(404)}) as served:
        error = await refused(served)
        assert served.count("GET") == gets
    assert error.evidence.status == status
    assert f"HTTP {status}" in error.message
    assert error.fault is (Fault.AUTH if status in (401, 403) else Fault.HTTP)


def silent_stream(_site: Site, exchange: Any) -> None:
    exchange.stream()
    exchange.rest(30)


@pytest.mark.parametrize(
    "get",
    [
        pytest.param(responds(405), id="405"),
        pytest.param(responds(200, b"<p>", "text/html"), id="a page"),
        pytest.param(streams(), id="a stream that ends"),
        pytest.param(silent_stream, id="a stream that says nothing"),
    ],
)
@in_a_loop
async def test_a_refused_handshake_is_told_where_there_is_no_old_transport(
    get: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(negotiation, "ENDPOINT", 0.8)
    plays = {"server/discover": responds(404), "initialize": errs(-32602, 400), "GET": get}
    with site(plays) as served:
        error = await refused(served)
        assert served.count("GET") == 1
    assert error.message == "one: answered initialize with error -32602: no"


@pytest.mark.parametrize(
    ("status", "code", "members"),
    [
        pytest.param(400, -32020, {}, id="header"),
        pytest.param(400, -32021, {}, id="capability"),
        pytest.param(404, -32022, {}, id="version"),
        pytest.param(400, -32602, supports("2027-01-01"), id="names its versions"),
        pytest.param(422, -32000, {}, id="another status"),
        pytest.param(200, -32000, {}, id="no HTTP error"),
    ],
)
@in_a_loop
async def test_what_is_no_word_of_the_old_transport(
    status: int, code: int, members: dict[str, Any]
) -> None:
    plays = {"server/discover": responds(500), "initialize": errs(code, status, **members)}
    with site(plays) as served:
        await refused(served)
        assert served.count("GET") == 0


@pytest.mark.parametrize("seconds", [0.0, 0.25], ids=["at once", "after a while"])
@pytest.mark.usefixtures("impatient")
@in_a_loop
async def test_a_server_of_the_old_transport_may_be_slow(seconds: float) -> None:
    def refuses(_site: Site, exchange: Any) -> None:
        exchange.rest(seconds)
        exchange.respond(405)

    plays = {"server/discover": refuses, "initialize": refuses}
    with site(old=True) as served:
        honest = served.site.play

        def play(exchange: Any) -> None:
            if (exchange.request.method, exchange.request.path) == ("POST", "/sse"):
                plays[exchange.request.rpc](served.site, exchange)
            else:
                honest(exchange)

        served.listener._play = play
        spec = spec_of(served, transport=Transport.HTTP)
        assert await opened(served, spec=spec) == (Era.LEGACY, "2025-11-25")


@in_a_loop
async def test_what_is_wrong_with_the_old_transport_is_told_once_it_has_begun() -> None:
    def elsewhere(_site: Site, exchange: Any) -> None:
        exchange.stream()
        exchange.event("http://127.0.0.1:1/messages", kind="endpoint")
        exchange.rest()

    with site({"POST": responds(405), "GET": elsewhere}) as served:
        error = await refused(served)
    assert error.fault is Fault.INVALID_RESPONSE
    assert "its endpoint leads to another origin" in error.message


@in_a_loop
async def test_the_old_transport_may_be_asked_for() -> None:
    with site(old=True) as served:
        assert await opened(served) == (Era.LEGACY, "2025-11-25")
        assert seen(served) == ["GET", "initialize", "notifications/initialized"]


@in_a_loop
async def test_the_modern_era_is_not_looked_for_on_the_old_transport() -> None:
    with site(old=True) as served:
        error = await refused(served, Era.MODERN)
        assert seen(served) == ["server/discover", "GET"]
    words = "one: does not speak the modern era, but the legacy one over HTTP+SSE"
    assert (error.fault, error.message) == (Fault.VERSION, words)
    assert "--era legacy" in error.hint


@pytest.mark.parametrize(
    ("asked", "speaks", "message"),
    [
        (Era.LEGACY, "modern", "one: does not speak the legacy era, but MCP 2026-07-28"),
        (Era.MODERN, "legacy", "one: does not speak the modern era"),
    ],
)
@in_a_loop
async def test_the_wrong_era_is_named(asked: Era, speaks: str, message: str) -> None:
    with site(era=speaks) as served:
        error = await refused(served, asked)
        assert len(served.requests) == 1
    assert (error.fault, error.message) == (Fault.VERSION, message)


# Silence.


def later(seconds: float) -> Play:
    def play(site: Site, exchange: Any) -> None:
        if not exchange.rest(seconds):
            site.honest(exchange)

    return play


@pytest.mark.usefixtures("impatient")
@in_a_loop
async def test_silence_at_the_probe_gets_the_handshake_too() -> None:
    with site({"server/discover": later(30)}) as served:
        began = time.monotonic()
        assert await opened(served) == (Era.LEGACY, "2025-11-25")
        assert time.monotonic() - began < 2.0
        assert seen(served)[:3] == HANDSHAKE


@pytest.mark.usefixtures("impatient")
@in_a_loop
async def test_a_slow_modern_server_is_not_taken_for_legacy() -> None:
    with site({"server/discover": later(0.3), "initialize": later(30)}) as served:
        assert await opened(served) == (Era.MODERN, "2026-07-28")


@pytest.mark.usefixtures("impatient")
@in_a_loop
async def test_a_slow_modern_server_that_refuses_the_handshake() -> None:
    with site({"server/discover": later(0.3)}, era="modern") as served:
        assert await opened(served) == (Era.MODERN, "2026-07-28")
        assert seen(served) == ["server/discover", "initialize"]


@pytest.mark.parametrize("apart", [False, True], ids=["together", "apart"])
@pytest.mark.parametrize("first", ["server/discover", "initialize"])
@pytest.mark.usefixtures("impatient")
@in_a_loop
async def test_whoever_wins_alone_is_begun(first: str, apart: bool) -> None:
    gate = threading.Barrier(2)

    def play(site: Site, exchange: Any) -> None:
        gate.wait(5)
        if apart and exchange.request.rpc != first:
            exchange.rest(0.05)
        site.honest(exchange)

    plays = {"server/discover": play, "initialize": play}
    with site(plays, sessions=True) as served:
        async with connected(served, listening=True) as connection:
            era = connection.opening.era
            assert "tools" in await connection.request("tools/list")
            for _ in range(500):  # the stream is begun beside the requests
                if era is Era.MODERN or "GET" in seen(served):
                    break
                await asyncio.sleep(0.01)
        asked = only(served, "tools/list")
        told = {"GET", "DELETE", "notifications/initialized"} & set(seen(served))
    if apart:
        assert era is (Era.MODERN if first == "server/discover" else Era.LEGACY)
    legacy = era is Era.LEGACY
    assert connection.peer.answers is legacy
    assert ("mcp-session-id" in asked.headers) is legacy
    assert asked.headers["mcp-protocol-version"] == connection.opening.version
    # A handshake that was answered too late has begun a session all the same, which is ended.
    told -= set() if legacy or apart else {"DELETE"}
    assert told == ({"GET", "DELETE", "notifications/initialized"} if legacy else set())


@pytest.mark.usefixtures("impatient")
@in_a_loop
async def test_both_answers_at_once_are_a_modern_server(monkeypatch: pytest.MonkeyPatch) -> None:
    both = asyncio.Event()
    asking: list[str] = []

    def held(one: type[Legacy] | type[Modern]) -> None:
        asks = one.open

        async def asks_and_waits(self: Any, peer: Any) -> Opening:
            opening: Opening = await asks(self, peer)
            asking.append(one.__name__)
            if len(asking) == 2:
                both.set()
            await both.wait()
            return opening

        monkeypatch.setattr(one, "open", asks_and_waits)

    held(Legacy)
    held(Modern)
    with site(sessions=True) as served:
        async with connected(served, listening=True) as connection:
            assert connection.opening.era is Era.MODERN
            assert connection.peer.answers is False
            await connection.request("tools/list")
            (begun,) = served.site.sessions
        assert seen(served) == ["server/discover", "initialize", "tools/list", "DELETE"]
        assert "mcp-session-id" not in only(served, "tools/list").headers
        assert only(served, "DELETE").headers["mcp-session-id"] == begun


@pytest.mark.parametrize(
    ("probe", "fault", "words"),
    [
        pytest.param(responds(401), Fault.AUTH, "HTTP 401", id="401"),
        pytest.param(errs(-32021, 400), Fault.PROTOCOL, "error -32021: no", id="capability"),
    ],
)
@pytest.mark.usefixtures("impatient")
@in_a_loop
async def test_what_closes_the_handshake_is_told_although_it_hangs(
    probe: Play, fault: Fault, words: str
) -> None:
    def slowly(site: Site, exchange: Any) -> None:
        exchange.rest(0.3)
        probe(site, exchange)

    with site({"server/discover": slowly, "initialize": later(30)}) as served:
        began = time.monotonic()
        error = await refused(served)
        assert time.monotonic() - began < 2.0
        assert seen(served) == ["server/discover", "initialize"]
    assert error.fault is fault
    assert words in error.message


@pytest.mark.usefixtures("impatient")
@in_a_loop
async def test_silence_at_both_ends_with_the_deadline() -> None:
    with site({"POST": later(30)}) as served:
        began = time.monotonic()
        error = await refused(served, deadline=0.4)
        assert time.monotonic() - began < 2.0
    assert error.fault is Fault.TIMEOUT
    assert "no answer to initialize and 1 more request within 0.4 s" in error.message


@in_a_loop
async def test_time_to_open_and_to_ask_is_one() -> None:
    plays = {"server/discover": later(0.2), "tools/list": later(30)}
    with site(plays) as served:
        began = time.monotonic()
        async with connected(served, Era.MODERN, deadline=0.4) as connection:
            with pytest.raises(ServerError) as failed:
                async with connection.in_time() as errand:
                    await errand.request("tools/list")
        assert 0.3 < time.monotonic() - began < 2.0
    assert failed.value.message == "one: no answer to tools/list within 0.4 s"


# What passes.


def told() -> tuple[list[tuple[int, float]], Retries]:
    """Repeats at once; the number of each attempt and the seconds before it."""
    heard: list[tuple[int, float]] = []
    return heard, at_once(told=lambda _error, attempt, wait: heard.append((attempt, wait)))


@contextlib.contextmanager
def up_after(attempts: int) -> Iterator[tuple[ServerSpec, list[int], Any]]:
    """A server that begins to listen once it has been called for this often."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = free.getsockname()
    site = Site({})
    running: list[Listener] = []
    heard: list[int] = []

    def hear(_error: Any, attempt: int, _wait: float) -> None:
        heard.append(attempt)
        if attempt == attempts + 1:
            listener = Listener.__new__(Listener)
            create = socket.create_server
            socket.create_server = lambda _address, **more: create(address, **more)
            try:
                listener.__init__(site.play)
            finally:
                socket.create_server = create
            running.append(listener)

    spec = ServerSpec("one", Transport.HTTP, url=f"http://127.0.0.1:{address[1]}/mcp")
    try:
        yield spec, heard, hear
    finally:
        site.closing.set()
        for one in running:
            one.close()


@pytest.mark.parametrize("attempts", [1, 2])
@in_a_loop
async def test_a_server_that_is_not_up_yet_is_waited_for(attempts: int) -> None:
    with up_after(attempts) as (spec, heard, hear):
        found = await opened(None, spec=spec, retries=at_once(told=hear))
        assert found == (Era.MODERN, "2026-07-28")
        assert heard == list(range(2, attempts + 2))


@in_a_loop
async def test_a_server_that_stays_down_is_asked_three_times() -> None:
    heard, retries = told()
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}/mcp"
    error = await refused(None, spec=ServerSpec("one", Transport.HTTP, url=url), retries=retries)
    assert error.fault is Fault.CONNECT
    assert heard == [(2, 0.0), (3, 0.0)]


@pytest.mark.parametrize("status", [502, 503, 504])
@in_a_loop
async def test_a_gateway_that_has_no_server_yet_says_nothing_of_the_era(status: int) -> None:
    with site({"POST": in_turn(responds(status), responds(status), None)}) as served:
        assert await opened(served) == (Era.MODERN, "2026-07-28")
        assert seen(served) == ["server/discover"] * 3


@in_a_loop
async def test_too_many_requests_are_tried_again_when_the_server_says() -> None:
    heard, retries = told()
    with site({"server/discover": in_turn(responds(429, Retry_After="0"), None)}) as served:
        assert await opened(served, retries=retries) == (Era.MODERN, "2026-07-28")
        assert seen(served) == ["server/discover"] * 2
    assert heard == [(2, 0.0)]


@pytest.mark.parametrize("after", ["61", "3600", "Thu, 31 Dec 2099 23:59:59 GMT"])
@in_a_loop
async def test_too_long_a_wait_is_told_at_once(after: str) -> None:
    heard, retries = told()
    with site({"server/discover": responds(429, Retry_After=after)}) as served:
        began = time.monotonic()
        error = await refused(served, retries=retries)
        assert time.monotonic() - began < 1.0
        assert len(served.requests) == 1
    assert heard == []
    assert error.fault is Fault.THROTTLED
    assert error.hint.startswith("try again in ")


@in_a_loop
async def test_no_wait_goes_beyond_the_deadline() -> None:
    with site({"server/discover": responds(429, Retry_After="5")}) as served:
        error = await refused(served, deadline=2.0)
        assert len(served.requests) == 1
    assert error.evidence.retry_after == 5.0


@in_a_loop
async def test_an_empty_budget_repeats_nothing() -> None:
    with site({"server/discover": responds(429, Retry_After="0")}) as served:
        error = await refused(served, retries=at_once(budget=Budget(tokens=0.5)))
        assert len(served.requests) == 1
    assert error.fault is Fault.THROTTLED


@in_a_loop
async def test_credentials_are_refused_before_anything_is_sent() -> None:
    headers = {"Authorization": "Bearer abc"}
    spec = ServerSpec("one", Transport.HTTP, url="http://example.com/mcp", headers=headers)
    with pytest.raises(RefusedError, match="Authorization is not sent over plain http"):
        await opened(None, spec=spec)


@pytest.mark.usefixtures("impatient")
@in_a_loop
async def test_nothing_is_left_open() -> None:
    gone = threading.Event()

    def rests(_site: Site, exchange: Any) -> None:
        exchange.rest(10)
        gone.set()

    with site({"server/discover": rests}) as served:
        await opened(served)
        assert gone.wait(2)


@pytest.mark.usefixtures("impatient")
@in_a_loop
async def test_an_answer_to_the_probe_that_comes_too_late_is_no_trouble() -> None:
    def discovers(site: Site, exchange: Any) -> None:
        exchange.rest(0.3)
        exchange.answer(result_of(exchange, {"supportedVersions": ["2026-07-28"]}))

    with site({"server/discover": discovers}) as served:
        async with connected(served) as connection:
            assert connection.opening.era is Era.LEGACY
            await connection.request("ping")
            assert "tools" in await connection.request("tools/list")
