from __future__ import annotations

import pytest

from mcpx.operations.replaying.watching import Watching
from mcpx.wire import Direction, Ending

REQUEST = b'{"jsonrpc":"2.0","id":7,"method":"ping"}'


class Connection:
    def __init__(self) -> None:
        self.exit: int | None = None
        self.told: list[object] = []

    def listens(self) -> None:
        self.told.append("listens")

    def saw(self, number: int, status: int, kind: str) -> None:
        self.told.append((number, status, kind))


@pytest.mark.parametrize(
    ("headers", "kind"),
    [([("Content-Type", "Text/Event-Stream; charset=x")], "text/event-stream"), ([], "")],
)
def test_the_status_is_told_with_the_request_that_it_answers(
    headers: list[tuple[str, str]], kind: str
) -> None:
    connection = Connection()
    watching = Watching(connection)
    watching.requested(3, "POST", "/mcp", [])
    watching.message(Direction.TO_SERVER, REQUEST, 3)
    watching.message(Direction.TO_CLIENT, REQUEST.replace(b"7", b"8"), 4)
    watching.message(Direction.TO_SERVER, b'{"jsonrpc":"2.0","method":"x"}', 5)
    for exchange in (5, 4, 3, 3):
        watching.answered(exchange, 200, headers)
    assert connection.told == [(7, 200, kind)]


def test_a_stream_of_its_own_is_there_once_it_is_answered() -> None:
    connection = Connection()
    watching = Watching(connection)
    watching.requested(1, "GET", "/mcp", [])
    assert connection.told == []
    watching.answered(1, 405, [])
    assert connection.told == ["listens"]


@pytest.mark.parametrize(
    ("why", "code"), [(Ending.ITSELF, 3), (Ending.END_OF_INPUT, 3), (Ending.TAP, None)]
)
def test_only_a_process_that_nobody_killed_has_ended_so(why: Ending, code: int | None) -> None:
    connection = Connection()
    Watching(connection).exited(3, why)
    assert connection.exit == code
