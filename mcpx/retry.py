"""What may be repeated, how often and when: one policy for servers, registry and domains.

Three questions decide: was it sent, could it have run, is repeating it harmless?
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from mcpx.errors import Fault, McpxError, ServerError

ATTEMPTS = 3
BASE = 0.2
CAP = 20.0
# A server that asks for more patience than this is told of, not waited for.
LONGEST_WAIT = 60.0

# Reading twice changes nothing (specification 2026-07-28, basic/patterns; SEP-2663 for tasks/get).
READS = frozenset(
    (
        *("server/discover", "initialize", "ping", "logging/setLevel"),
        *("tools/list", "prompts/list", "resources/list", "resources/templates/list"),
        *("resources/read", "prompts/get", "completion/complete", "tasks/get", "tasks/result"),
        *("resources/subscribe", "resources/unsubscribe", "tasks/cancel"),
    )
)


class Happened(Enum):
    """What became of a request that failed."""

    NOT_SENT = "not sent"
    REFUSED = "refused before it ran"
    UNKNOWN = "it may have run"
    ANSWERED = "it was answered"


_GATEWAY = (502, 503, 504)


def happened(error: McpxError) -> Happened:
    """What became of the request, as far as its error tells."""
    if not isinstance(error, ServerError):
        return Happened.ANSWERED
    if error.fault is Fault.CONNECT:
        return Happened.NOT_SENT
    if error.fault is Fault.THROTTLED:
        return Happened.REFUSED
    if error.fault is Fault.LOST:
        return Happened.UNKNOWN
    if error.fault is Fault.HTTP and error.evidence.status in _GATEWAY:
        return Happened.UNKNOWN
    return Happened.ANSWERED


@dataclass(slots=True)
class Budget:
    """How many repetitions one process may make in all, so that many servers make no storm.

    Each costs a token, each success gives a tenth of one back (gRPC A6, "retryThrottling").
    """

    tokens: float = 10.0
    most: float = 10.0

    def spend(self) -> bool:
        """Take a token, if there is one."""
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True

    def earn(self) -> None:
        """Something succeeded."""
        self.tokens = min(self.most, self.tokens + 0.1)


@dataclass(slots=True)
class Retries:
    """The policy with its shared budget. ``told`` hears of each repetition before it is waited for.

    ``told`` gets the error, the number of the coming attempt (2, 3) and the seconds until then.
    """

    attempts: int = ATTEMPTS
    budget: Budget = field(default_factory=Budget)
    told: Callable[[McpxError, int, float], None] = lambda _error, _attempt, _wait: None
    uniform: Callable[[float, float], float] = random.uniform

    def wait(self, error: McpxError, attempt: int, harmless: bool, left: float) -> float | None:
        """Seconds to wait before the next attempt; None when there shall be none.

        ``attempt`` is the number of the one that failed, ``harmless`` whether the request may run
        twice, ``left`` the seconds until the deadline.
        """
        became = happened(error)
        if became is Happened.ANSWERED or attempt >= self.attempts:
            return None
        if became is Happened.UNKNOWN and not harmless:
            return None
        asked = error.evidence.retry_after if isinstance(error, ServerError) else None
        # Full jitter: many clients that failed together do not come back together.
        seconds = self.uniform(0.0, min(CAP, BASE * 2**attempt)) if asked is None else asked
        if seconds > min(left, LONGEST_WAIT) or not self.budget.spend():
            return None
        self.told(error, attempt + 1, seconds)
        return seconds
