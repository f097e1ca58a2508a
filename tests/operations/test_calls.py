from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from mcpx.client.connection import Connection
from mcpx.errors import Fault, ServerError, UsageError
from mcpx.operations import calls
from mcpx.operations.calls import Arguments, Manner, Result
from mcpx.retry import Retries
from mcpx.schemas.validation import Outcome
from mcpx.servers import Era, Origin
from tests.client.loops import in_a_loop
from tests.client.sites import (
    Play,
    Site,
    answers,
    connected,
    in_turn,
    only,
    responds,
    result_of,
    seen,
    site,
    spec_of,
)
from tests.schemas.here import check_here

LOG_LEVEL = "io.modelcontextprotocol/logLevel"
LISTED = ["server/discover", "tools/list"]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    check_here(monkeypatch)


def manner(told: list[str] | None = None, **more: Any) -> Manner:
    heard = [] if told is None else told
    return Manner(**{"seconds": 5.0, "target": "TARGET", "told": heard.append, **more})


def tool(name: str = "do", **more: Any) -> dict[str, Any]:
    properties = {"a": {"type": "integer"}, "text": {"type": "string"}}
    schema = {"type": "object", "properties": properties, "required": ["a"]}
    return {"name": name, "inputSchema": schema, **more}


def lists(*tools: Any) -> Play:
    return answers({"tools": list(tools), "resultType": "complete"})


DONE = answers({"content": [], "resultType": "complete"})

Ask = Callable[[Connection], Awaitable[Any]]


def calling(name: str, *words: str, told: list[str] | None = None, **more: Any) -> Ask:
    """Call a tool with these words."""
    how = manner(told, **more.pop("manner", {}))
    return lambda connection: calls.call(connection, name, Arguments(words, **more), how)


async def asked(ask: Ask, plays: Mapping[str, Play], **options: Any) -> tuple[Any, list[Any]]:
    """What asking came to, a result or an error, and the requests that came in."""
    era = options.pop("as_era", None)
    terms = options.pop("terms", {})
    origin = options.pop("origin", Origin.EXPLICIT)
    with site(plays, **options) as served:
        spec = replace(spec_of(served), origin=origin)
        async with connected(served, era, spec, tasks=True, **terms) as connection:
            try:
                found: Any = await ask(connection)
            except (ServerError, UsageError) as error:
                found = error
        return found, [one for one in served.requests if one.rpc not in LISTED]


# Calls.


@pytest.mark.parametrize("era", list(Era))
@in_a_loop
async def test_a_tool_is_called_with_the_arguments_that_it_wants(era: Era) -> None:
    with site(sessions=False) as served:
        async with connected(served, era) as connection:
            found = await calling("add", "a=2", "b:=3")(connection)
        request = only(served, "tools/call")
    assert found.raw["structuredContent"] == {"sum": 5}
    assert (found.era, found.attempts, found.claims) == (era, 1, True)
    assert found.revision == {Era.MODERN: "2026-07-28", Era.LEGACY: "2025-11-25"}[era]
    assert found.checked.outcome is Outcome.VALID
    params = request.message["params"]
    assert params["arguments"] == {"a": 2, "b": 3}
    assert params["_meta"]["progressToken"] == 2
    if era is Era.MODERN:
        assert request.headers["mcp-method"] == "tools/call"
        assert request.headers["mcp-name"] == "add"


@pytest.mark.parametrize(
    ("words", "whole", "given"),
    [
        pytest.param(["a=1"], None, {"a": 1}, id="words"),
        pytest.param([], {"a": 1, "text": "x"}, {"a": 1, "text": "x"}, id="whole"),
        pytest.param(["a=2"], {"a": 1, "text": "x"}, {"a": 2, "text": "x"}, id="both"),
    ],
)
@in_a_loop
async def test_arguments_may_be_words_and_one_object(
    words: Sequence[str], whole: Any, given: dict[str, Any]
) -> None:
    plays = {"tools/list": lists(tool()), "tools/call": DONE}
    _, (request,) = await asked(calling("do", *words, whole=whole), plays)
    assert request.message["params"]["arguments"] == given


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        pytest.param("ech", "did you mean echo?", id="near"),
        pytest.param("ECHO", "did you mean echo?", id="in capitals"),
        pytest.param("fails", "did you mean fail?", id="too long"),
        pytest.param("xyzzy", "mcpx inspect TARGET lists them", id="far"),
        pytest.param("", "", id="empty"),
    ],
)
@in_a_loop
async def test_a_tool_that_is_not_there_is_never_called(name: str, hint: str) -> None:
    error, sent = await asked(calling(name, "text=x"), {})
    assert isinstance(error, UsageError)
    assert error.message == f"there is no tool '{name}'; nothing was called"
    assert error.hint.startswith(hint)
    assert sent == []


