"""Every way in which a server can misbehave over HTTP, through the real command.

The rows are those of a catalogue of faults that was made with another client, and many more; each
is played by a mode of ``tests/servers/bad_http.py``. Every run carries a token, which must be
printed nowhere and reach no other origin.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from mcpx.errors import Fault
from tests.client.children import RAW, cost
from tests.conftest import Result, Run
from tests.servers import bad_http, good_http

MOST_MEGABYTES = 500
# What a run may take beyond its own waiting: a busy machine, and a goodbye of a second.
SLACK = 8.0
TOKEN = "secret-0123456789abcdef"
CERTIFICATES = Path(__file__).resolve().parents[1] / "data" / "tls"

GOOD = "what a good server may do"


@dataclass(frozen=True)
class Case:
    """A mode of the server and what mcpx is to make of it.

    It works, with so many tools and problems of these rules, when ``fault`` is None; otherwise the
    message holds ``words`` and the hint ``hint``. ``asked`` is how often the server may hear the
    request that it spoils, ``least`` and ``timeout`` are seconds, ``trusts`` a certificate.
    """

    mode: str
    fault: Fault | None = None
    words: str = ""
    hint: str = ""
    asked: int = 1
    tools: int = 3
    rules: frozenset[str] = frozenset()
    status: int = 3
    least: float = 0.0
    timeout: float = 10.0
    options: tuple[str, ...] = ()
    trusts: str = ""

    @property
    def name(self) -> str:
        return " ".join((self.mode, *self.options, self.trusts)).strip()


def works(mode: str, *rules: str, **more: Any) -> Case:
    return Case(mode, rules=frozenset(rules), **{"asked": 2, "status": 0, **more})


def fails(mode: str, fault: Fault, words: str, **more: Any) -> Case:
    return Case(mode, fault, words, **{"status": 4 if fault is Fault.AUTH else 3, **more})


def repeated(mode: str, fault: Fault, words: str, **more: Any) -> Case:
    """A failure that may pass: a read is asked three times for."""
    return Case(mode, fault, words, **{"asked": 3, **more})


def silent(mode: str, words: str = "no answer to tools/list within 0.5 s", **more: Any) -> Case:
    return Case(mode, Fault.TIMEOUT, words, hint="--timeout", **{"timeout": 0.5, **more})


SILENCE = (
    silent("never-answers", "no answer to server/discover within 0.5 s"),
    silent("never-answers-list"),
    silent("never-answers-list", options=("--era", "legacy")),
    silent("slow-headers"),
    silent("slow-body"),
    silent("half-body"),
    silent("sse-silent"),
    silent("sse-half-event"),
    silent("comments-forever"),
    silent("progress-forever"),
    works("slow-once", least=0.5),
    fails("status-without-body-end", Fault.HTTP, "HTTP 500"),
    works("delete-never-answered", least=0.5),
    works("get-never-answered"),
    works("initialized-never-answered", "wire-refused", timeout=4),
    works("probe-never-answered", least=1),
)

LATER = {400: Fault.HTTP, 404: Fault.HTTP, 405: Fault.HTTP, 500: Fault.HTTP}
STATUSES = (
    *(
        fails(f"{status}", Fault.HTTP, f"answered initialize with HTTP {status}")
        for status in (400, 404, 405, 406, 409, 410, 415, 422, 500, 501)
    ),
    fails("401", Fault.AUTH, "HTTP 401", hint="another token in --header"),
    fails("403", Fault.AUTH, "HTTP 403", hint="--bearer-env"),
    *(repeated(f"{status}", Fault.HTTP, f"HTTP {status}") for status in (502, 503, 504)),
    repeated("429", Fault.THROTTLED, "HTTP 429 Too Many Requests", hint="try again later"),
    *(fails(f"{status}-html", Fault.HTTP, f"HTTP {status}") for status in (400, 404, 500)),
    fails("403-html", Fault.AUTH, "HTTP 403"),
    *(repeated(f"{status}-html", Fault.HTTP, f"HTTP {status}") for status in (502, 503)),
    *(
        fails(f"{status}-rpc", Fault.PROTOCOL, "error -32603: the database is down")
        for status in (400, 404, 500)
    ),
    fails("401-rpc", Fault.AUTH, "HTTP 401"),
    repeated("429-rpc", Fault.THROTTLED, "HTTP 429"),
    repeated("503-rpc", Fault.HTTP, "HTTP 503"),
    *(
        fails(f"{status}-later", fault, f"answered tools/list with HTTP {status}")
        for status, fault in LATER.items()
    ),
    fails("401-later", Fault.AUTH, "refused the token that it was sent: HTTP 401 Unauthorized"),
    repeated("503-later", Fault.HTTP, "answered tools/list with HTTP 503"),
    fails("401-challenge", Fault.AUTH, "HTTP 401 Unauthorized", hint="another token in --header"),
    fails("401-echo", Fault.AUTH, "HTTP 401 Unauthorized"),
    fails("403-scope", Fault.AUTH, "HTTP 403 Forbidden"),
    works("429-once"),
    works("429-seconds", least=1.0),
    works("429-date", least=0.9),
    works("429-past"),
    works("503-seconds", least=1.0),
    works("502-once"),
    fails("500-once", Fault.HTTP, "answered tools/list with HTTP 500"),
    repeated("429-zero", Fault.THROTTLED, "HTTP 429"),
    fails("429-day", Fault.THROTTLED, "HTTP 429", hint="try again in 86400 s"),
    fails("429-huge", Fault.THROTTLED, "HTTP 429", hint="try again"),
    fails("429-far-date", Fault.THROTTLED, "HTTP 429", hint="try again"),
    repeated("429-garbage", Fault.THROTTLED, "HTTP 429", hint="try again later"),
    repeated("429-nan", Fault.THROTTLED, "HTTP 429", hint="try again later"),
    repeated("429-negative", Fault.THROTTLED, "HTTP 429", hint="try again"),
    works("404-in-session", "list-failed", tools=0, status=3),
    works("probe-500"),
    works("initialized-500", "wire-refused"),
    works("get-500"),
    works("delete-500"),
)

NO_ANSWER = "its body is no answer to it"
BODIES = (
    fails("html", Fault.INVALID_RESPONSE, "tools/list: HTTP 200 with text/html, not JSON"),
    fails("no-content-type", Fault.INVALID_RESPONSE, "HTTP 200 with no content type, not JSON"),
    works("content-type-odd"),
    fails("text-plain", Fault.INVALID_RESPONSE, "HTTP 200 with text/plain, not JSON"),
    fails("202", Fault.INVALID_RESPONSE, "HTTP 202 with no body"),
    fails("204", Fault.INVALID_RESPONSE, "HTTP 204 with no body"),
    fails("206", Fault.PROTOCOL, "not JSON"),
    fails("empty-json", Fault.INVALID_RESPONSE, "its body is"),
    fails("bad-json", Fault.PROTOCOL, "not JSON"),
    fails("nan", Fault.PROTOCOL, "not JSON: NaN is not a JSON value"),
    fails("deep-json", Fault.PROTOCOL, "JSON nested too deeply"),
    fails("invalid-utf8", Fault.PROTOCOL, "invalid UTF-8 at byte"),
    works("json-bom"),
    fails("json-utf16", Fault.PROTOCOL, "invalid UTF-8 at byte"),
    works("json-array", "wire-batch"),
    fails("json-empty-array", Fault.INVALID_RESPONSE, NO_ANSWER),
    fails("json-null", Fault.PROTOCOL, "not a JSON-RPC object: null"),
    fails("json-two", Fault.PROTOCOL, "not JSON"),
    fails("wrong-id", Fault.PROTOCOL, "a request that was not sent (987654321)"),
    fails("other-id", Fault.INVALID_RESPONSE, NO_ANSWER),
    works("string-id", "wire-id"),
    fails("request-as-answer", Fault.INVALID_RESPONSE, NO_ANSWER),
    fails("notification-as-answer", Fault.INVALID_RESPONSE, NO_ANSWER),
    fails("result-is-array", Fault.INVALID_RESPONSE, "its result is not an object"),
    fails("escapes", Fault.HTTP, "answered tools/list with HTTP 500"),
    works("gzip"),
    works("gzip-two-members"),
    works("gzip-sse"),
    works("deflate"),
    works("deflate-bare"),
    fails("gzip-broken", Fault.INVALID_RESPONSE, "its body is no valid gzip"),
    fails("gzip-cut", Fault.PROTOCOL, "not JSON"),
    fails("brotli", Fault.INVALID_RESPONSE, "its body is encoded as 'br'"),
    fails("coding-twice", Fault.INVALID_RESPONSE, "its body is encoded as 'gzip, gzip'"),
    fails("gzip-bomb", Fault.LIMIT, "more than 67108864 bytes", hint="--limit line="),
    fails("gzip-bomb-sse", Fault.LIMIT, "an event of more than 67108864 bytes"),
    fails("gzip-bomb-error", Fault.HTTP, "answered tools/list with HTTP 500"),
    fails("json-200mb", Fault.LIMIT, "more than 67108864 bytes", hint="--limit line="),
    fails("json-endless", Fault.LIMIT, "more than 67108864 bytes", hint="--limit line="),
    fails("error-body-endless", Fault.HTTP, "answered tools/list with HTTP 500"),
)

FRAMING = (
    repeated("cut-before-headers", Fault.LOST, "closed the connection"),
    repeated("cut-list", Fault.LOST, "closed the connection"),
    repeated("reset-list", Fault.LOST, "broke: connection reset"),
    works("cut-once"),
    repeated("cut-in-headers", Fault.LOST, "closed the connection without answering in full"),
    repeated("cut-in-body", Fault.LOST, "closed the connection without answering in full"),
    repeated("cut-in-chunk", Fault.LOST, "closed the connection without answering in full"),
    repeated("cut-half-event", Fault.LOST, "closed the connection without answering in full"),
    fails("chunk-broken", Fault.PROTOCOL, "chunk"),
    repeated("chunk-huge", Fault.LOST, "closed the connection without answering in full"),
    fails("chunk-size-endless", Fault.PROTOCOL, "too long"),
    fails("trailers-endless", Fault.PROTOCOL, "too long"),
    repeated("length-too-long", Fault.LOST, "closed the connection without answering in full"),
    fails("length-too-short", Fault.PROTOCOL, "not JSON"),
    fails("length-negative", Fault.PROTOCOL, "Content-Length"),
    fails("length-huge", Fault.PROTOCOL, "Content-Length"),
    fails("length-twice", Fault.PROTOCOL, "conflicting Content-Length"),
    works("close-delimited"),
    works("http-1.0"),
    works("100-continue"),
    silent("100-endless"),
    fails("101", Fault.PROTOCOL, "does not speak HTTP"),
    fails("status-999", Fault.HTTP, "answered tools/list with HTTP 999"),
    fails("status-garbage", Fault.PROTOCOL, "does not speak HTTP"),
    fails("header-count", Fault.PROTOCOL, "headers without end"),
    fails("header-size", Fault.PROTOCOL, "headers without end"),
    fails("header-endless", Fault.PROTOCOL, "headers without end"),
    fails("header-escape", Fault.AUTH, "HTTP 401"),
    fails("header-no-colon", Fault.PROTOCOL, "this is no header"),
    repeated("not-http", Fault.LOST, "closed the connection"),
    fails("not-http-endless", Fault.PROTOCOL, "does not speak HTTP"),
    works("stale-connection"),
    works("stale-late", asked=3),
    works("set-cookie"),
    works("keep-alive-trickle"),
    fails("tls-on-plain", Fault.TLS, "no TLS connection", hint="http"),
    repeated("plain-on-tls", Fault.LOST, "broke: connection reset"),
    fails("self-signed", Fault.TLS, "not valid: self-signed certificate", hint="SSL_CERT_FILE"),
    works("self-signed", trusts="loopback"),
    fails("other-host", Fault.TLS, "not valid for '127.0.0.1'", trusts="other-host"),
    fails("expired", Fault.TLS, "not valid: certificate has expired", trusts="expired"),
)

ELSEWHERE = "it sends elsewhere, to "
OLDER = (301, 302, 303)
REDIRECTS = (
    works("redirect-307", asked=2),
    works("redirect-308", asked=2),
    works("redirect-huge", asked=2),
    *(fails(f"redirect-{status}", Fault.HTTP, f"{ELSEWHERE}/moved") for status in OLDER),
    *(
        fails(f"redirect-{status}-port", Fault.HTTP, f"{ELSEWHERE}http://127.0.0.1:")
        for status in (*OLDER, 307, 308)
    ),
    fails("redirect-host", Fault.HTTP, f"{ELSEWHERE}http://localhost:", hint="its own host only"),
    fails("redirect-scheme", Fault.HTTP, f"{ELSEWHERE}https://127.0.0.1:"),
    fails("redirect-scheme-relative", Fault.HTTP, f"{ELSEWHERE}//127.0.0.1:"),
    fails("redirect-backslash", Fault.HTTP, "redirects more than 5 times", asked=6),
    fails("redirect-loop", Fault.HTTP, "redirects more than 5 times", asked=6),
    fails("redirect-endless", Fault.HTTP, "redirects more than 5 times", asked=6),
    fails("redirect-file", Fault.HTTP, f"{ELSEWHERE}file:///etc/passwd"),
    fails("redirect-javascript", Fault.HTTP, f"{ELSEWHERE}javascript:alert(1)"),
    fails("redirect-broken", Fault.HTTP, f"{ELSEWHERE}http://[::1/mcp"),
    fails("redirect-bad-port", Fault.HTTP, f"{ELSEWHERE}http://127.0.0.1:99999/mcp"),
    fails("redirect-nowhere", Fault.HTTP, "HTTP 307 Temporary Redirect"),
    fails("redirect-credentials", Fault.HTTP, f"{ELSEWHERE}http://***@127.0.0.1:"),
    fails("redirect-get", Fault.HTTP, "HTTP"),
)

STREAMS = (
    *(works(f"sse{how}") for how in ("", "-crlf", "-cr", "-cr-lf-split", "-bom")),
    *(works(f"sse-{how}") for how in ("several-lines", "no-type", "unicode-lines")),
    *(works(f"sse-{how}") for how in ("other-types", "empty-data", "answer-twice", "stays-open")),
    works("sse-server-request", "wire-request"),
    works("sse-slow-events", least=1),
    works("sse-20mb", tools=4),
    fails("sse-20mb", Fault.LIMIT, "an event of more than", options=("--limit", "line=1M")),
    repeated("sse-no-blank-line", Fault.LOST, "its answer to tools/list ended before the result"),
    fails("sse-bad-json", Fault.PROTOCOL, "not JSON"),
    fails("sse-text", Fault.PROTOCOL, "Internal Server Error"),
    fails("sse-invalid-utf8", Fault.PROTOCOL, "invalid UTF-8 at byte"),
    fails("sse-wrong-id", Fault.PROTOCOL, "a request that was not sent (987654321)"),
    repeated("sse-cut-no-answer", Fault.LOST, "its answer to tools/list ended before the result"),
    works("sse-cut-once"),
    fails("sse-100mb-line", Fault.LIMIT, "more than 67108864 bytes", hint="--limit line="),
    fails("sse-endless-line", Fault.LIMIT, "more than 67108864 bytes", hint="--limit line="),
    fails("sse-endless-comment", Fault.LIMIT, "more than 67108864 bytes"),
    fails(
        "sse-endless-data",
        Fault.LIMIT,
        "an event of more than 1048576 bytes",
        options=("--limit", "line=1M"),
    ),
    fails(
        "sse-endless-short-data",
        Fault.LIMIT,
        "an event of more than 1048576 bytes",
        options=("--limit", "line=1M"),
    ),
    silent("sse-endless-comments"),
    silent("sse-endless-id"),
    silent("sse-endless-events"),
    fails(
        "sse-endless-events",
        Fault.LIMIT,
        "notifications",
        hint="--limit notifications=",
        options=("--limit", "notifications=2000"),
    ),
    works("get-floods"),
    works("get-closes"),
    works("get-html"),
    works("resume"),
    works("resume-cut"),
    works("resume-id-nul"),
    works("resume-id-again"),
    works("resume-retry-garbage"),
    works("resume-retry-huge"),
    repeated("resume-retry-day", Fault.LOST, "86400 s"),
    repeated("resume-id-huge", Fault.LOST, "ended before the result"),
    repeated("resume-id-escape", Fault.LOST, "ended before the result"),
    fails("resume-loop", Fault.LIMIT, "broke off 6 times", hint="--limit reconnects="),
    silent("resume-talks"),
    repeated("resume-refused", Fault.LOST, "the resumption of tools/list with HTTP 405"),
    repeated("modern-resume", Fault.LOST, "ended before the result"),
)

SESSIONS = (
    works("session-spaces", "wire-session"),
    works("session-latin", "wire-session"),
    works("session-huge", "wire-session"),
    works("session-empty"),
    works("session-changes"),
    works("session-modern"),
    works("session-lost-once"),
    fails("session-lost", Fault.SESSION_LOST, "has lost the session", asked=2),
    fails("session-lost-empty", Fault.SESSION_LOST, "has lost the session", asked=2),
    # One handshake for each of the three lists at most.
    fails("session-lost-forever", Fault.SESSION_LOST, "has lost the session", asked=4),
)

OTHER_ORIGIN = "its endpoint leads to another origin"
OLD = (
    works("old-absolute"),
    works("old-relative"),
    works("old-message-first"),
    works("old-twice", "wire-endpoint"),
    silent("old-no-endpoint", "endpoint"),
    silent("old-comments", "endpoint"),
    *(
        fails(f"old-{what}", Fault.INVALID_RESPONSE, OTHER_ORIGIN)
        for what in ("other-port", "other-host", "scheme-relative", "javascript")
    ),
    fails("old-broken-endpoint", Fault.INVALID_RESPONSE, "its endpoint"),
    fails("old-credentials", Fault.INVALID_RESPONSE, "its endpoint"),
    fails("old-empty-endpoint", Fault.HTTP, "HTTP 405", asked=2),
    repeated("old-closes", Fault.LOST, "ended its event stream"),
    fails("old-closes-on-list", Fault.LOST, "ended its event stream"),
    silent("old-never-answers"),
    silent("old-post-never-answered", "no answer to tools/list"),
    fails("old-post-500", Fault.HTTP, "answered initialize with HTTP 500"),
    fails(
        "old-post-401",
        Fault.AUTH,
        "refused the token that it was sent: HTTP 401 Unauthorized to tools/list",
    ),
    fails("old-post-redirects", Fault.HTTP, f"{ELSEWHERE}http://127.0.0.1:"),
    fails("old-get-404", Fault.HTTP, "HTTP"),
    fails("old-get-html", Fault.HTTP, "HTTP 405"),
    fails("old-get-json", Fault.HTTP, "HTTP 405"),
)

CASES = (
    *SILENCE,
    *STATUSES,
    *BODIES,
    *FRAMING,
    *REDIRECTS,
    *STREAMS,
    *SESSIONS,
    *OLD,
)
# Their answers to the requests after the spoilt one mix, so that either outcome is right.
EITHER = ("answers-twice",)
each = pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is repeated is repeated soon, and what is waited for in vain not for long."""
    monkeypatch.setattr("mcpx.retry.BASE", 0.01)
    monkeypatch.setattr("mcpx.client.streamable.IN_ORDER", 0.6)
    monkeypatch.setattr("mcpx.client.streamable.GOODBYE", 0.6)
    monkeypatch.setattr("mcpx.client.streamable.RESUME_AFTER", 0.4)


