"""What a recording proxy costs: round trips through it against direct ones, and its memory.

    python tests/bench/tap_http.py [--calls N] [--gigabytes N]

Both go to the same server in turns, in the same run, over one connection that is kept open. The
server is a demo server on the SDK; against one that answers without doing anything the difference
is the proxy alone. Then a stream of so many gigabytes, in messages of 1 MB and a last one of 64 MB,
goes through. Linux.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

MCPX = [str(Path(sys.executable).parent / "mcpx")]
META = "io.modelcontextprotocol/"
VERSION = "2026-07-28"
MEGABYTE = 1 << 20
EVENT = b'data: {"jsonrpc": "2.0", "method": "notifications/message", "params": "%s"}\n\n'


class Bare(BaseHTTPRequestHandler):
    """Answers every POST at once; a GET with as many megabytes as its path says."""

    protocol_version = "HTTP/1.1"
    answer = b'{"jsonrpc": "2.0", "id": 1, "result": {"content": []}}'

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.wfile.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
            + str(len(self.answer)).encode()
            + b"\r\n\r\n"
            + self.answer
        )

    def do_GET(self) -> None:
        self.wfile.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        small = EVENT % (b"x" * MEGABYTE)
        for number in range(int(self.path.rpartition("/")[2])):
            self._chunk(small if number else EVENT % (b"x" * 64 * MEGABYTE))
        self.wfile.write(b"0\r\n\r\n")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n" % len(data) + data + b"\r\n")

    def log_message(self, *_: object) -> None:
        """Nothing."""


def ask(connection: http.client.HTTPConnection, path: str, number: int) -> float:
    """Seconds for one call of a tool."""
    meta = {
        f"{META}protocolVersion": VERSION,
        f"{META}clientInfo": {"name": "bench", "version": "1"},
        f"{META}clientCapabilities": {},
    }
    params = {"name": "get_current", "arguments": {"city": "Oslo"}, "_meta": meta}
    message = {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": VERSION,
        "Mcp-Method": "tools/call",
        "Mcp-Name": "get_current",
    }
    body = json.dumps(message)
    started = time.perf_counter()
    connection.request("POST", path, body, headers)
    response = connection.getresponse()
    response.read()
    taken = time.perf_counter() - started
    if response.status != 200:
        raise SystemExit(f"HTTP {response.status}")
    return taken


@contextmanager
def tap(url: str, folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """``mcpx record`` in front of a server: the URL to connect to, and its process."""
    command = [*MCPX, "record", "-o", f"{folder}/", "--http", url, "--listen", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            line = process.stderr.readline()
            found = re.search(r"http://127\.0\.0\.1:\d+/\S*[^:\s]", line)
            if found is None:
                raise SystemExit(line + process.stderr.read())
            yield found[0], process
        finally:
            process.terminate()


def round_trips(title: str, url: str, calls: int, folder: Path) -> None:
    """The median of a call both ways, in turns."""
    with tap(url, folder) as (through, _):
        ways = {name: urlsplit(place) for name, place in (("direct", url), ("tap", through))}
        lines = {
            name: http.client.HTTPConnection(parts.netloc, timeout=30)
            for name, parts in ways.items()
        }
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(calls + 50):
            for name, parts in ways.items():
                value = ask(lines[name], parts.path, number)
                if number >= 50:
                    taken[name].append(value)
        for line in lines.values():
            line.close()
    median = {name: statistics.median(values) * 1000 for name, values in taken.items()}
    print(
        f"{title}: direct {median['direct']:.2f} ms, through the tap {median['tap']:.2f} ms, "
        f"ratio {median['tap'] / median['direct']:.2f}"
    )


def memory(url: str, megabytes: int, folder: Path) -> None:
    """The most memory that the tap ever had, and how fast it was."""
    with tap(url, folder) as (through, process):
        parts = urlsplit(through)
        line = http.client.HTTPConnection(parts.netloc, timeout=60)
        started = time.perf_counter()
        line.request("GET", f"{parts.path}/{megabytes}")
        response, size = line.getresponse(), 0
        while piece := response.read(MEGABYTE):
            size += len(piece)
        seconds = time.perf_counter() - started
        status = Path(f"/proc/{process.pid}/status").read_text()
        peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
        line.close()
    print(
        f"{size / 1e9:.2f} GB through the tap: {peak:.0f} MB of memory at most (limit 150), "
        f"{size / seconds / 1e6:.0f} MB/s"
    )


def main() -> None:
    """Measure all of it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--calls", type=int, default=500)
    options.add_argument("--gigabytes", type=float, default=1.0)
    chosen = options.parse_args()
    bare = ThreadingHTTPServer(("127.0.0.1", 0), Bare)
    threading.Thread(target=bare.serve_forever, daemon=True).start()
    here = f"http://127.0.0.1:{bare.server_port}/mcp"
    server = [sys.executable, "-m", "mcpx.demo", "weather-2", "--http"]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(server, stdout=subprocess.PIPE, text=True) as process,
    ):
        assert process.stdout is not None
        try:
            url = process.stdout.readline().strip()
            round_trips("a server on the SDK (limit 2)", url, chosen.calls, Path(folder) / "sdk")
        finally:
            process.terminate()
        round_trips("a server that does nothing", here, chosen.calls, Path(folder) / "bare")
        memory(here, int(chosen.gigabytes * 1000), Path(folder) / "large")
    bare.shutdown()


if __name__ == "__main__":
    main()
