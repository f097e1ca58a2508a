from __future__ import annotations

import pytest

from mcpx.sessions.events import Exited, Note, Stderr
from mcpx.sessions.filtering import Wanted
from mcpx.sessions.round_trips import timeline
from mcpx.wire import Ending, Finish
from tests.sessions.tapes import call, came, done, fin, http, sent, status, tape

EVENTS = tape(
    sent("notifications/initialized"),
    call(1),
    came("ping", 5),
    sent(id=5, error={"code": 1, "message": "no"}),
    done(1),
    call(2, connection=2),
    done(2, {"isError": True}, connection=2),
    sent("tools/list", 3),
    done(3),
    http(1, "GET"),
    status(1, 405),
    fin(1),
    http(2, "GET"),
    status(2),
    fin(2, Finish.CLIENT),
    Stderr(number=0, time=-1.0, connection=1, text="ready"),
    Note(number=0, time=-1.0, text="cut"),
    Exited(number=0, time=-1.0, connection=1, code=1, by=Ending.ITSELF),
    Exited(number=0, time=-1.0, connection=1, code=0, by=Ending.TAP),
)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param(Wanted(connection=2), [6], id="connection"),
        pytest.param(Wanted(method="tools/*"), [2, 6, 8], id="method"),
        pytest.param(Wanted(method="ping"), [2], id="method-inside"),
        pytest.param(Wanted(method="notifications/*"), [1], id="notification"),
        pytest.param(Wanted(errors=True), [2, 6, 10, 17, 18], id="errors"),
        pytest.param(Wanted(method="tools/*", errors=True), [6], id="both"),
    ],
)
def test_only_what_is_wanted_is_shown(wanted: Wanted, expected: list[int]) -> None:
    assert sorted(one.number for one in timeline(EVENTS) if wanted(one)) == expected


def test_without_a_wish_everything_is_shown() -> None:
    assert all(map(Wanted(), timeline(EVENTS)))
