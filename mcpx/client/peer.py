"""A JSON-RPC peer: ids, open requests, what the other side asks of us or sends unasked."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Protocol

from mcpx.client import faults
from mcpx.client.clock import Clock
from mcpx.client.frames import (
    MalformedError,
    Outgoing,
    TooLargeError,
    compose,
    parse,
    values_in,
)
from mcpx.client.questions import WITHIN, Answering, UnansweredError
from mcpx.codes import INTERNAL_ERROR
from mcpx.errors import Fault, ServerError
from mcpx.json_rpc import HANDSHAKES
from mcpx.servers import ServerSpec
from mcpx.settings import Limits

# Gets the method and the parameters of a notification.
Notified = Callable[[str, Mapping[str, Any]], None]
# Stops the clock of the request that a question belongs to, or every clock where none is known.
Pausing = Callable[[Clock | None], AbstractContextManager[None]]

# How long a request waits for its answer after something unreadable came in its place: a broken
# message, or a line of text from a server that had spoken JSON-RPC before (its log, most often).
GRACE = 1.0
GRACE_AFTER_TEXT = 5.0

_MESSAGE_LIKE = re.compile(rb"\s*(?:\{|\[\s*[\[{\]])")

# Of something unreadable: bytes that are looked at.
_MOST_READ = 1_000_000

# Questions of one server that may be open at a time.
_MOST_QUESTIONS = 32
# The handshake must not be cancelled, and who does not know the probe need not hear of it again.
_NOT_CANCELLED = HANDSHAKES


class Sender(Protocol):
    """What a peer needs of a transport."""

    def send(self, message: Outgoing) -> None:
        """Send a message, now or as soon as the other side takes it."""

    def abandon(self, number: int) -> bool:
        """Wait for the answer to this request no more; whether that tells the server."""

    def opened(self, headers: Mapping[str, str], legacy: bool) -> None:
        """The conversation is open; ``headers`` go along with everything from now on."""


@dataclass(slots=True)
class Oddities:
    """What was wrong on a wire that works all the same; the first of each kind and how many."""

    noise: int = 0
    first_noise: str = ""
    kinds: dict[str, str] = field(default_factory=dict)

    def note(self, kind: str, text: str) -> None:
        """Keep the first text of each kind."""
        self.kinds.setdefault(kind, text)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was sent: its id, and what will have its result or the error for it."""

    number: int
    method: str
    future: asyncio.Future[Any]


@dataclass(slots=True)
class _Open:
    number: int
    method: str
    future: asyncio.Future[Any]
    clock: Clock | None = None
    came: str = ""  # what came in place of its answer, where that is known
    seen: str = ""  # what was seen of its answer, which is still to come


@dataclass(slots=True)
class _Kept:
    """How much came in answers that are all kept: bytes, and about how many JSON values."""

    size: int = 0
    values: int = 0

    def check(self, raw: bytes, limits: Limits) -> None:
        """Raises TooLargeError for a message that would be too much with what is kept already."""
        if self.size + len(raw) > limits.line:
            raise TooLargeError("line", f"lists of more than {limits.line} bytes together")
        if (values := self.values + values_in(raw)) > limits.values:
            raise TooLargeError("values", f"lists of about {values} values together")

    def add(self, raw: bytes) -> None:
        """Count a message."""
        self.size += len(raw)
        self.values += values_in(raw)


class RpcError(Exception):
    """An error answer, as it came; ``status`` is that of an HTTP error which brought it."""

    def __init__(self, method: str, error: Any, status: int | None = None) -> None:
        super().__init__(method)
        self.method = method
        self.error = error
        self.status = status

    @property
    def code(self) -> int | None:
        """The JSON-RPC error code, when there is one."""
        code = self.error.get("code") if isinstance(self.error, dict) else None
        return code if isinstance(code, int) else None

    @property
    def data(self) -> Any:
        """What came with the error."""
        return self.error.get("data") if isinstance(self.error, dict) else None


