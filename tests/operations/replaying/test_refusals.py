from __future__ import annotations

import pytest

from mcpx.client.peer import RpcError
from mcpx.errors import Evidence, Fault, ServerError
from mcpx.operations.replaying.refusals import in_words, of_opening
from mcpx.servers import Era, ServerSpec

SPEC = ServerSpec("one", command="x")


@pytest.mark.parametrize(
    ("fault", "seen", "said"),
    [
        pytest.param(
            Fault.THROTTLED,
            Evidence(status=503, retry_after=3.0),
            "HTTP 503 Service Unavailable, Retry-After 3",
            id="busy",
        ),
        pytest.param(Fault.AUTH, Evidence(status=401), "HTTP 401 Unauthorized (help)", id="closed"),
        pytest.param(
            Fault.HTTP, Evidence(status=307), "HTTP 307 Temporary Redirect (help)", id="moved"
        ),
        pytest.param(Fault.HTTP, Evidence(status=599), "HTTP 599", id="unknown"),
    ],
)
def test_a_refusal_by_status_in_words(fault: Fault, seen: Evidence, said: str) -> None:
    assert in_words(ServerError(fault, "one: no", "help", evidence=seen), seen) == said


@pytest.mark.parametrize(
    ("code", "data", "era", "expected"),
    [
        pytest.param(-32601, None, Era.MODERN, "does not speak the modern era", id="no probe"),
        pytest.param(-32601, None, Era.LEGACY, "does not speak the legacy era", id="no handshake"),
        pytest.param(
            -32022,
            {"supported": ["2026-07-28"]},
            Era.LEGACY,
            "does not speak the legacy era, but MCP 2026-07-28",
            id="names another",
        ),
        pytest.param(
            -32022,
            {"supported": ["2030-01-01"]},
            Era.LEGACY,
            "speaks MCP 2030-01-01, which mcpx does not",
            id="names one that nobody knows",
        ),
        pytest.param(
            -32602,
            None,
            Era.LEGACY,
            "answered initialize with error -32602: no",
            id="a handshake that failed",
        ),
        pytest.param(-32021, None, Era.MODERN, None, id="it only wants more"),
    ],
)
def test_what_an_error_to_the_opening_means(
    code: int, data: object, era: Era, expected: str | None
) -> None:
    error = RpcError("initialize", {"code": code, "message": "no", "data": data})
    found = of_opening(SPEC, error, era)
    assert (None if found is None else found.message.removeprefix("one: ")) == expected
    other = Era.LEGACY if era is Era.MODERN else Era.MODERN
    wrong_era = found is not None and "does not speak" in found.message
    assert wrong_era is (found is not None and f"--era {other}" in found.hint)


def test_a_server_that_cannot_be_reached_is_no_opening() -> None:
    gone = ServerError(Fault.CONNECT, "gone")
    assert of_opening(SPEC, gone, Era.LEGACY) is gone
    assert of_opening(SPEC, None, Era.LEGACY) is None
