"""A tool's arguments as they are typed: read, given the types of the schema, and judged."""

from __future__ import annotations

import contextlib
import difflib
import math
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mcpx.errors import UsageError
from mcpx.json_text import JsonTextError, parse_json
from mcpx.schemas.validation import TYPES, Verdict, Violation, shown
from mcpx.schemas.walk import resolved

_WORD = re.compile(r"(?!:=)([^=]+?)(:?=)(.*)", re.DOTALL)
_WHOLE = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
# Text is tried last: everything is text.
_ORDER = ("integer", "number", "boolean", "null", "array", "object", "string")
_FORMS = "KEY=VALUE, KEY:=JSON, or --args for all at once"
_DEEPEST = 8
_MOST_LOOKED_AT = 500


def parse_arguments(
    words: Sequence[str], whole: Mapping[str, Any] | None, schema: Any
) -> dict[str, Any]:
    """The arguments of a call from words such as ``key=value`` and ``key:=json``.

    ``whole`` is what was given as one object; words win over it. A ``key=value`` gets the first
    type of its property in ``schema`` that it can have, text last. Raises UsageError.
    """
    given: dict[str, Any] = {}
    for word in words:
        found = _WORD.fullmatch(word)
        if found is None:
            raise UsageError(f"argument {shown(word)} is not KEY=VALUE", hint=f"write {_FORMS}")
        name, sign, text = found.groups()
        if name in given:
            raise UsageError(f"parameter {name} is given twice")
        check_text(name, text)
        given[name] = _json(name, text) if sign == ":=" else _typed(name, text, schema)
    return {**(whole or {}), **given}


def unknown_parameters(schema: Any, arguments: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """The arguments that the schema does not name, each with the parameter that was meant.

    Nothing where the schema names none, or says that there may be others.
    """
    parts = list(_Composed(schema).parts(schema))
    named = [part["properties"] for part in parts if isinstance(part.get("properties"), dict)]
    others = ("additionalProperties", "patternProperties", "unevaluatedProperties")
    if not named or any(part.get(keyword) for part in parts for keyword in others):
        return []
    known = [name for properties in named for name in properties]
    unknown = [name for name in arguments if name not in known]
    return [
        (name, next(iter(difflib.get_close_matches(name, known, n=1)), None)) for name in unknown
    ]


def wrong_arguments(
    tool: str,
    verdict: Verdict,
    target: str = "TARGET",
    schema: Any = None,
    given: Mapping[str, Any] | None = None,
) -> UsageError:
    """The error for arguments that do not fit: ``tool add: parameter b is missing``.

    ``target`` names the server on the command line, as a shell takes it, for the hint. With the
    ``schema`` and what was ``given``, a mistyped parameter comes with the one that was meant. The
    verdict is INVALID.
    """
    lines = [_line(one, schema) for one in verdict.violations]
    told = {one.parameter for one in verdict.violations}
    for name, meant in unknown_parameters(schema, given or {}):
        if meant and name not in told:
            lines.append(f"there is no parameter {name}; did you mean {meant}?")
    if verdict.more:
        lines.append(f"and {verdict.more} more")
    hint = f"mcpx inspect {target} --tool {shlex.quote(tool)} shows its parameters"
    if len(lines) == 1:
        return UsageError(f"tool {tool}: {lines[0]}", hint)
    return UsageError(f"tool {tool}: its arguments do not fit", hint, lines)


def _line(violation: Violation, schema: Any) -> str:
    subject = f"parameter {violation.place}" if violation.place else "the input"
    line = f"{subject} {violation.message}"
    if violation.rule == "additionalProperties" and violation.place == violation.parameter:
        (_, meant), *_ = unknown_parameters(schema, {violation.parameter: None}) or [("", None)]
        return f"{line}; did you mean {meant}?" if meant else line
    return line


def check_text(name: str, text: str) -> None:
    """Raises UsageError for what cannot be sent as text."""
    try:
        f"{name}{text}".encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"parameter {shown(name)} is not in UTF-8") from error


