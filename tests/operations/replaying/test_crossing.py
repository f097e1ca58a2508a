from __future__ import annotations

from typing import Any

import pytest

from mcpx.json_rpc import LISTEN
from mcpx.operations.replaying.crossing import (
    AsRecorded,
    ToLegacy,
    ToModern,
    crossing_of,
    handshake,
)
from mcpx.operations.replaying.recorded_session import RecordedConnection
from mcpx.servers import Era

PREFIX = "io.modelcontextprotocol/"
CLIENT = {"clientInfo": {"name": "ann"}, "capabilities": {"roots": {}, "extensions": {"x": {}}}}
META = {
    f"{PREFIX}protocolVersion": "2026-07-28",
    f"{PREFIX}clientInfo": {"name": "ann"},
    f"{PREFIX}clientCapabilities": CLIENT["capabilities"],
}
OPENS = ("initialize", handshake(CLIENT))


def recorded(**more: Any) -> RecordedConnection:
    return RecordedConnection(1, client=dict(CLIENT), **more)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param({"initialized": True}, [], id="its own handshake"),
        pytest.param({"asked": Era.MODERN}, [], id="none in this era"),
        pytest.param({}, [OPENS], id="recorded after the handshake"),
    ],
)
def test_the_same_era_stays_as_it_was(more: dict[str, Any], expected: list[Any]) -> None:
    crossing = AsRecorded(recorded(**more))
    sent = crossing.request("tools/call", {"name": "add"})
    assert (sent.method, sent.params, sent.before) == ("tools/call", {"name": "add"}, ())
    assert list(crossing.opening()) == expected
    assert crossing.notification("notifications/initialized")


@pytest.mark.parametrize(
    ("method", "params", "expected"),
    [
        ("initialize", {"protocolVersion": "x"}, ("server/discover", {"_meta": META})),
        (
            "tools/call",
            {"name": "add", "task": {}, "_meta": {"progressToken": 1}},
            ("tools/call", {"name": "add", "_meta": {"progressToken": 1, **META}}),
        ),
        ("own/method", {}, ("own/method", {"_meta": META})),
        ("ping", {}, ("", {})),
        ("tasks/list", {}, ("", {})),
        ("resources/unsubscribe", {"uri": "a:b"}, ("", {})),
    ],
)
def test_a_legacy_request_in_the_modern_era(method: str, params: Any, expected: Any) -> None:
    sent = ToModern(recorded()).request(method, params)
    assert (sent.method, sent.params) == expected
    assert bool(sent.why_not) is not bool(sent.method)


def test_the_level_of_the_log_goes_with_each_modern_request() -> None:
    crossing = ToModern(recorded())
    assert crossing.request("logging/setLevel", {"level": "error"}).method == ""
    meta = crossing.request("tools/list", {}).params["_meta"]
    assert meta == {**META, f"{PREFIX}logLevel": "error"}


def test_what_came_unasked_takes_a_subscription_in_the_modern_era() -> None:
    changes = dict.fromkeys(["notifications/tools/list_changed", "notifications/odd/list_changed"])
    crossing = ToModern(recorded(changes=changes, initialized=True))
    wanted = {"notifications": {"toolsListChanged": True}, "_meta": META}
    assert list(crossing.opening()) == [(LISTEN, wanted)]
    ((method, params),) = crossing.request("resources/subscribe", {"uri": "a:b"}).before
    assert (method, params["notifications"]) == (LISTEN, {"resourceSubscriptions": ["a:b"]})
    assert list(ToModern(recorded(initialized=True)).opening()) == []
    assert list(ToModern(recorded()).opening()) == [("server/discover", {"_meta": META})]


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("notifications/initialized", False),
        ("notifications/roots/list_changed", False),
        ("notifications/own", True),
    ],
)
def test_which_notifications_the_modern_era_has(method: str, expected: bool) -> None:
    assert ToModern(recorded()).notification(method) is expected


def test_a_modern_session_in_the_legacy_era() -> None:
    crossing = ToLegacy(recorded())
    assert list(crossing.opening()) == []
    logged = {**META, f"{PREFIX}logLevel": "info", "progressToken": 5}
    first = crossing.request("tools/call", {"name": "add", "_meta": logged})
    level = ("logging/setLevel", {"level": "info"})
    assert list(first.before) == [OPENS, level]
    assert first.params == {"name": "add", "_meta": {"progressToken": 5}}
    second = crossing.request("tools/call", {"name": "add", "_meta": logged})
    assert list(second.before) == []
    assert crossing.request("tools/list", {"_meta": META}).params == {}
    assert crossing.request("server/discover", {}).why_not
    assert crossing.notification("notifications/own")


def test_discovery_is_the_handshake_and_opens_once() -> None:
    crossing = ToLegacy(recorded())
    sent = crossing.request("server/discover", {"_meta": META})
    assert (sent.method, sent.params) == OPENS
    assert list(crossing.request("tools/list", {}).before) == []


def test_a_subscription_is_one_for_each_resource_in_the_legacy_era() -> None:
    crossing = ToLegacy(recorded())
    wanted = {"toolsListChanged": True, "resourceSubscriptions": ["a:b", 7, "c:d"]}
    sent = crossing.request(LISTEN, {"notifications": wanted})
    assert (sent.method, sent.why_not) == ("", "")
    assert list(sent.before)[1:] == [
        ("resources/subscribe", {"uri": "a:b"}),
        ("resources/subscribe", {"uri": "c:d"}),
    ]


def test_a_handshake_of_a_client_that_said_nothing_of_itself() -> None:
    params = handshake({})
    assert (params["protocolVersion"], params["capabilities"]) == ("2025-11-25", {})
    assert params["clientInfo"]["name"] == "mcpx"
    assert handshake(CLIENT)["capabilities"] == {"roots": {}}


@pytest.mark.parametrize(
    ("era", "modern", "kind"),
    [
        (Era.LEGACY, True, ToModern),
        (Era.MODERN, False, ToLegacy),
        (Era.LEGACY, False, AsRecorded),
        (Era.MODERN, True, AsRecorded),
        (None, False, AsRecorded),
    ],
)
def test_eras_are_crossed_where_they_differ(era: Era | None, modern: bool, kind: type) -> None:
    assert type(crossing_of(recorded(asked=era), modern)) is kind
