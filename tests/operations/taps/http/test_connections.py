"""Whose a request is."""

from __future__ import annotations

import pytest

from mcpx.operations.taps.http import connections
from mcpx.operations.taps.http.connections import Asked, Connections, RecordedConnection


class Clients:
    """TCP connections by name; ``asks`` gives the number of the connection."""

    def __init__(self) -> None:
        self.count = 0
        self.known = Connections(self._opened)
        self.lines: dict[str, RecordedConnection | None] = {}

    def _opened(self, at: float) -> int:
        self.count += 1
        return self.count

    def asks(self, line: str, **asked: object) -> int:
        found = self.known.of(Asked(**asked), self.lines.get(line))  # type: ignore[arg-type]
        if not found.in_session:
            self.lines[line] = found
        return found.number


@pytest.fixture
def clients() -> Clients:
    return Clients()


def test_a_session_is_one_connection_on_any_connection(clients: Clients) -> None:
    assert clients.asks("a", rpc="initialize", id="1") == 1
    connection = clients.lines["a"]
    assert connection is not None
    clients.known.began_session(connection, "s1")
    assert clients.asks("b", session="s1", rpc="tools/list", id="2") == 1
    assert clients.asks("b", session="s1", id="2") == 1
    # A client without one is another.
    assert clients.asks("a", rpc="initialize", id="1") == 2


def test_an_unknown_session_begins_a_connection(clients: Clients) -> None:
    numbers = [clients.asks("a", session=name) for name in ("s1", "s2", "s1")]
    assert numbers == [1, 2, 1]


def test_an_endpoint_is_as_good_as_a_session(clients: Clients) -> None:
    stream = clients.known.of(Asked(path="/sse", listens=True), None)
    clients.known.began_session(stream, "/messages?session=1")
    assert clients.asks("b", path="/messages?session=1", id="1") == stream.number
    assert clients.asks("c", path="/messages?session=2", id="1") != stream.number


def test_a_client_goes_on_with_another_connection(clients: Clients) -> None:
    asked = [("a", "server/discover"), ("b", "tools/list"), ("c", "tools/call"), ("a", "ping")]
    found = [clients.asks(line, rpc=rpc, id=str(n)) for n, (line, rpc) in enumerate(asked)]
    assert found == [1, 1, 1, 1]


@pytest.mark.parametrize(
    "second",
    [
        pytest.param({"rpc": "server/discover", "id": "9"}, id="it begins one"),
        pytest.param({"rpc": "initialize", "id": "9"}, id="it shakes hands"),
        pytest.param({"rpc": "tools/list", "id": "1"}, id="its id was used"),
        pytest.param({"rpc": "tools/list", "id": "9", "client": "other"}, id="another name"),
        pytest.param({"listens": True}, id="a stream without a session"),
    ],
)
def test_a_second_client_is_told_apart(clients: Clients, second: dict[str, object]) -> None:
    assert clients.asks("a", rpc="server/discover", id="1") == 1
    assert clients.asks("b", **second) == 2
    assert clients.asks("a", rpc="tools/list", id="2") == 1


def test_no_id_stands_twice_in_a_connection_of_one_connection(clients: Clients) -> None:
    assert [clients.asks("a", rpc="tools/list", id="1") for _ in range(3)] == [1, 2, 3]


def test_notifications_have_no_id_to_be_told_apart_by(clients: Clients) -> None:
    assert [clients.asks("a", rpc="x", id="") for _ in range(3)] == [1, 1, 1]


def test_exchanges_are_counted_by_connection(clients: Clients) -> None:
    first = clients.known.of(Asked(), None)
    assert [first.next_exchange(), first.next_exchange()] == [1, 2]


def test_what_is_remembered_has_a_bound(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_MOST", 2)
    found = [clients.asks("a", session=name) for name in ("1", "2", "3", "2", "1")]
    assert found == [1, 2, 3, 2, 4]
