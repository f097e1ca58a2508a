"""The options of ``mcpx mock`` that a marker may give, and what is wrong with one."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from mcpx.errors import McpxError
from mcpx.serving.mock import fault_file
from mcpx.serving.mock.playing.options import Match, Repeat
from mcpx.serving.mock.timing import seconds_kept
from mcpx.shipped.testing.failing import fail

_OTHERS = ("file", "target")


def check(given: Mapping[str, object]) -> None:
    """Fails the test for an argument of the marker that ``mcpx mock`` would not take."""
    for name, value in given.items():
        if name not in OPTIONS:
            fail(f"the marker mcpx takes no {name}=", hint=_meant(name))
        if value is not None and value is not False and (wrong := OPTIONS[name](value)):
            fail(f"the marker mcpx: {name}={_shown(value)}: {wrong}")


def _meant(name: str) -> str:
    near = difflib.get_close_matches(name.lower(), (*OPTIONS, *_OTHERS), n=1)
    return f"did you mean {near[0]}=?" if near else f"it takes {', '.join((*_OTHERS, *OPTIONS))}"


def _shown(value: object) -> str:
    return repr(value.name if isinstance(value, Path) else value)


def _one_of(known: Iterable[str]) -> Callable[[Any], str]:
    words = tuple(known)
    return lambda value: "" if value in words else f"it is one of {', '.join(words)}"


def _timing(value: Any) -> str:
    try:
        seconds_kept(str(value))
    except McpxError as error:
        return error.message.partition(": ")[2]
    return ""


def _faults(value: Any) -> str:
    try:
        fault_file.read(str(value))
    except McpxError as error:
        return error.message
    return ""


# By name, with ``_`` for ``-``: each says what is wrong with a value, nothing when it is right.
OPTIONS: Mapping[str, Callable[[Any], str]] = {
    "era": _one_of(("recorded", "both")),
    "match": _one_of(Match),
    "repeat": _one_of(Repeat),
    "timing": _timing,
    "faults": _faults,
    "require_all": lambda value: "" if value is True else "it is True or False",
}


def needs_http(given: Mapping[str, object]) -> bool:
    """Whether the faults that are given are told by HTTP alone."""
    faults = given.get("faults")
    return bool(faults) and fault_file.read(str(faults)).needs_http
