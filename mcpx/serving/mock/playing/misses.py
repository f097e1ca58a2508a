"""What a client asked that is not on the tape, with what comes nearest to it; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mcpx.serving.mock.playing.restamping import written
from mcpx.serving.mock.tape.matching import nearest
from mcpx.serving.mock.tape.takes import Take
from mcpx.serving.mock.tape.tape import OPENINGS, Tape
from mcpx.sessions.items import Outcome

# Outside of what JSON-RPC keeps for itself, -32768 to -32000 (JSON-RPC 2.0, section 5.1), as the
# specification asks of applications (2026-07-28, basic/index, "Error Codes"): no client takes it
# for something else.
CODE = 404
# Of a name or a pointer, in characters.
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Miss:
    """``text`` says it in a line; ``number`` is the event of the nearest request (0: none).

    ``pointer`` (RFC 6901, into the parameters) is where it differs first.
    """

    method: str
    name: str
    text: str
    number: int = 0
    pointer: str = ""

    @property
    def error(self) -> str:
        """The JSON of the error that the client gets."""
        data: dict[str, Any] = {"method": self.method}
        if self.name:
            data["name"] = self.name
        if self.number:
            data["nearest"] = {"event": self.number}
        if self.pointer:
            data["pointer"] = self.pointer
        return written({"code": CODE, "message": f"mcpx mock: {self.text}", "data": data})


def missed(tape: Tape, method: str, name: str, params: Mapping[str, Any]) -> Miss:
    """That a request is not on the tape."""
    known = [take for take in tape.takes if take.method not in OPENINGS]
    take, pointer = nearest(known, method, name, params)
    what = _what(method, name)
    if take is None:
        return Miss(method, name, f"{what} was not recorded")
    if take.name != name:
        text = f"{what} was not recorded; event {take.number} is {_what(method, take.name)}"
    elif pointer:
        text = f"{what} was not recorded so; event {take.number} differs at {pointer[:_LONGEST]}"
    else:
        text = f"{what} was recorded less often, or elsewhere: event {take.number}"
    return Miss(method, name, text, take.number, pointer)


def lost(take: Take) -> Miss:
    """That the answer to a request is not in the recording."""
    asks = take.outcome is Outcome.INPUT_REQUIRED
    why = "how it went on after these answers" if asks else "the answer to this"
    text = f"{_what(take.method, take.name)}: {why} is not in the recording (event {take.number})"
    return Miss(take.method, take.name, text, take.number)


def _what(method: str, name: str) -> str:
    return f"{method} {name}"[:_LONGEST].rstrip()
