"""Points in time within values, and whether they are those of the session itself; no I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_DAY, _HOUR = 86_400.0, 3_600.0
_DAYS = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_TIME = r"\d\d:\d\d(?::\d\d)?"
# ISO 8601, RFC 2822, Date.prototype.toString (ECMA-262), ctime and date(1), toLocaleString of
# en-US, the basic form of ISO 8601, and seconds with a fraction.
_ISO = (
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?(?:Z|[+-]\d\d(?::?\d\d)?))?)?"
)
_RFC = rf"(?:{_DAYS}, )?\d{{1,2}} {_MONTH} \d{{4}} {_TIME}(?: (?:[+-]\d{{4}}|GMT|UTC|Z))?"
_JS = rf"{_DAYS} {_MONTH} \d\d \d{{4}} {_TIME} GMT[+-]\d{{4}}(?: \([^()\n]{{1,60}}\))?"
_CTIME = rf"{_DAYS} {_MONTH} [ \d]\d {_TIME}(?: [A-Z]{{1,5}})? \d{{4}}"
_US = r"\d{1,2}/\d{1,2}/\d{4}(?:, \d{1,2}:\d\d(?::\d\d)?(?:[ \u202f][AP]M)?)?"
_BASIC = r"\d{8}[T_-]\d{6}Z?"
_SECONDS = r"\d{10}\.\d{1,9}"
# A time of the day alone: to the second, as a clock tells it; people write opening hours shorter.
_OF_DAY = r"\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?(?:[ \u202f][AaPp][Mm])?"
TIME = rf"(?:{_ISO}|{_RFC}|{_JS}|{_CTIME}|{_US}|{_BASIC}|{_SECONDS}|{_OF_DAY})(?![0-9A-Za-z])"
_DATE_ONLY = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{4}")
_JS_DATE = re.compile(rf"{_DAYS} ({_MONTH}) (\d\d) (\d{{4}}) ({_TIME}) GMT([+-]\d{{4}}).*")
_CTIME_DATE = re.compile(rf"{_DAYS} ({_MONTH}) +(\d+) ({_TIME})(?: [A-Z]+)? (\d{{4}})")
_US_DATE = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4})(?:, (\d{1,2}):(\d\d)(?::(\d\d))?(?:[ \u202f]([AP])M)?)?"
)
_DAY_TIME = re.compile(r"(\d{1,2}):(\d\d):(\d\d)(?:[.,]\d+)?(?:[ \u202f]([AaPp])[Mm])?")
# Time zones differ by quarters of an hour. Of a time of the day so many seconds may have passed.
_QUARTER, _PASSED = 900, 120
# Seconds, milliseconds, microseconds and nanoseconds since 1970.
_UNITS = (1.0, 1e3, 1e6, 1e9)


@dataclass(frozen=True, slots=True)
class Clocks:
    """The wall clocks of the two answers, in seconds since 1970; 0 where it is not known.

    What is near to both of them was taken from them. A date that was written by a person, or
    stands in what is stored, is near to neither or to one alone.
    """

    recorded: float
    live: float

    def both_near(self, recorded: str, live: str) -> bool:
        """Whether two texts that ``TIME`` matches tell the times of their answers, by a day.

        Times of the day without a date do by two minutes, in zones that are whole hours apart.
        """
        if _DAY_TIME.fullmatch(recorded) or _DAY_TIME.fullmatch(live):
            was, now = _zone(recorded, self.recorded), _zone(live, self.live)
            return was is not None is not now and (was - now) * _QUARTER % _HOUR == 0
        return near_text(recorded, self.recorded) and near_text(live, self.live)

    def both_count(self, recorded: float, live: float) -> bool:
        """Whether two numbers count from 1970 to their answers, by an hour, in the same unit."""
        return self.recorded > 0 < self.live and any(
            abs(recorded / unit - self.recorded) <= _HOUR and abs(live / unit - self.live) <= _HOUR
            for unit in _UNITS
        )


def near_text(text: str, clock: float) -> bool:
    """Whether a text that ``TIME`` matches tells a time within a day of this clock."""
    if _DAY_TIME.fullmatch(text):
        return _zone(text, clock) is not None
    # A day has no hour, and where its zone is not told it may be another one there.
    reach = _DAY * 1.5 if _DATE_ONLY.fullmatch(text) else _DAY
    return clock > 0 and any(abs(one - clock) <= reach for one in _moments(text))


def near_number(value: float, clock: float) -> bool:
    """Whether a number counts from 1970 to within an hour of this clock, in any unit."""
    return clock > 0 and any(abs(value / unit - clock) <= _HOUR for unit in _UNITS)


def _zone(text: str, clock: float) -> int | None:
    """The zone in which a time of the day is this clock's, in quarters of an hour from UTC."""
    found = _DAY_TIME.fullmatch(text)
    if not found or clock <= 0:
        return None
    hour, minute, second = (int(one) for one in found.groups()[:3])
    if found[4]:
        hour = hour % 12 + (12 if found[4] in "Pp" else 0)
    if hour > 23 or minute > 59 or second > 60:
        return None
    ahead = hour * _HOUR + minute * 60 + second - clock % _DAY
    quarters = round(ahead / _QUARTER)
    return quarters if abs(ahead - quarters * _QUARTER) <= _PASSED else None


def _moments(text: str) -> list[float]:
    """The times that a text can mean, in seconds since 1970; none when it means none."""
    try:
        return [_seconds(one) for one in _read(text)]
    except (ValueError, OverflowError, TypeError, IndexError):
        return []


def _seconds(moment: datetime) -> float:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _read(text: str) -> list[datetime]:
    if _DATE_ONLY.fullmatch(text) and "-" in text:
        return [datetime.fromisoformat(f"{text}T12:00:00")]
    if found := _JS_DATE.fullmatch(text):
        month, day, year, clock, zone = found.groups()
        return [parsedate_to_datetime(f"{day} {month} {year} {clock} {zone}")]
    if found := _CTIME_DATE.fullmatch(text):
        month, day, clock, year = found.groups()
        return [parsedate_to_datetime(f"{day} {month} {year} {clock} +0000")]
    if found := _US_DATE.fullmatch(text):
        return _of_slashes(found)
    if re.fullmatch(_SECONDS, text):
        return [datetime.fromtimestamp(float(text), UTC)]
    if re.fullmatch(_BASIC, text):
        return [datetime.strptime(f"{text[:8]}{text[9:15]}", "%Y%m%d%H%M%S").replace(tzinfo=UTC)]
    if text[:1].isdigit() and text[4:5] == "-":
        return [datetime.fromisoformat(text.replace(",", ".").replace(" Z", "Z"))]
    return [parsedate_to_datetime(text)]


def _of_slashes(found: re.Match[str]) -> list[datetime]:
    """Month first and day first: which of them is not told."""
    one, other, year, hour, minute, second, half = found.groups()
    hours = 12 if hour is None else int(hour) % 12 + 12 if half == "P" else int(hour)
    hours = 0 if half == "A" and hours == 12 else hours
    moments = []
    for month, day in ((one, other), (other, one)):
        if int(month) <= 12:
            clock = (hours, int(minute or 0), int(second or 0))
            moments.append(datetime(int(year), int(month), int(day), *clock, tzinfo=UTC))
    return moments
