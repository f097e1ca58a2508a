"""Secrets and blobs back into what a recorded client said, so that it can be said again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from mcpx.operations.replaying.variables import VARIABLE
from mcpx.sessions.blobs import inlined
from mcpx.sessions.events import Message
from mcpx.sessions.restoring import put_back


class Restoring:
    """Puts back what was taken out of messages.

    ``given`` are the values of the variables that may be put back, by their names, ``blob`` gives
    the bytes of a digest. ``missing`` are the sources of all secrets that could not be put back.
    """

    def __init__(self, given: Mapping[str, str], blob: Callable[[str], bytes]) -> None:
        self._given = given
        self._blob = blob
        self._missing: dict[str, None] = {}

    @property
    def missing(self) -> tuple[str, ...]:
        """The sources (``env:NAME``, ``rule:NAME#2``) that were needed and are not known."""
        return tuple(self._missing)

    def whole(self, event: Message) -> tuple[Message, tuple[str, ...]]:
        """A message as it was sent, and the sources of the secrets that it still lacks.

        Raises ConfigError when a blob is missing.
        """
        if event.blobs:
            event = inlined(event, self._blob)
        if not event.masked:
            return event, ()
        found = put_back(event, self._value_of)
        self._missing.update(dict.fromkeys(found.missing))
        return replace(event, text=found.text, masked=()), found.missing

    def _value_of(self, source: str) -> str | None:
        if not source.startswith(VARIABLE):
            return None
        return self._given.get(source.removeprefix(VARIABLE)) or None
