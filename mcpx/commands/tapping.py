"""The command line of a tap, recognised without the parser: no server is kept waiting for it.

Only its plain form, ``record -o FILE -- COMMAND...``, which is what stands in the configuration of
a host; the parser has the last word on any other.
"""

from __future__ import annotations

import os
from collections.abc import Sequence


def tapped(words: Sequence[str]) -> int | None:
    """Run the tap that a command line asks for, as ``mcpx record`` would, and return its status.

    None where it asks for none, or where there is something to say about it first.
    """
    match words:
        case ["record", "-o" | "--output", output, "--", program, *_] if program:
            if output in ("", "-") or not hasattr(os, "fork"):
                return None
            from mcpx.operations.taps.stdio.tap import tap

            return tap(words[4:], output, tell)
    return None


def tell(text: str) -> None:
    """Say on stderr what a person has to know of a tap."""
    from mcpx.terminal import Terminal

    Terminal().say(f"mcpx record: {text}")