@in_a_loop
async def test_a_server_without_tools() -> None:
    error, sent = await asked(calling("do"), {"tools/list": lists()})
    assert (error.message, sent) == ("one lists no tools", [])
    assert "--elicit" in error.hint


@in_a_loop
async def test_of_two_tools_of_a_name_the_first_is_called() -> None:
    plays = {"tools/list": lists(tool(), {"name": "do", "inputSchema": {}}), "tools/call": DONE}
    error, sent = await asked(calling("do"), plays)
    assert (error.message, sent) == ("tool do: parameter a is missing", [])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param([], "tool do: parameter a is missing", id="missing"),
        pytest.param(["a=x"], 'parameter a is "x", not an integer', id="type"),
        pytest.param(["a:=1.5"], "tool do: parameter a is 1.5, not an integer", id="as JSON"),
        pytest.param(["a=1", "text:=7"], "tool do: parameter text is 7, not text", id="text"),
        pytest.param(["a"], 'argument "a" is not KEY=VALUE', id="no value"),
        pytest.param(["a:=x"], 'parameter a: "x" is not JSON', id="no JSON"),
        pytest.param(["a=1", "a=2"], "parameter a is given twice", id="twice"),
    ],
)
@in_a_loop
async def test_wrong_arguments_are_not_sent(words: Sequence[str], message: str) -> None:
    error, sent = await asked(calling("do", *words), {"tools/list": lists(tool())})
    assert (error.message, sent) == (message, [])
    assert isinstance(error, UsageError)


@in_a_loop
async def test_wrong_arguments_are_sent_when_nobody_wants_them_checked() -> None:
    plays = {"tools/list": lists(tool()), "tools/call": DONE}
    told: list[str] = []
    ask = calling("do", "text:=7", "x=1", told=told, checked=False)
    _, (request,) = await asked(ask, plays)
    assert request.message["params"]["arguments"] == {"text": 7, "x": "1"}
    assert told == []


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("txet=x", "tool do has no parameter txet; sent all the same; did you mean text?"),
        ("zzz=x", "tool do has no parameter zzz; sent all the same"),
    ],
)
@in_a_loop
async def test_an_unknown_argument_is_told_and_sent(word: str, said: str) -> None:
    told: list[str] = []
    plays = {"tools/list": lists(tool()), "tools/call": DONE}
    _, (request,) = await asked(calling("do", "a=1", word, told=told), plays)
    assert word.partition("=")[0] in request.message["params"]["arguments"]
    assert told == [said]


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"type": "nonsense"}, id="invalid"),
        pytest.param({"$ref": "https://example.com/schema"}, id="elsewhere"),
    ],
)
@in_a_loop
async def test_a_schema_that_says_nothing_hinders_nothing(schema: Any) -> None:
    told: list[str] = []
    plays = {"tools/list": lists({"name": "do", "inputSchema": schema}), "tools/call": DONE}
    found, (request,) = await asked(calling("do", "a=1", told=told), plays)
    assert isinstance(found, Result)
    assert request.message["params"]["arguments"] == {"a": "1"}
    assert told[0].startswith("tool do: the arguments were not checked: ")


@pytest.mark.parametrize("definition", [{"name": "do"}, {"name": "do", "inputSchema": None}])
@in_a_loop
async def test_a_tool_without_a_schema_is_called(definition: dict[str, Any]) -> None:
    plays = {"tools/list": lists(definition), "tools/call": DONE}
    found, (request,) = await asked(calling("do", "a=1"), plays)
    assert isinstance(found, Result)
    assert request.message["params"]["arguments"] == {"a": "1"}


