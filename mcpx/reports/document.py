"""Documents: what a command has to say, apart from the form in which it is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mcpx.analyses.diff.changes import Change
from mcpx.analyses.finding import Finding, Severity
from mcpx.reports.replayed import Replay

Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    ``wraps``: may run over lines where the terminal is narrow. ``crops``: may be cut short there,
    to so many columns (0: is not). ``unless_same``: left out for people where every row says the
    same. ``minor``: shown to people only where there is one row.
    """

    title: str
    wraps: bool = False
    right: bool = False
    unless_same: bool = False
    minor: bool = False
    crops: int = 0


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


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: what was named, and what it says of itself."""

    target: str
    version: str = ""
    era: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """What changed of one server.

    ``call`` names the new one on a command line, if it can be called; ``path`` is the file that the
    changes are of, if any.
    """

    server: str
    old: Side
    new: Side
    changes: Sequence[Change]
    call: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed of servers, one after the other; ``ignored`` says how many changes are not told.

    ``not_examined`` are servers that could not be compared, each with the reason.
    """

    name: str
    compared: Sequence[Compared]
    ignored: int = 0
    not_examined: Sequence[Mapping[str, str]] = ()

    @property
    def all(self) -> list[Change]:
        """Every change of every server."""
        return [change for one in self.compared for change in one.changes]


@dataclass(frozen=True, slots=True)
class Release:
    """A published version: what changed ``since`` the one before it that could be compared.

    ``compared`` is None where nothing could be; ``reason`` says why, or is empty for the first.
    """

    version: str
    date: str = ""
    since: str = ""
    compared: Compared | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Changelog:
    """The releases of a published server, newest first; ``base`` is what the first is compared to.

    ``left_out`` are versions between them that were not looked at, ``ignored`` says how many
    changes are not told.
    """

    name: str
    target: str
    base: str
    releases: Sequence[Release]
    left_out: Sequence[str] = ()
    ignored: int = 0


def counts(document: Findings) -> str:
    """How many findings of each severity there are, in words."""
    words = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
    numbers = [(document.count(severity), word) for severity, word in words.items()]
    return ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in numbers if n) or "nothing"


Document = Listing | Findings | Changes | Changelog | Replay
