"""Whether a value fits a JSON Schema, found out in a process that can be killed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mcpx.masking import MASK, is_secret_name, is_token, mask_text
from mcpx.schemas.validity import DEEPEST
from mcpx.schemas.walk import escape, size
from mcpx.schemas.workers import UnansweredError, Worker

# Beyond these a value is not given to the worker.
_MOST_VALUES = 1_000_000
_MOST_NAMED = 20
# Of a message, and of a value in it.
_LONGEST = 200
_LONGEST_VALUE = 60
_OPTIONS = 8


class Outcome(StrEnum):
    """What a check came to."""

    VALID = "valid"
    INVALID = "invalid"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a value does not fit.

    ``path`` is a JSON Pointer into the value, ``place`` the same for people (``filter.items[0]``,
    empty for the value as a whole), ``parameter`` its first part, ``rule`` the keyword of the
    schema, ``message`` a predicate such as ``is missing``: place and message make a sentence.
    """

    path: str
    place: str
    parameter: str
    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a value: it fits, it does not (``violations``), or ``reason`` why not known.

    ``more`` is how many violations there are beyond those named.
    """

    outcome: Outcome
    violations: tuple[Violation, ...] = ()
    reason: str = ""
    more: int = 0


def violations(schema: Any, value: Any, seconds: float = 2.0) -> Verdict:
    """Whether a value fits a schema, found out within ``seconds`` by a process of its own.

    Blocks, raises nothing. The dialect is that of ``$schema``, else 2020-12; ``format`` counts
    where the dialect says so (draft-07 and before). Nothing is fetched.
    """
    with Worker() as worker:
        return checked(worker, schema, value, seconds)


def checked(worker: Worker, schema: Any, value: Any, seconds: float = 2.0) -> Verdict:
    """The same, asked of a process that answers many questions."""
    for what, one in (("the schema", schema), ("it", value)):
        depth, count = size(one, DEEPEST, _MOST_VALUES)
        if depth > DEEPEST:
            return _unchecked(f"{what} is nested more than {DEEPEST} levels deep")
        if count > _MOST_VALUES:
            return _unchecked(f"{what} holds more than {_MOST_VALUES} values")
    try:
        return _verdict(worker.ask({"schema": schema, "value": value}, seconds), value)
    except UnansweredError as error:
        return _unchecked(str(error))


def _unchecked(reason: str) -> Verdict:
    return Verdict(Outcome.UNCHECKED, reason=reason)


def _verdict(reply: Mapping[str, Any], value: Any) -> Verdict:
    if "reason" in reply:
        return _unchecked(reply["reason"])
    found = [one for reported in reply["violations"] for one in told(reported, value)]
    if not found:
        return Verdict(Outcome.VALID)
    more = reply["more"] + len(found[_MOST_NAMED:])
    return Verdict(Outcome.INVALID, tuple(found[:_MOST_NAMED]), more=more)


def told(reported: Mapping[str, Any], value: Any) -> Iterator[Violation]:
    """A violation as the worker reports it, in our words; one for each name that is too much."""
    path, kind, says = reported["path"], reported["kind"], reported["says"]
    if kind == "Required":
        yield _violation([*path, *says[:1]], reported, "is missing")
    elif kind in ("AdditionalProperties", "UnevaluatedProperties", "UnevaluatedItems"):
        for name in says:
            yield _violation([*path, name], reported, "is not expected")
    else:
        yield _violation(path, reported, _words(reported, path, value))


def _violation(path: list[str | int], reported: Mapping[str, Any], message: str) -> Violation:
    return Violation(
        "".join(f"/{escape(part)}" for part in path),
        _place(path),
        str(path[0]) if path else "",
        reported["keyword"],
        message if len(message) <= _LONGEST else message[:_LONGEST] + "…",
    )


def _place(path: list[str | int]) -> str:
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part:.{_LONGEST_VALUE}}"
    return text.removeprefix(".")


# What a value has to be, by type; the article belongs to it.
TYPES = {
    "integer": "an integer",
    "array": "an array",
    "object": "an object",
    "string": "text",
    "null": "null",
    "boolean": "true or false",
}
# By the library's word: how the sentence goes on after what the value is.
_AFTER_VALUE = {
    "Constant": ", not {0}",
    "Enum": ", not one of {0}",
    "ExclusiveMaximum": ", not less than {0}",
    "ExclusiveMinimum": ", not more than {0}",
    "Format": ", not in the format {0}",
    "Maximum": ", above the maximum of {0}",
    "Minimum": ", below the minimum of {0}",
    "MultipleOf": ", not a multiple of {0}",
    "Pattern": ", which does not match {0}",
    "AnyOf": ", which fits none of the alternatives",
    "OneOfNotValid": ", which fits none of the alternatives",
    "OneOfMultipleValid": ", which fits more than one of the alternatives",
    "Not": ", which is ruled out",
}
_OF_LENGTH = {
    "MinLength": ("character", "fewer"),
    "MaxLength": ("character", "more"),
    "MinItems": ("item", "fewer"),
    "MaxItems": ("item", "more"),
    "MinProperties": ("member", "fewer"),
    "MaxProperties": ("member", "more"),
}
_ALONE = {
    "Contains": "lacks an item that it has to hold",
    "FalseSchema": "is not expected",
    "PropertyNames": "has a member with a name that does not fit: {0}",
    "UniqueItems": "holds an item twice",
}


def _words(reported: Mapping[str, Any], path: list[str | int], value: Any) -> str:
    kind, says = reported["kind"], reported["says"]
    found = _at(path, value)
    said = shown(found, ".".join(part for part in path if isinstance(part, str)))
    if kind == "Type" or (kind in ("AnyOf", "OneOfNotValid") and says):
        wanted = [TYPES.get(one, f"a {one}") for one in says]
        return f"is {said}, not {' or '.join(wanted)}"
    if kind in _OF_LENGTH and isinstance(found, str | list | dict):
        noun, than = _OF_LENGTH[kind]
        plural = "" if len(found) == 1 else "s"
        return f"has {len(found)} {noun}{plural}, {than} than {says[0]}"
    if kind in _ALONE:
        return _ALONE[kind].format(*map(_option, says))
    if kind in _AFTER_VALUE:
        options = [_option(one) for one in says[:_OPTIONS]] + ["…"] * (len(says) > _OPTIONS)
        listed = [", ".join(options)] if kind == "Enum" else options
        return f"is {said}{_AFTER_VALUE[kind].format(*listed)}"
    return f"does not fit: {reported['message'].removeprefix('the value ')}"


def _at(path: list[str | int], value: Any) -> Any:
    """The value at a path; Ellipsis where the path leads nowhere."""
    try:
        for part in path:
            value = value[part]
    except (IndexError, KeyError, TypeError):
        return ...
    return value


def shown(value: Any, name: str = "") -> str:
    """A value in a message: short, its inside left out, masked where it may be a secret.

    ``name`` is what the value is called.
    """
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "an array"
    if not isinstance(value, str):
        return "something else" if value is ... else _cut(json.dumps(value))
    if is_secret_name(name) or is_token(value):
        return MASK
    text = mask_text(value[: 10 * _LONGEST_VALUE])
    return _cut(json.dumps(text, ensure_ascii=False))


def _option(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"
