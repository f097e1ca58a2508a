"""What type each member of an item must have, and which clients refuse a list for another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from mcpx.catalogue.model import Kind

# Who refuses what is measured, list by list: mcp 2.3.0 from PyPI, @modelcontextprotocol/sdk 1.32.2
# and @modelcontextprotocol/client 2.4.0 from npm, 2026-11-22. All three lose the whole list for
# one bad item.
PYTHON_2 = "Python SDK 2"
TYPESCRIPT_1 = "TypeScript SDK 1"
TYPESCRIPT_2 = "TypeScript SDK 2"
TYPESCRIPT = (TYPESCRIPT_1, TYPESCRIPT_2)
SDKS = (PYTHON_2, *TYPESCRIPT)


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with an item: rule, what, where (JSON Pointer), who refuses the list."""

    rule: str
    message: str
    path: str
    rejected_by: tuple[str, ...] = ()


def _never(_value: Any) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Shape:
    """What a value must be, in words and as a test; ``members`` and ``each`` are what is inside.

    ``python`` and ``typescript`` say of a value that does not fit whether those SDKs take it all
    the same.
    """

    what: str
    fits: Callable[[Any], bool]
    members: Mapping[str, Shape] = field(default_factory=lambda: MappingProxyType({}))
    required: frozenset[str] = frozenset()
    each: Shape | None = None
    python: Callable[[Any], bool] = _never
    typescript: Callable[[Any], bool] = _never


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_numeric(value: Any) -> bool:
    """A number written as text, or true and false: what pydantic makes a number of."""
    if isinstance(value, bool):
        return True
    return isinstance(value, str) and bool(re.fullmatch(r"\s*[+-]?[0-9]+\s*", value))


def _is_yes_or_no(value: Any) -> bool:
    """What pydantic makes a truth value of."""
    words = ("0", "1", "f", "false", "n", "no", "off", "on", "t", "true", "y", "yes")
    return (_is_number(value) and value in (0, 1)) or (
        isinstance(value, str) and value.lower() in words
    )


def _one_of(*words: str) -> Shape:
    listed = ", ".join(f"'{word}'" for word in words)
    return Shape(f"one of {listed}", lambda value: isinstance(value, str) and value in words)


def _object(members: Mapping[str, Shape] | None = None, *required: str) -> Shape:
    inside = MappingProxyType(dict(members or {}))
    return Shape("an object", lambda value: isinstance(value, dict), inside, frozenset(required))


def _array(each: Shape) -> Shape:
    return Shape("an array", lambda value: isinstance(value, list), each=each)


_DATE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)", re.ASCII | re.IGNORECASE
)

TEXT = Shape("a string", _is_text)
FLAG = Shape("true or false", lambda value: isinstance(value, bool), python=_is_yes_or_no)
SIZE = Shape(
    "a whole number",
    lambda value: _is_number(value) and value == value // 1,
    python=_is_numeric,
    typescript=_is_number,
)
SHARE = Shape(
    "a number from 0 to 1",
    lambda value: _is_number(value) and 0 <= value <= 1,
    python=lambda value: _is_numeric(value) and 0 <= float(value) <= 1,
)
DATE = Shape(
    "an ISO 8601 time with its zone",
    lambda value: isinstance(value, str) and bool(_DATE.fullmatch(value)),
    python=_is_text,
)
ICONS = _array(
    _object(
        {"src": TEXT, "mimeType": TEXT, "sizes": _array(TEXT), "theme": _one_of("light", "dark")},
        "src",
    )
)
_EVERY = {"name": TEXT, "title": TEXT, "description": TEXT, "icons": ICONS, "_meta": _object()}
_AUDIENCE = _object(
    {
        "audience": _array(_one_of("user", "assistant")),
        "priority": SHARE,
        "lastModified": DATE,
    }
)
_HINTS = dict.fromkeys(("readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"), FLAG)
_ARGUMENT = _object({"name": TEXT, "title": TEXT, "description": TEXT, "required": FLAG}, "name")

# What identifies an item and a tool's schemas have rules of their own, in ``problems``.
# Source: specification 2026-07-28 and 2025-11-25, schema.
ITEMS = {
    Kind.TOOL: _object(
        {
            **_EVERY,
            "annotations": _object({"title": TEXT, **_HINTS}),
            "execution": _object({"taskSupport": _one_of("forbidden", "optional", "required")}),
        }
    ),
    Kind.PROMPT: _object({**_EVERY, "arguments": _array(_ARGUMENT)}),
    Kind.RESOURCE: _object(
        {**_EVERY, "uri": TEXT, "mimeType": TEXT, "size": SIZE, "annotations": _AUDIENCE}
    ),
    Kind.TEMPLATE: _object(
        {**_EVERY, "uriTemplate": TEXT, "mimeType": TEXT, "annotations": _AUDIENCE}
    ),
}


def misfits(value: Any, shape: Shape, path: str = "") -> Iterator[Flaw]:
    """What in a value is not as its shape says; what the shape does not name is not looked at.

    Rules: ``field-type``, ``field-missing``.
    """
    if not shape.fits(value):
        yield Flaw("field-type", _said(path, f"is not {shape.what}"), path, _refusing(value, shape))
        return
    for name, inner in shape.members.items():
        below = f"{path}/{name}"
        if name not in value:
            if name in shape.required:
                yield Flaw("field-missing", _said(path, f"has no '{name}'"), path, SDKS)
        elif value[name] is None and name not in shape.required:
            # The Python SDK reads null as absent.
            what = _said(below, f"is null, not {inner.what}")
            yield Flaw("field-type", what, below, TYPESCRIPT)
        else:
            yield from misfits(value[name], inner, below)
    if shape.each is not None:
        for place, one in enumerate(value):
            yield from misfits(one, shape.each, f"{path}/{place}")


def _said(path: str, what: str) -> str:
    return f"{path[1:]} {what}" if path else what


def _refusing(value: Any, shape: Shape) -> tuple[str, ...]:
    python = () if shape.python(value) else (PYTHON_2,)
    return python if shape.typescript(value) else (*python, *TYPESCRIPT)
