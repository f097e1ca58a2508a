from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

from tests.operations.taps.tapped import ECHO, events, python, run, start, tap, until

# A recording that comes to nothing, step by step, before there is a file.
SLOW = """
import os, sys, time
from mcpx.operations.taps.stdio import tap
from mcpx.operations.taps.stdio.recorded_process import RecordedProcess
take = RecordedProcess.take
def slow(*given):
    while not os.path.exists(sys.argv[2]):
        time.sleep(0.001)
        yield
    yield from take(*given)
RecordedProcess.take = slow
sys.exit(tap.tap(sys.argv[3:], sys.argv[1], print))
"""


def test_nobody_waits_for_the_recording(tmp_path: Path) -> None:
    file, go = tmp_path / "s.jsonl", tmp_path / "go"
    part = tmp_path / "s.jsonl.part"
    with start([sys.executable, "-c", SLOW, str(file), str(go), *ECHO]) as client:
        assert client.stdin
        assert client.stdout
        for number in range(20):
            client.stdin.write(b"[%d]\n" % number)
            client.stdin.flush()
            assert client.stdout.readline() == b"[%d]\n" % number
        assert until(lambda: part.exists() and events(part, "open"))
        assert events(part, "msg") == []
        go.touch()
        client.stdin.close()
        assert client.stdout.read() == b""
        assert client.wait(20) == 0
    assert len(events(file, "msg")) == 40


def test_what_was_passed_on_is_soon_in_the_file(tmp_path: Path) -> None:
    part = tmp_path / "s.jsonl.part"
    with start(tap(tmp_path / "s.jsonl", ECHO)) as client:
        assert client.stdin
        client.stdin.write(b"[1]\n")
        client.stdin.flush()
        assert until(lambda: part.exists() and len(events(part, "msg")) == 2)
        client.kill()


def test_times_are_those_of_passing_and_never_go_back(tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    code = (
        "import sys, time\nfor line in sys.stdin: time.sleep(0.3); print(line, end='', flush=True)"
    )
    run(tap(file, python(code)), b"[1]\n[2]\n[3]\n")
    found = events(file)
    answers = [one["t"] for one in found if one.get("d") == "s2c"]
    assert all(after - before > 0.05 for before, after in pairwise(answers)), answers
    asked = [one["t"] for one in found if one.get("d") == "c2s"]
    assert asked[0] < answers[0]
    assert found[0]["t"] <= asked[0]


def test_many_at_once_are_recorded_in_their_order(tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    data = b"".join(b"[%d]\n" % number for number in range(3_000))
    done = subprocess.run(tap(file, ECHO), input=data, capture_output=True, check=True)
    assert done.stdout == data
    for direction in ("c2s", "s2c"):
        found = [one["m"] for one in events(file, "msg") if one["d"] == direction]
        assert found == [[number] for number in range(3_000)]
