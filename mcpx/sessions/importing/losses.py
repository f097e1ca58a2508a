"""What a recorder did to the messages that it kept, as notes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from mcpx.sessions.events import Event, Message

BY_JAVASCRIPT = "JavaScript wrote the numbers anew: 5.0 stands as 5, and large ones are rounded"
BY_PYTHON = (
    "Python wrote the messages anew: 1e2 stands as 100.0, of a repeated key the last is left"
)

# Fields that a server or a client needs as they are, with what recorders put in their place.
_REPLACED = re.compile(
    r'"(progressToken|maxTokens|cursor|nextCursor|requestState|taskId|subscriptionId)"\s*:\s*'
    r'"(?:\[?(?:REDACTED|redacted|MASKED|FILTERED)(?::[^"]{0,80})?\]?|\*{3,})"'
)


def replaced_fields(events: Iterable[Event]) -> Iterator[str]:
    """A note for each field of the protocol that a recorder took for a secret."""
    counts: Counter[str] = Counter()
    for event in events:
        if isinstance(event, Message):
            counts.update({match[1] for match in _REPLACED.finditer(event.text)})
    for name, count in sorted(counts.items()):
        yield f"the recorder replaced '{name}' as if it were a secret, in {count} of the messages"
