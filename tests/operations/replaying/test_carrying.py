from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest

from mcpx.analyses.divergence.sides import End, Interaction, Side
from mcpx.client import rounds
from mcpx.client.peer import Asked, RpcError
from mcpx.errors import Evidence, Fault, ServerError
from mcpx.operations.replaying.answer_pool import AnswerPool
from mcpx.operations.replaying.carrying import Carried
from mcpx.operations.replaying.courses import Course
from mcpx.operations.replaying.live_connection import LiveConnection

Answer = Callable[[str, Mapping[str, Any]], Any]
YES = {"action": "accept", "content": {}}


class Live:
    """A live connection on which each request is answered as a test says, and at once."""

    def __init__(
        self, answer: Answer, modern: bool = True, answers: Mapping[str, Any] = {}
    ) -> None:
        self.modern = modern
        self.sent: list[tuple[str, Mapping[str, Any]]] = []
        self.left: list[int] = []
        self._answer = answer
        self._answers = answers

    def ask(self, carried: Carried, method: str, params: Mapping[str, Any]) -> Asked:
        self.sent.append((method, params))
        future = asyncio.get_running_loop().create_future()
        found = self._answer(method, params)
        if isinstance(found, Exception):
            future.set_exception(found)
        elif found is not None:
            future.set_result(found)
        return Asked(len(self.sent), method, future)

    async def answer_within(
        self, carried: Carried, method: str, params: Mapping[str, Any]
    ) -> tuple[Any, bool]:
        found = self._answers.get(method)
        carried.asked(method, params, found)
        return found, False

    def answered(self, asked: Asked) -> tuple[int, str]:
        return 200, "application/json"

    def cancel(self, asked: Asked, reason: Mapping[str, Any]) -> bool:
        return not self.modern

    def leave(self, asked: Asked, told: bool = False) -> None:
        self.left.append(asked.number)

    def forget(self, carried: Carried) -> None:
        pass


def carried(live: Live, params: Mapping[str, Any] | None = None, **course: Any) -> Side:
    """What comes of a call on this connection."""

    async def go() -> Side:
        about = Course(
            Interaction(1, 1, "tools/call"), 0.0, modern=True, pool=AnswerPool(), **course
        )
        given = {} if params is None else params
        one = Carried(cast("LiveConnection", live), about, "tools/call", given)
        assert await one.until_over(2.0)
        return one.side()

    return asyncio.run(go())


@pytest.mark.parametrize(
    ("answer", "end", "value", "status"),
    [
        pytest.param({"content": []}, "result", {"content": []}, 200, id="a result"),
        pytest.param([7], "result", [7], 200, id="a result that is no object"),
        pytest.param(
            RpcError("tools/call", {"code": -1}, 404), "error", {"code": -1}, 404, id="an error"
        ),
        pytest.param(ServerError(Fault.LOST, "one: gone"), "failed", None, 200, id="broken off"),
        pytest.param(
            ServerError(Fault.HTTP, "one: no", evidence=Evidence(status=500)),
            "http-error",
            None,
            500,
            id="refused by its status",
        ),
    ],
)
def test_how_a_request_ends(answer: Any, end: str, value: Any, status: int) -> None:
    side = carried(Live(lambda *_: answer))
    assert (side.end, side.value, side.status) == (end, value, status)
    failed = answer.message if isinstance(answer, ServerError) else ""
    assert side.reason == ("HTTP 500 Internal Server Error" if status == 500 else failed)
    assert side.seconds is not None and side.at > 0


def test_rounds_carry_the_answers_and_the_state_as_it_came() -> None:
    def answer(method: str, params: Mapping[str, Any]) -> Any:
        if "requestState" not in params:
            asked = {"k": {"method": "roots/list", "params": {}}}
            return {"resultType": "input_required", "inputRequests": asked, "requestState": "s1"}
        if params["requestState"] == "s1":
            return {"resultType": "input_required", "requestState": "s2"}
        return {"content": []}

    live = Live(answer, answers={"roots/list": {"roots": []}})
    assert carried(live, {"name": "add"}).end == "result"
    assert [params for _, params in live.sent] == [
        {"name": "add"},
        {"name": "add", "requestState": "s1", "inputResponses": {"k": {"roots": []}}},
        {"name": "add", "requestState": "s2"},
    ]


def asking(method: str) -> Any:
    asked = {"k": {"method": method, "params": {}}}
    return {"resultType": "input_required", "inputRequests": asked, "requestState": "s"}


