from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mcpx.errors import Fault, ServerError
from mcpx.operations.replaying import meeting
from mcpx.servers import Era, ServerSpec
from mcpx.sessions.events import Event, Exited, Masked, Opened
from mcpx.wire import Ending
from tests.operations.replaying.rehearsal import (
    CALLS,
    HANDSHAKE,
    INITIALIZE,
    asks,
    equal,
    kinds,
    modern,
    opened,
    replayed,
    server,
    text,
)
from tests.sessions.tapes import call, came, done, fin, http, sent, status

ECHO = """
def on(message):
    if message.get("method") == "tools/call":
        said(message, json.dumps(arguments(message), sort_keys=True))
    elif "id" in message:
        result(message)
"""
EXIT = {"number": 0, "time": -1.0, "connection": 1}


def exited(code: int, by: Ending = Ending.END_OF_INPUT) -> Exited:
    return Exited(**EXIT, code=code, by=by)


def test_what_was_sent_is_sent_and_what_comes_is_compared(tmp_path: Path) -> None:
    events = [
        Opened(**EXIT),
        *opened(),
        call(1, arguments={"a": 1}),
        done(1, text('{"a": 1}')),
        call(2, arguments={"a": 2}),
        done(2, text('{"a": 3}')),
        call(3),
        came(id=3, error={"code": -32602, "message": "no"}),
        exited(0),
    ]
    told, summary = replayed(tmp_path, events, server(ECHO))
    assert kinds(told) == [
        *equal(CALLS),
        (CALLS, "result", "result", ["changed"]),
        (CALLS, "error", "result", ["outcome"]),
    ]
    assert (summary.interactions, summary.sent, summary.broken) == (5, 4, None)
    assert [one.interaction.number for one in told] == [2, 5, 7, 9, 1]
    assert told[-1].live.exit == 0


def test_requests_go_side_by_side_as_they_did(tmp_path: Path) -> None:
    """The server answers neither before it has both."""
    both = """
waiting = []
def on(message):
    waiting.append(message)
    if len(waiting) == 2:
        for one in waiting[::-1]:
            said(one, "both")
"""
    calls = [call(1), call(2, "sub"), done(2, text("both")), done(1, text("both"))]
    told, _ = replayed(tmp_path, [*opened(), *calls], server(both))
    assert kinds(told) == equal("tools/call sub", CALLS)


def test_a_request_waits_for_the_answers_recorded_before_it(tmp_path: Path) -> None:
    slow = """
waits = False
def on(message):
    time.sleep(0.05)
    said(message, "ready")
"""
    calls = [call(1), done(1, text("ready")), call(2), done(2, text("ready"))]
    told, _ = replayed(tmp_path, [*opened(), *calls], server(slow))
    assert told[2].live.at - told[1].live.at >= 0.05


MINTED = """
import uuid
made = {}
def on(message):
    given = arguments(message)
    if "cart" not in given:
        cart = str(uuid.uuid4())
        made[cart] = True
        result(message, content=[], structuredContent={"cart": cart, "number": len(made) + 40})
    else:
        known = given["cart"] in made or given["cart"] == len(made) + 40
        said(message, "known" if known else "unknown")
"""
OLD_CART = "0b6f3c1e-5d1c-4a43-8c9f-3d8a4b1e2f70"


@pytest.mark.parametrize(
    ("cart", "binds"),
    [
        pytest.param(OLD_CART, [], id="a handle found by itself"),
        pytest.param(
            7, ["/result/structuredContent/number -> /params/arguments/cart"], id="a number by rule"
        ),
    ],
)
def test_handles_of_the_live_server_are_put_into_requests(
    tmp_path: Path, cart: Any, binds: Sequence[str]
) -> None:
    events = [
        *opened(),
        call(1, "open"),
        done(1, {"content": [], "structuredContent": {"cart": OLD_CART, "number": 7}}),
        call(2, "see", {"cart": cart}),
        done(2, text("known")),
    ]
    told, summary = replayed(tmp_path, events, server(MINTED), binds=binds)
    assert kinds(told)[2] == ("tools/call see", "result", "result", [])
    assert list(summary.bound) == [str(cart)]


