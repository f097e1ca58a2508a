"""How mcpx ends when it is told to, is killed, or nobody takes what it writes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.client.children import BAD, MCPX, environment, left_after, start, wait_for_servers

# Neither the end of its input nor SIGTERM ends it, and it leaves a child somewhere.
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen(
    [sys.executable, "-c", "import time; time.sleep(60)"], start_new_session={session}
)
with open({pids!r}, "a") as file:
    file.write(f"{{child.pid}}\\n{{os.getpid()}}\\n")
time.sleep(60)
"""


@dataclass(frozen=True)
class Listing:
    """mcpx while it waits for a server; ``processes`` are those that it has started."""

    mcpx: subprocess.Popen[bytes]
    processes: list[int]

    def ends(self, within: float) -> tuple[int, str, str]:
        out, err = self.mcpx.communicate(timeout=within)
        return self.mcpx.returncode, out.decode(), err.decode()


@pytest.fixture
def listing(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Listing]:
    pids = tmp_path / "pids"
    arguments = ["inspect", "--json", "--", *BAD, request.param, "--pid-file", str(pids)]
    with start(arguments, tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as mcpx:
        try:
            processes = wait_for_servers(pids)
            time.sleep(0.4)
            yield Listing(mcpx, processes)
        finally:
            mcpx.kill()
    left_after(processes, 0)


SILENT = [
    pytest.param("never-answers-list", id="while it lists"),
    pytest.param("never-answers", id="while it probes"),
]

SLEEPS = """
import json, os, sys, time
for line in sys.stdin:
    message = json.loads(line)
    method, number = message["method"], message.get("id")
    if number is None:
        continue
    if method == "initialize":
        opening = {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}}
        result = {**opening, "serverInfo": {"name": "s", "version": "1"}}
    elif method == "tools/list" and sys.argv[1] != "list":
        result = {"tools": [{"name": "sleep", "inputSchema": {"type": "object"}}]}
    elif method in ("tools/list", "tools/call"):
        with open("asked", "w") as file:
            file.write(f"{os.getpid()}\\n")
        time.sleep(60)
    else:
        print(json.dumps({"jsonrpc": "2.0", "id": number, "error": {"code": -32601}}), flush=True)
        continue
    print(json.dumps({"jsonrpc": "2.0", "id": number, "result": result}), flush=True)
"""


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("listing", SILENT, indirect=True)
def test_a_signal_ends_mcpx_and_its_server(listing: Listing, number: str) -> None:
    listing.mcpx.send_signal(signal.Signals[number])
    status, out, err = listing.ends(within=5)
    assert (status, out) == (130, "")
    assert json.loads(err)["error"]["message"] == "interrupted"
    assert left_after(listing.processes, 2) == ()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can tie a child to its parent")
@pytest.mark.parametrize("listing", ["closes-stdin"], indirect=True)
def test_the_server_goes_when_mcpx_is_killed(listing: Listing) -> None:
    listing.mcpx.kill()
    assert listing.ends(within=5)[0] == -signal.SIGKILL
    assert left_after(listing.processes, 2) == ()


@pytest.mark.parametrize("signals", [1, 2], ids=["one signal", "and a second one"])
@pytest.mark.parametrize(
    "session", [False, True], ids=["a child in its group", "a child in a session of its own"]
)
def test_a_signal_ends_a_stubborn_server_and_its_child(
    session: bool, signals: int, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    script = tmp_path / "server.py"
    script.write_text(STUBBORN.format(session=session, pids=str(pids)))
    arguments = ["inspect", "--", sys.executable, str(script)]
    with start(arguments, tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        processes = wait_for_servers(pids, 2)
        time.sleep(0.4)
        for _ in range(signals):
            process.send_signal(signal.SIGINT)
            time.sleep(0.3)
        _, err = process.communicate(timeout=6)
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert left_after(processes, 2) == ()


def test_a_reader_who_has_enough_ends_it_quietly(tmp_path: Path) -> None:
    mode = (*BAD, "ten-thousand-tools", "--pid-file", str(tmp_path / "pids"))
    with start(
        ["inspect", "--json", "--", *mode],
        tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == b"{\n"
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(10) == 0
    assert left_after(wait_for_servers(tmp_path / "pids"), 2) == ()


@pytest.mark.parametrize("form", ["table", "json", "ndjson"])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_an_error_of_one_line(form: str, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    command = ["inspect", "--format", form, "--", *BAD, "banner-lines", "--pid-file", str(pids)]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*MCPX, *command],
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=environment(tmp_path),
            text=True,
            timeout=20,
        )
    assert done.returncode == 2
    assert os.strerror(28) in done.stderr
    assert "Traceback" not in done.stderr and "Exception" not in done.stderr
    assert left_after(wait_for_servers(pids), 2) == ()


@pytest.mark.parametrize(
    ("tool", "said"),
    [
        ("sleep", "interrupted; the call was sent and may have been carried out"),
        ("list", "interrupted"),
    ],
)
@pytest.mark.parametrize("form", ["table", "json"])
def test_what_an_interruption_leaves_undecided_is_said(
    tool: str, said: str, form: str, tmp_path: Path
) -> None:
    script = tmp_path / "server.py"
    script.write_text(SLEEPS)
    words = ["call", tool, "-q", "-f", form, "--", sys.executable, str(script), tool]
    with start(words, tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        wait_for_servers(tmp_path / "asked", 1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=6)
    assert (process.returncode, out) == (130, b"")
    if form == "json":
        error = json.loads(err)["error"]
        assert (error["class"], error["message"]) == ("cancelled", said)
    else:
        # What is quiet does not keep silent about that.
        assert err.decode() == (f"{said}\n" if tool == "sleep" else "")
