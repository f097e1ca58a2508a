from __future__ import annotations

import json
from typing import Any

import pytest

from mcpx.masking import MASK
from mcpx.serving.mock.playing.misses import CODE, lost, missed
from mcpx.serving.mock.tape.tape import Tape
from tests.serving.mock.recordings import legacy, modern, round_of, stamped_call
from tests.sessions.tapes import call, done, sent

TAPE = Tape.of(legacy(call(1, "add", {"a": 1}), done(1), sent("tools/list", 2), done(2)))


@pytest.mark.parametrize(
    ("method", "name", "params", "text", "data"),
    [
        pytest.param(
            "tools/call",
            "add",
            {"name": "add", "arguments": {"a": 2}},
            "tools/call add was not recorded so; event 5 differs at /arguments/a: "
            "2 was asked, 1 is recorded",
            {
                "name": "add",
                "nearest": {"event": 5},
                "pointer": "/arguments/a",
                "asked": "2",
                "recorded": "1",
            },
            id="arguments",
        ),
        pytest.param(
            "tools/call",
            "sub",
            {"name": "sub", "arguments": {"a": 1}},
            "tools/call sub was not recorded; event 5 is tools/call add",
            {"name": "sub", "nearest": {"event": 5}, "pointer": "/name"},
            id="another-tool",
        ),
        pytest.param(
            "tools/list",
            "",
            {},
            "tools/list was recorded less often, or elsewhere: event 7",
            {"nearest": {"event": 7}},
            id="once-more",
        ),
        pytest.param("initialized", "", {}, "initialized was not recorded", {}, id="nothing-near"),
    ],
)
def test_a_miss_says_what_is_nearest(
    method: str, name: str, params: Any, text: str, data: Any
) -> None:
    miss = missed(TAPE, method, name, params)
    assert miss.text == text
    error = json.loads(miss.error)
    assert error == {
        "code": CODE,
        "message": f"mcpx mock: {text}",
        "data": {"method": method, **data},
    }


def test_a_name_without_end_is_not_repeated_without_end() -> None:
    assert len(missed(TAPE, "tools/call", "x" * 10_000, {}).text) < 600


def test_what_is_not_in_the_recording_is_told_as_such() -> None:
    unanswered = Tape.of(legacy(call(1))).takes[-1]
    assert lost(unanswered).text == (
        "tools/call add: the answer to this is not in the recording (event 5)"
    )
    asking = Tape.of(modern(stamped_call(1), done(1, round_of("s", q="?")))).takes[-1]
    assert "how it went on after these answers" in lost(asking).text


@pytest.mark.parametrize(
    ("arguments", "asked", "recorded"),
    [
        pytest.param({"a": {"n": None}}, '{"n":null}', "1", id="a-value"),
        pytest.param({}, "", '{"a":1}', id="nothing"),
        pytest.param({"a": 1, "b/c~": 2}, "2", "", id="one-more"),
        pytest.param({"a": "x" * 99}, '"' + "x" * 58 + "…", "1", id="long"),
        pytest.param({"a": 1, "token": "s3cret"}, f'"{MASK}"', "", id="a-secret-by-its-name"),
        pytest.param({"a": "Bearer abcdefghijkl"}, f'"Bearer {MASK}"', "1", id="a-secret-within"),
    ],
)
def test_a_miss_shows_what_was_asked_and_what_is_recorded(
    arguments: Any, asked: str, recorded: str
) -> None:
    miss = missed(TAPE, "tools/call", "add", {"name": "add", "arguments": arguments})
    assert (miss.asked, miss.recorded) == (asked, recorded)
    assert f"{asked or 'nothing'} was asked, {recorded or 'nothing'} is recorded" in miss.text


def test_its_code_is_nobody_elses() -> None:
    assert not -32768 <= CODE <= -32000
    assert not 100 <= CODE <= 599
