from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mcpx.errors import ConfigError
from mcpx.sessions import updating
from mcpx.sessions.events import Event, Masked
from mcpx.sessions.lines import event_line, header_line
from mcpx.sessions.packing import pack
from mcpx.sessions.reading import read_session
from mcpx.sessions.redaction import Redaction
from mcpx.sessions.updating import Answer, identity, update
from tests.sessions.tapes import HEADER, call, came, done, sent, tape

ASKS = {"resultType": "input_required", "inputRequests": {"a": {}}, "requestState": "s1"}
GOES_ON = {"requestState": "s1", "inputResponses": {"a": {"action": "accept"}}}


def written(path: Path, events: Iterable[Event]) -> str:
    path.write_bytes(b"".join((header_line(HEADER), *map(event_line, events))))
    return str(path)


def texts(path: Path) -> list[str]:
    """The messages of a file as they stand in it."""
    found = [line.partition(b',"m":')[2][:-2] for line in path.read_bytes().splitlines(True)]
    return [one.decode() for one in found if one]


def updated(path: Path, answers: dict[int, Answer], redaction: Redaction | None = None) -> int:
    reading = read_session(str(path))
    return update(reading, answers, redaction or Redaction(), identity(reading))


def test_an_answer_is_replaced_and_all_else_keeps_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    spaced = '{ "id": 1.50,  "result":{"n":5.0}, "jsonrpc":"2.0" }'
    written(
        path,
        tape(
            call(1, "add"),
            call(2, "add"),
            came(text=spaced.replace("1.50", "1")),
            done(2, {"n": 1}),
        ),
    )
    path.chmod(0o640)
    before = path.read_bytes().splitlines()
    assert updated(path, {1: Answer("result", '{"n":[7]}')}) == 1
    after = path.read_bytes().splitlines()
    assert [n for n, (a, b) in enumerate(zip(before, after, strict=True)) if a != b] == [3]
    assert texts(path)[2] == '{ "id": 1,  "result":{"n":[7]}, "jsonrpc":"2.0" }'
    assert path.stat().st_mode & 0o777 == 0o640
    assert iter(read_session(str(path)))
    events = iter(read_session(str(path)))
    assert (len(list(events)), events.complete) == (5, True)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(
            Answer("error", '{"code":-1,"message":"m"}'),
            {"jsonrpc": "2.0", "id": 1, "error": {"code": -1, "message": "m"}},
            id="another-kind",
        ),
        pytest.param(
            Answer("result", '{"t":"é\\ud83d"}'),
            {"jsonrpc": "2.0", "id": 1, "result": {"t": "é\ud83d"}},
            id="no-half-of-a-pair-is-lost",
        ),
    ],
)
def test_the_answer_may_be_of_any_kind(
    tmp_path: Path, answer: Answer, expected: dict[str, Any]
) -> None:
    path = tmp_path / "s.jsonl"
    written(path, tape(call(1), done(1, {"n": 1})))
    updated(path, {1: answer})
    assert json.loads(texts(path)[1]) == expected


def test_of_several_rounds_the_last_answer_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    events = tape(
        call(1, "refund"), done(1, ASKS), call(2, "refund", params=GOES_ON), done(2, {"n": 1})
    )
    written(path, events)
    assert updated(path, {1: Answer("result", "{}")}) == 1
    assert json.loads(texts(path)[1])["result"] == ASKS
    assert json.loads(texts(path)[3])["result"] == {}


def test_answers_of_one_batch_are_replaced_each_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    answers = [{"id": number, "result": {"n": number}} for number in (1, 2, 3)]
    written(path, tape(call(1), call(2), call(3), came(batch=answers)))
    updated(path, {1: Answer("result", "[1]"), 3: Answer("result", "[3]")})
    assert [one["result"] for one in json.loads(texts(path)[3])] == [[1], {"n": 2}, [3]]


def test_a_servers_request_of_the_same_id_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    asked = came("roots/list", 1)
    written(path, tape(call(1), asked, sent(id=1, result={"roots": []}), done(1, {"n": 1})))
    updated(path, {1: Answer("result", "{}")})
    assert json.loads(texts(path)[2])["result"] == {"roots": []}
    assert json.loads(texts(path)[3])["result"] == {}


