from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from mcpx.client import rounds
from mcpx.client.clock import Clock
from mcpx.client.eras import Conversation, Opening, Tasks
from mcpx.client.eras.legacy import Legacy
from mcpx.client.eras.modern import Modern
from mcpx.client.peer import RpcError
from mcpx.client.questions import UnansweredError
from mcpx.client.rounds import Request, completed
from mcpx.codes import METHOD_NOT_FOUND
from mcpx.errors import Fault, RefusedError, ServerError
from mcpx.servers import Era, ServerSpec
from tests.client.loops import in_no_time

CALL = Request("tools/call", {"name": "do", "arguments": {"a": 1}})
DONE = {"content": [], "resultType": "complete"}
FORM = {"method": "elicitation/create", "params": {"message": "Who?"}}
ROOTS = {"method": "roots/list"}
SAMPLE = {"method": "sampling/createMessage", "params": {"messages": []}}

Step = Mapping[str, Any] | Exception | Callable[[], Any] | Any


class Answers:
    """Says to every question which it was; keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self.refuses = False
        self.says: dict[str, Any] | None = None

    async def answer(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append((method, params))
        if self.refuses:
            raise UnansweredError(METHOD_NOT_FOUND, "nobody is here to answer")
        return {"answer": f"{method} {len(self.asked)}"} if self.says is None else self.says


class Scripted:
    """An errand at a server that answers as it is written down; its last answer again and again.

    ``sent`` is what it was asked: seconds from the start, method and parameters.
    """

    def __init__(
        self,
        *steps: Step,
        era: Era = Era.MODERN,
        cancels: bool = True,
        conversation: Conversation | None = None,
    ) -> None:
        self.spec = ServerSpec("one")
        self.connection = self
        known: dict[Era, Conversation] = {Era.MODERN: Modern({}), Era.LEGACY: Legacy()}
        self.conversation = conversation or known[era]
        capabilities = {"tasks": {"cancel": {}}} if cancels else {}
        self.opening = Opening(era, "", capabilities=capabilities)
        self.clock = Clock(120.0)
        self.answers = Answers()
        self.peer = SimpleNamespace(answering=self.answers)
        self.sent: list[tuple[float, str, dict[str, Any]]] = []
        self._steps = list(steps)

    async def request(
        self,
        method: str,
        params: Mapping[str, Any],
        *,
        schema: Any = None,
        harmless: bool = False,
    ) -> Any:
        at = asyncio.get_running_loop().time()
        self.sent.append((round(at, 3), method, dict(params)))
        self.last = (schema, harmless)
        step = self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]
        if callable(step):
            step = await step()
        if isinstance(step, Exception):
            raise step
        return step

    @property
    def methods(self) -> list[str]:
        return [method for _, method, _ in self.sent]

    @property
    def params(self) -> list[dict[str, Any]]:
        return [params for _, _, params in self.sent]


def asks(**members: Any) -> dict[str, Any]:
    return {"resultType": "input_required", **members}


@pytest.mark.parametrize(
    "result",
    [
        pytest.param(DONE, id="complete"),
        pytest.param({"content": []}, id="no result type"),
        pytest.param({}, id="empty"),
        pytest.param({"resultType": "complete", "inputRequests": {"a": FORM}}, id="complete wins"),
    ],
)
@in_no_time
async def test_a_result_is_given_as_it_came(result: dict[str, Any]) -> None:
    connection = Scripted(result)
    request = Request(CALL.method, CALL.params, {"type": "object"}, harmless=True)
    assert await completed(connection, request) is result
    assert connection.sent == [(0, "tools/call", {"name": "do", "arguments": {"a": 1}})]
    assert connection.last == ({"type": "object"}, True)


@pytest.mark.parametrize("era", list(Era))
@pytest.mark.parametrize("result", [None, [], "done", 7])
@in_no_time
async def test_a_result_is_an_object(era: Era, result: Any) -> None:
    with pytest.raises(ServerError) as failed:
        await completed(Scripted(result, era=era), CALL)
    assert failed.value.fault is Fault.INVALID_RESPONSE
    assert failed.value.message == "one: invalid answer to tools/call: its result is not an object"


@pytest.mark.parametrize(
    ("kind", "shown"),
    [("later", "later"), (None, "None"), (7, "7"), ({"a": 1}, "{'a': 1}"), ("x" * 500, "x" * 160)],
    ids=["text", "null", "number", "object", "long"],
)
@in_no_time
async def test_an_unknown_result_type_is_invalid(kind: Any, shown: str) -> None:
    with pytest.raises(ServerError) as failed:
        await completed(Scripted({**DONE, "resultType": kind}), CALL)
    assert failed.value.fault is Fault.INVALID_RESPONSE
    assert f"its resultType is '{shown}" in failed.value.message
    assert failed.value.message.endswith("which mcpx does not know")


@in_no_time
async def test_a_legacy_result_has_no_type() -> None:
    result = {"resultType": "input_required", "inputRequests": {"a": FORM}}
    connection = Scripted(result, era=Era.LEGACY)
    assert await completed(connection, CALL) is result


STATE = "=?base64?\x00 {'a': 1}é"


@pytest.mark.parametrize(
    ("asked", "more"),
    [
        pytest.param(
            {"inputRequests": {"who": FORM}},
            {"inputResponses": {"who": {"answer": "elicitation/create 1"}}},
            id="questions alone",
        ),
        pytest.param({"requestState": STATE}, {"requestState": STATE}, id="state alone"),
        pytest.param(
            {"inputRequests": {"b": SAMPLE, "a": ROOTS}, "requestState": STATE},
            {
                "inputResponses": {
                    "b": {"answer": "sampling/createMessage 1"},
                    "a": {"answer": "roots/list 2"},
                },
                "requestState": STATE,
            },
            id="both",
        ),
        pytest.param(
            {"inputRequests": {}, "requestState": ""},
            {"inputResponses": {}, "requestState": ""},
            id="no question and an empty state",
        ),
        pytest.param(
            {"inputRequests": None, "requestState": {"n": [1.0]}},
            {"requestState": {"n": [1.0]}},
            id="a state that is no text is echoed all the same",
        ),
    ],
)
@pytest.mark.parametrize("method", ["tools/call", "prompts/get", "resources/read"])
@in_no_time
async def test_a_round(method: str, asked: dict[str, Any], more: dict[str, Any]) -> None:
    connection = Scripted(asks(**asked), DONE)
    params = {"name": "do", "_meta": {"progressToken": 1}}
    assert await completed(connection, Request(method, params)) is DONE
    assert [what for _, *what in connection.sent] == [
        [method, params],
        [method, {**params, **more}],
    ]
    # Who asks for nothing is not asked again at once.
    assert (connection.sent[1][0] > 0) == ("inputResponses" not in more)


@in_no_time
async def test_each_round_carries_its_own_answers_and_state_only() -> None:
    connection = Scripted(
        asks(inputRequests={"a": FORM}, requestState="1"),
        asks(inputRequests={"b": ROOTS}),
        asks(requestState="3"),
        DONE,
    )
    await completed(connection, CALL)
    assert connection.params == [
        {**CALL.params},
        {
            **CALL.params,
            "inputResponses": {"a": {"answer": "elicitation/create 1"}},
            "requestState": "1",
        },
        {**CALL.params, "inputResponses": {"b": {"answer": "roots/list 2"}}},
        {**CALL.params, "requestState": "3"},
    ]
    assert connection.answers.asked == [("elicitation/create", FORM["params"]), ("roots/list", {})]


@in_no_time
async def test_ten_rounds_are_enough() -> None:
    connection = Scripted(*[asks(requestState=str(number)) for number in range(10)], DONE)
    assert await completed(connection, CALL) is DONE
    assert len(connection.sent) == 11
    connection = Scripted(asks(inputRequests={"a": FORM}))
    with pytest.raises(ServerError) as failed:
        await completed(connection, CALL)
    assert connection.awaits == "tools/call"  # also between two of them
    assert failed.value.fault is Fault.LIMIT
    assert failed.value.message == "one: still asks after 10 rounds of answers to tools/call"
    assert len(connection.sent) == 11


@in_no_time
async def test_nobody_is_asked_when_not_all_can_be_answered() -> None:
    connection = Scripted(asks(inputRequests={"a": FORM, "b": {"method": "ping"}}))
    with pytest.raises(ServerError):
        await completed(connection, CALL)
    assert connection.answers.asked == []


@in_no_time
async def test_nobody_is_asked_for_what_will_not_be_sent() -> None:
    connection = Scripted(asks(inputRequests={"a": FORM}))
    with pytest.raises(ServerError):
        await completed(connection, CALL)
    assert len(connection.answers.asked) == 10


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        pytest.param({}, "it asks for input, but for none in particular", id="nothing"),
        pytest.param({"inputRequests": None}, "but for none in particular", id="null"),
        pytest.param({"inputRequests": []}, "its inputRequests are not an object", id="array"),
        pytest.param({"inputRequests": "x"}, "its inputRequests are not an object", id="text"),
        pytest.param({"inputRequests": {"a": None}}, "it asks for 'None'", id="no question"),
        pytest.param({"inputRequests": {"a": []}}, "it asks for 'None'", id="question an array"),
        pytest.param({"inputRequests": {"a": {}}}, "it asks for 'None'", id="no method"),
        pytest.param({"inputRequests": {"a": {"method": ["x"]}}}, "it asks for '", id="an array"),
        pytest.param(
            {"inputRequests": {"a": {"method": "ping"}}},
            "it asks for 'ping', which no client answers",
            id="ping",
        ),
        pytest.param(
            {"inputRequests": {"a": {"method": "tools/call"}}},
            "it asks for 'tools/call', which no client answers",
            id="another method",
        ),
        pytest.param(
            {"inputRequests": {"a": FORM, "b": {"method": "x"}}}, "it asks for 'x'", id="of two"
        ),
    ],
)
@in_no_time
async def test_a_malformed_round_is_invalid(asked: dict[str, Any], why: str) -> None:
    connection = Scripted(asks(**asked))
    with pytest.raises(ServerError) as failed:
        await completed(connection, CALL)
    assert failed.value.fault is Fault.INVALID_RESPONSE
    assert failed.value.message.startswith("one: invalid answer to tools/call: ")
    assert why in failed.value.message
    assert len(connection.sent) == 1


@pytest.mark.parametrize("params", [None, [], "x"])
@in_no_time
async def test_a_question_without_usable_parameters_has_none(params: Any) -> None:
    connection = Scripted(asks(inputRequests={"a": {**FORM, "params": params}}), DONE)
    await completed(connection, CALL)
    assert connection.answers.asked == [("elicitation/create", {})]


@in_no_time
async def test_what_nobody_answers_is_refused() -> None:
    connection = Scripted(asks(inputRequests={"a": FORM}))
    connection.answers.refuses = True
    with pytest.raises(RefusedError) as failed:
        await completed(connection, CALL)
    assert failed.value.message == (
        "one: tools/call needs an answer to elicitation/create: nobody is here to answer"
    )
    assert "--answer FILE" in failed.value.hint
    assert len(connection.sent) == 1


PAGE = {"mode": "url", "url": "https://example.com/sign-in", "message": "Sign in"}


def wants(*pages: Any, code: int = -32042) -> RpcError:
    """The error of a legacy server that wants pages to be opened first."""
    data = {"elicitations": list(pages)}
    return RpcError("tools/call", {"code": code, "message": "sign in", "data": data})


@in_no_time
async def test_a_legacy_call_is_repeated_once_the_pages_have_been_opened() -> None:
    connection = Scripted(wants(PAGE, {**PAGE, "url": "https://x"}), DONE, era=Era.LEGACY)
    connection.answers.says = {"action": "accept"}
    assert await completed(connection, CALL) is DONE
    assert connection.params == [CALL.params, CALL.params]
    assert [asked["url"] for _, asked in connection.answers.asked] == [PAGE["url"], "https://x"]


@pytest.mark.parametrize(
    ("error", "action", "era"),
    [
        pytest.param(wants(PAGE), "decline", Era.LEGACY, id="declined"),
        pytest.param(wants(PAGE), None, Era.LEGACY, id="no action"),
        pytest.param(wants(), "accept", Era.LEGACY, id="no page"),
        pytest.param(wants(PAGE, code=-32000), "accept", Era.LEGACY, id="another error"),
        pytest.param(wants(PAGE), "accept", Era.MODERN, id="the other era"),
        pytest.param(
            RpcError("tools/call", {"code": -32042, "data": {"elicitations": "x"}}),
            "accept",
            Era.LEGACY,
            id="no list",
        ),
        pytest.param(
            RpcError("tools/call", {"code": -32042, "data": []}), "accept", Era.LEGACY, id="no data"
        ),
    ],
)
@in_no_time
async def test_other_errors_are_final(error: RpcError, action: str | None, era: Era) -> None:
    connection = Scripted(error, era=era)
    connection.answers.says = {"action": action} if action else {}
    with pytest.raises(RpcError) as failed:
        await completed(connection, CALL)
    assert failed.value is error
    assert len(connection.sent) == 1


@in_no_time
async def test_pages_without_end_are_not_opened_without_end() -> None:
    connection = Scripted(wants(PAGE), era=Era.LEGACY)
    connection.answers.says = {"action": "accept"}
    with pytest.raises(ServerError) as failed:
        await completed(connection, CALL)
    assert failed.value.fault is Fault.LIMIT
    assert (len(connection.sent), len(connection.answers.asked)) == (11, 10)


def task(status: str, **members: Any) -> dict[str, Any]:
    return {"taskId": "t1", "status": status, **members}


def begun(status: str = "working", **members: Any) -> dict[str, Any]:
    return {"resultType": "task", **task(status, **members)}


@in_no_time
async def test_a_task_is_looked_at_until_it_has_ended() -> None:
    told: list[str] = []
    connection = Scripted(
        begun(pollIntervalMs=200),
        task("working", statusMessage="half", pollIntervalMs=500),
        task("working", statusMessage="half", pollIntervalMs=500),
        task("completed", result=DONE),
    )
    assert await completed(connection, CALL, told.append) is DONE
    assert connection.sent == [
        (0.0, "tools/call", dict(CALL.params)),
        (0.2, "tasks/get", {"taskId": "t1"}),
        (0.7, "tasks/get", {"taskId": "t1"}),
        (1.2, "tasks/get", {"taskId": "t1"}),
    ]
    assert told == ["task: working", "task: half", "task: completed"]


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        pytest.param({}, 1.0, id="none"),
        pytest.param({"pollIntervalMs": 0}, 0.05, id="zero"),
        pytest.param({"pollIntervalMs": -5000}, 0.05, id="below zero"),
        pytest.param({"pollIntervalMs": 2500}, 2.5, id="as asked"),
        pytest.param({"pollIntervalMs": 86_400_000}, 3600.0, id="a day"),
        pytest.param({"pollIntervalMs": 10**400}, 3600.0, id="beyond floating point"),
        pytest.param({"pollIntervalMs": 1e308 * 10}, 3600.0, id="infinite"),
        pytest.param({"pollIntervalMs": True}, 1.0, id="true"),
        pytest.param({"pollIntervalMs": "5"}, 1.0, id="text"),
        pytest.param({"pollInterval": 2500}, 1.0, id="of the other era"),
    ],
)
@in_no_time
async def test_how_long_a_task_is_left_alone(asked: dict[str, Any], seconds: float) -> None:
    connection = Scripted(begun(**asked), task("completed", result=DONE))
    await completed(connection, CALL)
    assert [at for at, *_ in connection.sent] == [0.0, pytest.approx(seconds)]


@in_no_time
async def test_a_task_that_has_ended_at_once_is_asked_for_its_result() -> None:
    connection = Scripted(begun("completed"), task("completed", result=DONE))
    assert await completed(connection, CALL) is DONE
    assert connection.methods == ["tools/call", "tasks/get"]


@in_no_time
async def test_a_failed_task_fails_with_its_error() -> None:
    error = {"code": -32603, "message": "out of paper"}
    with pytest.raises(RpcError) as failed:
        await completed(Scripted(begun(), task("failed", error=error)), CALL)
    assert (failed.value.method, failed.value.error) == ("tools/call", error)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        pytest.param({}, "", id="nothing"),
        pytest.param({"statusMessage": "too late"}, ": too late", id="text"),
        pytest.param({"statusMessage": ""}, "", id="empty"),
        pytest.param({"statusMessage": 7}, "", id="number"),
        pytest.param({"statusMessage": {"a": 1}}, "", id="object"),
    ],
)
@in_no_time
async def test_a_cancelled_task(said: dict[str, Any], words: str) -> None:
    connection = Scripted(begun(), task("cancelled", **said))
    with pytest.raises(ServerError) as failed:
        await completed(connection, CALL)
    assert failed.value.fault is Fault.CANCELLED
    assert failed.value.message == f"one: the task of tools/call was cancelled{words}"
    assert connection.methods == ["tools/call", "tasks/get"]


@in_no_time
async def test_a_task_that_asks_gets_each_answer_once() -> None:
    connection = Scripted(
        begun(),
        task("input_required", inputRequests={"who": FORM, "where": ROOTS}),
        {},
        task("input_required", inputRequests={"who": FORM, "where": ROOTS}),
        task("input_required", inputRequests={"where": ROOTS, "what": SAMPLE}),
        {},
        task("working"),
        task("completed", result=DONE),
    )
    assert await completed(connection, CALL) is DONE
    updates = [params for _, method, params in connection.sent if method == "tasks/update"]
    assert updates == [
        {
            "taskId": "t1",
            "inputResponses": {
                "who": {"answer": "elicitation/create 1"},
                "where": {"answer": "roots/list 2"},
            },
        },
        {"taskId": "t1", "inputResponses": {"what": {"answer": "sampling/createMessage 3"}}},
    ]


@pytest.mark.parametrize("asked", [{}, {"inputRequests": None}, {"inputRequests": []}], ids=str)
@in_no_time
async def test_a_task_that_asks_for_nothing_is_waited_for(asked: dict[str, Any]) -> None:
    connection = Scripted(begun("input_required", **asked), task("completed", result=DONE))
    assert await completed(connection, CALL) is DONE
    assert connection.methods == ["tools/call", "tasks/get"]


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        pytest.param([{"resultType": "task", "status": "working"}], "its task has no id", id="no"),
        pytest.param([{**begun(), "taskId": 7}], "its task has no id", id="a number for an id"),
        pytest.param([begun("resting")], "its status is 'resting', which mcpx", id="status"),
        pytest.param([begun(), {"taskId": "t1"}], "its status is 'None'", id="no status"),
        pytest.param([begun(), task("working" * 50)], "its status is 'working", id="long status"),
        pytest.param([begun(), []], "its result is not an object", id="no object"),
        pytest.param([begun(), task("completed")], "completed without a result", id="no result"),
        pytest.param([begun(), task("completed", result=7)], "without a result", id="a bad result"),
        pytest.param(
            [begun(), task("input_required", inputRequests={"a": {"method": "ping"}})],
            "it asks for 'ping'",
            id="asks for what nobody answers",
        ),
    ],
)
@in_no_time
async def test_a_malformed_task_is_invalid(steps: list[Any], why: str) -> None:
    with pytest.raises(ServerError) as failed:
        await completed(Scripted(*steps), CALL)
    assert failed.value.fault is Fault.INVALID_RESPONSE
    assert why in failed.value.message
    assert len(failed.value.message) < 300


@in_no_time
async def test_a_status_that_is_no_text_is_invalid() -> None:
    with pytest.raises(ServerError, match="which mcpx does not know"):
        await completed(Scripted({**begun(), "status": ["working"]}), CALL)


LEGACY_CALL = Request(CALL.method, CALL.params, as_task=True)


@in_no_time
async def test_a_legacy_task() -> None:
    told: list[str] = []
    connection = Scripted(
        {"task": task("working", pollInterval=200)},
        task("working", pollInterval=300),
        task("completed"),
        {"content": []},
        era=Era.LEGACY,
    )
    assert await completed(connection, LEGACY_CALL, told.append) == {"content": []}
    assert connection.sent == [
        (0.0, "tools/call", {**CALL.params, "task": {}}),
        (0.2, "tasks/get", {"taskId": "t1"}),
        (0.5, "tasks/get", {"taskId": "t1"}),
        (0.5, "tasks/result", {"taskId": "t1"}),
    ]
    assert told == ["task: working", "task: completed"]


@pytest.mark.parametrize("status", ["failed", "cancelled"])
@in_no_time
async def test_what_a_legacy_task_came_to_is_its_result(status: str) -> None:
    error = RpcError("tasks/result", {"code": -32603, "message": "no"})
    connection = Scripted({"task": task("working")}, task(status), error, era=Era.LEGACY)
    with pytest.raises(RpcError) as failed:
        await completed(connection, LEGACY_CALL)
    assert failed.value is error


@in_no_time
async def test_a_legacy_task_that_asks_does_so_while_its_result_is_waited_for() -> None:
    connection = Scripted({"task": task("working")}, task("input_required"), DONE, era=Era.LEGACY)
    assert await completed(connection, LEGACY_CALL) is DONE
    assert connection.methods == ["tools/call", "tasks/get", "tasks/result"]


@in_no_time
async def test_a_legacy_result_that_is_no_object() -> None:
    connection = Scripted({"task": task("completed")}, [], era=Era.LEGACY)
    with pytest.raises(ServerError, match="invalid answer to tasks/result: its result is not an"):
        await completed(connection, LEGACY_CALL)


@pytest.mark.parametrize(
    "result", [{"content": []}, {"task": "t1", "content": []}, {"task": None}], ids=str
)
@in_no_time
async def test_a_legacy_server_may_answer_at_once(result: dict[str, Any]) -> None:
    connection = Scripted(result, era=Era.LEGACY)
    assert await completed(connection, LEGACY_CALL) is result


@in_no_time
async def test_a_legacy_result_that_looks_like_a_task_is_none_unless_one_was_asked_for() -> None:
    result = {"task": task("working"), "content": []}
    assert await completed(Scripted(result, era=Era.LEGACY), CALL) is result


async def forever() -> Any:
    await asyncio.sleep(3_600)


async def at_last() -> Any:
    """Longer than anybody waits for a goodbye."""
    await asyncio.sleep(600)
    return {}


@pytest.mark.parametrize(
    ("steps", "era"),
    [
        pytest.param([begun(pollIntervalMs=30_000), {}], Era.MODERN, id="between two looks"),
        pytest.param([begun(), forever, {}], Era.MODERN, id="while it looks"),
        pytest.param(
            [{"task": task("working", pollInterval=30_000)}, {}], Era.LEGACY, id="legacy, between"
        ),
        pytest.param(
            [{"task": task("input_required")}, forever, {}], Era.LEGACY, id="legacy, as it asks"
        ),
    ],
)
@pytest.mark.parametrize(
    "goodbye",
    [{}, at_last, RpcError("tasks/cancel", {})],
    ids=["taken", "late", "refused"],
)
@in_no_time
async def test_whoever_leaves_cancels_the_task(steps: list[Any], era: Era, goodbye: Any) -> None:
    connection = Scripted(*steps[:-1], goodbye, era=era)
    request = LEGACY_CALL if era is Era.LEGACY else CALL
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(5):
            await completed(connection, request)
    assert connection.sent[-1] == (5.0, "tasks/cancel", {"taskId": "t1"})
    assert connection.methods.count("tasks/cancel") == 1
    assert asyncio.get_running_loop().time() < 5.0 + rounds._GOODBYE + 0.1


LOST = ServerError(Fault.LOST, "one: gone")
REFUSED = RpcError("tasks/update", {"code": -32603, "message": "no"})
ASKS = begun("input_required", inputRequests={"a": FORM})


@pytest.mark.parametrize(
    ("steps", "era", "what"),
    [
        pytest.param([begun(), LOST], Era.MODERN, "one: gone", id="a look is lost"),
        pytest.param([begun(), task("resting")], Era.MODERN, "'resting'", id="unknown status"),
        pytest.param([begun(), []], Era.MODERN, "not an object", id="no object"),
        pytest.param([ASKS, REFUSED], Era.MODERN, "tasks/update", id="an answer is refused"),
        pytest.param(
            [{"task": task("input_required")}, LOST], Era.LEGACY, "one: gone", id="the result is"
        ),
    ],
)
@pytest.mark.parametrize(
    "goodbye",
    [{}, at_last, RpcError("tasks/cancel", {}), ServerError(Fault.LOST, "one: gone again")],
    ids=["taken", "late", "refused", "lost"],
)
@in_no_time
async def test_whatever_ends_the_waiting_cancels_the_task(
    steps: list[Any], era: Era, what: str, goodbye: Any
) -> None:
    errand = Scripted(*steps, goodbye, era=era)
    with pytest.raises((ServerError, RpcError), match=what):
        await completed(errand, LEGACY_CALL if era is Era.LEGACY else CALL)
    assert errand.sent[-1][1:] == ("tasks/cancel", {"taskId": "t1"})
    began = errand.sent[-1][0]
    assert asyncio.get_running_loop().time() <= began + rounds._GOODBYE + 0.1


@pytest.mark.parametrize(
    ("steps", "era", "cancels"),
    [
        pytest.param([{"task": task("working")}, LOST], Era.LEGACY, False, id="not offered"),
        pytest.param([{"task": task("failed")}, LOST], Era.LEGACY, True, id="failed"),
        pytest.param([{"task": task("completed")}, LOST], Era.LEGACY, True, id="completed"),
        pytest.param(
            [{"task": task("input_required")}, RpcError("tasks/result", {})],
            Era.LEGACY,
            True,
            id="came to an error",
        ),
        pytest.param([begun(), task("failed", error={})], Era.MODERN, False, id="modern, failed"),
        pytest.param([begun(), task("cancelled")], Era.MODERN, False, id="modern, cancelled"),
        pytest.param([begun("completed"), LOST], Era.MODERN, False, id="modern, completed"),
    ],
)
@in_no_time
async def test_what_has_ended_or_cannot_be_cancelled_is_not(
    steps: list[Any], era: Era, cancels: bool
) -> None:
    errand = Scripted(*steps, era=era, cancels=cancels)
    with pytest.raises((ServerError, RpcError)):
        await completed(errand, LEGACY_CALL if era is Era.LEGACY else CALL)
    assert "tasks/cancel" not in errand.methods


@in_no_time
async def test_a_person_stops_the_clock_of_what_they_are_asked_for() -> None:
    errand = Scripted(asks(inputRequests={"a": FORM}), DONE)
    says = errand.answers.answer

    async def ponders(method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        await asyncio.sleep(600)
        return await says(method, params)

    errand.answers.answer = ponders  # type: ignore[method-assign]
    assert await completed(errand, CALL) is DONE
    assert errand.clock.left == pytest.approx(120.0)


class Later(Modern):
    """An era that is not there yet: everything is called otherwise."""

    tasks = Tasks("every", result="tasks/fetch")

    def result_type(self, result: Mapping[str, Any], as_task: bool) -> Any:
        return result["is"]

    def task(self, result: Mapping[str, Any]) -> Mapping[str, Any]:
        found: Mapping[str, Any] = result["of"]
        return found

    def pages(self, error: RpcError) -> list[Any] | None:
        return [PAGE] if error.code == 1 else None


@in_no_time
async def test_what_is_different_in_an_era_is_known_to_that_era_alone() -> None:
    errand = Scripted(
        RpcError("tools/call", {"code": 1}),
        {"is": "input_required", "inputRequests": {"a": FORM}},
        {"is": "task", "of": task("working", every=200)},
        task("completed"),
        {"content": []},
        conversation=Later({}),
    )
    errand.answers.says = {"action": "accept"}
    assert await completed(errand, CALL) == {"content": []}
    assert errand.methods == ["tools/call"] * 3 + ["tasks/get", "tasks/fetch"]
    assert errand.sent[3][0] == 0.2
