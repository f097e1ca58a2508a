"""What a client was asked while one request of it was open, and what it answered; no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mcpx.serving.mock.tape.takes import Part, Step, Take, answered


class Dialogue:
    """The questions of one request.

    ``history`` are those that were answered, each with its answer, both as ``takes`` has them.
    """

    def __init__(self) -> None:
        self.history: list[tuple[str, str]] = []
        # By the number of the question: its live id, or its key in a round, and the answer to it.
        self._asked: dict[int, Any] = {}
        self._heard: dict[int, str] = {}

    def copy(self) -> Dialogue:
        """Another one that has come as far."""
        other = Dialogue()
        other.history, other._asked = list(self.history), dict(self._asked)
        other._heard = dict(self._heard)
        return other

    def ask(self, number: int, name: Any = None) -> Any:
        """A question goes out under a name, or under a key that none had before."""
        found = str(len(self._asked) + 1) if name is None else name
        self._asked[number] = found
        return found

    def open(self, number: int) -> Any:
        """The name of a question that waits for its answer; None where it does not."""
        return None if number in self._heard else self._asked.get(number)

    def hear(self, number: int, message: Mapping[str, Any] | None) -> None:
        """The client has answered, if it has."""
        if message is not None:
            self._heard[number] = answered(message)

    def resume(self, responses: Mapping[str, Any]) -> None:
        """The client has answered the questions of a round; what it left out counts as nothing."""
        for number, key in self._asked.items():
            if number not in self._heard:
                self.hear(number, {"result": responses[key]} if key in responses else {})

    def differs(self, take: Take, step: Step) -> bool:
        """Whether an answer that was recorded is not the one that was heard, which is kept."""
        heard = self._heard.get(step.of)
        if heard is None:
            return False
        about = next(one.about for one in take.steps if one.number == step.of)
        self.history.append((about, heard))
        return heard != step.about

    def move(self, take: Take, other: Take) -> None:
        """Another take goes on, which asked the same until here."""
        numbers = dict(zip(_questions(take), _questions(other), strict=False))
        self._asked = {numbers.get(number, 0): name for number, name in self._asked.items()}
        self._heard = {numbers.get(number, 0): one for number, one in self._heard.items()}


def recorded(take: Take, until: int) -> list[tuple[str, str]]:
    """The questions of a take with their answers, up to a step and with it."""
    asked = {one.number: one.about for one in take.steps}
    heard = (one for one in take.steps[: until + 1] if one.part is Part.HEARD)
    return [(asked[one.of], one.about) for one in heard]


def _questions(take: Take) -> Sequence[int]:
    return [step.number for step in take.steps if step.part is Part.ASKED]
