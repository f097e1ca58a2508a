"""Pictures, sounds and files out of messages: kept once, by digest, beside the session file."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from mcpx.errors import ConfigError
from mcpx.sessions.json_strings import pointer, spliced, string_tokens

# Members that hold base64 by the specification (2026-07-28, schema.ts: ImageContent, AudioContent,
# BlobResourceContents), and from how many characters on it is taken out of the message.
_MEMBERS = ("data", "blob")
SMALLEST = 32 * 1024
_REFERENCE = "$blob"
_MIME = "mimeType"
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")


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


def _decoded(written: str) -> bytes | None:
    try:
        data = base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == written else None


def _reference(digest: str, size: int, mime: str | None) -> str:
    kind = f',"mime":{mime}' if mime else ""
    return f'{{"{_REFERENCE}":"{digest}","len":{size},"enc":"base64"{kind}}}'


def blob_name(digest: str) -> str:
    """Where a blob lies in its folder: ``sha256/aa/HEX``. Raises ConfigError for no digest."""
    match = _DIGEST.fullmatch(digest)
    if match is None:
        raise ConfigError(f"'{digest[:80]}' is no digest of a blob")
    return f"sha256/{match[1][:2]}/{match[1]}"


def blob_folder(path: Path) -> Path:
    """The folder with the blobs of a session file."""
    return path.with_name(path.name + ".blobs")


# What a pack (a ZIP archive) holds: the session file, and its blobs by their names in a folder.
PACKED_SESSION = "session.jsonl"
PACKED_BLOBS = "blobs/"


def check_blob(digest: str, data: bytes) -> bytes:
    """The bytes, when they are those of the digest. Raises ConfigError."""
    if f"sha256:{hashlib.sha256(data).hexdigest()}" != digest:
        raise ConfigError(f"the blob {digest} is not what was recorded: its bytes have changed")
    return data


def keep_blob(folder: Path, blob: Blob) -> int:
    """Write a blob where it belongs, once; returns how many bytes were written. Raises OSError.

    Files are readable for their owner alone (0600), folders that are made too (0700).
    """
    path = folder / blob_name(blob.digest)
    if path.exists():
        return 0
    for part in (folder, folder / "sha256", path.parent):
        with contextlib.suppress(FileExistsError):
            part.mkdir(mode=0o700)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(unfinished, flags, 0o600), "wb") as file:
            file.write(blob.data)
        os.replace(unfinished, path)
    except OSError:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise
    return len(blob.data)
