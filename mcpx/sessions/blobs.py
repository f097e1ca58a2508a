"""Pictures, sounds and files out of messages, and back in again; no I/O."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from mcpx.errors import ConfigError
from mcpx.sessions.events import Message
from mcpx.sessions.json_strings import pointer, spliced, string_tokens, unquoted

# Members that hold base64 by the specification (2026-07-28, schema.ts: ImageContent, AudioContent,
# BlobResourceContents), and from how many characters on it is taken out of the message.
_MEMBERS = ("data", "blob")
SMALLEST = 32 * 1024
_REFERENCE = "$blob"
_MIME = "mimeType"
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str)


@dataclass(frozen=True, slots=True)
class Blob:
    """What stood in a message as base64: its digest (``sha256:HEX``) and its bytes."""

    digest: str
    data: bytes


def taken_out(text: str, stays: Callable[[str], bool]) -> tuple[str, tuple[Blob, ...]]:
    """A message's text with references in the place of its blobs, and the blobs.

    Only what reads exactly the same when it is encoded again is taken out, and not what ``stays``.
    """
    if len(text) < SMALLEST or not any(f'"{name}"' in text for name in _MEMBERS):
        return text, ()
    tokens = [token for token in string_tokens(text) if not token.is_name]
    kinds = {
        token.path[:-1]: text[token.start : token.end]
        for token in tokens
        if token.path and token.path[-1] == _MIME
    }
    pieces: list[tuple[int, int, str]] = []
    blobs: list[Blob] = []
    for token in tokens:
        if token.end - token.start < SMALLEST or not token.path or token.path[-1] not in _MEMBERS:
            continue
        written = text[token.start + 1 : token.end - 1]
        data = _decoded(written)
        if data is None or stays(written):
            continue
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        mime = kinds.get(token.path[:-1])
        pieces.append((token.start, token.end, _reference(digest, len(data), mime)))
        blobs.append(Blob(digest, data))
    return spliced(text, pieces), tuple(blobs)


def places_of(text: str, blobs: Iterable[Blob]) -> tuple[str, ...]:
    """Pointers to what stands in a text in the place of blobs."""
    digests = {blob.digest for blob in blobs}
    return tuple(
        pointer(token.path[:-1])
        for token in string_tokens(text)
        if token.path[-1:] == (_REFERENCE,)
        and not token.is_name
        and text[token.start + 1 : token.end - 1] in digests
    )


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


def _decoded(written: str) -> bytes | None:
    try:
        data = base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == written else None


def _reference(digest: str, size: int, mime: str | None) -> str:
    kind = f',"mime":{mime}' if mime else ""
    return f'{{"{_REFERENCE}":"{digest}","len":{size},"enc":"base64"{kind}}}'


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
