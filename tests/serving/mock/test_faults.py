from __future__ import annotations

from typing import Any

import pytest

from mcpx.serving.mock.faults import Fault, Faults, Kind, Rule

DROP, CLOSE = Fault(Kind.DROP), Fault(Kind.CLOSE)


def asked(method: str, name: Any = None) -> dict[str, Any]:
    return {"id": 1, "method": method, "params": {} if name is None else {"name": name}}


@pytest.mark.parametrize(
    ("rule", "message", "matches"),
    [
        pytest.param(Rule(DROP), asked("ping"), True, id="any"),
        pytest.param(Rule(DROP, "tools/*"), asked("tools/list"), True, id="pattern"),
        pytest.param(Rule(DROP, "tools/*"), asked("prompts/list"), False, id="other-method"),
        pytest.param(Rule(DROP, tool="add"), asked("tools/call", "add"), True, id="tool"),
        pytest.param(Rule(DROP, tool="add"), asked("tools/call", "Add"), False, id="other-case"),
        pytest.param(Rule(DROP, tool="add"), asked("prompts/get", "add"), False, id="a-prompt"),
        pytest.param(Rule(DROP, tool="*"), asked("tools/call", 5), False, id="no-name"),
        pytest.param(Rule(DROP, tool="*"), asked("tools/list"), False, id="no-call"),
        pytest.param(Rule(DROP), {"id": 1, "method": 5}, False, id="no-method"),
    ],
)
def test_which_requests_a_rule_is_about(rule: Rule, message: Any, matches: bool) -> None:
    assert Faults([rule]).met(message) == (DROP if matches else None)


def test_a_rule_may_be_of_one_request_alone() -> None:
    faults = Faults([Rule(DROP, tool="add", nth=2)])
    met = [faults.met(asked("tools/call", name)) for name in ("add", "sub", "add", "add")]
    assert met == [None, None, DROP, None]


def test_the_first_rule_counts_and_all_of_them_count() -> None:
    faults = Faults([Rule(DROP, nth=1), Rule(CLOSE, nth=2), Rule(DROP, nth=2)])
    assert [faults.met(asked("ping")) for _ in range(3)] == [DROP, CLOSE, None]


def test_the_rules_that_no_request_met_are_known() -> None:
    faults = Faults([Rule(DROP, "ping"), Rule(CLOSE, "ping"), Rule(DROP, "ping", nth=2)])
    assert faults.unmet == [0, 1, 2]
    faults.met(asked("ping"))
    assert faults.unmet == [1, 2]


def test_a_status_needs_http() -> None:
    assert Faults([Rule(Fault(Kind.STATUS, 503))]).needs_http
    assert not Faults([Rule(DROP)]).needs_http
