"""What the recorded client answered its server, for the live server to be answered with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mcpx.envelopes import asked
from mcpx.operations.replaying.roots import LIST
from mcpx.servers import canonical_json

if TYPE_CHECKING:
    from mcpx.operations.replaying.courses import Course

# What is minted for an elicitation, so that no two have the same.
_MINTED = ("elicitationId", "url")


@dataclass(slots=True, eq=False)
class Answer:
    """A recorded answer: to which question, within which interaction (None: nobody can tell).

    ``value`` is the result, or with ``is_error`` the error object.
    """

    method: str
    params: str
    course: Course | None
    value: Mapping[str, Any]
    is_error: bool = False


class AnswerPool:
    """The answers of one recorded connection that the live server has not been given yet."""

    def __init__(self) -> None:
        self._answers: list[Answer] = []
        self._last_roots: Answer | None = None
        self._roots: dict[int, Answer] = {}
        self._changes = 0
        self._changed = asyncio.Event()
        self._unclear = 0

    def add(
        self,
        method: str,
        params: Mapping[str, Any],
        value: Mapping[str, Any],
        course: Course | None,
        is_error: bool = False,
    ) -> None:
        """One more, as the recording comes to it."""
        answer = Answer(method, question_key(params), course, value, is_error)
        self._answers.append(answer)
        if method == LIST:
            self._last_roots = answer
        self.stir()

    @property
    def has_roots(self) -> bool:
        """Whether it is known what to say of the client's roots."""
        return bool(self._roots)

    def root(self, changes: int, value: Mapping[str, Any], is_error: bool = False) -> None:
        """What to say of the client's roots after so many changes, whoever asks."""
        self._roots[changes] = Answer(LIST, "", None, value, is_error)

    def roots_changed(self) -> None:
        """The client has told that they have changed."""
        self._changes += 1

    def stir(self) -> None:
        """Have those who wait look again: an interaction has been passed."""
        self._changed.set()
        self._changed = asyncio.Event()

    def give_up_unclear(self) -> None:
        """Let nobody wait for an answer within an interaction that cannot be told."""
        self._unclear += 1
        self.stir()

    async def take(
        self,
        method: str,
        params: Mapping[str, Any],
        course: Course | None,
        likely: Callable[[], Course | None] = lambda: None,
    ) -> Answer | None:
        """The answer to a live question; None when the recording has none.

        That to an equal question at once; else the next of its method and interaction; else, once
        the recording is past the end of that, the next of its method. Where nobody can tell which
        interaction that is (None), ``likely`` says which it may be at the moment. What is known of
        the client's roots goes to whoever asks.
        """
        if method == LIST and self._roots:
            known = [number for number in self._roots if number <= self._changes]
            return self._roots[max(known, default=min(self._roots))]
        key, unclear = question_key(params), self._unclear
        while True:
            changed = self._changed
            over = course.passed if course is not None else self._unclear > unclear
            if found := self._found(method, key, course or likely(), over):
                return found
            if over:
                return self._last_roots if method == LIST else None
            await changed.wait()

    def _found(self, method: str, key: str, course: Course | None, over: bool) -> Answer | None:
        same = [one for one in self._answers if one.method == method]
        mine = [one for one in same if course is not None and one.course is course]
        equal = [one for one in (*mine, *same) if one.params == key]
        found = next(iter((*equal, *mine, *(same if over else ()))), None)
        if found is not None:
            self._answers.remove(found)
        return found


def question_key(params: Mapping[str, Any]) -> str:
    """What stands for a question, apart from what is different each time."""
    return canonical_json({name: one for name, one in asked(params).items() if name not in _MINTED})
