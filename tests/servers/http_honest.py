"""An honest MCP server over Streamable HTTP, in both eras, and over the old HTTP+SSE."""

from __future__ import annotations

import contextlib
import queue
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import honest
from honest import LEGACY_VERSIONS, MODERN_VERSIONS, Era
from http_headers import META, VERSION, header_mismatch
from http_wire import LIFE, Exchange, Listener, Request
from wire import Message

CAPABILITIES = f"{META}clientCapabilities"

HEADER_MISMATCH = -32020
MISSING_CAPABILITY = -32021
UNSUPPORTED_VERSION = -32022
SESSION_NOT_FOUND = -32001
"""What the TypeScript SDK answers for a session that it does not know."""

# The status that goes with a JSON-RPC error (specification 2026-07-28, basic/transports/
# streamable-http); any other error comes with 200.
_STATUS_OF = {
    HEADER_MISMATCH: 400,
    MISSING_CAPABILITY: 400,
    UNSUPPORTED_VERSION: 400,
    -32601: 404,
}


@dataclass(frozen=True, slots=True)
class Options:
    """How a good server goes about it.

    ``sse``: answers are event streams, not JSON. ``sessions``: legacy clients get a session, of
    ``lives`` POST requests, if that is given. ``old``: HTTP+SSE alone, at /sse. ``bearer``: the
    token it wants. ``page``: items of one page. ``resumes``: legacy answers come on a GET with
    Last-Event-ID, after so many connections more. ``listens``: it has a GET stream; ``on_get``:
    its requests go there.
    """

    era: Era = Era.BOTH
    name: str = "good-http"
    sse: bool = False
    sessions: bool = True
    lives: int | None = None
    old: bool = False
    bearer: str = ""
    page: int | None = None
    resumes: int = 0
    listens: bool = True
    on_get: bool = False


@dataclass(slots=True)
class Session:
    """What a legacy client and the server know of each other."""

    identifier: str
    version: str = ""
    offered: Message = field(default_factory=dict)
    requests: int = 0
    outgoing: queue.Queue[Message] = field(default_factory=queue.Queue)
    streams: dict[str, tuple[list[Message], int]] = field(default_factory=dict)


class Server(honest.Server):
    """The catalogue of one era; it has no wire of its own."""

    def __init__(self, era: Era, options: Options) -> None:
        super().__init__(era, options.name)
        self._initialized = True  # which clients are is known by their sessions
        self._page = options.page

    def _result(self, method: str, params: Message) -> Message:
        result = super()._result(method, params)
        if self._page is None or method not in honest.LISTS:
            return result
        start = int(params.get("cursor", "0"))
        items = result[honest.LISTS[method]]
        page = {honest.LISTS[method]: items[start : start + self._page]}
        more = start + self._page < len(items)
        return {**page, "nextCursor": str(start + self._page)} if more else page


class Turn:
    """One request on its way to its answer; what comes before that makes the answer a stream."""

    def __init__(self, site: Site, exchange: Exchange, session: Session | None) -> None:
        self.site = site
        self.exchange = exchange
        self.session = session
        self.request = exchange.request.message
        self.params: Message = self.request.get("params") or {}
        self.streaming = False

    @property
    def era(self) -> Era:
        """In which era it was asked."""
        return Era.LEGACY if self.session is not None else Era.MODERN

    @property
    def meta(self) -> Message:
        """The request's own metadata."""
        return self.params.get("_meta") or {}

    @property
    def offered(self) -> Message:
        """What the client says that it can do."""
        return self.session.offered if self.session else self.meta.get(CAPABILITIES) or {}

    def notify(self, method: str, params: Message) -> None:
        """Send a notification ahead of the answer."""
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def send(self, message: Message) -> None:
        """Send a message ahead of the answer."""
        if self.session is not None and self.site.options.old:
            self.session.outgoing.put(message)
            return
        if not self.streaming:
            self.streaming = True
            self.exchange.stream()
        self.exchange.event(message)

    def ask(self, method: str, params: Message) -> Message:
        """Ask a legacy client and wait for its answer, a result or an error; LIFE s at most."""
        assert self.session is not None
        identifier = f"ask-{secrets.token_hex(4)}"
        message = {"jsonrpc": "2.0", "id": identifier, "method": method, "params": params}
        answers = self.site.expect(identifier)
        if self.site.options.on_get:
            self.session.outgoing.put(message)
        else:
            self.send(message)
        deadline = time.monotonic() + LIFE
        while time.monotonic() < deadline and not self.site.closing.is_set():
            with contextlib.suppress(queue.Empty):
                return answers.get(timeout=0.1)
        raise ConnectionError(f"{method} was not answered")


