"""What starting costs: CPU of ``--help`` and of a TAB, in units of ``import typer``.

    python tests/bench/startup.py [--runs N]

CPU is that of the whole process, user and system; the commands take turns in one run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

MCPX = str(Path(sys.executable).parent / "mcpx")
SERVERS = {"mcpServers": {name: {"command": "npx", "args": [f"{name}@1"]} for name in ("a", "b")}}


def cpu(command: list[str], environment: dict[str, str], folder: Path) -> float:
    """Seconds of CPU that one process takes, which must succeed."""
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, cwd=folder
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{command}: {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=21)
    runs = options.parse_args().runs
    plain = {**os.environ}
    plain.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        (home / "project").mkdir()
        for path in (".claude.json", ".cursor/mcp.json", "project/.mcp.json"):
            (home / path).parent.mkdir(exist_ok=True)
            (home / path).write_text(json.dumps(SERVERS))
        tab = {**plain, "HOME": name, "_MCPX_COMPLETE": "complete_bash"}
        commands = {
            "import typer": ([sys.executable, "-c", "import typer"], plain, 1.0),
            "mcpx --help": ([MCPX, "--help"], plain, 1.5),
            "one TAB": ([MCPX], {**tab, "COMP_WORDS": "mcpx ", "COMP_CWORD": "1"}, 1.5),
            "a TAB over all hosts": (
                [MCPX],
                {**tab, "COMP_WORDS": "mcpx inspect ", "COMP_CWORD": "2"},
                3.0,
            ),
        }
        taken: dict[str, list[float]] = {title: [] for title in commands}
        for number in range(runs + 1):
            for title, (command, environment, _) in commands.items():
                seconds = cpu(command, environment, home / "project")
                if number:
                    taken[title].append(seconds)
    unit = statistics.median(taken["import typer"])
    for title, (_, _, most) in commands.items():
        median = statistics.median(taken[title])
        print(f"{title:<22} {median * 1000:5.0f} ms   {median / unit:.2f}   (at most {most})")


if __name__ == "__main__":
    main()
