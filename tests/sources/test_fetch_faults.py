from __future__ import annotations

import json
import time
from email.utils import formatdate
from typing import Any

import pytest

from mcpx.errors import Fault, ServerError
from mcpx.sources.fetch_faults import refused, said, shown

URL = "https://r.example/x?token=c4nary-value"
PROBLEM = {"title": "Unprocessable Entity", "status": 422, "detail": "validation failed"}
LOCATED = {**PROBLEM, "errors": [{"message": "expected number <= 100", "location": "query.limit"}]}


def error_of(status: int, body: Any = None, **headers: str) -> ServerError:
    named = {name.replace("_", "-").lower(): one for name, one in headers.items()}
    return refused(
        URL, status, named, body if isinstance(body, bytes) else json.dumps(body).encode()
    )


@pytest.mark.parametrize(
    ("status", "body", "fault", "words"),
    [
        (422, LOCATED, Fault.HTTP, "validation failed; query.limit: expected number <= 100"),
        (404, {"error": "Server not found"}, Fault.HTTP, "HTTP 404: Server not found"),
        (404, b"<html>secret</html>", Fault.HTTP, "HTTP 404"),
        (404, [1], Fault.HTTP, "HTTP 404"),
        (400, {"detail": 3, "errors": [3, {"message": 4}]}, Fault.HTTP, "HTTP 400"),
        (401, {}, Fault.AUTH, "HTTP 401"),
        (403, {"detail": "no"}, Fault.AUTH, "HTTP 403: no"),
        (429, {}, Fault.THROTTLED, "HTTP 429"),
        (503, {}, Fault.HTTP, "HTTP 503"),
        (500, {"detail": "token=abcdef123456"}, Fault.HTTP, "HTTP 500: token=***"),
        (400, {"detail": "a\nb" + "x" * 900}, Fault.HTTP, "HTTP 400: a bx"),
        (304, {}, Fault.HTTP, "HTTP 304"),
    ],
)
def test_a_status_is_told_with_what_the_server_says(
    status: int, body: Any, fault: Fault, words: str
) -> None:
    error = error_of(status, body, WWW_Authenticate="Digest realm=x")
    assert (error.fault, error.evidence.status) == (fault, status)
    assert error.message.startswith("https://r.example/x: ")
    assert words in error.message
    assert len(error.message) < 400
    assert "html" not in error.message
    assert error.evidence.challenge == "Digest realm=x"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("7", 7.0), ("0", 0.0), ("9" * 40, 999_999_999.0), ("soon", None), ("", None), ("-1", None)],
)
def test_when_to_come_again_is_a_number_or_a_date(text: str, seconds: float | None) -> None:
    assert error_of(429, Retry_After=text).evidence.retry_after == seconds
    date = formatdate(time.time() + 90, usegmt=True)
    assert error_of(503, Retry_After=date).evidence.retry_after == pytest.approx(90, abs=3)
    assert error_of(503, Retry_After="Thu, 01 Jan 1970 00:00:00 GMT").evidence.retry_after == 0.0
    assert error_of(503, Retry_After=date).fault is Fault.THROTTLED


def test_where_it_sends_to_is_told_without_secrets() -> None:
    error = error_of(301, Location="https://user:c4nary@other.example/y?key=c4nary")
    assert error.message.endswith("it sends elsewhere, to https://***@other.example/y")
    assert shown(URL) == "https://r.example/x"


def test_foreign_words_are_one_short_line() -> None:
    assert said("a\n  b\tc") == "a b c"
    assert len(said("x" * 10_000)) == 201
