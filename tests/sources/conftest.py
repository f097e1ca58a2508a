from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

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
        return self.root / "work" / "shop"

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


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.home.mkdir(parents=True)
    made.project.mkdir(parents=True)
    # The repository ends every walk up to a git root.
    (made.project / ".git").mkdir()
    return made


@pytest.fixture
def one() -> Callable[..., Definition]:
    def find(found: Discovery, name: str, **where: Any) -> Definition:
        matching = [
            definition
            for definition in found.definitions
            if definition.name == name
            and all(getattr(definition, key) == value for key, value in where.items())
        ]
        assert len(matching) == 1, [(d.name, d.host, d.scope) for d in found.definitions]
        return matching[0]

    return find


def reading(definition: Definition, host: str) -> Reading:
    return next(one for one in definition.read_by if one.host == host)


def problems(found: Discovery, kind: Kind) -> list[Problem]:
    return [one for one in found.problems if one.kind is kind]
