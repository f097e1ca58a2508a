"""The JSON Lines of mcpsnoop 0.16: one envelope for each message and each line on stderr.

Source: github.com/kerlenton/mcpsnoop, internal/proxy/frame.go (``Envelope``, ``SessionMeta``),
http.go and stdio.go (what it fills in when), as of 2026-08-09.

Lost, for an envelope has no place for it: when and how connections, exchanges and the process
began and ended; GET and DELETE requests; headers other than Mcp-* and WWW-Authenticate; ids,
names and priming of server-sent events; where in a message a secret was masked; the bytes of what
is not UTF-8; eras; notes. A batch becomes its messages, as in mcpsnoop over HTTP.

``conn_id`` is the number of the connection, by which mcpsnoop tells ids apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mcpx.servers import Transport
from mcpx.sessions.events import Event, Finished, Header, Http, Message, Raw, Stderr
from mcpx.sessions.exporting.json_pieces import dumps
from mcpx.sessions.exporting.labels import label
from mcpx.sessions.times import Clock
from mcpx.wire import Direction

# A session's id is the name of a file there: no sign that could lead elsewhere, and not too long.
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+|^[-.]+")
_LONGEST_NAME = 100
_ROUTING = {"mcp-method": "mcp_method", "mcp-name": "mcp_name"}
_VERSION = {"mcp-protocol-version": "mcp_protocol_version"}
_PARAMETER = "mcp-param-"
# Ours: exchanges of a client that go on at the same time. Others do not read it.
_EXCHANGE = "mcpx_exchange"


@dataclass(slots=True)
class _Exchange:
    """An HTTP exchange: what its heads said, and whether its answer brought anything yet."""

    sent: Mapping[str, str] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    told: bool = True


def lines(header: Header, events: Iterable[Event]) -> Iterator[str]:
    """The envelopes in the order of the events, each a line of JSON with its line feed."""
    writer = _Writer(header)
    yield from writer.meta()
    for event in events:
        yield from writer.envelopes(event)
    yield from writer.rest()


class _Writer:
    def __init__(self, header: Header) -> None:
        self._target = header.target
        self._clock = Clock(header.created)
        self._http = header.target.get("transport") not in (None, Transport.STDIO)
        self._common = {
            "session_id": _NOT_IN_NAMES.sub("_", header.id)[:_LONGEST_NAME] or "session",
            "server_label": label(header.target),
        }
        self._number = 0
        self._last = 0.0
        self._exchanges: dict[tuple[int, int], _Exchange] = {}

    def meta(self) -> Iterator[str]:
        """What was started, so that it can be started again."""
        command = self._target.get("command")
        if isinstance(command, list) and command:
            raw: dict[str, Any] = {"command": [str(word) for word in command]}
            if isinstance(folder := self._target.get("cwd"), str):
                raw["cwd"] = folder
            yield self._line("meta", 0.0, raw=dumps(raw))

    def envelopes(self, event: Event) -> Iterator[str]:
        """The envelopes that an event leads to: none, one, or one for each message of a batch."""
        self._last = event.time
        if isinstance(event, Stderr):
            yield self._line("stderr", event.time, text=event.text)
        elif isinstance(event, Http):
            yield from self._head(event)
        elif isinstance(event, Message):
            yield from self._message(event)
        elif isinstance(event, Raw):
            text = event.data.decode("utf-8", "replace")
            yield self._line(event.direction, event.time, text=text, **self._of(event))
        elif isinstance(event, Finished):
            exchange = self._exchanges.pop((event.connection, event.exchange), None)
            if exchange is not None and not exchange.told:
                yield self._bare((event.connection, event.exchange), exchange)

    def rest(self) -> Iterator[str]:
        """The statuses of answers that brought nothing until the recording ended."""
        for place, exchange in self._exchanges.items():
            if not exchange.told:
                yield self._bare(place, exchange)

    def _head(self, event: Http) -> Iterator[str]:
        place = (event.connection, event.exchange)
        if event.direction is Direction.TO_SERVER:
            self._exchanges[place] = _Exchange(event.headers)
            return
        exchange = self._exchanges.setdefault(place, _Exchange())
        if not exchange.told:
            yield self._bare((event.connection, event.exchange), exchange)
        challenge = event.headers.get("www-authenticate")
        exchange.answer = {"status": event.status}
        if challenge:
            exchange.answer["auth_challenge"] = challenge
        exchange.told = False

    def _message(self, event: Message) -> Iterator[str]:
        fields = self._of(event)
        if not event.text:
            yield self._line(event.direction, event.time, **fields)
            return
        batch = _batch(event.text)
        if not batch:
            yield self._line(event.direction, event.time, raw=event.text, **fields)
        for place, one in enumerate(batch):
            if place:
                # Routing headers speak of one operation, so only the first of a batch has them.
                for name in (*_ROUTING.values(), "mcp_param_headers"):
                    fields.pop(name, None)
            yield self._line(event.direction, event.time, raw=one, **fields, batch=True)

    def _of(self, event: Message | Raw) -> dict[str, Any]:
        """What is to be said of a message beside its text."""
        said = {"truncated": bool(event.cut), "redacted": bool(event.masked)}
        return {
            **self._of_exchange(event),
            **{name: True for name, so in said.items() if so},
        }

    def _of_exchange(self, event: Message | Raw) -> dict[str, Any]:
        """What the heads of an exchange say of what it carries."""
        if not event.exchange:
            # There is one peer on stdio, unless the recording is of several processes.
            return {"conn_id": f"{event.connection}"} if event.connection > 1 else {}
        exchange = self._exchanges.setdefault((event.connection, event.exchange), _Exchange())
        place = _of_place(event.connection, event.exchange)
        if event.direction is Direction.TO_SERVER:
            return {**_routes(exchange.sent), **place}
        exchange.told = True
        return {**place, **exchange.answer}

    def _bare(self, place: tuple[int, int], exchange: _Exchange) -> str:
        exchange.told = True
        fields = {**_of_place(*place), **exchange.answer}
        return self._line(Direction.TO_CLIENT, self._last, **fields)

    def _line(self, direction: str, seconds: float, raw: str = "", **fields: Any) -> str:
        self._number += 1
        head = {
            **self._common,
            "seq": self._number,
            "ts": self._clock(seconds),
            "direction": direction,
            "transport": "http" if self._http else "stdio",
            **fields,
        }
        # What is verbatim stands last, as it came.
        return f'{dumps(head)[:-1]},"raw":{raw}}}\n' if raw else f"{dumps(head)}\n"


def _batch(text: str) -> list[str]:
    """The messages of a batch as they are written, none of anything else."""
    if not text.startswith("["):
        return []
    from mcpx.sessions.importing.written import Written

    return [one.text for one in Written(text).items]


def _of_place(connection: int, exchange: int) -> dict[str, Any]:
    return {"conn_id": f"{connection}", _EXCHANGE: exchange}


def _routes(headers: Mapping[str, str]) -> dict[str, Any]:
    known = {**_ROUTING, **_VERSION}
    found: dict[str, Any] = {known[name]: headers[name] for name in known if headers.get(name)}
    parameters = sorted(name for name in headers if name.startswith(_PARAMETER))
    if parameters:
        found["mcp_param_headers"] = [
            {"name": name.title(), "value": headers[name]} for name in parameters
        ]
    return found
