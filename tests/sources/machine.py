"""A made-up machine for the scan to look at, and ways to look at what it found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mcpx.sources.definitions import Definition, Discovery, Kind, Problem, Reading
from mcpx.sources.discovery import discover


@dataclass(frozen=True)
class Machine:
    """A home, a project and a root for system-wide files, all in one temporary folder."""

    root: Path

    @property
    def home(self) -> Path:
        return self.root / "home" / "dana"

    @property
    def project(self) -> Path:
        return self.root / "code" / "shop"

    def write(self, place: str, content: str | bytes) -> Path:
        """Write a file; the place begins with ~/ (home), ./ (project) or / (root)."""
        folder = {"~": self.home, ".": self.project, "": self.root}[place.partition("/")[0]]
        path = folder / place.partition("/")[2]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path.chmod(0o600)
        return path

    def discover(self, **options: Any) -> Discovery:
        return discover(
            **{"home": self.home, "project": self.project, "root": self.root, **options}
        )


def reading(definition: Definition, host: str) -> Reading:
    return next(one for one in definition.read_by if one.host == host)


def problems(found: Discovery, kind: Kind) -> list[Problem]:
    return [one for one in found.problems if one.kind is kind]
