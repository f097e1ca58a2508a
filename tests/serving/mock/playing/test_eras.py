from __future__ import annotations

from typing import Any

import pytest

from mcpx.json_rpc import SUBSCRIPTION
from mcpx.serving.mock.playing.eras import (
    SERVER_INFO,
    is_listened,
    legacy_answer,
    legacy_notification,
    modern_answer,
    modern_notification,
)
from mcpx.serving.mock.playing.options import Options
from mcpx.serving.mock.playing.players import Players
from tests.serving.mock.clients import Client, played, shape
from tests.serving.mock.recordings import PREFIX, legacy, modern, stamped_call, value
from tests.sessions.tapes import call, came, done

TOOLS, UPDATED = "notifications/tools/list_changed", "notifications/resources/updated"
WHO = '{"name":"n"}'
CACHE = '"ttlMs":0,"cacheScope":"private"'
META = f'"_meta":{{"{SERVER_INFO}":{WHO}}}'


@pytest.mark.parametrize(
    ("method", "text", "expected"),
    [
        pytest.param(
            "tools/call",
            '{"id":1,"result":{"n":5.0}}',
            f'{{"id":1,"result":{{"n":5.0,"resultType":"complete",{META}}}}}',
            id="a-result",
        ),
        pytest.param(
            "tools/list",
            '{"result":{"tools":[]}}',
            f'{{"result":{{"tools":[],"resultType":"complete",{CACHE},{META}}}}}',
            id="what-may-be-kept",
        ),
        pytest.param(
            "resources/read",
            '{"error":{"code":-32002,"message":"no"}}',
            '{"error":{"code":-32602,"message":"no"}}',
            id="not-found",
        ),
        pytest.param(
            "tools/call",
            '{"error":{"code":-32002,"message":"no"}}',
            '{"error":{"code":-32002,"message":"no"}}',
            id="another-error",
        ),
    ],
)
def test_a_legacy_answer_as_a_modern_one(method: str, text: str, expected: str) -> None:
    assert modern_answer(text, method, WHO) == expected


@pytest.mark.parametrize(
    ("method", "text", "expected"),
    [
        pytest.param(
            "tools/list",
            f'{{"result":{{"resultType":"complete","n":5.0,{CACHE},{META}}}}}',
            '{"result":{"n":5.0}}',
            id="a-result",
        ),
        pytest.param(
            "tools/call",
            f'{{"result":{{"_meta":{{"own":1,"{SERVER_INFO}":{WHO}}}}}}}',
            '{"result":{"_meta":{"own":1}}}',
            id="with-what-is-its-own",
        ),
        pytest.param(
            "resources/read", '{"error":{"code":-32602}}', '{"error":{"code":-32002}}', id="error"
        ),
    ],
)
def test_a_modern_answer_as_a_legacy_one(method: str, text: str, expected: str) -> None:
    assert legacy_answer(text, method) == expected


def test_a_notification_of_a_subscription_and_one_without() -> None:
    with_it = f'{{"params":{{"uri":"a","_meta":{{"{SUBSCRIPTION}":7}}}}}}'
    assert modern_notification('{"params":{"uri":"a"}}', "7") == with_it
    assert legacy_notification(with_it) == '{"params":{"uri":"a"}}'


@pytest.mark.parametrize(
    ("method", "uri", "wanted", "expected"),
    [
        pytest.param(
            "notifications/tools/list_changed", None, {"toolsListChanged": True}, True, id="asked"
        ),
        pytest.param(TOOLS, None, {}, False, id="not-asked"),
        pytest.param(
            "notifications/resources/updated", "a", {"resourceSubscriptions": ["a"]}, True, id="uri"
        ),
        pytest.param(
            "notifications/resources/updated",
            "b",
            {"resourceSubscriptions": ["a"]},
            False,
            id="another",
        ),
        pytest.param("notifications/tasks", None, {}, True, id="no-kind-of-it"),
    ],
)
def test_what_a_filter_asks_for(method: str, uri: Any, wanted: Any, expected: bool) -> None:
    assert is_listened(method, uri, wanted) is expected


# --- through a player ----------------------------------------------------------------------------

LOG = "notifications/message"
SAYING = (
    came(LOG, params={"level": "info", "data": "half way"}),
    came("notifications/tools/list_changed"),
)


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        pytest.param({}, ["answer a"], id="no-level"),
        pytest.param({f"{PREFIX}logLevel": "info"}, [LOG, "answer a"], id="level"),
    ],
)
def test_a_modern_client_hears_logs_where_it_asks_for_them(meta: Any, expected: list[str]) -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.send(value(stamped_call("a", _meta=meta)))

    events = legacy(call(1), *SAYING, done(1))
    assert shape(played(events, talk, Options(both=True)).got) == expected


def test_a_native_client_hears_all_in_its_place() -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.send(value(call("a")))

    got = played(legacy(call(1), *SAYING, done(1)), talk).got
    assert shape(got) == [LOG, "notifications/tools/list_changed", "answer a"]


def test_an_error_over_http_has_the_status_of_its_era() -> None:
    error = came(id=1, error={"code": -32601, "message": "no"})

    async def talk(client: Client, players: Players) -> None:
        client.outs += [out async for out in client.player.hear(value(stamped_call("a")))]

    options = Options(both=True, one_stream=False)
    for events in (legacy(call(1), error), modern(stamped_call(1), error)):
        assert [one.status for one in played(events, talk, options, listens=False).outs] == [404]
