"""A line of a session file read again, as a header or an event; no I/O.

Members may stand in any order. The message of an event is cut out of its line as it stands there.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from mcpx.errors import ConfigError
from mcpx.json_spans import after_space, check_depth, end_of, fault, members
from mcpx.json_text import JsonTextError
from mcpx.servers import Era
from mcpx.sessions.events import (
    FORMAT,
    VERSION,
    Ended,
    EraKnown,
    Event,
    Exited,
    Fidelity,
    Finished,
    Header,
    Http,
    Masked,
    Message,
    Mode,
    Note,
    Opened,
    Raw,
    Stderr,
    Streamed,
    Unread,
)
from mcpx.wire import Direction, Ending, Finish, StreamEvent

# In seconds: more than a thousand years.
_LATEST = 1e11
_MAJOR = re.compile(rf"{FORMAT}/(\d{{1,9}})(?:\.\d+)?")
_PLAIN = re.compile(
    rb'\{"k":"msg","n":(?P<n>\d{1,18}),"t":(?P<t>\d{1,12}\.\d{6}),"c":(?P<c>\d{1,9})'
    rb'(?:,"x":(?P<x>\d{1,9}))?,"d":"(?P<d>c2s|s2c)","m":(?=[{\[])'
)
_Known = TypeVar("_Known", bound=StrEnum)


class LineError(ValueError):
    """A line that is no event of a session; its text says why."""


def _not_json(error: JsonTextError) -> LineError:
    place = f" at character {error.column}" if error.column else ""
    return LineError(f"{error.verdict}{error.reason}{place}")


@dataclass(slots=True)
class Fields:
    """The members of a line as they are read: each by its name and the type it must have."""

    text: str
    spans: dict[str, tuple[int, int]]

    @classmethod
    def of(cls, text: str) -> Fields:
        """The members of a line, the last of each name. Raises LineError."""
        if text[after_space(text, 0) :][:1] != "{":
            raise LineError("not a JSON object")
        try:
            check_depth(text)
            found, end = members(text)
            if (rest := after_space(text, end)) != len(text):
                raise fault("more after its end", text, rest)
        except JsonTextError as error:
            raise _not_json(error) from error
        return cls(text, {one.name: (one.start, one.end) for one in found})

    def verbatim(self, name: str) -> str | None:
        """A member's text, just as it stands in the line, and None where there is none."""
        span = self.spans.pop(name, None)
        return None if span is None else self.text[slice(*span)]

    def value(self, name: str) -> Any:
        """A member's value, and None where there is none."""
        text = self.verbatim(name)
        try:
            return None if text is None else json.loads(text)
        except ValueError as error:  # a number of thousands of digits
            raise LineError(f"'{name}' cannot be read") from error

    def string(self, name: str, default: str | None = None) -> str:
        """A string; the default where there is none. Raises LineError."""
        value = self.value(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str):
            raise LineError(f"'{name}' is {'missing' if value is None else 'no string'}")
        return value

    def number(self, name: str, default: int | None = None) -> int:
        """An integer; the default where there is none. Raises LineError."""
        value = self.value(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, int) or isinstance(value, bool):
            raise LineError(f"'{name}' is {'missing' if value is None else 'no integer'}")
        return value

    def seconds(self, name: str) -> float:
        """A time. Raises LineError."""
        value = self.value(name)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise LineError(f"'{name}' is {'missing' if value is None else 'no number'}")
        if not 0 <= value < _LATEST:
            raise LineError(f"'{name}' is no time")
        return float(value)

    def table(self, name: str) -> dict[str, Any]:
        """An object, empty where there is none. Raises LineError."""
        value = self.value(name)
        if value is not None and not isinstance(value, dict):
            raise LineError(f"'{name}' is no object")
        return value or {}

    def items(self, name: str) -> list[Any]:
        """An array, empty where there is none. Raises LineError."""
        value = self.value(name)
        if value is not None and not isinstance(value, list):
            raise LineError(f"'{name}' is no array")
        return value or []

    def one_of(self, name: str, known: type[_Known]) -> _Known:
        """One of the words of a closed set. Raises UnknownWordError for another word."""
        word = self.string(name)
        try:
            return known(word)
        except ValueError as error:
            raise UnknownWordError(f"'{name}' is \"{word[:40]}\", which is not known") from error

    def unread(self) -> list[str]:
        """The names of members that nobody asked for."""
        return sorted(self.spans)


