"""Which variables of ours a recording takes into what is sent, and which of them the user gives."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mcpx.errors import RefusedError
from mcpx.json_rpc import members, named
from mcpx.operations.replaying.recorded_session import pieces
from mcpx.sessions.events import Event, Masked, Message
from mcpx.sessions.read_lines import LineError, read_event
from mcpx.sessions.reading import LONGEST_LINE, Reading
from mcpx.wire import Direction

ALL = "all"
VARIABLE = "env:"
# The member of a line that says where something is masked.
_MASKED = b'"rd"'
# Of variables, and of places that one goes to, that are kept.
_MOST = 1_000
_MOST_PLACES = 20
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Giving:
    """The variables that may be put back where a recording has their markers.

    A session file can name any variable, so that it goes to a server that has nothing to do with
    it: what goes out is what the user names, or all of it (``everything``).
    """

    names: frozenset[str] = frozenset()
    everything: bool = False

    @classmethod
    def of(cls, words: Collection[str], trusts_projects: bool) -> Giving:
        """What ``--restore`` names, and the trust in project's files allows."""
        return cls(frozenset(words), trusts_projects or ALL in words)

    def gives(self, name: str) -> bool:
        """Whether a variable may be put back."""
        return self.everything or name in self.names

    def values(self, names: Collection[str], environment: Mapping[str, str]) -> dict[str, str]:
        """The values of those of the variables that may be put back and are set."""
        return {
            name: value
            for name in names
            if self.gives(name) and (value := environment.get(name, "")).strip()
        }


def taken(reading: Reading) -> dict[str, list[str]]:
    """The variables whose values were masked in what the client sent, with where they went.

    Where is a method with its tool: ``tools/call search``. What is not found here is not put back
    either, for nobody has given it.
    """
    found: dict[str, dict[str, None]] = {}
    for event in _masked(reading):
        if not isinstance(event, Message) or event.direction is not Direction.TO_SERVER:
            continue
        for one in event.masked:
            name = one.source.removeprefix(VARIABLE)
            if name != one.source and (name in found or len(found) < _MOST):
                places = found.setdefault(name, {})
                if len(places) < _MOST_PLACES:
                    places[_place(event, one)] = None
    return {name: list(places) for name, places in found.items()}


def _masked(reading: Reading) -> Iterator[Event]:
    """The events in which something may be masked; quick where there are few."""
    if not reading.has_lines:
        yield from reading
        return
    with reading.open() as file:
        while line := file.readline(LONGEST_LINE + 1):
            if _MASKED in line:
                with contextlib.suppress(LineError):  # whoever reads all of it will say so
                    event, _ = read_event(line)
                    if event is not None:
                        yield event


def refused(needed: Mapping[str, Sequence[str]], not_given: Sequence[str]) -> RefusedError:
    """The error for a recording that takes these variables, which the user has not named."""
    shown = not_given[:_MOST_NAMED]
    more = len(not_given) - len(shown)
    named_all = ", ".join(shown) + (f" and {more} more" if more else "")
    # A file may call a variable anything, and this is to be typed.
    each = " ".join(f"--restore {shlex.quote(name)}" for name in shown)
    options = f"--restore {ALL}" if more else each
    which = "a variable" if len(not_given) == 1 else "variables"
    return RefusedError(
        f"the recording takes {which} of yours into what is sent: {named_all}; nothing was sent",
        hint=f"{options} puts {'it' if len(not_given) == 1 else 'them'} back",
        details=[f"{name} goes into {', '.join(needed[name])}" for name in shown],
    )


def planned(
    needed: Mapping[str, Sequence[str]], giving: Giving, environment: Mapping[str, str]
) -> Iterator[str]:
    """A line for each variable: where it would go, and what is in the way."""
    for name, places in needed.items():
        if not giving.gives(name):
            standing = f", with --restore {shlex.quote(name)} only"
        else:
            standing = "" if environment.get(name, "").strip() else ", which is not set"
        yield f"{name} into {', '.join(places)}{standing}"


def _place(event: Message, masked: Masked) -> str:
    """What a message, or the one of a batch that has a marker, asks for."""
    first = masked.pointer.split("/", 2)[1:2]
    for piece, value in pieces(event):
        if piece.place is None or [str(piece.place)] == first:
            method = members(value).get("method")
            if not isinstance(method, str):
                break
            return f"{method} {named(method, members(members(value).get('params')))}".rstrip()
    return "an answer to the server"