@pytest.mark.parametrize(
    ("question", "recorded", "sent"),
    [
        pytest.param("elicitation/create", End.RESULT, 2, id="a form is declined"),
        pytest.param("sampling/createMessage", End.RESULT, 1, id="sampling cannot be declined"),
        pytest.param("elicitation/create", End.INPUT_REQUIRED, 1, id="nobody went on"),
    ],
)
def test_questions_without_an_answer(question: str, recorded: End, sent: int) -> None:
    def answer(method: str, params: Mapping[str, Any]) -> Any:
        if "inputResponses" in params:
            assert params["inputResponses"] == {"k": {"action": "decline"}}
            return {"content": []}
        return asking(question)

    live = Live(answer)
    side = carried(live, end=recorded)
    assert (len(live.sent), side.end) == (sent, "result" if sent == 2 else "input-required")
    assert [one.answer for one in side.questions] == [None]


def test_a_server_that_asks_on_and_on_comes_to_an_end() -> None:
    live = Live(lambda *_: asking("roots/list"), answers={"roots/list": {"roots": []}})
    assert carried(live).end == "input-required"
    assert len(live.sent) == 101


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "POLL", 0.0)


@pytest.mark.parametrize(
    ("last", "end", "value"),
    [
        ({"status": "completed", "result": {"content": []}}, "result", {"content": []}),
        ({"status": "failed", "error": {"code": -5}}, "error", {"code": -5}),
        ({"status": "cancelled"}, "result", {"taskId": "t", "status": "cancelled"}),
        ({"status": "completed"}, "result", {"taskId": "t", "status": "completed"}),
    ],
)
@pytest.mark.usefixtures("quick")
def test_a_modern_task_is_looked_at_until_it_ends(
    last: dict[str, Any], end: str, value: Any
) -> None:
    states = iter(
        [
            {"status": "input_required", "inputRequests": {"k": {"method": "elicitation/create"}}},
            {"status": "working"},
            last,
        ]
    )

    def answer(method: str, params: Mapping[str, Any]) -> Any:
        if method == "tasks/get":
            return {"taskId": "t", **next(states, {"status": "looked at once too often"})}
        if method == "tasks/update":
            return {}
        return {"resultType": "task", "taskId": "t", "status": "working"}

    live = Live(answer, answers={"elicitation/create": YES})
    side = carried(live, {"_meta": {"v": 1}})
    assert (side.end, side.value) == (end, value)
    update = {"taskId": "t", "inputResponses": {"k": YES}, "_meta": {"v": 1}}
    assert ("tasks/update", update) in live.sent


@pytest.mark.usefixtures("quick")
def test_a_legacy_task_has_its_result_fetched() -> None:
    def answer(method: str, params: Mapping[str, Any]) -> Any:
        if method == "tools/call":
            return {"task": {"taskId": "t", "status": "working"}}
        return {"taskId": "t", "status": "completed"} if method == "tasks/get" else {"content": []}

    live = Live(answer, modern=False)
    side = carried(live, {"task": {}})
    assert side.value == {"content": []}
    assert [method for method, _ in live.sent] == ["tools/call", "tasks/get", "tasks/result"]


@pytest.mark.parametrize(
    ("modern", "end"),
    [
        pytest.param(True, "cancelled", id="nothing comes any more"),
        pytest.param(False, "failed", id="an answer may still come"),
    ],
)
def test_cancelling(modern: bool, end: str) -> None:
    async def go() -> tuple[Side, Live]:
        live = Live(lambda *_: None, modern=modern)
        about = Course(Interaction(1, 1, "tools/call"), 0.0, modern=True, pool=AnswerPool())
        one = Carried(cast("LiveConnection", live), about, "tools/call", {})
        one.cancel({})
        one.leave(End.FAILED, "late")
        return one.side(), live

    side, live = asyncio.run(go())
    assert (side.end, live.left) == (end, [1])


def test_progress_is_kept_as_it_comes() -> None:
    async def go() -> Side:
        about = Course(Interaction(1, 1, "tools/call"), 0.0, modern=True, pool=AnswerPool())
        one = Carried(cast("LiveConnection", Live(lambda *_: {})), about, "tools/call", {})
        for value in (1, "2", True, 2.5):
            one.advance.told({"progress": value, "total": 4, "message": "on its way"})
        return one.side()

    side = asyncio.run(go())
    assert (side.progress, side.total, side.worded) == ((1.0, 2.5), 4.0, True)
