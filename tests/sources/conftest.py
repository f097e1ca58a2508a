from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mcpx.sources.definitions import Definition, Discovery
from tests.sources.machine import Machine


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
