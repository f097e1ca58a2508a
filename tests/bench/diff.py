"""What ``diff`` costs beyond the tools that changed, in units of parsing both catalogues.

    python tests/bench/diff.py [--runs N]

Two catalogues of 1,000 real tools, of which 50 changed, are compared in this process after a
warm-up, and so are the same 50 alone, in turns: what the other 950 add has to stay within a
multiple of ``json.loads`` of both files. The status is 1 when that limit is missed.
"""

from __future__ import annotations

import argparse
import copy
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import cycle
from pathlib import Path
from typing import Any, cast

from mcpx.analyses.diff.changes import Change
from mcpx.catalogue import files
from mcpx.operations.comparing import SchemaJudge, Server, changes
from mcpx.schemas import worker
from mcpx.schemas.workers import Worker

CORPUS = Path(__file__).resolve().parents[3] / "shared/data/corpus/toucan_smithery.jsonl"
MOST_TIMES = 20
TOOLS, CHANGED = 1_000, 50
_EVERY = TOOLS // CHANGED
Edit = Callable[[dict[str, Any]], None]


class Here:
    """The judge's worker in this process, so that what it takes is measured and not its start."""

    def ask(self, request: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        """The answer that the worker would give."""
        asked = json.dumps({**request, "seconds": seconds}).encode()
        return cast("dict[str, Any]", json.loads(worker.answer(asked)))


def corpus() -> list[dict[str, Any]]:
    """The first 1,000 tools of the corpus whose names differ, made one server's."""
    found: dict[str, dict[str, Any]] = {}
    with CORPUS.open(encoding="utf-8") as lines:
        for line in lines:
            tool = json.loads(line)["tool"]
            if isinstance(tool.get("inputSchema"), dict):
                found.setdefault(tool["name"], tool)
            if len(found) == TOOLS:
                break
    return list(found.values())


def _properties(tool: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = tool["inputSchema"].setdefault("properties", {})
    return found


def _described(tool: dict[str, Any]) -> None:
    tool["description"] = f"{tool.get('description', '')} It answers within a second."


def _required(tool: dict[str, Any]) -> None:
    _properties(tool)["tenant"] = {"type": "string"}
    tool["inputSchema"]["required"] = [*tool["inputSchema"].get("required", []), "tenant"]


def _optional(tool: dict[str, Any]) -> None:
    _properties(tool)["trace"] = {"type": "boolean", "default": False}


def _annotated(tool: dict[str, Any]) -> None:
    tool["annotations"] = {"readOnlyHint": True, "openWorldHint": False}


def _narrowed(tool: dict[str, Any]) -> None:
    for one in _properties(tool).values():
        if isinstance(one, dict) and len(one.get("enum", [])) > 1:
            one["enum"] = one["enum"][1:]
            return
        if isinstance(one, dict) and one.get("type") in ("integer", "number"):
            one["maximum"] = 10
            return
    _required(tool)


def _removed(tool: dict[str, Any]) -> None:
    if not _properties(tool):
        _optional(tool)
        return
    name, _ = _properties(tool).popitem()
    needed = tool["inputSchema"].get("required", [])
    tool["inputSchema"]["required"] = [one for one in needed if one != name]


_EDITS: tuple[Edit, ...] = (_described, _required, _optional, _annotated, _narrowed, _removed)


def sides() -> Iterator[tuple[str, str]]:
    """The text of the old and the new file: of all tools, then of those that change."""
    old = corpus()
    new = copy.deepcopy(old)
    for tool, edit in zip(new[::_EVERY], cycle(_EDITS)):
        edit(tool)
    yield json.dumps({"tools": old}), json.dumps({"tools": new})
    yield json.dumps({"tools": old[::_EVERY]}), json.dumps({"tools": new[::_EVERY]})


def compared(texts: tuple[str, str]) -> list[Change]:
    """The changes between two files, their texts parsed and judged anew."""
    old, new = (Server("bench", files.read(text, "bench")[0]) for text in texts)
    return changes(old, new, SchemaJudge(cast("Worker", Here())))


def timed(function: Callable[[], object]) -> float:
    """Seconds of the processor for one call."""
    started = time.process_time()
    function()
    return time.process_time() - started


def main() -> int:
    """Measure in turns, print the figures beside the limit."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=7)
    given = arguments.parse_args()
    whole, alone = sides()
    found = compared(whole)
    of_tools = {one.subject.key for one in found if one.subject.kind == "tool"}
    if len(found) != len(compared(alone)) or len(of_tools) != CHANGED:
        print(f"{len(found)} changes of {len(of_tools)} tools: not those of the {CHANGED} alone")
        return 1
    parse = min(timed(lambda: [json.loads(text) for text in whole]) for _ in range(given.runs))
    rounds = [
        (timed(lambda: compared(alone)), timed(lambda: compared(whole))) for _ in range(given.runs)
    ]
    few = statistics.median(one for one, _ in rounds)
    more = [(both - one) / parse for one, both in rounds]
    times = statistics.median(more)
    print(f"json.loads of both files, ms             {parse * 1000:8.1f}")
    print(f"the {CHANGED} changed tools alone, ms           {few * 1000:8.1f}")
    print(
        f"the other {TOOLS - CHANGED} tools / json.loads   median {times:6.2f}"
        f"   ({min(more):.2f} to {max(more):.2f}; limit {MOST_TIMES})"
    )
    return int(times > MOST_TIMES)


if __name__ == "__main__":
    sys.exit(main())
