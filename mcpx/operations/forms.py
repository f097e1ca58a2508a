"""The forms of elicitation: flat objects of texts, numbers, yes or no, and choices.

Source: specification 2025-11-25 and 2026-07-28, client/elicitation, "Requested Schema".
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from mcpx.operations.fields import Choice, Field, Kind, is_scalar, short

# A person fills in a handful; what goes far beyond is no form.
MOST_FIELDS = 200
MOST_CHOICES = 2_000
# A bound that is larger bounds nothing.
_BEYOND_NUMBERS = 1e18


class Action(StrEnum):
    """What is done with a form or a page that a server wants opened."""

    ACCEPT = "accept"
    DECLINE = "decline"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to an elicitation; ``content`` is what an accepted form holds.

    ``place`` is where it stands in the file that it is from.
    """

    action: Action
    content: Mapping[str, Any] | None = None
    place: str = ""

    def result(self) -> dict[str, Any]:
        """The reply as it goes over the wire."""
        content = {} if self.content is None else {"content": dict(self.content)}
        return {"action": self.action.value, **content}


class FormError(ValueError):
    """What a server sent is no form; the text says why."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a server wants to know."""

    fields: tuple[Field, ...] = ()

    @classmethod
    def read(cls, schema: Any) -> Form:
        """The form that a ``requestedSchema`` describes. Raises FormError.

        Lenient: a field of a kind that forms do not have becomes ``Kind.OTHER``; a field that
        may also be null, which older servers send, is read without that.
        """
        if not isinstance(schema, Mapping):
            raise FormError("requestedSchema is missing or no object")
        properties = schema.get("properties", {})
        required = schema.get("required", ())
        if not isinstance(properties, Mapping):
            raise FormError("the properties of requestedSchema are no object")
        names = set(filter(_is_text, required)) if isinstance(required, list) else set()
        if len(properties.keys() | names) > MOST_FIELDS:
            raise FormError(f"the form has more than {MOST_FIELDS} fields")
        fields = [_field(str(name), one, name in names) for name, one in properties.items()]
        unknown = sorted(names - properties.keys())
        return cls((*fields, *(Field(name, Kind.OTHER, required=True) for name in unknown)))

    def with_defaults(self) -> tuple[dict[str, Any], str]:
        """The form filled with its defaults, and the first required field that has none."""
        content = {one.name: one.default for one in self.fields if one.default is not None}
        needed = (one.name for one in self.fields if one.required and one.default is None)
        return content, next(needed, "")


def violates(form: Form, content: Any) -> str:
    """Why the form would not be filled by this content, naming the field; empty when it would."""
    if not isinstance(content, Mapping):
        return "the content is no object"
    known = {one.name for one in form.fields}
    for name in content:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=1)
            meant = f"; did you mean '{short(near[0])}'?" if near else ""
            return f"'{short(str(name))}' is not asked for{meant}"
    for one in form.fields:
        if one.name not in content:
            if one.required:
                return f"'{short(one.name)}' is missing"
        elif reason := one.misfit(content[one.name]):
            return f"'{short(one.name)}' {reason}"
    return ""


def _field(name: str, raw: Any, required: bool) -> Field:
    schema = _without_null(raw) if isinstance(raw, Mapping) else {}
    kind = _KINDS.get(_text(schema.get("type")), Kind.OTHER)
    items = schema.get("items")
    each = items if isinstance(items, Mapping) else {"type": "string"}
    choices = _choices(each if kind is Kind.LIST else schema)
    if choices and kind is not Kind.LIST:
        kind = Kind.CHOICE
    if choices is None or (kind is Kind.LIST and not choices and each.get("type") != "string"):
        kind, choices = Kind.OTHER, ()
    least, most = _BOUNDS.get(kind, ("", ""))
    bare = Field(
        name,
        kind,
        required,
        _text(schema.get("title")),
        _text(schema.get("description")),
        choices,
        _number(schema.get(least)),
        _number(schema.get(most)),
        _text(schema.get("format")),
        _text(schema.get("pattern")) if kind is Kind.TEXT else "",
    )
    return _with_default(bare, schema.get("default"))


def _with_default(bare: Field, default: Any) -> Field:
    return bare if default is None or bare.misfit(default) else replace(bare, default=default)


_KINDS = {
    "string": Kind.TEXT,
    "number": Kind.NUMBER,
    "integer": Kind.INTEGER,
    "boolean": Kind.YES_OR_NO,
    "array": Kind.LIST,
}
_BOUNDS = {
    Kind.TEXT: ("minLength", "maxLength"),
    Kind.NUMBER: ("minimum", "maximum"),
    Kind.INTEGER: ("minimum", "maximum"),
    Kind.LIST: ("minItems", "maxItems"),
}


def _without_null(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of a value that may also be null, without that."""
    kinds = schema.get("type")
    if isinstance(kinds, list):
        rest = [one for one in kinds[:10] if one != "null"]
        return {**schema, "type": rest[0] if len(rest) == 1 else "mixed"}
    for word in ("anyOf", "oneOf"):
        branches = schema.get(word)
        if isinstance(branches, list) and {"type": "null"} in branches[:10]:
            rest = [one for one in branches[:10] if one != {"type": "null"}]
            if len(rest) == 1 and isinstance(rest[0], Mapping):
                return {**{key: schema[key] for key in schema if key != word}, **rest[0]}
    return schema


def _choices(schema: Mapping[str, Any]) -> tuple[Choice, ...] | None:
    """What may be chosen, with the three ways to give titles; None when that is not readable."""
    values = schema.get("enum")
    titles = schema.get("enumNames")
    if isinstance(values, list):
        _bounded(values)
        if not all(is_scalar(one) for one in values):
            return None
        named = titles if isinstance(titles, list) and len(titles) == len(values) else values
        return tuple(
            Choice(value, title if isinstance(title, str) else str(value))
            for value, title in zip(values, named, strict=True)
        )
    for word in ("oneOf", "anyOf"):
        branches = schema.get(word)
        if isinstance(branches, list):
            _bounded(branches)
            if not all(
                isinstance(one, Mapping) and is_scalar(one.get("const")) for one in branches
            ):
                return None
            return tuple(
                Choice(one["const"], _text(one.get("title")) or str(one["const"]))
                for one in branches
            )
    return ()


def _bounded(choices: Sequence[Any]) -> None:
    if len(choices) > MOST_CHOICES:
        raise FormError(f"a field has more than {MOST_CHOICES} choices")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> float | None:
    usable = isinstance(value, int | float) and not isinstance(value, bool)
    return value if usable and abs(value) < _BEYOND_NUMBERS else None
