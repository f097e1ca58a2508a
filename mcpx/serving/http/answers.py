"""The answer to one HTTP request: JSON, a stream of events, or a status alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus

import h11

from mcpx.servers import NOTHING
from mcpx.serving.http.wire import Event, Wire
from mcpx.sse_events import EVENT_STREAM
from mcpx.wire import StreamEvent

JSON = "application/json"
_LINE_END = re.compile("\r\n|\r|\n")
Headers = Mapping[str, str]


class Answer:
    """What goes back for a request; every method raises LeftError when nobody is there any more.

    ``is_begun``: its head has gone. ``is_over``: all of it has.
    """

    def __init__(self, client: Wire, method: str) -> None:
        self._client = client
        self._bodiless = method == "HEAD"
        self.is_begun = False
        self.is_over = False

    def status(self, status: int, words: str = "", headers: Headers = NOTHING) -> None:
        """A status, with a line of text for a person."""
        self.whole(status, words.encode() + b"\n" if words else b"", "text/plain", headers)

    def whole(self, status: int, body: bytes, kind: str = JSON, headers: Headers = NOTHING) -> None:
        """The whole answer: its status, and a body of this media type, if there is one."""
        own = {"Content-Type": kind} if body else {}
        if status != HTTPStatus.NO_CONTENT:
            own["Content-Length"] = str(len(body))
        parts: list[Event] = [h11.Data(data=body)] if body and not self._bodiless else []
        self._begin(status, {**headers, **own}, *parts, h11.EndOfMessage())
        self.is_over = True

    def stream(self, status: int = HTTPStatus.OK, headers: Headers = NOTHING) -> None:
        """The head of a stream of events; ``event`` and ``end`` follow.

        Source of the headers: specification 2026-07-28, basic/transports/streamable-http,
        "Receiving Messages".
        """
        own = {"Content-Type": EVENT_STREAM, "Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        self._begin(status, {**headers, **own})

    async def event(self, fields: StreamEvent, data: str = "") -> None:
        """One event of a stream; waits while the client takes no more."""
        self._client.put(h11.Data(data=event_text(fields, data).encode("utf-8", "replace")))
        await self._client.taken()

    def end(self) -> None:
        """The end of a stream."""
        self._client.put(h11.EndOfMessage())
        self.is_over = True

    def _begin(self, status: int, headers: Headers, *parts: Event) -> None:
        self.is_begun = True
        head = h11.Response(status_code=status, headers=_raw(headers), reason=_phrase(status))
        self._client.put(head, *parts)


def event_text(fields: StreamEvent, data: str) -> str:
    """An event as it goes over the wire; without any field it is a comment.

    Source: WHATWG HTML, 9.2.5.
    """
    lines = []
    if fields.event is not None:
        lines.append(f"event: {_of_one_line(fields.event)}")
    if fields.id is not None:
        lines.append(f"id: {_of_one_line(fields.id)}")
    if fields.retry is not None:
        lines.append(f"retry: {fields.retry}")
    if not fields.empty:
        lines += [f"data: {line}" for line in _LINE_END.split(data)]
    elif fields.id is not None:
        lines.append("data: ")
    return "\n".join(lines or (":",)) + "\n\n"


def _of_one_line(text: str) -> str:
    return "".join(text.split("\n")).replace("\r", "").replace("\0", "")


def _raw(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


def _phrase(status: int) -> bytes:
    """The words of a status; none for one that nobody has given a meaning."""
    try:
        return HTTPStatus(status).phrase.encode()
    except ValueError:
        return b""
