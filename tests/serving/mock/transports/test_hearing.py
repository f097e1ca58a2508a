from __future__ import annotations

import json
from typing import Any

import pytest

from mcpx.serving.http.exchanges import Request
from mcpx.serving.mock.transports.hearing import UnheardError, message_of, target_of

JSON = "application/json"


def posted(body: bytes, kind: str = JSON) -> Request:
    return Request("POST", b"/", (), {"content-type": kind}, body)


class Told:
    """An answer that keeps what it is."""

    def whole(self, status: int, body: bytes) -> None:
        self.status, self.said = status, json.loads(body)


def told(error: UnheardError) -> Told:
    answer = Told()
    error.tell(answer)  # type: ignore[arg-type]
    return answer


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        pytest.param(b"{", JSON, 400, -32700, id="no-json"),
        pytest.param(b'"\xff"', JSON, 400, -32700, id="no-text"),
        pytest.param(b"[" * 99_999, JSON, 400, -32700, id="too-deep"),
        pytest.param(b"5", JSON, 400, -32600, id="no-object"),
        pytest.param(b"[]", JSON, 400, -32600, id="no-batch"),
        pytest.param(b'{"jsonrpc":"2.0"}', JSON, 400, -32600, id="no-message"),
        pytest.param(b"{}", "text/plain", 415, -32600, id="another-type"),
        pytest.param(b"{}", "", 415, -32600, id="no-type"),
    ],
)
def test_what_is_not_heard(body: bytes, kind: str, status: int, code: int) -> None:
    with pytest.raises(UnheardError) as caught:
        message_of(posted(body, kind))
    answer = told(caught.value)
    assert (answer.status, answer.said["error"]["code"], answer.said["id"]) == (status, code, None)


@pytest.mark.parametrize(
    "value", [{"jsonrpc": "2.0", "method": "x"}, [5], [{"jsonrpc": "2.0", "method": "x"}]], ids=str
)
def test_what_is_heard(value: Any) -> None:
    assert (
        message_of(posted(json.dumps(value).encode(), "Application/JSON; charset=utf-8")) == value
    )


@pytest.mark.parametrize(
    ("target", "headers", "found"),
    [
        pytest.param(b"/mcp?a=1", (), ("/mcp", "a=1"), id="path"),
        pytest.param(b"http://127.0.0.1:9/mcp", (), ("/mcp", ""), id="a-whole-url"),
        pytest.param(b"http://evil.example/", (), None, id="another-host"),
        pytest.param(b"/", ((b"Origin", b"https://evil.example"),), None, id="origin"),
        pytest.param(b"/", ((b"Host", b"evil.example"),), None, id="host"),
    ],
)
def test_who_is_heard(target: bytes, headers: Any, found: Any) -> None:
    request = Request("GET", target, headers, {}, b"")
    if found is not None:
        assert target_of(request) == found
        return
    with pytest.raises(UnheardError) as caught:
        target_of(request)
    assert told(caught.value).status == 403


def test_an_error_says_what_it_is_about() -> None:
    answer = told(UnheardError(409, "taken", id=7, data={"a": 1}))
    error = {"code": 409, "message": "mcpx: taken", "data": {"a": 1}}
    assert answer.said == {"jsonrpc": "2.0", "id": 7, "error": error}
