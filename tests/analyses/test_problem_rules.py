from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from mcpx.analyses.problem_rules import PROBLEM_RULES
from mcpx.catalogue.model import Kind
from mcpx.catalogue.problems import PROBLEMS, problems
from mcpx.client.eras.legacy import Legacy
from mcpx.client.peer import RpcError
from mcpx.schemas.validity import DEEPEST, MOST_VALUES
from mcpx.servers import Era
from tests.catalogue.data import offering
from tests.client.loops import in_a_loop
from tests.client.test_harvest import Talk
from tests.client.test_peer import Wire

EXAMPLES = {rule.id: rule.example for rule in PROBLEM_RULES}
# Members by which an item in an example is recognised; other items are tools.
TELLING = {
    "uri": Kind.RESOURCE,
    "mimeType": Kind.RESOURCE,
    "uriTemplate": Kind.TEMPLATE,
    "arguments": Kind.PROMPT,
}
# What takes HTTP, or more than a few lines.
TOLD = ("wire-endpoint", "wire-refused", "wire-session", "schema-too-deep", "schema-too-large")
OF_LISTS = [name for name in EXAMPLES if name.startswith("list-") or name == "item-malformed"]
OF_WIRE = [name for name in EXAMPLES if name.startswith("wire-") and name not in TOLD]
OF_ITEMS = [
    name
    for name in EXAMPLES
    if name not in (*TOLD, *OF_LISTS, *OF_WIRE) and name != "opening-incomplete"
]


def test_every_problem_has_its_rule() -> None:
    assert {rule.id: rule.title for rule in PROBLEM_RULES} == PROBLEMS


def values(text: str) -> Iterator[Any]:
    """The JSON values that follow each other in a text."""
    decoder, rest = json.JSONDecoder(), text
    while rest:
        value, end = decoder.raw_decode(rest)
        rest = rest[end:].lstrip()
        yield value


@pytest.mark.parametrize("name", OF_ITEMS)
def test_an_example_of_items_fires_its_rule(name: str) -> None:
    items = list(values(EXAMPLES[name]))
    kind = next((kind for member, kind in TELLING.items() if member in items[0]), Kind.TOOL)
    found = {one.rule for one in problems(offering(kind, *items, era=Era.LEGACY))}
    assert found == {name}


@pytest.mark.parametrize("name", OF_LISTS)
@in_a_loop
async def test_an_example_of_a_list_fires_its_rule(name: str) -> None:
    pages = values(EXAMPLES[name])

    def answered(_params: dict[str, Any]) -> Any:
        page = next(pages)
        return RpcError("tools/list", page["error"]) if "error" in page else page

    found = await Talk({"tools/list": answered}).harvested()
    assert [one.rule for one in found.problems] == [name]
    assert list(pages) == []


def said(name: str, who: str) -> list[str]:
    """What the client or the server says in an example of a conversation."""
    pairs = [line.split(": ", 1) for line in EXAMPLES[name].splitlines()]
    return [text for speaker, text in pairs if speaker == who]


@pytest.mark.parametrize("name", OF_WIRE)
@in_a_loop
async def test_an_example_of_messages_fires_its_rule(name: str) -> None:
    wire = Wire()
    wire.peer.answers = name != "wire-request"
    tasks = await wire.ask(*(json.loads(line)["method"] for line in said(name, "client")))
    wire.feed(*(line.encode() for line in said(name, "server")))
    for task in tasks:
        assert await task == {}
    assert wire.odd == ([] if name == "wire-noise" else [name])
    assert wire.peer.oddities.noise == (name == "wire-noise")
    wire.peer.hush()


@in_a_loop
async def test_the_example_of_an_opening_fires_its_rule() -> None:
    wire = Wire()
    opening = asyncio.ensure_future(Legacy().open(wire.peer))
    await asyncio.sleep(0)
    assert [one["method"] for one in wire.sent] == ["initialize"]
    wire.feed(*(line.encode() for line in said("opening-incomplete", "server")))
    assert {rule for rule, _ in (await opening).oddities} == {"opening-incomplete"}


def test_examples_in_words_say_the_limits() -> None:
    assert f"{DEEPEST} levels" in EXAMPLES["schema-too-deep"]
    assert f"{MOST_VALUES} values" in EXAMPLES["schema-too-large"]