def inspected(run: Run, url: str, timeout: float, *options: str) -> Result:
    """What the command makes of a server, asked with a token."""
    token = ("--header", f"Authorization: Bearer {TOKEN}")
    return run("inspect", "--json", "--timeout", timeout, *token, *options, url)


def asked_for(server: Any) -> int:
    """How often the same request was sent, at most: ids and sessions apart."""
    posted = Counter(
        (one.path, one.rpc)
        for one in server.requests
        if one.method == "POST" and one.rpc and not one.rpc.startswith("notifications/")
    )
    return max(posted.values(), default=0)


def harmless(result: Result, server: Any) -> None:
    """Check what no server may bring about, whatever it does."""
    printed = result.out + result.err
    assert "Traceback" not in printed
    assert RAW.findall(printed) == []
    assert TOKEN not in printed
    assert server.elsewhere.requests == []
    sent = {one.headers.get("authorization") for one in server.requests}
    assert sent <= {f"Bearer {TOKEN}"}
    assert server.count("DELETE") <= 1


@each
def test_a_server_is_understood_or_its_fault_is_named(
    case: Case, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    if case.trusts:
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / f"{case.trusts}.pem"))
    with bad_http.serve(case.mode) as server:
        began = time.monotonic()
        result = inspected(run, server.url, case.timeout, *case.options)
        seconds = time.monotonic() - began
    harmless(result, server)
    waits = case.timeout if case.fault is Fault.TIMEOUT else case.least
    assert case.least <= seconds < waits + SLACK
    assert len(server.requests) <= 20

    document = json.loads(result.out)
    if case.fault is None:
        assert (result.status, "failures" in document) == (case.status, False), result.err
        (found,) = document["servers"]
        assert len(found["tools"]) == case.tools
        assert {problem["rule"] for problem in found["problems"]} == case.rules
        return
    assert (result.status, document["servers"]) == (case.status, [])
    assert [one["class"] for one in document["failures"]] == [case.fault], result.err
    error = json.loads(result.err.splitlines()[-1])["error"]
    assert error["class"] == case.fault
    assert error["message"].startswith("127.0.0.1:")
    # A slow machine may have more than one request open when the time is up, any of them first.
    several = re.search(r"no answer to \S+/list and [0-9]+ more requests? within", error["message"])
    assert several or case.words.removesuffix(" within 0.5 s") in error["message"]
    assert error["hint"]
    assert case.hint in error["hint"]
    assert asked_for(server) <= case.asked, [one.rpc or one.method for one in server.requests]


