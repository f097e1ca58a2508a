from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx import web
from mcpx.errors import ConfigError, RefusedError, UsageError


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://host/", "ftp://host/: not an http:// or https:// URL"),
        ("host", "host: not an http:// or https:// URL"),
        ("//host/x", "//host/x: not an http:// or https:// URL"),
        ("javascript:alert(1)", "not an http:// or https:// URL"),
        ("file:///etc/passwd", "not an http:// or https:// URL"),
        ("http://", "http://: the URL names no host"),
        ("http:/host/x", "the URL names no host"),
        ("http://:80/", "the URL names no host"),
        ("http://[::1", "not a URL: Invalid IPv6 URL"),
        ("http://host:99999/", "not a URL: Port out of range"),
        ("http://host:-1/", "not a URL: Port could not be cast"),
        ("http://host:many/", "not a URL: Port could not be cast"),
        ("http://host:0/", "not a URL: port 0"),
        ("http://ho st/", "a space or control character in it"),
        (" http://host/", "a space or control character in it"),
        ("http://host/\n", "a space or control character in it"),
        ("http://host/\x1b[2J", "a space or control character in it"),
        ("http://host/\u202e", "a space or control character in it"),
    ],
)
def test_what_is_no_url_is_refused_with_the_reason(url: str, words: str) -> None:
    with pytest.raises(UsageError) as refused:
        web.checked_url(url)
    assert words in refused.value.message
    assert refused.value.message.isprintable()


def test_a_password_in_a_refused_url_is_not_shown() -> None:
    with pytest.raises(UsageError) as refused:
        web.checked_url("http://ada:hunter2@host:99999/")
    assert "hunter2" not in refused.value.message


@pytest.mark.parametrize(
    "url", ["http://host", "HTTPS://Host:8443/mcp?x=1#y", "http://[::1]:80/", "http://ada:pw@host/"]
)
def test_a_url_is_taken_as_it_is(url: str) -> None:
    assert web.checked_url(url).geturl().lower() == url.lower()


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://Host/mcp", ("http", "host", 80)),
        ("https://host", ("https", "host", 443)),
        ("https://ada:pw@host:8443/x", ("https", "host", 8443)),
        ("http://[::1]:9/", ("http", "::1", 9)),
        ("file:///etc/passwd", ("file", "", 0)),
        ("javascript:alert(1)", ("javascript", "", 0)),
    ],
)
def test_origins(url: str, origin: tuple[str, str, int]) -> None:
    assert web.origin(url) == origin


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("localhost", True),
        ("LOCALHOST", True),
        ("app.localhost", False),
        ("localhost.", False),
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("[::1]", True),
        ("localhost.example", False),
        ("notlocalhost", False),
        ("127.0.0.1.example", False),
        ("0.0.0.0", False),
        ("[::]", False),
        ("10.0.0.1", False),
        ("[fe80::1]", False),
        ("127.0.0.1@example.org", False),
    ],
)
def test_what_is_this_machine(host: str, ours: bool) -> None:
    assert web.is_loopback(f"http://{host}:8000/mcp") is ours


OPEN = "http://example.org/mcp"


@pytest.mark.parametrize(
    ("url", "headers", "what"),
    [
        (OPEN, {"Authorization": "Bearer x"}, "Authorization"),
        (OPEN, {"authorization": "Basic x"}, "authorization"),
        (OPEN, {"Cookie": "session=1"}, "Cookie"),
        (OPEN, {"Proxy-Authorization": "x"}, "Proxy-Authorization"),
        (OPEN, {"Accept": "x", "X-Api-Key": "x"}, "X-Api-Key"),
        ("http://ada:pw@example.org/", {}, "the user name in the URL"),
        ("http://token@example.org/", {}, "the user name in the URL"),
        ("http://localhost.example.org/", {"Authorization": "x"}, "Authorization"),
        ("http://app.localhost/", {"Authorization": "x"}, "Authorization"),
        (OPEN + "?a=1&api_key=pw", {}, "the parameter 'api_key' of the URL"),
        (OPEN, {"X-Sender": "bearer pw"}, "X-Sender"),
        (OPEN, {"X-Sender": "Basic pw"}, "X-Sender"),
        (OPEN, {"X-Sender": "ghp_" + "a1" * 18}, "X-Sender"),
    ],
)
def test_credentials_do_not_go_over_an_open_wire(
    url: str, headers: dict[str, str], what: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        web.guard_credentials("weather", url, headers)
    assert refused.value.message.startswith(f"weather: {what} is not sent over plain http to ")
    assert "https://" in refused.value.hint
    assert "pw" not in refused.value.message and "token@" not in refused.value.message


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        (OPEN, {}),
        (OPEN, {"Accept": "application/json", "User-Agent": "mcpx"}),
        (OPEN + "?page=2", {"X-Sender": "basically anybody"}),
        ("http://[::1]/?api_key=x", {}),
        ("https://example.org/", {"Authorization": "Bearer x"}),
        ("https://ada:pw@example.org/", {}),
        ("http://127.0.0.1:8000/", {"Authorization": "Bearer x"}),
        ("http://localhost/", {"Cookie": "x"}),
    ],
)
def test_everything_else_may_go(url: str, headers: dict[str, str]) -> None:
    web.guard_credentials("weather", url, headers)


HERE = "http://127.0.0.1:8000/mcp"


