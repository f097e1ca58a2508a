"""What there is to tell of a replay, in so little memory that a session of any length fits."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mcpx.analyses.divergence.divergences import ABSENT, Divergence, Kind
from mcpx.analyses.finding import Finding, Severity
from mcpx.json_rpc import HANDSHAKES
from mcpx.servers import NOTHING

# Of a value, in characters of its JSON; of the divergences of one interaction.
_LONGEST = 4_000
MOST = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """A value of a message; ``cut``: it is too long, and ``value`` the beginning of its JSON."""

    value: Any
    cut: bool = False

    @classmethod
    def of(cls, value: Any) -> Shown | None:
        """So much of a value as is shown; None for one that is not there."""
        if value is ABSENT:
            return None
        if isinstance(value, str):
            return cls(value[:_LONGEST], True) if len(value) > _LONGEST else cls(value)
        text = ""
        try:
            for piece in json.JSONEncoder(ensure_ascii=False).iterencode(value):
                text += piece
                if len(text) > _LONGEST:
                    return cls(text[:_LONGEST], True)
        except RecursionError:
            return cls(text[:_LONGEST], True)
        return cls(value)


@dataclass(frozen=True, slots=True)
class Diverged:
    """A divergence of a replay, with the finding that judges it.

    ``recorded`` and ``live`` are the values at ``pointer``, None where there is none.
    """

    kind: Kind
    finding: Finding
    message: str
    pointer: str = ""
    recorded: Shown | None = None
    live: Shown | None = None

    @classmethod
    def of(cls, divergence: Divergence, finding: Finding) -> Diverged:
        """What is told of a divergence."""
        recorded, live = Shown.of(divergence.recorded), Shown.of(divergence.live)
        return cls(divergence.kind, finding, divergence.message, divergence.pointer, recorded, live)

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return self.finding.severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """An interaction of a recording that was replayed, and all that is told of it.

    ``number`` is that of its event, ``line`` its line in the file (0: none), ``given`` what it
    asks with, shortly. Without a method it is the connection itself. ``took`` and ``took_before``
    are the seconds until the answer, live and recorded, where times are asked for. ``why_not`` says
    why it was not sent. ``diverged`` are the first ``MOST`` of its divergences, ``more`` counts
    the others.
    """

    number: int
    connection: int
    method: str = ""
    name: str = ""
    given: str = ""
    line: int = 0
    took: float | None = None
    took_before: float | None = None
    why_not: str = ""
    diverged: Sequence[Diverged] = ()
    more: int = 0

    @property
    def severity(self) -> Severity | None:
        """That of its worst divergence, None where it is equal."""
        found = [one.severity for one in self.diverged]
        return min(found, key=lambda one: one.rank, default=None)

    @property
    def differs(self) -> bool:
        """Whether it is another than recorded: what is only of information leaves it equal."""
        return self.severity not in (None, Severity.INFO)

    @property
    def counts(self) -> bool:
        """Whether it is counted: a connection and what opens it only where they differ."""
        return self.differs or self.method not in ("", *HANDSHAKES)


@dataclass(slots=True)
class Tally:
    """How many interactions there were, and how many divergences of each kind and severity.

    ``quiet`` counts those of each kind that are only of information.
    """

    interactions: int = 0
    differ: int = 0
    not_sent: int = 0
    kinds: Counter[Kind] = field(default_factory=Counter)
    severities: Counter[Severity] = field(default_factory=Counter)
    quiet: Counter[Kind] = field(default_factory=Counter)

    @property
    def equal(self) -> int:
        """How many came out as recorded."""
        return self.interactions - self.differ - self.not_sent

    def add(self, played: Played) -> None:
        """Count an interaction."""
        for one in played.diverged:
            self.kinds[one.kind] += 1
            self.severities[one.severity] += 1
            if one.severity is Severity.INFO:
                self.quiet[one.kind] += 1
        if played.counts:
            self.interactions += 1
            self.differ += played.differs
            self.not_sent += bool(played.why_not) and not played.differs


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of replaying a session file on a server.

    ``played`` may be the differing interactions alone; ``tally`` counts all of them. ``eras`` are
    the eras of the recording, and those it was replayed in. ``bound`` are values of the recording
    with those that went into requests in their place. ``ignored`` says which findings are not told:
    how many of which rule, and the file that says so.
    """

    session: str
    server: str
    played: Sequence[Played]
    tally: Tally
    eras: tuple[Sequence[str], Sequence[str]] = ((), ())
    bound: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    ignored: Sequence[Mapping[str, Any]] = ()
