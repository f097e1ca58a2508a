from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mcpx.servers import Era
from tests.operations.replaying.rehearsal import (
    CALLS,
    equal,
    kinds,
    modern,
    opened,
    replayed,
    server,
    text,
)
from tests.sessions.tapes import call, came, done, sent

TASKS = """
looks = 0
def on(message):
    global looks
    if message["method"] == "tools/call":
        result(message, task={"taskId": "live", "status": "working", "pollInterval": 50})
    elif message["params"]["taskId"] != "live":
        error(message, -32602)
    elif message["method"] == "tasks/get":
        looks += 1
        status = "completed" if looks > 1 else "working"
        result(message, taskId="live", status=status, pollInterval=50)
    else:
        said(message, "at last")
"""


def test_a_task_is_followed_to_its_end(tmp_path: Path) -> None:
    working = {"taskId": "old", "status": "working", "pollInterval": 50}
    events = [
        *opened(),
        call(1, params={"task": {}}),
        done(1, {"task": working}),
        sent("tasks/get", 2, params={"taskId": "old"}),
        done(2, {**working, "status": "completed"}),
        sent("tasks/result", 3, params={"taskId": "old"}),
        done(3, text("at last")),
    ]
    told, _ = replayed(tmp_path, events, server(TASKS))
    assert kinds(told) == equal(CALLS)


MODERN_TASKS = """
def on(message):
    task = {"taskId": "live", "pollIntervalMs": 50}
    if message["method"] == "tools/call":
        result(message, resultType="task", status="working", **task)
    elif message["params"]["taskId"] != "live":
        error(message, -32602)
    elif message["method"] == "tasks/update":
        task_ends.append(message["params"]["inputResponses"]["q"]["content"]["name"])
        result(message)
    elif task_ends == [FAILS]:
        result(message, status="failed", error={"code": -5, "message": "no"}, **task)
    elif task_ends:
        done = {"content": [{"type": "text", "text": task_ends[0]}]}
        result(message, status="completed", result=done, **task)
    else:
        wanted = {"q": {"method": "elicitation/create", "params": {"message": "who"}}}
        result(message, status="input_required", inputRequests=wanted, **task)
task_ends = []
FAILS = "nobody"
"""


@pytest.mark.parametrize(
    ("name", "last", "end"),
    [
        ("Ann", {"status": "completed", "result": text("Ann")}, "result"),
        ("nobody", {"status": "failed", "error": {"code": -5, "message": "no"}}, "error"),
    ],
)
def test_a_modern_task_is_told_what_it_asks(
    tmp_path: Path, name: str, last: dict[str, Any], end: str
) -> None:
    wanted = {"q": {"method": "elicitation/create", "params": {"message": "who"}}}
    answer = {"q": {"action": "accept", "content": {"name": name}}}
    events = [
        modern("tools/call", 1, {"name": "add", "arguments": {}}),
        done(1, {"resultType": "task", "taskId": "old", "status": "working"}),
        modern("tasks/get", 2, {"taskId": "old"}),
        done(2, {"taskId": "old", "status": "input_required", "inputRequests": wanted}),
        modern("tasks/update", 3, {"taskId": "old", "inputResponses": answer}),
        done(3, {}),
        modern("tasks/get", 4, {"taskId": "old"}),
        done(4, {"taskId": "old", **last}),
    ]
    told, _ = replayed(tmp_path, events, server(MODERN_TASKS))
    assert kinds(told) == [(CALLS, end, end, [])]
    assert told[0].live.questions == told[0].recorded.questions


def test_what_is_told_unasked_is_awaited(tmp_path: Path) -> None:
    """What a client asks after the news depends on them."""
    news = """
changed = False
def on(message):
    global changed
    if message["method"] == "tools/call":
        said(message, "{}")
        time.sleep(0.2)
        changed = True
        send(method="notifications/tools/list_changed")
    else:
        result(message, tools=[{"name": "new", "inputSchema": {}}] if changed else [])
"""
    events = [
        *opened(),
        call(1),
        done(1, text("{}")),
        came("notifications/tools/list_changed"),
        sent("tools/list", 2, params={}),
        done(2, {"tools": [{"name": "new", "inputSchema": {}}]}),
    ]
    told, _ = replayed(tmp_path, events, server(news))
    assert kinds(told) == equal(CALLS, "tools/list")


def test_progress_is_that_of_its_interaction(tmp_path: Path) -> None:
    steps = """
def on(message):
    token = message["params"]["_meta"]["progressToken"]
    for step in (1, 2):
        params = {"progressToken": token, "progress": step, "total": 2}
        send(method="notifications/progress", params=params)
    said(message, "{}")
"""
    progress = {"progressToken": "p", "progress": 2, "total": 2}
    events = [
        *opened(),
        call(1, params={"_meta": {"progressToken": "p"}}),
        came("notifications/progress", params=progress),
        done(1, text("{}")),
    ]
    told, _ = replayed(tmp_path, events, server(steps))
    assert (told[1].recorded.progress, told[1].live.progress) == ((2.0,), (1.0, 2.0))
    assert kinds(told) == equal(CALLS)


def test_progress_of_two_with_the_same_token_is_told_apart(tmp_path: Path) -> None:
    both = """
waiting = []
def on(message):
    waiting.append(message)
    for place, one in enumerate(waiting if len(waiting) == 2 else []):
        token = one["params"]["_meta"]["progressToken"]
        send(method="notifications/progress", params={"progressToken": token, "progress": place})
        said(one, "{}")
"""
    meta = {"_meta": {"progressToken": 7}}
    calls = [call(id, params=meta) for id in (1, 2)]
    told, _ = replayed(tmp_path, [*opened(), *calls, *(done(id) for id in (1, 2))], server(both))
    assert [one.live.progress for one in told[1:3]] == [(0.0,), (1.0,)]


