"""Passages: every text of a catalogue that a model may read, each with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from mcpx.catalogue.model import Catalogue, Item, Kind
from mcpx.schemas.walk import escape


class Part(StrEnum):
    """What a passage is in its item."""

    NAME = "name"
    PARAMETER = "parameter"
    PROSE = "prose"
    VALUE = "value"
    URI = "uri"


class Passage(NamedTuple):
    """One text: of which kind of thing, its key, the JSON Pointer into the item, and itself.

    ``kind`` is that of an item, or ``server``, whose key is empty and whose item has the members
    ``serverInfo`` and ``instructions``. A pointer that would be very long leads to what the text
    is in. A tuple, because a catalogue has them by the ten thousand.
    """

    kind: str
    key: str
    path: str
    text: str
    part: Part


def passages(catalogue: Catalogue) -> Iterator[Passage]:
    """All of a catalogue, the server's own first, then tools, prompts, resources and templates."""
    yield from server_passages(catalogue)
    for kind in Kind:
        for item in catalogue.items(kind):
            yield from item_passages(item)


def server_passages(catalogue: Catalogue) -> Iterator[Passage]:
    """What a server says of itself: names, title, description and instructions."""
    for member, part in _SERVER:
        text = catalogue.server_info.get(member)
        if isinstance(text, str):
            yield Passage("server", "", f"/serverInfo/{member}", text, part)
    if catalogue.instructions:
        yield Passage("server", "", "/instructions", catalogue.instructions, Part.PROSE)


# Source: specification 2025-11-25 and 2026-07-28, Implementation.
_SERVER = (("name", Part.NAME), ("title", Part.PROSE), ("description", Part.PROSE))


def item_passages(item: Item) -> Iterator[Passage]:
    """The texts of one tool, prompt, resource or template."""
    kind, key, raw = item.kind.value, item.key, item.raw
    for member, part in _MEMBERS:
        text = raw.get(member)
        if isinstance(text, str):
            yield Passage(kind, key, f"/{member}", text, part)
    annotations = raw.get("annotations")
    if isinstance(annotations, dict) and isinstance(annotations.get("title"), str):
        yield Passage(kind, key, "/annotations/title", annotations["title"], Part.PROSE)
    if item.kind is Kind.TOOL:
        for member in ("inputSchema", "outputSchema"):
            yield from _of_schema(kind, key, f"/{member}", raw.get(member))
    elif item.kind is Kind.PROMPT and isinstance(raw.get("arguments"), list):
        yield from _of_arguments(key, raw["arguments"])


_MEMBERS = (
    ("name", Part.NAME),
    ("title", Part.PROSE),
    ("description", Part.PROSE),
    ("uri", Part.URI),
    ("uriTemplate", Part.URI),
)


def _of_arguments(key: str, arguments: list[Any]) -> Iterator[Passage]:
    for place, argument in enumerate(arguments):
        if isinstance(argument, dict):
            for member, part in _ARGUMENT:
                if isinstance(argument.get(member), str):
                    path = f"/arguments/{place}/{member}"
                    yield Passage("prompt", key, path, argument[member], part)


_ARGUMENT = (("name", Part.PARAMETER), ("title", Part.PROSE), ("description", Part.PROSE))


def _of_schema(kind: str, key: str, path: str, schema: Any) -> Iterator[Passage]:
    """Every text in a schema, whatever its keyword: hosts send models the whole of it."""
    waiting: list[tuple[str, Any, Mapping[str, Part]]] = [(path, schema, _KEYWORDS)]
    for path, value, known in waiting:
        # Paths in paths would take the square of what was sent.
        pointed = len(path) < LONGEST_PATH
        if isinstance(value, list):
            part = known.get("", Part.VALUE)
            for place, one in enumerate(value):
                inner = f"{path}/{place}" if pointed else path
                if isinstance(one, str):
                    yield Passage(kind, key, inner, one, part)
                elif isinstance(one, dict | list):
                    waiting.append((inner, one, known))
        elif isinstance(value, dict):
            for name, one in value.items():
                part = known.get(name, Part.PARAMETER)
                inner = f"{path}/{_escaped(name)}" if pointed else path
                if part is Part.PARAMETER:
                    yield Passage(kind, key, inner, name, part)
                    part = Part.VALUE
                if isinstance(one, str):
                    if name not in _WORDS or one not in _WORDS[name]:
                        yield Passage(kind, key, inner, one, part)
                elif isinstance(one, dict | list):
                    mapped = known is _KEYWORDS and name in _NAMING
                    waiting.append((inner, one, _NOTHING if mapped else _KEYWORDS))


def _escaped(name: str) -> str:
    return escape(name) if "/" in name or "~" in name else name


LONGEST_PATH = 1_000
_NOTHING: Mapping[str, Part] = {}
_NAMING = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_PROSE_KEYWORDS = ("title", "description", "$comment", "markdownDescription", "deprecationMessage")
# Source: JSON Schema drafts 04 to 2020-12; other keywords are texts of their author.
_SILENT = (
    "type format enum const default example examples pattern required items additionalProperties"
    " prefixItems additionalItems contains minContains maxContains unevaluatedItems"
    " unevaluatedProperties propertyNames not if then else allOf anyOf oneOf dependencies"
    " dependentRequired minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength"
    " maxLength minItems maxItems uniqueItems minProperties maxProperties nullable readOnly"
    " writeOnly deprecated contentEncoding contentSchema contentMediaType id $id $ref $schema"
    " $anchor $dynamicRef $dynamicAnchor $vocabulary $recursiveRef $recursiveAnchor"
)
_KEYWORDS: Mapping[str, Part] = {
    **dict.fromkeys((*_NAMING, *_SILENT.split()), Part.VALUE),
    **dict.fromkeys(_PROSE_KEYWORDS, Part.PROSE),
}
_TYPES = frozenset(("string", "number", "integer", "boolean", "object", "array", "null"))
# Values that say nothing but what the specification lets them say.
_WORDS = {
    "type": _TYPES,
    "$schema": frozenset(
        (
            "http://json-schema.org/draft-07/schema#",
            "https://json-schema.org/draft/2020-12/schema",
        )
    ),
}
