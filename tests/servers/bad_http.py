"""A server that misbehaves in one way over HTTP: ``python bad_http.py MODE``; ``--list`` tells all.

Options: --on WHAT     spoil the answer to this method (of JSON-RPC or of HTTP); * for every request
         --era ERA     legacy, modern or both
         --log FILE    what comes in, as lines of JSON

Everything that a mode does not spoil is answered as a good server would. It prints its URL, and
ends with its input, after 300 s at the latest.
"""

from __future__ import annotations

import argparse
import signal
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import http_bodies
import http_codings
import http_connections
import http_framing
import http_old
import http_redirects
import http_resuming
import http_sessions
import http_silence
import http_statuses
import http_streams
from honest import Era
from http_modes import MODES, Misbehaving, serving
from modes import LONGEST

SUBJECTS = (
    http_bodies,
    http_codings,
    http_connections,
    http_framing,
    http_old,
    http_redirects,
    http_resuming,
    http_sessions,
    http_silence,
    http_statuses,
    http_streams,
)
"""The modules that have entered their modes into the table."""


def serve(
    name: str, on: str | None = None, era: Era | None = None
) -> AbstractContextManager[Misbehaving]:
    """Play a mode in threads of this process: ``with serve("html") as server: server.url``."""
    return serving(name, on, era)


def main() -> int:
    """Play one mode; its exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("mode", nargs="?", choices=MODES, metavar="MODE")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--on")
    parser.add_argument("--era", type=Era, choices=list(Era))
    parser.add_argument("--log", type=Path)
    options = parser.parse_args()
    if options.list:
        width = max(map(len, MODES))
        for name, one in sorted(MODES.items()):
            print(f"{name:{width}}  {one.about}")
        return 0
    if options.mode is None:
        parser.error("which MODE? --list tells them")
    signal.alarm(LONGEST)
    with serving(options.mode, options.on, options.era, options.log) as served:
        print(served.url, flush=True)
        sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
