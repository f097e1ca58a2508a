from __future__ import annotations

from typing import Any

import pytest

from mcpx.servers import Era
from mcpx.serving.mock.playing.asked import Asked, asked_by, is_message, is_request
from tests.serving.mock.recordings import META


@pytest.mark.parametrize(
    ("members", "right", "asks"),
    [
        pytest.param({"id": 1, "method": "x"}, True, True, id="request"),
        pytest.param({"id": "", "method": "x", "params": {}}, True, True, id="text-id"),
        pytest.param({"id": 1.5, "method": "x", "params": None}, True, True, id="null-params"),
        pytest.param({"method": "x"}, True, False, id="notification"),
        pytest.param({"id": 1, "result": {}}, True, False, id="answer"),
        pytest.param({"id": 1, "error": {}}, True, False, id="error"),
        pytest.param({"id": None, "error": {}}, True, False, id="error-to-what-was-not-read"),
        pytest.param({"error": {}}, True, False, id="error-without-an-id"),
        pytest.param({"id": None, "method": "x"}, False, False, id="null-id"),
        pytest.param({"id": True, "method": "x"}, False, False, id="true-id"),
        pytest.param({"id": {}, "method": "x"}, False, False, id="object-id"),
        pytest.param({"id": None, "result": {}}, False, False, id="answer-to-nothing"),
        pytest.param({"result": {}}, False, False, id="answer-without-an-id"),
        pytest.param({"id": 1, "method": 5}, False, False, id="method-is-a-number"),
        pytest.param({"id": 1, "method": "x", "params": [1]}, False, False, id="params-by-place"),
        pytest.param({"id": 1, "method": "x", "params": 1}, False, False, id="params-is-a-number"),
        pytest.param({"id": 1}, False, False, id="an-id-alone"),
        pytest.param({}, False, False, id="nothing"),
        pytest.param({"jsonrpc": "1.0", "id": 1, "method": "x"}, False, False, id="version"),
        pytest.param({"jsonrpc": "1.0", "error": {}}, False, False, id="error-of-a-version"),
    ],
)
def test_what_is_a_message(members: Any, right: bool, asks: bool) -> None:
    message = {"jsonrpc": "2.0", **members}
    assert (is_message(message), is_request(message)) == (right, asks)


@pytest.mark.parametrize("value", [None, 5, "x", [], [{"jsonrpc": "2.0", "method": "x"}]], ids=str)
def test_what_is_no_object_is_no_message(value: Any) -> None:
    assert (is_message(value), is_request(value)) == (False, False)


@pytest.mark.parametrize(
    ("message", "era"),
    [
        pytest.param({"method": "tools/list"}, Era.LEGACY, id="unstamped"),
        pytest.param({"method": "tools/list", "params": {"_meta": META}}, Era.MODERN, id="stamped"),
        pytest.param({"method": "server/discover"}, Era.MODERN, id="probe"),
    ],
)
def test_the_era_of_a_request(message: Any, era: Era) -> None:
    assert asked_by(message).era is era


def test_what_is_asked_as_json() -> None:
    asked = Asked({"id": "a", "method": "x", "params": {"_meta": {"progressToken": 1}}}, Era.LEGACY)
    assert (asked.id, asked.method, asked.token) == ('"a"', "x", "1")
    assert Asked({"id": 1}, Era.LEGACY).token is None
