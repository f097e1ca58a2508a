"""How the server behind the tap is reached."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from mcpx import web
from mcpx.errors import ConfigError, McpxError, RefusedError, ServerError, UsageError
from mcpx.operations.taps.http.upstream import Upstream, upstream_of
from mcpx.servers import ServerSpec, Transport
from tests.client.loops import in_a_loop
from tests.operations.taps.tapping import request, said, tapped
from tests.servers import bad_http, good_http
from tests.servers.http_tls import certificate


def upstream(url: str, **headers: str) -> Upstream:
    return upstream_of(ServerSpec("one", Transport.HTTP, url=url, headers=headers))


@pytest.mark.parametrize(
    ("url", "headers", "error"),
    [
        pytest.param("ftp://far.example", {}, UsageError, id="no http"),
        pytest.param("http://far.example/ä", {}, UsageError, id="not ascii"),
        pytest.param("http://a..example", {}, UsageError, id="no host"),
        pytest.param("http://far.example", {"Authorization": "x"}, RefusedError, id="in clear"),
        pytest.param("http://127.0.0.1", {"X-A": "a\nb"}, ConfigError, id="line break"),
        pytest.param("http://127.0.0.1", {"X-A": "ä"}, ConfigError, id="umlaut"),
    ],
)
def test_what_cannot_be_asked(url: str, headers: dict[str, str], error: type[McpxError]) -> None:
    with pytest.raises(error):
        upstream(url, **headers)


def test_a_user_in_the_url_is_sent_as_a_header_and_not_shown() -> None:
    found = upstream("https://me:p%40ss@far.example/mcp#x")
    assert found.headers == [(b"Authorization", b"Basic bWU6cEBzcw==")]
    assert found.url == "https://far.example/mcp"
    assert "p%40ss" not in found.shown


@pytest.mark.parametrize(
    ("path", "target"),
    [
        (b"/mcp", b"/mcp?key=1"),
        (b"/mcp?a=b", b"/mcp?key=1&a=b"),
        (b"/other?a=b", b"/other?a=b"),
    ],
)
def test_the_query_of_the_url_goes_along_to_its_place(path: bytes, target: bytes) -> None:
    assert upstream("http://127.0.0.1/mcp?key=1").target(path) == target


def test_a_client_sends_no_credentials_in_clear() -> None:
    far = upstream("http://far.example/mcp")
    far.guard([(b"Mcp-Session-Id", b"s"), (b"Accept", b"a")])
    with pytest.raises(RefusedError, match="Authorization is not sent over plain http"):
        far.guard([(b"Authorization", b"Bearer x")])
    upstream("https://far.example/mcp").guard([(b"Authorization", b"Bearer x")])


@pytest.mark.parametrize("trusted", [False, True])
@in_a_loop
async def test_tls_is_checked_against_the_authorities_of_the_environment(
    trusted: bool, tmp_path: Path
) -> None:
    with pytest.MonkeyPatch.context() as patch, bad_http.serve("self-signed") as server:
        if trusted:
            patch.setenv("SSL_CERT_FILE", str(certificate("loopback")))
        async with tapped(server.url, tmp_path) as tap:
            answer = await said(tap.port, request(b"{}", "POST", "/mcp"))
    words = b"cannot connect to " + server.url.encode() + b": its certificate is not valid"
    assert (words in answer) is not trusted


@contextlib.asynccontextmanager
async def proxy(answer: bytes, heard: list[bytes]) -> AsyncIterator[str]:
    """A proxy that answers CONNECT so, and then passes everything on."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            writer.write(data)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        if b" 200 " in answer:
            host, _, port = heard[0].split()[1].decode().rpartition(":")
            far, there = await asyncio.open_connection(host, int(port))
            await asyncio.gather(pump(reader, there), pump(far, writer))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://me:pw@127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize("works", [True, False])
@in_a_loop
async def test_a_proxy_of_the_environment_is_asked_for_a_tunnel(
    works: bool, tmp_path: Path
) -> None:
    answer = (
        b"HTTP/1.1 200 OK\r\n\r\n" if works else b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"
    )
    heard: list[bytes] = []
    with pytest.MonkeyPatch.context() as patch, good_http.serve() as server:
        async with proxy(answer, heard) as named:
            patch.setattr(web, "proxy_of", lambda _url: named)
            async with tapped(server.url, tmp_path) as tap:
                found = await said(tap.port, request(b"{}", "POST", "/mcp"))
        place = f"127.0.0.1:{server.listener.port}".encode()
    assert heard[0].startswith(b"CONNECT " + place + b" HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic bWU6cHc=" in heard[0].split(b"\r\n")
    assert (b"through the proxy of the environment: it answers http 407" in found) is not works
    assert len(server.requests) == works


@pytest.mark.parametrize("named", ["socks5://127.0.0.1:1", "https://proxy.example"])
def test_other_proxies_are_refused(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "proxy_of", lambda _url: named)
    with pytest.raises(ConfigError, match="through a proxy that cannot be used here"):
        upstream("https://far.example/mcp")


@in_a_loop
async def test_a_host_that_does_not_exist_is_told() -> None:
    with pytest.raises(
        ServerError, match=r"cannot connect to http://no\.invalid/mcp: no such host"
    ):
        await upstream("http://no.invalid/mcp").connect()


def test_headers_have_any_case(tmp_path: Path) -> None:
    given: dict[str, Any] = {"authorization": "Bearer own"}
    found = upstream("https://me:pw@far.example/mcp", **given)
    assert found.headers == [(b"authorization", b"Bearer own")]
