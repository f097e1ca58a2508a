"""How long ``conflicts`` thinks about 17,487 real tools, in units of parsing their file.

    python tests/bench/conflicts.py [--runs N]

Prints ratios; everything is measured in one run, in turns, each in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from mcpx.analyses import name_clashes
from mcpx.analyses.clones import clones
from mcpx.analyses.conflicts import Group, conflicts
from mcpx.analyses.host_models import HOST_MODELS
from mcpx.catalogue.model import Catalogue, Item, Kind

CORPUS = Path(__file__).resolve().parents[3] / "shared/data/corpus/toucan_smithery.jsonl"
Members = Sequence[tuple[str, Catalogue]]


def parsed() -> list[dict[str, object]]:
    """The rows of the file, as a script would have them."""
    with CORPUS.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def members(rows: list[dict[str, object]], copies: int = 1) -> Members:
    """The servers, ``copies`` times under keys of their own."""
    tools = defaultdict(list)
    for row in rows:
        tools[row["server"]].append(Item(Kind.TOOL, row["tool"]))
    return [
        (f"{key}{number or ''}", Catalogue(f"{key}{number or ''}", tools=tuple(items)))
        for number in range(copies)
        for key, items in tools.items()
    ]


def names(found: Members) -> int:
    """Every check of names by every host model; how many findings."""
    judged = name_clashes.Names.judged(name_clashes.offers_of(found), list(HOST_MODELS.values()))
    definitions = {(key, tool.key): tool for key, one in found for tool in one.tools}
    checks = (
        name_clashes.clashes(judged, definitions, clones(found)),
        name_clashes.unfit(judged),
        name_clashes.unstable(judged),
        name_clashes.separators(judged),
    )
    return sum(1 for check in checks for _ in check)


def everything(found: Members) -> int:
    """Every finding, also the possible ones; how many."""
    return sum(1 for _ in conflicts([Group((), found, tuple(HOST_MODELS))], possible=True))


def timed(function: Callable[[], object]) -> float:
    """Seconds of one call."""
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def one_round() -> dict[str, float]:
    """Seconds of each part, and the peak memory of all of it, in this process."""
    parse = min(timed(parsed) for _ in range(3))
    rows = parsed()
    kept = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    once = members(rows)
    of_names = timed(lambda: names(once))
    of_all = timed(lambda: everything(once))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    five = members(rows, 5)
    of_five = timed(lambda: everything(five))
    return {
        "json.loads of the file, s": parse,
        "all name checks / json.loads": of_names / parse,
        "all findings / json.loads": of_all / parse,
        "five copies / one": of_five / of_all,
        "peak memory / parse and keep": peak / kept,
    }


def main() -> None:
    """Run the rounds and print the median of each figure."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.one:
        print(json.dumps(one_round()))
        return
    rounds = [
        json.loads(subprocess.check_output([sys.executable, __file__, "--one"]))
        for _ in range(given.runs)
    ]
    for name in rounds[0]:
        values = [one[name] for one in rounds]
        print(
            f"{name:<32} median {statistics.median(values):6.2f}"
            f"   ({min(values):.2f} to {max(values):.2f})"
        )


if __name__ == "__main__":
    main()
