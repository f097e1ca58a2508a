"""How long a mock takes: no time, the recorded one, or a part of it; no I/O."""

from __future__ import annotations

import math
import re

from mcpx.errors import UsageError

# Of one wait, in seconds: a recording may hold a night.
LONGEST = 3_600.0


def seconds_kept(text: str) -> float:
    """What a recorded second takes, for the text of ``--timing``: 0.5 for ``x2``, 0 for ``none``.

    Raises UsageError.
    """
    if text in ("none", "recorded"):
        return float(text == "recorded")
    times = float(text[1:]) if re.fullmatch(r"x[0-9]{1,9}(\.[0-9]{1,9})?", text) else 0.0
    if not times:
        raise UsageError(
            f"--timing {text}: not none, recorded or xN",
            hint="--timing x10 is ten times as fast as it was recorded",
        )
    return 1 / times


def wait_of(recorded: float, kept: float) -> float:
    """How long to wait for a message that took this long when it was recorded, in seconds."""
    wait = recorded * kept
    return min(max(wait, 0.0), LONGEST) if math.isfinite(wait) else 0.0
