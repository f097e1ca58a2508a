"""Stands between a client and a server on stdio and keeps every byte: tee.py FOLDER COMMAND..."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path


def main() -> None:
    """Pass everything on, with copies in FOLDER/in and FOLDER/out."""
    folder, command = Path(sys.argv[1]), sys.argv[2:]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdin is not None
    assert server.stdout is not None

    def pass_on(source: int, sink: int, copy: Path) -> None:
        with copy.open("ab", buffering=0) as kept:
            while chunk := os.read(source, 65_536):
                kept.write(chunk)
                os.write(sink, chunk)
        os.close(sink)

    into = (0, os.dup(server.stdin.fileno()), folder / "in")
    server.stdin.close()
    threading.Thread(target=pass_on, args=into, daemon=True).start()
    pass_on(server.stdout.fileno(), 1, folder / "out")
    server.wait()


if __name__ == "__main__":
    main()
