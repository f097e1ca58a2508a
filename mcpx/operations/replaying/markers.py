"""Live texts where the recording has a secret's marker: the same but for the secret; no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mcpx.sessions.events import MARKER, Masked
from mcpx.sessions.marked_texts import MARKED, fits


def unmarked(recorded: Any, live: Any, masked: Sequence[Masked], within: str) -> Any:
    """The live value with the recorded strings in the place of those that differ in secrets only.

    ``masked`` names where a message has markers, ``within`` which member of it ``recorded`` is
    (``/result``). What else differs stays as it is.
    """
    for one in masked:
        if one.pointer.startswith(f"{within}/"):
            live = _replaced(recorded, live, _path(one.pointer[len(within) :]), one.source)
    return live


def blanked(value: Any) -> Any:
    """What a server told, with a number in the place of each marker.

    What is told again and again is known by what it says but for its numbers.
    """
    if isinstance(value, str):
        return MARKED.sub("0", value)
    if isinstance(value, dict):
        return {name: blanked(one) for name, one in value.items()}
    if isinstance(value, list):
        return [blanked(one) for one in value]
    return value


def _replaced(recorded: Any, live: Any, path: list[str], source: str) -> Any:
    if not path:
        return recorded if _same(recorded, live, source) else live
    first, *rest = path
    if isinstance(recorded, dict) and isinstance(live, dict) and first in recorded:
        if first in live:
            return {**live, first: _replaced(recorded[first], live[first], rest, source)}
    elif isinstance(recorded, list) and isinstance(live, list) and first.isdecimal():
        at = int(first)
        if at < min(len(recorded), len(live)):
            return [*live[:at], _replaced(recorded[at], live[at], rest, source), *live[at + 1 :]]
    return live


def _same(recorded: Any, live: Any, source: str) -> bool:
    """Whether two strings are the same but for what stands in the place of a marker."""
    if not isinstance(recorded, str) or not isinstance(live, str):
        return False
    return MARKER.format(source) in recorded and fits(recorded, live, least=1)


def _path(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
