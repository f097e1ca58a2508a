"""One request as it is played: what was said before its answer, questions, and the answer.

A server that asks while a request is open (legacy) and one that answers with its questions and is
asked again (modern) have the same takes; each client hears them in its own era.
Source: specification 2025-11-25, client/*; 2026-07-28, basic/patterns/mrtr.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from typing import Any

from mcpx.servers import Era
from mcpx.serving.mock.playing.asked import Asked
from mcpx.serving.mock.playing.conversation import Conversation
from mcpx.serving.mock.playing.dialogue import Dialogue
from mcpx.serving.mock.playing.outs import Out
from mcpx.serving.mock.playing.restamping import with_value, written
from mcpx.serving.mock.playing.rounds import (
    Interview,
    asked_together,
    pages_of,
    request_of,
    round_of,
)
from mcpx.serving.mock.playing.schedule import NEVER, Turn
from mcpx.serving.mock.playing.wording import bare
from mcpx.serving.mock.tape.takes import BARE, Part, Step, Take
from mcpx.sessions.items import Outcome
from mcpx.wire import Finish


class Playback:
    """A request that is played, from its first take to its last."""

    def __init__(self, conversation: Conversation, take: Take) -> None:
        self.take = take
        self._conversation = conversation
        self._schedule, self._choosing = conversation.schedule, conversation.choosing
        self._questions, self._wording = conversation.questions, conversation.wording
        self._at = 0
        self._dialogue = Dialogue()
        self._turn = Turn(take)
        self._head: dict[str, Any] = {}
        self._is_answered = False
        self._interview = Interview("{}", self._questions)
        # Its answer was that pages are to be opened before it is asked once more.
        self._asks_again = False

    def cancel(self) -> None:
        """The client waits no longer."""
        self._turn.cancelled = True
        self._schedule.changed()

    def parked(self) -> Playback:
        """The same at the same place, to go on from there whenever it is asked to."""
        other = Playback(self._conversation, self.take)
        other._at, other._asks_again = self._at, self._asks_again
        other._dialogue = self._dialogue.copy()
        return other

    def resume(self, responses: Mapping[str, Any]) -> None:
        """The client has answered what it was asked in a round."""
        self._dialogue.resume(responses)

    async def outs(self, asked: Asked) -> AsyncGenerator[Out]:
        """All that the client gets for its request, to the end of it or of a round."""
        if self._asks_again:
            self._next_take()
        self._turn = self._schedule.began(self.take)
        self._head = self._wording.head(self.take, asked)
        try:
            async with contextlib.aclosing(self._played(asked)) as played:
                async for out in played:
                    # A client that does not read keeps nobody waiting, but on the stream of all.
                    self._turn.waits = not self._conversation.one_stream
                    yield out
                    self._turn.waits = False
        finally:
            if self._is_answered:
                self._schedule.ended(self._turn)
            else:
                self._schedule.left(self._turn)
        while self._conversation.one_stream and (loose := self._conversation.loose()):
            yield loose

    def _next_take(self) -> None:
        take, self._asks_again = self.take, False
        following = self._choosing.first((take.era,), take.method, take.name, take.asked)
        if following is not None:
            self._choosing.played(following)
            self.take, self._at = following, 0

    async def _played(self, asked: Asked) -> AsyncGenerator[Out]:
        while self._at < len(self.take.steps):
            step = self.take.steps[self._at]
            self._schedule.moved(self._turn, step.number)
            if step.part is Part.ASKED and asked.era is Era.MODERN:
                yield self._round_of(asked)
                return
            if step.part is Part.HEARD:
                await self._hear(step)
            elif not self._is_late(step):
                while (loose := await self._ahead(step)) is not None:
                    yield loose
            if self._is_over():
                return
            if step.part is Part.EXITED:
                yield self._exit(step)
                return
            if step.part is Part.ANSWERED and self._asks_in_rounds(asked):
                for question in self._one_by_one(step):
                    yield question
                if (lost := await self._hear_round(asked)) is not None:
                    yield lost
                continue
            if (pages := self._pages(step, asked)) is not None:
                yield pages
                return
            if (found := self._out(step, asked)) is not None:
                self._is_answered = step.part is Part.ANSWERED
                yield found
            self._at += 1
        if not self._is_answered and not self._turn.cancelled:
            yield await self._unanswered(asked)

    async def _ahead(self, step: Step) -> Out | None:
        """What is said on the one stream before a step; None once the step itself is due."""
        turn = self._turn
        await self._schedule.until(lambda: self._is_over() or self._is_due(step))
        return None if turn.listens or self._is_over() else self._conversation.loose(step.number)

    def _is_due(self, step: Step) -> bool:
        take = self.take
        # What only came after the cancellation comes after that.
        by_cancelling = take.outcome is Outcome.CANCELLED and 0 < take.cancelled < step.number
        self._turn.waits = by_cancelling and not self._turn.cancelled
        return not self._turn.waits and self._schedule.is_due(self._turn)

    def _is_late(self, step: Step) -> bool:
        """Whether its client has cancelled earlier than it did in the recording."""
        return self._turn.cancelled and step.number < self.take.cancelled

    def _is_over(self) -> bool:
        take = self.take
        return self._turn.cancelled and not take.cancelled

    def _out(self, step: Step, asked: Asked) -> Out | None:
        """A message of the take; None where this client gets none."""
        if step.part is Part.HEARD or self._is_late(step):
            return None
        if step.part in BARE:
            passes = self.take.era is asked.era and not self._conversation.one_stream
            return bare(step, **self._head) if passes else None
        if step.part is Part.ASKED:
            name = self._questions.new(step.piece.members().get("id"))
            self._dialogue.ask(step.number, name)
            text: str | None = with_value(self._wording.text(step), ("id",), written(name))
        elif step.part is Part.SAID:
            text = self._wording.said(self.take, step, asked)
        else:
            text = self._wording.answer(self.take, step, asked)
        if text is None:
            return None
        return Out(
            text=text,
            final=step.part is Part.ANSWERED,
            question=step.part is Part.ASKED,
            stream=step.piece.event.stream if self.take.era is asked.era else None,
            after=step.after,
            **self._head,
        )

    # --- questions ------------------------------------------------------------------------------

    async def _hear(self, step: Step) -> None:
        """Wait for the client's answer; one that was not recorded may lead to another take."""
        questions, dialogue = self._questions, self._dialogue
        name = dialogue.open(step.of)
        if name is not None:
            await self._wait_for(lambda: questions.answer(name) is not None)
            dialogue.hear(step.of, questions.answer(name))
        if dialogue.differs(self.take, step):
            self._branch()

    async def _wait_for(self, ready: Callable[[], bool]) -> None:
        """Wait for the client, on whom nobody else waits meanwhile, or for its cancellation."""
        self._turn.waits = True
        await self._schedule.until(lambda: self._turn.cancelled or ready())
        self._turn.waits = False

    def _branch(self) -> None:
        other = self._choosing.branch(self.take, self._dialogue.history, self._at)
        if other is not None:
            self._choosing.left(self.take)
            self._choosing.played(other)
            self._dialogue.move(self.take, other)
            self.take = self._turn.take = other

    def _round_of(self, asked: Asked) -> Out:
        """The questions that come next, as the answer to a modern client."""
        steps = asked_together(self.take.steps, self._at)
        self._at += len(steps)
        questions = [step for step in steps if step.part is Part.ASKED]
        requests = {
            self._dialogue.ask(step.number): request_of(self._wording.text(step))
            for step in questions
        }
        text = round_of(asked.id, requests, self._conversation.suspend(self))
        after = sum(step.after for step in questions)
        return Out(text=text, final=True, after=after, **self._head)

    def _pages(self, step: Step, asked: Asked) -> Out | None:
        """The pages that a legacy error asks to be opened, as the answer to a modern client."""
        crosses = asked.era is Era.MODERN and self.take.era is Era.LEGACY
        failed = step.part is Part.ANSWERED and self.take.outcome is Outcome.ERROR
        pages = pages_of(self._wording.text(step)) if crosses and failed else []
        if not pages:
            return None
        self._asks_again = True
        requests = {str(number): page for number, page in enumerate(pages, 1)}
        text = round_of(asked.id, requests, self._conversation.suspend(self))
        return Out(text=text, final=True, after=step.after, **self._head)

    def _asks_in_rounds(self, asked: Asked) -> bool:
        return asked.era is Era.LEGACY and self.take.outcome is Outcome.INPUT_REQUIRED

    def _one_by_one(self, step: Step) -> Iterator[Out]:
        """The questions of a round, one after the other."""
        self._interview = Interview(self._wording.text(step), self._questions)
        for text in self._interview.asks():
            yield Out(text=text, question=True, after=step.after, **self._head)

    async def _hear_round(self, asked: Asked) -> Out | None:
        """Wait for the answers, and go on with the take that they lead to; None for found."""
        take, interview = self.take, self._interview
        await self._wait_for(lambda: interview.is_over)
        if self._turn.cancelled:
            self._at = NEVER
            return None
        params = interview.answered(take)
        following = self._choosing.retry((take.era,), take.method, take.name, params)
        self._schedule.ended(self._turn)
        if following is None:
            self._at, self._is_answered = NEVER, True
            return self._lost(asked)
        self._follow(following)
        return None

    def _follow(self, take: Take) -> None:
        """Go on with another take."""
        self._choosing.played(take)
        self.take, self._at = take, 0
        self._turn = self._schedule.began(take)

    # --- no answer ------------------------------------------------------------------------------

    async def _unanswered(self, asked: Asked) -> Out:
        """What comes of a request that had no answer in the recording."""
        take = self.take
        self._is_answered = True
        if not take.is_known:
            return self._lost(asked)
        if take.outcome is Outcome.HTTP_ERROR and take.status:
            return Out(text=take.body, final=True, **self._head)
        if take.broken is not None and take.outcome in (Outcome.UNANSWERED, Outcome.HTTP_ERROR):
            return Out(text="", final=True, breaks=take.broken, **self._head)
        # It had been cancelled.
        self._is_answered = False
        await self._wait_for(lambda: False)
        return Out(text="", final=True, breaks=Finish.CLIENT, **self._head)

    def _exit(self, step: Step) -> Out:
        """The end of the recorded process, in the place of an answer."""
        self._is_answered = True
        return Out(
            text="",
            final=True,
            after=step.after,
            breaks=Finish.SERVER,
            exits=step.of,
            **self._head,
        )

    def _lost(self, asked: Asked) -> Out:
        """That what comes next is not in the recording."""
        text = f'{{"jsonrpc":"2.0","id":{asked.id},"error":{self._conversation.lost(self.take)}}}'
        return Out(text=text, final=True, **self._head)
