"""A demo server over HTTP on 127.0.0.1: Streamable HTTP in both eras, or the old HTTP+SSE."""

from __future__ import annotations

import os
import signal
import socket
import sys
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

HOST = "127.0.0.1"


def serve(server: MCPServer, *, sse: bool, port: int, parent: int) -> int:
    """Serve until SIGINT, SIGTERM or the end of the process ``parent``; the exit status.

    ``sse`` chooses HTTP+SSE, ``port`` 0 any free port. The URL is printed once connections are
    accepted. A port that cannot be had is status 1.
    """
    try:
        listener = socket.create_server((HOST, port))
    except OSError as error:
        sys.stderr.write(f"error: port {port}: {os.strerror(error.errno or 0)}\n")
        return 1
    # uvicorn does so only for sockets of its own; each part of an answer would wait for 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    url = f"http://{HOST}:{listener.getsockname()[1]}/{'sse' if sse else 'mcp'}"
    app = server.sse_app() if sse else server.streamable_http_app()
    # A stream that a client keeps open would otherwise keep the process.
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
    # uvicorn raises the signal that ended it once more; Python's own SIGINT would be a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _Server(config, url, parent).run(sockets=[listener])
    return 0


class _Server(uvicorn.Server):
    """Tells its URL, and does not outlive the process that started it."""

    def __init__(self, config: uvicorn.Config, url: str, parent: int) -> None:
        super().__init__(config)
        self._url = url
        self._parent = parent

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        sys.stdout.write(f"{self._url}\n")
        sys.stdout.flush()

    async def on_tick(self, counter: int) -> bool:
        # A process whose parent has ended is given another one.
        return await super().on_tick(counter) or os.getppid() != self._parent
