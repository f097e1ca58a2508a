"""The endpoint of HTTP+SSE, as it reaches a client."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.operations.taps.http.endpoints import Endpoints
from mcpx.operations.taps.http.heads import Places

PLACES = Places("https://far.example/sse", "http://127.0.0.1:8931")
REST = b"event: message\ndata: {}\n\n"


def passed(*pieces: bytes) -> bytes:
    endpoints = Endpoints(PLACES, lambda: None)
    return b"".join(endpoints(piece) for piece in pieces) + endpoints.rest()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(
            b"event: endpoint\ndata: https://far.example/m?s=1\n\n",
            b"event: endpoint\ndata: http://127.0.0.1:8931/m?s=1\n\n",
            id="whole URL",
        ),
        pytest.param(
            b": hi\r\n\r\ndata:https://far.example:443\r\nevent:endpoint\r\n\r\n",
            b": hi\r\n\r\ndata: http://127.0.0.1:8931/\r\nevent:endpoint\r\n\r\n",
            id="after a comment, the other way round, with the usual port",
        ),
        *(
            pytest.param(same, same, id=name)
            for name, same in {
                "relative": b"event: endpoint\ndata: /m?s=1\n\n",
                "another origin": b"event: endpoint\ndata: https://other.example/m\n\n",
                "another user": b"event: endpoint\ndata: https://x@far.example/m\n\n",
                "another kind": b"event: message\ndata: https://far.example/m\n\n",
                "no kind": b"data: https://far.example/m\n\n",
                "cut off": b"event: endpoint\ndata: https://far.example/m",
                "not the first": REST + b"event: endpoint\ndata: https://far.example/m\n\n",
                "without end": b"x" * 70_000,
                "nothing": b"",
            }.items()
        ),
    ],
)
def test_only_a_url_on_the_origin_is_rewritten(given: bytes, expected: bytes) -> None:
    whole = passed(given + (REST if given.endswith(b"\n") else b""))
    assert whole == expected + (REST if given.endswith(b"\n") else b"")


@given(st.lists(st.sampled_from([b"\n", b"\r", b"\r\n", b":c", b"data: x", b"event: e"])))
def test_however_it_is_cut_nothing_else_changes(pieces: list[bytes]) -> None:
    assert passed(*pieces) == b"".join(pieces)


def test_nothing_waits_once_the_first_event_has_come() -> None:
    rewritten: list[bool] = []
    endpoints = Endpoints(PLACES, lambda: rewritten.append(True))
    assert endpoints(b"event: mess") == b""
    assert endpoints(b"age\n\nd") == b"event: message\n\nd"
    assert endpoints(b"at") == b"at"
    assert rewritten == []


def test_it_tells_that_it_has_rewritten() -> None:
    rewritten: list[bool] = []
    Endpoints(PLACES, lambda: rewritten.append(True))(
        b"event: endpoint\ndata: https://far.example/m\n\n"
    )
    assert rewritten == [True]