def test_cursors_of_the_live_server_lead_on(tmp_path: Path) -> None:
    pages = """
def on(message):
    cursor = message["params"].get("cursor")
    if cursor is None:
        result(message, tools=[], nextCursor="live-2")
    elif cursor == "live-2":
        result(message, tools=[])
    else:
        error(message, -32602)
"""
    events = [
        *opened(),
        sent("tools/list", 1, params={}),
        done(1, {"tools": [], "nextCursor": "old-2"}),
        sent("tools/list", 2, params={"cursor": "old-2"}),
        done(2, {"tools": []}),
    ]
    told, _ = replayed(tmp_path, events, server(pages))
    assert kinds(told) == equal("tools/list", "tools/list")


ASKING = """
def on(message):
    answer = ask("sampling/createMessage", messages=[arguments(message)["q"]])
    said(message, answer.get("result", {}).get("text", answer.get("error", {}).get("message")))
"""


def asked(id: Any, question: str) -> Event:
    return came("sampling/createMessage", id, params={"messages": [question]})


def answered(id: Any, said: str) -> Event:
    return sent(id=id, result={"text": said})


def test_what_the_server_asks_is_answered_as_it_was(tmp_path: Path) -> None:
    events = [
        *opened(),
        call(1, arguments={"q": "two"}),
        asked(7, "two"),
        answered(7, "2"),
        done(1, text("2")),
        call(2, arguments={"q": "one"}),
        asked(7, "one"),
        sent(id=7, error={"code": -1, "message": "rejected"}),
        done(2, text("rejected")),
    ]
    told, _ = replayed(tmp_path, events, server(ASKING))
    assert kinds(told) == equal(CALLS, CALLS)
    assert [one.answer for one in told[1].live.questions] == [{"text": "2"}]
    assert told[1].live.questions == told[1].recorded.questions


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("sampling/createMessage", "declined: the recording has no answer"),
        ("elicitation/create", "decline"),
    ],
)
def test_a_question_that_nobody_answered_is_declined_and_told(
    tmp_path: Path, method: str, said: str
) -> None:
    asks_one = """
def on(message):
    answer = ask(arguments(message)["method"])
    said(message, answer["result"]["action"] if "result" in answer else answer["error"]["message"])
"""
    events = [*opened(), call(1, arguments={"method": method}), done(1, text(said))]
    told, _ = replayed(tmp_path, events, server(asks_one))
    (_, _, _, found) = kinds(told)[1]
    assert found == ["unanswered"]
    assert [one.answer for one in told[1].live.questions] == [None]


ROUNDS = """
OFFER = {"supportedVersions": ["2026-07-28"], "capabilities": {}, "resultType": "complete"}
def on(message):
    params = message["params"]
    state, given = params.get("requestState"), params.get("inputResponses", {})
    form = {"method": "elicitation/create", "params": {"message": f"round {state}"}}
    if state is None:
        result(message, resultType="input_required", inputRequests={"a": form}, requestState="L1")
    elif state == "L1" and given["a"].get("content") == {"n": 1}:
        result(message, resultType="input_required", inputRequests={"b": form}, requestState="L2")
    elif state == "L2" and given["b"].get("content") == {"n": 2}:
        result(message, resultType="complete", content=[])
    else:
        error(message, -32602, "stale")
"""


def form(state: str) -> dict[str, Any]:
    return {"method": "elicitation/create", "params": {"message": f"round {state}"}}


def went_on(id: int, state: str, key: str, number: int) -> Event:
    answer = {key: {"action": "accept", "content": {"n": number}}}
    more = {"requestState": state, "inputResponses": answer}
    return modern("tools/call", id, {"name": "add", "arguments": {}, **more})


def rounds() -> list[Event]:
    return [
        modern("tools/call", 1, {"name": "add", "arguments": {}}),
        asks(1, "R1", a=form("None")),
        went_on(2, "R1", "a", 1),
        asks(2, "R2", b=form("L1")),
        went_on(3, "R2", "b", 2),
        done(3, {"resultType": "complete", "content": []}),
    ]


def test_rounds_of_questions_are_one_interaction(tmp_path: Path) -> None:
    told, _ = replayed(tmp_path, rounds(), server(ROUNDS))
    assert kinds(told) == [(CALLS, "result", "result", [])]
    assert [one.answer for one in told[0].live.questions] == [
        {"action": "accept", "content": {"n": 1}},
        {"action": "accept", "content": {"n": 2}},
    ]


