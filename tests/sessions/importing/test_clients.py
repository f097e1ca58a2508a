from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from mcpx.sessions.importing import clients as module
from mcpx.sessions.importing.clients import Clients
from mcpx.sessions.importing.drafts import Draft, message_of
from mcpx.wire import Direction
from tests.sessions.importing.samples import INITIALIZE, INITIALIZED, LIST, LISTED, READY


def made(way: str, message: dict[str, Any], **more: Any) -> Draft:
    event, shapes = message_of(Direction(way), json.dumps(message))
    return Draft(0.0, event, shapes=shapes, **more)


def placed(talk: Sequence[Draft]) -> tuple[list[int], list[str]]:
    clients = Clients({})
    return [clients.place(one) for one in talk], list(clients.notes())


def asks(id: Any, method: str = "tools/list", **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id, "method": method, "params": params}


def answers(id: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id, "result": {}}


def test_one_client_is_one_connection() -> None:
    talk = [("c2s", INITIALIZE), ("s2c", READY), ("c2s", INITIALIZED), ("c2s", LIST)]
    assert placed([made(way, message) for way, message in talk]) == ([1, 1, 1, 1], [])


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        pytest.param(asks(9, "initialize"), "another handshake", id="handshake"),
        pytest.param(asks(1), "an id that comes again", id="id"),
    ],
)
def test_a_second_client_begins_another_connection(second: dict[str, Any], reason: str) -> None:
    talk = [("c2s", INITIALIZE), ("s2c", READY), ("c2s", second), ("s2c", answers(second["id"]))]
    assert placed([made(way, message) for way, message in talk]) == (
        [1, 1, 2, 2],
        [f"connections that are told by {reason}: 2"],
    )


def test_a_text_and_a_number_are_two_ids() -> None:
    assert placed([made("c2s", asks(1)), made("c2s", asks("1"))])[0] == [1, 1]


def test_a_probe_before_the_handshake_is_of_the_same_client() -> None:
    talk = [asks(1, "server/discover"), asks(2, "initialize"), asks(3)]
    assert placed([made("c2s", one) for one in talk])[0] == [1, 1, 1]


def test_clients_that_talk_at_once_are_told_by_their_ids() -> None:
    talk = [
        made("c2s", asks(1)),
        made("c2s", asks(1)),
        made("s2c", answers(1)),
        made("c2s", asks(2)),
        made("c2s", asks(2)),
        made("s2c", answers(2)),
        made("s2c", answers(1)),
    ]
    numbers, notes = placed(talk)
    assert numbers == [1, 2, 1, 1, 2, 1, 2]
    assert notes[-1].startswith("clients talked at the same time")


def test_answers_progress_and_cancellations_belong_to_their_request() -> None:
    progress = {"method": "notifications/progress", "params": {"progressToken": "a"}}
    cancelled = {"method": "notifications/cancelled", "params": {"requestId": 5}}
    talk = [
        made("c2s", asks(5, "tools/call", _meta={"progressToken": "a"})),
        made("c2s", asks(6, "initialize")),
        made("c2s", asks(5, "tools/list")),
        made("c2s", asks(9, "initialize")),
        made("s2c", progress),
        made("c2s", cancelled),
        made("c2s", asks(10)),
    ]
    assert placed(talk)[0] == [1, 1, 2, 2, 1, 1, 1]


def test_the_answer_of_a_client_goes_where_it_was_asked() -> None:
    talk = [
        made("c2s", asks(1, "initialize")),
        made("s2c", asks(7, "roots/list")),
        made("c2s", asks(1, "initialize")),
        made("c2s", answers(7)),
    ]
    assert placed(talk)[0] == [1, 1, 2, 1]


def test_sessions_tell_clients_apart() -> None:
    talk = [
        made("c2s", asks(1, "server/discover"), exchange=1),
        made("c2s", INITIALIZE | {"id": 2}, exchange=2, session="s"),
        made("c2s", INITIALIZE | {"id": 3}, exchange=3, session="t"),
        made("c2s", asks(4), exchange=4, session="s"),
        made("c2s", asks(4), exchange=5, session="t"),
    ]
    assert placed(talk) == ([1, 1, 2, 1, 2], [])


def test_scopes_tell_servers_apart() -> None:
    talk = [
        made("c2s", LIST, scope="a"),
        made("c2s", LIST, scope="b"),
        made("s2c", LISTED, scope="a"),
    ]
    assert placed(talk) == ([1, 2, 1], [])


def test_connections_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST", 3)
    numbers, notes = placed([made("c2s", asks(1)) for _ in range(20)])
    assert max(numbers) == 3
    assert notes == ["connections that are told by an id that comes again: 2, 3"]
