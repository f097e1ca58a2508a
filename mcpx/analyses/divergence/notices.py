"""Comparing what a server told without being asked, over a whole connection; no I/O."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from mcpx.analyses.diff.values import quoted
from mcpx.analyses.divergence.divergences import ABSENT, Divergence, Kind
from mcpx.analyses.divergence.endings import outcome
from mcpx.analyses.divergence.sides import End, Interaction, Side, Told
from mcpx.analyses.divergence.texts import Texts
from mcpx.analyses.divergence.utterances import LOG, Utterance, reworded, uttered
from mcpx.analyses.divergence.wanted import CHANGES, Wanted

# What belongs to a request, to one era, or to how long something takes.
_OF_THE_PROTOCOL = frozenset(
    (
        "notifications/progress",
        "notifications/cancelled",
        "notifications/initialized",
        "notifications/elicitation/complete",
        "notifications/subscriptions/acknowledged",
        "notifications/tasks",
        "notifications/tasks/status",
    )
)
# Subjects of one connection; further ones are not told apart.
_MOST = 10_000

# What a change is about: its method, and the URI that it names.
Subject = tuple[str, str]


@dataclass(slots=True)
class _Connection:
    recorded: dict[Subject, int] = field(default_factory=dict)
    live: dict[Subject, int] = field(default_factory=dict)
    # The last interaction live in which there was one.
    during: dict[Subject, Interaction] = field(default_factory=dict)
    # What was said in words, and during which interaction first, where that is known.
    said: dict[Utterance, Interaction | None] = field(default_factory=dict)
    says: dict[Utterance, Interaction | None] = field(default_factory=dict)
    # Interactions that went otherwise, or not at all: what they told is not missed.
    otherwise: set[int] = field(default_factory=set)
    # Whether one was left out, which may be what something came of.
    left_out: bool = False
    wanted: Wanted = field(default_factory=Wanted)


class Notices:
    """Weighs notifications per connection and subject.

    In which interaction one comes can be chance on stdio, and how often logs come mostly is: a
    log counts by what it says without its numbers, and is missed where it came during an
    interaction and does not come at all any more.
    """

    def __init__(self) -> None:
        self._connections: dict[int, _Connection] = {}

    def add(self, interaction: Interaction, recorded: Side, live: Side, texts: Texts) -> None:
        """Count what was told during an interaction on each side."""
        kept = self._connections.setdefault(interaction.connection, _Connection())
        kept.wanted.see(interaction)
        if outcome(recorded) != outcome(live) or recorded.end is End.CANCELLED:
            kept.otherwise.add(interaction.number)
        if live.end is End.NOT_SENT and recorded.modern is live.modern:
            kept.left_out = True
        for one in recorded.told:
            if one.method in CHANGES:
                _count(kept.recorded, _subject(one))
            elif one.method not in _OF_THE_PROTOCOL:
                _say(kept.said, uttered(one, texts, False), one.during or _any(interaction))
        for one in live.told:
            if one.method in CHANGES:
                _count(kept.live, _subject(one))
                kept.during[_subject(one)] = one.during or interaction
            elif one.method not in _OF_THE_PROTOCOL:
                _say(kept.says, uttered(one, texts, True), one.during or _any(interaction))

    def weigh(
        self, connection: int, complete: bool, recorded: Side, live: Side, texts: Texts
    ) -> list[Divergence]:
        """What came too much or not at all; forgets the connection, whose sides these are.

        ``complete``: the live side went on to its end. Across eras, how often something came says
        nothing, and what cannot come is not missed.
        """
        kept = self._connections.pop(connection, None)
        if kept is None:
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
        found += _said(kept, complete)
        if kept.left_out:
            found = [_may_be_left_out(one) for one in found]
        return [kept.wanted.weighed(one, recorded, live) for one in found] if across else found


def _said(kept: _Connection, complete: bool) -> Iterator[Divergence]:
    """What is said in other words, not any more, or new."""

    def where(one: Utterance) -> str:
        interaction = kept.said.get(one) or kept.says.get(one)
        return f" (during {_called(interaction)})" if interaction is not None else ""

    def excused(one: Utterance) -> bool:
        """Whether it is not missed: what it came with went otherwise, or it came by chance."""
        within = kept.said[one]
        by_chance = one.method == LOG and within is None
        return not complete or by_chance or (within is not None and within.number in kept.otherwise)

    return reworded(kept.said, kept.says, where, excused)


def _missing(kept: _Connection) -> Iterator[Divergence]:
    for subject in kept.recorded:
        if subject not in kept.live:
            message = f"{_named(*subject)} does not come any more"
            yield Divergence(Kind.MISSING, message, "", _value(*subject), ABSENT)


def _may_be_left_out(found: Divergence) -> Divergence:
    """A difference where requests were left out: what does not come may have come of those."""
    if found.kind is not Kind.MISSING:
        return found
    message = f"{found.message}, perhaps as not everything was asked"
    return replace(found, kind=Kind.UNSCORED, message=message, severity="")


def _extra(kept: _Connection, across: bool) -> Iterator[Divergence]:
    for subject, times in kept.live.items():
        before = kept.recorded.get(subject, 0)
        if before and (across or times <= before):
            continue
        interaction = kept.during[subject]
        where = f" (last during {_called(interaction)})" if interaction.method else ""
        often = f" came {times} times, not {before}" if before else " is not in the recording"
        message = f"{_named(*subject)}{often}{where}"
        value = _value(*subject)
        yield Divergence(Kind.EXTRA, message, "", value if before else ABSENT, value)


def _any(interaction: Interaction) -> Interaction | None:
    """The interaction, where it is not the connection itself."""
    return interaction if interaction.method else None


def _subject(told: Told) -> Subject:
    uri = told.params.get("uri")
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
    return method, texts.shape(about, is_live)


def _count(counts: dict[Subject, int], subject: Subject) -> None:
    if subject in counts or len(counts) < _MOST:
        counts[subject] = counts.get(subject, 0) + 1


def _say(
    said: dict[Utterance, Interaction | None], one: Utterance, interaction: Interaction | None
) -> None:
    if len(said) < _MOST:
        said.setdefault(one, interaction)


def _named(method: str, about: str) -> str:
    shown = f" of {quoted(_readable(about), 60)}" if about else ""
    return f"{method[:60]}{shown}"


def _readable(about: str) -> str:
    return about.replace("\0n", "…").replace("\0t", "…")


def _called(interaction: Interaction) -> str:
    name = f" {quoted(interaction.name, 40)}" if interaction.name else ""
    return f"{interaction.method}{name}"


def _value(method: str, about: str) -> dict[str, str]:
    return {"method": method, "about": _readable(about)} if about else {"method": method}
