"""Texts that grow until they can be told, in little memory however long they become."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from mcpx.errors import ConfigError

# Characters of a text that are held before they go to the file.
_HELD = 64 * 1024


class Spool:
    """A temporary file that all texts of an export share; without a long text there is none."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._end = 0

    def put(self, data: bytes) -> int:
        """Where the data stands from now on. Raises ConfigError when it cannot be written."""
        import tempfile

        start = self._end
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it is closed with us
            self._file.seek(start)
            self._file.write(data)
        except OSError as error:
            raise ConfigError(
                f"cannot write a temporary file: {error.strerror}",
                hint="TMPDIR names the folder that it is made in",
            ) from error
        self._end += len(data)
        return start

    def get(self, start: int, length: int) -> bytes:
        """The data of a place."""
        if self._file is None:
            return b""
        self._file.seek(start)
        return self._file.read(length)

    def close(self) -> None:
        """The file is gone."""
        if self._file is not None:
            self._file.close()


class LongText:
    """A text that is written piece by piece, and read once it is whole."""

    __slots__ = ("_held", "_length", "_places", "_spool")

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._held: list[str] = []
        self._length = 0
        self._places: list[tuple[int, int]] = []

    def write(self, piece: str) -> None:
        """Add a piece. Raises ConfigError."""
        self._held.append(piece)
        self._length += len(piece)
        if self._length > _HELD:
            data = "".join(self._held).encode("utf-8", "surrogatepass")
            self._places.append((self._spool.put(data), len(data)))
            self._held, self._length = [], 0

    def pieces(self) -> Iterator[str]:
        """All of it, in pieces."""
        for start, length in self._places:
            yield self._spool.get(start, length).decode("utf-8", "surrogatepass")
        yield from self._held

    def __bool__(self) -> bool:
        return bool(self._held or self._places)
