"""What a replay compares: an interaction as it was recorded, and as it went live; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mcpx.servers import NOTHING


class End(StrEnum):
    """How an interaction ended."""

    RESULT = "result"
    ERROR = "error"  # a JSON-RPC error
    INPUT_REQUIRED = "input-required"  # asked, and nobody went on
    HTTP_ERROR = "http-error"  # refused by its HTTP status, without a JSON-RPC answer
    CANCELLED = "cancelled"
    LISTENING = "listening"  # open until the end
    UNANSWERED = "unanswered"
    NOT_RECORDED = "not-recorded"  # what came of it is not in the recording
    NOT_SENT = "not-sent"  # live only: it has no place in this era, or may not be sent
    FAILED = "failed"  # live only: the connection broke, or the time was over


@dataclass(frozen=True, slots=True)
class Question:
    """What the server asked its client meanwhile, in either era, and how many ``times``.

    ``answer`` None: nobody did.
    """

    method: str
    params: Mapping[str, Any]
    answer: Mapping[str, Any] | None = None
    times: int = 1


@dataclass(frozen=True, slots=True)
class Interaction:
    """What a client wanted of its server, with all that was asked and told until its final answer.

    One request, or several that go on with each other after ``input_required``. ``number`` is that
    of the event that began it, ``line`` its line in the file (0: none), ``name`` the tool or
    prompt, or the URI. ``params`` are those of the first request as recorded. Without a method it
    is the connection itself: what came unasked, and how it ended.
    """

    number: int
    connection: int
    method: str = ""
    name: str = ""
    params: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    line: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """A notification of the server; ``during`` is the interaction that it belongs to, if known."""

    method: str
    params: Mapping[str, Any]
    during: Interaction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What came of an interaction on one side.

    ``value`` is the result, or the error object, as it came; ``reason`` says in words what failed.
    ``at`` is the wall clock of the answer in seconds since 1970, ``seconds`` how long it took
    (None: not known). ``questions`` and ``told`` are in their order, ``told`` without progress;
    ``progress`` are the values of ``progress`` as they came, ``total`` the last that was told with
    one (None: none), ``worded`` whether one came with a message. ``status`` is that of HTTP (0:
    none), ``kind`` the media type of the answer, ``exit`` how the process ended (None: not known).
    ``modern``: in which era. ``offers``, of a connection alone, are the capabilities that the
    server has named (None: not known).
    """

    end: End
    value: Any = None
    reason: str = ""
    at: float = 0.0
    seconds: float | None = None
    questions: tuple[Question, ...] = ()
    told: tuple[Told, ...] = ()
    progress: tuple[float, ...] = ()
    total: float | None = None
    worded: bool = False
    status: int = 0
    kind: str = ""
    exit: int | None = None
    modern: bool = False
    offers: Mapping[str, Any] | None = None