@in_a_loop
async def test_odd_definitions_hinder_nothing() -> None:
    odd: list[Any] = [7, None, {}, {"name": 7}, tool("do", annotations=7, execution=[])]
    found, sent = await asked(calling("do", "a=1"), {"tools/list": lists(*odd), "tools/call": DONE})
    assert isinstance(found, Result)
    assert len(sent) == 1


@in_a_loop
async def test_a_list_that_is_refused_is_told() -> None:
    def errs(_site: Site, exchange: Any) -> None:
        error = {"code": -32603, "message": "no tools today"}
        exchange.answer({"jsonrpc": "2.0", "id": exchange.request.message["id"], "error": error})

    error, _ = await asked(calling("do"), {"tools/list": errs})
    assert error.message == "one: answered tools/list with error -32603: no tools today"


OUTPUT = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


@pytest.mark.parametrize(
    ("claims", "result", "outcome"),
    [
        pytest.param(OUTPUT, {"structuredContent": {"n": 1}}, Outcome.VALID, id="fits"),
        pytest.param(OUTPUT, {"structuredContent": {"n": "x"}}, Outcome.INVALID, id="does not"),
        pytest.param(OUTPUT, {"structuredContent": None}, Outcome.INVALID, id="null"),
        pytest.param(OUTPUT, {}, None, id="missing"),
        pytest.param(
            {"type": "nonsense"}, {"structuredContent": {}}, Outcome.UNCHECKED, id="bad schema"
        ),
        pytest.param(None, {"structuredContent": {"n": "x"}}, None, id="nothing claimed"),
        pytest.param("x", {"structuredContent": {"n": "x"}}, None, id="claim of no shape"),
    ],
)
@in_a_loop
async def test_what_is_known_of_the_output(
    claims: Any, result: dict[str, Any], outcome: Outcome | None
) -> None:
    plays = {
        "tools/list": lists(tool(outputSchema=claims)),
        "tools/call": answers({"content": [], "resultType": "complete", **result}),
    }
    found, _ = await asked(calling("do", "a=1"), plays)
    assert found.claims is isinstance(claims, dict)
    assert (found.checked.outcome if found.checked else None) is outcome


def cut(_site: Site, exchange: Any) -> None:
    exchange.cut(reset=True)


@pytest.mark.parametrize(
    ("hints", "origin", "calls_made"),
    [
        pytest.param({}, Origin.EXPLICIT, 1, id="no hint"),
        pytest.param({"readOnlyHint": True}, Origin.EXPLICIT, 2, id="only reads"),
        pytest.param({"idempotentHint": True}, Origin.EXPLICIT, 2, id="idempotent"),
        pytest.param({"readOnlyHint": False, "idempotentHint": False}, Origin.EXPLICIT, 1, id="no"),
        pytest.param({"readOnlyHint": "true"}, Origin.EXPLICIT, 1, id="a hint of no shape"),
        pytest.param({"readOnlyHint": 1}, Origin.EXPLICIT, 1, id="one"),
        pytest.param({"readOnlyHint": True}, Origin.USER, 2, id="a server of one's own"),
        pytest.param({"readOnlyHint": True}, Origin.PROJECT, 1, id="a project's server"),
        pytest.param({"idempotentHint": True}, Origin.PROJECT, 1, id="a project's, idempotent"),
    ],
)
@in_a_loop
async def test_a_call_that_was_lost_is_repeated_only_where_a_hint_counts(
    hints: dict[str, Any], origin: Origin, calls_made: int
) -> None:
    plays = {
        "tools/list": lists(tool(annotations=hints)),
        "tools/call": in_turn(cut, DONE),
    }
    again = Retries(uniform=lambda _least, _most: 0.0)
    ask = calling("do", "a=1")
    found, sent = await asked(ask, plays, origin=origin, terms={"retries": again})
    assert len(sent) == calls_made
    if calls_made == 2:
        assert found.attempts == 2
    else:
        assert found.fault is Fault.LOST


# Headers.


def annotated(header: Any, kind: str = "string") -> dict[str, Any]:
    properties = {"region": {"type": kind, "x-mcp-header": header}}
    return {"name": "do", "inputSchema": {"type": "object", "properties": properties}}


