"""An interaction as the recording tells it, event by event, until it has ended there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mcpx.analyses.divergence.sides import End, Interaction, Question, Side
from mcpx.json_rpc import LISTEN, members
from mcpx.operations.replaying.advance import Advance
from mcpx.operations.replaying.answer_pool import AnswerPool
from mcpx.sessions.events import Masked

if TYPE_CHECKING:
    from mcpx.operations.replaying.carrying import Carried

_FORM = "elicitation/create"


@dataclass(slots=True, eq=False)
class Asking:
    """What the server asked its client in the recording, and the answer once it is known."""

    method: str
    params: Mapping[str, Any]
    answer: Mapping[str, Any] | None = None


@dataclass(slots=True, eq=False)
class Course:
    """What is known of an interaction until now.

    ``pool`` has the answers of its connection. ``leg`` is the number of its last request's event,
    ``place`` which of its requests that is. ``waits``: that request has no answer yet; ``token``
    stands for that of its progress. ``asked`` are the questions of the last answer, by their keys.
    ``holes``: something is not in the recording meanwhile. ``passed``: it has ended there.
    ``carried`` is its live side, None where it was not sent; ``why_not`` says why then.
    """

    interaction: Interaction
    time: float
    modern: bool
    pool: AnswerPool
    leg: int = 0
    place: int = 1
    waits: bool = True
    asked: Mapping[str, Asking] = field(default_factory=dict)
    askings: list[Asking] = field(default_factory=list)
    advance: Advance = field(default_factory=Advance)
    end: End = End.UNANSWERED
    value: Any = None
    masked: tuple[Masked, ...] = ()
    ended: float | None = None
    status: int = 0
    kind: str = ""
    token: str = ""
    cancelled: bool = False
    holes: bool = False
    passed: bool = False
    carried: Carried | None = None
    why_not: str = ""

    @property
    def listens(self) -> bool:
        """Whether it stays open for what comes, and is no request that ends."""
        return self.interaction.method == LISTEN

    def goes_on_with(self, params: Mapping[str, Any]) -> bool:
        """Whether a request carries the state that its last answer gave, as the next round has to.

        Source: specification 2026-07-28, basic/patterns/mrtr.
        """
        return members(self.value).get("requestState") == params.get("requestState")

    def asks(self, value: Mapping[str, Any]) -> None:
        """Its last request was answered with questions (``input_required``)."""
        found = {}
        for key, one in members(value.get("inputRequests")).items():
            question = members(one)
            method, params = str(question.get("method", "")), members(question.get("params"))
            asking = found[key] = Asking(method, params)
            self.askings.append(asking)
        self.asked = found

    def asks_for_pages(self, error: Mapping[str, Any]) -> None:
        """It was refused until pages have been opened, which a later era asks for in rounds."""
        pages = members(error.get("data")).get("elicitations")
        found = [
            Asking(_FORM, members(page)) for page in (pages if isinstance(pages, list) else ())
        ]
        self.askings += found
        self.asked = {str(number): one for number, one in enumerate(found)}

    def gets(self, responses: Mapping[str, Any]) -> None:
        """The client has answered what the last answer asked, by the keys of the questions."""
        for key, value in responses.items():
            asking = self.asked.get(key)
            if asking is not None and isinstance(value, dict):
                asking.answer = value
                self.pool.add(asking.method, asking.params, value, self)

    def side(self, began: float) -> Side:
        """What the recording has of it; ``began`` is its wall clock at the time 0."""
        took = None if self.ended is None else max(self.ended - self.time, 0.0)
        return Side(
            end=self.end,
            value=self.value,
            at=began + (self.time if self.ended is None else self.ended),
            seconds=took,
            questions=tuple(Question(one.method, one.params, one.answer) for one in self.askings),
            progress=tuple(self.advance.values),
            total=self.advance.total,
            worded=self.advance.worded,
            status=self.status,
            kind=self.kind,
            modern=self.modern,
        )