@pytest.mark.parametrize(
    ("method", "status", "location", "target"),
    [
        ("POST", 307, "/moved", "http://127.0.0.1:8000/moved"),
        ("POST", 308, "other?x=1", "http://127.0.0.1:8000/other?x=1"),
        ("POST", 307, "http://127.0.0.1:8000/moved", "http://127.0.0.1:8000/moved"),
        ("POST", 301, "/moved", ""),
        ("POST", 302, "/moved", ""),
        ("POST", 303, "/moved", ""),
        ("DELETE", 302, "/moved", ""),
        ("GET", 301, "/moved", "http://127.0.0.1:8000/moved"),
        ("GET", 302, "/moved", "http://127.0.0.1:8000/moved"),
        ("GET", 303, "/moved", "http://127.0.0.1:8000/moved"),
        ("GET", 300, "/moved", ""),
        ("GET", 304, "/moved", ""),
        ("GET", 200, "/moved", ""),
        ("POST", 307, "", ""),
        ("POST", 307, "http://127.0.0.1:8001/mcp", ""),
        ("POST", 307, "http://127.0.0.1/mcp", ""),
        ("POST", 307, "http://localhost:8000/mcp", ""),
        ("POST", 307, "https://127.0.0.1:8000/mcp", ""),
        ("POST", 307, "//127.0.0.1:8001/mcp", ""),
        ("POST", 307, "\t//127.0.0.1:8001/mcp", ""),
        ("POST", 307, "/\t/127.0.0.1:8001/mcp", ""),
        ("POST", 307, "file:///etc/passwd", ""),
        ("POST", 307, "javascript:alert(1)", ""),
        ("POST", 307, "http://[::1/mcp", ""),
        ("POST", 307, "http://127.0.0.1:99999/mcp", ""),
        ("POST", 307, "http://ada:hunter2@127.0.0.1:8000/moved", ""),
        ("POST", 307, "//ada@127.0.0.1:8000/moved", ""),
    ],
)
def test_redirects_stay_on_the_origin_and_keep_the_method(
    method: str, status: int, location: str, target: str
) -> None:
    assert web.followed(method, HERE, status, location) == target


@pytest.mark.parametrize(
    ("reference", "target"),
    [
        ("/messages?session=1", "http://127.0.0.1:8000/messages?session=1"),
        ("messages", "http://127.0.0.1:8000/messages"),
        ("", HERE),
        ("http://127.0.0.1:8000/x", "http://127.0.0.1:8000/x"),
        ("http://127.0.0.1:8001/x", ""),
        ("http://ada:pw@127.0.0.1:8000/x", ""),
        ("http://[::1/x", ""),
    ],
)
def test_references_stay_on_the_origin(reference: str, target: str) -> None:
    assert web.on_origin(HERE, reference) == target


def test_a_default_port_is_the_same_origin() -> None:
    assert web.followed("GET", "https://h/a", 302, "https://H:443/b") == "https://H:443/b"


def test_a_redirect_keeps_the_credentials_of_its_own_url() -> None:
    here = "http://ada:pw@127.0.0.1:8000/mcp"
    assert web.followed("POST", here, 307, "/x") == "http://ada:pw@127.0.0.1:8000/x"


@given(st.text(), st.sampled_from([301, 302, 307, 308]))
def test_no_redirect_whatsoever_leaves_the_origin(location: str, status: int) -> None:
    target = web.followed("GET", HERE, status, location)
    assert target == "" or web.origin(target) == ("http", "127.0.0.1", 8000)


def test_the_library_comes_without_its_command_line() -> None:
    code = (
        "import sys; from mcpx import web; library = web.library();"
        "assert library is web.library() and library.AsyncClient;"
        "print(sorted({'click', 'rich', 'pygments', 'httpx._main'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment that names no proxy and no authorities."""
    for name in (*PROXIES, "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return monkeypatch


@pytest.mark.parametrize("kind", ["Client", "AsyncClient"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALL_PROXY", "socks5://127.0.0.1:1"),
        ("HTTP_PROXY", "ftp://127.0.0.1:c4nary"),
        ("HTTP_PROXY", "ftp://127.0.0.1"),
        ("HTTP_PROXY", "http://127.0.0.1:99999"),
        ("HTTP_PROXY", "127.0.0.1:99999"),
    ],
)
def test_proxies_of_the_environment_that_cannot_be_used_are_named(
    kind: str, name: str, value: str, environ: pytest.MonkeyPatch
) -> None:
    environ.setenv(name, value)
    with pytest.raises(ConfigError, match="the proxy settings of the environment") as caught:
        web.client(kind, OPEN, {}, print)
    assert "http://HOST:PORT" in caught.value.hint
    assert "c4nary" not in caught.value.message
    web.client(kind, "http://127.0.0.1:1/", {}, print)


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        (OPEN, "http://proxy:1"),
        ("https://example.org", "all:2"),
        ("http://inside.example/", ""),
        ("http://localhost/", ""),
    ],
)
def test_the_proxy_of_a_url(url: str, proxy: str, environ: pytest.MonkeyPatch) -> None:
    environ.setenv("http_proxy", "http://proxy:1")
    environ.setenv("all_proxy", "all:2")
    environ.setenv("no_proxy", "inside.example")
    assert web.proxy_of(url) == proxy


@pytest.mark.parametrize(
    ("content", "words"), [(None, "no such file"), ("", "no certificates can be read from it")]
)
def test_authorities_that_cannot_be_read_are_named(
    content: str | None, words: str, environ: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "authorities.pem"
    if content is not None:
        file.write_text(content)
    environ.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(ConfigError) as caught:
        web.client("Client", "https://example.org", {}, print)
    assert caught.value.message == f"SSL_CERT_FILE={file}: {words}"


def test_a_header_that_is_not_ascii_is_not_quoted() -> None:
    with pytest.raises(ConfigError, match="characters that HTTP cannot carry") as caught:
        web.client("Client", "http://127.0.0.1:1/", {"x-key": "c4nary\u20ac"}, print)
    assert "c4nary" not in caught.value.message and "\u20ac" not in caught.value.message
