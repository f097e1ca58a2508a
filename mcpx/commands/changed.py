"""What commands that compare share: the servers of both sides, what changed, when that fails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mcpx.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from mcpx.analyses.diff.changes import Change
    from mcpx.operations.comparing import Server
    from mcpx.operations.judging import Judgement
    from mcpx.reports.document import Changes, Compared

LEVELS = ("breaking", "unknown", "warning", "info", "never")


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which change on the status is 1: ``level`` is one of LEVELS.

    ``text``: also where what a model or a person reads has changed.
    """

    level: str
    text: bool = False

    @classmethod
    def of(cls, fail_on: str, text: bool = False, exit_zero: bool = False) -> Threshold:
        """What the options say. Raises UsageError."""
        if fail_on not in LEVELS:
            raise UsageError(f"--fail-on: must be {', '.join(LEVELS)}, not {fail_on!r}")
        return cls("never", False) if exit_zero else cls(fail_on, text)

    def reached(self, changes: Iterable[Change]) -> bool:
        """Whether one of the changes is that bad."""
        return any(self._is_reached(one) for one in changes)

    def _is_reached(self, change: Change) -> bool:
        from mcpx.analyses.diff.changes import Basis, is_new
        from mcpx.analyses.finding import Severity

        if self.text and (change.rule.trust or is_new(change)):
            return True
        if self.level == "never":
            return False
        if self.level == "unknown" and change.basis is Basis.UNKNOWN:
            return True
        worst = {"warning": Severity.WARNING, "info": Severity.INFO}
        return change.severity.at_least(worst.get(self.level, Severity.ERROR))


def heeded(changes: Iterable[Change], users: Judgement) -> tuple[list[Change], int]:
    """The changes with the severities that the user gave, and how many are ignored."""
    told: list[Change] = []
    ignored = 0
    for change in changes:
        if not users.severities and not users.ignored:
            told.append(change)
            continue
        kept, _ = users.of([change.as_finding()])
        if not kept:
            ignored += 1
        elif kept[0].severity is change.severity:
            told.append(change)
        else:
            told.append(replace(change, given=kept[0].severity))
    return told, ignored


def compared(
    old: Server | None,
    new: Server | None,
    names: tuple[str, str],
    changes: Sequence[Change],
    call: str = "",
    path: str = "",
) -> Compared:
    """What changed of one server, for the report; ``names`` are the targets as they were typed.

    ``call`` names the new server on a command line, ``path`` is the file that the changes are of.
    """
    from mcpx.reports.document import Compared, Side

    def side(server: Server | None, name: str) -> Side:
        if server is None:
            return Side("")
        era = server.catalogue.era
        return Side(name, server.version, era.value if era else "")

    there = new or old
    name = there.name if there else ""
    return Compared(name, side(old, names[0]), side(new, names[1]), changes, call, path)


def status_of(document: Changes, threshold: Threshold) -> list[ExitStatus]:
    """FINDINGS where the changes are as bad as the threshold says."""
    return [ExitStatus.FINDINGS] if threshold.reached(document.all) else []
