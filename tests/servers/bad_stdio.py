"""A server that misbehaves in one way: ``python bad_stdio.py MODE``; ``--list`` tells the ways.

Options: --on METHOD       spoil the answer to this method (tools/list)
         --era ERA         legacy (default: -32601 to server/discover), modern or both
         --seconds S       wait so long instead of the mode's own time
         --url URL         what the mode remote-ref refers to
         --pid-file FILE   add the server's process id to this file, and then its child's

Everything that a mode does not spoil is answered as a good server would. A server lives for 300 s
at most and, unless its mode says otherwise, ends at the end of its input.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

import bad_catalogues
import bad_endings
import bad_floods
import bad_frames
import bad_openings
import bad_silence
from honest import Era
from modes import LONGEST, MODES, Misbehaving


def main() -> int:
    """Play one mode; its exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("mode", nargs="?", choices=MODES, metavar="MODE")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--on", default="tools/list")
    parser.add_argument("--era", type=Era, choices=list(Era), default=Era.LEGACY)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--url", default="http://127.0.0.1:9/schema.json")
    parser.add_argument("--pid-file", type=Path)
    options = parser.parse_args()
    if options.list:
        width = max(map(len, MODES))
        for name, play in sorted(MODES.items()):
            print(f"{name:{width}}  {(play.__doc__ or '').splitlines()[0]}")
        return 0
    if options.mode is None:
        parser.error("which MODE? --list tells them")

    signal.alarm(LONGEST)
    server = Misbehaving(options.era, options.on, options.seconds, options.url, options.pid_file)
    server.note_pid(os.getpid())
    try:
        return MODES[options.mode](server) or 0
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
