"""``python -m mcpx.demo NAME [--http|--sse [PORT]]``: one demo server, on stdio or over HTTP."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
from typing import TYPE_CHECKING

from mcpx.demo import SERVERS, load

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer


def main(arguments: list[str]) -> int:
    """Serve what the arguments name; the exit status, 2 when they name nothing."""
    parent = os.getppid()
    match arguments:
        case [name] if name in SERVERS:
            option, port = "", "0"
        case [name, "--http" | "--sse" as option] if name in SERVERS:
            port = "0"
        case [name, "--http" | "--sse" as option, port] if name in SERVERS and _is_port(port):
            pass
        case _:
            _explain()
            return 2
    logging.disable(logging.CRITICAL)
    if option:
        from mcpx.demo import http

        return http.serve(_loaded(name), sse=option == "--sse", port=int(port), parent=parent)
    # A worker thread of the SDK sits in a read that Python's own SIGINT would wait for.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        _loaded(name).run()
    except* BrokenPipeError:
        pass
    return 0


def _loaded(name: str) -> MCPServer:
    """The server, a third sooner: nothing of what the SDK builds at its import is ever garbage."""
    gc.disable()
    server = load(name)
    gc.freeze()
    gc.enable()
    return server


def _is_port(text: str) -> bool:
    return text.isdecimal() and len(text) <= 5 and int(text) < 65536


def _explain() -> None:
    width = max(map(len, SERVERS))
    sys.stderr.write(
        "usage: python -m mcpx.demo NAME [--http [PORT] | --sse [PORT]], where NAME is one of\n"
    )
    sys.stderr.writelines(f"  {name:{width}}  {text}\n" for name, text in SERVERS.items())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
