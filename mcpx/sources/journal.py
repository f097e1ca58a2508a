"""The problems and reports of one scan, collected on the way."""

from __future__ import annotations

from pathlib import Path

from mcpx.sources.definitions import FileReport, Kind, Problem
from mcpx.sources.hosts import Host, HostFile
from mcpx.sources.paths import Candidate


class Journal:
    """What was looked at, and what was wrong; the same problem of several hosts is one."""

    def __init__(self) -> None:
        self.reports: list[FileReport] = []
        self._problems: dict[tuple[str, Kind, str, str], tuple[list[str], int | None]] = {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems in the order they were met."""
        return tuple(
            Problem(Path(path), tuple(hosts), kind, message, entry, line)
            for (path, kind, entry, message), (hosts, line) in self._problems.items()
        )

    def problem(
        self,
        path: str,
        host: Host,
        kind: Kind,
        message: str,
        entry: str = "",
        line: int | None = None,
    ) -> None:
        """Note a problem of a file, or of the entry of that name in it."""
        if host.fallback and kind is Kind.HOST_IGNORES:
            return  # names of files, not a host
        hosts, _ = self._problems.setdefault((path, kind, entry, message), ([], line))
        if host.id not in hosts:
            hosts.append(host.id)

    def report(
        self,
        host: Host,
        file: HostFile,
        candidate: Candidate,
        entries: int,
        notes: tuple[str, ...] = (),
    ) -> None:
        """Note that a place was looked at."""
        self.reports.append(
            FileReport(
                host=host.id,
                scope=file.scope,
                template=candidate.template,
                path=Path(candidate.path),
                found=candidate.present,
                format=file.format,
                status=file.status.value,
                confidence=file.confidence,
                sources=file.sources,
                entries=entries,
                notes=notes,
            )
        )
