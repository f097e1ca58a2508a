"""The file of ``--faults``: a JSON object with ``rules``; its JSON Schema is shipped as ``faults``.

It stands beside the recording, which stays what the server said.
"""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from mcpx.errors import ConfigError
from mcpx.files import read_text
from mcpx.json_text import JsonTextError, parse_json
from mcpx.serving.mock.faults import Fault, Faults, Kind, Rule
from mcpx.serving.mock.timing import LONGEST

FORMAT = "mcpx.faults"
VERSION = 1
LARGEST = 1024 * 1024
# Of a value that is wrong, in characters.
_SHOWN = 40
_HINT = "mcpx schema faults prints the JSON Schema of this file"


def read(path: str) -> Faults:
    """The faults of a file. Raises ConfigError."""
    return parsed(read_text(path, LARGEST), path)


def parsed(text: str, source: str) -> Faults:
    """The faults in a text; ``source`` names where it is from. Raises ConfigError."""
    try:
        document = parse_json(text, repeated_keys=False)
    except JsonTextError as error:
        raise ConfigError(f"{source}: {error}", hint=_HINT) from error
    return Faults(_Reader(source).rules(document))


class _Reader:
    """Reads one file; every error names the place in it, as a JSON Pointer."""

    def __init__(self, source: str) -> None:
        self._source = source

    def rules(self, document: Any) -> list[Rule]:
        if not isinstance(document, dict):
            self._refuse("", f"{_shown(document)} is not a JSON object")
        if document.get("format", FORMAT) != FORMAT:
            self._refuse("/format", f"{_shown(document['format'])} is not {FORMAT}")
        version = self._whole(document, "version", "", 1, None, VERSION)
        if version > VERSION:
            self._refuse("/version", f"written for a newer mcpx; this one reads version {VERSION}")
        self._check_keys(document, ("$schema", "format", "version", "rules"), "")
        if "rules" not in document:
            self._refuse("", "there is no 'rules'")
        rules = document["rules"]
        if not isinstance(rules, list):
            self._refuse("/rules", f"{_shown(rules)} is not a list")
        return [self._rule(one, f"/rules/{at}") for at, one in enumerate(rules)]

    def _rule(self, value: Any, place: str) -> Rule:
        if not isinstance(value, dict):
            self._refuse(place, f"{_shown(value)} is not an object")
        self._check_keys(value, ("match", "fault"), place)
        match = value.get("match", {})
        if not isinstance(match, dict):
            self._refuse(f"{place}/match", f"{_shown(match)} is not an object")
        self._check_keys(match, ("method", "tool", "nth"), f"{place}/match")
        for name in ("method", "tool"):
            if name in match and not (isinstance(match[name], str) and match[name]):
                self._refuse(
                    f"{place}/match/{name}", f"{_shown(match[name])} is no name or pattern"
                )
        if "fault" not in value:
            self._refuse(place, "there is no 'fault'")
        return Rule(
            self._fault(value["fault"], f"{place}/fault"),
            match.get("method", ""),
            match.get("tool", ""),
            self._whole(match, "nth", f"{place}/match", 1, None, 0),
        )

    def _fault(self, value: Any, place: str) -> Fault:
        words = (Kind.DROP, Kind.MALFORMED, Kind.CLOSE)
        if isinstance(value, str):
            if value not in words:
                known = ", ".join(words)
                objects = '{"delay": ...}, {"status": ...} and {"exit": ...}'
                self._refuse(place, f"{_shown(value)} is no fault; there are {known}, {objects}")
            return Fault(Kind(value))
        if not isinstance(value, dict):
            self._refuse(place, f"{_shown(value)} is neither a text nor an object")
        self._check_keys(value, (Kind.DELAY, Kind.STATUS, Kind.EXIT, "retry_after"), place)
        kinds = [kind for kind in Kind if kind in value]
        if len(kinds) != 1:
            self._refuse(place, f"{_shown(value)} is not exactly one of delay, status and exit")
        kind = kinds[0]
        if "retry_after" in value and kind is not Kind.STATUS:
            self._refuse(f"{place}/retry_after", "goes with status")
        if kind is Kind.DELAY:
            return Fault(kind, self._seconds(value[kind], f"{place}/{kind}"))
        lowest, highest = (400, 599) if kind is Kind.STATUS else (0, 255)
        number = self._whole(value, kind, place, lowest, highest, lowest)
        after = self._whole(value, "retry_after", place, 0, None, -1)
        return Fault(kind, number, None if after < 0 else after)

    def _seconds(self, value: Any, place: str) -> float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not (math.isfinite(value) and 0 <= value <= LONGEST):
            span = f"a number of seconds from 0 to {LONGEST:.0f}"
            self._refuse(place, f"{_shown(value)} is not {span}")
        return float(value)

    def _whole(
        self,
        given: Mapping[str, Any],
        name: str,
        place: str,
        lowest: int,
        highest: int | None,
        usual: int,
    ) -> int:
        value = given.get(name, usual)
        if name not in given:
            return usual
        fits = isinstance(value, int) and not isinstance(value, bool) and value >= lowest
        if not fits or (highest is not None and value > highest):
            span = f"from {lowest}" + ("" if highest is None else f" to {highest}")
            self._refuse(f"{place}/{name}", f"{_shown(value)} is not a whole number {span}")
        return int(value)

    def _check_keys(self, value: Mapping[str, Any], known: Sequence[str], place: str) -> None:
        for name in value:
            if name not in known:
                near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.75)
                meant = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(known)}"
                self._refuse(place, f"there is no key '{name[:60]}'; {meant}")

    def _refuse(self, place: str, what: str) -> NoReturn:
        where = f"{place}: " if place else ""
        raise ConfigError(f"{self._source}: {where}{what}", hint=_HINT)


def _shown(value: Any) -> str:
    """The beginning of what stands there."""
    text = json.dumps(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
