from __future__ import annotations

from pathlib import Path

import pytest

from mcpx.sessions.events import Event
from tests.operations.replaying.rehearsal import kinds, opened, replayed, server, text
from tests.sessions.tapes import call, done, sent

# Tells which messages without an answer it has got so far.
HEARS = """
heard = []
def on(message):
    if "id" in message:
        said(message, " ".join(heard))
    else:
        heard.append(message["method"].removeprefix("notifications/"))
"""


@pytest.mark.parametrize(
    ("events", "heard"),
    [
        pytest.param([sent("notifications/mine", params={"a": 1})], "mine", id="its own"),
        pytest.param([sent("notifications/roots/list_changed")], "roots/list_changed", id="roots"),
        pytest.param([sent("notifications/progress", params={})], "", id="progress has no place"),
        pytest.param(
            [sent("notifications/cancelled", params={"requestId": 99})], "", id="of nothing open"
        ),
    ],
)
def test_what_the_client_told_is_told_again(
    tmp_path: Path, events: list[Event], heard: str
) -> None:
    session = [*opened(), *events, call(1), done(1, text(heard))]
    told, _ = replayed(tmp_path, session, server(HEARS))
    assert kinds(told)[1] == ("tools/call add", "result", "result", [])


def test_a_recording_that_begins_after_the_handshake_gets_one(tmp_path: Path) -> None:
    needs = """
opened = False
def handshake(message):
    global opened
    if message["method"] == "initialize":
        result(message, **OFFER)
    opened = opened or message["method"] == "notifications/initialized"
    return "id" not in message or message["method"] == "initialize"
def on(message):
    said(message, "open" if opened else "closed")
"""
    told, summary = replayed(tmp_path, [call(1), done(1, text("open"))], server(needs))
    assert kinds(told) == [("tools/call add", "result", "result", [])]
    assert summary.interactions == 2
