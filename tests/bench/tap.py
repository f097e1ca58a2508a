"""What a recording tap on stdio costs, beside no tap and beside other recorders.

    python tests/bench/tap.py [--runs N] [--kills N] [--gigabytes N]

Prints the time of a round trip, the throughput of small messages and the memory for a gigabyte,
all measured in turns in one run. The status is 1 when a limit is missed. ``--kills`` ends as many
taps by SIGKILL at random moments instead, and looks at what they left.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

MCPX = str(Path(sys.executable).parent / "mcpx")
MOST_TIMES, LEAST_THROUGHPUT, MOST_MEMORY = 3.0, 0.5, 150.0
TRIPS = 2_000
MESSAGES = 40_000
PIECE = 64 * 1024

# Answers every request, as a server of few lines of Python does.
SERVER = """
import json, sys
for line in sys.stdin.buffer:
    request = json.loads(line)
    text = [{"type": "text", "text": str(request["params"]["arguments"]["a"])}]
    answer = {"jsonrpc": "2.0", "id": request["id"], "result": {"content": text}}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\\n")
    sys.stdout.buffer.flush()
"""
# A tap that records nothing: as little as a program in between can do.
PUMP = """
import os, subprocess, sys, threading
server = subprocess.Popen(sys.argv[1:], stdin=-1, stdout=-1, bufsize=0)
def pump(source, target):
    while piece := os.read(source, 65536):
        while piece:
            piece = piece[os.write(target, piece):]
    os.close(target)
threading.Thread(target=pump, args=(0, server.stdin.fileno()), daemon=True).start()
pump(server.stdout.fileno(), 1)
"""
COUNTS = "import os\nwhile os.read(0, 65536): pass"

Wrap = Callable[[Sequence[str], Path], list[str]]


def direct(command: Sequence[str], _file: Path) -> list[str]:
    """No tap at all."""
    return list(command)


def pumped(command: Sequence[str], _file: Path) -> list[str]:
    """Something in between that only passes on."""
    return [sys.executable, "-S", "-c", PUMP, *command]


def tapped(command: Sequence[str], file: Path) -> list[str]:
    """Our tap."""
    return [MCPX, "record", "-o", str(file), "--", *command]


def others() -> Iterator[tuple[str, Wrap]]:
    """Recorders of others, from PyPI, as far as they are on the PATH."""
    if shutil.which("mcp-cassette"):
        recording = ("mcp-cassette", "record", "--cassette")
        yield "mcp-cassette", lambda command, file: [*recording, str(file), "--", *command]
    if shutil.which("mcp-rec"):
        yield (
            "mcp-rec",
            lambda command, file: ["mcp-rec", "record", "-o", str(file), "--", *command],
        )


@contextmanager
def running(wrap: Wrap, command: Sequence[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A client's side of a server behind whatever wraps it."""
    file = folder / f"{time.monotonic_ns()}.jsonl"
    with subprocess.Popen(
        wrap(command, file), stdin=-1, stdout=-1, stderr=subprocess.DEVNULL, bufsize=0
    ) as process:
        try:
            yield process
        finally:
            process.kill()
    for left in folder.glob(f"{file.name}*"):
        left.unlink()


def request(number: int) -> bytes:
    """A call as a client makes it."""
    params = {"name": "add", "arguments": {"a": number, "b": 2}}
    message = {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}
    return json.dumps(message).encode() + b"\n"


def round_trip(wrap: Wrap, folder: Path, trips: int = TRIPS) -> float:
    """Median seconds from a request to its answer, one after another."""
    taken = []
    with running(wrap, [sys.executable, "-S", "-c", SERVER], folder) as client:
        assert client.stdin
        assert client.stdout
        for number in range(trips + 100):
            started = time.perf_counter()
            client.stdin.write(request(number))
            answer = b""
            while not answer.endswith(b"\n"):
                answer += client.stdout.read(PIECE) or b""
            if number >= 100:
                taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def throughput(wrap: Wrap, folder: Path, messages: int = MESSAGES) -> float:
    """Small messages per second that go to an echo and come back."""
    data = b"".join(request(number) for number in range(messages))
    with running(wrap, ["cat"], folder) as client:
        assert client.stdin
        assert client.stdout
        stdin, stdout = client.stdin, client.stdout
        stdin.write(request(0))  # so that starting is not measured
        stdout.read(PIECE)
        started = time.perf_counter()
        threading.Thread(target=lambda: _all(stdin.fileno(), data), daemon=True).start()
        got = 0
        while got < len(data):
            got += len(stdout.read(PIECE))
        return messages / (time.perf_counter() - started)


def answered(wrap: Wrap, folder: Path, messages: int = MESSAGES) -> float:
    """Small requests per second that a server of Python answers, all sent at once."""
    data = b"".join(request(number) for number in range(messages))
    with running(wrap, [sys.executable, "-S", "-c", SERVER], folder) as client:
        assert client.stdin
        assert client.stdout
        stdin, stdout = client.stdin, client.stdout
        stdin.write(request(0))
        stdout.read(PIECE)
        started = time.perf_counter()
        threading.Thread(target=lambda: _all(stdin.fileno(), data), daemon=True).start()
        got = 0
        while got < messages:
            got += stdout.read(PIECE).count(b"\n")
        return messages / (time.perf_counter() - started)


def sustained(wrap: Wrap, folder: Path) -> float:
    """The same for so many that recording has to keep up with them."""
    return answered(wrap, folder, 5 * MESSAGES)