class Peer:
    """One side of a conversation over a transport that sends messages and feeds what it receives.

    ``answering`` answers what the other side asks, in a block of ``pausing``; ``notified`` is told
    its notifications.
    """

    def __init__(
        self,
        spec: ServerSpec,
        sender: Sender,
        limits: Limits,
        answering: Answering,
        notified: Notified | None = None,
        pausing: Pausing = lambda _clock: nullcontext(),
    ) -> None:
        self.spec = spec
        self.oddities = Oddities()
        self.answering = answering
        self.answers = True  # clients of the modern era send no answers
        self._sender = sender
        self._notified = notified
        self._pausing = pausing
        self._questions: set[asyncio.Task[None]] = set()
        self._limits = limits
        self._open: dict[int, _Open] = {}
        self._next = 1
        self._unasked = 0
        self._failure: Exception | None = None
        self._fed: _Open | None = None
        self._unreadable = 0
        self._first_unreadable = ""
        self._last_noise = b""
        self._grace: asyncio.TimerHandle | None = None
        self._understood = False
        self._abandoned: list[_Open] = []
        self._kept: _Kept | None = None

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Let the limits of one message hold for all answers in the block together."""
        self._kept = _Kept()
        try:
            yield
        finally:
            self._kept = None

    def waiting_for(self, clock: Clock | None = None) -> str:
        """The methods that have not been answered, or nobody waits for any more.

        ``clock``: of the requests that were sent by this clock only.
        """
        methods = [one.method for one in self._unanswered(clock)]
        first, *others = list(dict.fromkeys(methods)) or [""]
        more = "request" if len(others) == 1 else "requests"
        return f"{first} and {len(others)} more {more}" if others else first

    def seen_for(self, clock: Clock | None = None) -> str:
        """What was seen of an answer that such a request still waits for; empty for nothing."""
        return next((one.seen for one in self._unanswered(clock) if one.seen), "")

    def saw(self, number: int, what: str) -> None:
        """Keep what was seen of the answer to this request, before it is there."""
        if number in self._open:
            self._open[number].seen = what

    def forget(self, clock: Clock | None) -> None:
        """Know no more of the requests by this clock that nobody waits for any more."""
        self._abandoned = [one for one in self._abandoned if one.clock is not clock]

    def _unanswered(self, clock: Clock | None) -> list[_Open]:
        waiting = [one for one in self._open.values() if not one.future.done()]
        found = [
            [one for one in requests if clock is None or one.clock is clock]
            for requests in (waiting, self._abandoned)
        ]
        return found[0] or found[1]

    async def request(
        self,
        method: str,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        clock: Clock | None = None,
    ) -> Any:
        """Send a request and wait for its result, as it came; ``clock`` is the one it lives by.

        Raises RpcError for an error answer and ServerError when the connection fails. A caller
        that is cancelled leaves the request; a late answer to it is dropped.
        """
        asked = self.ask(method, params, headers, clock)
        try:
            return await asked.future
        except asyncio.CancelledError:
            if (left := self._open.get(asked.number)) is not None:
                self._abandoned.append(left)
            self.leave(asked)
            raise
        finally:
            self._open.pop(asked.number, None)

    def ask(
        self,
        method: str,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        clock: Clock | None = None,
    ) -> Asked:
        """Send a request now; whoever has asked waits for it, and says so if no longer: ``leave``.

        Its future gets the result, RpcError or ServerError. Raises ServerError when the connection
        has failed before.
        """
        if self._failure is not None:
            raise self._failure
        number = self._next
        self._next += 1
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._open[number] = _Open(number, method, future, clock)
        message: dict[str, Any] = {"jsonrpc": "2.0", "id": number, "method": method}
        if params is not None:
            message["params"] = dict(params)
        try:
            self._transmit(message, headers)
        except BaseException:
            del self._open[number]
            raise
        return Asked(number, method, future)

    def leave(self, asked: Asked, told: bool = False) -> None:
        """Wait for a request no more; the server hears of it, unless it has been ``told``."""
        self._open.pop(asked.number, None)
        told = self._sender.abandon(asked.number) or told
        if self._failure is None and not told and asked.method not in _NOT_CANCELLED:
            self.notify("notifications/cancelled", {"requestId": asked.number})

    def notify(self, method: str, params: Mapping[str, Any] | None = None) -> None:
        """Send a notification."""
        message: dict[str, Any] = {"jsonrpc": "2.0", "method": method}
        if params is not None:
            message["params"] = dict(params)
        self._transmit(message)

    def opened(self, headers: Mapping[str, str], legacy: bool) -> None:
        """The conversation is open in this era, with these headers for whoever has such."""
        self.answers = legacy
        self.forget(None)
        self._sender.opened(headers, legacy)

    def feed(self, raw: bytes, number: int | None = None) -> None:
        """Take a received message; ``number`` is the request that it came for, where known."""
        self._fed = self._open.get(number) if number is not None else None
        try:
            self._feed(raw)
        finally:
            self._fed = None

    def _feed(self, raw: bytes) -> None:
        if self._failure is not None or not raw.strip():
            return
        try:
            if self._kept is not None:
                self._kept.check(raw, self._limits)
            value = parse(raw, self._limits)
        except TooLargeError as error:
            self.fail(faults.over_limit(self.spec, error.limit, str(error)))
            return
        except MalformedError as error:
            self._unreadable_line(raw, str(error))
            return
        if self._kept is not None and not (isinstance(value, dict) and "method" in value):
            self._kept.add(raw)
        if isinstance(value, list):
            # Legal in 2025-03-26 only; read all the same.
            self.oddities.note("wire-batch", "sent a JSON-RPC batch, which only 2025-03-26 allows")
            for one in value:
                self._take(one, raw)
        else:
            self._take(value, raw)

    def fail(self, error: Exception) -> None:
        """End every open request, and every later one, with this error."""
        if self._failure is None:
            self._failure = error
        if self._grace is not None:
            self._grace.cancel()
        for request in self._open.values():
            if not request.future.done():
                request.future.set_exception(error)
                request.future.exception()  # marked as seen: the waiter may be gone

    @property
    def failed(self) -> bool:
        """Whether the connection as a whole is over."""
        return self._failure is not None

    def is_open(self, number: int) -> bool:
        """Whether this request still waits for its answer."""
        request = self._open.get(number)
        return request is not None and not request.future.done()

    def fail_one(self, number: int, error: Exception) -> None:
        """End one request with this error, if it still waits."""
        request = self._open.get(number)
        if request is not None and not request.future.done():
            request.future.set_exception(error)
            request.future.exception()

    def spoiled(self, number: int) -> ServerError | None:
        """The error for a request in whose place something came that is no answer."""
        request = self._open.get(number)
        return None if request is None or not request.came else self._no_answer(request)

    def hush(self) -> None:
        """Stop answering what the other side asked."""
        for task in self._questions:
            task.cancel()

    def _transmit(self, message: dict[str, Any], headers: Mapping[str, str] | None = None) -> None:
        raw = compose(message)
        number = message["id"] if "method" in message and "id" in message else None
        self._sender.send(Outgoing(raw, message.get("method", ""), number, headers or {}))

    def _take(self, message: Any, raw: bytes) -> None:
        if not isinstance(message, dict):
            self._unreadable_line(raw, "not a JSON-RPC object")
            return
        if message.get("jsonrpc") != "2.0":
            self.oddities.note("wire-version", 'sent messages without the member "jsonrpc": "2.0"')
        self._understood = True
        if self._grace is not None and not self._unreadable:
            self._give_up_after(GRACE_AFTER_TEXT)  # it was only text: the server goes on
        if "method" in message:
            self._count_unasked()
            if "id" in message:
                self._answer(message)
            elif self._notified is not None:
                params = message.get("params")
                self._notified(str(message["method"]), params if isinstance(params, dict) else {})
        elif "result" in message or "error" in message:
            self._resolve(message, raw)
        else:
            self._unreadable_line(raw, "neither a request, a notification nor an answer")

    def _resolve(self, message: dict[str, Any], raw: bytes) -> None:
        number = message.get("id")
        if number is None and "error" in message and len(self._open) == 1:
            # JSON-RPC 2.0, 5: an answer to a request whose id could not be read has the id null.
            number = next(iter(self._open))
        if isinstance(number, str) and number.isdecimal():
            self.oddities.note("wire-id", "answers with the id as text, not as the number sent")
            number = int(number)
        request = self._open.get(number) if isinstance(number, int) else None
        if request is None:
            if not (isinstance(number, int) and 0 < number < self._next):
                self._unreadable_line(
                    raw, f"an answer to a request that was not sent ({number!s:.40})"
                )
            return
        del self._open[request.number]
        if request.future.done():
            return
        if "error" in message:
            request.future.set_exception(RpcError(request.method, message["error"]))
        else:
            request.future.set_result(message["result"])

    def _answer(self, message: dict[str, Any]) -> None:
        """Answer what the server asks; what takes a person waits beside the conversation."""
        method = str(message["method"])
        if not self.answers:
            text = f"sent the request {method:.100}, which a server of the modern era must not"
            self.oddities.note("wire-request", text)
            return
        number = message["id"]
        if len(self._questions) >= _MOST_QUESTIONS:
            text = f"more than {_MOST_QUESTIONS} questions at a time"
            self._refuse(number, INTERNAL_ERROR, text)
        else:
            params = message.get("params")
            given = params if isinstance(params, dict) else {}
            clock = None if self._fed is None else self._fed.clock
            WITHIN.set(0 if self._fed is None else self._fed.number)
            task = asyncio.ensure_future(self._reply(number, method, given, clock))
            self._questions.add(task)
            task.add_done_callback(self._questions.discard)

    async def _reply(
        self, number: Any, method: str, params: Mapping[str, Any], clock: Clock | None
    ) -> None:
        try:
            with self._pausing(clock):
                result = {} if method == "ping" else await self.answering.answer(method, params)
        except UnansweredError as error:
            self._refuse(number, error.code, str(error))
            return
        except Exception as error:  # whatever it is: neither side may wait for what never comes
            self._refuse(number, INTERNAL_ERROR, "the client failed")
            self.fail(error)
            return
        if self._failure is None:
            self._transmit({"jsonrpc": "2.0", "id": number, "result": result})

    def _refuse(self, number: Any, code: int, text: str) -> None:
        if self._failure is None:
            error = {"code": code, "message": text}
            self._transmit({"jsonrpc": "2.0", "id": number, "error": error})

    def _count_unasked(self) -> None:
        self._unasked += 1
        if self._unasked > self._limits.notifications:
            self.fail(
                faults.over_limit(self.spec, "notifications", f"{self._unasked} notifications")
            )

    def _unreadable_line(self, raw: bytes, reason: str) -> None:
        """No message: text is noise, a broken answer ends the wait for it."""
        if self._fed is not None:
            # Nobody has to wait and see: nothing else will come in its place.
            self._fed.came = self._fed.came or f"{reason}: {self._shown(raw)}"
            self.oddities.note("wire-unreadable", f"sent a message that is {self._fed.came}")
            return
        if _MESSAGE_LIKE.match(raw):
            self._unreadable += 1
            if not self._first_unreadable:
                self._first_unreadable = f"{reason}: {self._shown(raw)}"
                note = f"sent a message that is {self._first_unreadable}"
                self.oddities.note("wire-unreadable", note)
            self._give_up_after(GRACE)
            return
        self.oddities.noise += 1
        self.oddities.first_noise = self.oddities.first_noise or self._shown(raw)
        self._last_noise = raw
        if self._understood:
            self._give_up_after(GRACE_AFTER_TEXT)

    def _shown(self, raw: bytes) -> str:
        text = raw[:_MOST_READ].decode("utf-8", "backslashreplace").strip()
        return faults.own_words(self.spec, text, faults.MOST_SHOWN)

    def _give_up_after(self, seconds: float) -> None:
        if self._grace is not None:
            self._grace.cancel()
        if self._open:
            self._grace = asyncio.get_running_loop().call_later(seconds, self._give_up)

    def _give_up(self) -> None:
        """After the grace: as many open requests as broken answers will hear nothing more."""
        self._grace = None
        waiting = [request for request in self._open.values() if not request.future.done()]
        if len(waiting) > max(self._unreadable, 1):
            return
        came = self._first_unreadable
        came = came or f"text that is no message: {self._shown(self._last_noise)}"
        for request in waiting:
            request.came = came
            request.future.set_exception(self._no_answer(request))

    def _no_answer(self, request: _Open) -> ServerError:
        return ServerError(
            Fault.PROTOCOL,
            f"{self.spec.name}: answered {request.method} with {request.came}",
            hint="-vv shows the messages on the wire",
        )
