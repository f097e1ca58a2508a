"""The way into mcpx: signals are heard before anything else is imported."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from mcpx import interrupts


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit status."""
    with interrupts.listening():
        try:
            words = sys.argv[1:] if argv is None else list(argv)
            # Before the parser is imported: a server is kept waiting for whatever comes first.
            from mcpx.commands.tapping import tapped

            if (status := tapped(words)) is not None:
                return status
            from mcpx.ending import ended

            return ended(words)
        except BaseException:
            # An interruption before anybody could say so, and what an import made of it.
            if interrupts.heard():
                return interrupts.STATUS
            raise


def run() -> None:
    """The entry point of the ``mcpx`` command."""
    status = interrupts.STATUS
    try:
        with interrupts.listening(to_the_end=True):
            status = main()
    except KeyboardInterrupt:
        status = interrupts.STATUS
    sys.exit(status)


if __name__ == "__main__":
    run()
