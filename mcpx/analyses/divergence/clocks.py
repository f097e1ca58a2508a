"""Whether points in time within two values are those of the session itself; no I/O.

What a server takes from its clock lies as far from it in the recording as live: now, in half an
hour, a day ago. What somebody wrote, or what stands still, does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from mcpx.analyses.divergence.distances import lies
from mcpx.analyses.divergence.moments import (
    DAY,
    HOUR,
    TIME,
    form,
    has_no_date,
    has_zone,
    moments,
    of_a_day,
    of_the_day,
    offset,
)
from mcpx.analyses.divergence.summer_time import summer_between
from mcpx.analyses.divergence.timelines import Timeline

# By how much two distances from the clocks may differ; less for what is more than a day away.
_GIVE, _GIVE_FAR = 300.0, 120.0
# From here on nothing is told by a clock: ten years for texts, one for numbers.
_FURTHEST, _FURTHEST_NUMBER = 3_653 * DAY, 366 * DAY
# Around a clock, where it is known that times there differ by themselves.
_ROUGHLY = 31 * DAY
_WHOLE = re.compile(TIME)
_UTC = (0.0,)
# From UTC-12 to UTC+14, by whole hours.
_ZONES = tuple(zone * HOUR for zone in range(-12, 15))
# Without whole hours: some zones are by half an hour or three quarters further than others.
_WITHIN_AN_HOUR = (0.0, 1_800.0, 2_700.0)
# Time zones differ by quarters of an hour. Of a time of the day so many seconds may have passed.
_QUARTER, _PASSED = 900.0, 120.0
# Seconds an answer may have been on its way since its day, hour or quarter was told.
_ON_ITS_WAY = 2.0
# What counts since 1970, and how many of it there are in a second.
_UNITS = (
    (1.0, "seconds"),
    (1e3, "milliseconds"),
    (1e6, "microseconds"),
    (1e9, "nanoseconds"),
)
# No count since 1970 is larger; Python has integers that no float holds.
_LARGEST = 1e19


@dataclass(frozen=True, slots=True)
class Clocks:
    """The wall clocks of the two answers, in seconds since 1970; 0 where it is not known.

    ``timeline`` is that of the session.
    """

    recorded: float
    live: float
    timeline: Timeline = field(default_factory=Timeline)

    def why_not(self, recorded: str, live: str) -> str:
        """Why two texts that ``TIME`` matches are not one time of the session; empty if they are.

        They are where they are written in one form and lie equally far from their clocks, give or
        take five minutes, or two where that is more than a day. A day does, and an hour or quarter
        on both sides, where it is as many days, hours or quarters away. Without a zone both lie in
        the same, or an hour further where summer time may have begun or ended.
        """
        if said := _other_form(recorded, live):
            return said
        if not self._are_known:
            return "is another time"
        if has_no_date(recorded):
            return "" if self._same_of_the_day(recorded, live) else "is another time of the day"
        pairs = [(was, now) for was in moments(recorded) for now in moments(live)]
        zoned = has_zone(recorded)
        if any(self._same(*pair, zoned, of_a_day(recorded)) for pair in pairs):
            return ""
        return self._lies(*pairs[0]) if pairs else "is another time"

    def both_count(self, recorded: float, live: float) -> bool:
        """Whether two numbers count from 1970 to one time of the session, in the same unit."""
        if not self._are_known:
            return False
        units = {_unit(recorded, self.recorded), _unit(live, self.live)}
        if len(units) != 1 or (unit := units.pop()) is None:
            return False
        return self._same(recorded / unit[0], live / unit[0], zoned=True, is_day=False)

    def why_not_count(self, recorded: float, live: float) -> str:
        """Why two numbers that look like such counts are none; empty where they do not."""
        if not self._are_known:
            return ""
        was, now = _unit(recorded, self.recorded), _unit(live, self.live)
        if was is None or now is None:
            return ""
        if was != now:
            return f"counts {now[1]} since 1970, {was[1]} in the recording"
        return self._lies(recorded / was[0], live / was[0])

    def keep_time(self, recorded: Any, live: Any) -> bool:
        """Whether a value that tells a time of about now still does so, in the same form.

        About now is within a month. So it is too where the recorded value tells none.
        """
        if isinstance(recorded, str) and _WHOLE.fullmatch(recorded):
            if not _is_around(moments(recorded), self.recorded):
                return True
            is_one = isinstance(live, str) and _WHOLE.fullmatch(live) is not None
            return (
                is_one and not _other_form(recorded, live) and _is_around(moments(live), self.live)
            )
        if not isinstance(recorded, int | float) or abs(recorded) > _LARGEST:
            return True
        units = [unit for unit, _ in _UNITS if _is_around([recorded / unit], self.recorded)]
        is_number = isinstance(live, int | float) and abs(live) <= _LARGEST
        return not units or (is_number and _is_around((live / one for one in units), self.live))

    @property
    def _are_known(self) -> bool:
        return self.recorded > 0 < self.live

    def _same(self, recorded: float, live: float, zoned: bool, is_day: bool) -> bool:
        """Whether two times lie equally far from their clocks, or are known from before."""
        was, now = recorded - self.recorded, live - self.live
        if max(abs(was), abs(now)) > _FURTHEST:
            return False
        if is_day:
            return self._same_steps(recorded, live, DAY, _ZONES)
        give = _GIVE if max(abs(was), abs(now)) <= DAY else _GIVE_FAR
        apart = abs(now - was)
        if apart <= give:
            self.timeline.learn(recorded, live)
            return True
        if not zoned and abs(apart - HOUR) <= give and summer_between(self.recorded, self.live):
            return True
        return self.timeline.knows(recorded, live) or any(
            self._same_steps(recorded, live, step, _UTC if zoned else zones)
            for step, zones in ((DAY, _ZONES), (HOUR, _WITHIN_AN_HOUR), (_QUARTER, _UTC))
        )

    def _same_steps(
        self, recorded: float, live: float, step: float, zones: tuple[float, ...]
    ) -> bool:
        """Whether both are the beginning of a day or hour that is as many of them away."""
        if recorded % step or live % step:
            return False
        between = (live - recorded) / step
        return any(
            (now + zone) // step - (was + zone) // step == between
            for zone in zones
            for was in (self.recorded, self.recorded - _ON_ITS_WAY)
            for now in (self.live, self.live - _ON_ITS_WAY)
        )

    def _same_of_the_day(self, recorded: str, live: str) -> bool:
        """Whether two times of the day are those of their clocks, in one zone."""
        was, now = _zone(recorded, self.recorded), _zone(live, self.live)
        if was is None or now is None:
            return False
        apart = (now - was) % (DAY / _QUARTER)
        hour = HOUR / _QUARTER
        return apart == 0 or (
            apart in (hour, DAY / _QUARTER - hour) and summer_between(self.recorded, self.live)
        )

    def _lies(self, recorded: float, live: float) -> str:
        return lies(recorded - self.recorded, live - self.live)


def near_text(text: str, clock: float) -> bool:
    """Whether a text that ``TIME`` matches tells a time within a day of this clock."""
    if has_no_date(text):
        return _zone(text, clock) is not None
    # A day has no hour, and where its zone is not told it may be another one there.
    reach, middle = (DAY * 1.5, DAY / 2) if of_a_day(text) else (DAY, 0.0)
    return clock > 0 and any(abs(one + middle - clock) <= reach for one in moments(text))


def near_number(value: float, clock: float) -> bool:
    """Whether a number counts from 1970 to within an hour of this clock, in any unit."""
    return clock > 0 and any(abs(value / unit - clock) <= HOUR for unit, _ in _UNITS)


def _is_around(times: Iterable[float], clock: float) -> bool:
    return clock > 0 and any(abs(one - clock) <= _ROUGHLY for one in times)


def _unit(value: float, clock: float) -> tuple[float, str] | None:
    """The unit in which a number counts from 1970 to somewhere around this clock."""
    return next(
        (one for one in _UNITS if abs(value / one[0] - clock) <= _FURTHEST_NUMBER),
        None,
    )


def _other_form(recorded: str, live: str) -> str:
    """In what two times are not written alike; empty where they are."""
    was, now = form(recorded), form(live)
    if was == now:
        apart = abs((offset(recorded) or 0.0) - (offset(live) or 0.0))
        return "is told in another zone" if apart > HOUR else ""
    if has_zone(recorded) and not has_zone(live):
        return "has lost its zone"
    if has_zone(live) and not has_zone(recorded):
        return "has a zone, which it had not"
    return "is a time in another form"


def _zone(text: str, clock: float) -> int | None:
    """The zone in which a time of the day is this clock's, in quarters of an hour from UTC."""
    seconds = of_the_day(text)
    if seconds is None or clock <= 0:
        return None
    ahead = seconds - clock % DAY
    quarters = round(ahead / _QUARTER)
    return quarters if abs(ahead - quarters * _QUARTER) <= _PASSED else None
