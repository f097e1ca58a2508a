"""What can go wrong, as one tree of errors with hints, and the exit statuses they lead to.

McpxError
├── UsageError        usage      2   the command line is wrong
├── ConfigError       config     2   a file or a setting is wrong
├── RefusedError      refused    4   consent or sign-in is missing
└── ServerError       see Fault  3   a server could not be reached, started or understood
                      auth       4   ... because nobody has signed in
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any


class ExitStatus(IntEnum):
    """The exit statuses of every command."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    UNREACHABLE = 3
    REFUSED = 4
    BUG = 70
    INTERRUPTED = 130


_WORST_FIRST = (
    ExitStatus.INTERRUPTED,
    ExitStatus.BUG,
    ExitStatus.USAGE,
    ExitStatus.REFUSED,
    ExitStatus.UNREACHABLE,
    ExitStatus.FINDINGS,
)


def worst(statuses: Iterable[ExitStatus]) -> ExitStatus:
    """The status that a command ends with when several apply."""
    present = set(statuses)
    return next((status for status in _WORST_FIRST if status in present), ExitStatus.OK)


class Fault(StrEnum):
    """The class of an error; the same word in every output."""

    SPAWN = "spawn"
    EXITED = "exited"
    TIMEOUT = "timeout"
    CONNECT = "connect"
    TLS = "tls"
    AUTH = "auth"
    THROTTLED = "throttled"
    HTTP = "http"
    SESSION_LOST = "session_lost"
    LOST = "lost"
    PROTOCOL = "protocol"
    VERSION = "version"
    INVALID_RESPONSE = "invalid_response"
    LIMIT = "limit"
    TOOL_ERROR = "tool_error"
    CANCELLED = "cancelled"
    USAGE = "usage"
    CONFIG = "config"
    REFUSED = "refused"
    BUG = "bug"


class McpxError(Exception):
    """An error with a message that names the thing, and a hint with the command that helps.

    ``details`` are further lines for a person: a command in full, the tail of a server's stderr.
    """

    fault: Fault = Fault.BUG
    status: ExitStatus = ExitStatus.BUG

    def __init__(self, message: str, hint: str = "", details: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = tuple(details)
        self.server = ""  # the name of the server that it is about, where there is one

    def described(self, server: str = "") -> dict[str, Any]:
        """The error as programs read it; ``server`` is the one that it is about, if known here."""
        return {
            "class": self.fault.value,
            "message": self.message,
            "hint": self.hint,
            "server": server or self.server or None,
        }


class UsageError(McpxError):
    """The command line is wrong."""

    fault = Fault.USAGE
    status = ExitStatus.USAGE


class ConfigError(McpxError):
    """A configuration, catalogue or other file is wrong or cannot be used."""

    fault = Fault.CONFIG
    status = ExitStatus.USAGE


class RefusedError(McpxError):
    """Something was not done because nobody has allowed it."""

    fault = Fault.REFUSED
    status = ExitStatus.REFUSED


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen when a server failed; every part is optional and already masked.

    ``seconds`` is the time from the start of the process; ``stderr`` its last lines;
    ``cause`` the known reason; ``code`` the JSON-RPC error code and ``data`` what came with it;
    ``status`` the HTTP status, ``challenge`` its WWW-Authenticate and ``retry_after`` the seconds
    after which the server wants to be asked again.
    """

    exit_code: int | None = None
    seconds: float | None = None
    stderr: tuple[str, ...] = ()
    cause: str = ""
    code: int | None = None
    data: object = None
    status: int | None = None
    challenge: str = ""
    retry_after: float | None = None


class ServerError(McpxError):
    """A server could not be started, reached or understood."""

    status = ExitStatus.UNREACHABLE

    def __init__(
        self,
        fault: Fault,
        message: str,
        hint: str = "",
        details: Iterable[str] = (),
        evidence: Evidence | None = None,
    ) -> None:
        super().__init__(message, hint, details)
        self.fault = fault
        self.evidence = evidence or Evidence()
        if fault is Fault.AUTH:
            self.status = ExitStatus.REFUSED

    def described(self, server: str = "") -> dict[str, Any]:
        """The error with the JSON-RPC code and data and the HTTP status, where there are such."""
        seen = self.evidence
        numbers = {"code": seen.code, "data": seen.data, "status": seen.status}
        known = {name: value for name, value in numbers.items() if value is not None}
        return {**super().described(server), **known}
