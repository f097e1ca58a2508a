"""Documents: what a command has to say, apart from the form in which it is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mcpx.analyses.finding import Finding, Severity

Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    ``wraps``: may run over lines where the terminal is narrow. ``unless_same``: left out for
    people where every row says the same. ``minor``: shown to people only where there is one row.
    """

    title: str
    wraps: bool = False
    right: bool = False
    unless_same: bool = False
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns. ``name`` is what its rows are called where several tables are mixed.

    ``upright``: a single row is shown to people as lines of label and value.
    """

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    heading: str = ""
    upright: bool = False


@dataclass(frozen=True, slots=True)
class Prose:
    """A text that runs over lines, such as a server's instructions; ``of`` is whose it is.

    ``ours``: not foreign but said by mcpx, a paragraph that may be broken anywhere.
    """

    name: str
    text: str
    heading: str = ""
    of: str = ""
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A text shown line by line as it is, also in a pipe: a result, not what is said about it.

    ``ours``: not foreign but said by mcpx, faint where there is colour.
    """

    text: str
    heading: str = ""
    ours: bool = False


Part = Table | Prose | Text


@dataclass(frozen=True, slots=True)
class Listing:
    """Tables and texts for people, ``data`` (an object with format and version) for programs.

    ``records`` are the lines of its ndjson form, where those are not simply ``data``.
    """

    data: Mapping[str, Any]
    parts: Sequence[Part]
    records: Sequence[Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """Findings, worst first, with what was looked at."""

    name: str
    findings: Sequence[Finding]
    examined: Mapping[str, Any] = field(default_factory=dict)

    def count(self, severity: Severity) -> int:
        """How many findings have this severity."""
        return sum(finding.severity is severity for finding in self.findings)


def counts(document: Findings) -> str:
    """How many findings of each severity there are, in words."""
    words = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
    numbers = [(document.count(severity), word) for severity, word in words.items()]
    return ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in numbers if n) or "nothing"


Document = Listing | Findings
