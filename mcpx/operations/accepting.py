"""What of a live answer is accepted into the recording: the answer, but for what is volatile."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from mcpx.analyses.divergence.divergences import Divergence, Kind
from mcpx.analyses.divergence.sides import End, Side
from mcpx.json_text import JsonTextError, parse_json
from mcpx.operations.replaying.options import Replayed
from mcpx.sessions.updating import Answer

# What another answer does not mend, and why.
BEYOND = {
    Kind.MISSING: "an answer or a notification is missing",
    Kind.EXTRA: "there is one notification more",
    Kind.TRANSPORT: "it came otherwise over the transport",
    Kind.UNANSWERED: "the server asked what nobody has answered",
}
_ENDS = {End.RESULT: "result", End.ERROR: "error"}
# Fewer characters are looked for as whole strings alone; of names that are kept in mind.
_SHORTEST = 8
_LONGEST = 200
_MOST = 100_000


class NotAcceptedError(Exception):
    """An answer cannot be accepted; the text says why, as a clause."""


class Accepting:
    """The answers of a replay that are to stand in its recording.

    What is different each time stays in them as it was recorded, so that the next replay holds it
    against the clocks and the names of the recording as before. To be told of every interaction,
    in order: a name that is minted in one may come back in another.
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}  # live to recorded

    def see(self, divergences: Iterable[Divergence]) -> None:
        """Take note of what is called otherwise live."""
        for one in divergences:
            is_name = _is_name(one.recorded) and _is_name(one.live)
            if one.kind is Kind.VOLATILE and is_name and len(self._names) < _MOST:
                self._names.setdefault(one.live, one.recorded)

    def answer(self, one: Replayed) -> Answer:
        """What is to stand in the recording. Raises NotAcceptedError."""
        recorded, live = one.recorded, one.live
        for divergence in one.divergences:
            if divergence.kind in BEYOND:
                raise NotAcceptedError(BEYOND[divergence.kind])
        if recorded.modern != live.modern:
            raise NotAcceptedError("it was replayed in the other era")
        if recorded.end not in _ENDS or live.end not in _ENDS:
            raise NotAcceptedError("there is no final answer to both")
        if _asked(recorded) != _asked(live):
            raise NotAcceptedError("the server asked otherwise meanwhile")
        value = self._with_volatile(live.value, one.divergences)
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return Answer("result" if live.end is End.RESULT else "error", text)

    def _with_volatile(self, value: Any, divergences: Iterable[Divergence]) -> Any:
        """The live value with what is volatile in it as it was recorded."""
        whole = {
            one.live: one.recorded
            for one in divergences
            if one.kind is Kind.VOLATILE and _is_scalar(one.live) and _is_scalar(one.recorded)
        }
        names = {live: old for live, old in self._names.items() if len(live) >= _SHORTEST}
        return _mapped(value, whole, names)


def _asked(side: Side) -> list[str]:
    return [one.method for one in side.questions]


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST and " " not in value


def _mapped(value: Any, whole: dict[Any, Any], names: dict[str, str]) -> Any:
    """A value with scalars replaced that are among ``whole``, and names also within texts."""
    if isinstance(value, dict):
        return {_text(key, whole, names): _mapped(one, whole, names) for key, one in value.items()}
    if isinstance(value, list):
        return [_mapped(one, whole, names) for one in value]
    if isinstance(value, str):
        return _text(value, whole, names)
    return whole.get(value, value) if _is_scalar(value) else value


def _text(text: str, whole: dict[Any, Any], names: dict[str, str]) -> str:
    if text in whole:
        return str(whole[text])
    if whole and text.lstrip()[:1] in ("{", "["):
        # An object in a text is compared as an object, and mended as one.
        try:
            value = parse_json(text)
        except JsonTextError:
            value = None
        if (new := _mapped(value, whole, names)) != value:
            indent = 2 if "\n" in text.strip() else None
            return json.dumps(new, ensure_ascii=False, indent=indent)
    for live, recorded in names.items():
        if live in text:
            text = text.replace(live, recorded)
    return text