ASKS_ROOTS = """
asked = 0
def roots():
    return json.dumps(ask("roots/list", id="r")["result"]["roots"])
def on(message):
    if "id" not in message:
        return
    wanted = arguments(message)
    said(message, " ".join(roots() for _ in range(wanted["times"])))
"""
ROOTS = [{"uri": "file:///a"}]


@pytest.mark.parametrize(
    ("first", "second", "differs"),
    [
        pytest.param(1, 1, [], id="before the recording comes to it"),
        pytest.param(3, 1, [], id="more often"),
        pytest.param(0, 2, [], id="later"),
        pytest.param(1, 0, [], id="in the one before"),
        pytest.param(0, 0, ["missing"], id="not any more"),
    ],
)
def test_roots_are_told_whoever_asks_and_whenever(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    first: int,
    second: int,
    differs: list[str],
) -> None:
    monkeypatch.setattr("mcpx.operations.replaying.arriving.NEWS", 0.05)
    known = json.dumps(ROOTS)
    events = [
        *opened(),
        call(1, arguments={"times": first}),
        done(1, text(" ".join([known] * first))),
        call(2, arguments={"times": second}),
        came("roots/list", "r"),
        sent(id="r", result={"roots": ROOTS}),
        done(2, text(" ".join([known] * second))),
    ]
    told, _ = replayed(tmp_path, events, server(ASKS_ROOTS))
    connection = [("", "result", "result", differs)] if differs else []
    assert kinds(told) == [*equal(CALLS, CALLS), *connection]


@pytest.mark.parametrize("later", [False, True], ids=["sooner", "later"])
def test_roots_that_are_asked_for_on_a_timer_are_those_of_no_call(
    tmp_path: Path, later: bool
) -> None:
    """Recorded within a call, they come when none is open, or the other way round."""
    asks_later = """
import threading
opens = handshake
def handshake(message):
    return "method" not in message or opens(message)
def on(message):
    if message["method"] == "tools/call":
        said(message, "done")
        if arguments(message).get("first"):
            threading.Timer(0.05, lambda: send(id="r", method="roots/list")).start()
"""
    asked = [came("roots/list", "r"), sent(id="r", result={"roots": ROOTS})]
    answer = [done(1, text("done"))]
    events = [*opened(), call(1, arguments={"first": True})]
    events += [*answer, *asked] if later else [*asked, *answer]
    told, _ = replayed(tmp_path, [*events, call(2), done(2, text("done"))], server(asks_later))
    assert kinds(told) == equal(CALLS, CALLS)


def test_roots_that_have_changed_are_told_from_then_on(tmp_path: Path) -> None:
    later = [{"uri": "file:///b"}]
    events = [*opened()]
    for id, roots in ((1, ROOTS), (2, later)):
        asks_for = [came("roots/list", f"r{id}"), sent(id=f"r{id}", result={"roots": roots})]
        called = call(id, arguments={"times": 1})
        events += [called, *asks_for, done(id, text(json.dumps(roots)))]
        events += [sent("notifications/roots/list_changed")]
    told, _ = replayed(tmp_path, events, server(ASKS_ROOTS))
    assert kinds(told) == equal(CALLS, CALLS)


PAGES = """
opened = False
def on(message):
    global opened
    if message["method"] == "server/discover":
        return result(message, supportedVersions=["2026-07-28"], capabilities={})
    page = {"mode": "url", "message": "sign in", "url": "http://x/1", "elicitationId": "1"}
    modern = "io.modelcontextprotocol/protocolVersion" in message["params"].get("_meta", {})
    if modern and "inputResponses" not in message["params"]:
        form = {"method": "elicitation/create", "params": page}
        result(message, resultType="input_required", inputRequests={"p": form})
    elif modern and message["params"]["inputResponses"] != {"p": {"action": "accept"}}:
        error(message, -32602)
    elif not modern and not opened:
        opened = True
        data = {"elicitations": [page]}
        send(id=message["id"], error={"code": -32042, "message": "", "data": data})
    else:
        said(message, "in")
"""
PAGE = {"mode": "url", "message": "sign in", "url": "http://x/1", "elicitationId": "2"}
REFUSED = {"code": -32042, "message": "", "data": {"elicitations": [PAGE]}}


@pytest.mark.parametrize(
    ("era", "expected"),
    [
        pytest.param(Era.MODERN, [CALLS], id="one interaction in rounds"),
        pytest.param(None, [CALLS, CALLS], id="two in its own era"),
    ],
)
def test_pages_that_a_legacy_client_opened(
    tmp_path: Path, era: Era | None, expected: list[str]
) -> None:
    refused = came(id=1, error=REFUSED)
    events = [*opened(), call(1), refused, call(2), done(2, text("in"))]
    told, _ = replayed(tmp_path, events, server(PAGES), era=era)
    found = [one for one in kinds(told) if one[0] == CALLS]
    assert [one[0] for one in found] == expected
    assert found[-1] == (CALLS, "result", "result", [])


def test_pages_that_a_modern_client_opened(tmp_path: Path) -> None:
    who = {"method": "elicitation/create", "params": PAGE}
    given = {"inputResponses": {"p": {"action": "accept"}}}
    events = [
        modern("tools/call", 1, {"name": "add", "arguments": {}}),
        done(1, {"resultType": "input_required", "inputRequests": {"p": who}}),
        modern("tools/call", 2, {"name": "add", "arguments": {}, **given}),
        done(2, text("in", resultType="complete")),
    ]
    told, _ = replayed(tmp_path, events, server(PAGES), era=Era.LEGACY)
    assert kinds(told) == [(CALLS, "result", "result", [])]
