"""How the time of a session went by on both sides, as far as it has been compared; no I/O."""

from __future__ import annotations

from bisect import bisect_left

# Seconds between two answers that are kept apart, and around one in which something was made.
_STEP, _AROUND = 30.0, 300.0
# Seconds by which a time that is told twice may differ, as where one text has a fraction.
_SAME = 2.0
# Times that are kept.
_MOST = 100_000


class Timeline:
    """What stands for what in time: answers of the session, and times that have been told.

    A client may have taken its time where a replay does not, so that what was made in the session
    lies further back in the recording. Such a time is known again, or lies at an earlier answer.
    """

    def __init__(self) -> None:
        self._recorded: list[float] = []
        self._live: list[float] = []
        self._known: dict[int, float] = {}

    def answered(self, recorded: float, live: float) -> None:
        """Both sides have answered, at these clocks."""
        if recorded <= 0 or live <= 0:
            return
        further = not self._recorded or recorded - self._recorded[-1] >= _STEP
        if further and len(self._recorded) < _MOST:
            self._recorded.append(recorded)
            self._live.append(live)

    def learn(self, recorded: float, live: float) -> None:
        """Take one time for the other from now on."""
        if len(self._known) < _MOST:
            self._known.setdefault(round(recorded), live)

    def knows(self, recorded: float, live: float) -> bool:
        """Whether these two have been told before, or lie at one earlier answer."""
        known = self._known.get(round(recorded))
        if known is not None and abs(known - live) <= _SAME:
            return True
        place = bisect_left(self._recorded, recorded - _AROUND)
        while place < len(self._recorded) and self._recorded[place] <= recorded + _AROUND:
            apart = live - self._live[place]
            if abs(apart) <= _AROUND >= abs(recorded - self._recorded[place] - apart):
                return True
            place += 1
        return False
