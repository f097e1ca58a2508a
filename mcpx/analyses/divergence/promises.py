"""Results that no longer are what the recorded output schema says; no I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mcpx.analyses.divergence.divergences import ABSENT, Divergence, Kind
from mcpx.json_rpc import members
from mcpx.schemas.validation import Outcome, Verdict
from mcpx.schemas.walk import at

_STRUCTURED = "structuredContent"
_OF_VALUES = (Kind.CHANGED, Kind.ADDED)


def broken(
    schema: Any,
    recorded: Mapping[str, Any],
    live: Mapping[str, Any],
    found: list[Divergence],
    check: Callable[[Any, Any], Verdict],
) -> list[Divergence]:
    """``found``, in which what the schema does not allow has that as its class.

    Nothing new where the recorded result did not fit either, and where tools failed: the schema is
    for what they return.
    """
    if recorded.get("isError") is True or live.get("isError") is True:
        return found
    was, now = recorded.get(_STRUCTURED, ABSENT), live.get(_STRUCTURED, ABSENT)
    if was is ABSENT:
        return found
    if now is ABSENT:
        message = "is missing, though the recorded output schema promises it"
        rest = [one for one in found if one.pointer != f"/{_STRUCTURED}"]
        return [*rest, Divergence(Kind.SCHEMA, message, f"/{_STRUCTURED}", was, ABSENT)]
    verdict = check(schema, now)
    if verdict.outcome is not Outcome.INVALID or check(schema, was).outcome is Outcome.INVALID:
        return found
    told = {
        f"/{_STRUCTURED}{one.path}": f"{one.message}, which the recorded output schema rules out"
        for one in verdict.violations
    }
    rest = [
        one
        for one in found
        if one.kind not in _OF_VALUES or not any(_below(one.pointer, place) for place in told)
    ]
    return rest + [
        Divergence(Kind.SCHEMA, message, place, _at(recorded, place), _at(live, place))
        for place, message in told.items()
    ]


def _below(pointer: str, place: str) -> bool:
    return pointer == place or pointer.startswith(f"{place}/")


def _at(result: Mapping[str, Any], pointer: str) -> Any:
    try:
        return at(members(result), pointer)
    except KeyError:
        return ABSENT
