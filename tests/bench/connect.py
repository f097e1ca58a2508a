"""How long ``mcpx inspect`` takes from start to exit, against two scripts that list the same.

    python tests/bench/connect.py [--runs N] [--everything "node .../dist/index.js"]

Prints ratios; everything is measured in the same run, in turns, so that a noisy machine is noisy
for all. ``import typer`` is the unit in which start-up is allowed to cost more than bare frames.
"""

from __future__ import annotations

import argparse
import os
import shlex
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
MCPX = [str(Path(sys.executable).parent / "mcpx")]
GOOD = [sys.executable, str(HERE.parent / "servers" / "good_stdio.py")]
FLEET = 40


# An installed package has its bytecode beside it.
ENVIRONMENT = {**os.environ}
ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)


def seconds(command: list[str]) -> float:
    """Wall time of one process, which must succeed."""
    pipe = subprocess.PIPE
    started = time.perf_counter()
    done = subprocess.run(command, stdout=pipe, stderr=pipe, env=ENVIRONMENT, check=False)
    taken = time.perf_counter() - started
    if done.returncode != 0 or (not done.stdout and command[1] != "-c"):
        raise SystemExit(f"{shlex.join(command)}: {done.returncode}\n{done.stderr.decode()}")
    return taken


def medians(commands: dict[str, list[str]], runs: int) -> dict[str, float]:
    """The median of each command; one round warms up, then all take turns."""
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(runs + 1):
        for name, command in commands.items():
            value = seconds(command)
            if number:
                taken[name].append(value)
    for name, values in taken.items():
        print(
            f"  {name:<28} median {statistics.median(values) * 1000:7.0f} ms"
            f"   ({min(values) * 1000:.0f} to {max(values) * 1000:.0f})"
        )
    return {name: statistics.median(values) for name, values in taken.items()}


def one_server(title: str, server: list[str], runs: int) -> None:
    """mcpx, the SDK's client and bare frames on one server."""
    print(title)
    found = medians(
        {
            "import typer": [sys.executable, "-c", "import typer"],
            "bare frames": [sys.executable, str(HERE / "list_bare.py"), *server],
            "the SDK's client": [sys.executable, str(HERE / "list_sdk.py"), *server],
            "mcpx inspect": [*MCPX, "inspect", "--", *server],
        },
        runs,
    )
    over = (found["mcpx inspect"] - found["bare frames"]) / found["import typer"]
    ratio(found, 0.65)
    print(f"  (mcpx - bare) / import typer   {over:.2f}   (at most 2.5)\n")


def ratio(found: dict[str, float], most: float) -> None:
    """Say how mcpx compares."""
    compared = found["mcpx inspect"] / found["the SDK's client"]
    print(f"  mcpx / SDK's client            {compared:.2f}   (at most {most})")


def over_http(server: list[str], runs: int) -> None:
    """The same over loopback, on one server that runs all the while."""
    print("a Python server over Streamable HTTP")
    with subprocess.Popen([*server, "--http"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            url = process.stdout.readline().strip()
            found = medians(
                {
                    "bare frames": [sys.executable, str(HERE / "list_bare_http.py"), url],
                    "the SDK's client": [sys.executable, str(HERE / "list_sdk_http.py"), url],
                    "mcpx inspect": [*MCPX, "inspect", url],
                },
                runs,
            )
        finally:
            process.terminate()
    ratio(found, 0.6)
    print()


def fleet(runs: int) -> None:
    """Forty servers that answer after a second, against one of them."""
    print(f"{FLEET} servers that answer after 1 s, --concurrency {FLEET}")
    slow = "stdio:" + shlex.join([*GOOD, "--delay", "1"])
    found = medians(
        {
            "one": [*MCPX, "inspect", slow],
            "all": [*MCPX, "inspect", "--concurrency", str(FLEET), *[slow] * FLEET],
        },
        runs,
    )
    print(f"  all - one                      {found['all'] - found['one']:.2f} s (at most 2)\n")


def main() -> None:
    """Run the benchmarks that apply here."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=7)
    options.add_argument("--everything", help="the command of server-everything")
    chosen = options.parse_args()
    tickets = [sys.executable, "-m", "mcpx.demo", "tickets"]
    one_server("a Python server", tickets, chosen.runs)
    over_http(tickets, chosen.runs)
    if chosen.everything:
        one_server("server-everything", shlex.split(chosen.everything), chosen.runs)
    fleet(max(3, chosen.runs // 2))


if __name__ == "__main__":
    main()
