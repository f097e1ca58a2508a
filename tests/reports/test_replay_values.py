from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.divergence.divergences import ABSENT, Kind
from mcpx.reports.replay_values import seen, values
from mcpx.reports.replayed import Shown

BLOCK = {"type": "text", "text": "fine"}
RESULT = {"content": [BLOCK], "isError": False}


@pytest.mark.parametrize(
    ("recorded", "live", "said"),
    [
        pytest.param(1, 2, "1 → 2", id="numbers"),
        pytest.param("a\n", 'say "b"', '"a\\n" → "say "b""', id="texts"),
        pytest.param("\x1b[1m", "7", '"\\x1b[1m" → "7"', id="controls"),
        pytest.param('{"a":\n "b"}', "[1]", '{"a": "b"} → [1]', id="json-in-texts"),
        pytest.param('{"a":1}', ABSENT, '{"a": 1}', id="json-in-one-text"),
        pytest.param('{"a":1}', {"a": 1}, '"{"a":1}" → {"a": 1}', id="a-text-and-an-object"),
        pytest.param("{no", "[no", '"{no" → "[no"', id="no-json"),
        pytest.param(ABSENT, 2, "2", id="live-alone"),
        pytest.param(1, ABSENT, "1", id="recorded-alone"),
        pytest.param(ABSENT, ABSENT, "", id="neither"),
        pytest.param(
            "x" * 40 + "yes" + "z" * 40,
            "x" * 40 + "no",
            '…xxxxxxxxxxxxyeszzzz… → …xxxxxxxxxxxxno"',
            id="where-they-part",
        ),
    ],
)
def test_values_are_shown_where_they_part(recorded: object, live: object, said: str) -> None:
    assert values(Shown.of(recorded), Shown.of(live), 20) == said


@pytest.mark.parametrize(
    ("kind", "recorded", "live", "said"),
    [
        pytest.param(Kind.CHANGED, BLOCK, ABSENT, '"fine"', id="a-block-is-gone"),
        pytest.param(Kind.CHANGED, BLOCK, 7, '{"type": "text", "text": "fine"} → 7', id="both"),
        pytest.param(
            Kind.OUTCOME, RESULT, {"code": -32603, "message": "no"}, '"fine" → "-32603 no"',
            id="outcome",
        ),
        pytest.param(
            Kind.OUTCOME, {"structuredContent": {"n": 1}}, "HTTP 503", '{"n": 1} → "HTTP 503"',
            id="data",
        ),
        pytest.param(Kind.MISSING, RESULT, ABSENT, '"fine"', id="no-answer"),
        pytest.param(Kind.CONTRACT, {"a": 1}, {"a": 2}, "", id="told-in-words"),
    ],
)  # fmt: skip
def test_the_innermost_is_what_is_worth_seeing(
    kind: Kind, recorded: Any, live: Any, said: str
) -> None:
    assert values(*seen(kind, Shown.of(recorded), Shown.of(live))) == said
