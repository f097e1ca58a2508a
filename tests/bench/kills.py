"""Kills processes that record, at random moments, and reads what they left: --runs 200."""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from mcpx.sessions.destinations import part_of
from mcpx.sessions.events import Message
from mcpx.sessions.reading import Oddity, read_session

ROOT = Path(__file__).resolve().parents[2]

RECORDS = """
import os, sys
from tests.sessions.recordings import TO_CLIENT, recorder
made = recorder(sys.argv[1])
number = 0
while True:
    number += 1
    text = b"x" * (number * 37 % 3000)
    made.message(1, TO_CLIENT, b'{"id":%d,"result":{"text":"%s"}}' % (number, text))
    os.write(1, b"%d\\n" % number)
"""


@dataclass(frozen=True, slots=True)
class Killed:
    """How many messages a process said were written, how many are in the file, and how it ends."""

    told: int
    read: int
    torn: bool
    complete: bool


def killed(path: Path, seconds: float) -> Killed:
    """Kill a process so many seconds after its first message, and read its recording."""
    with subprocess.Popen(
        [sys.executable, "-c", RECORDS, str(path)], cwd=ROOT, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        output = process.stdout.fileno()
        said = os.read(output, 65536)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            said = (said + os.read(output, 65536))[-100:]
        process.kill()
        while piece := os.read(output, 65536):
            said = (said + piece)[-100:]
    told = int(said[: said.rindex(b"\n")].rpartition(b"\n")[2])
    reading = iter(read_session(str(part_of(path))))
    read = 0
    for event in reading:
        assert isinstance(event, Message)
        read += 1
        assert event.text.startswith(f'{{"id":{read},')
    torn = any(one.oddity is Oddity.TORN for one in reading.remarks)
    return Killed(told, read, torn, reading.complete)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    dice = random.Random(given.seed)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(given.runs):
            path = Path(folder) / f"{number}.jsonl"
            found.append(killed(path, dice.uniform(0, 0.1)))
            part_of(path).unlink()
    lost = sum(one.read < one.told for one in found)
    print(
        f"{len(found)} recordings killed: {lost} lost what was written,"
        f" {sum(one.torn for one in found)} with a last line that is not whole,"
        f" {sum(one.read for one in found)} messages read"
    )
    sys.exit(1 if lost else 0)


if __name__ == "__main__":
    main()