def test_every_mode_of_the_server_is_in_the_table() -> None:
    assert {case.mode for case in CASES} | {*EITHER} == set(bad_http.MODES)


def test_no_case_is_in_the_table_twice() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("mode", EITHER)
def test_answers_that_nobody_asked_for_are_nobodys(mode: str, run: Run) -> None:
    with bad_http.serve(mode) as server:
        result = inspected(run, server.url, 10)
    harmless(result, server)
    for one in json.loads(result.out).get("failures", []):
        assert one["class"] in (Fault.INVALID_RESPONSE, Fault.PROTOCOL)
    assert asked_for(server) <= 3


def peak_of(folder: Path, *arguments: str) -> tuple[int, float]:
    """The exit status of a command line and the megabytes that it took at most."""
    words = [*arguments, "-o", str(folder / "result.json")]
    return cost(words, folder, subprocess.DEVNULL, subprocess.DEVNULL)


# Modes that would fill the memory of who takes what comes.
LARGE = (
    "gzip-bomb",
    "gzip-bomb-sse",
    "gzip-bomb-error",
    "json-200mb",
    "sse-20mb",
    "sse-100mb-line",
)
# Those whose pieces are small, so that what holds them may cost more than they do.
SMALL = ("sse-endless-data", "sse-endless-short-data", "sse-endless-events")


