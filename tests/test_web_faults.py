from __future__ import annotations

import socket
import ssl

import pytest

from mcpx import web, web_faults
from mcpx.errors import ConfigError, Fault


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


@pytest.mark.parametrize(
    ("error", "begun", "fault", "words"),
    [
        (tls("BAD_RECORD_MAC"), False, Fault.LOST, "the connection to U broke: <bad record mac>"),
        (tls("BAD_RECORD_MAC"), True, Fault.LOST, "the connection to U broke: <bad record mac>"),
        (OSError(5, "Gone"), False, Fault.LOST, "the connection to U broke: <gone>"),
        (socket.gaierror(-2, "x"), False, Fault.CONNECT, "cannot connect to U: no such host"),
        (OverflowError("port"), False, Fault.CONNECT, "cannot connect to U: port"),
        (
            ExceptionGroup("several", [OverflowError("port")]),
            False,
            Fault.CONNECT,
            "cannot connect to U: port",
        ),
    ],
)
def test_errors_that_the_library_lets_through_are_classed(
    error: Exception, begun: bool, fault: Fault, words: str
) -> None:
    found = web_faults.failure(error, "U", foreign, begun)
    assert found is not None
    assert (found.fault, found.words) == (fault, words)


@pytest.mark.parametrize("kind", ["value", "name"])
def test_a_header_that_is_refused_is_ours_to_mend_and_not_quoted(kind: str) -> None:
    refused = web.library().LocalProtocolError(f"Illegal header {kind} b'c4nary\\n'")
    with pytest.raises(ConfigError, match=f"the {kind} of a header") as caught:
        web_faults.failure(refused, "U", foreign)
    assert "c4nary" not in caught.value.message + caught.value.hint


def test_a_request_that_is_refused_for_another_reason_is_not_quoted() -> None:
    found = web_faults.failure(web.library().LocalProtocolError("c4nary"), "U", foreign)
    assert found is not None
    assert (found.fault, found.words) == (Fault.CONNECT, "cannot ask U: not a valid request")


def test_a_connection_through_a_proxy_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    error = web.library().ConnectError("odd")
    found = web_faults.failure(error, "https://acme.example/x", foreign)
    assert found is not None
    proxied = "cannot connect to https://acme.example/x through the proxy of the environment: odd"
    assert (found.words, "HTTPS_PROXY" in found.hint) == (proxied, True)


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


def test_tls_in_the_place_of_http_is_named() -> None:
    error = web.library().RemoteProtocolError(r"illegal status line: bytearray(b'\x15\x03\x03')")
    found = web_faults.failure(error, "http://acme.example/x", foreign)
    assert found is not None
    assert found.words == "http://acme.example/x: speaks TLS on this port, not plain HTTP"
    assert (found.fault, found.hint) == (Fault.PROTOCOL, "write https://")
