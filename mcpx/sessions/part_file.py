"""A file that is written line by line under a name of its own until it is complete."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterable
from pathlib import Path

from mcpx.sessions.blob_files import blob_folder, keep_blob
from mcpx.sessions.blobs import Blob
from mcpx.sessions.destinations import is_free, numbered_paths, part_of

# How a file system says that it has no links.
_NO_LINKS = (
    errno.EPERM,
    errno.ENOTSUP,
    errno.EOPNOTSUPP,
    errno.ENOSYS,
    errno.EMLINK,
    errno.EINVAL,
)


class PartFile:
    """``NAME.part``, which is to become ``NAME``, and the folder with its blobs.

    Readable for its owner alone (0600), and so are the folders that it makes (0700). Every method
    raises OSError.
    """

    def __init__(self, candidates: Iterable[Path]) -> None:
        """Makes the file of the first name that is free; there has to be one."""
        self.size = 0
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)
        for path in candidates:
            make_folder(path.parent)
            if is_free(path):
                with contextlib.suppress(FileExistsError):
                    self._descriptor = os.open(part_of(path), flags, 0o600)
                    self.path = path
                    return
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))

    def put(self, lines: bytes) -> None:
        """Append whole lines; when that fails, the file is as it was before."""
        try:
            written = os.write(self._descriptor, lines)
            while written < len(lines):
                written += os.write(self._descriptor, lines[written:])
        except OSError:
            os.ftruncate(self._descriptor, self.size)
            raise
        self.size += len(lines)

    def keep(self, blob: Blob) -> int:
        """Write a blob beside the file, if it is not there; returns how many bytes were written."""
        return keep_blob(blob_folder(self.path), blob)

    def is_gone(self) -> bool:
        """Whether somebody has removed the file."""
        return os.fstat(self._descriptor).st_nlink == 0

    def close(self) -> None:
        """Leave the file as it is, under the name that it has."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def complete(self, candidates: Iterable[Path] | None = None) -> Path:
        """Close the file and give it its name, or the next that is free; never that of another.

        With ``candidates`` the first of these that is free.
        """
        self.close()
        part = part_of(self.path)
        for path in candidates or numbered_paths(self.path):
            with contextlib.suppress(FileExistsError):
                _give_name(part, path)
                if path != self.path and blob_folder(self.path).exists():
                    blob_folder(self.path).rename(blob_folder(path))
                self.path = path
                return path
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))


def _give_name(part: Path, path: Path) -> None:
    """Rename, but raise FileExistsError where there is something of that name."""
    try:
        os.link(part, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # Nothing better is to be had there: a file made in between would be lost.
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from error
        part.rename(path)
    else:
        part.unlink()


def make_folder(folder: Path) -> None:
    """Make a folder and those that it is in, as far as they are missing, each for its owner."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        with contextlib.suppress(FileExistsError):
            one.mkdir(mode=0o700)
