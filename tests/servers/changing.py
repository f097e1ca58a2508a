"""An honest server that differs from itself in one small way, which ``--change`` says.

Without it the server is always the same, but for what no two runs have in common: the time of an
answer, and an id that is minted for each.
"""

from __future__ import annotations

import argparse
import time
import uuid
from datetime import UTC, datetime
from enum import StrEnum

from honest import Era, RefusedError, Server, text_result, tool
from wire import Message

SLOWER = 0.15  # seconds


class Change(StrEnum):
    """What is otherwise."""

    NOTHING = "nothing"
    COUNT = "count"
    DATE = "date"
    META = "meta"
    ID = "id"
    ORDER = "order"
    CODE = "code"
    TYPE = "type"
    BLOCK = "block"
    LATENCY = "latency"
    NOTIFICATION = "notification"


REPORT = {
    **tool("report", "Report on the tickets of a project.", project={"type": "string"}),
    "annotations": {"readOnlyHint": True},
    "outputSchema": {
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "open": {"type": "integer"},
            "due": {"type": "string"},
            "hours": {"type": "number"},
            "people": {"type": "array", "items": {"type": "string"}},
            "request": {"type": "string"},
            "made": {"type": "string"},
        },
        "required": ["id", "open", "due", "hours", "people", "request", "made"],
    },
}


class ChangingServer(Server):
    """Reports on one project."""

    def __init__(self, change: Change) -> None:
        super().__init__(Era.BOTH, "changing")
        self.change = change
        self.instructions = "One tool, which reports on the tickets of the attic."
        self.tools = [REPORT]
        self.calls = {"report": self._report}

    def _report(self, arguments: Message) -> Message:
        changed = self.change
        if arguments.get("project") != "attic":
            code = -32603 if changed is Change.CODE else -32602
            raise RefusedError(code, "There is no such project")
        if changed is Change.LATENCY:
            time.sleep(SLOWER)
        if changed is Change.NOTIFICATION:
            params: Message = {"uri": "memo://one"}
            method = "notifications/resources/updated"
            self.wire.send({"jsonrpc": "2.0", "method": method, "params": params})
        people = ["Ann", "Bob", "Cy"]
        report = {
            "id": 8 if changed is Change.ID else 7,
            "open": 13 if changed is Change.COUNT else 12,
            "due": "2031-12-31" if changed is Change.DATE else "2026-01-01",
            "hours": "4.5" if changed is Change.TYPE else 4.5,
            "people": people[::-1] if changed is Change.ORDER else people,
            "request": str(uuid.uuid4()),
            "made": datetime.now(UTC).isoformat(),
        }
        result = text_result("The attic is full.")
        if changed is not Change.BLOCK:
            result["content"].append({"type": "text", "text": "It was full last year."})
        revision = 2 if changed is Change.META else 1
        source = {"store": {"revision": revision}}
        return {**result, "structuredContent": report, "_meta": {"example.com/source": source}}


def main() -> None:
    """Serve until the end of input."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--change", type=Change, choices=list(Change), default=Change.NOTHING)
    options = parser.parse_args()
    try:
        ChangingServer(options.change).serve()
    except (BrokenPipeError, KeyboardInterrupt):
        return


if __name__ == "__main__":
    main()
