"""What a client asked that is not on the tape, with what comes nearest to it; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mcpx.json_rpc import HANDSHAKES
from mcpx.masking import mask_text, mask_value
from mcpx.serving.mock.playing.restamping import written
from mcpx.serving.mock.tape.matching import nearest
from mcpx.serving.mock.tape.takes import Take, asked_of
from mcpx.serving.mock.tape.tape import Tape
from mcpx.sessions.items import Outcome

# Outside of what JSON-RPC keeps for itself, -32768 to -32000 (JSON-RPC 2.0, section 5.1), as the
# specification asks of applications (2026-07-28, basic/index, "Error Codes"), and no HTTP status:
# no client takes it for something else.
CODE = 1404
# Of a name or a pointer, and of a value, in characters.
_LONGEST = 200
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Miss:
    """``text`` says it in a line; ``number`` is the event of the nearest request (0: none).

    ``pointer`` (RFC 6901, into the parameters) is where it differs first, ``asked`` and
    ``recorded`` the beginnings of what is there, as JSON without secrets, empty for nothing.
    """

    method: str
    name: str
    text: str
    number: int = 0
    pointer: str = ""
    asked: str = ""
    recorded: str = ""

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
        data |= {name: one for name in ("asked", "recorded") if (one := getattr(self, name))}
        return written({"code": CODE, "message": f"mcpx mock: {self.text}", "data": data})


def missed(tape: Tape, method: str, name: str, params: Mapping[str, Any]) -> Miss:
    """That a request is not on the tape."""
    known = [take for take in tape.takes if take.method not in HANDSHAKES]
    take, pointer = nearest(known, method, name, params)
    what = _what(method, name)
    if take is None:
        return Miss(method, name, f"{what} was not recorded")
    if take.name != name:
        text = f"{what} was not recorded; event {take.number} is {_what(method, take.name)}"
    elif pointer:
        here, then = _shown(asked_of(params), pointer), _shown(take.asked, pointer)
        place = f"event {take.number} differs at {pointer[:_LONGEST]}"
        both = f"{here or 'nothing'} was asked, {then or 'nothing'} is recorded"
        text = f"{what} was not recorded so; {place}: {both}"
        return Miss(method, name, text, take.number, pointer, here, then)
    else:
        text = f"{what} was recorded less often, or elsewhere: event {take.number}"
    return Miss(method, name, text, take.number, pointer)


def lost(take: Take) -> Miss:
    """That the answer to a request is not in the recording."""
    asks = take.outcome is Outcome.INPUT_REQUIRED
    why = "how it went on after these answers" if asks else "the answer to this"
    text = f"{_what(take.method, take.name)}: {why} is not in the recording (event {take.number})"
    return Miss(take.method, take.name, text, take.number)


def _shown(params: Mapping[str, Any], place: str) -> str:
    """The beginning of what is at a place, as JSON without secrets; empty for nothing."""
    found: Any = params
    name = ""
    for part in place.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list) and name.isdecimal() and int(name) < len(found):
            found = found[int(name)]
        elif isinstance(found, dict) and name in found:
            found = found[name]
        else:
            return ""
    text = written(mask_value(found, lambda one: mask_text(one[:_LONGEST]), name))
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _what(method: str, name: str) -> str:
    return f"{method} {name}"[:_LONGEST].rstrip()
