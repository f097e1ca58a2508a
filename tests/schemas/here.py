"""Checks of values against schemas in this process, for tests that are about something else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from mcpx.schemas import worker
from mcpx.schemas.workers import Worker


def check_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the worker's answers without starting one, which takes longer than most tests."""

    def ask(_worker: Worker, request: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        line = json.dumps({**request, "seconds": seconds}).encode()
        found: dict[str, Any] = json.loads(worker.answer(line))
        return found

    monkeypatch.setattr(Worker, "ask", ask)
