from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from mcpx.analyses.finding import Rule
from mcpx.analyses.problem_rules import PROBLEM_RULES
from mcpx.catalogue.model import Kind
from mcpx.catalogue.problems import PROBLEMS, problems
from mcpx.client import streamable
from mcpx.client.eras.legacy import Legacy
from mcpx.client.peer import RpcError
from mcpx.schemas.validity import DEEPEST, MOST_VALUES
from mcpx.servers import Era
from tests.analyses.examples import examples_of
from tests.catalogue.data import offering, tool
from tests.client.loops import in_a_loop
from tests.client.sites import Play, Site, connected, frame, responds, site
from tests.client.test_harvest import Talk
from tests.client.test_peer import Wire
from tests.client.test_sse import pours
from tests.servers.http_wire import Exchange

RULES = {rule.id: rule for rule in PROBLEM_RULES}
EXAMPLES = {name: rule.example for name, rule in RULES.items()}
# Members by which an item in an example is recognised; other items are tools.
TELLING = {
    "uri": Kind.RESOURCE,
    "mimeType": Kind.RESOURCE,
    "uriTemplate": Kind.TEMPLATE,
    "arguments": Kind.PROMPT,
}
OF_HTTP = ("wire-endpoint", "wire-refused", "wire-session")
OF_SIZES = ("schema-too-deep", "schema-too-large")
OF_LISTS = [name for name in EXAMPLES if name.startswith("list-") or name == "item-malformed"]
OF_WIRE = [name for name in EXAMPLES if name.startswith("wire-") and name not in OF_HTTP]
OF_ITEMS = [
    name
    for name in EXAMPLES
    if name not in (*OF_HTTP, *OF_SIZES, *OF_LISTS, *OF_WIRE, "opening-incomplete")
]
SEARCH = '{"name": "search", "inputSchema": {"type": "object"}}'
# One step that mends an example: what stands there, and what stands there instead.
STEPS = {
    "opening-incomplete": (
        '{"capabilities": {}}',
        '{"protocolVersion": "2025-11-25", "capabilities": {},'
        ' "serverInfo": {"name": "s", "version": "1"}}',
    ),
    "wire-batch": (
        '[{"jsonrpc": "2.0", "id": 1, "result": {}}]',
        '{"jsonrpc": "2.0", "id": 1, "result": {}}',
    ),
    "wire-request": ('"id": 7, "method": "roots/list"', '"method": "notifications/message"'),
    "wire-id": ('"1"', "1"),
    "wire-endpoint": ("\nserver: event: endpoint\nserver: data: /messages?session=2", ""),
    "wire-refused": ("400 Bad Request", "202 Accepted"),
    "wire-session": ("my session", "my-session"),
    "wire-noise": ("Connected to the database.", ""),
    "wire-unreadable": ('"id": 1, "result": {}', '"method": "notifications/progress"}'),
    "wire-version": ('{"id": 1', '{"jsonrpc": "2.0", "id": 1'),
    "list-cursor-invalid": ("2}", '"2"}\n{"tools": []}'),
    "list-cursor-repeated": (
        '\n{"tools": [], "nextCursor": "page-2"}',
        '\n{"tools": [], "nextCursor": "page-3"}\n{"tools": []}',
    ),
    "list-failed": ('"error": {"code": -32603, "message": "no database"}', '"tools": []'),
    "list-malformed": ('{"search": {"inputSchema": {"type": "object"}}}', f"[{SEARCH}]"),
    "list-result-type": ("partial", "complete"),
    "item-malformed": ('"search"', SEARCH),
    "field-missing": ('{"required"', '{"name": "when", "required"'),
    "field-type": ("3", '"3"'),
    "name-duplicate": (
        '"search", "inputSchema": {"type": "object", ',
        '"Search", "inputSchema": {"type": "object", ',
    ),
    "name-invalid": ("search notes", "search-notes"),
    "name-missing": ('{"description"', '{"name": "search", "description"'),
    "name-unportable": ("notes.search", "notes-search"),
    "schema-boolean-property": ("true", "{}"),
    "schema-dialect-unknown": (
        "https://example.com/my-schema",
        "https://json-schema.org/draft/2019-09/schema",
    ),
    "schema-external-ref": ("https://example.com/query.json", "#"),
    "schema-header-invalid": ('{"type": "object", "x-mcp', '{"type": "string", "x-mcp'),
    "schema-invalid": ('"text"', '"string"'),
    "schema-missing": ('"description": "Search notes."', '"inputSchema": {"type": "object"}'),
    "schema-ref-cycle": ("#/properties/query", "#"),
    "schema-ref-missing": ('/Query"}}', '/Query"}}, "$defs": {"Query": {}}'),
    "schema-type": ("null", '{"type": "object"}'),
    "schema-type-missing": ('{"properties"', '{"type": "object", "properties"'),
    "template-invalid": ("{id", "{id}"),
    "uri-duplicate": ('"newest", "uri": "notes://latest"', '"newest", "uri": "notes://newest"'),
    "uri-invalid": ("my plan", "my%20plan"),
    "uri-missing": ('"mimeType"', '"uri": "notes://plan", "mimeType"'),
}


