"""Comparing how two sides of an interaction ended, apart from what they answered; no I/O."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mcpx.analyses.divergence.divergences import ABSENT, Divergence, Kind
from mcpx.analyses.divergence.sides import End, Side
from mcpx.codes import URL_ELICITATION
from mcpx.envelopes import COMPLETE
from mcpx.json_rpc import members

# Slower by less than either of these is no slower. Source: what mcpsnoop 0.16 tells.
_SECONDS, _TIMES = 0.1, 2.0
# A resource that is not there. Source: specification 2025-11-25 and 2026-07-28, server/resources,
# "Error Handling".
_NOT_FOUND = (-32002, -32602)
_WORDS = {
    "tool-error": "a tool error",
    "task": "a task",
    End.RESULT: "a result",
    End.ERROR: "an error",
    End.INPUT_REQUIRED: "a question",
    End.HTTP_ERROR: "an HTTP error",
    End.CANCELLED: "nothing, as it was cancelled",
    End.LISTENING: "nothing, as it stayed open",
    End.UNANSWERED: "nothing",
}
_FAILED = ("tool-error", End.ERROR, End.HTTP_ERROR, End.FAILED, End.UNANSWERED)
_CLIENTS = (End.CANCELLED, End.LISTENING)


def outcome(side: Side) -> str:
    """How a side ended, results by what they are: ``tool-error``, ``task``."""
    if side.end is not End.RESULT:
        return side.end
    result = members(side.value)
    if result.get("isError") is True:
        return "tool-error"
    kind = result.get("resultType")
    if isinstance(result.get("task"), dict) or kind == "task":
        return "task"
    if isinstance(kind, str) and kind != COMPLETE:
        return kind
    return End.RESULT


def failed(side: Side) -> bool:
    """Whether it ended in an error of any kind, or in nothing."""
    return outcome(side) in _FAILED


def settled(method: str, recorded: Side, live: Side) -> list[Divergence] | None:
    """What there is to say where the answers themselves are not to be compared; else None."""
    if live.end is End.NOT_SENT:
        if recorded.modern is live.modern:
            return []
        reason = live.reason or "has no place in the other era"
        return [Divergence(Kind.NOT_APPLICABLE, reason)]
    if recorded.end in (End.NOT_RECORDED, End.UNANSWERED):
        if live.end in (End.UNANSWERED, End.CANCELLED, End.LISTENING):
            return []
        return [Divergence(Kind.UNSCORED, "the recording has no answer")]
    if live.end is End.FAILED:
        return [
            Divergence(Kind.MISSING, live.reason or "the connection broke", "", *_values(recorded))
        ]
    if recorded.end in _CLIENTS:
        # Which came first, the answer or the end of waiting for it, is chance.
        if live.end in (*_CLIENTS, End.UNANSWERED):
            return []
        what = "cancelled" if recorded.end is End.CANCELLED else "open to its end"
        return [Divergence(Kind.UNSCORED, f"in the recording it was {what}")]
    if live.end in (End.UNANSWERED, *_CLIENTS):
        message = live.reason or "no answer came"
        return [Divergence(Kind.MISSING, message, "", *_values(recorded))]
    return _other_outcome(method, recorded, live)


def _other_outcome(method: str, recorded: Side, live: Side) -> list[Divergence] | None:
    was, now = outcome(recorded), outcome(live)
    across = recorded.modern is not live.modern
    if was == now:
        if was == End.ERROR:
            return _other_code(method, recorded, live, across)
        return None
    if across and End.INPUT_REQUIRED in (was, now) and URL_ELICITATION in _codes(recorded, live):
        return [
            Divergence(Kind.NOT_APPLICABLE, "each era asks for a visit to a URL in its own way")
        ]
    if any(one.end is End.INPUT_REQUIRED for one in (recorded, live)) and any(
        one.answer is None for one in live.questions
    ):
        return []  # told as a question that nobody answered
    message = f"{_said(now)} came instead of {_said(was)}"
    return [Divergence(Kind.OUTCOME, message, "", _came(recorded), _came(live))]


def _came(side: Side) -> Any:
    """What came; of an HTTP error what it says, or its status."""
    return side.reason or f"HTTP {side.status}" if side.end is End.HTTP_ERROR else side.value


def _other_code(method: str, recorded: Side, live: Side, across: bool) -> list[Divergence] | None:
    codes = _codes(recorded, live)
    if codes[0] == codes[1] and type(codes[0]) is type(codes[1]):
        return None
    by_era = codes if live.modern else codes[::-1]
    if across and method == "resources/read" and by_era == _NOT_FOUND:
        return []
    return [Divergence(Kind.ERROR_CLASS, "is another error", "/code", *codes)]


def _codes(recorded: Side, live: Side) -> tuple[Any, Any]:
    first, second = (members(one.value).get("code", ABSENT) for one in (recorded, live))
    return first, second


def _values(recorded: Side) -> tuple[Any, Any]:
    return recorded.value, ABSENT


def _said(ended: str) -> str:
    return _WORDS.get(ended, f"'{ended[:40]}'")


def carried(recorded: Side, live: Side) -> Iterator[Divergence]:
    """What differs in the transport: status, media type, how the process ended.

    Both eras answer errors with other statuses, so that across them none is compared; nor is one
    whose answer never came.
    """
    across = recorded.modern is not live.modern
    if recorded.status and live.status and not across and recorded.status != live.status:
        sides = recorded.status, live.status
        yield Divergence(Kind.TRANSPORT, "has another HTTP status", "", *sides, severity="error")
    was, now = (one.kind.partition(";")[0].strip().lower() for one in (recorded, live))
    if was and now and was != now and not across:
        yield Divergence(Kind.TRANSPORT, "comes as another media type", "", was, now)
    if recorded.exit is not None and live.exit is not None and recorded.exit != live.exit:
        sides = recorded.exit, live.exit
        yield Divergence(
            Kind.TRANSPORT, "the server ended with another status", "", *sides, severity="error"
        )


def slower(recorded: Side, live: Side) -> Iterator[Divergence]:
    """An answer that takes twice as long, and 100 ms longer."""
    was, now = recorded.seconds, live.seconds
    if was is not None and now is not None and now - was >= _SECONDS and now >= was * _TIMES:
        yield Divergence(Kind.LATENCY, "takes longer", "", round(was, 3), round(now, 3))