def test_questions_that_nobody_went_on_with_are_the_end_on_both_sides(tmp_path: Path) -> None:
    told, _ = replayed(tmp_path, rounds()[:2], server(ROUNDS))
    assert kinds(told) == [(CALLS, "input-required", "input-required", [])]


def test_a_round_with_another_state_is_a_request_of_its_own(tmp_path: Path) -> None:
    forged = went_on(2, "forged", "a", 1)
    refused = came(id=2, error={"code": -32602, "message": "stale"})
    events = [*rounds()[:2], forged, refused, *rounds()[2:]]
    told, _ = replayed(tmp_path, events, server(ROUNDS))
    assert kinds(told) == [(CALLS, "error", "error", []), (CALLS, "result", "result", [])]


def test_what_was_cancelled_is_cancelled(tmp_path: Path) -> None:
    hears = """
def on(message):
    if message["method"] == "notifications/cancelled":
        send(method="notifications/message", params={"level": "info", "data": "cancelled"})
    elif message["params"]["name"] == "after":
        said(message, "on")
"""
    events = [
        *opened(),
        call(1, "long"),
        sent("notifications/cancelled", params={"requestId": 1, "reason": "enough"}),
        came("notifications/message", params={"level": "info", "data": "cancelled"}),
        call(2, "after"),
        done(2, text("on")),
    ]
    told, _ = replayed(tmp_path, events, server(hears))
    assert kinds(told)[1:] == [
        ("tools/call after", "result", "result", []),
        ("tools/call long", "cancelled", "cancelled", []),
    ]


@pytest.mark.parametrize(
    ("events", "complete", "expected"),
    [
        pytest.param([call(1)], True, ("unanswered", []), id="never answered"),
        pytest.param([call(1)], False, ("not-recorded", ["unscored"]), id="torn off"),
    ],
)
def test_what_has_no_recorded_answer_is_no_difference(
    tmp_path: Path, events: list[Event], complete: bool, expected: tuple[str, list[str]]
) -> None:
    told, _ = replayed(tmp_path, [*opened(), *events], server(ECHO), complete=complete)
    (_, end, _, found) = kinds(told)[1]
    assert (end, found) == expected


def test_no_answer_is_missing_after_its_time(tmp_path: Path) -> None:
    silent = "def on(message): pass"
    events = [*opened(), call(1), done(1), call(2), done(2)]
    told, summary = replayed(tmp_path, events, server(silent), seconds=0.2)
    assert kinds(told)[1:] == [(CALLS, "result", "failed", ["missing"])] * 2
    assert told[1].live.reason == "no answer within 0.2 s"
    assert summary.broken is None


def test_a_server_that_goes_away_is_told_and_so_is_the_rest(tmp_path: Path) -> None:
    leaves = "def on(message): sys.exit(3)"
    events = [*opened(), call(1), done(1), call(2), done(2)]
    told, summary = replayed(tmp_path, events, server(leaves))
    assert [one[2:] for one in kinds(told)[1:3]] == [("failed", ["missing"])] * 2
    assert summary.broken is not None and "exit" in summary.broken.message
    assert (summary.interactions, told[-1].live.exit) == (4, 3)


def test_a_secret_is_put_back_and_a_missing_one_not_sent(tmp_path: Path) -> None:
    marked = {"key": "‹env:KEY›"}
    masked = (Masked("/params/arguments/key", "env:KEY"),)
    called = call(1, arguments=marked, masked=masked)
    result = done(
        1, text('{"key": "‹env:KEY›"}'), masked=(Masked("/result/content/0/text", "env:KEY"),)
    )
    events = [*opened(), called, result]
    told, summary = replayed(tmp_path, events, server(ECHO), environment={"KEY": "s3cret"})
    assert kinds(told) == equal(CALLS)
    assert "s3cret" not in str(told)
    (tmp_path / "session.jsonl").unlink()
    told, summary = replayed(tmp_path, events, server(ECHO))
    assert (told[1].live.end, summary.missing) == ("not-sent", ("env:KEY",))


def test_tools_that_may_write_are_left_out(tmp_path: Path) -> None:
    events = [*opened(), call(1), done(1), call(2, "see"), done(2, text("{}"))]
    told, summary = replayed(tmp_path, events, server(ECHO), skipped=["add"])
    assert (told[1].live.end, summary.skipped) == ("not-sent", ("add",))
    assert summary.sent == 2


