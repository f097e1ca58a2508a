"""Who may ask a server on this machine."""

from __future__ import annotations

import pytest

from mcpx.admission import path_of, refusal


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        pytest.param("Host", "127.0.0.1:8931", "", id="our address"),
        pytest.param("HOST", "localhost", "", id="our name, any port"),
        pytest.param("Host", "[::1]:1", "", id="IPv6"),
        pytest.param("Host", "evil.example:8931", "Host", id="a name that leads here"),
        pytest.param("Host", "localhost.evil.example", "Host", id="begins like ours"),
        pytest.param("Host", "evil@127.0.0.1", "Host", id="a user"),
        pytest.param("Host", "127.0.0.1:x", "Host", id="no port"),
        pytest.param("Host", "", "Host", id="empty"),
        pytest.param("Origin", "http://localhost:6274", "", id="a page of this machine"),
        pytest.param("Origin", "https://evil.example", "Origin", id="a page of another"),
        pytest.param("Origin", "null", "Origin", id="a page of nobody"),
        pytest.param("Origin", "http://127.0.0.1/x", "Origin", id="a path"),
        pytest.param("Origin", "file://", "Origin", id="a file"),
        pytest.param("Referer", "https://evil.example", "", id="another header"),
    ],
)
def test_who_comes_from_another_machine_is_refused(name: str, value: str, wrong: str) -> None:
    assert refusal([(name.encode(), value.encode())]).partition(" ")[0] == wrong


@pytest.mark.parametrize(
    ("target", "path"),
    [
        pytest.param(b"/mcp?a=b", b"/mcp?a=b", id="a path"),
        pytest.param(b"//x/y", b"//x/y", id="a path that looks like a host"),
        pytest.param(b"*", b"*", id="the server itself"),
        pytest.param(b"http://127.0.0.1:1/mcp?a", b"/mcp?a", id="a whole URL"),
        pytest.param(b"http://localhost", b"/", id="a URL without a path"),
        pytest.param(b"http://evil.example/mcp", b"", id="another host"),
        pytest.param(b"127.0.0.1:80", b"", id="a tunnel"),
    ],
)
def test_only_paths_are_asked_for(target: bytes, path: bytes) -> None:
    assert path_of(target) == path
