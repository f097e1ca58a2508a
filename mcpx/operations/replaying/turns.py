"""When the live counterparts of interactions are begun: at once, or one after the other; no I/O."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from mcpx.operations.replaying.courses import Course

Start = Callable[[], None]


class Turns:
    """Whose turn it is. With ``one_by_one`` an interaction waits for the end of those before it.

    It has ended when the recording has come to its end too: only then all is known that its
    server's questions were answered.
    """

    def __init__(self, one_by_one: bool) -> None:
        self._one_by_one = one_by_one
        self._current: Course | None = None
        self._waiting: deque[tuple[Course, Start]] = deque()

    def take(self, course: Course, start: Start) -> None:
        """Begin an interaction when it is its turn; a subscription, which has no end, at once."""
        if self._one_by_one and not course.listens:
            if self._current is not None:
                self._waiting.append((course, start))
                return
            self._current = course
        start()

    def awaits(self, course: Course) -> bool:
        """Whether its turn has not come."""
        return any(one is course for one, _ in self._waiting)

    def after(self, course: Course) -> Course | None:
        """Begin the next after one has ended; that next, if the recording is past its end too."""
        if course is not self._current:
            return None
        self._current = None
        if not self._waiting:
            return None
        self._current, start = self._waiting.popleft()
        start()
        return self._current if self._current.passed else None
