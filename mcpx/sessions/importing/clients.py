"""Which connection a message belongs to, in files that hold the talk of several clients as one."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field

from mcpx.sessions.importing.drafts import Draft, Shape
from mcpx.wire import Direction

_HANDSHAKE = "initialize"
# Of one file; what further ones say is taken for the last one's.
_MOST = 256


@dataclass(slots=True, eq=False)
class _Client:
    number: int
    scope: Hashable
    session: str = ""
    has_handshake: bool = False
    used: set[str] = field(default_factory=set)
    open: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)  # ids of the server's open requests
    tokens: set[str] = field(default_factory=set)

    def fits(self, sent: tuple[Shape, ...]) -> bool:
        """Whether these may be its next words: no id twice, and one handshake."""
        if self.has_handshake and _begins(sent):
            return False
        return not any(shape.id in self.used and shape.method for shape in sent)

    def sends(self, sent: tuple[Shape, ...]) -> None:
        for shape in sent:
            if shape.is_request:
                self.used.add(shape.id)
                self.open.add(shape.id)
                self.has_handshake |= shape.method == _HANDSHAKE
            if shape.token:
                self.tokens.add(shape.token)
            if shape.is_answer:
                self.asked.discard(shape.id)

    def hears(self, said: tuple[Shape, ...]) -> None:
        for shape in said:
            if shape.is_request:
                self.asked.add(shape.id)
            if shape.is_answer:
                self.open.discard(shape.id)


class Clients:
    """The clients of a file, told by session, by their handshakes and by ids that come again.

    ``sent`` is what each exchange of HTTP carries to the server.
    """

    def __init__(self, sent: Mapping[Hashable, tuple[Shape, ...]]) -> None:
        self._sent = sent
        self._clients: list[_Client] = []
        self._of_scope: dict[Hashable, list[_Client]] = {}
        self._last: dict[Hashable, _Client] = {}
        self._exchanges: dict[Hashable, _Client] = {}
        self._by_handshake: list[int] = []
        self._by_id: list[int] = []
        self._mixed = False

    def notes(self) -> Iterator[str]:
        """What was decided, as the file does not tell it."""
        for numbers, reason in (
            (self._by_handshake, "another handshake"),
            (self._by_id, "an id that comes again"),
        ):
            if numbers:
                which = ", ".join(map(str, numbers[:10])) + (", ..." if len(numbers) > 10 else "")
                yield f"connections that are told by {reason}: {which}"
        if self._mixed:
            yield (
                "clients talked at the same time and the file does not tell them apart: "
                "their messages were shared out by the ids of requests"
            )

    def place(self, draft: Draft) -> int:
        """The number of the connection of a draft; drafts come in their order, each once."""
        direction = getattr(draft.event, "direction", None)
        client = self._client_of(draft, direction)
        self._last[draft.scope] = client
        if draft.session and not client.session:
            client.session = draft.session
        if draft.exchange is not None:
            self._exchanges[draft.exchange] = client
        if direction is Direction.TO_SERVER:
            client.sends(draft.shapes)
        else:
            client.hears(draft.shapes)
        return client.number

    def _client_of(self, draft: Draft, direction: Direction | None) -> _Client:
        if draft.exchange in self._exchanges:
            return self._exchanges[draft.exchange]
        known = self._of_scope.get(draft.scope, [])
        if draft.session:
            told = [client for client in known if client.session == draft.session]
            if told:
                return told[-1]
            known = [client for client in known if not client.session]
        last = self._last.get(draft.scope)
        last = last if last in known else (known[-1] if known else None)
        if last is None:
            return self._new(draft.scope)
        if direction is Direction.TO_CLIENT and draft.exchange is None:
            return self._hearing(known, last, draft.shapes)
        sent = draft.shapes or self._sent.get(draft.exchange, ())
        return self._speaking(known, last, sent, draft.scope)

    def _speaking(
        self, known: list[_Client], last: _Client, sent: tuple[Shape, ...], scope: Hashable
    ) -> _Client:
        answered = {shape.id for shape in sent if shape.is_answer}
        if answered and not answered & last.asked:
            return next((client for client in known if answered & client.asked), last)
        cancelled = {shape.about for shape in sent if shape.about}
        if cancelled and not cancelled & (last.open | last.asked):
            return next((client for client in known if cancelled & client.open), last)
        if last.fits(sent):
            return last
        if not _begins(sent):
            for client in known:
                if client.fits(sent):
                    self._mixed = True
                    return client
        if len(self._clients) >= _MOST:
            return last
        found = self._new(scope)
        again = last.has_handshake and _begins(sent)
        (self._by_handshake if again else self._by_id).append(found.number)
        return found

    def _hearing(self, known: list[_Client], last: _Client, said: tuple[Shape, ...]) -> _Client:
        answered = {shape.id for shape in said if shape.is_answer}
        about = {shape.about for shape in said if shape.about}
        waiting = [client for client in known if answered & client.open or about & client.tokens]
        if len(waiting) > 1 and answered:
            self._mixed = True
            return waiting[0]
        return last if last in waiting or not waiting else waiting[0]

    def _new(self, scope: Hashable) -> _Client:
        if len(self._clients) >= _MOST:
            return self._clients[-1]
        client = _Client(len(self._clients) + 1, scope)
        self._clients.append(client)
        self._of_scope.setdefault(scope, []).append(client)
        return client


def _begins(sent: tuple[Shape, ...]) -> bool:
    return any(shape.method == _HANDSHAKE for shape in sent)
