"""Demo servers over HTTP, in processes or in a thread, which end with the block."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import uvicorn

from mcpx.demo import load

ROOT = Path(__file__).resolve().parents[2]


def start(name: str, *options: str) -> tuple[subprocess.Popen[str], str]:
    """A demo server that accepts connections, and its URL."""
    process = subprocess.Popen(
        [sys.executable, "-m", "mcpx.demo", name, *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    url = process.stdout.readline().rstrip("\n")
    if not url:
        raise RuntimeError(process.communicate(timeout=10)[1])
    return process, url


@contextlib.contextmanager
def running(name: str, *options: str) -> Iterator[str]:
    """The URL of a demo server, ``options`` being ``--http`` or ``--sse``."""
    process, url = start(name, *options)
    with process:
        try:
            yield url
        finally:
            process.terminate()


@contextlib.contextmanager
def beside(names: Iterable[str]) -> Iterator[dict[tuple[str, str], str]]:
    """The URLs of demo servers that run in a thread of this process, by name and transport.

    The transport is ``http`` or ``sse``.
    """
    urls: dict[tuple[str, str], str] = {}
    sites: list[tuple[uvicorn.Server, socket.socket]] = []
    for name in names:
        server = load(name)
        apps = {"http": server.streamable_http_app(), "sse": server.sse_app()}
        for transport, app in apps.items():
            config = uvicorn.Config(
                app, log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=1
            )
            # It listens from now on: who connects before the thread runs is kept waiting.
            listener = socket.create_server(("127.0.0.1", 0))
            path = "mcp" if transport == "http" else "sse"
            urls[name, transport] = f"http://127.0.0.1:{listener.getsockname()[1]}/{path}"
            sites.append((uvicorn.Server(config), listener))

    async def serve() -> None:
        await asyncio.gather(*(site.serve([listener]) for site, listener in sites))

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        yield urls
    finally:
        for site, _ in sites:
            site.should_exit = True
        thread.join()
