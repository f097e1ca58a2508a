"""What plays a tape to one client: asynchronous, for it waits for its client; no I/O.

A transport gives it whatever comes, each message in a task of its own, and passes on what comes of
that (``Player.take``); beside that it passes on what comes unasked (``Player.unasked``). A client
that has left is one whose iterators are closed.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import replace
from typing import Any

from mcpx.client.codes import METHOD_NOT_FOUND
from mcpx.json_rpc import LISTEN, id_key, members, named
from mcpx.servers import Era
from mcpx.serving.mock.playing.choosing import Choosing
from mcpx.serving.mock.playing.eras import (
    legacy_notification,
    modern_result,
)
from mcpx.serving.mock.playing.listening import Listening, listened
from mcpx.serving.mock.playing.misses import Miss, lost, missed
from mcpx.serving.mock.playing.openings import (
    DISCOVER,
    INITIALIZE,
    INVALID_REQUEST,
    Openings,
    Reply,
    error,
)
from mcpx.serving.mock.playing.outs import EVENTS, Out
from mcpx.serving.mock.playing.performance import Performance
from mcpx.serving.mock.playing.questions import Questions
from mcpx.serving.mock.playing.restamping import with_value, written
from mcpx.serving.mock.playing.terms import Terms
from mcpx.serving.mock.playing.turns import NEVER, Turns
from mcpx.serving.mock.playing.wording import Asked, Wording, bare
from mcpx.serving.mock.tape.stamps import is_stamped
from mcpx.serving.mock.tape.takes import Loose, Part, Take
from mcpx.serving.mock.tape.tape import Tape
from mcpx.sessions.items import CANCELLED

_UPDATED = "notifications/resources/updated"
# States that a client may go on with.
_MOST_ROUNDS = 1_000
_BAD = error(INVALID_REQUEST, "Invalid Request", 400)


class Player:
    """One client's conversation.

    ``session`` is what its handshake hands out as ``Mcp-Session-Id``, empty for none.
    """

    def __init__(
        self,
        tape: Tape,
        terms: Terms,
        openings: Openings,
        session: str,
        told: Callable[[Miss], None],
        home: Callable[[], int],
    ) -> None:
        self.session = session
        self.one_stream = terms.one_stream
        self.turns = Turns(tape)
        self.choosing = Choosing(tape, terms)
        self.questions = Questions()
        self.wording = Wording(tape, self.questions, openings.server(), session)
        self._tape = tape
        self._openings = openings
        self._told = told
        self._home = home
        self._open: dict[str, Performance | Listening] = {}
        self._suspended: dict[str, Performance] = {}
        self._rounds = 0
        # The live ids of questions outside of requests, with the numbers of the recorded.
        self._loose_asked: dict[str, int] = {}
        self._era: Era | None = None
        self._subscribed: set[str] = set()

    def unplayed(self) -> list[Take]:
        """The recorded requests that this client has not made."""
        return self.choosing.unplayed()

    # --- what the client sends ------------------------------------------------------------------

    def take(self, value: Any) -> AsyncGenerator[Out]:
        """What a message of the client brings about: a request, notification, answer or batch."""
        if isinstance(value, list) and value and self._era is not Era.MODERN:
            return self._batch(value)
        message = members(value)
        id = message.get("id")
        if isinstance(id, bool | dict | list):
            return self._reply(Asked({"id": None}, Era.LEGACY), _BAD)
        if isinstance(message.get("method"), str):
            return self.request(message) if "id" in message else self.notification(message)
        if "id" in message and ("result" in message or "error" in message):
            return self.answer(message)
        return self._reply(Asked({"id": id}, Era.LEGACY), _BAD)

    async def request(self, message: Mapping[str, Any]) -> AsyncGenerator[Out]:
        """The answer to a request, with all that comes before it."""
        asked = Asked(message, _era_of(message))
        try:
            self._known(asked)
            played = self._found(asked)
        except RecursionError:
            played = error(INVALID_REQUEST, "nested too deeply to be compared", 400)
        if isinstance(played, Reply):
            outs = self._reply(asked, played)
        else:
            key = id_key(message.get("id"))
            self._open[key] = played
            outs = played.outs(asked)
        try:
            async for out in outs:
                yield out
        finally:
            await outs.aclose()
            if not isinstance(played, Reply) and self._open.get(key) is played:
                del self._open[key]

    async def answer(self, message: Mapping[str, Any]) -> AsyncGenerator[Out]:
        """The client has answered a question; what that brings about, on one stream."""
        if self.questions.hear(message):
            number = self._loose_asked.pop(id_key(message.get("id")), 0)
            self.turns.answered(number)
        while self.one_stream and (out := self.loose()):
            yield out

    async def notification(self, message: Mapping[str, Any]) -> AsyncGenerator[Out]:
        """The client says something; what that brings about, on one stream."""
        method = str(message.get("method"))
        if method == CANCELLED:
            about = id_key(members(message.get("params")).get("requestId"))
            if about in self._open:
                self._open[about].cancel()
        self.turns.notified(method)
        while self.one_stream and (out := self.loose()):
            yield out

    async def unasked(self) -> AsyncGenerator[Out]:
        """What the server sent outside of requests, at its place; without an end.

        On one stream only what it sent before anybody had said anything, and no more.
        """
        while True:
            while out := self.loose():
                yield out
            if self.one_stream:
                return
            await self.turns.until(lambda: self.turns.has_loose())

    # --- what is played -------------------------------------------------------------------------

    def _found(self, asked: Asked) -> Performance | Listening | Reply:
        """What answers a request."""
        method, params = asked.method, asked.params
        opening = self._openings.reply(asked.era, method, params)
        if opening is not None:
            return opening if isinstance(opening, Reply) else self._play(opening, asked)
        eras = self._openings.eras(asked.era)
        name = named(method, params)
        state = params.get("requestState")
        if isinstance(state, str) and state in self._suspended:
            # Whoever did not get the answer asks once more.
            performance = self._suspended[state].parked()
            performance.resume(members(params.get("inputResponses")))
            return performance
        retries = state is not None or params.get("inputResponses") is not None
        choose = self.choosing.retry if retries else self.choosing.first
        for era in eras:
            if found := choose((era,), method, name, params):
                return self._play(found, asked)
        return self._made_up(asked) or self._missed(asked, name)

    def _play(self, take: Take, asked: Asked) -> Performance:
        self.choosing.played(take)
        if take.asking and asked.era is Era.MODERN:
            take = replace(take, steps=take.asking)
        return Performance(self, take)

    def _made_up(self, asked: Asked) -> Performance | Listening | Reply | None:
        """What a server would say to what is on no tape; None where that is not known."""
        method, modern = asked.method, asked.era is Era.MODERN
        if method == LISTEN and modern:
            takes = [one for one in self._tape.of_method(LISTEN) if one.era is Era.MODERN]
            return (
                self._play(takes[0], asked)
                if takes
                else Listening(self.turns, self.wording, self._crosses(asked.era))
            )
        if method == "ping" and not modern:
            return Reply("{}")
        crosses = self._crosses(asked.era) and not modern
        if method in ("resources/subscribe", "resources/unsubscribe") and crosses:
            uri = str(asked.params.get("uri"))
            change = (
                self._subscribed.add if method.endswith("/subscribe") else self._subscribed.discard
            )
            change(uri)
            return Reply("{}")
        if method == "logging/setLevel" and not modern:
            offered = self._openings.capabilities() or {}
            if "logging" in offered or crosses:
                return Reply("{}")
        if self._openings.lacks(method):
            return error(METHOD_NOT_FOUND, "Method not found", 404 if modern else 200)
        return None

    def _missed(self, asked: Asked, name: str) -> Reply:
        miss = missed(self._tape, asked.method, name, asked.params)
        self._told(miss)
        return Reply(error=miss.error)

    async def _reply(self, asked: Asked, reply: Reply) -> AsyncGenerator[Out]:
        """An answer of our own."""
        result = reply.result
        if result and asked.era is Era.MODERN and asked.method != DISCOVER:
            result = modern_result(result, asked.method, self._openings.server())
        said = f'"result":{result}' if result else f'"error":{reply.error}'
        headers = {}
        if asked.method == INITIALIZE and result and self.session:
            headers["mcp-session-id"] = self.session
        text = f'{{"jsonrpc":"2.0","id":{asked.id},{said}}}'
        yield Out(text=text, final=True, status=reply.status, headers=headers)

    async def _batch(self, values: list[Any]) -> AsyncGenerator[Out]:
        """The answers to a batch, as one (specification 2025-03-26, basic, "Batching")."""
        answers: list[str] = []
        for value in values:
            async for out in self.take(value if isinstance(value, dict) else None):
                if out.final:
                    answers.append(out.text)
                else:
                    yield out
        if found := [text for text in answers if text]:
            yield Out(text=f"[{','.join(found)}]", final=True, kind=EVENTS)

    # --- the stage ------------------------------------------------------------------------------

    def suspend(self, performance: Performance) -> str:
        """The state that a client goes on with later."""
        self._rounds += 1
        state = f"mock-round-{self._rounds}"
        self._suspended[state] = performance.parked()
        if len(self._suspended) > _MOST_ROUNDS:
            del self._suspended[next(iter(self._suspended))]
        return state

    def lost(self, take: Take) -> str:
        """The JSON of the error for an answer that is not in the recording."""
        miss = lost(take)
        self._told(miss)
        return miss.error

    def loose(self, before: int = NEVER) -> Out | None:
        """What was said outside of requests, and is due now; None for nothing."""
        if self._era is Era.MODERN and self._crosses(Era.MODERN):
            return None  # a subscription tells it
        while (found := self.turns.loose(before)) is not None:
            if (out := self._loose_out(found)) is not None:
                return out
        return None

    def _loose_out(self, loose: Loose) -> Out | None:
        step = loose.step
        if step.part in (Part.EVENT, Part.CLOSED):
            return None if self.one_stream or self._crosses(Era.LEGACY) else bare(step)
        text = self.wording.text(step)
        if step.part is Part.ASKED:
            asked = self.questions.new(step.piece.members().get("id"))
            self._loose_asked[id_key(asked)] = step.number
            self.turns.asked(step.number, step.of)
            text = with_value(text, ("id",), written(asked))
        elif step.method == CANCELLED:
            text = self.wording.withdrawn(text, step)
        if self._crosses(Era.LEGACY):
            uri = step.piece.params().get("uri")
            if step.method == _UPDATED and uri not in self._subscribed:
                return None
            text = legacy_notification(text)
        return Out(
            text=text,
            question=step.part is Part.ASKED,
            stream=step.piece.event.stream,
            after=step.after,
            kind=EVENTS,
        )

    def _crosses(self, era: Era) -> bool:
        """Whether a client of this era was not recorded."""
        return bool(self._tape.eras) and era not in self._tape.eras

    def _known(self, asked: Asked) -> None:
        """What the first requests tell of a client."""
        if asked.method == INITIALIZE:
            home = self._home()
            if home:
                self.choosing.home = home
                self.turns.at_home(home)
        if self._era is None and asked.method != DISCOVER:
            self._era = asked.era
            if asked.era is Era.LEGACY and self._crosses(Era.LEGACY):
                self.turns.add_loose(listened(self._tape))


def _era_of(message: Mapping[str, Any]) -> Era:
    """The era of a request: that of the modern one tells its version, or probes."""
    stamped = is_stamped(members(message.get("params")))
    return Era.MODERN if stamped or message.get("method") == DISCOVER else Era.LEGACY