def _all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def memory(piece: bytes, pieces: int, folder: Path) -> float:
    """Megabytes that a tap holds at most while so much goes through it to a server."""
    server = [sys.executable, "-S", "-c", COUNTS]
    with running(tapped, server, folder) as client:
        assert client.stdin
        assert client.stdout
        for _ in range(pieces):
            _all(client.stdin.fileno(), piece)
        client.stdin.write(b"\n")
        client.stdin.close()
        most = 0.0
        while client.poll() is None:
            most = max(most, _high_water(client.pid))
            time.sleep(0.05)
    return most


def _high_water(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    lines = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(lines[0].split()[1]) * 1024 / 1e6 if lines else 0.0


def kills(number: int, folder: Path) -> int:
    """How many of so many killed taps left a file that cannot be read, or lost what was in it.

    In a session of round trips whatever was recorded before the last answer came must be there.
    """
    wrong = torn = early = 0
    generator = random.Random(7)
    for _ in range(number):
        file = folder / f"{time.monotonic_ns()}.jsonl"
        part = file.with_name(f"{file.name}.part")
        with subprocess.Popen(tapped(["cat"], file), stdin=-1, stdout=-1, bufsize=0) as client:
            assert client.stdin
            assert client.stdout
            over = time.monotonic() + 0.15 + generator.random() * 0.3
            sent = seen = 0
            while time.monotonic() < over:
                client.stdin.write(request(sent))
                client.stdout.read(PIECE)
                sent += 1
                if part.exists():
                    # What is in the file by now has been written before the kill.
                    seen = max(seen, part.stat().st_size)
            client.send_signal(signal.SIGKILL)
        early += not part.exists()
        data = part.read_bytes() if part.exists() else b""
        *whole, rest = data.split(b"\n")
        numbers = []
        try:
            events = [json.loads(line) for line in whole]
            numbers = [event["n"] for event in events[1:]]
        except ValueError:
            wrong += 1
        if numbers != list(range(1, len(numbers) + 1)) or len(data) < seen:
            wrong += 1
        torn += bool(rest)
    print(f"{number} taps killed, {early} of them before there was a file:")
    print(f"  {wrong} files wrong, {torn} with a torn last line")
    return wrong


def main() -> int:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--kills", type=int, default=0)
    arguments.add_argument("--gigabytes", type=float, default=1.0)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.kills:
            return int(kills(given.kills, folder) > 0)
        wraps: dict[str, Wrap] = {"direct": direct, "pump": pumped, "mcpx record": tapped}
        wraps |= dict(others())
        missed = _speed(wraps, given.runs, folder)
        return int(_memory(given.gigabytes, folder) or missed)


def _speed(wraps: dict[str, Wrap], runs: int, folder: Path) -> bool:
    missed = False
    for title, measure, unit in (
        ("round trip, median", round_trip, 1e6),
        ("small messages, echoed by cat", throughput, 1e-3),
        ("small requests, answered by Python", answered, 1e-3),
        ("the same, many more of them", sustained, 1e-3),
    ):
        found: dict[str, list[float]] = {name: [] for name in wraps}
        for _ in range(runs):
            for name, wrap in wraps.items():
                found[name].append(measure(wrap, folder))
        print(f"{title} ({'microseconds' if unit > 1 else 'thousands per second'})")
        for name, values in found.items():
            ratios = [
                [one / base for one, base in zip(values, found[other], strict=True)]
                for other in ("direct", "pump")
            ]
            times, beside = map(statistics.median, ratios)
            median = statistics.median(values) * unit
            print(f"  {name:<14} {median:8.1f}   {times:5.2f} x direct   {beside:5.2f} x pump")
            if name == "mcpx record" and measure is round_trip:
                missed |= times > MOST_TIMES
            elif name == "mcpx record" and measure is answered:
                missed |= times < LEAST_THROUGHPUT
    return missed


def _memory(gigabytes: float, folder: Path) -> bool:
    print(f"memory for {gigabytes:g} GB (limit {MOST_MEMORY:.0f} MB)")
    missed = False
    total = int(gigabytes * 1e9)
    for title, piece in {
        "one line": b"x" * 1_000_000,
        "lines of 100 bytes": b"x" * 99 + b"\n",
        "messages of 10 kB": b'{"jsonrpc":"2.0","method":"m","params":{"a":"%s"}}\n'
        % (b"x" * 9_950),
        "messages of 8 MB": b'{"jsonrpc":"2.0","method":"m","params":{"a":"%s"}}\n'
        % ("é".encode() * 4_000_000),
        # Of which Python takes four bytes for each character.
        "8 MB, an emoji": b'{"jsonrpc":"2.0","method":"m","params":{"a":"%s"}}\n'
        % (b"x" * 8_000_000 + "😀".encode()),
        "messages of 15 MB": b'{"jsonrpc":"2.0","method":"m","params":{"a":"%s"}}\n'
        % ("é".encode() * 7_500_000),
        "messages of 20 MB": b'["%s"]\n' % (b"x" * 20_000_000),
    }.items():
        block = piece if len(piece) >= 1_000_000 else piece * (1_000_000 // len(piece))
        most = memory(block, total // len(block), folder)
        missed |= most > MOST_MEMORY
        print(f"  {title:<20} {most:6.1f} MB")
    return missed


if __name__ == "__main__":
    sys.exit(main())
