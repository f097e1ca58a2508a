from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from mcpx.analyses.cost import Cost, cost_of_catalogue, cost_of_item
from mcpx.catalogue.files import read
from mcpx.catalogue.model import Catalogue, Item, Kind
from tests.catalogue.data import FILES, needs_data, offering, tool
from tests.schemas.junk import JSON


@pytest.mark.parametrize(
    ("kind", "raw", "read_as"),
    [
        pytest.param(
            Kind.TOOL,
            {**tool("add"), "title": "unread", "outputSchema": {}, "description": "Adds."},
            '{"name":"add","description":"Adds.","inputSchema":{"type":"object"}}',
            id="tool",
        ),
        pytest.param(Kind.TOOL, {}, "{}", id="nothing"),
        pytest.param(Kind.TOOL, {"name": "é😀"}, '{"name":"é😀"}', id="not ASCII"),
        pytest.param(Kind.TOOL, {"name": "\ud800"}, '{"name":"\ud800"}', id="half a character"),
        pytest.param(
            Kind.PROMPT,
            {"arguments": [{"name": "a"}], "name": "p", "icons": []},
            '{"name":"p","arguments":[{"name":"a"}]}',
            id="prompt",
        ),
        pytest.param(
            Kind.RESOURCE,
            {"uri": "a:b", "name": "n", "size": 7},
            '{"uri":"a:b","name":"n"}',
            id="resource",
        ),
        pytest.param(
            Kind.TEMPLATE, {"uriTemplate": "a:{b}"}, '{"uriTemplate":"a:{b}"}', id="template"
        ),
    ],
)
def test_the_cost_is_of_what_a_model_reads(
    kind: Kind, raw: dict[str, object], read_as: str
) -> None:
    cost = cost_of_item(Item(kind, raw))
    assert cost.bytes == len(read_as.encode("utf-8", "surrogatepass"))
    assert cost.tokens == (len(read_as) + 3) // 4


def test_a_catalogue_costs_its_tools() -> None:
    one, two = Item(Kind.TOOL, tool("one")), Item(Kind.TOOL, tool("two", description="x" * 101))
    prompt = Item(Kind.PROMPT, {"name": "p"})
    catalogue = Catalogue("s", tools=(one, two), prompts=(prompt,))
    assert cost_of_catalogue(catalogue) == cost_of_item(one) + cost_of_item(two)
    assert cost_of_catalogue(Catalogue("s")) == Cost(0, 0)


def test_a_schema_that_is_too_deep_costs_its_name_and_description() -> None:
    schema: object = {}
    for _ in range(100_000):
        schema = [schema]
    deep = Item(Kind.TOOL, {"name": "n" * 4, "description": "d" * 4, "inputSchema": schema})
    assert cost_of_item(deep) == Cost(8, 2)


@needs_data
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_real_tools_cost_something(path: Path) -> None:
    (catalogue,) = read(path.read_text(encoding="utf-8"), path.name)
    cost = cost_of_catalogue(catalogue)
    assert cost.bytes >= cost.tokens >= 10 * len(catalogue.tools)


@given(JSON)
def test_cost_never_fails_on_junk(schema: object) -> None:
    catalogue = offering(Kind.TOOL, tool(inputSchema=schema))
    assert cost_of_catalogue(catalogue).tokens >= 7
