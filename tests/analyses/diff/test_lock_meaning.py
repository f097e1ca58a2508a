from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mcpx.analyses.diff.lock_meaning import as_meant, plain_item
from mcpx.catalogue.locked import LockedServer, locked
from mcpx.catalogue.model import Catalogue, Item, Kind
from mcpx.json_text import parse_json

TEXT = {"type": "string"}
DRAFT_04 = {"$schema": "http://json-schema.org/draft-04/schema#"}


def tool(schema: Any = None, **members: Any) -> LockedServer:
    raw = {"name": "t", "inputSchema": schema or {"type": "object"}, **members}
    return locked(Catalogue("s", tools=(Item(Kind.TOOL, raw),)))


def of(schema: Any, **beside: Any) -> LockedServer:
    return tool({"type": "object", "properties": {"a": schema}, **beside})


def prompt(*arguments: Any, **members: Any) -> LockedServer:
    raw = {"name": "p", **members, **({"arguments": [*arguments]} if arguments else {})}
    return locked(Catalogue("s", prompts=(Item(Kind.PROMPT, raw),)))


def server(**members: Any) -> LockedServer:
    return locked(Catalogue("s", **members))


def pointing(name: str, **definitions: Any) -> LockedServer:
    return of({"$ref": f"#/$defs/{name}"}, **{"$defs": definitions})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(tool(), tool(annotations={}), id="annotations"),
        pytest.param(tool(), tool(annotations={"destructiveHint": True}), id="hint"),
        pytest.param(tool(title="T"), tool(annotations={"title": "T"}), id="title-moved"),
        pytest.param(tool(), tool(icons=[], _meta={}, execution={}), id="empty"),
        pytest.param(tool(), tool(execution={"taskSupport": "forbidden"}), id="task"),
        pytest.param(tool(), tool(title=None, outputSchema=None), id="null"),
        pytest.param(of(TEXT), of({**TEXT, "minLength": 0}), id="least"),
        pytest.param(of(TEXT), of({**TEXT, "deprecated": False, "readOnly": False}), id="marks"),
        pytest.param(of(TEXT), of({"type": ["string"]}), id="list-of-types"),
        pytest.param(of(TEXT), of(TEXT, required=[], additionalProperties=True), id="open"),
        pytest.param(
            of({"type": ["null", "string"]}),
            of({"anyOf": [TEXT, {"type": "null"}], "default": None}),
            id="null-or-text",
        ),
        pytest.param(of({"enum": ["x", "y"]}), of({"enum": ["y", "x"]}), id="enum"),
        pytest.param(of({"const": "x"}), of({"enum": ["x"]}), id="const"),
        pytest.param(pointing("A", A=TEXT), pointing("B", B=TEXT), id="definition"),
        pytest.param(
            pointing("A", A={"items": {"$ref": "#/$defs/A"}}),
            pointing("B", B={"items": {"$ref": "#/$defs/B"}}),
            id="definition-of-itself",
        ),
        pytest.param(
            prompt({"name": "x"}), prompt({"name": "x", "required": False}), id="argument"
        ),
        pytest.param(prompt(), prompt(arguments=[]), id="arguments"),
        pytest.param(
            server(capabilities={"tools": {}, "resources": {}}),
            server(
                capabilities={
                    "tools": {"listChanged": False},
                    "resources": {"subscribe": False, "listChanged": False},
                }
            ),
            id="capabilities",
        ),
        pytest.param(server(), server(instructions=""), id="instructions"),
        pytest.param(
            server(server_info={"name": "s"}),
            server(server_info={"name": "s", "icons": [], "title": None}),
            id="server-info",
        ),
    ],
)
def test_what_goes_without_saying_may_be_said(old: LockedServer, new: LockedServer) -> None:
    assert old != new
    assert as_meant(old, new) == old
    assert as_meant(new, old) == new


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(tool(), tool(annotations={"readOnlyHint": True}), id="hint"),
        pytest.param(tool(), tool(annotations={"readOnlyHint": 0}), id="no-truth-value"),
        pytest.param(tool(title="T"), tool(annotations={"title": "U"}), id="title"),
        pytest.param(tool(), tool(other=None), id="unknown"),
        pytest.param(tool(), tool(execution={"taskSupport": "optional"}), id="task"),
        pytest.param(of(TEXT), of({**TEXT, "minLength": False}), id="no-number"),
        pytest.param(of(TEXT), of({**TEXT, "title": "a"}), id="titled"),
        pytest.param(of(TEXT), of({**TEXT, "deprecated": True}), id="deprecated"),
        pytest.param(of(TEXT), of({**TEXT, "then": {"minLength": 2}}), id="dead-keyword"),
        pytest.param(of(TEXT), of(TEXT, **{"$defs": {"Dead": {}}}), id="dead-definition"),
        pytest.param(
            of({"enum": [{"minLength": 0}]}), of({"enum": [{}]}), id="looks-like-a-schema"
        ),
        pytest.param(
            of({"anyOf": [TEXT, {"type": "null", "title": "N"}]}),
            of({"anyOf": [TEXT, {"type": "null"}]}),
            id="branch",
        ),
        pytest.param(
            of({"enum": ["x", "y"], "enumNames": ["X", "Y"]}),
            of({"enum": ["y", "x"], "enumNames": ["X", "Y"]}),
            id="named-by-place",
        ),
        pytest.param(
            tool({"unevaluatedProperties": False}),
            tool({"unevaluatedProperties": False, "additionalProperties": True}),
            id="unevaluated",
        ),
        pytest.param(
            of({"const": "x"}, **DRAFT_04), of({"enum": ["x"]}, **DRAFT_04), id="old-dialect"
        ),
        pytest.param(pointing("A", A=TEXT), pointing("B", B={"type": "null"}), id="definition"),
        pytest.param(pointing("A", A=TEXT), pointing("B", A=TEXT), id="leads-nowhere"),
        pytest.param(pointing("A", A=TEXT), pointing("Obey me", **{"Obey me": TEXT}), id="text"),
        pytest.param(
            pointing("A", A={**TEXT, "$anchor": "x"}),
            pointing("B", B={**TEXT, "$anchor": "x"}),
            id="anchor",
        ),
        pytest.param(prompt({"name": "x"}), prompt({"name": "x", "required": None}), id="argument"),
        pytest.param(server(capabilities={}), server(capabilities={"tools": {}}), id="capability"),
        pytest.param(
            server(capabilities={"tools": {}}),
            server(capabilities={"tools": {"subscribe": False}}),
            id="of-another-capability",
        ),
        pytest.param(server(), server(instructions=" "), id="instructions"),
    ],
)
def test_what_says_something_is_another(old: LockedServer, new: LockedServer) -> None:
    assert as_meant(old, new) == new
    assert as_meant(new, old) == old


def test_a_key_that_is_given_twice_is_left_as_it_is() -> None:
    twice = parse_json('{"name": "t", "title": null, "inputSchema": {"title": "a", "title": "b"}}')
    once = {"name": "t", "inputSchema": {"title": "b"}}
    assert plain_item(Item(Kind.TOOL, twice)) is twice
    old, new = (locked(Catalogue("s", tools=(Item(Kind.TOOL, one),))) for one in (once, twice))
    assert as_meant(old, new) == new


def test_what_is_very_deep_is_left_as_it_is() -> None:
    deep: Any = {}
    for _ in range(150):
        deep = {"items": deep}
    assert as_meant(of(deep), of({**deep, "minItems": 0})) == of({**deep, "minItems": 0})


def test_only_what_differs_stays_as_it_is_served() -> None:
    old, new = tool(), tool(annotations={})
    changed = replace(new, instructions="Obey.")
    assert as_meant(old, changed) == replace(old, instructions="Obey.")