@in_a_loop
async def test_arguments_that_are_wanted_as_headers_go_along() -> None:
    found, (request,) = await asked(calling("query", "region=eu ö", "dry=true", "text=x"), {})
    assert isinstance(found, Result)
    assert request.headers["mcp-param-region"] == "=?base64?ZXUgw7Y=?="
    assert request.headers["mcp-param-dry-run"] == "true"
    assert "mcp-param-text" not in request.headers


@in_a_loop
async def test_a_tool_with_a_wrong_annotation_is_not_called_over_http() -> None:
    error, sent = await asked(calling("do"), {"tools/list": lists(annotated("A B"))})
    assert error.fault is Fault.INVALID_RESPONSE
    assert error.message.startswith("tool do must not be called over HTTP: x-mcp-header of region")
    assert sent == []


@in_a_loop
async def test_annotations_mean_nothing_to_legacy_servers() -> None:
    plays = {"tools/list": lists(annotated("A B")), "tools/call": DONE}
    found, sent = await asked(calling("do", "region=x"), plays, as_era=Era.LEGACY)
    assert isinstance(found, Result)
    (call,) = [one for one in sent if one.rpc == "tools/call"]
    assert not any(name.startswith("mcp-param") for name in call.headers)


def mismatches(_site: Site, exchange: Any) -> None:
    error = {"code": -32020, "message": "Header mismatch: Mcp-Param-Area is missing"}
    frame = {"jsonrpc": "2.0", "id": exchange.request.message["id"], "error": error}
    exchange.answer(frame, 400)


@in_a_loop
async def test_a_schema_that_has_changed_is_asked_for_anew() -> None:
    plays = {
        "tools/list": in_turn(lists(annotated("Region")), lists(annotated("Area"))),
        "tools/call": in_turn(mismatches, DONE),
    }
    found, sent = await asked(calling("do", "region=eu"), plays)
    assert isinstance(found, Result)
    first, second = sent
    assert first.headers["mcp-param-region"] == second.headers["mcp-param-area"] == "eu"
    assert "mcp-param-region" not in second.headers
    assert first.message["id"] != second.message["id"]


@pytest.mark.parametrize(
    ("listed", "calls_made"),
    [
        pytest.param(lists(annotated("A")), 1, id="unchanged"),
        pytest.param(in_turn(lists(annotated("A")), lists(annotated("B"))), 2, id="changed"),
    ],
)
@in_a_loop
async def test_a_mismatch_is_not_tried_without_end(listed: Play, calls_made: int) -> None:
    plays = {"tools/list": listed, "tools/call": mismatches}
    error, sent = await asked(calling("do", "region=eu"), plays)
    assert "error -32020: Header mismatch" in error.message
    assert len(sent) == calls_made


@in_a_loop
async def test_a_tool_that_has_gone_meanwhile() -> None:
    plays = {"tools/list": in_turn(lists(annotated("A")), lists(tool("other")))}
    error, _ = await asked(calling("do", "region=eu"), {**plays, "tools/call": mismatches})
    assert error.message == "there is no tool 'do'; nothing was called"


# Time.


@in_a_loop
async def test_the_time_for_an_answer_is_its_own() -> None:
    def slow(site: Site, exchange: Any) -> None:
        exchange.rest(0.3)
        site.honest(exchange)

    began = time.monotonic()
    ask = calling("echo", "text=hi")
    found, _ = await asked(ask, {"tools/call": slow}, terms={"deadline": 0.2})
    assert found.raw["content"][0]["text"] == "hi"
    assert time.monotonic() - began > 0.3


@in_a_loop
async def test_an_answer_that_does_not_come_in_time() -> None:
    ask = calling("echo", "text=hi", manner={"seconds": 0.1})
    error, _ = await asked(ask, {"tools/call": lambda _site, exchange: exchange.rest(5)})
    assert error.message == "one: no answer to tools/call within 0.1 s"


@in_a_loop
async def test_a_list_that_does_not_come_in_time() -> None:
    plays = {"tools/list": lambda _site, exchange: exchange.rest(5)}
    error, _ = await asked(calling("echo"), plays, terms={"deadline": 0.2})
    assert error.message == "one: no answer to tools/list within 0.2 s"


# Tasks.


