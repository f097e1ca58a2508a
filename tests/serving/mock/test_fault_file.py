from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from mcpx.errors import ConfigError
from mcpx.serving.mock.fault_file import parsed, read
from mcpx.serving.mock.faults import Fault, Kind, Rule
from mcpx.shipped import json_schemas

SCHEMA = jsonschema_rs.validator_for(json.loads(json_schemas.text("faults")))


def one(fault: Any, **match: Any) -> dict[str, Any]:
    return {"rules": [{"match": match, "fault": fault}]}


@pytest.mark.parametrize(
    ("document", "rules"),
    [
        pytest.param({"rules": []}, (), id="none"),
        pytest.param({"rules": [{"fault": "drop"}]}, (Rule(Fault(Kind.DROP)),), id="any"),
        pytest.param(
            one({"delay": 1.5}, method="tools/*", tool="add", nth=3),
            (Rule(Fault(Kind.DELAY, 1.5), "tools/*", "add", 3),),
            id="delay",
        ),
        pytest.param(one("malformed"), (Rule(Fault(Kind.MALFORMED)),), id="malformed"),
        pytest.param(one("close"), (Rule(Fault(Kind.CLOSE)),), id="close"),
        pytest.param(one({"status": 404}), (Rule(Fault(Kind.STATUS, 404)),), id="status"),
        pytest.param(
            one({"status": 429, "retry_after": 0}),
            (Rule(Fault(Kind.STATUS, 429, 0)),),
            id="retry-after",
        ),
        pytest.param(one({"exit": 3}), (Rule(Fault(Kind.EXIT, 3)),), id="exit"),
        pytest.param(
            {"$schema": "x", "format": "mcpx.faults", "version": 1, "rules": []}, (), id="named"
        ),
    ],
)
def test_what_a_file_says(document: Any, rules: tuple[Rule, ...]) -> None:
    assert SCHEMA.is_valid(document)
    assert parsed(json.dumps(document), "f.json").rules == rules


@pytest.mark.parametrize(
    ("document", "message"),
    [
        pytest.param([], "f.json: [] is not a JSON object", id="list"),
        pytest.param({}, "f.json: there is no 'rules'", id="no-rules"),
        pytest.param({"rules": {}}, "f.json: /rules: {} is not a list", id="rules-object"),
        pytest.param({"rules": [1]}, "f.json: /rules/0: 1 is not an object", id="rule"),
        pytest.param(
            {"rules": [{"mach": {}, "fault": "drop"}]},
            "f.json: /rules/0: there is no key 'mach'; did you mean 'match'?",
            id="misspelt",
        ),
        pytest.param(
            {"rules": [{}]}, "f.json: /rules/0: there is no 'fault'", id="without-a-fault"
        ),
        pytest.param(
            {"rules": [{"match": [], "fault": "drop"}]},
            "f.json: /rules/0/match: [] is not an object",
            id="match",
        ),
        pytest.param(
            one("drop", tool=""),
            'f.json: /rules/0/match/tool: "" is no name or pattern',
            id="empty-tool",
        ),
        pytest.param(
            one("drop", nth=0),
            "f.json: /rules/0/match/nth: 0 is not a whole number from 1",
            id="nth",
        ),
        pytest.param(
            one("drop", nth=True),
            "f.json: /rules/0/match/nth: true is not a whole number from 1",
            id="bool",
        ),
        pytest.param(
            one("explode"),
            'f.json: /rules/0/fault: "explode" is no fault; there are drop, malformed, close, '
            '{"delay": ...}, {"status": ...} and {"exit": ...}',
            id="word",
        ),
        pytest.param(
            one({"explode": 1}),
            "f.json: /rules/0/fault: there is no key 'explode'; there are delay, status, exit, "
            "retry_after",
            id="key",
        ),
        pytest.param(
            one(5), "f.json: /rules/0/fault: 5 is neither a text nor an object", id="number"
        ),
        pytest.param(
            one({"delay": 1, "exit": 1}),
            'f.json: /rules/0/fault: {"delay": 1, "exit": 1} is not exactly one of delay, status '
            "and exit",
            id="two",
        ),
        pytest.param(
            one({"delay": -1}),
            "f.json: /rules/0/fault/delay: -1 is not a number of seconds from 0 to 3600",
            id="delay",
        ),
        pytest.param(
            one({"status": 200}),
            "f.json: /rules/0/fault/status: 200 is not a whole number from 400 to 599",
            id="status",
        ),
        pytest.param(
            one({"exit": 256}),
            "f.json: /rules/0/fault/exit: 256 is not a whole number from 0 to 255",
            id="exit",
        ),
        pytest.param(
            one({"exit": 1, "retry_after": 1}),
            "f.json: /rules/0/fault/retry_after: goes with status",
            id="retry-after",
        ),
        pytest.param(
            {"format": "mcpx.answers", "rules": []},
            'f.json: /format: "mcpx.answers" is not mcpx.faults',
            id="format",
        ),
        pytest.param(
            {"version": 2, "rules": []},
            "f.json: /version: written for a newer mcpx; this one reads version 1",
            id="newer",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(document: Any, message: str) -> None:
    assert not SCHEMA.is_valid(document)
    with pytest.raises(ConfigError) as caught:
        parsed(json.dumps(document), "f.json")
    assert caught.value.message == message
    assert caught.value.hint == "mcpx schema faults prints the JSON Schema of this file"


def test_a_file_that_is_not_json_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "f.json"
    path.write_text('{"rules": [')
    with pytest.raises(ConfigError, match=r"f\.json: not JSON"):
        read(str(path))
