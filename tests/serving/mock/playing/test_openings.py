from __future__ import annotations

import json
from typing import Any

import pytest

from mcpx.serving.mock.playing.options import Options
from mcpx.serving.mock.playing.players import Players
from mcpx.sessions.events import Event
from tests.serving.mock.clients import Client, played
from tests.serving.mock.recordings import (
    CAPABILITIES,
    DISCOVERED,
    OPENED,
    PREFIX,
    SERVER,
    handshake,
    initialize,
    legacy,
    modern,
    stamped,
    stamped_call,
    text,
    value,
)
from tests.sessions.tapes import call, came, done, sent, tape

LEGACY = legacy(call(1), done(1, text("here")))
MODERN = modern(stamped_call(1), done(1, text("here")))
PROBED = modern(stamped("server/discover", 0), done(0, DISCOVERED), stamped_call(1), done(1))
SILENT = tape(stamped("server/discover", 0), *handshake())
REFUSED = tape(
    stamped("server/discover", 0), came(id=0, error={"code": 5, "message": "what?"}), *handshake()
)
UNKNOWN = tape(call(1), done(1, text("here")))
DISCOVER = value(stamped("server/discover", "x"))
CALL = value(call("x"))
MODERN_CALL = value(stamped_call("x"))


def got(events: list[Event], message: Any, both: bool = False) -> Any:
    async def talk(client: Client, players: Players) -> None:
        await client.send(message)
        assert players.misses == []

    return played(events, talk, Options(both=both)).got[-1]


@pytest.mark.parametrize(
    ("events", "message", "code"),
    [
        pytest.param(LEGACY, DISCOVER, -32601, id="probe-of-a-legacy-server"),
        pytest.param(SILENT, DISCOVER, -32601, id="probe-that-was-left-unanswered"),
        pytest.param(REFUSED, DISCOVER, 5, id="probe-as-it-was-refused"),
        pytest.param(LEGACY, MODERN_CALL, -32600, id="modern-call-of-a-legacy-server"),
        pytest.param(MODERN, value(initialize()), -32022, id="handshake-with-a-modern-server"),
        pytest.param(MODERN, CALL, -32602, id="legacy-call-of-a-modern-server"),
    ],
)
def test_a_client_of_the_other_era_is_refused_as_by_a_server(
    events: list[Event], message: Any, code: int
) -> None:
    assert got(events, message)["error"]["code"] == code


@pytest.mark.parametrize(
    ("message", "requested"),
    [
        pytest.param(value(initialize("2024-11-05")), "2024-11-05", id="handshake"),
        pytest.param(
            value(stamped_call("x", _meta={f"{PREFIX}protocolVersion": "2030-01-01"})),
            "2030-01-01",
            id="call",
        ),
        pytest.param(
            value(stamped("server/discover", "x", _meta={f"{PREFIX}protocolVersion": "1"})),
            "1",
            id="probe",
        ),
    ],
)
def test_a_version_that_is_not_spoken_is_refused_with_those_that_are(
    message: Any, requested: str
) -> None:
    error = got(MODERN, message)["error"]
    assert error["code"] == -32022
    assert error["data"] == {"supported": ["2026-07-28"], "requested": requested}


@pytest.mark.parametrize(
    ("asked", "agreed"),
    [
        pytest.param("2025-06-18", "2025-06-18", id="a-recorded-one"),
        pytest.param("2024-11-05", "2025-11-25", id="the-first-for-any-other"),
    ],
)
def test_a_handshake_is_answered_in_a_version_that_was_recorded(asked: str, agreed: str) -> None:
    second = handshake(2, {**OPENED, "protocolVersion": "2025-06-18"})
    events = tape(*handshake(), *second)
    assert got(events, value(initialize(asked)))["result"]["protocolVersion"] == agreed


def test_who_was_probed_answers_as_recorded() -> None:
    assert got(PROBED, DISCOVER) == {"jsonrpc": "2.0", "id": "x", "result": DISCOVERED}


def test_who_was_not_probed_answers_from_what_is_known() -> None:
    assert got(MODERN, DISCOVER)["result"] == {
        "supportedVersions": ["2026-07-28"],
        "capabilities": {"tools": {}},
        "resultType": "complete",
        "ttlMs": 0,
        "cacheScope": "private",
        "_meta": {f"{PREFIX}serverInfo": SERVER},
    }


def test_a_recording_without_any_opening_is_played_to_whoever_asks() -> None:
    assert got(UNKNOWN, CALL)["result"] == text("here")
    assert got(UNKNOWN, value(initialize()))["result"]["protocolVersion"] == "2025-11-25"


# --- both eras -----------------------------------------------------------------------------------


def test_a_legacy_server_is_probed_and_called_as_a_modern_one() -> None:
    events = tape(*handshake(result={**OPENED, "capabilities": {**CAPABILITIES, "tasks": {}}}))
    result = got(events, DISCOVER, both=True)["result"]
    assert result["capabilities"] == CAPABILITIES
    assert result["instructions"] == "Ask."
    assert result["_meta"] == {f"{PREFIX}serverInfo": SERVER}
    assert result["supportedVersions"] == ["2026-07-28"]
    answer = got(LEGACY, MODERN_CALL, both=True)["result"]
    assert answer == {
        **text("here"),
        "resultType": "complete",
        "_meta": {f"{PREFIX}serverInfo": SERVER},
    }


def test_a_modern_server_shakes_hands() -> None:
    assert got(PROBED, value(initialize("2025-06-18")), both=True)["result"] == {
        "protocolVersion": "2025-06-18",
        "capabilities": CAPABILITIES,
        "serverInfo": SERVER,
        "instructions": "Ask.",
    }
    assert got(MODERN, CALL, both=True)["result"] == text("here")


def test_what_was_listened_for_shows_what_a_server_can_do() -> None:
    wanted = {"toolsListChanged": True, "resourceSubscriptions": ["a"]}
    events = modern(stamped("subscriptions/listen", 1, notifications=wanted))
    capabilities = got(events, DISCOVER)["result"]["capabilities"]
    assert capabilities == {"tools": {"listChanged": True}, "resources": {"subscribe": True}}


def test_a_server_that_spoke_both_eras_does_so_again() -> None:
    events = tape(*LEGACY[:-1], *modern(stamped_call(7), done(7, text("modern")))[:-1])
    assert got(events, CALL)["result"] == text("here")
    assert got(events, MODERN_CALL)["result"] == text("modern")


def test_what_is_made_up_is_in_one_line() -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.send(DISCOVER)
        await client.send(value(sent("subscriptions/listen", 5)))

    for out in played(MODERN, talk).outs:
        assert "\n" not in out.text
        assert json.loads(out.text)["jsonrpc"] == "2.0"


def test_a_modern_request_says_what_its_client_can_do() -> None:
    lacking = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
    stamps = {f"{PREFIX}protocolVersion": "2026-07-28"}
    found = got(MODERN, {**lacking, "params": {"name": "add", "_meta": stamps}})
    assert found["error"]["code"] == -32602
    assert f"{PREFIX}clientCapabilities" in found["error"]["message"]