@pytest.mark.parametrize("sequential", [False, True])
def test_one_at_a_time_on_request(tmp_path: Path, sequential: bool) -> None:
    """A server that looks before it answers whether another request has come meanwhile."""
    looks = """
import os, select
held = b""
def read():
    global held
    while b"\\n" not in held:
        chunk = os.read(0, 65536)
        if not chunk:
            sys.exit(0)
        held += chunk
    line, _, held = held.partition(b"\\n")
    return json.loads(line)
def on(message):
    patience = arguments(message).get("patience", 0)
    others = held or select.select([0], [], [], patience)[0]
    said(message, "another has come" if others else "alone")
"""
    patience = 0.2 if sequential else 20.0
    expected = "alone" if sequential else "another has come"
    calls = [call(1, arguments={"patience": patience}), call(2)]
    answers = [done(2, text("alone")), done(1, text(expected))]
    told, _ = replayed(
        tmp_path, [*opened(), *calls, *answers], server(looks), sequential=sequential
    )
    assert sorted(kinds(told)) == sorted(equal(CALLS, CALLS))


def test_the_pace_of_the_recording_on_request(tmp_path: Path) -> None:
    events = [*opened(), call(1, time=0.9), done(1, text("{}"), time=1.0)]
    told, summary = replayed(tmp_path, events, server(ECHO), pace=2.0)
    assert kinds(told) == equal(CALLS)
    assert summary.seconds >= 0.45


def test_a_batch_is_unrolled(tmp_path: Path) -> None:
    def one(id: int) -> dict[str, Any]:
        return {"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": "add"}}

    results = [{"jsonrpc": "2.0", "id": id, "result": text("{}")} for id in (1, 2)]
    events = [*opened(), sent(batch=[one(1), one(2)]), came(batch=results)]
    told, _ = replayed(tmp_path, events, server(ECHO))
    assert kinds(told) == equal(CALLS, CALLS)


def test_each_recorded_connection_has_one_of_its_own(tmp_path: Path) -> None:
    counts = """
seen = 0
def on(message):
    global seen
    seen += 1
    said(message, str(seen))
"""
    events: list[Event] = []
    for connection in (1, 2):
        each = [*opened(), call(1), done(1, text("1"))]
        events += [_on(event, connection) for event in each]
    probe = [_on(sent("server/discover", 1, params={}), 3), _on(done(1, {}), 3)]
    told, summary = replayed(tmp_path, [*events, *probe], server(counts))
    assert kinds(told) == equal(CALLS) * 2
    assert summary.interactions == 6  # a connection with nothing but a probe is none


def _on(event: Event, connection: int) -> Event:
    from dataclasses import replace

    return replace(event, connection=connection)


def test_nothing_is_compared_with_a_server_that_cannot_be_started(tmp_path: Path) -> None:
    gone = ServerSpec("x", command="/no/such/program")
    with pytest.raises(ServerError, match="/no/such/program"):
        replayed(tmp_path, [*opened(), call(1), done(1)], gone)


ONE_ERA = """
def handshake(message):
    modern = "_meta" in message.get("params", {})
    if message["method"] not in ("initialize", "server/discover"):
        return "id" not in message
    if modern is not (sys.argv[1] == "modern"):
        code = -32022 if sys.argv[1] == "modern" else -32601
        send(id=message["id"], error={"code": code, "message": "no", "data": SPEAKS})
    elif modern:
        result(message, supportedVersions=SPEAKS["supported"], capabilities={})
    else:
        result(message, **OFFER)
    return True
SPEAKS = {"supported": ["2026-07-28"]} if sys.argv[1] == "modern" else {}
def on(message):
    if message["method"] == "prompts/get":
        error(message, -32600)
    else:
        said(message, message["method"])
"""


