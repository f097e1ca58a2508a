"""The cassettes of mcp-cassette for Node (ivermin1123): lines of frames, raw text and streams.

Source: github.com/ivermin1123/mcp-cassette, docs/cassette-format-v2.md and src/cassette.ts
(0.4.0, 2026-08-19): ``t`` is milliseconds since the start; an HTTP status is given only when it
is not 200 for an answer and 202 for all else.
"""

from __future__ import annotations

from collections.abc import Iterator

from mcpx.servers import Transport
from mcpx.sessions.events import Fidelity
from mcpx.sessions.importing.drafts import Recording, Shape, shapes_of
from mcpx.sessions.importing.http_exchanges import (
    JSON,
    Brought,
    HttpExchange,
    drafts_of,
    status_of,
)
from mcpx.sessions.importing.losses import BY_JAVASCRIPT
from mcpx.sessions.importing.source import ImportFormat, Line, Source, UnreadableError
from mcpx.sessions.importing.written import Written
from mcpx.sessions.targets import told_target
from mcpx.sessions.times import seconds_of
from mcpx.sse_events import EVENT_STREAM
from mcpx.wire import Direction

FORMAT = ImportFormat("mcp-cassette", "mcp-cassette for Node, by ivermin1123 (JSON lines)")
_VERSIONS = (1, 2)


def recognises(source: Source) -> bool:
    """Whether the first line is the header of a cassette."""
    first = source.first_object
    return first is not None and {"type", "cassetteVersion"} <= first.members.keys()


def read(source: Source) -> Recording:
    """What a cassette holds. Raises UnreadableError."""
    lines = source.lines()
    header = _header(next(lines, None))
    over_http = header.word("transport") == "http"
    url = header.word("url")
    recording = Recording(
        Fidelity.JSON,
        started=0.0,
        created=seconds_of(header.get("startedAt")),
        target=told_target(
            Transport.HTTP if over_http else Transport.STDIO,
            [one.string for one in header.part("command").items],
            url,
        ),
        notes=[f"recorded by {header.word('recorder')[:80] or 'mcp-cassette'}", BY_JAVASCRIPT],
        in_order=not over_http,
    )
    entries = _Entries(recording, url) if over_http else _Entries(recording)
    for line in lines:
        entries.take(line)
    recording.drafts += drafts_of(entries.exchanges)
    recording.notes += _notes(header, over_http, entries)
    return recording


def _header(line: Line | None) -> Written:
    if line is None or line.json.word("type") != "header":
        raise UnreadableError("the first line is no header of a cassette", 1)
    if (version := line.json.get("cassetteVersion")) not in _VERSIONS:
        raise UnreadableError(f"it is of version {version}; 1 and 2 are known", line.number)
    return line.json


def _notes(header: Written, over_http: bool, entries: _Entries) -> Iterator[str]:
    if header.part("redaction").get("applied") is True:
        yield "the recorder replaced what it took for secrets, without a sign of where"
    if over_http:
        yield "headers, ids of server-sent events and the ends of exchanges were not kept"
        if header.get("sessioned") is True:
            yield "the server gave out a session id, which was not kept"
    if entries.live:
        yield f"messages that were added while it was replayed: {entries.live}"
    if entries.unknown:
        yield f"entries of an unknown type that were left out: {entries.unknown}"


class _Entries:
    """The entries of a cassette; with a ``url`` they are HTTP exchanges."""

    def __init__(self, recording: Recording, url: str | None = None) -> None:
        self.exchanges: list[HttpExchange] = []
        self.live = 0
        self.unknown = 0
        self._recording = recording
        self._url = url
        self._waiting: dict[str, list[HttpExchange]] = {}

    def take(self, line: Line) -> None:
        entry, kind = line.json, line.json.word("type")
        if kind not in ("frame", "raw", "chunks"):
            self.unknown += 1
            return
        at = _seconds(entry, line)
        direction = _direction(entry, line)
        self.live += entry.word("origin") == "live"
        if kind == "raw":
            self._recording.say_raw(at, direction, entry.word("data"))
        elif kind == "chunks":
            self._chunks(line, at)
        else:
            self._frame(line, at, direction)

    def _frame(self, line: Line, at: float, direction: Direction) -> None:
        frame = _frame_of(line.json, line)
        if self._url is None:
            self._recording.say(at, direction, frame.text)
            return
        shapes = shapes_of(frame.text)
        if direction is Direction.TO_SERVER:
            exchange = self._exchange(line, at, "POST")
            exchange.body = frame.text
            for shape in shapes:
                if shape.is_request:
                    self._waiting.setdefault(shape.id, []).append(exchange)
            return
        answered = self._answered(shapes)
        if answered is None:
            self._recording.say(at, direction, frame.text)
            return
        status = status_of(line.json.part("http").number("status"))
        answered.status, answered.answered = status or 200, at
        answered.answer_headers = {"content-type": JSON}
        answered.brought.append(Brought(at, frame.text))

    def _chunks(self, line: Line, at: float) -> None:
        brought = [
            Brought(_seconds(chunk, line), _frame_of(chunk, line).text)
            for chunk in line.json.part("chunks").items
        ]
        if self._url is None:
            for one in brought:
                self._recording.say(one.at, Direction.TO_CLIENT, one.text)
            return
        asked = line.json.members.get("id")
        exchange = None if asked is None else self._answered(shapes_of(f'{{"id":{asked.text}}}'))
        if exchange is None:
            exchange = self._exchange(line, at, "GET")
        exchange.status, exchange.answered = 200, at
        exchange.answer_headers = {"content-type": EVENT_STREAM}
        exchange.brought += brought

    def _exchange(self, line: Line, at: float, method: str) -> HttpExchange:
        exchange = HttpExchange(key=line.number, at=at, method=method, url=self._url or "")
        self.exchanges.append(exchange)
        return exchange

    def _answered(self, shapes: tuple[Shape, ...]) -> HttpExchange | None:
        """The exchange of the oldest open request that these answer."""
        for shape in shapes:
            if shape.is_answer and (waiting := self._waiting.get(shape.id)):
                return waiting.pop(0)
        return None


def _seconds(entry: Written, line: Line) -> float:
    milliseconds = entry.number("t")
    if milliseconds is None or not 0 <= milliseconds < 1e15:
        raise UnreadableError("'t' is no time in milliseconds", line.number)
    return milliseconds / 1000


def _direction(entry: Written, line: Line) -> Direction:
    try:
        return Direction(entry.word("dir"))
    except ValueError as error:
        raise UnreadableError("'dir' is neither c2s nor s2c", line.number) from error


def _frame_of(entry: Written, line: Line) -> Written:
    frame = entry.part("frame")
    if not frame.is_message:
        raise UnreadableError("'frame' is no message", line.number)
    return frame
