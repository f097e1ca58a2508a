"""HAR 1.2, as browsers and proxies read it: one entry for each exchange, in the order they ended.

Source: HAR 1.2 (softwareishard.com/blog/har-12-spec, w3c.github.io/web-performance/specs/HAR);
members that begin with ``_`` are ours, which other readers leave alone.

What went over HTTP is told with its method, URL, status and the headers that were recorded. What
went through a pipe is told as ``exchanges`` says, under ``stdio://NAME/METHOD/TOOL``, with the
statuses that HTTP would have had. A stream of server-sent events is one text; ``_events`` tells of
each event of an entry its number in the session, its time in seconds since ``created`` of
``_session``, its direction, and what it is: a head (``http``), a message (``msg``), one too large
to be kept (``cut``, with its size), a server-sent event without one (``sse``), no message at all
(``raw``), the end (``fin``). ``_exchange`` is the number of the exchange, 0 on a pipe. By these an
import has the session's order and times again.

Lost, for HAR has no place for it: what a server said on stderr; when connections and processes
began and ended; eras; notes; where in a message a secret was masked; comments in streams.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from mcpx import __version__
from mcpx.sessions.events import Event, Header, Message, Raw
from mcpx.sessions.exporting.exchanges import Exchange, exchanges
from mcpx.sessions.exporting.json_pieces import dumps
from mcpx.sessions.exporting.labels import label
from mcpx.sessions.exporting.spool import Spool
from mcpx.sessions.times import Clock
from mcpx.sse_events import EVENT_STREAM
from mcpx.wire import Finish

_JSON = "application/json"
# What may stand in a URL beside letters and digits (RFC 3986, 2.2 and 2.3), and what is encoded.
_IN_URLS = "%/:?#[]@!$&'()*+,;=~-._"


def document(header: Header, events: Iterable[Event]) -> Iterator[str]:
    """The document in pieces, one entry to a line. Raises ConfigError (see ``Spool.put``)."""
    session = {
        "id": header.id,
        "created": header.created,
        "fidelity": header.fidelity,
        "target": dict(header.target),
    }
    head = {
        "version": "1.2",
        "creator": {"name": "mcpx", "version": __version__},
        "comment": _comment(header),
        "_session": session,
    }
    yield f'{{"log":{dumps(head)[:-1]},"entries":['
    entry = _Entry(header)
    with closing(Spool()) as spool:
        for number, one in enumerate(exchanges(events, spool)):
            yield ",\n" if number else "\n"
            yield from entry.pieces(one)
    yield "\n]}}\n"


def _comment(header: Header) -> str:
    masked = " What stands between ‹ and › is in the place of a secret." if header.redaction else ""
    return f"A session of MCP, recorded with {header.tool}.{masked}"


class _Entry:
    """Tells exchanges as entries of one session."""

    def __init__(self, header: Header) -> None:
        self._clock = Clock(header.created)
        url = header.target.get("url")
        self._url = url if isinstance(url, str) else ""
        self._label = quote(label(header.target), safe=":[]", errors="surrogatepass")
        self._version = "HTTP" if self._url else "stdio"

    def pieces(self, one: Exchange) -> Iterator[str]:
        """The entry of an exchange."""
        answered = max(one.answer_time if one.answer_time is not None else one.ended, one.began)
        wait, receive = _milliseconds(answered - one.began), _milliseconds(one.ended - answered)
        head = {
            "startedDateTime": self._clock(one.began),
            "time": wait + receive,
            "timings": {"send": 0, "wait": wait, "receive": receive},
            "cache": {},
            "connection": str(one.connection),
            "_exchange": one.number,
            "request": self._request(one),
        }
        yield dumps(head)[:-1]
        yield from self._response(one)
        yield ',"_events":['
        # Each of them ends with a comma.
        last = ""
        for piece in one.events.pieces():
            yield last
            last = piece
        yield f"{last[:-1]}]}}"

    def _request(self, one: Exchange) -> dict[str, Any]:
        url = self._address(one)
        request = {
            "method": one.method or ("POST" if one.asked else "GET"),
            "url": url,
            "httpVersion": self._version,
            "cookies": [],
            "headers": _pairs(one.sent),
            "queryString": [
                {"name": name, "value": value}
                for name, value in parse_qsl(_query(url), keep_blank_values=True)
            ],
            "headersSize": -1,
            "bodySize": 0,
        }
        if one.asked:
            text = "\n".join(_text(event) for event in one.asked)
            request["postData"] = {
                "mimeType": one.sent.get("content-type") or _JSON,
                "text": text,
                **_not_kept(one.asked[-1]),
            }
            request["bodySize"] = len(text.encode("utf-8", "surrogatepass"))
        return request

    def _response(self, one: Exchange) -> Iterator[str]:
        """The response as a member, its body piece by piece."""
        head: dict[str, Any] = {
            "status": one.status,
            "statusText": _phrase(one.status),
            "httpVersion": self._version,
            "cookies": [],
            "headers": _pairs(one.answered),
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": one.size,
        }
        if one.why not in (None, Finish.END):
            # As Chrome names it; "aborted" or the like in its list.
            head["_error"] = f"{one.why}{f': {one.why_text}' if one.why_text else ''}"
        content: dict[str, Any] = {
            "mimeType": one.answered.get("content-type") or (EVENT_STREAM if one.streams else ""),
            "size": one.size,
        }
        if one.streams:
            yield f',"response":{dumps(head)[:-1]},"content":{dumps(content)[:-1]},"text":"'
            yield from one.text.pieces()
            yield '"}}'
            return
        if one.single is not None:
            content |= _body(one.single, content["mimeType"] or _JSON)
            head["bodySize"] = content["size"]
        yield f',"response":{dumps({**head, "content": content})}'

    def _address(self, one: Exchange) -> str:
        if not self._url:
            return f"stdio://{self._label}{one.place or '/'}"
        url = self._url
        if one.place.startswith("/"):
            try:
                parts = urlsplit(url)
                url = f"{parts.scheme}://{parts.netloc}{one.place}"
            except ValueError:
                pass
        return quote(url, safe=_IN_URLS, errors="surrogatepass")


def _text(event: Message | Raw) -> str:
    return event.text if isinstance(event, Message) else event.data.decode("utf-8", "replace")


def _body(event: Message | Raw, kind: str) -> dict[str, Any]:
    found = {"mimeType": kind, **_not_kept(event)}
    if isinstance(event, Raw):
        try:
            text = event.data.decode()
        except UnicodeDecodeError:
            coded = base64.b64encode(event.data).decode()
            return {**found, "size": len(event.data), "text": coded, "encoding": "base64"}
    else:
        text = event.text
    return {**found, "size": len(text.encode("utf-8", "surrogatepass")), "text": text}


def _not_kept(event: Message | Raw) -> dict[str, str]:
    return {"comment": f"of {event.cut} bytes, not all kept"} if event.cut else {}


def _pairs(headers: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


def _query(url: str) -> str:
    return url.partition("#")[0].partition("?")[2]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _milliseconds(seconds: float) -> float:
    return round(max(seconds, 0.0) * 1000, 3)
