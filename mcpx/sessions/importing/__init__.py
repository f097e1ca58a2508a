"""Sessions that others recorded, as events; each format in a module, told by what a file holds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from mcpx import __version__
from mcpx.errors import ConfigError
from mcpx.json_text import JsonTextError
from mcpx.sessions.events import FORMAT, Ended, Event, Header, Mode
from mcpx.sessions.importing import (
    agent_vcr,
    claude_desktop,
    har,
    inspector,
    inspector_network,
    json_rpc,
    mcp_cassette,
    mcp_cassette_json,
    mcp_rec,
    mcp_recorder,
    mcp_recorder_lines,
    mcporter,
    mcpsnoop,
)
from mcpx.sessions.importing.drafts import Recording
from mcpx.sessions.importing.losses import replaced_fields
from mcpx.sessions.importing.source import ImportFormat, Source, UnreadableError
from mcpx.sessions.importing.timeline import events_of
from mcpx.sessions.times import written_time


@dataclass(frozen=True, slots=True)
class _Importer:
    format: ImportFormat
    recognises: Callable[[Source], bool]
    read: Callable[[Source], Recording]


# In this order they are tried: what says least of itself comes last.
_IMPORTERS = tuple(
    _Importer(module.FORMAT, module.recognises, module.read)
    for module in (
        mcp_cassette,
        mcp_cassette_json,
        mcp_recorder,
        mcp_recorder_lines,
        mcp_rec,
        agent_vcr,
        mcpsnoop,
        mcporter,
        inspector,
        inspector_network,
        har,
        claude_desktop,
        json_rpc,
    )
)
FORMATS: tuple[ImportFormat, ...] = tuple(importer.format for importer in _IMPORTERS)


@dataclass(frozen=True, slots=True)
class Imported:
    """A session that was imported, not masked yet; ``notes`` are also among the events."""

    header: Header
    events: tuple[Event, ...]
    notes: tuple[str, ...]


def imported(data: bytes, name: str, format: str | None = None) -> Imported:
    """What a file holds that somebody else recorded; ``name`` is the file's, for messages.

    ``format`` is the id of one of FORMATS, None to tell it by what is in the file. Raises
    ConfigError with the reason and its place, and a hint with the formats.
    """
    try:
        source = Source(data)
        importer = _told(format) if format else _recognised(source)
        recording = importer.read(source)
        return _finished(importer.format, source, recording)
    except UnreadableError as error:
        place = f"{name}, line {error.line}" if error.line else name
        raise ConfigError(f"{place}: {error.reason}", _hint()) from error
    except JsonTextError as error:
        raise ConfigError(f"{name}: {error}", _hint()) from error


def _finished(format: ImportFormat, source: Source, recording: Recording) -> Imported:
    if not recording.drafts:
        raise UnreadableError("there are no messages in it")
    recording.notes += replaced_fields(draft.event for draft in recording.drafts)
    if source.torn:
        recording.notes.append(f"line {source.torn}, the last, is not whole and was left out")
    if recording.created is None:
        recording.notes.append("it does not tell when it was recorded")
    events = list(events_of(recording))
    if not (source.torn or recording.is_cut):
        end = events[-1]
        events.append(Ended(number=end.number + 1, time=end.time, events=len(events)))
    header = Header(
        id=hashlib.sha256(source.data).hexdigest()[:32],
        created=written_time(recording.created or 0.0),
        tool=f"mcpx {__version__}",
        mode=Mode.IMPORT,
        fidelity=recording.fidelity,
        target=recording.target,
        source=format.id,
    )
    return Imported(header, tuple(events), tuple(recording.notes))


def _told(format: str) -> _Importer:
    for importer in _IMPORTERS:
        if importer.format.id == format:
            return importer
    raise UnreadableError(f"there is no format '{format[:40]}'")


def _recognised(source: Source) -> _Importer:
    if not source.start:
        raise UnreadableError("it is empty")
    first = source.first_object
    if first is not None and first.word("format").startswith(f"{FORMAT}/"):
        raise UnreadableError("it is a session of mcpx already")
    for importer in _IMPORTERS:
        if importer.recognises(source):
            return importer
    # The reason may be that it is no UTF-8, or no JSON.
    _ = source.text
    if source.start in (b"{", b"["):
        source.check_start()
    raise UnreadableError(f"its format is not known; {_what(source)}")


def _what(source: Source) -> str:
    first = source.first_object
    if first is None:
        return "it starts with no JSON object"
    names = ", ".join(f"'{name[:20]}'" for name in list(first.members)[:6])
    return f"it starts with an object with {names}" if names else "it starts with an empty object"


def _hint() -> str:
    return f"say which it is with --from FORMAT: {', '.join(one.id for one in FORMATS)}"