@pytest.mark.parametrize("era", list(Era))
@in_a_loop
async def test_a_tool_that_is_a_task(era: Era) -> None:
    told: list[str] = []
    found, sent = await asked(calling("slow", told=told), {}, as_era=era)
    assert found.raw["content"][0]["text"] == "done"
    assert told[0] == "task: at work"
    call = next(one for one in sent if one.rpc == "tools/call")
    assert ("task" in call.message["params"]) is (era is Era.LEGACY)
    if era is Era.MODERN:
        polls = [one for one in sent if one.rpc == "tasks/get"]
        assert {one.headers["mcp-name"] for one in polls} == {polls[0].message["params"]["taskId"]}


@pytest.mark.parametrize(
    ("troubled", "attempts"), [("tools/call", 2), ("tasks/get", 1), ("tasks/result", 1)]
)
@in_a_loop
async def test_of_a_task_the_call_counts_not_the_looks(troubled: str, attempts: int) -> None:
    plays = {troubled: in_turn(responds(429, Retry_After="0"), None)}
    again = Retries(uniform=lambda _least, _most: 0.0)
    found, _ = await asked(calling("slow"), plays, as_era=Era.LEGACY, terms={"retries": again})
    assert found.attempts == attempts


@pytest.mark.parametrize(
    ("support", "capability", "asked_for"),
    [
        pytest.param("required", {"requests": {"tools": {"call": {}}}}, True, id="required"),
        pytest.param("optional", {"requests": {"tools": {"call": {}}}}, False, id="optional"),
        pytest.param("forbidden", {"requests": {"tools": {"call": {}}}}, False, id="forbidden"),
        pytest.param(None, {"requests": {"tools": {"call": {}}}}, False, id="not said"),
        pytest.param("required", {"requests": {}}, False, id="not offered for calls"),
        pytest.param("required", None, False, id="not offered"),
        pytest.param("required", {"requests": {"tools": {"call": 1}}}, False, id="no shape"),
    ],
)
@in_a_loop
async def test_which_legacy_tools_are_called_as_tasks(
    support: Any, capability: Any, asked_for: bool
) -> None:
    execution = {} if support is None else {"taskSupport": support}
    capabilities = {"tools": {}, **({} if capability is None else {"tasks": capability})}
    opening = {"protocolVersion": "2025-11-25", "capabilities": capabilities, "serverInfo": {}}
    plays = {
        "initialize": answers(opening),
        "tools/list": lists(tool(execution=execution)),
        "tools/call": answers({"content": []}),
    }
    _, sent = await asked(calling("do", "a=1"), plays, as_era=Era.LEGACY, sessions=False)
    assert ("task" in sent[-1].message["params"]) is asked_for


# What a server tells meanwhile.


def with_logging(era: Era, logging: bool) -> Play:
    capabilities: dict[str, Any] = {"tools": {}, **({"logging": {}} if logging else {})}
    if era is Era.MODERN:
        result = {"supportedVersions": ["2026-07-28"], "resultType": "complete"}
    else:
        result = {"protocolVersion": "2025-11-25", "serverInfo": {}}
    return answers({**result, "capabilities": capabilities})


@pytest.mark.parametrize(
    ("era", "logging", "level", "meta", "methods"),
    [
        (Era.MODERN, True, None, "info", []),
        (Era.MODERN, True, "debug", "debug", []),
        (Era.MODERN, False, "debug", None, []),
        (Era.LEGACY, True, None, None, []),
        (Era.LEGACY, True, "error", None, ["logging/setLevel"]),
        (Era.LEGACY, False, "error", None, []),
    ],
)
@in_a_loop
async def test_how_much_of_its_log_a_server_is_asked_for(
    era: Era, logging: bool, level: str | None, meta: str | None, methods: list[str]
) -> None:
    opening = "server/discover" if era is Era.MODERN else "initialize"
    plays = {
        opening: with_logging(era, logging),
        "tools/list": lists(tool()),
        "tools/call": DONE,
        "logging/setLevel": answers({}),
    }
    ask = calling("do", "a=1", manner={"log_level": level})
    _, sent = await asked(ask, plays, as_era=era, sessions=False)
    call = next(one for one in sent if one.rpc == "tools/call")
    assert call.message["params"]["_meta"].get(LOG_LEVEL) == meta
    assert [one.rpc for one in sent if one.rpc.startswith("logging/")] == methods


