"""The logs of Claude Desktop, mcp.log and mcp-server-NAME.log: messages among other lines.

Source: logs in public issues (modelcontextprotocol/servers 106, bgheneti/Amazing-Marvin-MCP 11,
nianztianp in stabgan/openrouter-mcp-multimodal 5), 2024-11 to 2026-03: ``TIME [server] [level]``,
in mcp.log ``TIME [level] [server]``; long messages are cut in their middle; what a server writes
on stderr stands between without a mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mcpx.servers import Transport
from mcpx.sessions.events import Fidelity
from mcpx.sessions.importing.drafts import Recording
from mcpx.sessions.importing.source import LARGEST, ImportFormat, Source, UnreadableError
from mcpx.sessions.targets import told_target
from mcpx.sessions.times import seconds_of
from mcpx.wire import Direction

FORMAT = ImportFormat("claude-desktop", "logs of Claude Desktop (mcp.log, mcp-server-NAME.log)")
_LEVELS = r"(?:info|error|warn|debug|warning|verbose|silly)"
_LINE = re.compile(
    rf"""
    (?P<time>\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)[ ]
    (?: \[(?P<server>[^\]]*)\][ ]\[{_LEVELS}\] | \[{_LEVELS}\](?:[ ]\[(?P<other>[^\]]*)\])? )
    [ ]?(?P<text>.*)
    """,
    re.VERBOSE | re.DOTALL,
)
_MESSAGE = re.compile(r"Message from (client|server): ?(.*)", re.DOTALL)
_METADATA = "{ metadata: undefined }"
_CUT = re.compile(r"\.\.\.\[(\d{1,12}) chars truncated\]\.\.\.")
_COMMAND = re.compile(r"Using MCP server command: (.+?) with args and path: \{$")
_WAYS = {"client": Direction.TO_SERVER, "server": Direction.TO_CLIENT}
_FIRST_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class _Logged:
    """A line of a log; ``at`` is None for one without a time, which is of the server's stderr."""

    at: float | None
    server: str
    text: str


def recognises(source: Source) -> bool:
    """Whether one of the first lines is of such a log."""
    start = source.data[:_FIRST_BYTES].decode("utf-8", "replace")
    return source.start not in (b"{", b"[") and any(
        _LINE.match(line) is not None for line in start.splitlines()[:200]
    )


def read(source: Source) -> Recording:
    """What a log holds. Raises UnreadableError."""
    recording = Recording(
        Fidelity.SEMANTIC,
        target=told_target(Transport.STDIO),
        in_order=True,
        notes=["a log is partial evidence: the client's objects were written, and long ones cut"],
    )
    at: float | None = None
    server, cut, messages = "", 0, 0
    commands: set[str] = set()
    for line in _logged(source.data.decode("utf-8", "replace")):
        if line.at is None:
            if at is not None:
                recording.say_stderr(at, line.text, server)
            continue
        at, server = line.at, line.server
        if recording.created is None:
            recording.started = recording.created = at
        if match := _COMMAND.match(line.text):
            commands.add(match[1])
        if match := _MESSAGE.match(line.text):
            messages += 1
            cut += _say(recording, at, _WAYS[match[1]], match[2], server)
    if not messages:
        raise UnreadableError("no message of a client or a server is in this log")
    if cut:
        recording.notes.append(f"messages that are cut, of which only the sizes are known: {cut}")
    if len(commands) == 1:
        recording.target = told_target(Transport.STDIO, [commands.pop()])
    return recording


def _say(recording: Recording, at: float, way: Direction, text: str, server: str) -> bool:
    """Add a message; whether it was cut."""
    text = text.rstrip().removesuffix(_METADATA).rstrip()
    missing = _CUT.search(text)
    if missing is None:
        recording.say(at, way, text, scope=server)
        return False
    kept = len(text.encode()) - len(missing[0])
    recording.say_cut(at, way, min(kept + int(missing[1]), LARGEST), server)
    return True


def _logged(text: str) -> Iterator[_Logged]:
    """The lines, without the objects that the client's own lines end with over several lines."""
    in_object = False
    for line in text.split("\n"):
        line = line.removesuffix("\r")
        match = _LINE.fullmatch(line)
        if match is None:
            if in_object:
                in_object = not line.startswith("}")
            elif line.strip():
                yield _Logged(None, "", line)
            continue
        in_object = match["text"].endswith("{")
        server = match["server"] or match["other"] or ""
        yield _Logged(seconds_of(match["time"]), server, match["text"])
