from __future__ import annotations

from typing import Any

import pytest

from mcpx.serving.mock.transports.site import Site, site_of
from mcpx.sessions.events import Http, Streamed
from mcpx.wire import Direction, StreamEvent
from tests.sessions.tapes import http, sent, status, tape

SSE = Streamed(number=0, time=-1.0, connection=1, exchange=1, stream=StreamEvent(event="endpoint"))


def resumed(exchange: int) -> Http:
    return Http(
        number=0,
        time=-1.0,
        connection=1,
        exchange=exchange,
        direction=Direction.TO_SERVER,
        method="GET",
        path="/x",
        headers={"last-event-id": "4"},
    )


@pytest.mark.parametrize(
    ("events", "site"),
    [
        pytest.param([sent("ping", 1)], Site(), id="stdio"),
        pytest.param(
            [http(1, path="/v1/mcp?key=‹env:KEY›"), status(1)],
            Site("/v1/mcp"),
            id="path",
        ),
        pytest.param([http(1, path="/é"), status(1)], Site(), id="odd-path"),
        pytest.param(
            [http(1, "GET"), status(1, 405), http(2, "DELETE"), status(2, 405)],
            Site(listens=False, ended=405),
            id="neither-get-nor-delete",
        ),
        pytest.param(
            [http(1, "GET"), status(1, 400), http(2, "GET"), status(2, 200)],
            Site(),
            id="get-after-all",
        ),
        pytest.param([resumed(1), status(1, 405)], Site(), id="resumed"),
        pytest.param([http(1, "DELETE"), status(1, 204)], Site(ended=204), id="204"),
        pytest.param(
            [http(1, "GET", "/sse"), status(1), SSE, http(2, path="/messages?s=1"), status(2, 202)],
            Site("/sse", old=True),
            id="old",
        ),
    ],
)
def test_what_a_recording_tells(events: list[Any], site: Site) -> None:
    assert site_of(tape(*events)) == site
