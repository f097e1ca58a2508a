"""Recordings for tests: made in a line, and files read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mcpx.sessions.destinations import Destination
from mcpx.sessions.events import Mode
from mcpx.sessions.ledger import Caps
from mcpx.sessions.opening import new_header
from mcpx.sessions.redaction import Redaction
from mcpx.sessions.writing import Recorder
from mcpx.wire import Direction

TO_SERVER, TO_CLIENT = Direction.TO_SERVER, Direction.TO_CLIENT
PING = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'


def recorder(
    path: Path | str,
    redaction: Redaction | None = None,
    caps: Caps | None = None,
    began: float | None = None,
) -> Recorder:
    redaction = redaction or Redaction()
    header = new_header(Mode.TAP, {"transport": "stdio", "command": ["x"]}, redaction)
    return Recorder(Destination(str(path)), header, redaction, caps, began)


def lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a file, each as JSON."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def kinds(path: Path) -> list[str]:
    return [line["k"] for line in lines(path)]
