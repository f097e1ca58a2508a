from __future__ import annotations

import socket
import ssl

import pytest

from mcpx import web, web_faults
from mcpx.errors import Fault


def caused(error: BaseException) -> Exception:
    """An error of a library with another one behind it."""
    outer = RuntimeError("All connection attempts failed")
    outer.__cause__ = OSError("inner")
    outer.__cause__.__context__ = error
    return outer


def verification(text: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = text
    return error


def tls(reason: str | None) -> ssl.SSLError:
    error = ssl.SSLError(1, "Wrong Version")
    if reason is not None:
        error.reason = reason
    return error


class ConnectTimeoutError(Exception):
    pass


@pytest.mark.parametrize(
    ("error", "fault", "words"),
    [
        (
            verification("self-signed certificate"),
            Fault.TLS,
            "its certificate is not valid: self-signed certificate",
        ),
        (tls("WRONG_VERSION_NUMBER"), Fault.TLS, "no TLS connection: wrong version number"),
        (tls(None), Fault.TLS, "no TLS connection: wrong version"),
        (socket.gaierror(-2, "Name or service not known"), Fault.CONNECT, "no such host"),
        (ConnectionRefusedError(111, "Connection refused"), Fault.CONNECT, "connection refused"),
    ],
)
def test_why_no_connection_came_about(error: OSError, fault: Fault, words: str) -> None:
    assert web_faults.connect_failure(error) == (fault, words)
    assert web_faults.connect_failure(caused(error)) == (fault, words)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectTimeoutError(), "no connection within 10 s"),
        (OSError("Network Is Down"), "network is down"),
        (OSError(), "oserror"),
        (OSError("Größe"), "Größe"),
    ],
)
def test_other_failures_are_told_in_their_own_words(error: Exception, words: str) -> None:
    assert web_faults.connect_failure(error) == (Fault.CONNECT, words)


def test_errors_that_are_their_own_cause_end() -> None:
    error = OSError("round and round")
    error.__context__ = ValueError()
    error.__context__.__context__ = error
    assert web_faults.connect_failure(error) == (Fault.CONNECT, "round and round")


def foreign(text: str) -> str:
    return f"<{text}>"


@pytest.mark.parametrize(
    ("error", "begun", "fault", "words"),
    [
        ("RemoteProtocolError", False, Fault.PROTOCOL, "U: does not speak HTTP: <odd>"),
        ("RemoteProtocolError", True, Fault.PROTOCOL, "U: sent broken HTTP: <odd>"),
        ("ReadError", True, Fault.LOST, "the connection to U broke: <odd>"),
        ("ConnectTimeout", False, Fault.CONNECT, "cannot connect to U: no connection within 10 s"),
        ("ReadTimeout", True, Fault.TIMEOUT, "U: no full answer in time"),
        ("InvalidURL", False, Fault.CONNECT, "cannot ask U: <odd>"),
    ],
)
def test_errors_of_the_library_are_classed(
    error: str, begun: bool, fault: Fault, words: str
) -> None:
    raised = getattr(web.library(), error)("odd")
    found = web_faults.failure(raised, "U", foreign, begun)
    assert found is not None
    assert (found.fault, found.words) == (fault, words)
    assert found.hint


def test_what_is_no_error_of_the_library_is_not_classed() -> None:
    assert web_faults.failure(KeyError("odd"), "U", foreign) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("7", 7.0), (" 7 ", 7.0), ("", None), ("soon", None), ("-1", None), ("9" * 20, 999999999.0)],
)
def test_when_to_ask_again(text: str, seconds: float | None) -> None:
    assert web_faults.retry_after(text) == seconds


def test_a_date_to_ask_again_that_has_gone_means_now() -> None:
    assert web_faults.retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0


@pytest.mark.parametrize(
    ("status", "headers", "fault", "phrase"),
    [
        (401, {}, Fault.AUTH, "HTTP 401 Unauthorized"),
        (403, {}, Fault.AUTH, "HTTP 403 Forbidden"),
        (404, {}, Fault.HTTP, "HTTP 404 Not Found"),
        (429, {}, Fault.THROTTLED, "HTTP 429 Too Many Requests"),
        (503, {}, Fault.HTTP, "HTTP 503 Service Unavailable"),
        (503, {"retry-after": "3"}, Fault.THROTTLED, "HTTP 503 Service Unavailable"),
        (799, {}, Fault.HTTP, "HTTP 799"),
    ],
)
def test_statuses_are_classed(
    status: int, headers: dict[str, str], fault: Fault, phrase: str
) -> None:
    found = web_faults.refusal(status, headers)
    assert (found.fault, found.phrase) == (fault, phrase)


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("text/html", b"<h1>No</h1>", ""),
        ("", b"<!doctype html>", ""),
        ("text/plain", b" not \n here ", "not here"),
        ("application/problem+json", b'{"title": "T", "detail": "gone"}', "gone"),
        ("", b'{"error": "gone"}', "gone"),
        ("", b'{"error": "invalid", "error_description": "expired"}', "expired"),
        ("", b'{"jsonrpc": "2.0", "error": {"code": 1, "message": "m"}}', "m"),
        ("", b'{"detail": "d", "errors": [{"location": "q", "message": "w"}]}', "d; q: w"),
        ("", b"[1]", ""),
    ],
)
def test_what_the_body_of_an_error_says(kind: str, body: bytes, words: str) -> None:
    assert web_faults.detail(kind, body) == words
