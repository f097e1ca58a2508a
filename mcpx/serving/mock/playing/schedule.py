"""When each message of a conversation is due: in the recorded order, as far as that is known.

What was recorded before something else comes before it, of requests that are open now. What has not
been asked yet is not waited for, not even for a moment: it may never be, and the same input has to
get the same bytes, however fast it comes.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from mcpx.json_rpc import LISTEN
from mcpx.serving.mock.tape.takes import Loose, Take
from mcpx.serving.mock.tape.tape import Tape

# Beyond all events.
NEVER = 1 << 62


class Turn:
    """That of one take that is being played: ``due`` is the number of what comes next of it.

    ``waits``: for something that its client may never do. ``cancelled`` by its client.
    """

    def __init__(self, take: Take) -> None:
        self.take = take
        self.due = take.number
        self.waits = False
        self.cancelled = False

    @property
    def listens(self) -> bool:
        """Whether what it says is about what others bring about."""
        return self.take.method == LISTEN


class Schedule:
    """All that one client has open, and how far it has come in the recording.

    ``reached`` is the number of the event up to which the server has had reason to say what it
    said outside of requests. ``home`` is the connection that counts for that, 0 for all.
    """

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._open: list[Turn] = []
        # Questions outside of requests that wait for an answer, with the number of the recorded.
        self._asked: dict[int, int] = {}
        self._said: dict[str, int] = {}
        self._waiting: list[asyncio.Future[None]] = []
        self._loose = deque(tape.loose)
        self.home = 0
        self.reached = self._tape.heard_after(0, 0) - 1

    def at_home(self, connection: int) -> None:
        """Go by one connection of the recording from now on."""
        self.home = connection
        self._loose = deque(one for one in self._loose if one.connection == connection)
        self.reached = self._tape.heard_after(0, connection) - 1

    def add_loose(self, loose: list[Loose]) -> None:
        """More that is said outside of requests."""
        both = sorted((*self._loose, *loose), key=lambda one: one.step.number)
        self._loose = deque(both)
        self.changed()

    # --- what has happened ----------------------------------------------------------------------

    def began(self, take: Take) -> Turn:
        """A take is played from now on."""
        turn = Turn(take)
        self._open.append(turn)
        if turn.listens:
            self._reach(take, self._tape.heard_after(take.number, self.home) - 1)
        self.moved(turn, take.number)
        return turn

    def moved(self, turn: Turn, due: int) -> None:
        """What comes next of a take has this number, and all before it has come."""
        turn.due = due
        if not turn.listens and due < NEVER:
            self._reach(turn.take, due - 1)
        self.changed()

    def ended(self, turn: Turn) -> None:
        """A take has come to its end."""
        last = turn.take.ended or turn.take.number
        self.left(turn)
        if not turn.listens:
            self._reach(turn.take, self._tape.heard_after(last, self.home) - 1)
        self.changed()

    def left(self, turn: Turn) -> None:
        """A take is played no longer."""
        if turn in self._open:
            self._open.remove(turn)
        self.changed()

    def notified(self, method: str) -> None:
        """The client has said something."""
        place = self._said.get(method, 0)
        self._said[method] = place + 1
        number = self._tape.notified(method, place, self.home)
        if number is not None:
            self._advance(self._tape.heard_after(number, self.home) - 1)

    def asked(self, number: int, answer: int) -> None:
        """A question outside of requests has gone out; ``answer`` is what was recorded for it."""
        self._asked[number] = answer

    def answered(self, number: int) -> None:
        """The client has answered it."""
        answer = self._asked.pop(number, 0)
        if answer:
            self._advance(self._tape.heard_after(answer, self.home) - 1)
        self.changed()

    def _reach(self, take: Take, number: int) -> None:
        if self.home in (0, take.connection):
            self._advance(number)

    def _advance(self, number: int) -> None:
        if number > self.reached:
            self.reached = number
            self.changed()

    # --- what is due ----------------------------------------------------------------------------

    def is_due(self, turn: Turn) -> bool:
        """Whether what comes next of a take may come now."""
        take = turn.take
        if turn.listens:
            # That it has begun is told at once.
            begun = next((step.number for step in take.messages), 0)
            return self.reached >= turn.due or turn.due <= begun
        for number, answer in self._asked.items():
            if take.number < number < answer < turn.due:
                return False
        return not any(self._is_before(other, turn) for other in self._open)

    def _is_before(self, other: Turn, turn: Turn) -> bool:
        same = other.take.number == turn.take.number
        if same or other.due >= turn.due or not self._is_coming(other):
            return False
        return other.take.is_open_at(turn.take.number) or turn.take.is_open_at(other.take.number)

    def _is_coming(self, turn: Turn) -> bool:
        """Whether what comes next of a take needs nothing of the client."""
        return not turn.waits and (not turn.listens or self.reached >= turn.due)

    def has_loose(self, before: int = NEVER) -> bool:
        """Whether there is reason now to say the next of what was said outside of requests."""
        if not self._loose:
            return False
        number = self._loose[0].step.number
        if number > min(self.reached, before):
            return False
        return not any(one.due < number and self._is_coming(one) for one in self._open)

    def loose(self, before: int = NEVER) -> Loose | None:
        """What is next of that, None for nothing yet."""
        return self._loose.popleft() if self.has_loose(before) else None

    async def until(self, ready: Callable[[], bool]) -> None:
        """Wait for something that one of all the others brings about."""
        while not ready():
            waiter = asyncio.get_running_loop().create_future()
            self._waiting.append(waiter)
            await waiter

    def changed(self) -> None:
        """Let all look again that wait."""
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            if not waiter.done():
                waiter.set_result(None)
