"""Blobs as files: each once, by its digest, in a folder beside the session file."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from pathlib import Path

from mcpx.errors import ConfigError
from mcpx.sessions.blobs import Blob

_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
# What a pack (a ZIP archive) holds: the session file, and its blobs by their names in a folder.
PACKED_SESSION = "session.jsonl"
PACKED_BLOBS = "blobs/"


def blob_name(digest: str) -> str:
    """Where a blob lies in its folder: ``sha256/aa/HEX``. Raises ConfigError for no digest."""
    match = _DIGEST.fullmatch(digest)
    if match is None:
        raise ConfigError(f"'{digest[:80]}' is no digest of a blob")
    return f"sha256/{match[1][:2]}/{match[1]}"


def blob_folder(path: Path) -> Path:
    """The folder with the blobs of a session file."""
    return path.with_name(path.name + ".blobs")


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
