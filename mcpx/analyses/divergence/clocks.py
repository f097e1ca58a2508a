"""Whether points in time within two values are those of the session itself; no I/O.

What a server takes from its clock lies as far from it in the recording as live: now, in half an
hour, a day ago. What somebody wrote, or what stands still, does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from mcpx.analyses.divergence.moments import (
    DAY,
    HOUR,
    form,
    has_no_date,
    has_zone,
    moments,
    of_a_day,
    of_the_day,
    offset,
)
from mcpx.analyses.divergence.timelines import Timeline

# By how much two distances from the clocks may differ; less for what is more than a day away.
_GIVE, _GIVE_FAR = 300.0, 120.0
# From here on nothing is told by a clock: ten years for texts, one for numbers.
_FURTHEST, _FURTHEST_NUMBER = 3_653 * DAY, 366 * DAY
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
_LENGTHS = ((DAY, "days"), (HOUR, "h"), (60.0, "min"), (1.0, "s"))


@dataclass(frozen=True, slots=True)
class Clocks:
    """The wall clocks of the two answers, in seconds since 1970; 0 where it is not known.

    ``timeline`` is that of the session.
    """

    recorded: float
    live: float
    timeline: Timeline = field(default_factory=Timeline)

    def both_near(self, recorded: str, live: str) -> bool:
        """Whether two texts that ``TIME`` matches are one time of the session."""
        return not self.why_not(recorded, live)

    def why_not(self, recorded: str, live: str) -> str:
        """Why two such texts are not one time of the session; empty where they are.

        They are where they are written in one form and lie equally far from their clocks, give or
        take five minutes. A day does, and an hour or quarter on both sides, where it is as many
        days, hours or quarters away. Without a zone both lie in the same, or an hour further where
        summer time may have begun or ended.
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
        return self._are_known and any(
            self._near(recorded / unit, live / unit)
            and self._same(recorded / unit, live / unit, True, False)
            for unit, _ in _UNITS
        )

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

    @property
    def _are_known(self) -> bool:
        return self.recorded > 0 < self.live

    def _near(self, recorded: float, live: float) -> bool:
        far = abs(recorded - self.recorded), abs(live - self.live)
        return max(far) <= _FURTHEST_NUMBER

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
        if not zoned and abs(apart - HOUR) <= give and _summer_between(self.recorded, self.live):
            return True
        if self.timeline.knows(recorded, live):
            return True
        zones = (0.0,) if zoned else _ZONES
        return any(
            self._same_steps(recorded, live, step, within)
            for step, within in (
                (DAY, zones),
                (HOUR, (0.0,) if zoned else _WITHIN_AN_HOUR),
                (_QUARTER, (0.0,)),
            )
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
            apart in (hour, DAY / _QUARTER - hour) and _summer_between(self.recorded, self.live)
        )

    def _lies(self, recorded: float, live: float) -> str:
        was, now = recorded - self.recorded, live - self.live
        first, second = _distances(now, was)
        return f"lies {first} the clock, {second} it in the recording"


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


def _summer_between(clock: float, other: float) -> bool:
    """Whether summer time may have begun or ended between two clocks, in whichever country.

    It does so on Sundays, the second of March to the first of April, and late in September to the
    first of November. Source: IANA time zone database.
    """
    early, late = sorted((clock, other))
    if late - early > 200 * DAY:
        return True
    try:
        return any(_may_change(one) for one in _days(early, late))
    except (OverflowError, ValueError, OSError):
        return False


def _days(early: float, late: float) -> Iterator[datetime]:
    day = datetime.fromtimestamp(early, UTC).date()
    last = datetime.fromtimestamp(late, UTC).date()
    while day <= last:
        yield datetime(day.year, day.month, day.day, tzinfo=UTC)
        day += timedelta(days=1)


def _may_change(day: datetime) -> bool:
    date = (day.month, day.day)
    return day.weekday() == 6 and ((3, 8) <= date <= (4, 7) or (9, 24) <= date <= (11, 7))


def _distances(*seconds: float) -> list[str]:
    """Distances in words, in units that are small enough to tell them apart."""
    said: list[str] = []
    for first in range(len(_LENGTHS)):
        said = [_distance(one, _LENGTHS[first:]) for one in seconds]
        if len(set(said)) == len(said):
            break
    return said


def _distance(seconds: float, lengths: Sequence[tuple[float, str]]) -> str:
    length, unit = next((one for one in lengths if abs(seconds) >= one[0] * 1.9), lengths[-1])
    if not (count := round(abs(seconds) / length)):
        return "0 s from"
    return f"{count} {unit} {'after' if seconds > 0 else 'before'}"
