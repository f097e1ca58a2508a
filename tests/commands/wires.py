"""The same talking server on every wire, configured as ``one``."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.servers.good_http import Options, Served, serving
from tests.servers.odd_talk import OddSite

SERVER = str(Path(__file__).resolve().parents[1] / "servers" / "odd_talk.py")
STDIO = (sys.executable, SERVER)
WIRES = {
    "stdio-modern": "modern",
    "stdio-legacy": "legacy",
    "http-modern": "modern",
    "http-legacy": "legacy",
    "sse": "legacy",
}


@contextlib.contextmanager
def served(**options: Any) -> Iterator[Served]:
    """The server over HTTP, in threads of this process."""
    with serving(OddSite(Options(**options))) as server:
        yield server


@contextlib.contextmanager
def every_wire() -> Iterator[dict[str, dict[str, Any]]]:
    """The entry of a host's file for each wire."""
    with served() as http, served(old=True) as old:
        stdio = {"command": STDIO[0], "args": [STDIO[1]]}
        web, sse = {"type": "http", "url": http.url}, {"type": "sse", "url": old.url}
        yield dict(zip(WIRES, (stdio, stdio, web, web, sse), strict=True))
