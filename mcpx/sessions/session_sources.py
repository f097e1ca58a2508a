"""Where a session is read from: a file, a pack, standard input; and where its blobs are."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
import weakref
import zipfile
import zlib
from pathlib import Path
from typing import IO, Protocol

from mcpx.errors import ConfigError, UsageError
from mcpx.sessions.blob_files import (
    PACKED_BLOBS,
    PACKED_SESSION,
    blob_folder,
    blob_name,
    check_blob,
)
from mcpx.sessions.destinations import PART, part_of

STANDARD_INPUT = "-"
# In bytes; what a message holds is far less.
LARGEST_BLOB = 64 * 1024 * 1024
# Of what is unpacked, for a small archive may hold much.
LARGEST_PACKED = 8 * 1024 * 1024 * 1024
_ARCHIVE = b"PK\x03\x04"


class SessionSource(Protocol):
    """A session that can be read from its beginning as often as needed."""

    name: str
    # Whether people can look at a line of it by its number.
    has_lines: bool

    def open(self) -> IO[bytes]:
        """The lines of the session, to be closed by the caller. Raises ConfigError."""
        ...

    def blob(self, digest: str) -> bytes:
        """The bytes of a blob. Raises ConfigError when it is missing or not what it was."""
        ...


def source_of(source: str) -> SessionSource:
    """What is meant by the name of a file, or ``-``. Raises ConfigError when it cannot be read."""
    if source == STANDARD_INPUT:
        if sys.stdin is None:
            raise UsageError("-: there is no standard input")
        return _spooled("standard input", sys.stdin.buffer)
    with _opened(source) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return _spooled(source, file)
        packed = file.read(len(_ARCHIVE)) == _ARCHIVE
    return _Pack(source, Path(source)) if packed else _File(source)


def _opened(source: str) -> IO[bytes]:
    # What is no file must not keep us waiting: another process may never open its end of a pipe.
    try:
        descriptor = os.open(source, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        kind = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(kind) and not source.startswith(("/dev/fd/", "/proc/self/fd/")):
            os.close(descriptor)
            what = "is a folder" if stat.S_ISDIR(kind) else "not a regular file, not read"
            raise ConfigError(f"{source}: {what}")
        if hasattr(os, "set_blocking"):
            os.set_blocking(descriptor, True)
        return open(descriptor, "rb")
    except FileNotFoundError as error:
        unfinished = part_of(Path(source))
        hint = f"there is {unfinished}, which is not complete" if unfinished.exists() else ""
        raise ConfigError(f"cannot read {source}: {error.strerror}", hint=hint) from error
    except OSError as error:
        raise ConfigError(f"cannot read {source}: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError(f"cannot read {source}: no file can have that name") from error


def _spooled(name: str, stream: IO[bytes]) -> SessionSource:
    """What can be read only once, copied to a file that has no name."""
    copy = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the source
    shutil.copyfileobj(stream, copy)
    copy.seek(0)
    packed = copy.read(len(_ARCHIVE)) == _ARCHIVE
    source = _Pack(name, copy) if packed else _Copy(name, copy)
    weakref.finalize(source, copy.close)
    return source


class _File:
    """A session file, with its blobs beside it."""

    has_lines = True

    def __init__(self, name: str) -> None:
        self.name = name
        path = Path(name)
        if name.endswith(PART):
            path = path.with_name(path.name.removesuffix(PART))
        self._blobs = blob_folder(path)

    def open(self) -> IO[bytes]:
        return _opened(self.name)

    def blob(self, digest: str) -> bytes:
        path = self._blobs / blob_name(digest)
        try:
            with open(path, "rb") as file:
                data = file.read(LARGEST_BLOB + 1)
        except OSError as error:
            raise ConfigError(f"cannot read {path}: {error.strerror}") from error
        return check_blob(digest, _bounded(data, str(path)))


class _Copy:
    """A session that came through a pipe, without its blobs."""

    has_lines = True

    def __init__(self, name: str, copy: IO[bytes]) -> None:
        self.name = name
        self._copy = copy
        weakref.finalize(self, copy.close)

    def open(self) -> IO[bytes]:
        # Not by the file's own means, which may only move within what it has read already.
        os.lseek(self._copy.fileno(), 0, os.SEEK_SET)
        return open(os.dup(self._copy.fileno()), "rb")

    def blob(self, digest: str) -> bytes:
        raise ConfigError(
            f"{self.name}: the blob {digest[:80]} is not in it",
            hint="mcpx session pack puts a session and its blobs into one file",
        )


class _Pack:
    """A ZIP archive with a session file and its blobs."""

    has_lines = False

    def __init__(self, name: str, file: Path | IO[bytes]) -> None:
        self.name = name
        try:
            self._archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
            raise ConfigError(f"{name}: not a ZIP archive that can be read: {error}") from error
        finally:
            if not isinstance(file, Path):
                weakref.finalize(self, file.close)
        weakref.finalize(self, self._archive.close)

    def open(self) -> IO[bytes]:
        return self._member(PACKED_SESSION, LARGEST_PACKED)

    def blob(self, digest: str) -> bytes:
        name = PACKED_BLOBS + blob_name(digest)
        with self._member(name, LARGEST_BLOB) as file:
            try:
                data = file.read(LARGEST_BLOB + 1)
            except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
                raise ConfigError(f"{self.name}: {name} cannot be unpacked: {error}") from error
        return check_blob(digest, _bounded(data, name))

    def _member(self, name: str, largest: int) -> IO[bytes]:
        try:
            information = self._archive.getinfo(name)
            if information.file_size > largest:
                raise ConfigError(f"{self.name}: {name} is larger than {largest} bytes, not read")
            return self._archive.open(information)
        except KeyError as error:
            raise ConfigError(f"{self.name}: there is no {name} in it") from error
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
            raise ConfigError(f"{self.name}: {name} cannot be unpacked: {error}") from error


def _bounded(data: bytes, name: str) -> bytes:
    if len(data) > LARGEST_BLOB:
        raise ConfigError(f"{name}: larger than {LARGEST_BLOB} bytes, not read")
    return data