@pytest.mark.parametrize("mode", LARGE)
def test_it_costs_little_memory(mode: str, tmp_path: Path) -> None:
    with bad_http.serve(mode) as server:
        status, peak = peak_of(tmp_path, "inspect", "--timeout", "10", server.url)
    assert status == (0 if mode == "sse-20mb" else 3)
    assert peak < MOST_MEGABYTES


@pytest.mark.parametrize("mode", SMALL)
def test_what_comes_in_small_pieces_costs_little_memory(mode: str, tmp_path: Path) -> None:
    # An eighth of the usual limit, so that it is soon reached.
    limits = ("--limit", "line=8M", "--limit", "notifications=50000")
    with bad_http.serve(mode) as server:
        status, peak = peak_of(tmp_path, "inspect", "--timeout", "10", *limits, server.url)
    assert status == 3
    assert peak < MOST_MEGABYTES / 4


ADDRESSES = (
    ("ftp://127.0.0.1/mcp", 2, Fault.USAGE),
    ("http://127.0.0.1:99999/mcp", 2, Fault.USAGE),
    ("http://[::1/mcp", 2, Fault.USAGE),
    ("http:///mcp", 2, Fault.USAGE),
    ("http://example.org/mcp", 4, Fault.REFUSED),
    ("http://user:hunter2@example.org/mcp", 4, Fault.REFUSED),
)


