"""``python -m mcpx.demo NAME``: one demo server on stdio until the end of input."""

from __future__ import annotations

import logging
import signal
import sys

from mcpx.demo import SERVERS, load


def main(arguments: list[str]) -> int:
    """Serve what the only argument names; the exit status, 2 when it names nothing."""
    if len(arguments) != 1 or arguments[0] not in SERVERS:
        width = max(map(len, SERVERS))
        sys.stderr.write("usage: python -m mcpx.demo NAME, where NAME is one of\n")
        sys.stderr.writelines(f"  {name:{width}}  {text}\n" for name, text in SERVERS.items())
        return 2
    # A worker thread of the SDK sits in a read that Python's own SIGINT would wait for.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    logging.disable(logging.CRITICAL)
    try:
        load(arguments[0]).run()
    except* BrokenPipeError:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
