"""The calls that a session file says were made, and which of them a new version breaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from mcpx.analyses.diff.changes import Change
from mcpx.analyses.diff.recorded_calls import RecordedCall, call_changes, offers
from mcpx.catalogue.canonical import canonical_text
from mcpx.catalogue.model import Kind
from mcpx.errors import UsageError
from mcpx.json_text import JsonTextError
from mcpx.operations.comparing import SchemaJudge, Server
from mcpx.sessions.blobs import inlined
from mcpx.sessions.items import Piece, RoundTrip
from mcpx.sessions.reading import Reading
from mcpx.sessions.round_trips import round_trips
from mcpx.terminal import counted
from mcpx.wire import Direction

_KINDS = {
    "tools/call": (Kind.TOOL, "name"),
    "prompts/get": (Kind.PROMPT, "name"),
    "resources/read": (Kind.RESOURCE, "uri"),
}
_ARGUMENTS = "/params/arguments"


def made_calls(reading: Reading) -> list[RecordedCall]:
    """What clients asked of tools, prompts and resources, each once, in the order of a recording.

    A call that goes on after ``input_required`` is the one that it goes on with. Raises
    ConfigError for a broken file.
    """
    found: dict[str, RecordedCall] = {}
    for item in round_trips(reading):
        if item.direction is not Direction.TO_SERVER or item.request is None or item.follows:
            continue
        for call in _called(item, item.request, reading):
            same = canonical_text([call.kind, call.key, call.arguments])
            known = found.get(same)
            found[same] = call if known is None else replace(known, times=known.times + 1)
    return list(found.values())


def _called(item: RoundTrip, request: Piece, reading: Reading) -> Iterator[RecordedCall]:
    if item.method not in _KINDS:
        return
    kind, member = _KINDS[item.method]
    event = request.event
    try:
        params = replace(request, event=inlined(event, reading.blob)).params()
    except JsonTextError:
        return
    key, arguments = params.get(member), params.get("arguments", {})
    if not isinstance(key, str) or not isinstance(arguments, dict):
        return
    before = _ARGUMENTS if request.place is None else f"/{request.place}{_ARGUMENTS}"
    hidden = frozenset(
        one.pointer.removeprefix(before)
        for one in event.masked
        if one.pointer.startswith(f"{before}/")
    )
    yield RecordedCall(kind, key, arguments, hidden=hidden)


def broken_calls(
    made: Iterable[RecordedCall], old: Server | None, new: Server | None, judge: SchemaJudge
) -> list[Change]:
    """The calls of one server that its new version does not take; one of the two may be missing."""
    if old is None or new is None:
        return []
    return list(call_changes(new.name, made, old.catalogue, new.catalogue, judge.check))


def judged(made: Sequence[RecordedCall], old: Iterable[Server]) -> str:
    """How many calls could be judged, in words. Raises UsageError when there is none."""
    if not made:
        raise UsageError("the recording holds no call of a tool, a prompt or a resource")
    catalogues = [one.catalogue for one in old]
    known = [one for one in made if any(offers(catalogue, one) for catalogue in catalogues)]
    if not known:
        raise UsageError(
            f"none of the {counted(len(made), 'recorded call')} is of what the old side offers",
            hint="record the server that is compared, or look at: mcpx session show FILE",
        )
    times = sum(one.times for one in known)
    different = f" ({len(known)} without repeats)" if len(known) < times else ""
    others = sum(one.times for one in made) - times
    said = f"judged {counted(times, 'recorded call')}{different}"
    return f"{said}; {others} of what the old side does not offer" if others else said
