"""Files read up to a size, written whole or not at all, and by one process at a time."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from mcpx.errors import ConfigError, UsageError

# What a shell puts in the place of <(command).
_OPENED = re.compile(r"/dev/fd/\d+|/proc/self/fd/\d+|/dev/stdin")


def _open_file(path: str, flags: int) -> int:
    """Open a regular file; whatever else it is must not keep us waiting."""
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    kind = os.fstat(descriptor).st_mode
    if stat.S_ISREG(kind) or stat.S_ISDIR(kind):
        return descriptor
    os.close(descriptor)
    hint = f"if it is to be read: mcpx … - < {shlex.quote(path)}"
    raise ConfigError(f"{path}: not a regular file, not read", hint=hint)


def read_text(path: str, longest: int) -> str:
    """The text of a file, which is UTF-8; otherwise as ``read_bytes``."""
    return _decoded(read_bytes(path, longest), path)


def read_bytes(path: str, longest: int) -> bytes:
    """The content of a file of at most ``longest`` bytes. Raises ConfigError.

    A pipe or a device is read only where the command line has opened it (``<(command)``): another
    may have nothing to say for ever.
    """
    try:
        with open(path, "rb", opener=None if _OPENED.fullmatch(path) else _open_file) as file:
            return _bounded(file.read(longest + 1), path, longest)
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError(f"cannot read {path}: no file can have that name") from error


def read_standard_input(name: str, longest: int) -> str:
    """The text on standard input, as that of a file; otherwise as ``standard_input``."""
    return _decoded(standard_input(name, longest), name)


def standard_input(name: str, longest: int) -> bytes:
    """What is on standard input, as the content of a file; ``name`` is what errors call it.

    Raises ConfigError, and UsageError when there is no standard input.
    """
    if sys.stdin is None:
        raise UsageError(f"{name}: there is no standard input")
    return _bounded(sys.stdin.buffer.read(longest + 1), name, longest)


def _bounded(data: bytes, name: str, longest: int) -> bytes:
    if len(data) > longest:
        raise ConfigError(f"{name}: larger than {longest} bytes, not read")
    return data


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{name}: not UTF-8 text (byte {error.start})") from error


def check_writable(path: Path) -> None:
    """Raises ConfigError when it can be told before that a file cannot be written."""
    reason = ""
    if path.is_dir():
        reason = "is a folder"
    elif not path.parent.is_dir():
        reason = "no such folder"
    elif not os.access(path if path.exists() else path.parent, os.W_OK):
        reason = "permission denied"
    if reason:
        raise ConfigError(f"cannot write {path}: {reason}", hint="nothing was done")


def write_whole(path: Path, text: str | bytes, private: bool = False) -> None:
    """Write a file at once, as ``whole_file`` does. Raises ConfigError."""
    with whole_file(path, private) as file:
        file.write(text.encode("utf-8") if isinstance(text, str) else text)


@contextlib.contextmanager
def whole_file(path: Path, private: bool = False) -> Iterator[IO[bytes]]:
    """A file to write so that a reader sees the old content or the new, never half of it.

    The new content stands when the block has ended well; else the old one still does. A private
    file is readable by its owner only (0600). A device or a pipe is written to, never replaced.
    Raises ConfigError when the file cannot be written.
    """
    import tempfile

    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            with path.open("wb") as file:
                yield file
            return
        target = path.resolve()
        descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if not private:
            Path(temporary).chmod(_mode_for(target))
        os.replace(temporary, target)
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror}") from error
    finally:
        Path(temporary).unlink(missing_ok=True)


def _mode_for(target: Path) -> int:
    with contextlib.suppress(OSError):
        return target.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


@contextlib.contextmanager
def locked(path: Path, patience: float = 10.0) -> Iterator[None]:
    """Hold the lock that belongs to a file (``FILE.lock`` beside it) while the block runs.

    Makes the folder (0700) when it is missing. Raises ConfigError when the lock cannot be taken
    within ``patience`` seconds.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise ConfigError(f"cannot write beside {path}: {error.strerror}") from error
    with _holding(descriptor, path, patience):
        yield


@contextlib.contextmanager
def folder_locked(path: Path, patience: float = 10.0) -> Iterator[None]:
    """Hold a lock on the folder that a file is in while the block runs; leaves nothing behind.

    Raises ConfigError when there is no such folder or the lock cannot be taken in time.
    """
    try:
        descriptor = os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror}") from error
    with _holding(descriptor, path, patience):
        yield


@contextlib.contextmanager
def _holding(descriptor: int, path: Path, patience: float) -> Iterator[None]:
    try:
        with contextlib.suppress(ImportError):  # Windows: best effort, without a lock
            _lock(descriptor, path, patience)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, path: Path, patience: float) -> None:
    import fcntl
    import time

    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= deadline:
                raise ConfigError(f"{path}: another mcpx has it locked") from error
            time.sleep(0.01)
        else:
            return
