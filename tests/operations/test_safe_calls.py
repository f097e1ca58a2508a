from __future__ import annotations

import time
from typing import Any

import pytest

from mcpx.analyses.results import Answer
from mcpx.analyses.safe_calls import Reason, Skipped
from mcpx.catalogue.model import Catalogue, Item, Kind
from mcpx.errors import Fault
from mcpx.operations.safe_calls import Tried, tried
from mcpx.schemas.validation import Outcome
from mcpx.servers import Era
from tests.client.loops import in_a_loop
from tests.client.sites import Play, Site, answers, connected, responds, site
from tests.schemas.here import check_here

OUTPUT = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
INPUT = {
    "type": "object",
    "properties": {"colour": {"enum": ["red"]}, "more": {"type": "string"}},
    "required": ["colour"],
}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    check_here(monkeypatch)


def tool(name: str = "look", **members: Any) -> dict[str, Any]:
    usual = {"inputSchema": INPUT, "outputSchema": OUTPUT, "annotations": {"readOnlyHint": True}}
    return {"name": name, **usual, **members}


def result(**members: Any) -> Play:
    return answers({"content": [], "resultType": "complete", **members})


async def trying(
    play: Play, *tools: dict[str, Any], seconds: float = 5.0, era: Era | None = None
) -> tuple[Tried, list[Any]]:
    """What came of a server's tools, and the parameters of the calls that came in."""
    items = tuple(Item(Kind.TOOL, one) for one in tools or (tool(),))
    with site({"tools/call": play}) as served:
        async with connected(served, era) as connection:
            catalogue = Catalogue("one", tools=items)
            found = await tried(connection, catalogue, seconds, lambda _text: None)
        return found, [one.message["params"] for one in served.requests if one.rpc == "tools/call"]


@pytest.mark.parametrize("era", list(Era))
@in_a_loop
async def test_a_tool_is_called_with_what_its_schema_gives(era: Era) -> None:
    found, sent = await trying(result(structuredContent={"n": 1}), era=era)
    (answer,) = found.answers
    assert answer.verdict is not None
    assert (answer.tool, answer.verdict.outcome) == ("look", Outcome.VALID)
    assert [(one["name"], one["arguments"]) for one in sent] == [("look", {"colour": "red"})]
    assert (found.called, found.skipped, found.remarks, found.errors) == (1, [], [], [])


@in_a_loop
async def test_answers_that_break_their_schema_or_lack_what_it_is_for() -> None:
    found, _ = await trying(result(structuredContent={"n": "x"}))
    (answer,) = found.answers
    assert answer.verdict is not None
    assert [one.path for one in answer.verdict.violations] == ["/n"]
    found, _ = await trying(result())
    assert found.answers == [Answer("look", None)]


def refuses(_site: Site, exchange: Any) -> None:
    error = {"code": -32602, "message": "no such\ncolour"}
    exchange.answer({"jsonrpc": "2.0", "id": exchange.request.message["id"], "error": error})


@pytest.mark.parametrize(
    ("play", "remark"),
    [
        pytest.param(
            result(isError=True, content=[{"type": "text", "text": "no\n luck"}]),
            "one: tool 'look' answers with an error: no luck",
            id="an error",
        ),
        pytest.param(
            result(isError=True), "one: tool 'look' answers with an error", id="without a word"
        ),
        pytest.param(
            refuses, "one: tool 'look' was not judged: one: answered tools/", id="refuses"
        ),
        pytest.param(
            answers(
                {
                    "resultType": "input_required",
                    "inputRequests": {"a": {"method": "elicitation/create", "params": {}}},
                }
            ),
            "one: tool 'look' was not judged: one: tools/call needs an answer",
            id="asks",
        ),
    ],
)
@in_a_loop
async def test_what_gives_no_answer_is_remarked_and_others_are_called(
    play: Play, remark: str
) -> None:
    found, sent = await trying(play, tool(), tool("view"), era=Era.MODERN)
    assert (found.called, len(sent), found.answers, found.errors) == (2, 2, [], [])
    assert found.remarks[0].startswith(remark)
    assert "'view'" in found.remarks[1]


@in_a_loop
async def test_a_schema_that_nothing_can_be_checked_against_is_remarked() -> None:
    found, _ = await trying(result(structuredContent={}), tool(outputSchema={"type": "nonsense"}))
    assert found.answers == []
    assert found.remarks[0].startswith("one: tool 'look': its answer was not checked: ")


@in_a_loop
async def test_a_result_of_no_shape_is_an_error_and_others_are_called() -> None:
    found, sent = await trying(answers(7), tool(), tool("view"))
    assert [error.fault for error in found.errors] == [Fault.INVALID_RESPONSE] * 2
    assert found.errors[0].message.endswith("(in the call of 'look')")
    assert len(sent) == 2


@in_a_loop
async def test_a_call_without_an_end_is_the_last() -> None:
    def silent(_site: Site, _exchange: Any) -> None:
        time.sleep(0.6)

    found, sent = await trying(silent, tool(), tool("view"), seconds=0.2)
    assert [error.fault for error in found.errors] == [Fault.TIMEOUT]
    assert found.skipped == [Skipped("view", Reason.SERVER_FAILED)]
    assert (found.called, len(sent)) == (1, 1)


@pytest.mark.parametrize(
    "definition",
    [
        pytest.param(tool(annotations={}), id="may write"),
        pytest.param(tool(inputSchema={**INPUT, "not": {}}), id="arguments that do not fit"),
        pytest.param(tool(inputSchema={"type": "nonsense"}), id="a schema that is none"),
        pytest.param(tool(inputSchema=None), id="no schema"),
    ],
)
@in_a_loop
async def test_what_is_skipped_is_never_sent(definition: dict[str, Any]) -> None:
    found, sent = await trying(responds(500), definition)
    assert ([one.tool for one in found.skipped], found.called, sent) == (["look"], 0, [])


@in_a_loop
async def test_calls_of_a_server_come_one_after_the_other() -> None:
    running, most = 0, 0

    def slow(_site: Site, exchange: Any) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        time.sleep(0.05)
        running -= 1
        result(structuredContent={"n": 1})(_site, exchange)

    found, _ = await trying(slow, *(tool(f"look_{number}") for number in range(3)))
    assert (found.called, most) == (3, 1)
