from __future__ import annotations

import io

import pytest

from mcpx.terminal import Terminal
from tests.conftest import FakeTerminal


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal without colour, 100 columns wide."""
    monkeypatch.setenv("NO_COLOR", "1")
    return Terminal(FakeTerminal(), io.StringIO())


@pytest.fixture
def pipe() -> Terminal:
    return Terminal(io.StringIO(), io.StringIO())