@pytest.mark.parametrize(
    ("speaks", "events", "era", "hint"),
    [
        pytest.param("legacy", opened(), Era.MODERN, "--era legacy", id="asked for modern"),
        pytest.param("legacy", [], Era.MODERN, "--era legacy", id="begun after the handshake"),
        pytest.param("modern", opened(), None, "--era modern", id="recorded legacy"),
        pytest.param(
            "legacy",
            [
                modern("server/discover", 0, {}),
                done(0, {"supportedVersions": []}),
                modern("tools/list", 5, {}),
            ],
            None,
            "--era legacy",
            id="recorded modern",
        ),
        pytest.param(
            "legacy",
            [modern("tools/list", 5, {}), done(5, {"resultType": "complete"})],
            None,
            "--era legacy",
            id="a result of the other era",
        ),
        pytest.param(
            "legacy",
            [modern("prompts/get", 5, {"name": "x"}), done(5, {"resultType": "complete"})],
            None,
            "--era legacy",
            id="an error instead of a result",
        ),
    ],
)
def test_nothing_is_compared_in_an_era_that_is_not_spoken(
    tmp_path: Path, speaks: str, events: list[Event], era: Era | None, hint: str
) -> None:
    spec = server(ONE_ERA)
    live = replace(spec, args=(*spec.args, speaks))
    with pytest.raises(ServerError, match="does not speak the") as failed:
        replayed(tmp_path, [*events, call(1), done(1)], live, era=era)
    assert (failed.value.fault, hint in failed.value.hint) == (Fault.VERSION, True)


@pytest.mark.parametrize("era", [None, Era.MODERN, Era.LEGACY])
@pytest.mark.parametrize("first", [True, False], ids=["before the other", "beside the other"])
@pytest.mark.parametrize("recorded", [Era.MODERN, Era.LEGACY])
def test_a_refused_opening_beside_the_one_that_won_is_none(
    tmp_path: Path, recorded: Era, first: bool, era: Era | None
) -> None:
    """In whichever order they were answered."""
    if recorded is Era.MODERN:
        refused = [sent("initialize", 8, params=INITIALIZE), came(id=8, error={"code": -32022})]
        won = [modern("server/discover", 9, {}), done(9, {"supportedVersions": ["2026-07-28"]})]
        last = [modern("tools/call", 1, {"name": "add"}), done(1, text("tools/call"))]
    else:
        refused = [modern("server/discover", 8, {}), came(id=8, error={"code": -32601})]
        won = opened()
        last = [call(1), done(1, text("tools/call"))]
    events = [*refused, *won] if first else [refused[0], *won, refused[1]]
    live = server(ONE_ERA)
    speaks = (era or recorded).value
    live = replace(live, args=(*live.args, speaks))
    told, summary = replayed(tmp_path, [*events, *last], live, era=era)
    named = [one.interaction.method for one in told if one.interaction.method]
    assert named == [won[0].value()["method"], "tools/call"]
    assert [one.live.end for one in told[:2]] == ["result", "result"]
    assert summary.sent == 2


SAME_ID = """
def on(message):
    said(message, str(arguments(message)["q"]))
"""


def test_exchanges_that_overlap_may_carry_the_same_id(tmp_path: Path) -> None:
    calls = [one for x in (1, 2) for one in (http(x), call(1, "look", {"q": x}, exchange=x))]
    answers = [
        one for x in (1, 2) for one in (status(x), done(1, text(str(x)), exchange=x), fin(x))
    ]
    told, summary = replayed(tmp_path, [*opened(), *calls, *answers], server(SAME_ID))
    assert kinds(told) == equal("tools/call look", "tools/call look")
    assert summary.sent == 3


def test_what_was_refused_by_its_status_has_no_answer(tmp_path: Path) -> None:
    """And what was cut may have been one."""
    events = [http(1), call(1, exchange=1), status(1, 503), fin(1)]
    events += [http(2), call(2, exchange=2), came(cut=99, text="", exchange=2), fin(2)]
    told, _ = replayed(tmp_path, [*opened(), *events], server(ECHO))
    assert kinds(told)[1] == (CALLS, "http-error", "result", ["outcome"])
    assert kinds(told)[2][:2] == (CALLS, "not-recorded")  # which nobody waits for live


def test_what_depends_on_something_that_was_not_sent_is_not_sent_either(tmp_path: Path) -> None:
    other = "7c3f1e9a-2b4d-4e6f-8a1b-5c7d9e0f1a2b"
    events = [
        *opened(),
        call(1, "open"),
        done(1, {"content": [], "structuredContent": {"cart": OLD_CART}}),
        call(2, "see", {"cart": f"cart {OLD_CART}"}),
        done(2, {"content": [], "structuredContent": {"order": other}}),
        call(3, "see", {"order": other}),
        done(3),
        call(4, "see", {"cart": "new"}),
        done(4, text("unknown")),
    ]
    told, summary = replayed(tmp_path, events, server(MINTED), skipped=["open"])
    assert [one.live.reason for one in told[2:4]] == [
        "it depends on #4, which was not sent",
        "it depends on #6, which was not sent",
    ]
    assert [one.live.end for one in told[1:5]] == ["not-sent"] * 3 + ["result"]
    assert summary.sent == 2


