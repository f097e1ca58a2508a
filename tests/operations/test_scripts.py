from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mcpx.errors import ConfigError
from mcpx.operations.scripts import Step, parsed, read
from tests.shipped.test_json_schemas import is_valid

CALL = ("tools/call", {"name": "add", "arguments": {"a": 1}}, "add")


@pytest.mark.parametrize(
    ("line", "step"),
    [
        pytest.param('{"tool":"add","args":{"a":1}}', Step("1", *CALL), id="tool"),
        pytest.param(
            '{"tool":"add"}',
            Step("1", "tools/call", {"name": "add", "arguments": {}}, "add"),
            id="no arguments",
        ),
        pytest.param(
            '{"tool":"add","args":{"a":1},"leave":2}', Step("1", *CALL, leave=2.0), id="leave"
        ),
        pytest.param(
            '{"method":"logging/setLevel","params":{"level":"info"}}',
            Step("1", "logging/setLevel", {"level": "info"}),
            id="method",
        ),
        pytest.param('{"method":"ping"}', Step("1", "ping"), id="no parameters"),
        pytest.param(
            '{"read":"memo://a"}',
            Step("1", "resources/read", {"uri": "memo://a"}, "memo://a"),
            id="read",
        ),
        pytest.param(
            '{"prompt":"greet","args":{"name":"Ada"}}',
            Step("1", "prompts/get", {"name": "greet", "arguments": {"name": "Ada"}}, "greet"),
            id="prompt",
        ),
        pytest.param('{"list":"tools"}', Step("1", "tools/list", lists="tools"), id="list"),
        pytest.param(
            '{"list":"templates"}',
            Step("1", "resources/templates/list", lists="templates"),
            id="templates",
        ),
        pytest.param('{"wait":0.5}', Step("1", wait=0.5), id="wait"),
    ],
)
def test_what_a_line_stands_for(line: str, step: Step) -> None:
    assert parsed(line, "s.jsonl") == ((step,),)
    assert is_valid("script", json.loads(line))


def test_lines_follow_each_other_and_steps_of_a_line_go_together() -> None:
    text = '{"wait":1}\r\n\n  \n{"together":[{"read":"a:b"},{"wait":2}]}\n'
    assert parsed(text, "s") == (
        (Step("1", wait=1.0),),
        (Step("4.1", "resources/read", {"uri": "a:b"}, "a:b"), Step("4.2", wait=2.0)),
    )


def test_numbers_and_unknown_members_of_arguments_stay() -> None:
    ((step,),) = parsed('{"tool":"t","args":{"n":5.0,"i":12345678901234567890}}', "s")
    assert repr(step.params["arguments"]) == "{'n': 5.0, 'i': 12345678901234567890}"


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        pytest.param("{", "2: not JSON: ", id="not json"),
        pytest.param("# a comment", "2: not JSON: ", id="comment"),
        pytest.param('{"tool":"a","tool":"b"}', "2: not JSON: ", id="repeated key"),
        pytest.param("[]", "2: not a JSON object", id="no object"),
        pytest.param("{}", "2: has none of tool, method, read, ", id="no verb"),
        pytest.param('{"tool":"a","read":"b"}', "2: has 'tool' and 'read', one is", id="two verbs"),
        pytest.param('{"tol":"a"}', "2: 'tol' has no meaning; did you mean 'tool'?", id="misspelt"),
        pytest.param(
            '{"tool":"a","arg":{}}', "2: 'arg' has no meaning beside 'tool'; did you", id="key"
        ),
        pytest.param('{"list":"tools","leave":1}', "2: 'leave' has no meaning beside", id="list"),
        pytest.param('{"list":"tool"}', "2: 'list' must be one of tools, ", id="unknown list"),
        pytest.param('{"tool":""}', "2: 'tool' must be a text that is not", id="empty name"),
        pytest.param('{"read":3}', "2: 'read' must be a text", id="number for a name"),
        pytest.param('{"tool":"a","args":[]}', "2: 'args' must be an object", id="arguments"),
        pytest.param('{"prompt":"a","args":{"n":1}}', "2: the 'args' of a prompt", id="prompt"),
        pytest.param('{"method":"initialize"}', "2: 'initialize' cannot be asked", id="opening"),
        pytest.param('{"wait":-1}', "2: 'wait' must be seconds, from 0 to 3600", id="below zero"),
        pytest.param('{"wait":true}', "2: 'wait' must be seconds", id="true"),
        pytest.param('{"tool":"a","leave":9999}', "2: 'leave' must be seconds", id="too long"),
        pytest.param('{"together":[]}', "2: 'together' must be a list of 1 to", id="nothing"),
        pytest.param('{"together":{}}', "2: 'together' must be a list of 1 to", id="no list"),
        pytest.param('{"together":[{"wait":1}],"a":1}', "2: 'a' has no meaning beside", id="more"),
        pytest.param('{"together":[{"wait":1},3]}', "2.2: not a JSON object", id="in a line"),
        pytest.param(
            '{"together":[{"together":[]}]}', "2.1: 'together' cannot stand in", id="nested"
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(line: str, wrong: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parsed(f'{{"wait":1}}\n{line}\n', "calls.jsonl")
    assert caught.value.message.startswith(f"calls.jsonl:{wrong}")
    assert caught.value.hint == "mcpx schema script prints the JSON Schema of a line"
    try:
        value: Any = json.loads(line)
    except ValueError:
        return
    # What the schema cannot see is a key that stands there twice.
    assert not is_valid("script", value) or line.count('"tool"') == 2


@pytest.mark.parametrize("text", ["", "\n \n"], ids=["empty", "blank"])
def test_a_script_without_calls_is_wrong(text: str) -> None:
    with pytest.raises(ConfigError, match="s: holds no calls"):
        parsed(text, "s")


def test_a_script_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"wait":0}\n')
    assert read(str(path)) == ((Step("1"),),)
    with pytest.raises(ConfigError, match="cannot read"):
        read(str(tmp_path / "none"))
