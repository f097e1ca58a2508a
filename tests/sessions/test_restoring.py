from __future__ import annotations

import json

from mcpx.sessions.events import Masked, Message
from mcpx.sessions.redaction import Redaction
from mcpx.sessions.restoring import put_back
from mcpx.wire import Direction

TOKEN = "ghp_0123456789abcdefghij"  # of nobody
SECRET = 'p"ss\\wörd-4711'
ENVIRONMENT = {"GITHUB_TOKEN": TOKEN, "DB_PASSWORD": SECRET}


def test_variables_are_put_back() -> None:
    redaction = Redaction.of(ENVIRONMENT)
    before = json.dumps(
        {"params": {"arguments": {TOKEN: f"{SECRET} {TOKEN}", "token": "x1"}}}, ensure_ascii=False
    )
    found = redaction.message(before)
    event = Message(
        number=1, time=0, direction=Direction.TO_SERVER, text=found.text, masked=found.masked
    )
    environment = {f"env:{name}": value for name, value in ENVIRONMENT.items()}
    restored = put_back(event, environment.get)
    assert restored.text == before.replace("x1", "‹rule:name#1›")
    assert restored.missing == ("rule:name#1",)
    assert put_back(event, {}.get).missing == ("env:GITHUB_TOKEN", "env:DB_PASSWORD", "rule:name#1")


def test_only_what_was_masked_is_put_back() -> None:
    event = Message(number=1, time=0, direction=Direction.TO_SERVER, text='["‹env:A›"]')
    assert put_back(event, {"env:A": "x"}.get).text == '["‹env:A›"]'


def test_a_marker_with_escapes_is_a_marker() -> None:
    text = r'["\u2039env:A\u203a\n"]'
    masked = (Masked("/0", "env:A"),)
    event = Message(number=1, time=0, direction=Direction.TO_SERVER, text=text, masked=masked)
    assert json.loads(put_back(event, {"env:A": 'x"'}.get).text) == ['x"\n']
