"""What replaying a session costs: beside an SDK client's loop of the same calls, and in memory.

    python tests/bench/replay.py [--runs N] [--calls N] [--megabytes N]

Everything is measured in one run, in turns; processes are timed whole. The status is 1 when a
limit is missed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

MCPX = str(Path(sys.executable).parent / "mcpx")
GOOD = [sys.executable, str(Path(__file__).resolve().parents[1] / "servers" / "good_stdio.py")]
MOST_TIMES, MOST_MEMORY = 0.9, 150.0

# What a program has that makes the same calls with the SDK, and looks at what comes.
LOOP = """
import sys
import anyio
from mcp import Client, StdioServerParameters
async def main():
    server = StdioServerParameters(command=sys.argv[3], args=sys.argv[4:])
    async with Client(server, mode=sys.argv[1]) as client:
        await client.list_tools()
        for number in range(int(sys.argv[2])):
            result = await client.call_tool("add", {"a": number, "b": 2})
            assert result.structured_content == {"sum": number + 2}, result
anyio.run(main)
"""
# Gives so many bytes of text, the same for the same number.
BIG = """
import json, random, sys
READS = {"readOnlyHint": True}
TOOL = {"name": "text", "inputSchema": {"type": "object"}, "annotations": READS}
OFFER = {
    "protocolVersion": "2025-11-25",
    "capabilities": {"tools": {}},
    "serverInfo": {"name": "big", "version": "1"},
}
def result(request):
    if request["method"] == "initialize":
        return OFFER
    if request["method"] == "tools/list":
        return {"tools": [TOOL]}
    given = request["params"]["arguments"]
    data = random.Random(given["number"]).randbytes(given["size"] // 2)
    return {"content": [{"type": "text", "text": data.hex()}]}
for line in sys.stdin.buffer:
    request = json.loads(line)
    if "id" in request:
        answer = {"jsonrpc": "2.0", "id": request["id"], "result": result(request)}
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\\n")
        sys.stdout.buffer.flush()
"""


def recorded(file: Path, era: str, steps: Iterable[dict[str, Any]], server: list[str]) -> None:
    """Record a session of these steps."""
    script = "".join(f"{json.dumps(step)}\n" for step in steps).encode()
    words = [MCPX, "record", "-q", "-o", str(file), "--script", "-", "--era", era, "--", *server]
    subprocess.run(words, input=script, stdout=subprocess.DEVNULL, check=True)


def seconds(words: list[str]) -> float:
    """How long a process takes, which must succeed."""
    started = time.perf_counter()
    done = subprocess.run(words, capture_output=True, check=False)
    taken = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(f"{words[:3]}: {done.returncode}\n{(done.stdout + done.stderr).decode()}")
    return taken


def speed(folder: Path, runs: int, calls: int) -> bool:
    """Print how long so many calls take; whether a limit is missed."""
    missed = False
    for era in ("legacy", "modern"):
        file = folder / f"{era}.jsonl"
        add = ({"tool": "add", "args": {"a": number, "b": 2}} for number in range(calls))
        recorded(file, era, add, GOOD)
        mode = {"legacy": "legacy", "modern": "2026-07-28"}[era]
        ways = {
            "SDK client's loop": [sys.executable, "-c", LOOP, mode, str(calls), *GOOD],
            "mcpx replay": [MCPX, "replay", str(file), "-q", "--", *GOOD],
        }
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(runs):
            for name, words in ways.items():
                taken[name].append(seconds(words))
        print(f"{calls:,} calls one after another, {era}, stdio (seconds)")
        base = taken["SDK client's loop"]
        for name, values in taken.items():
            times = statistics.median(one / other for one, other in zip(values, base, strict=True))
            print(f"  {name:<20} {statistics.median(values):6.2f}   {times:5.2f} x SDK")
        missed |= times > MOST_TIMES
    return missed


def memory(folder: Path, megabytes: int) -> bool:
    """Print what replaying a large session holds at most; whether a limit is missed."""
    missed = False
    server = [sys.executable, "-S", "-c", BIG]
    print(f"memory for a session of {megabytes} MB (limit {MOST_MEMORY:.0f} MB)")
    for title, size in (
        ("results of 10 kB", 10_000),
        ("of 1 MB", 1_000_000),
        ("of 7 MB", 7_000_000),
    ):
        file = folder / f"{size}.jsonl"
        number = -(-megabytes * 1_000_000 // size)
        steps = ({"tool": "text", "args": {"number": n, "size": size}} for n in range(number))
        recorded(file, "legacy", steps, server)
        most, taken = _high_water([MCPX, "replay", str(file), "-q", "--", *server])
        real = file.stat().st_size / 1e6
        print(f"  {title:<20} {most:6.1f} MB   ({real:.0f} MB in {taken:.1f} s)")
        missed |= most > MOST_MEMORY or real < megabytes * 0.95
        file.unlink()
    return missed


def _high_water(words: list[str]) -> tuple[float, float]:
    """The most resident memory of a process, in megabytes, and how long it took."""
    most = 0.0
    started = time.perf_counter()
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        status = Path(f"/proc/{process.pid}/status")
        while process.poll() is None:
            lines = [line for line in _lines(status) if line.startswith("VmHWM")]
            most = max(most, int(lines[0].split()[1]) * 1024 / 1e6 if lines else 0.0)
            time.sleep(0.05)
        taken = time.perf_counter() - started
        if process.returncode:
            assert process.stdout
            raise SystemExit(f"{words[:3]}: {process.stdout.read(2_000).decode()}")
    return most, taken


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []


def main() -> int:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--calls", type=int, default=1_000)
    arguments.add_argument("--megabytes", type=int, default=200)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        missed = speed(Path(name), given.runs, given.calls)
        return int(memory(Path(name), given.megabytes) or missed)


if __name__ == "__main__":
    sys.exit(main())
