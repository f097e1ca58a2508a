"""Scripts: what to ask of a server, one JSON object on a line, read whole before it is started.

Each line is done when the one before it has been answered. Its JSON Schema is shipped as
``script``. The command that runs one calls ``mcpx.commands.scripted.scripted``.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from mcpx.errors import ConfigError
from mcpx.files import read_standard_input, read_text
from mcpx.json_text import JsonTextError, parse_json

LARGEST = 64 * 1024 * 1024
# Of one line that asks for several things at a time.
MOST_TOGETHER = 1_000
LONGEST_WAIT = 3_600
_HINT = "mcpx schema script prints the JSON Schema of a line"

LISTS = ("tools", "prompts", "resources", "templates")
# The verbs of a step, each with the keys that may stand beside it.
_VERBS = {
    "tool": ("args", "leave"),
    "method": ("params", "leave"),
    "read": ("leave",),
    "prompt": ("args", "leave"),
    "list": (),
    "wait": (),
    "together": (),
}
# mcpx opens every conversation itself.
_OPENING = ("initialize", "notifications/initialized")
NOTIFICATIONS = "notifications/"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do; ``place`` is its line, as ``4``, or ``4.2`` for the second of a line.

    ``method`` with ``params`` is what is sent; ``name`` is the tool, prompt or URI, for people;
    ``lists`` one of LISTS, page by page; ``leave`` after how many seconds nobody waits for the
    answer any more. Without a method ``wait`` seconds are let pass.
    """

    place: str
    method: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    lists: str = ""
    leave: float | None = None
    wait: float = 0.0

    @property
    def said(self) -> str:
        """The step in words."""
        return f"{self.method} {self.name}".strip() or f"wait {self.wait:g} s"


# The steps of each line, which are done together.
Script = tuple[tuple[Step, ...], ...]


def read(path: str) -> Script:
    """The script in a file, or on standard input for ``-``. Raises ConfigError with the line."""
    if path == "-":
        return parsed(read_standard_input("--script -", LARGEST), "--script -")
    return parsed(read_text(path, LARGEST), path)


def parsed(text: str, source: str) -> Script:
    """The script that a text is; ``source`` is its name in errors. Raises ConfigError."""
    lines = [
        _line(words, _Place(source, str(number)))
        for number, words in enumerate(text.split("\n"), 1)
        if words.strip()
    ]
    if not lines:
        raise ConfigError(f"{source}: holds no calls", hint='for example {"tool": "search"}')
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class _Place:
    source: str
    place: str

    def wrong(self, reason: str) -> NoReturn:
        raise ConfigError(f"{self.source}:{self.place}: {reason}", hint=_HINT)


def _line(text: str, place: _Place) -> tuple[Step, ...]:
    try:
        value = parse_json(text, repeated_keys=False)
    except JsonTextError as error:
        at = f" at column {error.column}" if error.column else ""
        place.wrong(f"not JSON: {error.reason}{at}")
    if isinstance(value, dict) and "together" in value:
        _only_keys(value, "together", place)
        steps = value["together"]
        if not isinstance(steps, list) or not 0 < len(steps) <= MOST_TOGETHER:
            place.wrong(f"'together' must be a list of 1 to {MOST_TOGETHER} steps")
        return tuple(
            _step(one, _Place(place.source, f"{place.place}.{number}"))
            for number, one in enumerate(steps, 1)
        )
    return (_step(value, place),)


def _step(value: Any, place: _Place) -> Step:
    if not isinstance(value, dict):
        place.wrong("not a JSON object")
    verbs = [verb for verb in _VERBS if verb in value]
    if "together" in verbs:
        place.wrong("'together' cannot stand in another")
    if len(verbs) != 1:
        known = [*_VERBS, *(key for keys in _VERBS.values() for key in keys)]
        for key in value:
            if key not in known:
                _unknown(key, list(_VERBS), place)
        said = " and ".join(f"'{verb}'" for verb in verbs)
        verbs_known = ", ".join(_VERBS)
        place.wrong(f"has {said}, one is wanted" if verbs else f"has none of {verbs_known}")
    (verb,) = verbs
    _only_keys(value, verb, place)
    leave = _seconds(value, "leave", place) if "leave" in value else None
    if verb == "wait":
        return Step(place.place, wait=_seconds(value, "wait", place))
    named = value[verb]
    if not isinstance(named, str) or not named:
        place.wrong(f"'{verb}' must be a text that is not empty")
    if verb == "list":
        if named not in LISTS:
            place.wrong(f"'list' must be one of {', '.join(LISTS)}")
        method = "resources/templates/list" if named == "templates" else f"{named}/list"
        return Step(place.place, method, lists=named)
    if verb == "read":
        return Step(place.place, "resources/read", {"uri": named}, named, leave=leave)
    if verb == "method":
        if named in _OPENING:
            place.wrong(f"'{named}' cannot be asked for: mcpx opens the conversation itself")
        return Step(place.place, named, _object(value, "params", place), leave=leave)
    given = _object(value, "args", place)
    if verb == "prompt" and not all(isinstance(one, str) for one in given.values()):
        place.wrong("the 'args' of a prompt must be texts")
    method = "tools/call" if verb == "tool" else "prompts/get"
    return Step(place.place, method, {"name": named, "arguments": given}, named, leave=leave)


def _only_keys(value: Mapping[str, Any], verb: str, place: _Place) -> None:
    for key in value:
        if key != verb and key not in _VERBS[verb]:
            _unknown(key, _VERBS[verb], place, f" beside '{verb}'")


def _unknown(key: str, known: Any, place: _Place, where: str = "") -> NoReturn:
    near = difflib.get_close_matches(key, list(known), n=1)
    meant = f"; did you mean '{near[0]}'?" if near else ""
    place.wrong(f"'{key:.40}' has no meaning{where}{meant}")


def _object(value: Mapping[str, Any], key: str, place: _Place) -> dict[str, Any]:
    found = value.get(key, {})
    if not isinstance(found, dict):
        place.wrong(f"'{key}' must be an object")
    return found


def _seconds(value: Mapping[str, Any], key: str, place: _Place) -> float:
    found = value[key]
    number = isinstance(found, int | float) and not isinstance(found, bool)
    if not number or not 0 <= found <= LONGEST_WAIT:
        place.wrong(f"'{key}' must be seconds, from 0 to {LONGEST_WAIT}")
    return float(found)
