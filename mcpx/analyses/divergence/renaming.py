"""Values that a live server minted anew, one to one with those of the recording; no I/O."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from mcpx.analyses.divergence.minted import minted_within
from mcpx.json_rpc import id_key
from mcpx.servers import NOTHING

# Members of parameters that give back what the server gave, and that mean nothing to the client.
OPAQUE = ("cursor", "requestState", "taskId")
# Places that say too little: "/", "/tmp", "C:\\".
_ROOT = re.compile(r"(?:[A-Za-z]:|(?=[/\\]))[/\\]?[^/\\:]*[/\\]?")
# Of the pairs and opaque values that are kept; later ones are compared as if they were the first.
_MOST = 100_000
# Of one value in which names are looked for that are the same on both sides.
_MOST_TEXTS = 500
_LONGEST_TEXT = 4_096
_DEEPEST = 100


class Renaming:
    """Which live value stands for which recorded one, over a whole session.

    ``handles`` are the recorded strings that requests are to be given in their live form
    (``--bind auto``); ``places`` what is known to have another name live: directories, ports,
    addresses. Comparing results fills it, sending requests reads it.
    """

    def __init__(self, handles: Collection[str] = (), places: Mapping[str, str] = NOTHING) -> None:
        self.handles = frozenset(one for one in handles if one)
        self._live: dict[str, str] = {}
        self._recorded: dict[str, str] = {}
        self._opaque: dict[str, Any] = {}
        self._places = {
            old: new
            for old, new in places.items()
            if old and old != new and not _ROOT.fullmatch(old)
        }
        self._place = _any_of(self._places, "0-9A-Za-z_-")
        self._handle = _any_of(self.handles)
        self._used: dict[str, str] = {}

    @property
    def bound(self) -> Mapping[str, str]:
        """The handles that were put into requests, recorded to live, in their order."""
        return self._used

    def live_of(self, value: str) -> str:
        """The live value for a recorded one; itself where no other is known."""
        return self._live.get(value, value)

    def knows(self, recorded: str) -> bool:
        """Whether it is settled what stands for a recorded value."""
        return recorded in self._live

    def is_live(self, live: str) -> bool:
        """Whether a live value stands for a recorded one."""
        return live in self._recorded

    def may_pair(self, recorded: str, live: str) -> bool:
        """Whether the two are one, or may be: neither is known to go with another."""
        return (
            self._live.get(recorded, live) == live
            and self._recorded.get(live, recorded) == recorded
        )

    def pair(self, recorded: str, live: str) -> bool:
        """Take two for one; False where either is known to go with another."""
        if not self.may_pair(recorded, live):
            return False
        if len(self._live) < _MOST:
            self._live[recorded] = live
            self._recorded[live] = recorded
        return True

    def opaque(self, recorded: Any, live: Any) -> None:
        """Keep the live value of a cursor, ``requestState`` or task id for the recorded one."""
        key = id_key(recorded)
        if key and len(self._opaque) < _MOST:
            self._opaque[key] = live

    def keep(self, value: Any) -> None:
        """Settle what looks minted in a value that is the same on both sides: it stays itself.

        Looks at the first few hundred strings that are not long.
        """
        for text in _texts(value):
            for name in minted_within(text):
                self.pair(name, name)

    def placed(self, text: str) -> str:
        """A recorded text with the places that it names called as they are live."""
        if self._place is None:
            return text
        return self._place.sub(lambda found: self._places[found[0]], text)

    def in_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The recorded parameters as they are to be sent: handles, opaque values, places put in.

        Handles are found as whole strings, as keys and within longer strings; ``cursor``,
        ``requestState`` and ``taskId`` at the top are opaque. What else looks minted in them is
        sent as it is, and its name stands from then on.
        """
        opaque = {
            name: self._opaque[key]
            for name in OPAQUE
            if name in params and (key := id_key(params[name])) in self._opaque
        }
        sent = {
            name: value if name in opaque else _mapped(value, self._sent, _DEEPEST)
            for name, value in params.items()
        }
        for text in _texts({name: value for name, value in params.items() if name not in OPAQUE}):
            for name in minted_within(text):
                if name not in self.handles:
                    self.pair(name, name)
        return {**sent, **opaque}

    def _sent(self, text: str) -> str:
        if self._handle is not None:
            text = self._handle.sub(self._put_in, text)
        return self.placed(text)

    def _put_in(self, found: re.Match[str]) -> str:
        recorded = found[0]
        live = self._live.get(recorded)
        if live is None or live == recorded:
            return recorded
        self._used[recorded] = live
        return live


def _any_of(texts: Iterable[str], within: str = "0-9A-Za-z") -> re.Pattern[str] | None:
    """Finds any of some texts, the longest first, with none of some characters beside it.

    None for no texts.
    """
    listed = sorted(texts, key=len, reverse=True)
    if not listed:
        return None
    before = f"(?<![{within}])"
    return re.compile(f"{before}(?:{'|'.join(map(re.escape, listed))})(?![{within}])")


def _mapped(value: Any, change: Callable[[str], str], deepest: int) -> Any:
    """A value with its strings and keys changed; what is nested deeper stays as it is."""
    if isinstance(value, str):
        return change(value)
    if deepest and type(value) is dict:
        return {change(key): _mapped(one, change, deepest - 1) for key, one in value.items()}
    if deepest and isinstance(value, list):
        return [_mapped(one, change, deepest - 1) for one in value]
    return value


def _texts(value: Any) -> list[str]:
    """The strings in a value that are not long, and its keys; the first few hundred."""
    found: list[str] = []
    waiting = [value]
    for one in waiting:  # grows meanwhile
        if isinstance(one, str):
            if len(one) <= _LONGEST_TEXT:
                found.append(one)
        elif isinstance(one, dict):
            found += one
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one[:_MOST_TEXTS]
        if len(found) >= _MOST_TEXTS or len(waiting) > _MOST_TEXTS * 10:
            break
    return found[:_MOST_TEXTS]
