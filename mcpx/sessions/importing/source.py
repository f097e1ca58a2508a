"""The file to import, as the formats read it: one JSON value, lines of JSON, or plain text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from mcpx.json_text import JsonTextError
from mcpx.sessions.importing.written import Written

# A format that is one JSON value is read as a whole, and takes several times its size in memory.
LARGEST = 256 * 1024 * 1024
LARGEST_DOCUMENT = 64 * 1024 * 1024
# Of what is looked at to tell a format.
_FIRST_LINES = 20
_WHITE_SPACE = b" \t\r\n"


class UnreadableError(ValueError):
    """A file that cannot be imported: ``reason``, and its ``line`` (from 1; 0: not known)."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class ImportFormat:
    """A format that can be imported: its word on the command line, and whose it is."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line that holds a JSON value, and which it is, from 1."""

    number: int
    json: Written


class Source:
    """A file's bytes; ``torn`` is the number of a last line that was cut off (0: none was).

    All that reads it raises UnreadableError.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) > LARGEST:
            raise UnreadableError(_too_large(len(data), LARGEST))
        self.data = data
        self.torn = 0

    @cached_property
    def text(self) -> str:
        """The whole file as text."""
        try:
            return self.data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise UnreadableError(
                "it is UTF-16: write it anew as UTF-8"
                if self.data.startswith((b"\xff\xfe", b"\xfe\xff"))
                else "it is not UTF-8",
                self.data.count(b"\n", 0, error.start) + 1,
            ) from error

    @cached_property
    def document(self) -> Written:
        """The one JSON value that the file is."""
        if len(self.data) > LARGEST_DOCUMENT:
            raise UnreadableError(_too_large(len(self.data), LARGEST_DOCUMENT))
        try:
            return Written.of(self.text)
        except JsonTextError as error:
            raise UnreadableError(str(error), error.line) from error

    @cached_property
    def first_object(self) -> Written | None:
        """The JSON object that the file is, or that its first line holds; None for neither."""
        if self.start != b"{":
            return None
        try:
            return next(iter(self._lines(_FIRST_LINES))).json
        except (UnreadableError, StopIteration):
            return self._document_or_none()

    @cached_property
    def document_array(self) -> Written | None:
        """The JSON array that the file is, if it is one."""
        return self._document_or_none() if self.start == b"[" else None

    @cached_property
    def start(self) -> bytes:
        """The first byte that is no white space."""
        return self.data.removeprefix(b"\xef\xbb\xbf")[:4096].lstrip(_WHITE_SPACE)[:1]

    def sample(self) -> list[Written]:
        """The JSON objects in the first lines."""
        try:
            return [line.json for line in self._lines(_FIRST_LINES) if line.json.members]
        except UnreadableError:
            return []

    def lines(self) -> Iterator[Line]:
        """The lines that are not empty; a last one that is cut off is left out."""
        return self._lines(None)

    def check_start(self) -> None:
        """Raise why it is neither lines of JSON nor one value, as far as its first line tells."""
        try:
            next(self._lines(None), None)
        except UnreadableError:
            # A value on several lines is none on its first, so that is no reason.
            if len(self.data) > LARGEST_DOCUMENT:
                raise UnreadableError(_too_large(len(self.data), LARGEST_DOCUMENT)) from None
            raise

    def _document_or_none(self) -> Written | None:
        try:
            return self.document
        except UnreadableError:
            return None

    def _lines(self, most: int | None) -> Iterator[Line]:
        start, number = 3 if self.data.startswith(b"\xef\xbb\xbf") else 0, 0
        while start < len(self.data) and (most is None or number < most):
            number += 1
            end = self.data.find(b"\n", start)
            raw = self.data[start : len(self.data) if end < 0 else end]
            start = len(self.data) if end < 0 else end + 1
            if not raw.strip(_WHITE_SPACE):
                continue
            try:
                json = _json_of(raw)
            except _NotALineError as error:
                # What a recorder was writing when it was ended; a file of one line is no file.
                if end < 0 and number > 1:
                    self.torn = number
                    return
                raise UnreadableError(str(error), number) from error
            yield Line(number, json)


class _NotALineError(ValueError):
    pass


def _json_of(raw: bytes) -> Written:
    try:
        return Written.of(raw.decode())
    except UnicodeDecodeError as error:
        raise _NotALineError("it is not UTF-8") from error
    except JsonTextError as error:
        place = f" (column {error.column})" if error.column else ""
        raise _NotALineError(f"{error.verdict}{error.reason}{place}") from error


def _too_large(size: int, most: int) -> str:
    return f"it has {size:,} bytes; at most {most:,} can be imported"
