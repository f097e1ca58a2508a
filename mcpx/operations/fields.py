"""The fields of a form: what each takes, and why a value does not fit.

Source: specification 2025-11-25 and 2026-07-28, client/elicitation, "Requested Schema".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from mcpx.catalogue.uris import uri_fault

# Of a name or a choice in a message.
_LONGEST_NAME = 80
_MOST_NAMED = 5

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# Source: RFC 3339, section 5.6.
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,12})?(?:[Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
_FORMATS = {
    "email": "an e-mail address",
    "uri": "a URI",
    "date": "a date such as 2026-07-28",
    "date-time": "a date and time such as 2026-07-28T10:00:00Z",
}


class Kind(StrEnum):
    """What a field takes."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "whole number"
    YES_OR_NO = "yes or no"
    CHOICE = "one of"
    LIST = "any of"
    OTHER = "something that no form can ask for"


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that may be chosen, and the title that it is shown by."""

    value: Any
    title: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form.

    ``least`` and ``most`` bound a number's value, a text's length or a list's items. ``default``
    is None where there is none, or none that fits.
    """

    name: str
    kind: Kind
    required: bool = False
    title: str = ""
    description: str = ""
    choices: tuple[Choice, ...] = ()
    least: float | None = None
    most: float | None = None
    format: str = ""
    pattern: str = ""
    default: Any = None

    @property
    def expectation(self) -> str:
        """What may be given, in words; the pattern and the choices are told elsewhere."""
        noun = {Kind.TEXT: "character", Kind.LIST: "item"}.get(self.kind, "")
        words = [str(self.kind)]
        if self.kind is Kind.CHOICE:
            words[0] = f"one of {len(self.choices)}"
        elif self.kind is Kind.LIST:
            words[0] = f"any of {len(self.choices)}" if self.choices else "a list of texts"
        if self.least is not None and self.most is not None:
            words.append(f"{_said(self.least)} to {_said(self.most, noun)}")
        elif self.least is not None:
            words.append(f"at least {_said(self.least, noun)}")
        elif self.most is not None:
            words.append(f"at most {_said(self.most, noun)}")
        if self.format in _FORMATS:
            words.append(_FORMATS[self.format])
        return ", ".join(words)

    def misfit(self, value: Any) -> str:
        """Why the value may not stand in this field, after its name; empty when it may.

        Patterns are left to the server: a hostile one could keep us busy for ever.
        """
        return next(self._misfits(value), "")

    def _misfits(self, value: Any) -> Iterator[str]:
        if self.kind is Kind.TEXT:
            if not isinstance(value, str):
                yield "must be a text"
            else:
                yield from self._beyond(len(value), "character")
                if not _has_format(value, self.format):
                    yield f"must be {_FORMATS[self.format]}"
        elif self.kind in (Kind.NUMBER, Kind.INTEGER):
            if isinstance(value, bool) or not isinstance(value, int | float):
                yield "must be a number"
            elif self.kind is Kind.INTEGER and value % 1:
                yield "must be a whole number"
            else:
                yield from self._beyond(value)
        elif self.kind is Kind.YES_OR_NO:
            if not isinstance(value, bool):
                yield "must be true or false"
        elif self.kind is Kind.CHOICE:
            if not self._may_choose([value]):
                yield f"must be one of {_named(self.choices)}"
        elif self.kind is Kind.LIST:
            if not isinstance(value, list):
                yield "must be a list"
            else:
                yield from self._beyond(len(value), "item")
                if self.choices and not self._may_choose(value):
                    yield f"may only hold {_named(self.choices)}"
                elif not self.choices and not all(isinstance(one, str) for one in value):
                    yield "may only hold texts"

    def _beyond(self, size: float, noun: str = "") -> Iterator[str]:
        verb = "have" if noun else "be"
        if self.least is not None and size < self.least:
            yield f"must {verb} at least {_said(self.least, noun)}"
        if self.most is not None and size > self.most:
            yield f"must {verb} at most {_said(self.most, noun)}"

    def _may_choose(self, values: list[Any]) -> bool:
        # With their types: in Python True equals 1, in JSON it does not.
        allowed = {(type(one.value), one.value) for one in self.choices}
        return all(is_scalar(value) and (type(value), value) in allowed for value in values)


def _has_format(text: str, form: str) -> bool:
    """Whether a text looks like what its format says; formats that forms do not have are open."""
    if form == "email":
        return _EMAIL.fullmatch(text) is not None
    if form == "uri":
        return not uri_fault(text)
    if form not in ("date", "date-time"):
        return True
    if (_DATE if form == "date" else _MOMENT).fullmatch(text) is None:
        return False
    try:
        # Leap seconds, and more digits than there are microseconds, are all that is cut.
        date.fromisoformat(text[:10])
        return form == "date" or bool(datetime.fromisoformat(text[:17].upper() + "00"))
    except ValueError:
        return False


def _named(choices: Sequence[Choice]) -> str:
    names = [short(str(one.value)) for one in choices[:_MOST_NAMED]]
    more = len(choices) - len(names)
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def short(text: str) -> str:
    """A server's name for something, cut to what a message can hold."""
    return text if len(text) <= _LONGEST_NAME else text[:_LONGEST_NAME] + "…"


def is_scalar(value: Any) -> bool:
    """Whether this may be chosen: a text, a number, yes or no."""
    return isinstance(value, str | int | float)


def _said(number: float, noun: str = "") -> str:
    text = str(int(number)) if number == int(number) else str(number)
    return f"{text} {noun}{'' if number == 1 else 's'}" if noun else text