def _json(name: str, text: str) -> Any:
    try:
        return parse_json(text)
    except JsonTextError as error:
        raise UsageError(
            f"parameter {name}: {shown(text, name)} is not JSON",
            hint=f"text goes without the colon: {name}=TEXT",
        ) from error


def _typed(name: str, text: str, schema: Any) -> Any:
    """The text as a value of a type that the property may have."""
    composed = _Composed(schema)
    types: set[str] | None = set()
    options: list[Any] = []
    for one in composed.properties(name):
        found = composed.types(one, options)
        types = None if types is None or found is None else types | found
    kinds = [kind for kind in _ORDER if kind in (types or ())]
    if not kinds or text in options:
        return text
    for kind in kinds:
        with contextlib.suppress(ValueError):
            return _as(kind, text)
    wanted = [TYPES.get(kind, f"a {kind}") for kind in kinds]
    raise UsageError(
        f"parameter {name} is {shown(text, name)}, not {' or '.join(wanted)}",
        hint=f"{name}:=JSON gives it as JSON",
    )


def _as(kind: str, text: str) -> Any:
    """The text as a value of a JSON type. Raises ValueError when it is none of that type."""
    if kind == "string":
        return text
    if kind in ("integer", "number"):
        if _WHOLE.fullmatch(text):
            return int(text)
        number = float(text) if _NUMBER.fullmatch(text) else math.nan
        if math.isfinite(number) and (kind == "number" or number.is_integer()):
            return int(number) if kind == "integer" else number
        raise ValueError(text)
    value = parse_json(text.lower() if kind == "boolean" else text)
    if (
        type(value)
        is not {"boolean": bool, "null": type(None), "array": list, "object": dict}[kind]
    ):
        raise ValueError(text)
    return value


class _Composed:
    """Reads a schema as what it is composed of, within a budget."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._left = _MOST_LOOKED_AT

    def parts(self, schema: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
        """The schema and all that it is made of: by reference, together or as alternatives."""
        one = self._next(schema, depth)
        if not isinstance(one, dict):
            return
        yield one
        for keyword in ("allOf", "anyOf", "oneOf"):
            for inner in _listed(one, keyword):
                yield from self.parts(inner, depth + 1)

    def properties(self, name: str) -> list[Any]:
        """The schemas of one property, wherever they are; else those of properties without one."""
        parts = list(self.parts(self._document))
        named = [part["properties"] for part in parts if isinstance(part.get("properties"), dict)]
        found = [properties[name] for properties in named if name in properties]
        others = [part.get("additionalProperties") for part in parts]
        return found or [one for one in others if isinstance(one, dict)]

    def types(self, schema: Any, options: list[Any], depth: int = 0) -> set[str] | None:
        """The JSON types that a value may have, None for all; ``options`` gets listed values."""
        one = self._next(schema, depth)
        if not isinstance(one, dict):
            return None
        values = [one["const"]] if "const" in one else _listed(one, "enum")
        if values:
            options += values
            return {_type_of(value) for value in values}
        listed = one.get("type")
        if isinstance(listed, str | list):
            return (
                {listed} if isinstance(listed, str) else {t for t in listed if isinstance(t, str)}
            )
        for keyword in ("anyOf", "oneOf"):
            alternatives = [
                self.types(inner, options, depth + 1) for inner in _listed(one, keyword)
            ]
            if alternatives:
                known = [types for types in alternatives if types is not None]
                return set().union(*known) if len(known) == len(alternatives) else None
        for inner in _listed(one, "allOf"):
            types = self.types(inner, options, depth + 1)
            if types is not None:
                return types
        return {"object"} if "properties" in one else {"array"} if "items" in one else None

    def _next(self, schema: Any, depth: int) -> Any:
        self._left -= 1
        return resolved(schema, self._document) if self._left > 0 and depth < _DEEPEST else None


def _listed(schema: Mapping[str, Any], keyword: str) -> list[Any]:
    value = schema.get(keyword)
    return value if isinstance(value, list) else []


def _type_of(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    kinds = {str: "string", int: "integer", float: "number", list: "array"}
    return kinds.get(type(value), "object")
