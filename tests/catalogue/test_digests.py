from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from mcpx.catalogue.digests import (
    capabilities_digest,
    catalogue_digest,
    instructions_digest,
    item_digest,
    lasting,
    seen_digest,
)
from mcpx.catalogue.model import Catalogue, Item, Kind
from mcpx.json_text import parse_json
from tests.catalogue.data import offering, tool


def sha(content: str) -> str:
    return "sha256:" + hashlib.sha256(content.encode("utf-8")).hexdigest()


TOOL = '{"name": "t", "icons": [], "inputSchema": {"type": "object", "maxProperties": 1.0}}'


def test_a_digest_is_made_of_its_domain_and_canonical_json() -> None:
    item = Item(Kind.TOOL, parse_json(TOOL))
    schema = '"inputSchema":{"maxProperties":1,"type":"object"},"name":"t"}'
    assert item_digest(item) == sha('mcpx:tool:v1\n{"icons":[],' + schema)
    assert seen_digest(item) == sha("mcpx:seen-tool:v1\n{" + schema)
    assert instructions_digest("Be “kind”") == sha('mcpx:instructions:v1\n"Be “kind”"')
    assert capabilities_digest({"b": {}, "a": 1}) == sha('mcpx:capabilities:v1\n{"a":1,"b":{}}')


def test_the_digest_of_a_catalogue_is_made_of_sorted_lines() -> None:
    catalogue = offering(Kind.TOOL, tool("b"), tool("a\n"))
    b, a = (item_digest(one) for one in catalogue.tools)
    lines = [f"capabilities:{capabilities_digest({})}", f'tool:"a\\n":{a}', f'tool:"b":{b}']
    assert catalogue_digest(catalogue) == sha("mcpx:catalogue:v1\n" + "\n".join(lines))
    told = replace(catalogue, instructions="x")
    lines.insert(1, f"instructions:{instructions_digest('x')}")
    assert catalogue_digest(told) == sha("mcpx:catalogue:v1\n" + "\n".join(lines))


def of(kind: Kind, text: str) -> tuple[str, str]:
    item = Item(kind, parse_json(text))
    return item_digest(item), seen_digest(item)


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        pytest.param(Kind.TOOL, '{"a": 1, "name": "t"}', '{"name":"t","a":1.0}', id="spelling"),
        pytest.param(Kind.RESOURCE, '{"uri": "u"}', '{"uri": "u", "size": 7}', id="size"),
        pytest.param(
            Kind.TEMPLATE,
            '{"uriTemplate": "u", "annotations": {"priority": 1}}',
            '{"uriTemplate": "u", "annotations": {"lastModified": "2026", "priority": 1}}',
            id="time of a change",
        ),
        pytest.param(
            Kind.RESOURCE,
            '{"uri": "u"}',
            '{"uri": "u", "annotations": {"lastModified": "2026-01-01T00:00:00Z"}}',
            id="nothing but a time",
        ),
    ],
)
def test_what_does_not_count(kind: Kind, before: str, after: str) -> None:
    assert of(kind, before) == of(kind, after)


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        pytest.param(Kind.TOOL, '{"name": "t"}', '{"name": "t", "icons": []}', id="icons"),
        pytest.param(Kind.TOOL, '{"name": "t"}', '{"name": "t", "size": 1}', id="size of a tool"),
        pytest.param(Kind.TOOL, '{"name": "t"}', '{"name": "t", "x": null}', id="unknown"),
        pytest.param(Kind.PROMPT, '{"name": "p"}', '{"name": "p", "_meta": {}}', id="meta"),
    ],
)
def test_what_nobody_decides_by(kind: Kind, before: str, after: str) -> None:
    changed = [one != other for one, other in zip(of(kind, before), of(kind, after), strict=True)]
    assert changed == [True, False]


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        pytest.param(
            Kind.TOOL, '{"description": "a b"}', '{"description": "a  b"}', id="one blank"
        ),
        pytest.param(
            Kind.TOOL, '{"description": "\u00e9"}', '{"description": "e\u0301"}', id="composed"
        ),
        pytest.param(Kind.TOOL, '{"name": "t"}', '{"name": "T"}', id="name"),
        pytest.param(Kind.TOOL, '{"title": "t"}', '{"title": null}', id="title"),
        pytest.param(
            Kind.TOOL,
            '{"inputSchema": {"enum": [1, 2]}}',
            '{"inputSchema": {"enum": [2, 1]}}',
            id="order of an array",
        ),
        pytest.param(
            Kind.TOOL,
            '{"inputSchema": {"maximum": 9007199254740992}}',
            '{"inputSchema": {"maximum": 9007199254740993}}',
            id="beyond 2^53",
        ),
        pytest.param(Kind.TOOL, "{}", '{"outputSchema": {}}', id="output"),
        pytest.param(
            Kind.TOOL,
            '{"annotations": {}}',
            '{"annotations": {"lastModified": 1}}',
            id="annotations of a tool",
        ),
        pytest.param(
            Kind.TOOL,
            '{"description": "good"}',
            '{"description": "evil", "description": "good"}',
            id="given twice",
        ),
        pytest.param(
            Kind.RESOURCE, '{"size": 1}', '{"size": 1, "uri": "a", "uri": "b"}', id="resource twice"
        ),
        pytest.param(
            Kind.RESOURCE,
            '{"annotations": {"audience": ["user"]}}',
            '{"annotations": {"audience": ["a"], "audience": ["user"]}}',
            id="annotation twice",
        ),
        pytest.param(Kind.PROMPT, "{}", '{"arguments": []}', id="arguments"),
        pytest.param(Kind.RESOURCE, "{}", '{"mimeType": "text/html"}', id="type"),
        pytest.param(Kind.TEMPLATE, "{}", '{"uriTemplate": "x"}', id="template"),
    ],
)
def test_what_somebody_decides_by(kind: Kind, before: str, after: str) -> None:
    changed = [one != other for one, other in zip(of(kind, before), of(kind, after), strict=True)]
    assert changed == [True, True]


def test_the_same_object_as_another_kind_has_another_digest() -> None:
    raw: dict[str, Any] = {"name": "x", "uri": "x", "uriTemplate": "x"}
    found = {one for kind in Kind for one in of(kind, '{"name": "x", "uri": "x"}')}
    assert len(found) == 8
    assert lasting(Item(Kind.RESOURCE, raw)) == raw


def test_the_order_of_a_list_does_not_count_and_everything_else_does() -> None:
    catalogue = offering(Kind.TOOL, tool("a"), tool("b"))
    digest = catalogue_digest(catalogue)
    assert catalogue_digest(offering(Kind.TOOL, tool("b"), tool("a"))) == digest
    assert catalogue_digest(replace(catalogue, version="x", server_info={"name": "y"})) == digest
    others = [
        offering(Kind.PROMPT, tool("a"), tool("b")),
        offering(Kind.TOOL, tool("a"), tool("b"), tool("b")),
        offering(Kind.TOOL, tool("a")),
        replace(catalogue, instructions=""),
        replace(catalogue, capabilities={"tools": {}}),
        Catalogue("server"),
    ]
    assert len({digest, *map(catalogue_digest, others)}) == len(others) + 1
