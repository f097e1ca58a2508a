"""What plays a tape to one client: asynchronous, for it waits for its client; no I/O.

A transport gives it whatever comes, each message in a task of its own, and passes on what comes of
that (``Player.hear``); beside that it passes on what comes unasked (``Player.unasked``). A client
that has left is one whose iterators are closed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import replace
from typing import Any

from mcpx.codes import INVALID_REQUEST, METHOD_NOT_FOUND
from mcpx.json_rpc import DISCOVER, INITIALIZE, LISTEN, id_key, members, named
from mcpx.servers import Era
from mcpx.serving.mock.playing.asked import Asked, asked_by, is_id, is_message
from mcpx.serving.mock.playing.choosing import Choosing
from mcpx.serving.mock.playing.eras import modern_result
from mcpx.serving.mock.playing.misses import Miss, lost, missed
from mcpx.serving.mock.playing.openings import Openings, Reply, error
from mcpx.serving.mock.playing.options import Options
from mcpx.serving.mock.playing.outs import Out
from mcpx.serving.mock.playing.playback import Playback
from mcpx.serving.mock.playing.questions import Questions
from mcpx.serving.mock.playing.schedule import NEVER, Schedule
from mcpx.serving.mock.playing.subscriptions import Subscription, listened
from mcpx.serving.mock.playing.unasked import Unasked
from mcpx.serving.mock.playing.wording import Wording
from mcpx.serving.mock.tape.takes import Take
from mcpx.serving.mock.tape.tape import Tape
from mcpx.sessions.items import CANCELLED
from mcpx.sse_events import EVENT_STREAM

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
        options: Options,
        openings: Openings,
        session: str,
        told: Callable[[Miss], None],
        strange: Callable[[Era], None],
        home: Callable[[], int],
        played: Counter[int],
    ) -> None:
        self.session = session
        self.one_stream = options.one_stream
        self.schedule = Schedule(tape)
        self.choosing = Choosing(tape, options, played)
        self.questions = Questions()
        self.wording = Wording(tape, self.questions, openings.server(), session)
        self._tape = tape
        self._openings = openings
        self._told = told
        self._strange = strange
        self._home = home
        self._open: dict[str, Playback | Subscription] = {}
        self._suspended: dict[str, Playback] = {}
        self._rounds = 0
        self._era: Era | None = None
        self._unasked = Unasked(
            tape, self.schedule, self.wording, self.questions, options.one_stream
        )

    # --- what the client sends ------------------------------------------------------------------

    def hear(self, value: Any) -> AsyncGenerator[Out]:
        """What a message of the client brings about: a request, notification, answer or batch."""
        if isinstance(value, list) and value and self._era is not Era.MODERN:
            return self._batch(value)
        message = members(value)
        if not is_message(value):
            id = message.get("id")
            return self._reply(Asked({"id": id if is_id(id) else None}, Era.LEGACY), _BAD)
        if "method" not in message:
            return self.answer(message)
        return self.request(message) if "id" in message else self.notification(message)

    async def request(self, message: Mapping[str, Any]) -> AsyncGenerator[Out]:
        """The answer to a request, with all that comes before it."""
        asked = asked_by(message)
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
            self._unasked.answered(message.get("id"))
        while self.one_stream and (out := self.loose()):
            yield out

    async def notification(self, message: Mapping[str, Any]) -> AsyncGenerator[Out]:
        """The client says something; what that brings about, on one stream."""
        method = str(message.get("method"))
        # Over HTTP a modern client cancels by leaving, and ids are those of many clients.
        if method == CANCELLED and (self.one_stream or self._era is not Era.MODERN):
            about = id_key(members(message.get("params")).get("requestId"))
            if about in self._open:
                self._open[about].cancel()
        self.schedule.notified(method)
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
            await self.schedule.until(lambda: self.schedule.has_loose())

    # --- what is played -------------------------------------------------------------------------

    def _found(self, asked: Asked) -> Playback | Subscription | Reply:
        """What answers a request."""
        method, params = asked.method, asked.params
        if self._tape.eras and method != DISCOVER and not self._openings.eras(asked.era):
            self._strange(asked.era)
        opening = self._openings.reply(asked.era, method, params)
        if opening is not None:
            return opening if isinstance(opening, Reply) else self._play(opening, asked)
        eras = self._openings.eras(asked.era)
        name = named(method, params)
        state = params.get("requestState")
        if isinstance(state, str) and state in self._suspended:
            # Whoever did not get the answer asks once more.
            playback = self._suspended[state].parked()
            playback.resume(members(params.get("inputResponses")))
            return playback
        retries = state is not None or params.get("inputResponses") is not None
        choose = self.choosing.retry if retries else self.choosing.first
        for era in eras:
            if found := choose((era,), method, name, params):
                return self._play(found, asked)
        return self._made_up(asked) or self._missed(asked, name)

    def _play(self, take: Take, asked: Asked) -> Playback:
        self.choosing.played(take)
        if take.asking and asked.era is Era.MODERN:
            take = replace(take, steps=take.asking)
        return Playback(self, take)

    def _made_up(self, asked: Asked) -> Playback | Subscription | Reply | None:
        """What a server would say to what is on no tape; None where that is not known."""
        modern = asked.era is Era.MODERN
        found = self._subscription(asked) if modern else self._of_course(asked)
        if found is None and self._openings.lacks(asked.method):
            return error(METHOD_NOT_FOUND, "Method not found", 404 if modern else 200)
        return found

    def _subscription(self, asked: Asked) -> Playback | Subscription | None:
        """A subscription: the recorded one, whatever it asks for; None for other requests."""
        if asked.method != LISTEN:
            return None
        takes = (one for one in self._tape.of_method(LISTEN) if one.era is Era.MODERN)
        if (take := next(takes, None)) is not None:
            return self._play(take, asked)
        return Subscription(self.schedule, self.wording, self._tape.lacks(asked.era))

    def _of_course(self, asked: Asked) -> Reply | None:
        """What a server of the legacy era answers without a thought; None for other requests."""
        method, crosses = asked.method, self._tape.lacks(Era.LEGACY)
        logs = crosses or "logging" in (self._openings.capabilities() or {})
        if method == "ping" or (method == "logging/setLevel" and logs):
            return Reply("{}")
        if method not in ("resources/subscribe", "resources/unsubscribe") or not crosses:
            return None
        uris = self._unasked.subscribed
        (uris.add if method.endswith("/subscribe") else uris.discard)(str(asked.params.get("uri")))
        return Reply("{}")

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
            async for out in self.hear(value if isinstance(value, dict) else None):
                if out.final:
                    answers.append(out.text)
                else:
                    yield out
        if found := [text for text in answers if text]:
            yield Out(text=f"[{','.join(found)}]", final=True, kind=EVENT_STREAM)

    # --- the conversation -----------------------------------------------------------------------

    def suspend(self, playback: Playback) -> str:
        """The state that a client goes on with later."""
        self._rounds += 1
        state = f"mock-round-{self._rounds}"
        self._suspended[state] = playback.parked()
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
        if self._era is Era.MODERN and self._tape.lacks(Era.MODERN):
            return None  # a subscription tells it
        return self._unasked.next(before)

    def _known(self, asked: Asked) -> None:
        """What the first requests tell of a client."""
        if asked.method == INITIALIZE:
            home = self._home()
            if home:
                self.choosing.home = home
                self.schedule.at_home(home)
        if self._era is None and asked.method != DISCOVER:
            self._era = asked.era
            if asked.era is Era.LEGACY and self._tape.lacks(Era.LEGACY):
                self.schedule.add_loose(listened(self._tape))
