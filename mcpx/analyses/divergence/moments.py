"""Points in time as texts tell them: what they mean, and in which form they are written; no I/O."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

DAY, HOUR = 86_400.0, 3_600.0
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
# What of a form is of its value: digits, names of days and months, half of the day, name of a zone.
_COMMENT = re.compile(r" \([^()\n]*\)\Z")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)?\Z")
_WORD = re.compile("[A-Za-z]+")
_DIGITS = re.compile(r" *\d+")
_NAMES = re.compile(f"{_DAYS}|{_MONTH}")
_UNIVERSAL = ("GMT", "UTC", "Z")


def of_a_day(text: str) -> bool:
    """Whether a text that ``TIME`` matches is a date without a time of the day."""
    return bool(_DATE_ONLY.fullmatch(text))


def has_zone(text: str) -> bool:
    """Whether a text that ``TIME`` matches says in which zone it is."""
    shape = form(text)
    return shape.endswith(("Z", "GMT", "UTC", "±")) or bool(re.fullmatch(_SECONDS, text))


def form(text: str) -> str:
    """How a time is written: the same for two that one program writes by one format.

    Zone by none, ``Z``, a name or an offset; its separators; whether there are seconds and a
    fraction of them.
    """
    body = _COMMENT.sub("", text)
    zone = ""
    if offset(text) is not None:
        found = _OFFSET.search(body)
        assert found is not None
        body, zone = body[: found.start()], "±"
    return _DIGITS.sub(_digits, _WORD.sub(_word, body)) + zone


def _digits(found: re.Match[str]) -> str:
    return " 0" if found[0][0] == " " else "0"


def _word(found: re.Match[str]) -> str:
    word = found[0]
    if word in _UNIVERSAL or word == "T":
        return word
    if _NAMES.fullmatch(word):
        return "A"
    return "M" if word.upper() in ("AM", "PM") else "N"


def offset(text: str) -> float | None:
    """The numeric offset from UTC that a time is told with, in seconds."""
    body = _COMMENT.sub("", text)
    found = _OFFSET.search(body)
    if found is None or ":" not in body[: found.start()]:
        return None
    seconds = int(found[2]) * HOUR + int(found[3] or 0) * 60
    return -seconds if found[1] == "-" else seconds


def of_the_day(text: str) -> float | None:
    """The seconds since midnight of a time of the day without a date; None where it is none."""
    found = _DAY_TIME.fullmatch(text)
    if not found:
        return None
    hour, minute, second = (int(one) for one in found.groups()[:3])
    if found[4]:
        hour = hour % 12 + (12 if found[4] in "Pp" else 0)
    if hour > 23 or minute > 59 or second > 60:
        return None
    return hour * HOUR + minute * 60 + second


def has_no_date(text: str) -> bool:
    """Whether a text that ``TIME`` matches is a time of the day alone."""
    return bool(_DAY_TIME.fullmatch(text))


def moments(text: str) -> list[float]:
    """The times that a text can mean, in seconds since 1970; none when it means none.

    Without a zone it is read as UTC, a day as its midnight.
    """
    try:
        return [_seconds(one) for one in _read(text)]
    except (ValueError, OverflowError, TypeError, IndexError):
        return []


def _seconds(moment: datetime) -> float:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _read(text: str) -> list[datetime]:
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
    hours = 0 if hour is None else int(hour) % 12 + 12 if half == "P" else int(hour)
    hours = 0 if half == "A" and hours == 12 else hours
    found_moments = []
    for month, day in ((one, other), (other, one)):
        if int(month) <= 12 and 0 < int(day) <= 31:
            clock = (hours, int(minute or 0), int(second or 0))
            found_moments.append(datetime(int(year), int(month), int(day), *clock, tzinfo=UTC))
    return found_moments
