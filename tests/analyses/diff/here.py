"""A judge of schemas in this process, for tests of what is made of its judgements."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mcpx.operations.comparing import SchemaJudge
from mcpx.schemas import worker
from mcpx.schemas.workers import Worker


class Here(Worker):
    """A worker's answers without a process, which takes longer to start than most tests."""

    asked = 0

    def ask(self, request: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        self.asked += 1
        line = json.dumps({**request, "seconds": seconds}).encode()
        found: dict[str, Any] = json.loads(worker.answer(line))
        return found


def judge() -> SchemaJudge:
    """A judge that asks such a worker."""
    return SchemaJudge(Here())
