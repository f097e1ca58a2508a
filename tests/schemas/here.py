"""Checks of values against schemas in this process, for tests that are about something else."""

from __future__ import annotations

import subprocess
from types import SimpleNamespace
from typing import Any

import pytest

from mcpx.schemas import validation, worker


def check_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the worker's answers without starting one, which takes longer than most tests."""

    def run(_command: Any, *, input: bytes, **_more: Any) -> SimpleNamespace:
        return SimpleNamespace(stdout=worker.answer(input))

    quick = SimpleNamespace(**{**vars(subprocess), "run": run})
    monkeypatch.setattr(validation, "subprocess", quick)
