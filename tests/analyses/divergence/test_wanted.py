from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.divergence.divergences import ABSENT, Divergence, Kind
from mcpx.analyses.divergence.sides import Interaction
from mcpx.analyses.divergence.wanted import Wanted
from mcpx.json_rpc import LISTEN
from tests.analyses.divergence.sides import side

LOG, TOOLS = "notifications/message", "notifications/tools/list_changed"
SET_LEVEL = Interaction(1, 1, "logging/setLevel")
WITH_LEVEL = Interaction(
    1, 1, "tools/call", params={"_meta": {"io.modelcontextprotocol/logLevel": "info"}}
)
LISTENS = Interaction(1, 1, LISTEN, params={"notifications": {"toolsListChanged": True}})


@pytest.mark.parametrize(
    ("kind", "method", "asked", "to_modern", "offers", "why"),
    [
        pytest.param("missing", LOG, SET_LEVEL, True, None, "", id="a log that was asked for"),
        pytest.param("missing", LOG, None, True, None,
                     f"nobody asks for {LOG} in this era, where it comes for asking alone",
                     id="a log that came of itself"),
        pytest.param("extra", LOG, None, False, None, f"nobody asked for {LOG} in the recording",
                     id="a log of itself"),
        pytest.param("extra", LOG, WITH_LEVEL, False, None, "", id="a log that was asked for too"),
        pytest.param("changed", LOG, SET_LEVEL, True, None, "", id="a log in other words"),
        pytest.param("extra", TOOLS, None, False, None,
                     f"nobody asked for {TOOLS} in the recording", id="of tools, unasked"),
        pytest.param("extra", TOOLS, LISTENS, False, None, "", id="of tools, listened to"),
        pytest.param("missing", TOOLS, None, True, {"tools": {}},
                     f"{TOOLS} comes of what the server does not offer in this era",
                     id="of what is not offered"),
        pytest.param("missing", TOOLS, None, True, {"tools": {"listChanged": True}}, "",
                     id="of what is offered"),
        pytest.param("missing", "notifications/x", None, True, {}, "", id="of an extension"),
    ],
)  # fmt: skip
def test_what_cannot_come_is_not_applicable(
    kind: str, method: str, asked: Interaction | None, to_modern: bool, offers: Any, why: str
) -> None:
    wanted = Wanted()
    if asked is not None:
        wanted.see(asked)
    was, now = ({"method": method}, {"method": method})
    found = Divergence(
        Kind(kind),
        "says it",
        "",
        ABSENT if kind == "extra" else was,
        ABSENT if kind == "missing" else now,
        "warning",
    )
    sides = side({}, modern=not to_modern), side({}, modern=to_modern, offers=offers)
    weighed = wanted.weighed(found, *sides)
    if why:
        assert (weighed.kind, weighed.message, weighed.severity) == ("not-applicable", why, "")
    else:
        assert weighed is found
