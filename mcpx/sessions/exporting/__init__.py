"""Sessions written in the formats of other tools, piece by piece."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mcpx.errors import UsageError
from mcpx.sessions.events import Event, Header, Message
from mcpx.sessions.exporting.losses import (
    BATCHES,
    BYTES,
    COMMENTS,
    ENDS,
    ERAS,
    HEADERS,
    LIVES,
    MASKED,
    NOTES,
    REQUESTS,
    STDERR,
    STREAMS,
    Loss,
    Losses,
)
from mcpx.sessions.importing.source import LARGEST, LARGEST_DOCUMENT

if TYPE_CHECKING:
    from mcpx.sessions.reading import Reading


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A format that sessions are exported to: its id, what it is, and what it has no place for.

    ``largest`` is how many bytes of it can be imported.
    """

    id: str
    title: str
    loses: tuple[Loss, ...]
    largest: int


FORMATS = (
    ExportFormat(
        "har",
        "HAR 1.2, for browsers and proxies; what went through a pipe as HTTP would have carried it",
        (STDERR, LIVES, ERAS, NOTES, MASKED, COMMENTS),
        LARGEST_DOCUMENT,
    ),
    ExportFormat(
        "mcpsnoop",
        "JSON Lines of mcpsnoop 0.16",
        (LIVES, ENDS, REQUESTS, HEADERS, STREAMS, ERAS, NOTES, MASKED, BATCHES, BYTES),
        LARGEST,
    ),
)


def export_format(id: str) -> ExportFormat:
    """The format of this id. Raises UsageError for one that is not known."""
    for one in FORMATS:
        if one.id == id:
            return one
    known = ", ".join(one.id for one in FORMATS)
    raise UsageError(f"'{id[:40]}' is no format to export to", hint=f"one of: {known}")


def exported(reading: Reading, format: ExportFormat, losses: Losses | None = None) -> Iterator[str]:
    """A session in a format, as pieces of text; blobs are back in their messages.

    ``losses`` sees the events, and so what the format has no place for.
    Raises, while it is iterated, ConfigError for a session that cannot be read to its end or a
    blob that is missing.
    """
    return _WRITERS[format.id](reading.header, _whole(reading, losses))


def _whole(reading: Reading, losses: Losses | None) -> Iterator[Event]:
    from mcpx.sessions.blobs import inlined

    for event in reading:
        if losses is not None:
            losses.see(event)
        if isinstance(event, Message) and event.blobs:
            event = inlined(event, reading.blob)
        yield event


def _har(header: Header, events: Iterable[Event]) -> Iterator[str]:
    from mcpx.sessions.exporting.har import document

    return document(header, events)


def _mcpsnoop(header: Header, events: Iterable[Event]) -> Iterator[str]:
    from mcpx.sessions.exporting.mcpsnoop import lines

    return lines(header, events)


_WRITERS = {"har": _har, "mcpsnoop": _mcpsnoop}
