"""The session logs of mcpsnoop: lines of envelopes, with stderr and what was sent by HTTP.

Source: github.com/kerlenton/mcpsnoop, internal/proxy/frame.go and http.go (0.16, 2026-08): ``raw``
is a message, ``text`` what is none; an envelope with neither tells the status of an answer
without a body; ``conn_id`` is the client's address, which has one exchange at a time; a batch is
split into its messages.
"""

from __future__ import annotations

from collections.abc import Iterator

from mcpx.servers import Transport
from mcpx.sessions.events import Fidelity
from mcpx.sessions.importing.drafts import Recording, shapes_of
from mcpx.sessions.importing.http_exchanges import Brought, HttpExchange, drafts_of, status_of
from mcpx.sessions.importing.source import ImportFormat, Line, Source, UnreadableError
from mcpx.sessions.importing.written import Written
from mcpx.sessions.targets import told_target
from mcpx.sessions.times import seconds_of
from mcpx.wire import Direction

FORMAT = ImportFormat("mcpsnoop", "mcpsnoop (JSON lines)")
_DIRECTIONS = ("c2s", "s2c", "stderr", "meta")
# Of a longer one the rest is taken for another.
_LONGEST_BATCH = 1_000
# Of mcpx alone, which tells apart what goes on at the same time (exporting/mcpsnoop.py).
_EXCHANGE = "mcpx_exchange"


def recognises(source: Source) -> bool:
    """Whether the first line is an envelope."""
    first = source.first_object
    return first is not None and {"session_id", "ts", "direction"} <= first.members.keys()


def read(source: Source) -> Recording:
    """What a log holds. Raises UnreadableError."""
    log = _Log()
    for line in source.lines():
        log.take(line)
    recording = log.recording
    recording.drafts += drafts_of(log.exchanges)
    recording.notes += log.notes()
    recording.in_order = not log.exchanges
    return recording


class _Log:
    """The envelopes of a log, taken in their order."""

    def __init__(self) -> None:
        self.recording = Recording(Fidelity.JSON, target=told_target(Transport.UNKNOWN))
        self.exchanges: list[HttpExchange] = []
        self._current: dict[tuple[str, str], _Open] = {}
        self._next: dict[str, float] = {}
        self._lost = 0
        self._counts = {"redacted": 0, "truncated": 0, "batch": 0}

    def notes(self) -> Iterator[str]:
        """What is to be known of the log."""
        texts = {
            "redacted": "messages in which the recorder replaced something: {}",
            "truncated": "messages that were cut, and are larger than is told here: {}",
            "batch": "messages of batches, which were put together again: {}",
        }
        for name, text in texts.items():
            if count := self._counts[name]:
                yield text.format(count)
        if self._lost:
            yield f"messages that are missing, by the numbers of the others: {self._lost}"
        if self.exchanges:
            yield "paths, ids of server-sent events and the ends of streams were not kept"

    def take(self, line: Line) -> None:
        """Add an envelope."""
        envelope = line.json
        direction, at = envelope.word("direction"), seconds_of(envelope.get("ts"))
        if direction not in _DIRECTIONS:
            raise UnreadableError("'direction' is none of c2s, s2c, stderr, meta", line.number)
        if at is None:
            raise UnreadableError("'ts' is no time", line.number)
        if self.recording.created is None:
            self.recording.started = self.recording.created = at
        self._count(envelope)
        scope = envelope.word("session_id")
        if direction == "meta":
            self._meta(envelope)
        elif direction == "stderr":
            self.recording.say_stderr(at, envelope.word("text"), scope)
        elif envelope.word("transport") == "http":
            self.recording.target = told_target(Transport.HTTP)
            self._http(line, at, Direction(direction), scope)
        else:
            self._stdio(envelope, at, Direction(direction), scope)

    def _count(self, envelope: Written) -> None:
        for name in self._counts:
            self._counts[name] += envelope.get(name) is True
        number, session = envelope.number("seq"), envelope.word("session_id")
        if number is not None:
            expected = self._next.get(session)
            if expected is not None and expected < number < expected + 1e9:
                self._lost += int(number - expected)
            self._next[session] = number + 1

    def _meta(self, envelope: Written) -> None:
        raw = envelope.part("raw")
        words = [word.string for word in raw.part("command").items]
        self.recording.target = told_target(Transport.STDIO, words, cwd=raw.word("cwd"))

    def _stdio(self, envelope: Written, at: float, direction: Direction, scope: str) -> None:
        raw = envelope.members.get("raw")
        if raw is not None and raw.is_message:
            self.recording.say(at, direction, raw.text, scope=scope)
        elif envelope.get("truncated") is True:
            self.recording.say_cut(at, direction, len(envelope.word("text").encode()), scope)
        elif text := raw.text if raw is not None else envelope.word("text"):
            self.recording.say_raw(at, direction, text, scope)

    def _http(self, line: Line, at: float, direction: Direction, scope: str) -> None:
        envelope = line.json
        raw = envelope.members.get("raw")
        text = raw.text if raw is not None else envelope.word("text")
        key = (scope, f"{envelope.word('conn_id')} {envelope.get(_EXCHANGE) or ''}")
        is_batch = envelope.get("batch") is True
        one = self._current.get(key)
        if direction is Direction.TO_SERVER:
            if one is not None and is_batch and 0 < one.asked < _LONGEST_BATCH:
                one.exchange.body = _joined(one.exchange.body or "", text)
                one.asked += 1
            else:
                one = self._open(line, at, key, "POST")
                one.asked = int(is_batch)
                one.exchange.headers = dict(_headers(envelope))
                one.exchange.body = f"[{text}]" if is_batch else text
            one.waiting |= {shape.id for shape in shapes_of(text) if shape.is_request}
            return
        if one is None or one.is_over:
            # What a client asks without a body is not in the log: a stream, or an end.
            one = self._open(line, at, key, "GET" if text else "")
        one.asked = 0
        one.answer(at, envelope, text, is_batch)

    def _open(self, line: Line, at: float, key: tuple[str, str], method: str) -> _Open:
        exchange = HttpExchange(key=line.number, at=at, method=method, url="", scope=key[0])
        self.exchanges.append(exchange)
        self._current[key] = _Open(exchange)
        return self._current[key]