class UnknownWordError(LineError):
    """A word of a newer version, where this version knows a closed set of them."""


def read_header(text: str) -> tuple[Header, list[str]]:
    """The header of a file's first line, and warnings of what in it is not known.

    Raises ConfigError for a file of another format or of a newer major version.
    """
    try:
        fields = Fields.of(text.removeprefix("\ufeff"))
        if fields.string("k") != "header":
            raise LineError("its kind is not 'header'")
        name = fields.string("format")
    except LineError as error:
        raise ConfigError(
            f"not a session file: {error}",
            hint="mcpx session import reads the files of other recorders",
        ) from error
    major = _MAJOR.fullmatch(name)
    if major is None:
        raise ConfigError(f"not a session file: its format is '{name[:40]}', not '{FORMAT}'")
    if int(major[1]) > VERSION:
        raise ConfigError(
            f"a session file of version {major[1]}; this mcpx reads up to {VERSION}",
            hint="use a newer mcpx",
        )
    warnings: list[str] = []
    try:
        redaction = fields.table("redaction")
        header = Header(
            id=fields.string("id", ""),
            created=fields.string("created", ""),
            tool=fields.string("tool", ""),
            mode=_word(fields, "mode", Mode.IMPORT, warnings),
            fidelity=_word(fields, "fidelity", Fidelity.SEMANTIC, warnings),
            target=fields.table("target"),
            redaction=str(redaction.get("policy") or "unknown") if redaction.get("on") else "",
            source=fields.string("source", ""),
        )
    except LineError as error:
        raise ConfigError(f"its header cannot be read: {error}") from error
    warnings += [f"header: '{name[:40]}' is not known" for name in fields.unread()]
    return header, warnings


def _word(fields: Fields, name: str, weakest: _Known, warnings: list[str]) -> _Known:
    try:
        return fields.one_of(name, type(weakest))
    except UnknownWordError as error:
        warnings.append(f"header: {error}")
        return weakest


def read_event(data: bytes, line: int = 0) -> tuple[Event | None, list[str]]:
    """The event of a line, and what in the line is not known; None for an unknown event.

    ``line`` is its number, which the event is to keep. Raises LineError for a line that is no
    event.
    """
    if plain := _PLAIN.match(data):
        return _plain_message(data.rstrip(), plain, line), []
    fields = Fields.of(line_text(data))
    kind = fields.string("k")
    reader = _READERS.get(kind)
    if reader is None:
        return None, [f"events of kind '{kind[:40]}' are not known"]
    common = {
        "number": fields.number("n"),
        "time": fields.seconds("t"),
        "connection": fields.number("c", 0),
        "exchange": fields.number("x", 0),
        "line": line,
    }
    try:
        event = reader(fields, common)
    except UnknownWordError as error:
        return None, [f"'{kind}': {error}"]
    return event, [f"'{name[:40]}' of '{kind}' is not known" for name in fields.unread()]


