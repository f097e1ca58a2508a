"""The demo servers over HTTP, driven by the SDK's own client and raw."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from mcp import Client
from mcp.client.sse import sse_client

from mcpx.demo import SERVERS
from mcpx.demo.__main__ import main
from tests.client.children import left_after
from tests.demo.running import ROOT, running, start


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    """The URL of a shop over Streamable HTTP."""
    with running("shop", "--http") as url:
        yield url


async def bought(target: Any, mode: str) -> tuple[str, int]:
    """The version that was spoken, and what two pens cost."""
    async with Client(target, mode=mode) as client:
        cart = (await client.call_tool("open_cart", {})).structured_content["cart_id"]
        arguments = {"cart_id": cart, "sku": "pen", "quantity": 2}
        filled = (await client.call_tool("add_item", arguments)).structured_content
        return client.protocol_version, filled["total"]


@pytest.mark.parametrize(
    ("mode", "version"),
    [
        pytest.param("legacy", "2025-11-25", id="legacy"),
        pytest.param("auto", "2026-07-28", id="auto"),
    ],
)
def test_one_url_serves_both_eras(shop: str, mode: str, version: str) -> None:
    assert urlsplit(shop)[:3] == ("http", f"127.0.0.1:{urlsplit(shop).port}", "/mcp")
    assert asyncio.run(bought(shop, mode)) == (version, 500)


def test_the_old_transport_has_a_url_of_its_own() -> None:
    with running("shop", "--sse") as url:
        assert urlsplit(url).path == "/sse"
        assert asyncio.run(bought(sse_client(url), "legacy")) == ("2025-11-25", 500)


def test_another_host_name_is_refused(shop: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(shop).port, timeout=5)
    with contextlib.closing(connection):
        headers = {"Host": "example.com", "Content-Type": "application/json"}
        connection.request("POST", "/mcp", b"{}", headers)
        assert connection.getresponse().status == 421


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_signal_ends_it_though_a_client_listens(number: signal.Signals) -> None:
    process, url = start("shop", "--sse")
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(url).port, timeout=5)
    with process, contextlib.closing(connection):
        connection.request("GET", "/sse")
        assert connection.getresponse().status == 200
        process.send_signal(number)
        rest, complaints = process.communicate(timeout=10)
        assert (process.returncode, rest, complaints) == (-number, "", "")


def test_it_does_not_outlive_its_parent() -> None:
    code = (
        "import subprocess, sys;"
        "child = subprocess.Popen([sys.executable, '-m', 'mcpx.demo', 'shop', '--http'],"
        "    stdout=subprocess.PIPE);"
        "print(child.pid, child.stdout.readline().decode(), flush=True)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT, check=True
    )
    pid, url = done.stdout.split()
    assert url.endswith("/mcp")
    assert left_after([int(pid)], 10) == ()


def test_a_port_that_is_taken_is_named(shop: str) -> None:
    port = str(urlsplit(shop).port)
    done = subprocess.run(
        [sys.executable, "-m", "mcpx.demo", "notes", "--http", port],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"error: port {port}: Address already in use\n"


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["nope", "--http"], id="unknown-server"),
        pytest.param(["shop", "--http", "web"], id="no-number"),
        pytest.param(["shop", "--sse", "65536"], id="no-port"),
        pytest.param(["shop", "--http", "9" * 5000], id="far-too-long"),
        pytest.param(["shop", "--http", "--sse"], id="both"),
        pytest.param(["shop", "--http", "1", "2"], id="two-ports"),
        pytest.param(["--http"], id="no-server"),
    ],
)
def test_wrong_use_lists_the_names(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    usage, *listed = capsys.readouterr().err.splitlines()
    assert "--http [PORT]" in usage
    assert [line.split()[0] for line in listed] == list(SERVERS)
