from __future__ import annotations

from typing import Any

import pytest

from mcpx.servers import ServerSpec, Transport
from mcpx.sources.identities import identity, normalised


def process(**more: Any) -> ServerSpec:
    return ServerSpec(**{"name": "a", "command": "run", "args": ("x",), "env": {"K": "v"}, **more})


def remote(url: str = "https://a.example/mcp", **more: Any) -> ServerSpec:
    return ServerSpec(**{"name": "a", "transport": Transport.HTTP, "url": url, **more})


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param(process(), process(name="b"), True, id="name"),
        pytest.param(process(), process(env={"K": "w"}), False, id="env-value"),
        pytest.param(process(), process(env={}), False, id="env"),
        pytest.param(process(), process(args=("y",)), False, id="args"),
        pytest.param(process(), process(cwd="/x"), False, id="cwd"),
        pytest.param(
            process(),
            process(command="/bin/mcpx", args=("record", "-o", "/r/", "--", "run", "x")),
            True,
            id="recorded",
        ),
        pytest.param(remote(), remote(transport=Transport.SSE), True, id="transport"),
        pytest.param(
            remote(headers={"X-A": "1"}), remote(headers={"x-a": "2"}), True, id="header-value"
        ),
        pytest.param(remote(), remote(headers={"X-A": "1"}), False, id="header"),
        pytest.param(remote(), remote("HTTPS://A.example:443/mcp"), True, id="url-spelling"),
        pytest.param(remote(), remote("https://a.example/mcp/"), False, id="path"),
        pytest.param(process(), remote(), False, id="kind"),
        pytest.param(
            process(env={"K": "\ud800"}), process(env={"K": "\ud800"}), True, id="surrogate"
        ),
    ],
)
def test_same_server(one: ServerSpec, other: ServerSpec, same: bool) -> None:
    assert (identity(one) == identity(other)) is same


def test_an_identity_shows_nothing() -> None:
    shown = identity(process(env={"K": "secret-value"}))
    assert len(shown) == 32
    assert "secret" not in shown


@pytest.mark.parametrize("transport", [Transport.EXTENSION, Transport.UNKNOWN, Transport.STDIO])
def test_nothing_to_start_has_no_identity(transport: Transport) -> None:
    assert identity(ServerSpec("a", transport=transport)) == ""


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://X.Example:80/", "http://x.example"),
        ("https://x:8443/a?b#c", "https://x:8443/a?b#c"),
        ("https://U:p@X/a", "https://U:p@x/a"),
        ("https://[::1]:443/a", "https://[::1]/a"),
        ("unix:///Tmp/s.sock#/mcp", "unix:///Tmp/s.sock#/mcp"),
        ("https://x:port/", "https://x:port/"),
        ("https://${HOST}/mcp", "https://${HOST}/mcp"),
        ("not a url", "not a url"),
    ],
)
def test_normalised(url: str, expected: str) -> None:
    assert normalised(url) == expected
