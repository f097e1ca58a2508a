"""Binary blocks saved as files of a folder: named after what they are, nothing ever overwritten."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from mcpx.catalogue.blocks import Block
from mcpx.catalogue.model import Problem
from mcpx.errors import ConfigError

MOST_BYTES = 1024**3
_LONGEST = 100
_MOST_BYTES_OF_NAME = 200
_MOST_OF_ONE_NAME = 10_000
# Not left to the machine's own table, so that a name is the same everywhere.
_EXTENSIONS = {
    "application/gzip": ".gz",
    "application/json": ".json",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "audio/aac": ".aac",
    "audio/flac": ".flac",
    "audio/mp4": ".m4a",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "audio/wav": ".wav",
    "audio/wave": ".wav",
    "audio/webm": ".weba",
    "audio/x-wav": ".wav",
    "font/woff2": ".woff2",
    "image/avif": ".avif",
    "image/bmp": ".bmp",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "image/tiff": ".tiff",
    "image/webp": ".webp",
    "image/x-icon": ".ico",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
}
# What file systems and terminals take amiss; letters of any language stay.
_UNWANTED = re.compile(r"[^\w.()+=@,-]|[\u00ad\u115f\u1160\u3164\uffa0]")
# Source: Microsoft, "Naming Files, Paths, and Namespaces", 2026-11-22.
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,10}$")


@dataclass(frozen=True, slots=True)
class Saving:
    """What was saved: the file of each block by the block's ``place``, and what was not.

    ``problems``: blocks beyond the limit. ``failure``: the error of the disk that ended the saving;
    it lists the files that were saved before, which stay.
    """

    files: dict[int, str]
    problems: tuple[Problem, ...] = ()
    failure: ConfigError | None = None


def save(
    blocks: Sequence[Block],
    folder: Path,
    stem: str,
    most_bytes: int = MOST_BYTES,
    mask: Callable[[str], str] = str,
) -> Saving:
    """Save the binary blocks (image, audio, blob) in a folder, which is made when missing.

    A name is made of what ``mask`` leaves of a URI, so that it can be told; ``stem`` names those
    without one (``STEM-1.png``). All together have at most ``most_bytes``. An error
    of the disk is returned, not raised: the result is still to be shown.
    """
    files: dict[int, str] = {}
    problems: list[Problem] = []
    left = most_bytes
    binary = [block for block in blocks if block.data is not None]
    for number, block in enumerate(binary, 1):
        data = block.data or b""
        if len(data) > left:
            what = f"not saved: more than {most_bytes} bytes in all"
            problems.append(Problem("block-not-saved", what, path=block.path))
            continue
        left -= len(data)
        name = _name(block, f"{stem}-{number}", mask)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            files[block.place] = str(folder / _written(folder, name, data))
        except OSError as error:
            failure = ConfigError(
                f"cannot save {folder / name}: {error.strerror or error}",
                hint="give another folder with --save",
                details=[f"saved before: {file}" for file in files.values()],
            )
            return Saving(files, tuple(problems), failure)
    return Saving(files, tuple(problems))


def _name(block: Block, otherwise: str, mask: Callable[[str], str]) -> str:
    """A file name for a block: that of its URI, else ``otherwise``; with an extension."""
    extension = _EXTENSIONS.get(block.mime.partition(";")[0].strip().lower(), "")
    name = _clean(mask(_last_segment(mask(block.uri))))
    if name and _SUFFIX.search(name):
        return name
    return (name or _clean(otherwise) or "block") + (extension or ".bin")


def _last_segment(uri: str) -> str:
    with contextlib.suppress(ValueError):
        parts = urlsplit(uri)
        path = "" if parts.scheme == "data" else parts.path
        return unquote(path.rstrip("/").rpartition("/")[2], errors="replace")
    return ""


def _clean(text: str) -> str:
    """The text as a file name that leads nowhere, hides nothing and is taken everywhere."""
    name = _UNWANTED.sub("_", unicodedata.normalize("NFC", text)).lstrip(".-").rstrip(".")
    name = f"_{name}" if _RESERVED.match(name) else name
    suffix = _SUFFIX.search(name)
    end = suffix[0] if suffix else ""
    stem = name.removesuffix(end)[: _LONGEST - len(end)]
    return stem.encode()[:_MOST_BYTES_OF_NAME].decode(errors="ignore") + end


def _written(folder: Path, name: str, data: bytes) -> str:
    """Write a file under this name or the next free one, whole or not at all; its name.

    Raises OSError. A link in the place of the file is not followed: the name is taken then.
    """
    stem, dot, extension = name.rpartition(".")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    for number in range(1, _MOST_OF_ONE_NAME):
        candidate = name if number == 1 else f"{stem}-{number}{dot}{extension}"
        path = folder / candidate
        try:
            descriptor = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)
        except FileExistsError:
            continue
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return candidate
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
