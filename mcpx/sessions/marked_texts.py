"""Recorded texts in which markers stand for secrets, beside texts that hold the secrets; no I/O."""

from __future__ import annotations

import re

from mcpx.sessions.events import MARKER

_BEFORE, _AFTER = MARKER.split("{}")
# Any marker of a text.
MARKED = re.compile(f"{_BEFORE}[^{_BEFORE}{_AFTER}]*{_AFTER}")


def fits(recorded: str, live: str, least: int = 0) -> bool:
    """Whether a text is a recorded one, with ``least`` characters or more for each marker.

    Takes time in proportion to the texts, whatever they are: each piece between two markers is
    looked for where it can come first, which leaves the most room for those after it.
    """
    first, *pieces = MARKED.split(recorded)
    if not pieces:
        return recorded == live
    last = pieces.pop()
    if not live.startswith(first):
        return False
    at = len(first)
    for piece in pieces:
        found = live.find(piece, at + least)
        if found < 0:
            return False
        at = found + len(piece)
    return len(live) - len(last) >= at + least and live.endswith(last)
