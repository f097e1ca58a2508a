"""Changes: what differs between two catalogues, by which rule, and what shows that it breaks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any, Final

from mcpx.analyses.finding import Finding, Rule, Severity, Subject
from mcpx.catalogue.canonical import canonical_text


class Absent(Enum):
    """The type of ``ABSENT``, which tells a member that is not there from one that is null."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


class Bump(StrEnum):
    """What a change asks of the next version number, least first."""

    NONE = "none"
    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"

    @property
    def rank(self) -> int:
        """0 for the least."""
        return _RANKS[self]


_RANKS = {bump: rank for rank, bump in enumerate(Bump)}


class Basis(StrEnum):
    """What the severity of a change rests on."""

    RULE = "rule"
    PROOF = "proof"
    WITNESS = "witness"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ChangeRule(Rule):
    """A rule of what can change.

    ``severity`` is the caller's: ERROR where calls that worked may not. ``trust``: what a model or
    a person reads or relies on has changed. ``cosmetic``: the same thing, said in another way; a
    lock lets it pass. ``adds``: something new is offered, which asks for a minor version.
    ``mirror`` is the id of the rule for the change back, its own where both ways are one rule;
    where there is none, ``alone`` says why.
    """

    trust: bool = False
    cosmetic: bool = False
    adds: bool = False
    mirror: str = ""
    alone: str = ""


@dataclass(frozen=True, slots=True)
class Witness:
    """What was accepted and is not any more: ``value``, refused at ``path`` by ``keyword``.

    ``path`` is a JSON Pointer into the value, ``place`` the same for people, ``keyword`` the
    keyword of the schema that refuses it, ``message`` a predicate about that place: ``is missing``.
    """

    value: Any
    path: str = ""
    place: str = ""
    keyword: str = ""
    message: str = ""

    @property
    def told(self) -> str:
        """What is wrong with it, as a sentence: ``limit is 1000, above the maximum of 100``."""
        return f"{self.place or 'it'} {self.message}" if self.message else ""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed.

    ``pointer`` leads to its place in the item (JSON Pointer), ``before`` and ``after`` are what
    stood and stands there. ``given`` is its severity where that is not its rule's. ``confidence``
    (0 to 1) is told of guesses such as renames.
    """

    rule: ChangeRule
    subject: Subject
    message: str
    pointer: str = ""
    before: Any = ABSENT
    after: Any = ABSENT
    given: Severity | None = None
    basis: Basis = Basis.RULE
    witness: Witness | None = None
    reason: str = ""
    confidence: float | None = None

    @property
    def severity(self) -> Severity:
        """The one given, else that of its rule."""
        return self.rule.severity if self.given is None else self.given

    @property
    def bump(self) -> Bump:
        """What this change asks of the next version number."""
        if self.severity is Severity.ERROR:
            return Bump.MAJOR
        added = self.rule.adds or self.severity is Severity.WARNING
        return Bump.MINOR if added else Bump.PATCH

    @property
    def fingerprint(self) -> str:
        """16 hex digits: the same for the same change of the same thing to the same content."""
        return self.as_finding().fingerprint

    def as_finding(self) -> Finding:
        """The change as a finding, for the formats that findings have."""
        after = "" if self.after is ABSENT else canonical_text(self.after)
        digest = hashlib.sha256(after.encode()).hexdigest()
        place = Subject(self.subject.kind, f"{self.subject.key}{self.pointer}", self.subject.server)
        to = Subject("to", digest[:16], self.subject.server)
        return Finding(
            self.rule,
            self.message,
            (self.subject,),
            given=self.given,
            identity=(place, to),
        )

    def to_dict(self) -> dict[str, Any]:
        """The change as JSON; ``breaking`` is the word for the worst severity here."""
        found: dict[str, Any] = {
            "rule": self.rule.id,
            "severity": severity_word(self.severity),
            "trust": self.rule.trust,
            "cosmetic": self.rule.cosmetic,
            "message": self.message,
            "kind": self.subject.kind,
            "key": self.subject.key,
            "server": self.subject.server,
            "pointer": self.pointer,
            "basis": self.basis.value,
            "witness": None if self.witness is None else _of(self.witness),
            "reason": self.reason,
            "confidence": self.confidence,
            "bump": self.bump.value,
            "fingerprint": self.fingerprint,
        }
        if self.before is not ABSENT:
            found["before"] = self.before
        if self.after is not ABSENT:
            found["after"] = self.after
        return found


def _of(witness: Witness) -> Mapping[str, Any]:
    return {
        "value": witness.value,
        "path": witness.path,
        "place": witness.place,
        "keyword": witness.keyword,
        "message": witness.message,
    }


def severity_word(severity: Severity) -> str:
    """The severity as ``diff`` says it."""
    return "breaking" if severity is Severity.ERROR else severity.value


def is_new(change: Change) -> bool:
    """Whether a whole item is there that was not there before: all that it says is new."""
    return change.before is ABSENT and not change.pointer and change.rule.adds
