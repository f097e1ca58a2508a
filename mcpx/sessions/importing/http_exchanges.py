"""HTTP exchanges as files hold them, made into drafts: heads, messages, streams, ends."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from urllib.parse import urlsplit

from mcpx.sessions.events import (
    Event,
    Finished,
    Http,
    Streamed,
    Unread,
)
from mcpx.sessions.importing.drafts import Draft, Shape, cut_message, message_of
from mcpx.sessions.redaction import Redaction
from mcpx.sse_events import EVENT_STREAM, EventReader
from mcpx.wire import SESSION_HEADER, Direction, Finish, StreamEvent

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Brought:
    """A message that an answer brought, with the server-sent event that it came in.

    Of one that was cut, ``cut`` is the size in bytes, as far as it is known.
    """

    at: float
    text: str
    stream: StreamEvent | None = None
    cut: int = 0


@dataclass(slots=True, kw_only=True)
class HttpExchange:
    """A request with what came back; times as in a draft.

    ``headers`` have lower-case names, and are the allowed ones when they become events. ``body``
    is None when nothing was sent, ``method`` empty when it is not known. ``status`` is None when it
    is not known, ``finished`` when the file does not tell that the exchange ended. ``raw`` is an
    answer's body that is no message.
    """

    key: Hashable
    at: float
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    status: int | None = None
    answered: float | None = None
    answer_headers: Mapping[str, str] = field(default_factory=dict)
    brought: list[Brought] = field(default_factory=list)
    raw: str = ""
    finished: float | None = None
    why: Finish = Finish.END
    wrong: str = ""
    scope: Hashable = None

    @property
    def session(self) -> str:
        """The id of the HTTP session, sent or given out; empty without one."""
        return self.headers.get(SESSION_HEADER) or self.answer_headers.get(SESSION_HEADER) or ""

    def take(self, body: str, content_type: str) -> None:
        """Note the body of the answer, all of which had come when the exchange ended.

        Of a stream, the last message came at the end; of those before only the earliest time is
        known, that of the answer's head.
        """
        if not body.strip():
            return
        begun = self.at if self.answered is None else self.answered
        ended = begun if self.finished is None else self.finished
        if content_type.partition(";")[0].strip().lower() != EVENT_STREAM:
            if body.lstrip()[:1] in ("{", "["):
                self.brought.append(Brought(ended, body))
            else:
                self.raw = body
            return
        for stream, data in stream_events(body):
            self.brought.append(Brought(begun, data, stream))
        last = next((at for at, one in reversed(list(enumerate(self.brought))) if one.text), None)
        if last is not None:
            for at in range(last, len(self.brought)):
                one = self.brought[at]
                self.brought[at] = Brought(ended, one.text, one.stream)


def drafts_of(exchanges: Iterable[HttpExchange]) -> Iterator[Draft]:
    """The drafts of exchanges, in the order of the file."""
    # Session ids become numbers; all else is masked when the session is written.
    naming = Redaction.none()
    for exchange in exchanges:
        yield from _drafts(exchange, naming)


def stream_events(body: str) -> Iterator[tuple[StreamEvent, str]]:
    """Each server-sent event of a body with its data, the one that its end cuts off too."""
    octets = body.encode("utf-8", "surrogatepass")
    reader = EventReader(len(octets))
    for event in chain(reader.of(octets), reader.rest()):
        yield event.fields, event.data.decode("utf-8", "surrogatepass")


def status_of(value: float | None) -> int | None:
    """An HTTP status, if the number is one."""
    return int(value) if value is not None and 100 <= value <= 599 else None


def path_of(url: str) -> str:
    """The path of a URL with its query; of a path itself."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _drafts(one: HttpExchange, naming: Redaction) -> Iterator[Draft]:
    to_server, to_client = Direction.TO_SERVER, Direction.TO_CLIENT

    def draft(at: float, event: Event, shapes: tuple[Shape, ...] = ()) -> Draft:
        return Draft(at, event, one.key, one.scope, one.session, shapes)

    head = Http(
        number=0,
        time=0.0,
        direction=to_server,
        method=one.method,
        path=naming.path(path_of(one.url)),
        headers=naming.headers(one.headers),
    )
    if one.method:
        yield draft(one.at, head)
    if one.body is not None and one.body.strip():
        yield draft(one.at, *message_of(to_server, one.body, why=Unread.BODY))
    if one.status is not None:
        answer = Http(
            number=0,
            time=0.0,
            direction=to_client,
            status=one.status,
            headers=naming.headers(one.answer_headers),
        )
        yield draft(one.at if one.answered is None else one.answered, answer)
    for brought in one.brought:
        # Of the address that the HTTP+SSE transport gives out; it holds a session's id.
        is_endpoint = brought.stream is not None and brought.stream.event == "endpoint"
        if brought.cut:
            yield draft(brought.at, cut_message(to_client, brought.cut))
        elif brought.text and not is_endpoint:
            yield draft(brought.at, *message_of(to_client, brought.text, brought.stream))
        elif brought.stream is not None:
            yield draft(brought.at, Streamed(number=0, time=0.0, stream=brought.stream))
    if one.raw:
        at = one.at if one.finished is None else one.finished
        yield draft(at, *message_of(to_client, one.raw, why=Unread.BODY))
    if one.finished is not None:
        yield draft(one.finished, Finished(number=0, time=0.0, why=one.why, text=one.wrong))