# --- across eras --------------------------------------------------------------------------------

BOTH = """
level = []
def on(message):
    params = message["params"]
    meta = params.get("_meta", {})
    level.append(meta.get("io.modelcontextprotocol/logLevel"))
    if message["method"] == "server/discover":
        result(message, supportedVersions=["2026-07-28"], resultType="complete",
               capabilities={}, _meta={"io.modelcontextprotocol/serverInfo": {"name": "s"}})
    elif message["method"] == "logging/setLevel":
        level.append(params["level"])
        result(message)
    elif params["name"] == "log":
        said(message, str(level[-1] or level[-2]))
    elif "io.modelcontextprotocol/protocolVersion" in meta:
        if "inputResponses" not in params:
            form = {"method": "elicitation/create", "params": {"message": "who"}}
            result(message, resultType="input_required", inputRequests={"k": form})
        else:
            said(message, params["inputResponses"]["k"]["content"]["name"])
    else:
        said(message, ask("elicitation/create", message="who")["result"]["content"]["name"])
"""
ANN = {"action": "accept", "content": {"name": "Ann"}}
WHO = {"message": "who"}


def legacy_session() -> list[Event]:
    return [
        *opened(),
        sent("ping", 9),
        done(9, {}),
        sent("logging/setLevel", 1, params={"level": "error"}),
        done(1, {}),
        call(2, "log"),
        done(2, text("error")),
        call(3, "greet"),
        came("elicitation/create", 5, params=WHO),
        sent(id=5, result=ANN),
        done(3, text("Ann")),
    ]


def modern_session() -> list[Event]:
    from tests.operations.replaying.rehearsal import META

    logged = {**META, "io.modelcontextprotocol/logLevel": "error"}
    who = {"method": "elicitation/create", "params": WHO}
    asked = {"resultType": "input_required", "inputRequests": {"q": who}}
    log = {"name": "log", "arguments": {}, "_meta": logged}
    return [
        sent("tools/call", 2, params=log),
        done(2, text("error", resultType="complete")),
        modern("tools/call", 3, {"name": "greet", "arguments": {}}),
        done(3, asked),
        modern("tools/call", 4, {"name": "greet", "arguments": {}, "inputResponses": {"q": ANN}}),
        done(4, text("Ann", resultType="complete")),
    ]


def test_a_legacy_recording_replays_in_the_modern_era(tmp_path: Path) -> None:
    told, _ = replayed(tmp_path, legacy_session(), server(BOTH), era=Era.MODERN)
    assert kinds(told) == [
        HANDSHAKE,
        ("ping", "result", "not-sent", ["not-applicable"]),
        ("logging/setLevel", "result", "not-sent", ["not-applicable"]),
        ("tools/call log", "result", "result", []),
        ("tools/call greet", "result", "result", []),
    ]
    assert {one.live.modern for one in told} == {True}


def test_a_modern_recording_replays_in_the_legacy_era(tmp_path: Path) -> None:
    told, _ = replayed(tmp_path, modern_session(), server(BOTH), era=Era.LEGACY)
    assert kinds(told) == [
        ("tools/call log", "result", "result", []),
        ("tools/call greet", "result", "result", []),
    ]
    assert {one.recorded.modern for one in told} == {True}
    assert {one.live.modern for one in told} == {False}


def test_what_is_asked_without_end_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nags = """
def on(message):
    for number in range(5):
        ask("sampling/createMessage", id=number, messages=[])
    said(message, "{}")
"""
    monkeypatch.setattr(meeting, "UNCLEAR", 0.05)
    told, _ = replayed(tmp_path, [*opened(), call(1), done(1, text("{}"))], server(nags))
    (found,) = told[1].divergences
    assert (found.kind, found.message.partition(",")[0]) == (
        "unanswered",
        "asks sampling/createMessage 5 times",
    )
