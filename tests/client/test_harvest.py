from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from mcpx.catalogue.model import Catalogue, Kind
from mcpx.client.eras import Opening
from mcpx.client.harvest import harvest
from mcpx.client.peer import Peer, RpcError
from mcpx.client.questions import Nobody
from mcpx.errors import Fault, ServerError
from mcpx.servers import Era, ServerSpec, Transport
from mcpx.settings import Limits
from tests.client.loops import in_a_loop

SECRET = "canary-0123456789-canary"
SPEC = ServerSpec("one", command="server", args=("--token", SECRET), env={"API_TOKEN": SECRET})
ALL = {"tools": {}, "prompts": {}, "resources": {}}
EMPTY = {
    "tools/list": {"tools": []},
    "prompts/list": {"prompts": []},
    "resources/list": {"resources": []},
    "resources/templates/list": {"resourceTemplates": []},
}

Answer = Callable[[dict[str, Any]], Any]


class Talk:
    """Stands for a connection: answers by method, with a value, an error or what a call gives."""

    def __init__(
        self,
        answers: dict[str, Any],
        capabilities: dict[str, Any] | None = None,
        limits: Limits | None = None,
        oddities: tuple[tuple[str, str], ...] = (),
    ) -> None:
        announced = ALL if capabilities is None else capabilities
        self.spec = SPEC
        self.limits = limits or Limits()
        self.opening = Opening(
            Era.LEGACY,
            "2025-11-25",
            ("2025-11-25",),
            {"name": "s"},
            announced,
            "Be nice.",
            oddities,
        )
        self.transport = Transport.STDIO
        self.peer = Peer(SPEC, self, self.limits, Nobody())
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.connection = self
        self._answers = {**EMPTY, **answers}

    @asynccontextmanager
    async def in_time(self) -> Any:
        yield self

    async def request(self, method: str, params: dict[str, Any]) -> Any:
        self.asked.append((method, params))
        await asyncio.sleep(0)
        answer = self._answers[method]
        if callable(answer):
            answer = answer(params)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def send(self, message: object) -> None:
        raise AssertionError("nothing is sent past request()")

    def abandon(self, number: int) -> bool:
        raise AssertionError("nothing is abandoned past request()")

    async def harvested(self) -> Catalogue:
        return await harvest(self, ("roots",))


def refusal(code: int = -32603, message: object = "broken") -> Answer:
    return lambda _params: RpcError("tools/list", {"code": code, "message": message})


def pages(*parts: tuple[list[object], object]) -> Answer:
    """Pages of tools, each with the cursor of the next one."""
    left = list(parts)

    def page(_params: dict[str, Any]) -> dict[str, Any]:
        tools, cursor = left.pop(0)
        return {"tools": tools, "nextCursor": cursor}

    return page


@in_a_loop
async def test_a_catalogue_holds_what_came_as_it_came() -> None:
    tool = {"name": "a", "inputSchema": {"type": "object"}, "unknown": [1]}
    talk = Talk(
        {
            "tools/list": {"tools": [tool], "resultType": "complete", "nextCursor": None},
            "resources/templates/list": {"resourceTemplates": [{"uriTemplate": "x:{y}"}]},
        }
    )
    found = await talk.harvested()
    assert [item.raw for item in found.tools] == [tool]
    assert [item.key for item in found.items(Kind.TEMPLATE)] == ["x:{y}"]
    assert (found.prompts, found.resources, found.problems) == ((), (), ())
    assert (found.server, found.era, found.version) == ("one", Era.LEGACY, "2025-11-25")
    assert (found.supported, found.offered) == (("2025-11-25",), ("roots",))
    assert (found.server_info, found.capabilities) == ({"name": "s"}, ALL)
    assert found.instructions == "Be nice."
    assert SECRET not in json.dumps(found.target)
    assert sorted(talk.asked) == sorted((method, {}) for method in EMPTY)


@pytest.mark.parametrize(
    ("capabilities", "asked"),
    [
        pytest.param({"tools": {}}, ["tools/list"], id="tools"),
        pytest.param({"prompts": {"listChanged": True}}, ["prompts/list"], id="prompts"),
        pytest.param(
            {"resources": {}}, ["resources/list", "resources/templates/list"], id="resources"
        ),
        pytest.param({}, ["tools/list"], id="nothing"),
        pytest.param({"logging": {}}, ["tools/list"], id="nothing that can be listed"),
    ],
)
@in_a_loop
async def test_what_is_announced_is_asked_for(
    capabilities: dict[str, Any], asked: list[str]
) -> None:
    talk = Talk({}, capabilities)
    await talk.harvested()
    assert [method for method, _ in talk.asked] == asked


@in_a_loop
async def test_pages_are_followed_also_with_an_empty_cursor() -> None:
    answer = pages(([{"name": "a"}], "2"), ([{"name": "b"}], ""), ([{"name": "c"}], None))
    talk = Talk({"tools/list": answer}, {"tools": {}})
    found = await talk.harvested()
    assert [item.key for item in found.tools] == ["a", "b", "c"]
    assert [params for _, params in talk.asked] == [{}, {"cursor": "2"}, {"cursor": ""}]
    assert found.problems == ()


