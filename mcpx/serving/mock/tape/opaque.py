"""Cursors, states and ids of tasks that a recording holds masked, made anew; no I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from mcpx.sessions.events import MARKER, Event, Masked, Message
from mcpx.sessions.json_strings import pointer, quoted, spliced, string_tokens, unquoted

# Members that a client carries through unread.
_CARRIED = frozenset(("cursor", "nextCursor", "requestState", "taskId"))
_OF_MESSAGE = re.compile(r"(?:/\d+)?/(?:params|result)(?:/task)?/(\w+)")


def renewed(events: Iterable[Event]) -> Iterator[Event]:
    """The events with a value of our own for each masked one that clients carry through.

    Equal ones get the same, in their order ``mock-1``, ``mock-2`` and so on: nothing else is made
    up, so that a recording is always played alike.
    """
    made: dict[str, str] = {}
    for event in events:
        yield _renewed(event, made) if isinstance(event, Message) and event.masked else event


def _renewed(event: Message, made: dict[str, str]) -> Message:
    carried = {one.pointer for one in event.masked if _is_carried(one)}
    if not carried:
        return event
    pieces = []
    for token in string_tokens(event.text):
        if not token.is_name and pointer(token.path) in carried:
            value = unquoted(event.text[token.start : token.end])
            own = made.setdefault(value, f"mock-{len(made) + 1}")
            pieces.append((token.start, token.end, quoted(own)))
    masked = tuple(one for one in event.masked if one.pointer not in carried)
    return replace(event, text=spliced(event.text, pieces), masked=masked)


def _is_carried(masked: Masked) -> bool:
    match = _OF_MESSAGE.fullmatch(masked.pointer)
    return match is not None and match[1] in _CARRIED


def markers(event: Message) -> tuple[str, ...]:
    """The markers that stand in a message for values that are not known."""
    return tuple(dict.fromkeys(MARKER.format(one.source) for one in event.masked))
