from __future__ import annotations

import asyncio

import httpx
import pytest

from mcpx.client.exchanges import Heard
from mcpx.errors import Fault, ServerError
from mcpx.servers import Transport
from mcpx.sse_events import SseEvent
from mcpx.wire import Finish
from tests.client.heard import HeardTap

REQUEST = httpx.Request("POST", "http://h/mcp?a=b", headers={"X-A": "1"}, content=b"{}")
LOST = ServerError(Fault.LOST, "it broke")
REFUSED = ServerError(Fault.CONNECT, "nobody there")


def begun(tap: HeardTap, status: int | None = 200, **headers: str) -> Heard:
    heard = Heard(tap, 7)
    heard.requested(REQUEST, b"{}")
    if status is not None:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        heard.answered(httpx.Response(status, headers=given))
    return heard


@pytest.fixture
def tap() -> HeardTap:
    return HeardTap(Transport.HTTP, None)


def test_heads_are_told_with_their_headers(tap: HeardTap) -> None:
    begun(tap, 202, X_B="2")
    requested, sent, answered = tap.told
    assert requested[:4] == ("requested", 7, "POST", "/mcp?a=b")
    assert requested[4]["x-a"] == "1"
    assert sent == ("sent", b"{}", 7, None)
    assert answered == ("answered", 7, 202, {"x-b": "2"})


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        pytest.param("application/json", "received", id="json"),
        pytest.param("application/problem+json", "received", id="a kind of json"),
        pytest.param("text/html", "unread", id="html"),
        pytest.param("", "unread", id="no kind"),
    ],
)
def test_a_body_is_a_message_by_its_kind(tap: HeardTap, kind: str, told: str) -> None:
    heard = begun(tap)
    heard.body(kind, bytearray(b"[]"))
    heard.left()
    assert [row[0] for row in tap.told[3:]] == [told, "finished"]
    assert tap.of(told)[0][0] == b"[]"
    assert tap.of("finished") == [(7, Finish.END, "")]


@pytest.mark.parametrize(
    ("status", "headers", "error", "end"),
    [
        pytest.param(200, {}, None, (Finish.CLIENT, ""), id="left"),
        pytest.param(200, {}, LOST, (Finish.CLIENT, ""), id="left because of another fault"),
        pytest.param(202, {"content_length": "0"}, None, (Finish.END, ""), id="no body"),
        pytest.param(204, {}, None, (Finish.END, ""), id="no content"),
        pytest.param(None, {}, LOST, (Finish.SERVER, "it broke"), id="no answer"),
        pytest.param(None, {}, REFUSED, (Finish.UNREACHABLE, "nobody there"), id="unreachable"),
        pytest.param(None, {}, asyncio.CancelledError(), (Finish.CLIENT, ""), id="left before"),
    ],
)
def test_leaving_ends_it(
    tap: HeardTap,
    status: int | None,
    headers: dict[str, str],
    error: BaseException | None,
    end: tuple[Finish, str],
) -> None:
    heard = begun(tap, status, **headers)
    heard.__exit__(None, error, None)
    heard.left()
    assert tap.of("finished") == [(7, *end)]


@pytest.mark.parametrize(
    ("error", "end"),
    [
        pytest.param(LOST, [(7, Finish.SERVER, "it broke")], id="broken"),
        pytest.param(ServerError(Fault.LIMIT, "much"), [(7, Finish.CLIENT, "much")], id="too much"),
        pytest.param(asyncio.CancelledError(), [], id="left, which the block tells"),
    ],
)
def test_half_a_body_is_no_message(tap: HeardTap, error: BaseException, end: list[object]) -> None:
    begun(tap).cut(bytearray(b'{"a"'), error)
    assert tap.of("unread") == [(b'{"a"', 7)]
    assert tap.of("finished") == end


def test_what_was_never_asked_has_no_end(tap: HeardTap) -> None:
    with Heard(tap, 1):
        pass
    assert tap.told == []


def test_without_a_tap_nothing_happens() -> None:
    with Heard(None, 1) as heard:
        heard.requested(None, None)
        heard.answered(None)
        heard.event(SseEvent("", b"{}"))
        heard.body("application/json", bytearray(b"{}"))
        heard.broke(LOST)