class _Open:
    """The exchange that a client's address has at a time; ``asked`` counts messages of a batch."""

    def __init__(self, exchange: HttpExchange) -> None:
        self.exchange = exchange
        self.asked = 0
        self.waiting: set[str] = set()
        self._answers = 0

    @property
    def is_over(self) -> bool:
        """Whether what comes now belongs to another exchange."""
        one = self.exchange
        if one.finished is not None:
            return True
        return one.method == "POST" and bool(one.brought) and not self.waiting

    def answer(self, at: float, envelope: Written, text: str, is_batch: bool) -> None:
        """Add what an envelope tells of the answer."""
        one = self.exchange
        if one.answered is None:
            one.answered, one.status = at, status_of(envelope.number("status"))
            if challenge := envelope.word("auth_challenge"):
                one.answer_headers = {"www-authenticate": challenge}
        if envelope.get("truncated") is True:
            one.brought.append(Brought(at, "", cut=len(text.encode())))
        elif not text:
            one.finished = at
        elif text[:1] not in ("{", "["):
            one.raw = text
        elif is_batch and 0 < self._answers < _LONGEST_BATCH:
            one.brought[-1] = Brought(at, _joined(one.brought[-1].text, text))
        else:
            one.brought.append(Brought(at, f"[{text}]" if is_batch else text))
        self._answers = self._answers % _LONGEST_BATCH + 1 if is_batch else 0
        self.waiting -= {shape.id for shape in shapes_of(text) if shape.is_answer}


def _joined(batch: str, text: str) -> str:
    return f"{batch[:-1]},{text}]"


def _headers(envelope: Written) -> Iterator[tuple[str, str]]:
    for member, name in (
        ("mcp_method", "mcp-method"),
        ("mcp_name", "mcp-name"),
        ("mcp_protocol_version", "mcp-protocol-version"),
    ):
        if value := envelope.word(member):
            yield name, value
    for parameter in envelope.part("mcp_param_headers").items:
        yield parameter.word("name").lower(), parameter.word("value")
