"""Messages with their blobs put back in the place that they were taken from (see ``blobs``)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace

from mcpx.errors import ConfigError
from mcpx.sessions.events import Message
from mcpx.sessions.json_strings import pointer, spliced, string_tokens, unquoted

_REFERENCE = "$blob"
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str)


def inlined(event: Message, blob: Callable[[str], bytes]) -> Message:
    """The message with its blobs as base64 again; ``blob`` gives the bytes of a digest.

    Raises ConfigError for a pointer to what names no blob, and whatever ``blob`` raises.
    """
    found = dict(_references(event))
    missing = [place for place in event.blobs if place not in found]
    if missing:
        raise ConfigError(f"event {event.number}: there is no blob at '{missing[0][:200]}'")
    pieces = [
        # Base64 has no sign that a JSON string would escape.
        (start, end, f'"{base64.b64encode(blob(digest)).decode()}"')
        for start, end, digest in found.values()
    ]
    return replace(event, text=spliced(event.text, pieces), blobs=())


def digests(event: Message) -> Iterator[str]:
    """The digests of the blobs that a message refers to, as ``sha256:HEX``."""
    return (digest for _, (_, _, digest) in _references(event))


def _references(event: Message) -> Iterator[tuple[str, tuple[int, int, str]]]:
    """Where a message refers to blobs: pointer, start and end of the reference, and its digest."""
    wanted = set(event.blobs)
    opened = ended = 0
    for token in string_tokens(event.text) if wanted else ():
        place = pointer(token.path[:-1])
        if token.path[-1:] != (_REFERENCE,) or place not in wanted:
            continue
        if token.is_name:
            opened = event.text.rfind("{", 0, token.start)
            continue
        _, end = _DECODER.raw_decode(event.text, opened)
        # Not if the name came after an object, and not within another reference.
        if end > token.end and opened >= ended:
            wanted.remove(place)
            ended = end
            yield place, (opened, end, unquoted(event.text[token.start : token.end]))