@pytest.mark.parametrize(
    ("answer", "rule", "message", "path"),
    [
        pytest.param(
            pages(([{"name": "a"}], "x"), ([{"name": "b"}], "x")),
            "list-cursor-repeated",
            "the same nextCursor came twice; stopped there",
            "",
            id="the same cursor",
        ),
        pytest.param(
            pages(([{"name": "a"}, {"name": "b"}], 7)),
            "list-cursor-invalid",
            "its nextCursor is not a string",
            "",
            id="a number for a cursor",
        ),
        pytest.param(
            {"tools": [{"name": "a"}, {"name": "b"}], "resultType": "half"},
            "list-result-type",
            "its resultType is 'half', not 'complete'",
            "",
            id="an unknown type of result",
        ),
        pytest.param(
            {"tools": [{"name": "a"}, "text", {"name": "b"}]},
            "item-malformed",
            "tool 1 is not an object",
            "/tools/1",
            id="an item that is text",
        ),
    ],
)
@in_a_loop
async def test_what_is_odd_costs_nothing_else(
    answer: Any, rule: str, message: str, path: str
) -> None:
    found = await Talk({"tools/list": answer}).harvested()
    assert [item.key for item in found.tools] == ["a", "b"]
    (problem,) = found.problems
    assert (problem.rule, problem.message, problem.path) == (rule, message, path)
    assert problem.kind is Kind.TOOL
    assert not found.incomplete


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"tools": None}, "the member 'tools' is null"),
        ({}, "the member 'tools' is missing"),
        ({"tools": {}}, "the member 'tools' is not an array"),
    ],
    ids=["null", "missing", "object"],
)
@in_a_loop
async def test_a_list_that_is_none(answer: dict[str, Any], message: str) -> None:
    found = await Talk({"tools/list": answer}).harvested()
    assert [(one.rule, one.message) for one in found.problems] == [("list-malformed", message)]


@in_a_loop
async def test_a_list_that_is_refused_costs_no_other() -> None:
    answers = {"tools/list": refusal(), "prompts/list": {"prompts": [{"name": "p"}]}}
    found = await Talk(answers).harvested()
    assert [item.key for item in found.prompts] == ["p"]
    (problem,) = found.problems
    assert problem.message == "tools/list was answered with error -32603: broken"
    assert problem.rule == "list-failed"
    assert found.incomplete


@in_a_loop
async def test_a_later_page_that_is_refused_keeps_the_first() -> None:
    def answer(params: dict[str, Any]) -> Any:
        if params:
            return RpcError("tools/list", "no shape")
        return {"tools": [{"name": "a"}], "nextCursor": "2"}

    found = await Talk({"tools/list": answer}).harvested()
    assert [item.key for item in found.tools] == ["a"]
    assert found.problems[0].message == "tools/list was answered with error None: no shape"


@pytest.mark.parametrize(("code", "count"), [(-32601, 0), (-32603, 1)])
@in_a_loop
async def test_templates_need_not_be_known(code: int, count: int) -> None:
    found = await Talk({"resources/templates/list": refusal(code)}).harvested()
    assert [problem.rule for problem in found.problems] == ["list-failed"] * count


@in_a_loop
async def test_a_refusal_is_masked_before_it_is_cut() -> None:
    message = "x" * 280 + " " + SECRET + " " + "y" * 400
    found = await Talk({"tools/list": refusal(message=message)}).harvested()
    assert "canary" not in found.problems[0].message
    assert "***" in found.problems[0].message
    assert len(found.problems[0].message) < 400


@in_a_loop
async def test_when_all_is_refused_there_is_no_catalogue() -> None:
    with pytest.raises(ServerError) as failed:
        await Talk({"tools/list": refusal()}, {"tools": {}}).harvested()
    assert failed.value.fault is Fault.PROTOCOL
    assert failed.value.message == "one: answered tools/list with error -32603: broken"


@pytest.mark.parametrize(
    ("limits", "answer", "message"),
    [
        pytest.param(
            Limits(items=1),
            {"tools": [{"name": "a"}, {"name": "b"}]},
            "sent more than 1 tools, more than the limit 'items' allows",
            id="items",
        ),
        pytest.param(
            Limits(pages=2),
            pages(*(([], str(number)) for number in range(9))),
            "sent more than 2 pages for tools/list, more than the limit 'pages' allows",
            id="pages",
        ),
    ],
)
@in_a_loop
async def test_too_much_ends_it(limits: Limits, answer: Any, message: str) -> None:
    with pytest.raises(ServerError) as failed:
        await Talk({"tools/list": answer}, limits=limits).harvested()
    assert (failed.value.fault, failed.value.message) == (Fault.LIMIT, f"one: {message}")


@pytest.mark.parametrize("page", [None, [], "tools"], ids=["null", "array", "text"])
@in_a_loop
async def test_a_result_that_is_no_object_ends_it(page: object) -> None:
    with pytest.raises(ServerError, match="its result is not an object") as failed:
        await Talk({"prompts/list": page}).harvested()
    assert failed.value.fault is Fault.INVALID_RESPONSE


@in_a_loop
async def test_what_was_odd_before_and_on_the_wire_is_told() -> None:
    talk = Talk({}, oddities=(("opening-incomplete", "its answer lacks it"),))
    talk.peer.feed(b"hello\n")
    talk.peer.feed(b'{"half')
    talk.peer.feed(f"token {SECRET}".encode())
    found = await talk.harvested()
    assert [(one.rule, one.message) for one in found.problems] == [
        ("opening-incomplete", "its answer lacks it"),
        (
            "wire-unreadable",
            'sent a message that is not JSON: Unterminated string starting at at column 2: {"half',
        ),
        ("wire-noise", "printed 2 lines on stdout that are no messages, the first: hello"),
    ]
