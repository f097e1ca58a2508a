"""Which headers go on, and what becomes of those that name places."""

from __future__ import annotations

import pytest

from mcpx.operations.taps.http.heads import (
    Headers,
    Places,
    host_of,
    of_answer,
    of_request,
    origin_of,
    passed_on,
)

PLACES = Places("https://far.example/mcp", "http://localhost:8931")


def test_what_belongs_to_one_hop_stays_behind() -> None:
    given = [
        (b"Connection", b"keep-alive, X-Mine"),
        (b"x-mine", b"1"),
        (b"Keep-Alive", b"timeout=5"),
        (b"TE", b"trailers"),
        (b"Upgrade", b"h2c"),
        (b"Proxy-Authorization", b"Basic x"),
        (b"Accept", b"a"),
        (b"X-Twice", b"1"),
        (b"X-Twice", b"2"),
    ]
    assert passed_on(given) == [(b"Accept", b"a"), (b"X-Twice", b"1"), (b"X-Twice", b"2")]


def test_a_request_gets_the_host_and_origin_of_the_server_and_what_is_injected() -> None:
    given = [
        (b"Host", b"localhost:8931"),
        (b"authorization", b"Bearer theirs"),
        (b"Origin", b"http://localhost:6274"),
        (b"Content-Length", b"2"),
    ]
    found = of_request(given, b"far.example", b"https://far.example", [(b"Authorization", b"own")])
    assert found == [
        (b"Host", b"far.example"),
        (b"Origin", b"https://far.example"),
        (b"Content-Length", b"2"),
        (b"Authorization", b"own"),
    ]


@pytest.mark.parametrize("answer", [False, True], ids=["request", "answer"])
def test_of_two_lengths_only_the_chunks_go_on(answer: bool) -> None:
    given = [(b"Transfer-Encoding", b"chunked"), (b"Content-Length", b"7")]
    found = of_answer(given, PLACES, b"", False) if answer else of_request(given, b"h", b"", [])
    assert found[-1:] == [(b"Transfer-Encoding", b"chunked")]
    assert all(name.lower() != b"content-length" for name, _ in found)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param((b"Location", b"https://far.example/x?y#z"), b"http://localhost:8931/x?y#z"),
        pytest.param((b"Location", b"//far.example/x"), b"http://localhost:8931/x"),
        pytest.param((b"Location", b"/x"), b"/x"),
        pytest.param((b"Location", b"https://other.example/x"), b"https://other.example/x"),
        pytest.param((b"Location", b"http://[/"), b"http://[/"),
        pytest.param((b"Access-Control-Allow-Origin", b"https://far.example"), b"http://me:1"),
        pytest.param((b"Access-Control-Allow-Origin", b"*"), b"*"),
        pytest.param((b"WWW-Authenticate", b'Bearer x="https://far.example"'), None),
    ],
)
def test_an_answer_names_our_places(header: tuple[bytes, bytes], expected: bytes | None) -> None:
    found = of_answer([header], PLACES, b"http://me:1", ends=False)
    assert found == [(header[0], header[1] if expected is None else expected)]


def test_the_end_of_a_connection_is_told() -> None:
    closing: Headers = [(b"Connection", b"close")]
    assert of_answer([], PLACES, b"", ends=True) == closing
    assert of_request(closing, b"h", b"", []) == [(b"Host", b"h"), *closing]


@pytest.mark.parametrize(
    ("url", "host", "origin"),
    [
        ("http://far.example:80/x", "far.example", "http://far.example"),
        ("https://far.example:80/x", "far.example:80", "https://far.example:80"),
        ("http://[::1]:90/", "[::1]:90", "http://[::1]:90"),
        ("https://bücher.example/", "xn--bcher-kva.example", "https://xn--bcher-kva.example"),
    ],
)
def test_hosts_are_written_as_servers_expect_them(url: str, host: str, origin: str) -> None:
    assert (host_of(url), origin_of(url)) == (host, origin)


@pytest.mark.parametrize(
    ("reference", "path"),
    [
        ("/m?s=1#x", "/m?s=1"),
        ("m", "/m"),
        ("https://far.example/m", "/m"),
        ("https://other.example/m", ""),
    ],
)
def test_paths_of_endpoints(reference: str, path: str) -> None:
    assert PLACES.path(reference) == path
