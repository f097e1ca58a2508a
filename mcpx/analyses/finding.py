"""Findings: what an analysis has to say, by which rule, of which servers, tools and files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mcpx.servers import canonical_json


class Severity(StrEnum):
    """How bad a finding is, worst first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)

    def at_least(self, other: Severity) -> bool:
        """Whether this is as bad as the other, or worse."""
        return self.rank <= other.rank


@dataclass(frozen=True, slots=True)
class Rule:
    """What a finding can be about: why it matters (``explanation``) and what to do (``mend``).

    ``id`` is kebab-case with its area first and never changes its meaning.
    """

    id: str
    title: str
    severity: Severity
    explanation: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file; lines count from 1."""

    path: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is about: a ``kind`` of thing (tool, prompt, ...), its key and its server."""

    kind: str
    key: str
    server: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. ``hosts`` are those in which it arises."""

    rule: Rule
    message: str
    subjects: tuple[Subject, ...] = ()
    hosts: tuple[str, ...] = ()
    location: Location | None = None
    hint: str = ""

    @property
    def severity(self) -> Severity:
        """The severity of its rule."""
        return self.rule.severity

    @property
    def servers(self) -> tuple[str, ...]:
        """The servers of its subjects, each once, sorted."""
        return tuple(sorted({subject.server for subject in self.subjects}))

    @property
    def fingerprint(self) -> str:
        """16 hex digits that stay the same while the rule, the servers and their keys do."""
        subjects = sorted({(one.server, one.kind, one.key) for one in self.subjects})
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
        }


def order(finding: Finding) -> tuple[Any, ...]:
    """A sort key: worst first, then by rule, subjects and hosts."""
    subjects = tuple((one.kind, one.key, one.server) for one in finding.subjects)
    return finding.severity.rank, finding.rule.id, subjects, finding.hosts, finding.message
