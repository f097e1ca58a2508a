from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mcpx.operations.replaying.recorded_session import pieces, recorded_session
from mcpx.servers import Era
from mcpx.sessions.events import EraKnown, Event, Streamed
from mcpx.wire import StreamEvent
from tests.operations.replaying.rehearsal import INITIALIZE, META, modern, opened, text, written
from tests.sessions.tapes import call, came, done, http, sent

UUID = "0b6f3c1e-5d1c-4a43-8c9f-3d8a4b1e2f70"
CART = "cart_dc0c4bab"
TOKEN = "x9-Kq2_Lm7-Rt4_Vb8"
LEGACY = EraKnown(
    number=0, time=-1.0, connection=1, era=Era.LEGACY, version="2025-11-25", how="initialize"
)
SHOWN_MODERN = replace(LEGACY, era=Era.MODERN)


@pytest.mark.parametrize(
    ("events", "handles"),
    [
        pytest.param(
            [call(1), done(1, text(f"made {UUID}.")), call(2, arguments={"id": UUID})],
            {UUID},
            id="within a text",
        ),
        pytest.param(
            [call(1), done(1, {"cart": CART}), call(2, arguments={"cart": CART})],
            {"dc0c4bab"},
            id="behind a word",
        ),
        pytest.param(
            [call(1), done(1, {"t": TOKEN}), call(2, arguments={"at": [{"t": TOKEN}]})],
            {TOKEN},
            id="with signs in it",
        ),
        pytest.param(
            [call(1, arguments={"id": UUID}), done(1, text(UUID)), call(2, arguments={"id": UUID})],
            set(),
            id="of the client",
        ),
        pytest.param(
            [call(1), done(1, text("hello")), call(2, arguments={"id": UUID})],
            set(),
            id="of nobody",
        ),
        pytest.param(
            [call(1), done(1, text("attic 12")), call(2, arguments={"project": "attic 12"})],
            set(),
            id="words and numbers",
        ),
        pytest.param(
            [
                sent("tools/list", 1),
                done(1, {"nextCursor": UUID}),
                sent("tools/list", 2, params={"cursor": UUID}),
            ],
            set(),
            id="a cursor, which is bound anyway",
        ),
    ],
)
def test_handles_are_what_requests_take_from_earlier_results(
    tmp_path: Path, events: list[Event], handles: set[str]
) -> None:
    assert recorded_session(written(tmp_path, *events)).handles == handles


def test_no_handles_are_looked_for_where_nobody_wants_them(tmp_path: Path) -> None:
    events = [call(1), done(1, text(UUID)), call(2, arguments={"id": UUID})]
    assert recorded_session(written(tmp_path, *events), binds=False).handles == frozenset()


@pytest.mark.parametrize(
    ("events", "era", "replayed"),
    [
        pytest.param([*opened(), LEGACY, call(1)], Era.LEGACY, True, id="legacy"),
        pytest.param([modern("tools/list", 1, {})], Era.MODERN, True, id="modern"),
        pytest.param(
            [sent("server/discover", 1, params={"_meta": META}), *opened(), LEGACY],
            Era.LEGACY,
            True,
            id="a probe, then the handshake",
        ),
        pytest.param(
            [
                sent("initialize", 2, params=INITIALIZE),
                SHOWN_MODERN,
                modern("tools/list", 1, {}),
            ],
            Era.MODERN,
            True,
            id="a handshake beside the probe that won",
        ),
        pytest.param([sent("tools/list", 1)], None, True, id="nothing tells"),
        pytest.param(
            [sent("server/discover", 1), came(id=1, error={"code": -32601, "message": "no"})],
            None,
            False,
            id="a probe alone",
        ),
        pytest.param(
            [sent("initialize", 1, params=INITIALIZE)], Era.LEGACY, False, id="refused handshake"
        ),
    ],
)
def test_a_connection_by_what_came_over_it(
    tmp_path: Path, events: list[Event], era: Era | None, replayed: bool
) -> None:
    one = recorded_session(written(tmp_path, *events)).connections[1]
    assert (one.era, one.is_replayed) == (era, replayed)


def test_what_else_is_known_of_a_connection(tmp_path: Path) -> None:
    endpoint = Streamed(
        number=0, time=-1.0, connection=1, exchange=1, stream=StreamEvent(event="endpoint")
    )
    events = [
        http(1, "GET"),
        endpoint,
        sent("initialize", 0, params=INITIALIZE),
        came("notifications/tools/list_changed"),
        call(1, "add"),
        call(2, "add"),
        call(3, "sub"),
    ]
    recorded = recorded_session(written(tmp_path, *events, complete=False))
    one = recorded.connections[1]
    assert (one.listens, one.is_sse, list(one.changes)) == (
        True,
        True,
        ["notifications/tools/list_changed"],
    )
    assert one.client == INITIALIZE
    assert (recorded.tools, recorded.complete) == (("add", "sub"), False)


def test_tools_that_only_read_and_all_that_may_write_are_known(tmp_path: Path) -> None:
    hints = {"see": {"readOnlyHint": True}, "do": {"readOnlyHint": False}, "say": 7}
    tools = [{"name": name, "annotations": hint} for name, hint in hints.items()]
    events = [
        sent("tools/list", 1),
        done(1, {"tools": [*tools, {"name": 5, "annotations": hints["see"]}]}),
        call(2, "do"),
        sent("notifications/wipe"),
        sent("admin/wipe", 3),
    ]
    recorded = recorded_session(written(tmp_path, *events))
    assert recorded.only_read == {"see"}
    assert recorded.tools == ("do", "notifications/wipe", "admin/wipe")


def test_pieces_of_what_is_no_batch_a_batch_and_no_message() -> None:
    one, batch = call(1), sent(batch=[{"id": 1}, {"id": 2}])
    assert [piece.place for piece, _ in pieces(one)] == [None]
    assert [value for _, value in pieces(batch)] == [{"id": 1}, {"id": 2}]
    assert list(pieces(replace(one, text="", cut=7))) == []
    assert list(pieces(replace(one, text="{"))) == []
