"""How the edits of a schema are told: values, types, numbers of things and notes, in few words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mcpx.analyses.diff.changes import ABSENT
from mcpx.analyses.diff.schema_nodes import Facet, noted
from mcpx.analyses.diff.values import called, folded, told_apart
from mcpx.analyses.diff.wordings import wording
from mcpx.analyses.finding import Severity
from mcpx.analyses.spelling import canonical_name

# Of values in a message, of types, and of characters of a name.
_MOST_SHOWN = 3
_MOST_TYPES = 6
_LONGEST = 40
KEYWORDS = {
    "minLength": "least length",
    "maxLength": "greatest length",
    "minItems": "least number of items",
    "maxItems": "greatest number of items",
    "minProperties": "least number of members",
    "maxProperties": "greatest number of members",
    "exclusiveMinimum": "exclusive minimum",
    "exclusiveMaximum": "exclusive maximum",
    "contentEncoding": "encoding of the content",
    "contentMediaType": "media type of the content",
    "contentSchema": "schema of the content",
}
_NOTES = {
    "description": ("property-description-changed", "a description"),
    "title": ("property-title-changed", "a title"),
    "examples": ("examples-changed", "a list of examples"),
}


def note_meant(key: str, facet: Facet | None, name: str) -> Any:
    """What a note says; nothing where it says what would hold without it."""
    if facet is None:
        return ABSENT
    value = facet.value
    if noted(key) == "default" and value is None:
        return ABSENT
    if noted(key) in ("deprecated", "readOnly", "writeOnly") and value is False:
        return ABSENT
    restates = key.rstrip("'") == "title" and isinstance(value, str) and name
    if restates and canonical_name(value) == canonical_name(name):
        return ABSENT
    return [value]


def note_change(key: str, one: Any, other: Any) -> tuple[str, str, Severity | None]:
    """The rule's name, the words and a milder severity for a note that changed."""
    keyword = noted(key)
    was, is_ = (value[0] if isinstance(value, list) else ABSENT for value in (one, other))
    if keyword in _NOTES:
        name, words = _NOTES[keyword]
        if isinstance(was, str) and isinstance(is_, str):
            if folded(was) == folded(is_):
                return name, f"its {words[2:]} differs in white space alone", Severity.INFO
            return name, f"{words[2:]} {wording(was, is_)}", None
        return name, _come_or_gone(words, was, is_), None
    if keyword == "default":
        if was is ABSENT:
            return "default-added", f"default {called(is_)} is new", None
        if is_ is ABSENT:
            return "default-removed", f"default {called(was)} is gone", None
        one, other = told_apart(was, is_)
        return "default-changed", f"default {one} is now {other}", None
    if keyword == "deprecated":
        if is_ is ABSENT:
            return "property-undeprecated", "is not deprecated any more", None
        return "property-deprecated", "is deprecated", None
    if keyword in ("readOnly", "writeOnly"):
        words = "read-only" if keyword == "readOnly" else "write-only"
        says = f"is not {words} any more" if is_ is ABSENT else f"is {words} now"
        return f"{words}-changed", says, None
    if keyword == "?":
        return "annotation-changed", "was no schema" if is_ is ABSENT else "is no schema", None
    words = f"a {cut(keyword.lstrip('?'), _LONGEST)}"
    return "annotation-changed", _come_or_gone(words, was, is_), None


def _come_or_gone(words: str, was: Any, is_: Any) -> str:
    if was is ABSENT:
        return f"has {words} now"
    return f"has no {words[2:]} any more" if is_ is ABSENT else f"its {words[2:]} changed"


def types_called(types: frozenset[str] | None) -> str:
    """Types as a sentence has them, null last; None is any type."""
    if types is None:
        return "any type"
    shown = [cut(kind, 20) for kind in sorted(types, key=lambda kind: (kind == "null", kind))]
    return " or ".join(shown[:_MOST_TYPES]) or "no type"


def alternative_called(raw: Mapping[str, Any]) -> str:
    """An alternative that is a type or a value and nothing else."""
    if "const" in raw:
        return called(raw["const"])
    said = raw.get("type", "null")
    return types_called(frozenset([said] if isinstance(said, str) else said))


def dialect(said: Any) -> str:
    """A dialect in few words."""
    found = re.search(r"draft-0\d|\b20\d\d-\d\d\b", said) if isinstance(said, str) else None
    return found[0] if found else called(said)


def counted(number: int, noun: str) -> str:
    """A number of things."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def several(values: Sequence[Any]) -> str:
    """Values as a sentence has them, the first few of many."""
    shown = [called(value) for value in values[:_MOST_SHOWN]]
    if len(values) > _MOST_SHOWN:
        shown.append(f"{len(values) - _MOST_SHOWN} more")
    return " and ".join(filter(None, (", ".join(shown[:-1]), *shown[-1:]))) or "nothing"


def cut(text: str, longest: int) -> str:
    """The beginning of a text that is long."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