# Resources, prompts, completions.


@pytest.mark.parametrize("era", list(Era))
@in_a_loop
async def test_a_resource_is_read(era: Era) -> None:
    found, sent = await asked(
        lambda connection: calls.read(connection, "memo://one", manner()), {}, as_era=era
    )
    assert found.raw["contents"][0]["text"] == "This is memo://one."
    (request,) = [one for one in sent if one.rpc == "resources/read"]
    assert request.message["params"]["uri"] == "memo://one"
    assert request.headers.get("mcp-name") == ("memo://one" if era is Era.MODERN else None)


@pytest.mark.parametrize(
    ("era", "code"), [(Era.MODERN, -32602), (Era.LEGACY, -32002)], ids=lambda one: str(one)
)
@in_a_loop
async def test_a_resource_that_is_not_there(era: Era, code: int) -> None:
    error, _ = await asked(
        lambda connection: calls.read(connection, "nowhere://x", manner()), {}, as_era=era
    )
    assert error.message == (
        f"one: answered resources/read with error {code}: Unknown resource: nowhere://x"
    )
    assert error.evidence.code == code


def prompting(name: str, *words: str, told: list[str] | None = None) -> Ask:
    return lambda connection: calls.prompt(connection, name, words, manner(told))


@in_a_loop
async def test_a_prompt_is_filled_in() -> None:
    found, sent = await asked(prompting("greet", "name=Ada=x"), {})
    assert found.raw["messages"][0]["content"]["text"] == "Greet Ada=x."
    (request,) = [one for one in sent if one.rpc == "prompts/get"]
    assert request.message["params"]["arguments"] == {"name": "Ada=x"}
    assert request.headers["mcp-name"] == "greet"


@pytest.mark.parametrize(
    ("name", "words", "message"),
    [
        ("greet", [], "prompt greet: missing name"),
        ("greet", ["nam=Ada"], "prompt greet: missing name"),
        ("great", ["name=Ada"], "there is no prompt 'great'; nothing was called"),
        ("greet", ["name"], 'argument "name" is not KEY=VALUE'),
        ("greet", ["=x"], 'argument "=x" is not KEY=VALUE'),
        ("greet", ["name=a", "name=b"], "argument name is given twice"),
    ],
)
@in_a_loop
async def test_a_prompt_that_cannot_be_asked_for(
    name: str, words: Sequence[str], message: str
) -> None:
    error, sent = await asked(prompting(name, *words), {})
    assert isinstance(error, UsageError)
    assert error.message == message
    assert "prompts/get" not in [one.rpc for one in sent]


@in_a_loop
async def test_an_unknown_argument_of_a_prompt_is_told_and_sent() -> None:
    told: list[str] = []
    found, sent = await asked(prompting("greet", "name=Ada", "nmae=x", told=told), {})
    assert isinstance(found, Result)
    assert told == ["prompt greet has no argument nmae; sent all the same; did you mean name?"]
    assert sent[-1].message["params"]["arguments"] == {"name": "Ada", "nmae": "x"}


@pytest.mark.parametrize(
    "listed",
    [
        pytest.param({"prompts": []}, id="none"),
        pytest.param({"prompts": None}, id="null"),
        pytest.param({"prompts": [{"name": "greet", "arguments": 7}]}, id="odd arguments"),
        pytest.param({"prompts": [{"name": "greet", "arguments": [7, {"name": 7}]}]}, id="odd one"),
    ],
)
@in_a_loop
async def test_a_list_of_prompts_that_says_nothing_hinders_nothing(listed: Any) -> None:
    plays = {"prompts/list": answers({**listed, "resultType": "complete"})}
    found, _ = await asked(prompting("greet", "name=Ada"), plays)
    assert isinstance(found, Result)


