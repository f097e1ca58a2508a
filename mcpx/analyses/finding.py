"""Findings: what an analysis has to say, by which rule, of which servers, tools and files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from mcpx.servers import canonical_json


class Severity(StrEnum):
    """How bad a finding is, worst first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return _RANKS[self]

    def at_least(self, other: Severity) -> bool:
        """Whether this is as bad as the other, or worse."""
        return self.rank <= other.rank


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class Effect(StrEnum):
    """What a host makes of something, such as two tools of one name."""

    APART = "kept-apart"
    RENAMED = "renamed"
    BY_OTHERS = "by-others"
    LAST_WINS = "last-wins"
    FIRST_WINS = "first-wins"
    FIRST_TOLD = "first-wins-with-a-warning"
    ONE_WINS = "one-wins"
    BOTH_SENT = "both-sent"
    ALL_DROPPED = "all-dropped"
    UNDOCUMENTED = "undocumented"
    LATER_LOST = "later-lost"
    HIDDEN = "hidden"
    TOOL_REFUSED = "tool-refused"
    SERVER_REFUSED = "server-refused"
    HOST_REFUSED = "host-refused"
    REQUEST_REFUSED = "request-refused"
    API_MAY_REFUSE = "api-may-refuse"
    READ_FAILS = "read-fails"
    MISREAD = "misread"
    SHADOWS = "shadows"
    UNKNOWN = "unknown"

    @property
    def severity(self) -> Severity:
        """How bad that is for whoever uses the host."""
        return _MILD.get(self, Severity.ERROR)

    @property
    def words(self) -> str:
        """The effect in a few words, after the name of the host."""
        return _WORDS[self]


_MILD = {
    Effect.APART: Severity.INFO,
    Effect.BY_OTHERS: Severity.INFO,
    Effect.RENAMED: Severity.WARNING,
    Effect.API_MAY_REFUSE: Severity.WARNING,
    Effect.MISREAD: Severity.WARNING,
    Effect.SHADOWS: Severity.WARNING,
    Effect.UNKNOWN: Severity.WARNING,
}
_WORDS = {
    Effect.APART: "kept apart",
    Effect.RENAMED: "kept apart, by names that change with the servers",
    Effect.BY_OTHERS: "named by which other servers there are",
    Effect.LAST_WINS: "the last one wins, without a word",
    Effect.FIRST_WINS: "the first one wins, without a word",
    Effect.FIRST_TOLD: "the first one wins, and a warning says so",
    Effect.BOTH_SENT: "both are sent: some model APIs refuse that, else the last one is called",
    Effect.ALL_DROPPED: "none of them is offered",
    Effect.UNDOCUMENTED: "one name for all of them; what comes of it is not documented",
    Effect.ONE_WINS: "one of them wins, and which is not defined",
    Effect.LATER_LOST: "one is lost, and tools that come after it too",
    Effect.HIDDEN: "hidden from the model",
    Effect.TOOL_REFUSED: "the tool is refused",
    Effect.SERVER_REFUSED: "the whole second server is refused",
    Effect.HOST_REFUSED: "an error at the start",
    Effect.REQUEST_REFUSED: "the model's API refuses every request",
    Effect.API_MAY_REFUSE: "passed on as it is, which some model APIs refuse",
    Effect.READ_FAILS: "both are listed, and reading fails",
    Effect.MISREAD: "takes part of the server's key for the tool's name, in calls or rules",
    Effect.SHADOWS: "has a tool of its own by that name",
    Effect.UNKNOWN: "how it names tools is not known",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a finding's subjects in one host.

    ``names`` are those its model would see, ``winner`` the server whose item it uses, where that
    is known.
    """

    host: str
    effect: Effect
    names: tuple[str, ...] = ()
    winner: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a finding can be about: why it matters (``explanation``) and what to do (``mend``).

    ``id`` is kebab-case with its area first and never changes its meaning. ``example`` is what
    fires it, ``tags`` are titles of others' lists that it belongs to.
    """

    id: str
    title: str
    severity: Severity
    explanation: str
    mend: str = ""
    example: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file; lines count from 1."""

    path: str
    line: int | None = None


class Subject(NamedTuple):
    """What a finding is about: a ``kind`` of thing (tool, prompt, ...), its key and its server.

    A tuple, because findings by the ten thousand are sorted by it.
    """

    kind: str
    key: str
    server: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found.

    ``hosts`` are those in which it arises, ``outcomes`` what each host that was judged by makes of
    it. ``given`` is its severity where that is not its rule's: the user's, or a milder case of it.
    ``identity`` is what makes it the
    same finding where its subjects may come and go.
    """

    rule: Rule
    message: str
    subjects: tuple[Subject, ...] = ()
    hosts: tuple[str, ...] = ()
    location: Location | None = None
    hint: str = ""
    outcomes: tuple[Outcome, ...] = ()
    given: Severity | None = None
    identity: tuple[Subject, ...] | None = None

    @property
    def severity(self) -> Severity:
        """The one given, else that of the worst outcome that is known, else that of its rule."""
        if self.given is not None:
            return self.given
        if not self.outcomes:
            return self.rule.severity
        known = [one for one in self.outcomes if one.effect is not Effect.UNKNOWN]
        return min(
            (one.effect.severity for one in known or self.outcomes), key=lambda one: one.rank
        )

    @property
    def servers(self) -> tuple[str, ...]:
        """The servers of its subjects, each once, sorted."""
        return tuple(sorted({subject.server for subject in self.subjects}))

    @property
    def fingerprint(self) -> str:
        """16 hex digits that stay the same while the rule and what it is about do."""
        about = self.subjects if self.identity is None else self.identity
        subjects = sorted({(one.server, one.kind, one.key) for one in about})
        text = canonical_json([self.rule.id, subjects])
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def to_dict(self) -> dict[str, Any]:
        """The finding as JSON."""
        place = self.location
        return {
            "rule": self.rule.id,
            "severity": self.severity.value,
            "message": self.message,
            "subjects": [
                {"kind": one.kind, "key": one.key, "server": one.server} for one in self.subjects
            ],
            "servers": list(self.servers),
            "hosts": list(self.hosts),
            "location": {"path": place.path, "line": place.line} if place else None,
            "hint": self.hint,
            "fingerprint": self.fingerprint,
            "outcomes": [
                {
                    "host": one.host,
                    "effect": one.effect.value,
                    "names": list(one.names),
                    "winner": one.winner,
                }
                for one in self.outcomes
            ],
        }


def by_effect(outcomes: Sequence[Outcome]) -> list[tuple[Effect, list[str]]]:
    """What becomes of a finding, worst first, and the hosts in which it does."""
    found: dict[Effect, list[str]] = {}
    for outcome in outcomes:
        found.setdefault(outcome.effect, []).append(outcome.host)
    return sorted(found.items(), key=lambda one: one[0].severity.rank)


def order(finding: Finding) -> tuple[Any, ...]:
    """A sort key: worst first, then by rule, subjects and hosts."""
    return finding.severity.rank, finding.rule.id, finding.subjects, finding.hosts, finding.message


MOST_NAMED = 6


def listed(words: Sequence[str]) -> str:
    """Words as a sentence has them, the first few of many."""
    shown = list(words[:MOST_NAMED])
    if len(words) > MOST_NAMED:
        shown.append(f"{len(words) - MOST_NAMED} more")
    return " and ".join(filter(None, (", ".join(shown[:-1]), *shown[-1:])))
