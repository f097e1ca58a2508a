"""Which recorded answer a client's request gets: one client's way through a tape; no I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from mcpx.json_rpc import HANDSHAKES
from mcpx.servers import Era
from mcpx.serving.mock.playing.dialogue import recorded
from mcpx.serving.mock.playing.options import Match, Options, Repeat
from mcpx.serving.mock.tape.takes import Take, answered, key_of
from mcpx.serving.mock.tape.tape import Tape
from mcpx.sessions.items import Outcome


class Choosing:
    """What has been played to one client, and so what comes next.

    ``home`` is the connection of the recording that it goes by, 0 for all: of equal requests those
    of it come first.
    """

    def __init__(self, tape: Tape, options: Options, by_all: Counter[int]) -> None:
        """``by_all`` counts what is played to any client, by the numbers of the takes."""
        self._tape = tape
        self._by_all = by_all
        self._options = options
        self._played: Counter[int] = Counter()
        # The takes that asked for input, the last first.
        self._asking: list[Take] = []
        self.home = 0

    def played(self, take: Take) -> None:
        """A take is played."""
        self._played[take.number] += 1
        self._by_all[take.number] += 1
        if take.outcome is Outcome.INPUT_REQUIRED:
            self._asking.insert(0, take)

    def left(self, take: Take) -> None:
        """Another one is played instead."""
        self._played[take.number] -= 1
        self._by_all[take.number] -= 1

    def first(
        self, eras: Collection[Era], method: str, name: str, params: Mapping[str, Any]
    ) -> Take | None:
        """The take that answers a request; of eras that the client may hear."""

        def among(takes: Iterable[Take]) -> list[Take]:
            found = [one for one in takes if one.era in eras and not self._goes_on(one)]
            found = [one for one in found if not one.invalid] or found
            return [one for one in found if one.is_known] or found

        equal = among(self._tape.equal(method, name, params))
        if self._options.match is Match.ARGS:
            return self._next(equal) or self._again(equal)
        of_name = among(self._tape.of_name(method, name))
        if self._options.match is Match.ORDER:
            return self._in_order(eras, of_name, equal)
        fresh = self._next(equal) or self._next(of_name)
        return fresh or self._again(equal) or self._again(of_name)

    def retry(
        self, eras: Collection[Era], method: str, name: str, params: Mapping[str, Any]
    ) -> Take | None:
        """The take that goes on with one that asked for input, as a client's answers say.

        By its state, and where states are equal by what was answered; answers that nobody gave in
        the recording are followed by what followed there.
        """
        key, state = key_of(params), params.get("requestState")
        responses = params.get("inputResponses")
        equal = self._tape.equal(method, name, params)
        base = [one for one in equal if one.era in eras and self._goes_on(one)]
        origins = [one for one in self._asking if _is_asked(one, method, name, key)]
        origin = next((one for one in origins if one.gave == state), None)
        if origin is None:
            # A state that was never given out; somebody may have tried that in the recording.
            return self._best([one for one in base if one.state == state], responses)
        following = self._tape.following(origin.number)
        same = [one for one in following if one.state == state] or list(following)
        if not _answering(same, responses):
            like = self._like(origin)
            elsewhere = [
                one for one in base if one.follows in like and one.state == like[one.follows]
            ]
            same = _answering(elsewhere, responses) or same
        return self._best(same, responses)

    def branch(self, take: Take, history: Sequence[tuple[str, str]], at: int) -> Take | None:
        """Another take of the same request whose client answered as this one did until a step.

        ``history`` are the questions that were asked with their answers; ``at`` the step.
        """
        found = [
            one
            for one in self._tape.of_name(take.method, take.name)
            if one.key == take.key and one.number != take.number and one.era is take.era
            if recorded(one, at) == list(history)
        ]
        return self._next(found) or self._again(found, always=True)

    # --- one of several -------------------------------------------------------------------------

    def _goes_on(self, take: Take) -> bool:
        return bool(take.follows) or take.state is not None or take.responses is not None

    def _next(self, takes: Iterable[Take]) -> Take | None:
        """The first that has not been played, of the own connection if there is one."""
        fresh = [one for one in takes if not self._played[one.number]]
        return min(fresh, key=self._rank, default=None)

    def _again(self, takes: Sequence[Take], always: bool = False) -> Take | None:
        """One that has been played before."""
        if not takes or (self._options.repeat is Repeat.ERROR and not always):
            return None
        if self._options.repeat is Repeat.CYCLE:
            return min(takes, key=lambda one: (self._played[one.number], self._rank(one)))
        own = [one for one in takes if one.connection == self.home] or takes
        return own[-1]

    def _rank(self, take: Take) -> tuple[bool, int]:
        return self.home not in (0, take.connection), take.number

    def _in_order(
        self, eras: Collection[Era], of_name: Sequence[Take], equal: Sequence[Take]
    ) -> Take | None:
        left = [
            one
            for one in self._tape.takes
            if one.era in eras
            and one.method not in HANDSHAKES
            and not one.invalid
            and not self._goes_on(one)
        ]
        due = self._next(left)
        if due is None:
            return self._again(equal) or self._again(of_name)
        return due if due in of_name else None

    # --- rounds ---------------------------------------------------------------------------------

    def _best(self, takes: Sequence[Take], responses: Any) -> Take | None:
        equal = _answering(takes, responses)
        return self._next(equal) or self._next(takes) or self._again(equal or takes)

    def _like(self, take: Take) -> dict[int, Any]:
        """The takes that asked the same of the same request, with the states that they gave out."""
        return {
            one.number: one.gave
            for one in self._tape.of_name(take.method, take.name)
            if one.key == take.key and one.outcome is Outcome.INPUT_REQUIRED
        }


def _answering(takes: Iterable[Take], responses: Any) -> list[Take]:
    """Those whose client answered alike."""
    said = _said(responses)
    return [one for one in takes if _said(one.responses) == said]


def _said(responses: Any) -> Any:
    if not isinstance(responses, dict):
        return None
    return {key: answered({"result": value}) for key, value in responses.items()}


def _is_asked(take: Take, method: str, name: str, key: str) -> bool:
    return (take.method, take.name, take.key) == (method, name, key)