def test_secrets_are_masked_anew_and_stay_masked(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    old = Masked("/result/password", "rule:name#4")
    answer = done(1, {"password": "‹rule:name#4›", "n": 1}, masked=(old,))
    written(path, tape(call(1), answer))
    live = '{"password":"ghost-9-secret","text":"sesame-open-42"}'
    redaction = Redaction({"sesame-open-42": "env:WORD"})
    updated(path, {1: Answer("result", live)}, redaction)
    [_, event, _] = read_session(str(path))
    assert json.loads(texts(path)[1])["result"] == {
        "password": "‹rule:name#4›",
        "text": "‹env:WORD›",
    }
    assert set(event.masked) == {old, Masked("/result/text", "env:WORD")}  # type: ignore[attr-defined]


CONF = Masked("/result/text", "env:MY_CONF")
BEARER = Masked("/result/text", "rule:bearer#4")


@pytest.mark.parametrize(
    ("was", "masked", "now", "expected"),
    [
        pytest.param(
            "hello ‹env:MY_CONF›", CONF, "hullo opal-42-x", "hullo ‹env:MY_CONF›", id="known"
        ),
        pytest.param(
            "hello ‹env:MY_CONF›", CONF, "hello another", "hello ‹env:MY_CONF›", id="only-that"
        ),
        pytest.param(
            "hello ‹rule:bearer#4›",
            BEARER,
            "hullo Bearer abcdefghijklmnop1234",
            "hullo Bearer ‹rule:bearer#1›",
            id="of-a-rule",
        ),
        pytest.param("hello ‹env:MY_CONF›", CONF, "hullo there", None, id="not-known"),
        pytest.param("hello ‹env:MY_CONF›", CONF, "hullo ‹env:MY_CONF›", None, id="forged"),
    ],
)
def test_a_text_with_a_secret_is_new_where_the_secret_is_known(
    tmp_path: Path, was: str, masked: Masked, now: str, expected: str | None
) -> None:
    path = tmp_path / "s.jsonl"
    written(path, tape(call(1), done(1, {"text": was}, masked=(masked,))))
    before, redaction = path.read_bytes(), Redaction({"opal-42-x": "env:MY_CONF"})
    answers = {1: Answer("result", json.dumps({"text": now}))}
    if expected is None:
        with pytest.raises(ConfigError, match="another text at /result/text, in which the secret"):
            updated(path, answers, redaction)
        assert path.read_bytes() == before
    else:
        updated(path, answers, redaction)
        assert json.loads(texts(path)[1])["result"] == {"text": expected}


@pytest.mark.parametrize(
    ("longest", "text", "said"),
    [
        pytest.param(300, json.dumps({"t": "x" * 300}), "more than 300 bytes", id="too-long"),
        pytest.param(10_000, '{"n":NaN}', "cannot be read again", id="no-json"),
    ],
)
def test_no_line_is_written_that_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, longest: int, text: str, said: str
) -> None:
    path = tmp_path / "s.jsonl"
    written(path, tape(call(1), done(1, {"n": 1})))
    before = path.read_bytes()
    monkeypatch.setattr(updating, "LONGEST_LINE", longest)
    with pytest.raises(ConfigError, match=f"line 3: the new answer .*{said}"):
        updated(path, {1: Answer("result", text)})
    assert path.read_bytes() == before


@pytest.mark.parametrize("same", ["size", "nothing"])
def test_a_file_that_is_another_one_by_now_stays_as_it_is(tmp_path: Path, same: str) -> None:
    path = tmp_path / "s.jsonl"
    written(path, tape(call(1), done(1, {"n": 1})))
    reading = read_session(str(path))
    was = identity(reading)
    other = tape(call(1), done(1, {"n": 2}), *([] if same == "size" else [call(2)]))
    written(tmp_path / "other", other)
    (tmp_path / "other").replace(path)
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="it was written to meanwhile"):
        update(reading, {1: Answer("result", "{}")}, Redaction(), was)
    assert path.read_bytes() == before


def test_a_session_that_took_its_place_is_not_taken_for_it(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    written(path, tape(call(1), done(1, {"n": 1})))
    reading = read_session(str(path))
    path.write_bytes(header_line(replace(HEADER, id="01M83SY2M5K474M2CGEH9DBZW7")))
    with pytest.raises(ConfigError, match="it was written to meanwhile"):
        identity(reading)


@pytest.mark.parametrize(
    "result",
    [
        pytest.param({"task": {"taskId": "t", "status": "working"}}, id="legacy"),
        pytest.param({"resultType": "task", "taskId": "t", "status": "working"}, id="modern"),
    ],
)
def test_the_result_of_a_task_is_not_replaced(tmp_path: Path, result: dict[str, Any]) -> None:
    path = tmp_path / "s.jsonl"
    written(path, tape(call(1), done(1, result)))
    with pytest.raises(ConfigError, match="event 1 was carried out as a task"):
        updated(path, {1: Answer("result", "{}")})


def test_large_binary_values_go_beside_the_file(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    written(path, tape(call(1), done(1, {"n": 1})))
    data = bytes(range(256)) * 200
    block = {"type": "image", "mimeType": "image/png", "data": base64.b64encode(data).decode()}
    updated(path, {1: Answer("result", json.dumps({"content": [block]}))})
    reading = read_session(str(path))
    [_, event, _] = reading
    [place] = event.blobs  # type: ignore[attr-defined]
    assert place == "/result/content/0/data"
    digest = json.loads(texts(path)[1])["result"]["content"][0]["data"]["$blob"]
    assert reading.blob(digest) == data


def test_what_cannot_be_updated_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    written(path, tape(call(1), call(2), done(1)))
    before = path.read_bytes()
    answer = Answer("result", "{}")
    with pytest.raises(ConfigError, match="event 2 has no answer to be replaced"):
        updated(path, {1: answer, 2: answer})
    pack(str(path), tmp_path / "s.zip")
    with pytest.raises(ConfigError, match="only a session file can be updated"):
        updated(tmp_path / "s.zip", {1: answer})
    assert path.read_bytes() == before
    assert updated(path, {}) == 0
