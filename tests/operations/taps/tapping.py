"""An HTTP tap in front of a server of these tests, and what it wrote."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mcpx.operations.taps.http.proxy import listening
from mcpx.operations.taps.http.upstream import upstream_of
from mcpx.servers import ServerSpec, Transport
from mcpx.sessions.destinations import Destination
from mcpx.sessions.events import Event, Finished, Http, Message, Mode, Streamed
from mcpx.sessions.ledger import Caps
from mcpx.sessions.opening import new_header
from mcpx.sessions.reading import read_session
from mcpx.sessions.redaction import Redaction
from mcpx.sessions.writing import Recorder


@dataclass
class Tapped:
    """A tap that runs: where clients connect to, and what has been recorded."""

    url: str
    recorder: Recorder

    @property
    def origin(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0

    @property
    def events(self) -> list[Event]:
        path = self.recorder.path
        part = path.with_name(path.name + ".part")
        return list(read_session(str(part if part.exists() else path)))

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def messages(self) -> list[tuple[str, Any]]:
        return [(event.direction.value, event.value()) for event in self.of(Message)]

    def shown(self) -> list[str]:
        """The recording in short: one word per event."""
        return [_shown(event) for event in self.events]

    async def until(self, word: str) -> None:
        """Wait until an event of this kind has been written."""
        size, shown = -1, [""]
        for _ in range(500):
            part = self.recorder.path.with_name(self.recorder.path.name + ".part")
            if size != (size := part.stat().st_size):
                shown = self.shown()
            if any(one.startswith(word) for one in shown):
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"no {word!r} in {shown}")


def _shown(event: Event) -> str:
    match event:
        case Http(method=method, path=path) if method:
            return f"{method} {path}"
        case Http(status=status):
            return str(status)
        case Finished(why=why):
            return f"fin {why.value}"
        case Message(direction=direction):
            value = event.value()
            what = value.get("method", "answer") if isinstance(value, dict) else "cut or array"
            return f"{direction.value} {what}"
        case Streamed(stream=stream):
            return f"sse {stream.event or stream.id or ''}".strip()
    return type(event).__name__.lower()


@contextlib.asynccontextmanager
async def tapped(
    url: str,
    folder: Path,
    caps: Caps | None = None,
    host: str = "127.0.0.1",
    redaction: Redaction | None = None,
    **more: Any,
) -> AsyncIterator[Tapped]:
    """A tap in front of this URL, in the loop of the test."""
    written = recorder(folder, caps, redaction)
    spec = ServerSpec(name="one", transport=Transport.HTTP, url=url, **more)
    async with listening(upstream_of(spec), written, host) as here:
        yield Tapped(here, written)
    written.close()


def recorder(
    folder: Path, caps: Caps | None = None, redaction: Redaction | None = None
) -> Recorder:
    """A recording in this folder, ``s.jsonl``; without a redaction nothing is masked."""
    redaction = redaction or Redaction.none()
    header = new_header(Mode.TAP, {"transport": "http"}, redaction)
    given = {} if caps is None else {"caps": caps}
    return Recorder(Destination(str(folder / "s.jsonl")), header, redaction, **given)


async def said(port: int, *pieces: bytes, host: str = "127.0.0.1", ends: bool = False) -> bytes:
    """What comes back for these bytes, until the other end closes."""
    reader, writer = await asyncio.open_connection(host, port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
    if ends:
        writer.write_eof()
    answer = b""
    with contextlib.suppress(ConnectionError):
        while piece := await reader.read(1 << 16):
            answer += piece
    writer.close()
    return answer


def request(
    body: bytes = b"", method: str = "POST", path: str = "/mcp", *headers: str, close: bool = True
) -> bytes:
    """The bytes of a request; ``close``: the only one of its connection."""
    given = ["Host: 127.0.0.1", *headers]
    if body:
        given += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    given += ["Connection: close"] if close else []
    return "\r\n".join([f"{method} {path} HTTP/1.1", *given, "", ""]).encode() + body