def line_text(data: bytes) -> str:
    """A line as text. Raises LineError."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise LineError(f"not UTF-8 (byte {error.start})") from error


def _plain_message(data: bytes, head: re.Match[bytes], line: int) -> Message:
    """A message as ``message_line`` writes it, which is what nearly all are.

    Only the message becomes text, and its values are not made: it may be large.
    """
    if not data.endswith(b"}"):
        raise LineError("not JSON: its end is missing")
    text = line_text(data[head.end() : -1])
    try:
        check_depth(text)
        if (rest := after_space(text, end_of(text, 0))) != len(text):
            raise fault("Extra data", text, rest)
    except JsonTextError as error:
        raise _not_json(error) from error
    return Message(
        number=int(head["n"]),
        time=float(head["t"]),
        connection=int(head["c"]),
        exchange=int(head["x"] or 0),
        line=line,
        direction=Direction(head["d"].decode()),
        text=text.strip(),
    )


def _read_masked(fields: Fields) -> tuple[Masked, ...]:
    pairs = fields.items("rd")
    if not all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, str) for one in pair)
        for pair in pairs
    ):
        raise LineError("'rd' holds something that is no pair of strings")
    return tuple(Masked(*pair) for pair in pairs)


def _read_stream(fields: Fields) -> StreamEvent | None:
    if "ev" not in fields.spans:
        return None
    said = fields.table("ev")
    texts = [said.get(name) for name in ("id", "event")]
    retry, empty = said.get("retry"), said.get("empty", False)
    if not all(one is None or isinstance(one, str) for one in texts) or not (
        retry is None or (isinstance(retry, int) and not isinstance(retry, bool))
    ):
        raise LineError("'ev' holds something that no server-sent event has")
    return StreamEvent(texts[0], texts[1], retry, bool(empty))


def _read_message(fields: Fields, common: Any) -> Message:
    text = fields.verbatim("m") or ""
    blobs = fields.items("bl")
    if not all(isinstance(one, str) for one in blobs):
        raise LineError("'bl' holds something that is no string")
    event = Message(
        **common,
        direction=fields.one_of("d", Direction),
        text="" if text == "null" else text,
        masked=_read_masked(fields),
        blobs=tuple(blobs),
        respaced=fields.value("ws") in (1, True),
        cut=fields.number("cut", 0),
        stream=_read_stream(fields),
    )
    if not event.text and not event.cut:
        raise LineError("'m' is missing")
    return event


def _read_raw(fields: Fields, common: Any) -> Raw:
    said, encoding = fields.string("s"), fields.string("enc", "")
    if encoding not in ("", "base64"):
        raise UnknownWordError(f"'enc' is \"{encoding[:40]}\", which is not known")
    try:
        data = base64.b64decode(said, validate=True) if encoding else said.encode()
    except (binascii.Error, ValueError) as error:
        raise LineError(f"'s' cannot be read: {error}") from error
    return Raw(
        **common,
        direction=fields.one_of("d", Direction),
        data=data,
        why=fields.one_of("why", Unread),
        masked=_read_masked(fields),
        cut=fields.number("cut", 0),
    )


def _read_http(fields: Fields, common: Any) -> Http:
    headers = fields.table("h")
    if not all(isinstance(value, str) for value in headers.values()):
        raise LineError("'h' holds something that is no string")
    return Http(
        **common,
        direction=fields.one_of("d", Direction),
        method=fields.string("method", ""),
        path=fields.string("path", ""),
        status=fields.number("status", 0),
        headers=headers,
    )


def _read_era(fields: Fields, common: Any) -> EraKnown:
    return EraKnown(
        **common,
        era=fields.one_of("era", Era),
        version=fields.string("version"),
        how=fields.string("how", ""),
        server=fields.table("server"),
    )


def _read_opened(fields: Fields, common: Any) -> Opened:
    return Opened(**common, pid=fields.number("pid") if "pid" in fields.spans else None)


def _read_streamed(fields: Fields, common: Any) -> Streamed:
    return Streamed(**common, stream=_read_stream(fields) or StreamEvent())


def _read_finished(fields: Fields, common: Any) -> Finished:
    return Finished(**common, why=fields.one_of("why", Finish), text=fields.string("s", ""))


def _read_exited(fields: Fields, common: Any) -> Exited:
    return Exited(**common, code=fields.number("code"), by=fields.one_of("by", Ending))


def _read_ended(fields: Fields, common: Any) -> Ended:
    return Ended(**common, events=fields.number("events"), dropped=fields.number("dropped", 0))


_READERS: dict[str, Callable[[Fields, Any], Event]] = {
    "open": _read_opened,
    "msg": _read_message,
    "raw": _read_raw,
    "http": _read_http,
    "sse": _read_streamed,
    "fin": _read_finished,
    "err": lambda fields, common: Stderr(**common, text=fields.string("s")),
    "exit": _read_exited,
    "era": _read_era,
    "note": lambda fields, common: Note(**common, text=fields.string("s")),
    "end": _read_ended,
}
