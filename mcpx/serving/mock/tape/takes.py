"""A request that was recorded, with all that its server said until it was over; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mcpx.envelopes import asked, told
from mcpx.json_rpc import members
from mcpx.servers import NOTHING, Era, canonical_json
from mcpx.sessions.items import Notification, Outcome, Piece, RoundTrip
from mcpx.wire import Direction, Finish


class Part(StrEnum):
    """What a step of a take is."""

    SAID = "said"  # a notification
    ASKED = "asked"  # a question for the client
    HEARD = "heard"  # the client's answer to it
    ANSWERED = "answered"
    EVENT = "event"  # a server-sent event without a message
    CLOSED = "closed"  # the end of a stream that a client went on with on another
    EXITED = "exited"  # the end of the server's process, in the place of an answer


# What is no message.
BARE = (Part.EVENT, Part.CLOSED, Part.EXITED)


@dataclass(frozen=True, slots=True)
class Step:
    """One message of a take: ``number`` is that of its event.

    ``after`` is how many seconds it came after what was before it in the same take. ``about`` is
    the question (its method and what it asks), of HEARD what the client answered, and of CLOSED
    how (a ``Finish``). ``of`` is
    the number of the question that HEARD answers, of ASKED that of its answer (0: none), and of
    EXITED the status. What is no message has an empty text.
    """

    part: Part
    number: int
    piece: Piece
    after: float = 0.0
    method: str = ""
    about: str = ""
    of: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """A recorded request: ``number`` and ``line`` are those of its event.

    ``key`` stands for what it asks, equal for what is the same; ``asked`` is that. ``stamped``: it
    tells its protocol version, as requests of the modern era do. ``has_blanks``: markers stand in
    it for secrets. ``outcome`` tells what came of it,
    ``ended`` the number of its answer (0: none). ``follows`` is the take that it goes on with, with
    ``state`` and ``responses`` as it sent them; ``gave`` is the state
    that its own answer gave out. ``cancelled`` is the number of its cancellation.

    ``status``, ``kind`` and ``headers`` are those of its HTTP answer, 0 and empty where they are
    not known; ``body`` is what stood there instead of a message. ``broken`` is how the exchange
    ended without an answer, None where it did not. ``invalid``: it was refused for how it was put,
    whatever it asked. ``asking`` are its steps with questions that are likely to be of it, empty
    where there are none.
    """

    number: int
    line: int
    connection: int
    era: Era
    method: str
    name: str
    id: Any
    key: str
    asked: Mapping[str, Any]
    stamped: bool
    has_blanks: bool
    steps: tuple[Step, ...]
    outcome: Outcome
    ended: int = 0
    follows: int = 0
    state: Any = None
    responses: Any = None
    gave: Any = None
    cancelled: int = 0
    status: int = 0
    kind: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    body: str = ""
    broken: Finish | None = None
    invalid: bool = False
    asking: tuple[Step, ...] = ()

    @property
    def messages(self) -> tuple[Step, ...]:
        """The steps that are messages."""
        return tuple(one for one in self.steps if one.part not in BARE)

    @property
    def is_known(self) -> bool:
        """Whether the recording tells what came of it: an answer, or an end in its place."""
        if self.outcome is Outcome.UNANSWERED:
            return self.broken is not None or any(one.part is Part.EXITED for one in self.steps)
        return self.outcome is not Outcome.NOT_RECORDED

    def is_open_at(self, number: int) -> bool:
        """Whether it waited for its answer when an event came."""
        return self.number < number and (not self.ended or number <= self.ended)


@dataclass(frozen=True, slots=True)
class Loose:
    """What a server sent outside of all requests: a notification, or a question."""

    step: Step
    connection: int


def key_of(params: Mapping[str, Any]) -> str:
    """What stands for what is asked: equal where numbers, and no arguments and none, are."""
    return canonical_json(plain(asked_of(params)))


def asked_of(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is asked, without empty arguments."""
    found = asked(params)
    if found.get("arguments", ...) in ({}, None):
        found.pop("arguments", None)
    return found


def plain(value: Any) -> Any:
    """A JSON value with whole numbers as such: 5.0 is 5 for whoever reads it."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value


def question(method: str, params: Mapping[str, Any]) -> str:
    """What stands for a question of a server, in either era."""
    left = {name: one for name, one in params.items() if name not in ("elicitationId", "task")}
    return f"{method} {key_of(left)}"


def answered(message: Mapping[str, Any]) -> str:
    """What stands for a client's answer, in either era: its result, or the code of its error."""
    if "error" in message:
        return f"error {canonical_json(members(message['error']).get('code'))}"
    result = message.get("result")
    return canonical_json(plain(told(result) if isinstance(result, dict) else result))


def step_said(said: Notification) -> Step:
    """The step of a server's notification."""
    return Step(Part.SAID, said.number, said.piece, said.time, said.method)


def steps_asked(trip: RoundTrip) -> list[Step]:
    """The steps of a server's question: it, and the answer where there was one."""
    if trip.request is None:
        return []
    about, answer = question(trip.method, trip.request.params()), trip.answer
    asks = Step(
        Part.ASKED,
        trip.request.number,
        trip.request,
        trip.request.event.time,
        trip.method,
        about,
        answer.number if answer else 0,
    )
    if answer is None:
        return [asks]
    heard = Step(
        Part.HEARD,
        answer.number,
        answer,
        answer.event.time,
        trip.method,
        answered(answer.members()),
        asks.number,
    )
    return [asks, heard]


def is_said(said: Notification) -> bool:
    """Whether a notification is the server's."""
    return said.piece.event.direction is Direction.TO_CLIENT


def is_of_server(trip: RoundTrip) -> bool:
    """Whether the server is who asked."""
    return trip.direction is Direction.TO_CLIENT