class Site:
    """Answers any number of clients; ``play`` takes one HTTP request of any of them."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.sessions: dict[str, Session] = {}
        self.eras = {
            era: self.server_of(era)
            for era in (Era.LEGACY, Era.MODERN)
            if options.era in (era, Era.BOTH) and not (options.old and era is Era.MODERN)
        }
        self.closing = threading.Event()
        self._stateless = Session("")
        self._waiting: dict[str, queue.Queue[Message]] = {}
        self._lock = threading.Lock()

    def server_of(self, era: Era) -> Server:
        """The catalogue of an era."""
        return Server(era, self.options)

    def play(self, exchange: Exchange) -> None:
        """Answer one HTTP request."""
        request = exchange.request
        token = self.options.bearer
        if token and request.headers.get("authorization") != f"Bearer {token}":
            challenge = f'Bearer resource_metadata="http://{request.headers.get("host")}/meta"'
            exchange.respond(401, headers=(("WWW-Authenticate", challenge),))
        elif self.options.old:
            self._old(exchange)
        elif request.method == "POST":
            self._post(exchange)
        elif Era.LEGACY not in self.eras:
            exchange.respond(405, headers=(("Allow", "POST"),))
        elif request.method == "GET":
            self._get(exchange)
        elif request.method == "DELETE":
            self._delete(exchange)
        else:
            exchange.respond(405, headers=(("Allow", "GET, POST, DELETE"),))

    def respond(self, turn: Turn) -> Message:
        """The frame that answers a request."""
        return self.eras[turn.era].honest(turn.request)

    def expect(self, identifier: str) -> queue.Queue[Message]:
        """Where the client's answer to a request of ours will be put."""
        return self._waiting.setdefault(identifier, queue.Queue())

    def deliver(self, turn: Turn, frame: Message) -> None:
        """Send the answer of a turn, in the way that the options say."""
        exchange, session = turn.exchange, turn.session
        if turn.streaming:
            exchange.event(frame)
            exchange.end()
            return
        headers: tuple[tuple[str, str], ...] = ()
        if session is not None and turn.request["method"] == "initialize" and session.identifier:
            headers = (("Mcp-Session-Id", session.identifier),)
        status = 200
        if turn.era is Era.MODERN:
            status = _STATUS_OF.get(frame.get("error", {}).get("code"), 200)
        resumes = session is not None and self.options.resumes > 0
        if session is not None and resumes and turn.request["method"] != "initialize":
            self._suspend(exchange, session, frame)
        elif self.options.sse and status == 200:
            exchange.stream(headers)
            exchange.event(frame)
            exchange.end()
        else:
            exchange.answer(frame, status, headers)

    def _post(self, exchange: Exchange) -> None:
        request, message = exchange.request, exchange.request.message
        accepted = request.headers.get("accept", "")
        if not ("application/json" in accepted and "text/event-stream" in accepted):
            exchange.answer(_error(None, -32000, "Not acceptable"), 406)
        elif not request.headers.get("content-type", "").startswith("application/json"):
            exchange.answer(_error(None, -32000, "Unsupported media type"), 415)
        elif not message:
            exchange.answer(_error(None, -32700, "Parse error"), 400)
        elif self._is_modern(message):
            self._modern(exchange)
        else:
            self._legacy(exchange)

    def _is_modern(self, message: Message) -> bool:
        if Era.LEGACY not in self.eras:
            return True
        meta = (message.get("params") or {}).get("_meta") or {}
        return Era.MODERN in self.eras and VERSION in meta

    def _modern(self, exchange: Exchange) -> None:
        message = exchange.request.message
        if "id" not in message:
            exchange.respond(202)
            return
        wrong = header_mismatch(exchange.request, self.eras[Era.MODERN].tools)
        turn = Turn(self, exchange, None)
        asked = turn.meta.get(VERSION, exchange.request.headers.get("mcp-protocol-version"))
        if message["method"] == "initialize" or (asked and asked not in MODERN_VERSIONS):
            requested = turn.params.get("protocolVersion", asked)
            data = {"supported": MODERN_VERSIONS, "requested": requested}
            frame = _error(message["id"], UNSUPPORTED_VERSION, "Unsupported version", data)
        elif wrong:
            frame = _error(message["id"], HEADER_MISMATCH, f"Header mismatch: {wrong}")
        else:
            frame = self.respond(turn)
        self.deliver(turn, frame)

    def _legacy(self, exchange: Exchange) -> None:
        message = exchange.request.message
        session = self._session_of(exchange, message)
        if session is None:
            return
        if "method" not in message:
            self.expect(str(message.get("id"))).put(message)
            exchange.respond(202)
        elif "id" not in message:
            exchange.respond(202)
        else:
            turn = Turn(self, exchange, session)
            self.deliver(turn, self.respond(turn))

    def _session_of(self, exchange: Exchange, message: Message) -> Session | None:
        """The session of a legacy request; None when it has been refused."""
        number, headers = message.get("id"), exchange.request.headers
        if message.get("method") == "initialize":
            return self._begun(message)
        session = self._stateless
        if self.options.sessions:
            if "mcp-session-id" not in headers:
                exchange.answer(_error(number, -32000, "Bad Request: no session"), 400)
                return None
            known = self.sessions.get(headers["mcp-session-id"])
            if known is not None:
                known.requests += 1
            if known is None or known.requests > (self.options.lives or known.requests):
                self.sessions.pop(headers["mcp-session-id"], None)
                exchange.answer(_error(number, SESSION_NOT_FOUND, "Session not found"), 404)
                return None
            session = known
        version = headers.get("mcp-protocol-version", "")
        if session.version >= "2025-06-18" and version != session.version:
            text = f"Bad Request: MCP-Protocol-Version is {version!r}, not {session.version}"
            exchange.answer(_error(number, -32000, text), 400)
            return None
        return session

    def _begun(self, message: Message) -> Session:
        """A session for a handshake."""
        session = self._stateless
        if self.options.sessions or self.options.old:
            session = Session(secrets.token_hex(8))
            self.sessions[session.identifier] = session
        self._introduce(session, message)
        return session

    def _introduce(self, session: Session, message: Message) -> None:
        params = message.get("params") or {}
        asked = str(params.get("protocolVersion"))
        session.version = asked if asked in LEGACY_VERSIONS else LEGACY_VERSIONS[-1]
        session.offered = params.get("capabilities") or {}

    def _get(self, exchange: Exchange) -> None:
        session = self._session_of(exchange, {})
        if session is None:
            return
        last = exchange.request.headers.get("last-event-id", "")
        if "text/event-stream" not in exchange.request.headers.get("accept", ""):
            exchange.respond(406)
        elif last:
            self._resume(exchange, session, last)
        elif not self.options.listens:
            exchange.respond(405, headers=(("Allow", "POST"),))
        else:
            exchange.stream()
            self._pour(exchange, session)

    def _pour(self, exchange: Exchange, session: Session) -> None:
        """Send what a session has to tell, until its client is gone."""
        while True:
            try:
                message = session.outgoing.get(timeout=0.05)
            except queue.Empty:
                if exchange.rest(0.01):
                    return
                continue
            exchange.event(message)

    def _suspend(self, exchange: Exchange, session: Session, frame: Message) -> None:
        """Keep the answer for who comes back; the stream begins, and the connection ends."""
        stream = secrets.token_hex(4)
        session.streams[stream] = ([frame], self.options.resumes)
        exchange.stream()
        exchange.piece(f"id: {stream}/0\nretry: 100\ndata: \n\n".encode())
        exchange.end()

    def _resume(self, exchange: Exchange, session: Session, last: str) -> None:
        stream, _, seen = last.partition("/")
        if stream not in session.streams:
            exchange.respond(400)
            return
        frames, left = session.streams[stream]
        session.streams[stream] = (frames, left - 1)
        exchange.stream()
        if left > 1:
            exchange.piece(f"id: {stream}/0\nretry: 100\ndata: \n\n".encode())
        else:
            for number, frame in enumerate(frames[int(seen) :], 1):
                exchange.event(frame, f"{stream}/{number}")
        exchange.end()

    def _delete(self, exchange: Exchange) -> None:
        if self._session_of(exchange, {}) is None:
            return
        self.sessions.pop(exchange.request.headers.get("mcp-session-id", ""), None)
        exchange.respond(204)

    def _old(self, exchange: Exchange) -> None:
        """HTTP+SSE (specification 2024-11-05, basic/transports)."""
        request = exchange.request
        if request.path == "/sse":
            if request.method != "GET":
                exchange.respond(405, headers=(("Allow", "GET"),))
                return
            session = Session(secrets.token_hex(8))
            self.sessions[session.identifier] = session
            exchange.stream()
            exchange.event(f"/messages?session={session.identifier}", kind="endpoint")
            self._pour(exchange, session)
        elif request.path == "/messages" and request.method == "POST":
            self._old_message(exchange)
        else:
            exchange.respond(404)

    def _old_message(self, exchange: Exchange) -> None:
        message = exchange.request.message
        session = self.sessions.get(exchange.request.query.get("session", ""))
        if session is None:
            exchange.respond(404, b"no such session", "text/plain")
            return
        exchange.respond(202, b"Accepted", "text/plain")
        if "method" not in message:
            self.expect(str(message.get("id"))).put(message)
        elif "id" in message:
            if message["method"] == "initialize":
                self._introduce(session, message)
            # The connection serves on: an answer of the client may come on it.
            turn = Turn(self, exchange, session)
            thread = threading.Thread(target=self._old_answer, args=(turn, session), daemon=True)
            thread.start()

    def _old_answer(self, turn: Turn, session: Session) -> None:
        with contextlib.suppress(OSError):
            session.outgoing.put(self.respond(turn))


def _error(identifier: Any, code: int, message: str, data: object = None) -> Message:
    error = honest.RefusedError(code, message, data).error
    return {"jsonrpc": "2.0", "id": identifier, "error": error}


class Served:
    """A running server: where it is and what it saw."""

    def __init__(self, site: Site, listener: Listener, path: str) -> None:
        self.site = site
        self.listener = listener
        self.url = f"{listener.origin}{path}"

    @property
    def requests(self) -> list[Request]:
        """Every request that came in, in order."""
        return list(self.listener.requests)

    def count(self, method: str, rpc: str | None = None) -> int:
        """How many requests had this HTTP method, and this JSON-RPC method."""
        return sum(
            one.method == method and rpc in (None, one.rpc) for one in self.listener.requests
        )


@contextmanager
def serving(site: Site, log: Path | None = None) -> Iterator[Served]:
    """Serve in threads of this process until the block is left."""
    listener = Listener(site.play, log)
    try:
        yield Served(site, listener, "/sse" if site.options.old else "/mcp")
    finally:
        site.closing.set()
        listener.close()