@pytest.mark.parametrize(("url", "status", "fault"), ADDRESSES)
def test_nothing_is_sent_to_a_wrong_or_open_address(
    url: str, status: int, fault: Fault, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    monkeypatch.setattr(socket.socket, "connect", nobody)
    result = inspected(run, url, 5)
    assert result.status == status
    error = json.loads(result.err.splitlines()[-1])["error"]
    assert error["class"] == fault
    assert TOKEN not in result.out + result.err
    assert "hunter2" not in result.out + result.err


def test_a_closed_port_is_named(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    began = time.monotonic()
    result = inspected(run, f"http://127.0.0.1:{port}/mcp", 10)
    assert time.monotonic() - began < SLACK
    assert result.status == 3
    error = json.loads(result.err.splitlines()[-1])["error"]
    assert (error["class"], TOKEN in result.err) == (Fault.CONNECT, False)
    assert f"cannot connect to http://127.0.0.1:{port}/mcp: connection refused" in error["message"]


def test_a_host_that_is_not_there_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    result = inspected(run, "https://nowhere.invalid/mcp", 10)
    assert result.status == 3
    error = json.loads(result.err.splitlines()[-1])["error"]
    assert error["class"] == Fault.CONNECT
    assert "https://nowhere.invalid/mcp: no such host" in error["message"]


@pytest.mark.parametrize(("mode", "most"), [("resume-loop", 5), ("resume-talks", 12)])
def test_a_stream_is_resumed_a_few_times_and_not_at_once(mode: str, most: int, run: Run) -> None:
    with bad_http.serve(mode) as server:
        inspected(run, server.url, 1)
        at = [one.at for one in server.requests if one.method == "GET"]
    assert 2 <= len(at) <= most
    assert min(later - earlier for earlier, later in pairwise(at)) >= 0.09


SAID: dict[str, str] = {
    "401-challenge": 'www-authenticate: Bearer resource_metadata="http://127.0.0.1:',
    "403-scope": 'www-authenticate: Bearer error="insufficient_scope", scope="tools:read',
    "401-echo": "it says: I do not know ***",
    "header-escape": "\\x1b]0;owned\\x07",
    "escapes": "it says: \\x1b]0;owned\\x07\\x1b[2J\\u202e::error::red",
    "429-day": "hint: try again in 86400 s",
}


@pytest.mark.parametrize(("mode", "words"), SAID.items(), ids=SAID)
def test_what_the_server_says_is_shown_and_harmless(mode: str, words: str, run: Run) -> None:
    token = ("--header", f"Authorization: Bearer {TOKEN}")
    with bad_http.serve(mode) as server:
        result = run("inspect", "--timeout", 10, *token, server.url)
    harmless(result, server)
    assert words in result.err
    assert not [line for line in result.err.splitlines() if line.startswith("::")]


# What may have run is not run again; what was refused, or never sent, is.
CALLS: dict[str, int] = {
    "cut-list": 1,
    "reset-list": 1,
    "cut-in-body": 1,
    "cut-half-event": 1,
    "sse-cut-no-answer": 1,
    "502-once": 1,
    "500-once": 1,
    "503-later": 1,
    "redirect-javascript": 1,
    "redirect-broken": 1,
    "redirect-307-port": 1,
    "bad-json": 1,
    "chunk-broken": 1,
    "never-answers-list": 1,
    "session-lost": 1,
    "modern-resume": 1,
    "429-zero": 3,
}


@pytest.mark.parametrize(("mode", "times"), CALLS.items(), ids=CALLS)
def test_a_call_that_may_have_run_is_not_repeated(mode: str, times: int, run: Run) -> None:
    with bad_http.serve(mode, on="tools/call") as server:
        result = run("call", "--json", "--timeout", 1.5, server.url, "echo", "text=x")
    harmless_call = result.out + result.err
    assert "Traceback" not in harmless_call
    assert result.status == 3
    assert server.count("POST", "tools/call") == times
    assert server.elsewhere.requests == []


@pytest.mark.parametrize("mode", ["429-once", "429-seconds", "503-seconds"])
def test_a_call_that_was_refused_is_made_again(mode: str, run: Run) -> None:
    with bad_http.serve(mode, on="tools/call") as server:
        result = run("call", "--json", "--timeout", 10, server.url, "echo", "text=x")
    assert result.status == 0, result.err
    assert server.count("POST", "tools/call") == 2


GOOD_SERVERS: dict[str, dict[str, Any]] = {
    "modern, JSON": {"era": good_http.Era.MODERN},
    "modern, events": {"era": good_http.Era.MODERN, "sse": True},
    "both eras": {},
    "legacy, JSON": {"era": good_http.Era.LEGACY},
    "legacy, events": {"era": good_http.Era.LEGACY, "sse": True},
    "legacy, no sessions": {"era": good_http.Era.LEGACY, "sessions": False},
    "legacy, no GET": {"era": good_http.Era.LEGACY, "listens": False},
    "legacy, resumed": {"era": good_http.Era.LEGACY, "resumes": 2},
    "legacy, short sessions": {"era": good_http.Era.LEGACY, "lives": 4},
    "pages of three": {"page": 3},
    "with a token": {"bearer": TOKEN},
    "the old transport": {"old": True},
}


@pytest.mark.parametrize("options", GOOD_SERVERS.values(), ids=GOOD_SERVERS)
def test_a_good_server_is_understood_however_it_goes_about_it(
    options: dict[str, Any], run: Run
) -> None:
    with good_http.serve(**options) as server:
        result = inspected(run, server.url, 10)
        requests = server.requests
    assert result.status == 0, result.err
    (found,) = result.json["servers"]
    names = [tool["name"] for tool in found["tools"]]
    assert names == [
        *("add", "ask_model", "ask_person", "ask_roots", "count", "echo", "fail"),
        *("ping_client", "query", "slow", "slow_asking"),
    ]
    assert found["problems"] == []
    assert [one["name"] for one in found["prompts"]] == ["greet"]
    legacy = options.get("era") is good_http.Era.LEGACY
    sessions = legacy and options.get("sessions", True)
    assert server.count("DELETE") == (1 if sessions else 0)
    for request in requests:
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        assert request.headers["user-agent"].startswith("mcpx/")
    if options.get("old"):
        return
    seen = {one.headers.get("mcp-session-id") for one in requests}
    assert len(seen - {None}) == (sessions if "lives" not in options else len(seen - {None}))
    version = "2025-11-25" if legacy else "2026-07-28"
    opened = [one.rpc for one in requests].index("initialize" if legacy else "server/discover") + 1
    later = [one for one in requests[opened:] if one.rpc != "initialize"]
    assert {one.headers["mcp-protocol-version"] for one in later} == {version}


def test_the_servers_that_work_give_one_catalogue(run: Run) -> None:
    alike: Callable[[dict[str, Any]], Any] = lambda found: (  # noqa: E731
        [tool["name"] for tool in found["tools"]],
        [one["uri"] for one in found["resources"]],
        [one["uriTemplate"] for one in found["templates"]],
    )
    seen = []
    for options in ({}, {"era": good_http.Era.LEGACY}, {"old": True}):
        with good_http.serve(**options) as server:
            seen.append(alike(inspected(run, server.url, 10).json["servers"][0]))
    assert seen[0] == seen[1] == seen[2]