def test_every_problem_has_its_rule() -> None:
    assert {rule.id: rule.title for rule in PROBLEM_RULES} == PROBLEMS


def values(text: str) -> Iterator[Any]:
    """The JSON values that follow each other in a text."""
    decoder, rest = json.JSONDecoder(), text
    while rest:
        value, end = decoder.raw_decode(rest)
        rest = rest[end:].lstrip()
        yield value


def rules(names: Iterable[str]) -> list[Rule]:
    return [RULES[name] for name in names]


def test_every_rule_has_a_step_or_a_limit() -> None:
    assert {*STEPS, *OF_SIZES} == set(EXAMPLES)


@examples_of(rules(OF_ITEMS), STEPS)
def test_examples_of_items(example: str, fires: list[str]) -> None:
    items = list(values(example))
    kind = next((kind for member, kind in TELLING.items() if member in items[0]), Kind.TOOL)
    found = {one.rule for one in problems(offering(kind, *items, era=Era.LEGACY))}
    assert found == set(fires)


@examples_of(rules(OF_LISTS), STEPS)
@in_a_loop
async def test_examples_of_lists(example: str, fires: list[str]) -> None:
    pages = values(example)

    def answered(_params: dict[str, Any]) -> Any:
        page = next(pages)
        return RpcError("tools/list", page["error"]) if "error" in page else page

    found = await Talk({"tools/list": answered}).harvested()
    assert [one.rule for one in found.problems] == fires
    assert list(pages) == []


def said(example: str, who: str) -> list[str]:
    """What the client or the server says in an example of a conversation."""
    pairs = [line.split(": ", 1) for line in example.splitlines()]
    return [text for speaker, text in pairs if speaker == who]


@examples_of(rules(OF_WIRE), STEPS)
@in_a_loop
async def test_examples_of_messages(example: str, fires: list[str]) -> None:
    wire = Wire()
    wire.peer.answers = "roots/list" not in example
    tasks = await wire.ask(*(json.loads(line)["method"] for line in said(example, "client")))
    wire.feed(*(line.encode() for line in said(example, "server")))
    for task in tasks:
        assert await task == {}
    noise = ["wire-noise"] * wire.peer.oddities.noise
    assert [*wire.odd, *noise] == fires
    wire.peer.hush()


def plays(example: str) -> tuple[dict[str, Play], bool]:
    """What a server does in an example of HTTP, and whether it is one of HTTP+SSE."""
    lines = [line.partition(": ") for line in said(example, "server")]
    if lines[0][0] == "event":
        data = [text for what, _, text in lines if what == "data"]
        return {"GET": pours(*(("endpoint", text) for text in ("{path}", *data[1:])))}, True
    if lines[0][0] == "Mcp-Session-Id":

        def opens(site: Site, exchange: Exchange) -> None:
            exchange.answer(frame(site, exchange), headers=((lines[0][0], lines[0][2]),))

        return {"initialize": opens}, False
    return {"notifications/initialized": responds(int(lines[0][0].split()[1]))}, False


@examples_of(rules(OF_HTTP), STEPS)
@in_a_loop
async def test_examples_of_http(
    example: str, fires: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streamable, "GOODBYE", 0.2)
    monkeypatch.setattr(streamable, "LINGER", 0.05)
    played, old = plays(example)
    with site(played, old=old, sessions=False) as served:
        async with connected(served, None if old else Era.LEGACY) as connection:
            assert "tools" in await connection.request("tools/list")
            assert list(connection.peer.oddities.kinds) == fires


@examples_of(rules(["opening-incomplete"]), STEPS)
@in_a_loop
async def test_the_example_of_an_opening(example: str, fires: list[str]) -> None:
    wire = Wire()
    opening = asyncio.ensure_future(Legacy().open(wire.peer))
    await asyncio.sleep(0)
    assert [one["method"] for one in wire.sent] == ["initialize"]
    wire.feed(*(line.encode() for line in said(example, "server")))
    assert {rule for rule, _ in (await opening).oddities} == set(fires)


def test_examples_in_words_say_the_limits() -> None:
    assert f"{DEEPEST} levels" in EXAMPLES["schema-too-deep"]
    assert f"{MOST_VALUES} values" in EXAMPLES["schema-too-large"]


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    for _ in range(levels - 1):
        schema = {"not": schema}
    return {"type": "object", **schema}


@pytest.mark.parametrize(
    ("name", "at_most", "beyond"),
    [
        ("schema-too-deep", nested(DEEPEST), nested(DEEPEST + 1)),
        (
            "schema-too-large",
            {"type": "object", "enum": [{}] * (MOST_VALUES - 3)},
            {"type": "object", "enum": [{}] * (MOST_VALUES - 2)},
        ),
    ],
    ids=OF_SIZES,
)
def test_limits_hold_to_the_last(name: str, at_most: Any, beyond: Any) -> None:
    for schema, fires in ((at_most, []), (beyond, [name])):
        found = problems(offering(Kind.TOOL, tool(inputSchema=schema)))
        assert [one.rule for one in found] == fires
