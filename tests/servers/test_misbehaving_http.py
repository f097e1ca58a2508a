"""What the HTTP servers of this folder really do, seen raw: the bytes that they send."""

from __future__ import annotations

import gzip
import json
import re
import socket
import ssl
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.servers import bad_http

HERE = Path(__file__).parent
META = "io.modelcontextprotocol/"
ENVELOPE = {f"{META}protocolVersion": "2026-07-28", f"{META}clientCapabilities": {}}
INITIALIZE = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "test", "version": "1"},
}
ECHO = rb'"tools": \[\{"name": "echo"'
NOTHING = rb""


def frame(method: str, modern: bool = True) -> bytes:
    params = INITIALIZE if method == "initialize" else {"_meta": ENVELOPE} if modern else {}
    message = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}
    if method.startswith("notifications/"):
        del message["id"]
    return json.dumps(message).encode()


def request_of(
    url: str, what: str, modern: bool = True, headers: tuple[tuple[str, str], ...] = ()
) -> bytes:
    """One HTTP request: a GET, a DELETE, or the POST of a JSON-RPC method."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    verb, body = (what, b"") if what in ("GET", "DELETE") else ("POST", frame(what, modern))
    modern_headers = (("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", what))
    lines = [
        f"{verb} {target} HTTP/1.1",
        f"Host: {parts.netloc}",
        "Accept: text/event-stream, application/json",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in (*headers, *(modern_headers if modern else ()))),
        "Connection: close",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def heard(
    url: str,
    what: str = "tools/list",
    modern: bool = True,
    *,
    most: int = 200_000,
    enough: Callable[[bytes], bool] = lambda _: False,
    seconds: float = 0.4,
    headers: tuple[tuple[str, str], ...] = (),
) -> bytes:
    """All that comes back until it is enough, or silence of ``seconds``, or the end."""
    parts = urlsplit(url)
    came = bytearray()
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as connection:
        connection.sendall(request_of(url, what, modern, headers))
        connection.settimeout(seconds)
        try:
            while len(came) < most and (data := connection.recv(1 << 16)):
                came += data
                if enough(came):
                    break
        except (TimeoutError, ConnectionResetError):
            pass
    return bytes(came)


def body_of(response: bytes) -> bytes:
    """The body of a response, without its chunks."""
    head, _, body = response.partition(b"\r\n\r\n")
    if b"Transfer-Encoding: chunked" not in head:
        return body
    whole = b""
    while body and (size := int(body.partition(b"\r\n")[0], 16)):
        body = body.partition(b"\r\n")[2]
        whole, body = whole + body[:size], body[size + 2 :]
    return whole


def plain(response: bytes) -> Any:
    return json.loads(body_of(response))


def modes() -> list[str]:
    script = [sys.executable, str(HERE / "bad_http.py"), "--list"]
    listed = subprocess.run(script, capture_output=True, check=True, text=True).stdout
    return [line.split()[0] for line in listed.splitlines()]


OK = rb"HTTP/1\.1 200 OK\r\n"
STREAM = OK + rb"Content-Type: text/event-stream\r\n"
HONEST = OK + rb".*" + ECHO


def status(number: int, body: bytes = NOTHING) -> bytes:
    return rb"HTTP/1\.1 %d .*\r\n\r\n%s" % (number, body)


def moved(number: int, location: bytes) -> bytes:
    return rb"HTTP/1\.1 %d [^\r]*\r\n(?:[^\r]+\r\n)*Location: %s\r\n" % (number, location)


def to_elsewhere(number: int, path: bytes = b"/mcp") -> bytes:
    return moved(number, rb"http://127\.0\.0\.1:\d+" + path)


# Modes that answer at once: what comes back for tools/list (or what the third member names), from
# its first byte to its last.
ANSWERS: tuple[tuple[str, bytes] | tuple[str, bytes, str], ...] = (
    *((f"{number}", status(number)) for number in bad_http.http_statuses.STATUSES),
    *((f"{number}-html", status(number, rb"<!doc.*")) for number in (400, 403, 404, 500, 502, 503)),
    *(
        (f"{number}-rpc", status(number, rb'.*-32603, "message": "the database is down"\}\}'))
        for number in (400, 401, 404, 429, 500, 503)
    ),
    *((f"{number}-later", status(number)) for number in (400, 401, 404, 405, 500, 503)),
    ("401-challenge", rb'.* 401 .*resource_metadata="http://127\.0\.0\.1:\d+/\.well-known/.*'),
    ("403-scope", rb'.* 403 .*WWW-Authenticate: Bearer error="insufficient_scope", scope="t.*'),
    ("429-once", status(429)),
    ("429-seconds", rb".* 429 .*\r\nRetry-After: 1\r\n\r\n"),
    ("429-date", rb".* 429 .*\r\nRetry-After: \w{3}, \d\d \w{3} 20.* GMT\r\n\r\n"),
    ("429-past", rb".* 429 .*\r\nRetry-After: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n"),
    ("503-seconds", rb".* 503 .*\r\nRetry-After: 1\r\n\r\n"),
    ("502-once", status(502)),
    ("500-once", status(500)),
    ("429-zero", rb".* 429 .*\r\nRetry-After: 0\r\n\r\n"),
    ("429-day", rb".* 429 .*\r\nRetry-After: 86400\r\n\r\n"),
    ("429-huge", rb".* 429 .*\r\nRetry-After: 9{400}\r\n\r\n"),
    ("429-far-date", rb".* 429 .*\r\nRetry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n\r\n"),
    ("429-garbage", rb".* 429 .*\r\nRetry-After: -1, nan; soon\r\n\r\n"),
    ("429-nan", rb".* 429 .*\r\nRetry-After: nan\r\n\r\n"),
    ("429-negative", rb".* 429 .*\r\nRetry-After: -5\r\n\r\n"),
    ("404-in-session", status(404, rb'.*"code": -32601.*')),
    ("probe-500", status(500, rb"<!doc.*"), "server/discover"),
    ("initialized-500", status(500), "notifications/initialized"),
    ("get-500", status(500), "GET"),
    ("delete-500", status(500), "DELETE"),
    ("html", OK + rb"Content-Type: text/html\r\n.*<title>Sign in.*"),
    ("no-content-type", OK + rb"Content-Length: \d+\r\n\r\n.*" + ECHO + rb".*"),
    (
        "content-type-odd",
        OK + rb".*: Application/JSON;charset=UTF-8\r\n.*" + ECHO + b".*",
    ),
    ("text-plain", OK + rb"Content-Type: text/plain\r\n.*hello there"),
    ("202", status(202)),
    ("204", rb"HTTP/1\.1 204 No Content\r\n\r\n"),
    ("206", status(206, rb'\{"jsonrpc"')),
    ("empty-json", OK + rb"Content-Type: application/json\r\nContent-Length: 0\r\n\r\n"),
    ("bad-json", OK + rb'.*\{"jsonrpc": "2.0".*[^}]'),
    ("nan", OK + rb'.*"score": NaN\}\}'),
    ("invalid-utf8", OK + rb".*Gi\xff\xfe the text back.*"),
    ("json-bom", OK + rb'.*\r\n\r\n\xef\xbb\xbf\{"jsonrpc".*'),
    ("json-utf16", OK + rb".*charset=utf-16\r\n.*\r\n\r\n\xff\xfe\{\x00.*"),
    ("json-array", OK + rb'.*\r\n\r\n\[\{"jsonrpc".*\]'),
    ("json-empty-array", status(200, rb"\[\]")),
    ("json-null", status(200, rb"null")),
    ("json-two", OK + rb'.*\}\n\{"jsonrpc".*'),
    ("wrong-id", OK + rb'.*"id": 987654321, .*' + ECHO + rb".*"),
    ("other-id", OK + rb'.*"id": 6, .*' + ECHO + rb".*"),
    ("string-id", OK + rb'.*"id": "7", .*' + ECHO + rb".*"),
    ("request-as-answer", OK + rb'.*"id": 7, "method": "roots/list"\}'),
    ("notification-as-answer", OK + rb'.*\r\n\r\n[^"]*"jsonrpc": "2.0", "method": "not.*'),
    ("result-is-array", OK + rb'.*"result": \[1, 2\]\}'),
    ("escapes", status(500, rb"\x1b\]0;owned\x07\x1b\[2J\xe2\x80\xae::error::.*\x9b31m")),
    ("gzip-broken", OK + rb'.*Content-Encoding: gzip\r\n\r\n\{"jsonrpc".*'),
    ("brotli", OK + rb".*Content-Encoding: br\r\n\r\n\x8b.*"),
    ("cut-before-headers", NOTHING),
    ("cut-list", NOTHING),
    ("reset-list", NOTHING),
    ("cut-once", NOTHING),
    ("cut-in-headers", OK + rb"Content-Ty"),
    ("cut-in-body", OK + rb'.*\{"jsonrpc".*[^}]'),
    ("cut-in-chunk", OK + rb'.*\r\n\r\n[0-9a-f]+\r\n\{"jsonrpc".*[^}\n]'),
    ("cut-half-event", STREAM + rb".*data: .*[^}]\r\n"),
    ("chunk-broken", OK + rb".*\r\n\r\nzz\r\n\{.*"),
    ("chunk-huge", OK + rb".*\r\n\r\n8000000000000000\r\n\{"),
    ("length-negative", OK + rb".*Content-Length: -1\r\n\r\n\{.*"),
    ("length-twice", OK + rb".*Content-Length: \d\d+\r\nContent-Length: 5\r\n\r\n\{.*"),
    ("close-delimited", OK + rb"[^{]*Connection: close\r\n\r\n.*" + ECHO + rb".*"),
    ("http-1.0", rb"HTTP/1\.0 200 OK\r\n.*" + ECHO + rb".*"),
    ("100-continue", rb"HTTP/1\.1 100 Continue\r\n\r\nHTTP/1\.1 103 Early.*" + HONEST + rb".*"),
    ("101", rb"HTTP/1\.1 101 Switching Protocols\r\n.*\x81\x05hello"),
    ("status-999", status(999, rb"what")),
    ("status-garbage", rb"HTTP/1\.1 twohundred OK\r\n.*"),
    ("header-escape", rb"HTTP/1\.1 401 .*realm=\x1b\]0;owned\x07\r\n.*"),
    ("header-no-colon", OK + rb"this is no header\r\n.*"),
    ("not-http", rb"220 mail\.example ESMTP ready\r\n.*"),
    ("answers-twice", HONEST + rb".*" + HONEST + rb".*"),
    ("stale-connection", HONEST + rb".*"),
    ("stale-late", HONEST + rb".*"),
    ("set-cookie", OK + rb".*Set-Cookie: track=me; Path=/\r\n.*" + ECHO + rb".*"),
    *((f"redirect-{number}", moved(number, rb"/moved") + rb".*") for number in (301, 302, 303)),
    *((f"redirect-{number}", moved(number, rb"/moved") + rb".*") for number in (307, 308)),
    *((f"redirect-{number}-port", to_elsewhere(number) + rb".*") for number in (301, 302, 303)),
    *((f"redirect-{number}-port", to_elsewhere(number) + rb".*") for number in (307, 308)),
    ("redirect-host", moved(307, rb"http://localhost:\d+/mcp") + rb".*"),
    ("redirect-scheme", moved(307, rb"https://127\.0\.0\.1:\d+/mcp") + rb".*"),
    ("redirect-scheme-relative", moved(307, rb"//127\.0\.0\.1:\d+/mcp") + rb".*"),
    ("redirect-backslash", moved(307, rb"\\\\127\.0\.0\.1:\d+/mcp") + rb".*"),
    ("redirect-loop", moved(307, rb"/mcp") + rb".*"),
    ("redirect-endless", moved(308, rb"/hop/1") + rb".*"),
    ("redirect-file", moved(307, rb"file:///etc/passwd") + rb".*"),
    ("redirect-javascript", moved(307, rb"javascript:alert\(1\)") + rb".*"),
    ("redirect-broken", moved(307, rb"http://\[::1/mcp") + rb".*"),
    ("redirect-bad-port", moved(307, rb"http://127\.0\.0\.1:99999/mcp") + rb".*"),
    ("redirect-nowhere", rb"HTTP/1\.1 307 [^\r]*\r\nContent-Length: 0\r\n\r\n"),
    ("redirect-huge", moved(307, rb"/a{60000}") + rb".*"),
    ("redirect-credentials", moved(307, rb"http://user:hunter2@127\.0\.0\.1:\d+/moved") + rb".*"),
    ("redirect-get", to_elsewhere(302, b"/sse") + rb".*", "GET"),
    ("sse", STREAM + rb".*\nevent: message\ndata: .*" + ECHO + rb".*\n\n\r\n0\r\n\r\n"),
    ("sse-crlf", STREAM + rb".*\nevent: message\r\ndata: .*\r\n\r\n\r\n0\r\n\r\n"),
    ("sse-cr", STREAM + rb".*\nevent: message\rdata: [^\r\n]*\r\r\r\n0\r\n\r\n"),
    ("sse-cr-lf-split", STREAM + rb".*\n1\r\n\r\r\n1\r\n\n\r\n.*"),
    ("sse-bom", STREAM + rb".*\n\xef\xbb\xbfevent: message\n.*"),
    ("sse-several-lines", STREAM + rb'.*\ndata:\{\ndata: "jsonrpc".*'),
    ("sse-no-type", STREAM + rb".*\ndata:\{.*"),
    ("sse-no-blank-line", STREAM + rb".*[^\n]\n\r\n0\r\n\r\n"),
    ("sse-unicode-lines", STREAM + rb".*one\xe2\x80\xa8two\xc2\x85three.*"),
    (
        "sse-other-types",
        STREAM + rb".*event: greeting\ndata: hello\n\nev.*" + ECHO + b".*",
    ),
    ("sse-empty-data", STREAM + rb".*\n:\n\ndata\n\ndata:\n\n.*" + ECHO + rb".*"),
    ("sse-bad-json", STREAM + rb".*data: \{.*[^}]\n\n\r\n0\r\n\r\n"),
    ("sse-text", STREAM + rb".*data: Internal Server Error\n\n.*"),
    ("sse-invalid-utf8", STREAM + rb".*Gi\xff\xfe the text back.*"),
    ("sse-wrong-id", STREAM + rb'.*"id": 987654321.*'),
    ("sse-answer-twice", STREAM + rb".*" + ECHO + rb".*" + ECHO + rb".*"),
    ("sse-server-request", STREAM + rb'.*"method": "ping".*"method": "no/such".*' + ECHO + b".*"),
    ("sse-cut-no-answer", STREAM + rb".*notifications/message.*\r\n0\r\n\r\n"),
    ("sse-cut-once", STREAM + rb".*\r\n\r\n0\r\n\r\n"),
    ("get-closes", STREAM + rb".*\r\n\r\n0\r\n\r\n", "GET"),
    ("get-html", OK + rb"Content-Type: text/html.*", "GET"),
    ("resume", STREAM + rb".*\nid: 1\nretry: 50\ndata: \n\n\r\n0\r\n\r\n"),
    ("resume-cut", STREAM + rb".*\nid: 1\nretry: 50\ndata: \n\n\r\n"),
    ("resume-id-again", STREAM + rb".*\nid: 1\n.*\nid: 2\n.*\nid: 3\n.*"),
    ("resume-talks", STREAM + rb".*\nid: 1\nretry: 0\n.*notifications/message.*"),
    ("resume-id-nul", STREAM + rb".*\nid: 1\n.*\nid: 6\x006\ndata: \n\n\r\n0\r\n\r\n"),
    ("resume-retry-garbage", STREAM + rb".*\nretry: soon\n.*"),
    ("resume-retry-day", STREAM + rb".*\nretry: 86400000\n.*"),
    ("resume-retry-huge", STREAM + rb".*\nretry: 9{400}\n.*"),
    ("resume-id-escape", STREAM + rb".*\nid: 1\x1b\[2J\xe2\x80\xae.*"),
    ("resume-loop", STREAM + rb".*\nid: 1\nretry: 0\n.*"),
    ("resume-refused", STREAM + rb".*\nid: 1\nretry: 0\n.*"),
    ("modern-resume", STREAM + rb".*\nid: 1\nretry: 0\n.*"),
    ("session-spaces", OK + rb".*Mcp-Session-Id: a session of mine\r\n.*", "initialize"),
    ("session-latin", OK + rb".*Mcp-Session-Id: s\xe9ance\r\n.*", "initialize"),
    ("session-empty", OK + rb".*Mcp-Session-Id: \r\n.*", "initialize"),
    ("session-huge", OK + rb".*Mcp-Session-Id: a{20000}\r\n.*", "initialize"),
    ("session-changes", OK + rb".*Mcp-Session-Id: session-1\r\n.*", "initialize"),
    ("session-modern", OK + rb".*Mcp-Session-Id: session-1\r\n.*" + ECHO + rb".*"),
    ("session-lost", status(404, rb".*Session not found.*")),
    ("session-lost-empty", status(404)),
    ("session-lost-once", status(400, rb".*no session.*")),
    ("session-lost-forever", OK + rb".*Mcp-Session-Id: \w+\r\n.*", "initialize"),
    ("old-other-port", STREAM + rb".*endpoint\ndata: http://127\.0\.0\.1:\d+/messages\n.*", "GET"),
    ("old-other-host", STREAM + rb".*endpoint\ndata: http://localhost:\d+/messages\n.*", "GET"),
    ("old-scheme-relative", STREAM + rb".*\ndata: //127\.0\.0\.1:\d+/messages\n.*", "GET"),
    ("old-javascript", STREAM + rb".*endpoint\ndata: javascript:alert\(1\)\n.*", "GET"),
    ("old-broken-endpoint", STREAM + rb".*endpoint\ndata: http://\[::1/messages\n.*", "GET"),
    ("old-empty-endpoint", STREAM + rb".*endpoint\ndata: \n.*", "GET"),
    (
        "old-absolute",
        STREAM + rb".*\ndata: http://127\.0\.0\.1:\d+/messages\?session=\w+\n.*",
        "GET",
    ),
    ("old-relative", STREAM + rb".*\ndata: \./messages\?session=\w+\n.*", "GET"),
    ("old-credentials", STREAM + rb".*data: http://user:hunter2@127.*/messages\?s.*", "GET"),
    ("old-twice", STREAM + rb".*data: /messages\?session.*data: http://127.*", "GET"),
    ("old-closes", STREAM + rb".*data: /messages\?session=1\n\n\r\n0\r\n\r\n", "GET"),
    ("old-closes-on-list", status(202)),
    ("old-never-answers", status(202)),
    ("old-post-401", rb".* 401 .*WWW-Authenticate: Bearer\r\n\r\n"),
    ("old-post-redirects", to_elsewhere(307, b"/messages") + rb".*"),
    ("old-post-500", status(405)),
    ("old-get-404", status(404), "GET"),
    ("old-get-html", OK + rb"Content-Type: text/html.*", "GET"),
    ("old-get-json", OK + rb'Content-Type: application/json.*\{"status": "ok"\}', "GET"),
    ("old-message-first", STREAM + rb".*event: message\n.*event: endpoint\n.*", "GET"),
)

# Modes that fall silent: what has come by then.
SILENT = (
    ("never-answers", NOTHING),
    ("never-answers-list", NOTHING),
    ("slow-headers", rb"H"),
    ("slow-body", OK + rb"[^{]*\{"),
    ("half-body", OK + rb'.*\{"jsonrpc".*[^}]'),
    ("status-without-body-end", status(500, rb"c\r\nout of order\r\n")),
    ("sse-silent", STREAM + rb".*\r\n\r\n"),
    ("sse-half-event", STREAM + rb".*data: .*[^}]\r\n"),
    ("sse-stays-open", STREAM + rb".*" + ECHO + rb".*\n\n\r\n"),
    ("delete-never-answered", NOTHING, "DELETE"),
    ("get-never-answered", NOTHING, "GET"),
    ("initialized-never-answered", NOTHING, "notifications/initialized"),
    ("probe-never-answered", NOTHING, "server/discover"),
    ("length-huge", OK + rb'.*Content-Length: 10{30}\r\n\r\n\{"jsonrpc":'),
    ("gzip-sse", STREAM + rb".*Content-Encoding: gzip\r\n.*"),
    ("old-no-endpoint", STREAM + rb".*\r\n\r\n", "GET"),
    ("old-post-never-answered", NOTHING),
)

# Modes that go on for ever: what comes first, and then again and again.
ENDLESS = (
    ("comments-forever", STREAM, rb": still here\n\n", "tools/list"),
    ("progress-forever", STREAM, rb"notifications/progress", "tools/list"),
    ("json-endless", OK, rb"a{1000}", "tools/list"),
    ("error-body-endless", rb"HTTP/1\.1 500 ", rb"a{1000}", "tools/list"),
    ("chunk-size-endless", OK, rb"0{1000}", "tools/list"),
    ("trailers-endless", OK, rb"\nX-Trailer: again\r", "tools/list"),
    ("100-endless", rb"HTTP/1\.1 100 ", rb"\nHTTP/1\.1 100 Continue\r", "tools/list"),
    ("header-endless", OK, rb"a{1000}", "tools/list"),
    ("keep-alive-trickle", HONEST, rb'\{"more": true\}', "tools/list"),
    ("not-http-endless", rb"\x00\xff\x80noise", rb"\x00\xff\x80noise", "tools/list"),
    ("sse-endless-line", STREAM, rb"a{1000}", "tools/list"),
    ("sse-endless-data", STREAM, rb"data: 0123456789\n", "tools/list"),
    ("sse-endless-short-data", STREAM, rb"data:ab\n", "tools/list"),
    ("sse-endless-comment", STREAM, rb"a{1000}", "tools/list"),
    ("sse-endless-comments", STREAM, rb": nothing to see here\n\n", "tools/list"),
    ("sse-endless-id", STREAM, rb"a{1000}", "tools/list"),
    ("sse-endless-events", STREAM, rb"event: message\n", "tools/list"),
    ("sse-slow-events", STREAM, rb"event: message\n", "tools/list"),
    ("get-floods", STREAM, rb"event: message\n", "GET"),
    ("old-comments", STREAM, rb": ping\n\n", "GET"),
)

LARGE = {
    "header-count": 2_000_000,
    "header-size": 50_000_000,
    "json-200mb": 200_000_000,
    "sse-20mb": 20_000_000,
    "sse-100mb-line": 100_000_000,
    "resume-id-huge": 1_000_000,
    "deep-json": 200_000,
}
"""Modes by the least that they send, in bytes."""

DECODED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "gzip-two-members": gzip.decompress,
    "deflate": zlib.decompress,
    "deflate-bare": lambda body: zlib.decompress(body, -15),
    "coding-twice": lambda body: gzip.decompress(gzip.decompress(body)),
}
"""Modes by what undoes their coding."""

BOMBS = {"gzip-bomb": OK, "gzip-bomb-sse": STREAM, "gzip-bomb-error": rb"HTTP/1\.1 500 "}
TLS = ("tls-on-plain", "plain-on-tls", "self-signed", "other-host", "expired")
LENGTHS = {"length-too-long": 100, "length-too-short": -10}
OTHERS = ("slow-once", "401-echo", "gzip-cut", *TLS, *LENGTHS)


@contextmanager
def playing(mode: str) -> Iterator[Any]:
    with bad_http.serve(mode) as server:
        yield server


def is_modern(mode: str) -> bool:
    """Whether a mode is for modern clients too."""
    found = bad_http.MODES[mode]
    return found.era is not bad_http.Era.LEGACY and not found.old


def test_every_mode_is_tested_here() -> None:
    tested = [row[0] for table in (ANSWERS, SILENT, ENDLESS) for row in table]
    tested += [*LARGE, *DECODED, *BOMBS, *OTHERS]
    assert sorted(tested) == sorted(modes())
    assert modes() == sorted(bad_http.MODES)


def test_an_unknown_mode_is_refused() -> None:
    script = [sys.executable, str(HERE / "bad_http.py"), "no-such-mode"]
    refused = subprocess.run(script, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "no-such-mode" in refused.stderr


@pytest.mark.parametrize("row", [pytest.param(row, id=row[0]) for row in ANSWERS])
def test_answers_with_these_bytes(row: tuple[str, ...]) -> None:
    mode, pattern, what = (*row, "tools/list")[:3]
    with playing(mode) as server:
        came = heard(server.url, what, is_modern(mode), seconds=0.15 if what == "GET" else 5)
    assert re.fullmatch(pattern, came, re.DOTALL), came[:2000]


@pytest.mark.parametrize("row", [pytest.param(row, id=row[0]) for row in SILENT])
def test_falls_silent_after_these_bytes(row: tuple[str, ...]) -> None:
    mode, pattern, what = (*row, "tools/list")[:3]
    with playing(mode) as server:
        began = time.monotonic()
        came = heard(server.url, what, is_modern(mode), seconds=0.15)
        assert time.monotonic() - began >= 0.15
    assert re.fullmatch(pattern, came, re.DOTALL), came[:2000]


@pytest.mark.parametrize("row", [pytest.param(row, id=row[0]) for row in ENDLESS])
def test_goes_on_for_ever(row: tuple[str, bytes, bytes, str]) -> None:
    mode, first, again, what = row

    def enough(came: bytes) -> bool:
        return len(re.findall(again, came)) >= 2

    with playing(mode) as server:
        came = heard(server.url, what, is_modern(mode), seconds=2, enough=enough)
    assert re.match(first, came, re.DOTALL), came[:2000]
    assert enough(came), came[:2000]


@pytest.mark.parametrize(("mode", "size"), LARGE.items(), ids=LARGE)
def test_sends_so_much(mode: str, size: int) -> None:
    with playing(mode) as server:
        url = urlsplit(server.url)
        total = 0
        with socket.create_connection((url.hostname, url.port), timeout=10) as connection:
            connection.sendall(request_of(server.url, "tools/list", is_modern(mode)))
            while data := connection.recv(1 << 20):
                total += len(data)
    assert size <= total < 1.5 * size + 100_000


@pytest.mark.parametrize(("mode", "undo"), DECODED.items(), ids=DECODED)
def test_can_be_decoded(mode: str, undo: Callable[[bytes], bytes]) -> None:
    with playing(mode) as server:
        came = heard(server.url, seconds=5)
    assert b"Content-Encoding: " in came
    assert json.loads(undo(body_of(came)))["result"]["tools"][0]["name"] == "echo"


def test_half_of_a_compressed_body() -> None:
    with playing("gzip-cut") as server:
        came = heard(server.url, seconds=5)
    undo = zlib.decompressobj(31)
    assert undo.decompress(body_of(came)).startswith(b'{"jsonrpc"')
    assert not undo.eof


@pytest.mark.parametrize(("mode", "first"), BOMBS.items(), ids=BOMBS)
def test_a_small_body_is_a_large_one(mode: str, first: bytes) -> None:
    with playing(mode) as server:
        came = heard(server.url, most=10_000_000, seconds=5)
    assert re.match(first, came)
    body = body_of(came)
    assert len(body) < 3_000_000
    undo = zlib.decompressobj(31)
    left, decoded = undo.decompress(body, 1 << 26), 1 << 26
    assert left.endswith(b"aaaa")
    # A full flush stands at the end of each block: the rest is as much again and again.
    assert decoded * len(body) / (len(body) - len(undo.unconsumed_tail)) > 1.9e9


@pytest.mark.parametrize(("mode", "more"), LENGTHS.items(), ids=LENGTHS)
def test_says_a_wrong_length(mode: str, more: int) -> None:
    with playing(mode) as server:
        came = heard(server.url, seconds=5)
    said = re.search(rb"Content-Length: (\d+)", came)
    assert said is not None
    assert int(said[1]) == len(body_of(came)) + more
    assert json.loads(body_of(came))["id"] == 7


def test_tells_the_token_that_came() -> None:
    with playing("401-echo") as server:
        came = heard(server.url, headers=(("Authorization", "Bearer abc"),), seconds=5)
    assert b'error_description="not Bearer abc"' in came
    assert body_of(came) == b"I do not know Bearer abc"


def test_is_slow_and_right() -> None:
    with playing("slow-once") as server:
        began = time.monotonic()
        assert plain(heard(server.url, seconds=5))["id"] == 7
        assert 0.5 <= time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("mode", "trusted", "complaint"),
    [
        ("self-signed", "", "self-signed certificate"),
        ("self-signed", "loopback", ""),
        ("other-host", "other-host", "IP address mismatch"),
        ("expired", "expired", "certificate has expired"),
    ],
)
def test_certificates_are_as_bad_as_they_say(mode: str, trusted: str, complaint: str) -> None:
    settings = ssl.create_default_context()
    if trusted:
        settings.load_verify_locations(HERE.parent / "data" / "tls" / f"{trusted}.pem")
    with playing(mode) as server:
        url = urlsplit(server.url)
        assert url.scheme == "https"
        with socket.create_connection((url.hostname, url.port), timeout=5) as connection:
            if complaint:
                with pytest.raises(ssl.SSLCertVerificationError, match=complaint):
                    settings.wrap_socket(connection, server_hostname=url.hostname)
                return
            with settings.wrap_socket(connection, server_hostname=url.hostname) as secure:
                secure.sendall(request_of(server.url, "tools/list"))
                came = b"".join(iter(lambda: secure.recv(1 << 16), b""))
    assert plain(came)["result"]["tools"][0]["name"] == "echo"


def test_the_scheme_of_the_url_is_not_what_is_spoken() -> None:
    with playing("tls-on-plain") as server:
        assert server.url.startswith("https://127.0.0.1:")
        assert re.match(HONEST, heard(server.url, seconds=5), re.DOTALL)
    with playing("plain-on-tls") as server:
        assert server.url.startswith("http://127.0.0.1:")
        assert not heard(server.url, seconds=5).startswith(b"HTTP")


def test_a_mode_spoils_what_it_is_told_to() -> None:
    with bad_http.serve("html", on="prompts/list") as server:
        assert re.match(HONEST, heard(server.url, seconds=5), re.DOTALL)
        assert b"Sign in" in heard(server.url, "prompts/list", seconds=5)


@pytest.mark.parametrize("mode", ["429-once", "503-seconds", "502-once", "500-once", "cut-once"])
def test_the_second_time_is_right(mode: str) -> None:
    with playing(mode) as server:
        assert not re.match(HONEST, heard(server.url, seconds=5), re.DOTALL)
        assert re.match(HONEST, heard(server.url, seconds=5), re.DOTALL)


@pytest.mark.parametrize("mode", ["redirect-307", "redirect-credentials", "redirect-huge"])
def test_a_good_server_is_where_it_redirects_to(mode: str) -> None:
    with playing(mode) as server:
        location = re.search(rb"Location: (?:http://[^/]*)?(\S+)", heard(server.url, seconds=5))
        assert location is not None
        there = server.listener.origin + location[1].decode()
        assert re.match(HONEST, heard(there, seconds=5), re.DOTALL)


def test_a_resumed_stream_has_the_answer() -> None:
    with playing("resume") as server:
        assert b"id: 1\n" in heard(server.url, "tools/list", False, seconds=5)
        came = heard(server.url, "GET", False, headers=(("Last-Event-ID", "1"),), seconds=5)
    assert re.match(STREAM + rb".*id: 2\ndata: .*" + ECHO, came, re.DOTALL)


def test_no_stream_is_resumed_with_another_id() -> None:
    with playing("resume") as server:
        came = heard(server.url, "GET", False, headers=(("Last-Event-ID", "2"),), seconds=5)
    assert re.match(rb"HTTP/1\.1 400 .*no such event", came, re.DOTALL)


def test_what_comes_in_is_known_and_elsewhere_is_another_origin() -> None:
    with playing("redirect-307-port") as server:
        came = heard(server.url, headers=(("Authorization", "Bearer abc"),), seconds=5)
        location = re.search(rb"Location: (\S+)", came)
        assert location is not None
        assert re.match(HONEST, heard(location[1].decode(), seconds=5), re.DOTALL)
        (request,) = server.requests
        assert (request.method, request.path, request.rpc) == ("POST", "/mcp", "tools/list")
        assert request.headers["authorization"] == "Bearer abc"
        assert [one.path for one in server.elsewhere.requests] == ["/mcp"]
        assert server.count("POST", "tools/list") == 1
        assert server.count("GET") == 0


def test_as_a_script_it_prints_its_url_and_logs_and_ends_with_its_input(tmp_path: Path) -> None:
    log = tmp_path / "log"
    script = [sys.executable, str(HERE / "bad_http.py"), "html", "--log", str(log)]
    with subprocess.Popen(script, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdin is not None
        url = process.stdout.readline().decode().strip()
        assert b"Sign in" in heard(url, seconds=5)
        process.stdin.close()
        assert process.wait(10) == 0
    (line,) = log.read_text().splitlines()
    assert json.loads(line)["rpc"] == "tools/list"
    assert json.loads(line)["size"] == len(frame("tools/list"))
