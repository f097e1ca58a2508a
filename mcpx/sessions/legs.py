"""Which request goes on with which, where a server has asked for input in between.

Source: specification 2026-07-28, basic/patterns/mrtr: the retry is a new request with the same
parameters, ``inputResponses`` by the keys of ``inputRequests``, and the ``requestState`` as it
came.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from mcpx.envelopes import OF_THE_ROUND
from mcpx.servers import canonical_json

# Requests that wait for being gone on with; the oldest are forgotten.
_MOST = 1_000
_NOT_ASKED = (*OF_THE_ROUND, "_meta")


class Leg(NamedTuple):
    """The request that another one goes on with (0: none), and which it is of them, from 1."""

    follows: int = 0
    place: int = 1


@dataclass(slots=True)
class _Waiting:
    number: int
    place: int
    method: str
    call: bytes | None
    keys: frozenset[str]
    state: bytes | None
    followed: bool = False


class Legs:
    """The requests of a session that were answered with ``input_required``, the last of many."""

    def __init__(self) -> None:
        self._waiting: dict[int, _Waiting] = {}

    def asked(
        self,
        number: int,
        place: int,
        method: str,
        params: Mapping[str, Any],
        result: Mapping[str, Any],
    ) -> None:
        """Keep in mind that the request of this event number was answered with questions."""
        asked = result.get("inputRequests")
        self._waiting[number] = _Waiting(
            number,
            place,
            method,
            _call(params),
            frozenset(asked if isinstance(asked, dict) else ()),
            _digest(result.get("requestState")),
        )
        if len(self._waiting) > _MOST:
            del self._waiting[next(iter(self._waiting))]

    def of(self, method: str, params: Mapping[str, Any]) -> Leg:
        """Which request this one goes on with: by its state, else by what it asks and answers.

        One that could go on with several goes on with none.
        """
        state, answers = _digest(params.get("requestState")), params.get("inputResponses")
        if state is None and not isinstance(answers, dict):
            return Leg()
        asked_so = [one for one in self._waiting.values() if one.method == method]
        found = [one for one in asked_so if state is not None and one.state == state]
        if len(found) != 1:
            call = _call(params)
            keys = frozenset(answers if isinstance(answers, dict) else ())
            found = [
                one
                for one in found or asked_so
                if one.call is not None and one.call == call and one.keys == keys
            ]
        # What has been gone on with may be once more, as after an error; but rather the other.
        found = [one for one in found if not one.followed] or found
        if len(found) != 1:
            return Leg()
        found[0].followed = True
        return Leg(found[0].number, found[0].place + 1)


def _digest(value: Any) -> bytes | None:
    """What stands for a text, however long it is; None for anything else."""
    if not isinstance(value, str):
        return None
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).digest()


def _call(params: Mapping[str, Any]) -> bytes | None:
    """What stands for what is asked, apart from the round; None when it is nested too deeply."""
    asked = {name: value for name, value in params.items() if name not in _NOT_ASKED}
    try:
        return _digest(canonical_json(asked))
    except RecursionError:
        return None
