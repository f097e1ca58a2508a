"""Comparing what a server told without being asked, over a whole connection; no I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from mcpx.analyses.diff.values import quoted
from mcpx.analyses.divergence.divergences import ABSENT, Divergence, Kind
from mcpx.analyses.divergence.sides import Interaction, Side, Told
from mcpx.analyses.divergence.texts import Texts
from mcpx.catalogue.canonical import canonical_text
from mcpx.json_rpc import LISTEN, members

_LOG = "notifications/message"
_PROGRESS = "notifications/progress"
# What belongs to a request, to one era, or to how long something takes.
_OF_THE_PROTOCOL = frozenset(
    (
        _PROGRESS,
        "notifications/cancelled",
        "notifications/initialized",
        "notifications/elicitation/complete",
        "notifications/subscriptions/acknowledged",
        "notifications/tasks",
        "notifications/tasks/status",
    )
)
# The capability of a server that each comes by, and what a modern client listens to it with.
# Source: specification 2025-11-25 and 2026-07-28, schema (ServerCapabilities, SubscriptionFilter).
_OFFERED = {
    "notifications/tools/list_changed": ("tools", "listChanged"),
    "notifications/prompts/list_changed": ("prompts", "listChanged"),
    "notifications/resources/list_changed": ("resources", "listChanged"),
    "notifications/resources/updated": ("resources", "subscribe"),
    _LOG: ("logging", ""),
}
_FILTERS = {
    "notifications/tools/list_changed": "toolsListChanged",
    "notifications/prompts/list_changed": "promptsListChanged",
    "notifications/resources/list_changed": "resourcesListChanged",
    "notifications/resources/updated": "resourceSubscriptions",
}
# How often these come says how often something changed.
_COUNTED = ("/list_changed", "/updated")
_DIGITS = re.compile(r"\w*\d\w*")
# Subjects of one connection; further ones are not told apart.
_MOST = 10_000
# Of what a log says.
_LONGEST = 500

# What a notification is about: its method, and the URI or what a log says but for numbers.
Subject = tuple[str, str]


@dataclass(slots=True)
class _Connection:
    recorded: dict[Subject, int] = field(default_factory=dict)
    live: dict[Subject, int] = field(default_factory=dict)
    # The last interaction live in which there was one.
    during: dict[Subject, Interaction] = field(default_factory=dict)
    # Whether the recording has logs within an interaction.
    logs_within: bool = False
    # What a modern recording has listened to, by the names of its filters.
    listened: set[str] = field(default_factory=set)


class Notices:
    """Weighs notifications per connection and subject.

    In which interaction one comes can be chance on stdio, and how often logs come mostly is: a
    log counts by what it says without its numbers, and is missed where there is none at all.
    """

    def __init__(self) -> None:
        self._connections: dict[int, _Connection] = {}

    def add(self, interaction: Interaction, recorded: Side, live: Side, texts: Texts) -> None:
        """Count what was told during an interaction on each side."""
        listens = interaction.method == LISTEN
        if not recorded.told and not live.told and not listens:
            return
        kept = self._connections.setdefault(interaction.connection, _Connection())
        if listens:
            wanted = members(interaction.params.get("notifications"))
            kept.listened.update(name for name in _FILTERS.values() if wanted.get(name))
        for one in recorded.told:
            subject = _subject(one, texts, False)
            _count(kept.recorded, subject)
            if one.method == _LOG and interaction.method:
                kept.logs_within = True
        for one in live.told:
            subject = _subject(one, texts, True)
            _count(kept.live, subject)
            kept.during[subject] = interaction

    def weigh(
        self, connection: int, complete: bool, recorded: Side, live: Side, texts: Texts
    ) -> list[Divergence]:
        """What came too much or not at all; forgets the connection, whose sides these are.

        ``complete``: the live side went on to its end. Across eras, how often something came says
        nothing, and what cannot come is not missed.
        """
        kept = self._connections.pop(connection, None)
        if kept is None or kept.recorded == kept.live:
            return []
        # By now it is known what stands for what.
        kept.recorded = _shaped(kept.recorded, texts, False)
        kept.during = {
            _shape(one, texts, True): interaction for one, interaction in kept.during.items()
        }
        kept.live = _shaped(kept.live, texts, True)
        across = recorded.modern is not live.modern
        found = list(_missing(kept)) if complete else []
        found += _extra(kept, across)
        return [_applied(one, kept, recorded, live) for one in found] if across else found


def _missing(kept: _Connection) -> Iterator[Divergence]:
    logs = any(method == _LOG for method, _ in kept.live)
    for subject in kept.recorded:
        method, about = subject
        if method in _OF_THE_PROTOCOL or subject in kept.live:
            continue
        if method == _LOG:
            if kept.logs_within and not logs:
                logs = True  # told once
                message = f"{_LOG} does not come any more"
                yield Divergence(Kind.MISSING, message, "", {"method": method}, ABSENT)
            continue
        message = f"{_named(method, about)} does not come any more"
        yield Divergence(Kind.MISSING, message, "", _value(method, about), ABSENT)


def _applied(found: Divergence, kept: _Connection, recorded: Side, live: Side) -> Divergence:
    """A difference across eras; of what could not come on one side, that it has no place there."""
    is_missing = found.kind is Kind.MISSING
    method = str(members(found.recorded if is_missing else found.live).get("method"))
    if is_missing and not _is_offered(method, live.offers):
        return replace(
            found,
            kind=Kind.NOT_APPLICABLE,
            message=f"{method} comes of what the server does not offer in this era",
        )
    listened = _FILTERS.get(method) in (None, *kept.listened)
    if not is_missing and recorded.modern and not listened:
        message = f"nobody listened to {method} in the recording"
        return replace(found, kind=Kind.NOT_APPLICABLE, message=message)
    return found


def _is_offered(method: str, offers: Mapping[str, Any] | None) -> bool:
    """Whether a server with these capabilities may tell this; so it is where they are not known."""
    if offers is None or method not in _OFFERED:
        return True
    area, name = _OFFERED[method]
    offered = offers.get(area)
    return isinstance(offered, dict) and (not name or offered.get(name) is True)


def _extra(kept: _Connection, across: bool) -> Iterator[Divergence]:
    for subject, times in kept.live.items():
        method, about = subject
        if method in _OF_THE_PROTOCOL:
            continue
        before = kept.recorded.get(subject, 0)
        counted = method.endswith(_COUNTED) and not across
        if before and not (counted and times > before):
            continue
        interaction = kept.during[subject]
        where = f" (last during {_called(interaction)})" if interaction.method else ""
        often = f" came {times} times, not {before}" if before else " is not in the recording"
        message = f"{_named(method, about)}{often}{where}"
        value = _value(method, about)
        yield Divergence(Kind.EXTRA, message, "", value if before else ABSENT, value)


def _subject(told: Told, texts: Texts, is_live: bool) -> Subject:
    params = told.params
    if told.method == _LOG:
        said = params.get("data")
        text = said if isinstance(said, str) else _text(said)
        about = _DIGITS.sub("#", texts.shape(text[:_LONGEST], is_live).replace("\0", "0"))
        logger = params.get("logger")
        return told.method, f"{logger}: {about}" if isinstance(logger, str) and logger else about
    uri = params.get("uri")
    return told.method, uri if isinstance(uri, str) else ""


def _shaped(counts: dict[Subject, int], texts: Texts, is_live: bool) -> dict[Subject, int]:
    found: dict[Subject, int] = {}
    for subject, times in counts.items():
        shape = _shape(subject, texts, is_live)
        found[shape] = found.get(shape, 0) + times
    return found


def _shape(subject: Subject, texts: Texts, is_live: bool) -> Subject:
    """The subject with one sign for each name that may be another one live."""
    method, about = subject
    return subject if method == _LOG else (method, texts.shape(about, is_live))


def _text(value: Any) -> str:
    try:
        return canonical_text(value)
    except ValueError:
        return repr(value)


def _count(counts: dict[Subject, int], subject: Subject) -> None:
    if subject in counts or len(counts) < _MOST:
        counts[subject] = counts.get(subject, 0) + 1


def _named(method: str, about: str) -> str:
    shown = "" if not about or method == _LOG else f" of {quoted(_readable(about), 60)}"
    return f"{method[:60]}{shown}"


def _readable(about: str) -> str:
    return about.replace("\0n", "…").replace("\0t", "…")


def _called(interaction: Interaction) -> str:
    name = f" {quoted(interaction.name, 40)}" if interaction.name else ""
    return f"{interaction.method}{name}"


def _value(method: str, about: str) -> dict[str, str]:
    return {"method": method, "about": _readable(about)} if about else {"method": method}


def progress(recorded: Side, live: Side) -> Iterator[Divergence]:
    """Progress of an interaction: that there is some, that it grows, and that it gets there.

    How often it is told depends on time, so that it says nothing.
    """
    if bool(recorded.progress) is not bool(live.progress):
        kind = Kind.MISSING if recorded.progress else Kind.EXTRA
        words = "does not come any more" if recorded.progress else "is not in the recording"
        was, now = (list(one.progress[:10]) or ABSENT for one in (recorded, live))
        yield Divergence(kind, f"{_PROGRESS} {words}", "", was, now)
        return
    if _grows(recorded.progress) and not _grows(live.progress):
        yield Divergence(
            Kind.CHANGED, f"{_PROGRESS} goes back", "", ABSENT, list(live.progress[:10])
        )
    total, other = recorded.total, live.total
    if total is None or other is None or not recorded.progress:
        return
    if total != other:
        yield Divergence(Kind.CHANGED, f"{_PROGRESS} has another total", "", total, other)
        return
    ends, end = max(recorded.progress), max(live.progress)
    if ends >= total > end:
        yield Divergence(Kind.CHANGED, f"{_PROGRESS} ends before its total", "", ends, end)


def _grows(values: Sequence[float]) -> bool:
    return all(one <= other for one, other in pairwise(values))
