"""The process that judges schemas, and values by them: limited, fetching nothing, killable."""

from __future__ import annotations

import itertools
import json
import math
import re
import sys
from collections.abc import Iterator
from typing import Any

from mcpx.schemas.dialects import spelled
from mcpx.schemas.validity import invalidities

MOST_REPORTED = 20
_MEMORY = 1024 * 1024 * 1024
# Of what the schema or the library says, each part of a violation.
_LONGEST = 200
_OPTIONS = 9
_COUNTED = 1_000
_NOT_THERE = re.compile(r"Resource '(.+?)' is not present")
# Stands for the value in the library's messages.
_VALUE = "the value"
_ALTERNATIVES = ("AnyOf", "OneOfNotValid")
# What the library reports when it could not find out.
_GAVE_UP = ("BacktrackLimitExceeded", "RegexEngineFailure")


def answer(request: bytes) -> bytes:
    """The answer to a request, both as JSON text.

    ``{"schema": ..., "value": ...}`` asks what is wrong with a value: either
    ``{"reason": why it was not checked}`` or ``{"violations": [...], "more": number}``, each with
    ``path`` (a list), ``keyword``, ``kind`` (the library's word for it), ``says`` (what the schema
    wants there) and ``message`` (the library's own). ``{"old": ..., "new": ..., "reading": ...}``
    asks whether the new schema accepts all that the old one does: ``{"answer": "yes"}``,
    ``{"answer": "no", "witness": value, "violations": [...]}`` or ``{"answer": "unknown",
    "reason": ...}``.
    """
    asked = json.loads(request)
    if "reading" in asked:
        return json.dumps(_compared(asked["old"], asked["new"], asked["reading"])).encode()
    reason = _fault_of(asked["schema"])
    found = {"reason": reason} if reason else _checked(asked["schema"], asked["value"])
    return json.dumps(found).encode()


def _compared(old: Any, new: Any, reading: str) -> dict[str, Any]:
    from mcpx.schemas.containment import compared, refusal
    from mcpx.schemas.readings import Reading

    found = compared(old, new, Reading(reading))
    if found.witness is None:
        return {"answer": found.answer, "reason": found.reason}
    (witness,) = found.witness
    error = refusal(new, witness, Reading(reading))
    said = [] if error is None else [_violation(one) for one in _plainest(error)]
    return {"answer": found.answer, "witness": witness, "violations": said}


def _fault_of(schema: Any) -> str:
    """Why nothing can be checked against this schema; empty when it can be."""
    for fault in invalidities(schema):
        place = f" at {fault.pointer:.{_LONGEST}}" if fault.pointer else ""
        if fault.rule == "schema-invalid":
            return f"the schema is not valid{place}: {fault.message}"
        return f"the schema{place}: {fault.message}"
    return ""


def _checked(schema: Any, value: Any) -> dict[str, Any]:
    import jsonschema_rs

    try:
        validator = jsonschema_rs.validator_for(spelled(schema), offline=True, mask=_VALUE)
    except ValueError as error:
        message = str(error).partition("\n")[0]
        wanted = _NOT_THERE.match(message)
        if wanted:
            return {"reason": f"the schema refers to {wanted[1]:.{_LONGEST}}, which is not fetched"}
        return {"reason": f"the schema is not valid: {message:.{_LONGEST}}"}
    found: list[dict[str, Any]] = []
    more = 0
    unsure = False
    try:
        for violation in validator.iter_errors(value):
            if _gave_up(violation):
                unsure = True
                continue
            for one in _plainest(violation):
                if len(found) < MOST_REPORTED:
                    found.append(_violation(one))
                else:
                    more += 1
            if more >= _COUNTED:
                break
    except ValueError:
        # The library takes UTF-8 only, and JSON text can escape half a character.
        return {"reason": "it holds text that is not Unicode"}
    if unsure and not found:
        return {"reason": "a pattern of the schema takes too long to match"}
    return {"violations": found, "more": more}


def _gave_up(error: Any) -> bool:
    """Whether this is about a pattern that could not be matched, also inside of alternatives."""
    if type(error.kind).__name__ in _GAVE_UP:
        return True
    context = getattr(error.kind, "context", None)
    branches = context if isinstance(context, list) else []
    return any(_gave_up(inner) for branch in branches for inner in branch)


def _plainest(error: Any) -> list[Any]:
    """What says most of a value that fits no alternative: of the only one of its type, why not."""
    if type(error.kind).__name__ not in _ALTERNATIVES:
        return [error]
    near = [branch for branch in error.kind.context if not _of_other_type(branch, error)]
    if len(near) != 1:
        return [error]
    return [plain for inner in near[0] for plain in _plainest(inner)]


def _of_other_type(branch: list[Any], error: Any) -> bool:
    return any(
        type(inner.kind).__name__ == "Type" and inner.instance_path == error.instance_path
        for inner in branch
    )


def _violation(error: Any) -> dict[str, Any]:
    return {
        "path": [one[:_LONGEST] if isinstance(one, str) else one for one in error.instance_path],
        "keyword": error.kind.name,
        "kind": type(error.kind).__name__,
        "says": [_short(one) for one in _says(error)],
        "message": error.message[:_LONGEST],
    }


def _says(error: Any) -> Iterator[Any]:
    """What the schema wants, or what it found: limits, types, names, options."""
    kind = error.kind
    if type(kind).__name__ in _ALTERNATIVES:
        if all(_of_other_type(branch, error) for branch in kind.context):
            branches = itertools.chain.from_iterable(kind.context)
            types = [inner.kind.types for inner in branches if type(inner.kind).__name__ == "Type"]
            yield from list(dict.fromkeys(itertools.chain.from_iterable(types)))[:_OPTIONS]
        return
    for name in kind.__match_args__:
        value = getattr(kind, name)
        if name == "error":
            yield getattr(value, "message", "").removeprefix(f"{_VALUE} ")
        elif isinstance(value, list) and name != "expected_value":
            yield from value[:_OPTIONS]
        elif name not in ("context", "schema"):
            yield value


def _short(value: Any) -> Any:
    """A value that is small to send: numbers and short texts as they are, the rest as text."""
    if isinstance(value, str):
        return value[:_LONGEST]
    if value is None or isinstance(value, bool | int | float):
        return value
    return json.dumps(value, default=str)[:_LONGEST]


def _limit(cpu_seconds: int) -> None:
    """Limit what this process may use, and leave nothing behind when it crashes."""
    try:
        import resource
    except ImportError:  # Windows
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    most_cpu = math.ceil(used.ru_utime + used.ru_stime) + cpu_seconds
    for kind, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, most_cpu),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            _, hard = resource.getrlimit(kind)
            within = most if hard == resource.RLIM_INFINITY else min(most, hard)
            # The hard limit stays: the next request may ask for more.
            resource.setrlimit(kind, (within, hard))
        except (OSError, ValueError):  # macOS has no limit on memory
            continue


def main() -> None:
    """Answer the requests on standard input, a line each, within the ``seconds`` that each says."""
    for line in sys.stdin.buffer:
        _limit(math.ceil(json.loads(line)["seconds"]) + 1)
        sys.stdout.buffer.write(answer(line) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
