"""What of a live answer is accepted into the recording: the answer, but for what is volatile."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from mcpx.analyses.divergence.divergences import ABSENT, Divergence, Kind
from mcpx.analyses.divergence.minted import looks_minted, minted_within
from mcpx.analyses.divergence.sides import End, Side
from mcpx.json_text import JsonTextError, parse_json
from mcpx.operations.replaying.options import Replayed
from mcpx.sessions.updating import Answer

# What another answer does not mend, and why.
_BEYOND = {
    Kind.MISSING: "an answer or a notification is missing",
    Kind.EXTRA: "there is one notification more",
    Kind.TRANSPORT: "it came otherwise over the transport",
    Kind.UNANSWERED: "the server asked what nobody has answered",
}
_ENDS = {End.RESULT: "result", End.ERROR: "error"}
# Of names that are kept in mind.
_MOST = 100_000
# With the signs that names have in them, and without.
_WORD = re.compile(r"[0-9A-Za-z_-]+")
_PART = re.compile(r"[0-9A-Za-z]+")


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
        """Take note of what is called otherwise live: names that were minted, whole or in texts."""
        for one in divergences:
            if one.kind is not Kind.VOLATILE or len(self._names) >= _MOST:
                continue
            if isinstance(one.recorded, str) and isinstance(one.live, str):
                old, new = _minted(one.recorded), _minted(one.live)
                if len(old) == len(new):
                    for live, recorded in zip(new, old, strict=True):
                        self._names.setdefault(live, recorded)

    def answer(self, one: Replayed) -> Answer:
        """What is to stand in the recording. Raises NotAcceptedError."""
        if why := refusal(one):
            raise NotAcceptedError(why)
        value = self._with_volatile(one.live.value, one.divergences)
        try:
            text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        except ValueError as error:
            raise NotAcceptedError("it has a number beyond those of JSON") from error
        return Answer("result" if one.live.end is End.RESULT else "error", text)

    def _with_volatile(self, value: Any, divergences: Iterable[Divergence]) -> Any:
        """The live value with what is volatile in it as it was recorded, each in its place."""
        for one in divergences:
            if one.kind is Kind.VOLATILE and ABSENT not in (one.recorded, one.live):
                value = _put(value, _path(one.pointer), one)
        return _named(value, self._names)


def refusal(one: Replayed) -> str:
    """Why a live answer cannot be accepted, as a clause; empty when it can."""
    recorded, live = one.recorded, one.live
    for divergence in one.divergences:
        if divergence.kind in _BEYOND:
            return _BEYOND[divergence.kind]
    if recorded.modern != live.modern:
        return "it was replayed in the other era"
    if "task" in one.interaction.params:
        return "it was carried out as a task"
    if recorded.end not in _ENDS or live.end not in _ENDS:
        return "there is no final answer to both"
    if _asked(recorded) != _asked(live):
        return "the server asked otherwise meanwhile"
    return ""


def _asked(side: Side) -> list[str]:
    return [one.method for one in side.questions]


def _minted(text: str) -> list[str]:
    return [text] if looks_minted(text) else minted_within(text)


def _path(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _put(value: Any, path: list[str], one: Divergence) -> Any:
    """A value with what was recorded at a place of it; itself where something else stands there.

    An object in a text is compared as an object, and mended as one.
    """
    if not path:
        return one.recorded if _same(value, one.live) else value
    first, *rest = path
    if isinstance(value, dict) and first in value:
        return {**value, first: _put(value[first], rest, one)}
    if isinstance(value, list) and first.isdecimal() and int(first) < len(value):
        at = int(first)
        return [*value[:at], _put(value[at], rest, one), *value[at + 1 :]]
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            inner = parse_json(value)
        except JsonTextError:
            return value
        if (new := _put(inner, path, one)) != inner:
            indent = 2 if "\n" in value.strip() else None
            return json.dumps(new, ensure_ascii=False, indent=indent)
    return value


def _same(value: Any, live: Any) -> bool:
    """Whether two values are equal; in Python 1, 1.0 and True are."""
    return type(value) is type(live) and bool(value == live)


def _named(value: Any, names: Mapping[str, str]) -> Any:
    """A value with what is called otherwise live as it was recorded, as whole words."""
    if not names:
        return value
    if isinstance(value, dict):
        return {_text(key, names): _named(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [_named(one, names) for one in value]
    return _text(value, names) if isinstance(value, str) else value


def _text(text: str, names: Mapping[str, str]) -> str:
    def name(found: re.Match[str]) -> str:
        word = found[0]
        return names[word] if word in names else _PART.sub(_known, word)

    def _known(found: re.Match[str]) -> str:
        return names.get(found[0], found[0])

    return _WORD.sub(name, text)
