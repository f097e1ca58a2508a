"""A server that does everything right over HTTP, in the ways that its options say.

It prints its URL, writes what comes in to ``--log`` (JSON lines), and ends with its input.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from honest import Era
from http_honest import Options, Served, serving
from http_talk import TalkingSite
from modes import LONGEST


@contextmanager
def serve(**options: Any) -> Iterator[Served]:
    """Serve in threads of this process: ``with serve(sse=True) as server: server.url``.

    The options are those of ``http_honest.Options``.
    """
    with serving(TalkingSite(Options(**options))) as served:
        yield served


def main() -> None:
    """Serve until the end of input, LONGEST seconds at most."""
    parser = argparse.ArgumentParser(description=__doc__)
    usual = Options()
    parser.add_argument("--era", type=Era, choices=list(Era), default=usual.era)
    parser.add_argument("--name", default=usual.name, help="the name in serverInfo")
    parser.add_argument("--sse", action="store_true", help="answer with event streams")
    parser.add_argument("--no-sessions", dest="sessions", action="store_false")
    parser.add_argument("--lives", type=int, metavar="N", help="requests until a session is lost")
    parser.add_argument("--old", action="store_true", help="HTTP+SSE alone")
    parser.add_argument("--bearer", default="", help="the token it wants")
    parser.add_argument("--page", type=int, metavar="N", help="items of one page")
    parser.add_argument("--resumes", type=int, default=0, metavar="N", help="connections more")
    parser.add_argument("--no-get", dest="listens", action="store_false")
    parser.add_argument("--on-get", action="store_true", help="ask on the GET stream")
    parser.add_argument("--log", type=Path)
    options = vars(parser.parse_args())
    log = options.pop("log")
    signal.alarm(LONGEST)
    with serving(TalkingSite(Options(**options)), log) as served:
        print(served.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