@pytest.mark.parametrize(
    ("reference", "kind"),
    [
        ("greet", {"type": "ref/prompt", "name": "greet"}),
        ("memo://{name}", {"type": "ref/resource", "uri": "memo://{name}"}),
        ("{name}", {"type": "ref/resource", "uri": "{name}"}),
        ("memo://one", {"type": "ref/resource", "uri": "memo://one"}),
    ],
)
@pytest.mark.parametrize("known", [{}, {"place": "London"}], ids=["alone", "with another"])
@in_a_loop
async def test_how_a_word_could_end(
    reference: str, kind: dict[str, str], known: dict[str, str]
) -> None:
    found, sent = await asked(
        lambda connection: calls.complete(connection, reference, "name", "A", known, manner()), {}
    )
    assert found.raw["completion"]["values"] == ["Ada", "Alan"]
    params = dict(sent[-1].message["params"])
    params.pop("_meta")
    context = {"context": {"arguments": known}} if known else {}
    assert params == {"ref": kind, "argument": {"name": "name", "value": "A"}, **context}


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(calling("echo", "text=x"), id="call"),
        pytest.param(lambda one: calls.read(one, "memo://one", manner()), id="read"),
        pytest.param(prompting("greet", "name=Ada"), id="prompt"),
        pytest.param(
            lambda one: calls.complete(one, "greet", "a", "", {}, manner()), id="complete"
        ),
    ],
)
@pytest.mark.parametrize(
    ("play", "fault"),
    [
        pytest.param(responds(401), Fault.AUTH, id="401"),
        pytest.param(responds(500), Fault.HTTP, id="500"),
        pytest.param(answers([]), Fault.INVALID_RESPONSE, id="no object"),
        pytest.param(answers({"resultType": "later"}), Fault.INVALID_RESPONSE, id="unknown type"),
    ],
)
@in_a_loop
async def test_a_failure_is_that_of_the_server(ask: Ask, play: Play, fault: Fault) -> None:
    methods = ("tools/call", "resources/read", "prompts/get", "completion/complete")
    error, _ = await asked(ask, dict.fromkeys(methods, play))
    assert error.fault is fault


@pytest.mark.parametrize("method", ["resources/read", "prompts/get", "tools/call"])
@in_a_loop
async def test_questions_in_between_are_answered_whatever_is_asked(method: str) -> None:
    def asks(_site: Site, exchange: Any) -> None:
        params = exchange.request.message["params"]
        if "inputResponses" not in params:
            form = {"method": "elicitation/create", "params": {"message": "Who?"}}
            result = {"resultType": "input_required", "inputRequests": {"who": form}}
        else:
            said = params["inputResponses"]["who"]
            result = {"resultType": "complete", "content": [], "said": said}
        exchange.answer(result_of(exchange, result))

    class Ada:
        offered: Mapping[str, Any] = {"elicitation": {"form": {}}}

        async def answer(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
            return {"action": "accept", "content": params}

    ask: dict[str, Ask] = {
        "resources/read": lambda one: calls.read(one, "memo://one", manner()),
        "prompts/get": prompting("greet", "name=Ada"),
        "tools/call": calling("echo", "text=x"),
    }
    found, sent = await asked(ask[method], {method: asks}, terms={"answering": Ada()})
    assert found.raw["said"] == {"action": "accept", "content": {"message": "Who?"}}
    first, second = [one for one in sent if one.rpc == method]
    again = dict(second.message["params"])
    again.pop("inputResponses")
    assert again == first.message["params"]


def test_pairs() -> None:
    assert calls.pairs(["a=1", "b=", "c=d=e"]) == {"a": "1", "b": "", "c": "d=e"}
    with pytest.raises(UsageError) as failed:
        calls.pairs(["x" * 5_000])
    assert len(failed.value.message) < 300


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("a:=1", "a=1"),
        ('a:="x y"', "'a=x y'"),
        ("token:=c4naryC4nary", "'token=***'"),
        ("a:=" + "9" * 500, "a=TEXT"),
    ],
)
def test_what_takes_text_takes_no_json(word: str, hint: str) -> None:
    with pytest.raises(UsageError, match="is text, not KEY:=JSON") as failed:
        calls.pairs([word])
    assert failed.value.hint == hint


@in_a_loop
async def test_several_calls_on_one_connection() -> None:
    with site() as served:
        async with connected(served) as connection:
            found = await asyncio.gather(
                *(calling("echo", f"text={number}")(connection) for number in range(5))
            )
    assert [one.raw["content"][0]["text"] for one in found] == ["0", "1", "2", "3", "4"]
    assert seen(served).count("tools/call") == 5
