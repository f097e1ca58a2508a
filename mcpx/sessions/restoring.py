"""Secrets back into messages that were recorded, as far as they came from variables; no I/O."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mcpx.sessions.events import MARKER, Message
from mcpx.sessions.json_strings import pointer, quoted, spliced, string_tokens, unquoted


@dataclass(frozen=True, slots=True)
class Restored:
    """A message's text with the values of variables put back, and the sources that are missing."""

    text: str
    missing: tuple[str, ...] = ()


def put_back(message: Message, value_of: Callable[[str], str | None]) -> Restored:
    """A message as it was, as far as its secrets came from variables.

    ``value_of`` gives the value for a source such as ``env:GITHUB_TOKEN``, or None.
    """
    sources: dict[str, list[str]] = {}
    for one in message.masked:
        sources.setdefault(one.pointer, []).append(one.source)
    if not sources:
        return Restored(message.text)
    pieces: list[tuple[int, int, str]] = []
    missing: dict[str, None] = {}
    for token in string_tokens(message.text):
        here = sources.get(pointer(token.path))
        if here is None:
            continue
        # By what it says: its signs may be escaped in a file that another program wrote.
        text = new = unquoted(message.text[token.start : token.end])
        for source in here:
            value = value_of(source)
            if value is None:
                missing[source] = None
            else:
                new = new.replace(MARKER.format(source), value)
        if new != text:
            pieces.append((token.start, token.end, quoted(new)))
    return Restored(spliced(message.text, pieces), tuple(missing))
