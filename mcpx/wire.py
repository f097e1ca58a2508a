"""The words for what goes between a client and a server: which way, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# Which session a request belongs to, in the legacy era (specification 2025-11-25).
SESSION_HEADER = "mcp-session-id"


class Direction(StrEnum):
    """Which way something went; ``d`` in a session file."""

    TO_SERVER = "c2s"
    TO_CLIENT = "s2c"

    @property
    def other(self) -> Direction:
        """The way back."""
        return Direction.TO_CLIENT if self is Direction.TO_SERVER else Direction.TO_SERVER


class Finish(StrEnum):
    """How an HTTP exchange ended; ``why`` of a fin event in a session file."""

    END = "eof"
    CLIENT = "aborted"  # nobody waits for the rest
    SERVER = "broken-off"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    TAP = "tap-end"  # the recording was ended while it went on


class Ending(StrEnum):
    """Who ended a server's process; ``by`` of an exit in a session file."""

    ITSELF = "itself"
    END_OF_INPUT = "stdin-eof"
    CLIENT = "client"  # a signal of the client, which a tap passed on; mcpx may be that client
    TAP = "tap"  # it did not leave, and was ended


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """The fields of a server-sent event beside its data; ``empty`` when it had none.

    ``retry`` is in milliseconds, as it is on the wire.
    """

    id: str | None = None
    event: str | None = None
    retry: int | None = None
    empty: bool = False
