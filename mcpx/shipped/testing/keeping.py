"""``python -m mcpx.shipped.testing.keeping COMMAND...``: a process that ends with its parent.

The command runs until whoever started it closes our standard input, or is gone.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading

# For how many seconds a process may finish what it does before it is killed.
PATIENCE = 5.0


def main(command: list[str]) -> int:
    """Run a command until standard input ends; returns its status."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    threading.Thread(target=_end_with_input, args=[process], daemon=True).start()
    return process.wait()


def _end_with_input(process: subprocess.Popen[bytes]) -> None:
    # Not by sys.stdin, whose lock Python wants when it ends while we still read.
    while os.read(0, 4096):
        pass
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
