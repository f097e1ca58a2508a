"""Passages: every text of a catalogue that a model may read, each with its place."""

from __future__ import annotations

from collections.abc import Mapping
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
    """One text of an item: the JSON Pointer to it, itself, and what it is.

    A pointer that would be very long leads to what the text is in. A tuple, because a catalogue
    has them by the ten thousand.
    """

    path: str
    text: str
    part: Part


# Lists are filled, not passages handed on one by one through several generators: there are many.


def server_passages(catalogue: Catalogue) -> list[Passage]:
    """What a server says of itself: names, title, description, instructions, capabilities.

    Their pointers are into an object with the members ``serverInfo``, ``instructions`` and
    ``capabilities``.
    """
    found: list[Passage] = []
    _of_members(found, "/serverInfo", catalogue.server_info, _SERVER)
    if catalogue.instructions:
        found.append(Passage("/instructions", catalogue.instructions, Part.PROSE))
    _of_value(found, "/capabilities", catalogue.capabilities, _NOTHING)
    return found


# Source: specification 2025-11-25 and 2026-07-28, Implementation.
_SERVER = {
    "name": Part.NAME,
    "title": Part.PROSE,
    "description": Part.PROSE,
    "version": Part.VALUE,
    "websiteUrl": Part.URI,
    "icons": Part.URI,
}


def item_passages(item: Item) -> list[Passage]:
    """The texts of one tool, prompt, resource or template, also in members of its server's own."""
    found: list[Passage] = []
    raw = item.raw
    if item.kind is Kind.TOOL:
        _of_members(found, "", raw, _MEMBERS, _SCHEMAS)
        for member in _SCHEMAS:
            if member in raw:
                _of_schema(found, f"/{member}", raw[member])
    elif item.kind is Kind.PROMPT and isinstance(raw.get("arguments"), list):
        _of_members(found, "", raw, _MEMBERS, ("arguments",))
        _of_arguments(found, raw["arguments"])
    else:
        _of_members(found, "", raw, _MEMBERS)
    return found


_SCHEMAS = ("inputSchema", "outputSchema")
# Source: specification 2025-11-25 and 2026-07-28, Tool, Prompt, Resource, ResourceTemplate.
_MEMBERS = {
    "name": Part.NAME,
    "title": Part.PROSE,
    "description": Part.PROSE,
    "uri": Part.URI,
    "uriTemplate": Part.URI,
    "icons": Part.URI,
    "mimeType": Part.VALUE,
    "size": Part.VALUE,
    "annotations": Part.VALUE,
    "execution": Part.VALUE,
    "_meta": Part.VALUE,
}


def _of_members(
    found: list[Passage],
    path: str,
    raw: Mapping[str, Any],
    known: Mapping[str, Part],
    elsewhere: tuple[str, ...] = (),
) -> None:
    """What the members of an object say; those of unknown names also by their names."""
    for member, value in raw.items():
        if member in elsewhere:
            continue
        part = known.get(member)
        inner = f"{path}/{_escaped(member)}"
        if part is None:
            found.append(Passage(inner, member, _VALUE))
            part = _VALUE
        if isinstance(value, str):
            found.append(Passage(inner, value, part))
        elif isinstance(value, _HOLDING):
            _of_value(found, inner, value, _ICON if member == "icons" else _TITLED)


_TITLED = {"title": Part.PROSE}
_ICON = {"src": Part.URI}


def _of_value(found: list[Passage], path: str, value: Any, known: Mapping[str, Part]) -> None:
    """Every text in a JSON value, and the names of members but the known ones."""
    waiting = [(path, value)]
    for path, one in waiting:
        pointed = len(path) < LONGEST_PATH
        for name, inner in one.items() if isinstance(one, dict) else enumerate(one):
            place = f"{path}/{_escaped(str(name))}" if pointed else path
            if isinstance(name, str) and name not in known:
                found.append(Passage(place, name, _VALUE))
            if isinstance(inner, str):
                found.append(Passage(place, inner, known.get(str(name), _VALUE)))
            elif isinstance(inner, _HOLDING):
                waiting.append((place, inner))


def _of_arguments(found: list[Passage], arguments: list[Any]) -> None:
    for place, argument in enumerate(arguments):
        if isinstance(argument, dict):
            for member, part in _ARGUMENT:
                if isinstance(argument.get(member), str):
                    path = f"/arguments/{place}/{member}"
                    found.append(Passage(path, argument[member], part))


_ARGUMENT = (("name", Part.PARAMETER), ("title", Part.PROSE), ("description", Part.PROSE))


def _of_schema(found: list[Passage], path: str, schema: Any) -> None:
    """Every text in a schema, whatever its keyword: hosts send models the whole of it."""
    waiting: list[tuple[str, Any, Mapping[str, Part]]] = [(path, schema, _KEYWORDS)]
    for path, value, known in waiting:
        # Paths in paths would take the square of what was sent.
        pointed = len(path) < LONGEST_PATH
        if isinstance(value, list):
            for place, one in enumerate(value):
                inner = f"{path}/{place}" if pointed else path
                if isinstance(one, str):
                    found.append(Passage(inner, one, _VALUE))
                elif isinstance(one, _HOLDING):
                    waiting.append((inner, one, known))
        elif isinstance(value, dict):
            for name, one in value.items():
                part = known.get(name, _PARAMETER)
                inner = f"{path}/{_escaped(name)}" if pointed else path
                if part is _PARAMETER:
                    found.append(Passage(inner, name, part))
                    part = _VALUE
                if isinstance(one, str):
                    if one not in _WORDS.get(name, ()):
                        found.append(Passage(inner, one, part))
                elif isinstance(one, _HOLDING):
                    mapped = known is _KEYWORDS and name in _NAMING
                    waiting.append((inner, one, _NOTHING if mapped else _KEYWORDS))


def _escaped(name: str) -> str:
    return escape(name) if "/" in name or "~" in name else name


LONGEST_PATH = 1_000
# Looked up once: members of an enum are slow to reach.
_PARAMETER, _VALUE = Part.PARAMETER, Part.VALUE
_HOLDING = (dict, list)
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
