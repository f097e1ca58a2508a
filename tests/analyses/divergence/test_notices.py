from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mcpx.analyses.divergence.comparison import Comparison
from mcpx.analyses.divergence.divergences import Divergence
from mcpx.analyses.divergence.sides import End, Interaction, Told
from tests.analyses.divergence.sides import CALL, NAMES, NOW, THEN, side, told

CONNECTION = Interaction(1, 1)
CHANGED = Told("notifications/tools/list_changed", {})
A, B, C, _ = NAMES


def updated(uri: str) -> Told:
    return Told("notifications/resources/updated", {"uri": uri})


CUSTOM = Told("notifications/custom", {"a": 1, "_meta": {}})


def log(text: Any, logger: str = "", level: str = "info") -> Told:
    return Told("notifications/message", {"level": level, "logger": logger, "data": text})


def weighed(
    within: tuple[list[Told], list[Told]] = ([], []),
    beside: tuple[list[Told], list[Told]] = ([], []),
    modern: bool = False,
    end: End = End.RESULT,
) -> list[Divergence]:
    """What is said of notifications within a call, and beside it."""
    comparison = Comparison()
    found = []
    for interaction, (recorded, live), ends in (
        (CALL, within, End.RESULT),
        (CONNECTION, beside, end),
    ):
        found += comparison.compare(
            interaction,
            side({}, at=THEN, told=tuple(recorded)),
            side({}, end=ends, at=NOW, told=tuple(live), modern=modern),
        )
    return found


@pytest.mark.parametrize(
    ("recorded", "live", "expected"),
    [
        pytest.param([CHANGED], [CHANGED], [], id="the same"),
        pytest.param([], [CHANGED], ["extra"], id="one that is new"),
        pytest.param([CHANGED], [], ["missing"], id="none any more"),
        pytest.param([CHANGED], [CHANGED, CHANGED], ["extra"], id="more often"),
        pytest.param([CHANGED, CHANGED], [CHANGED], [], id="less often"),
        pytest.param([updated("a:1")], [updated("a:2")], ["missing", "extra"], id="another URI"),
        pytest.param([updated(f"a:{A}")], [updated(f"a:{B}")], [], id="a new name in it"),
        pytest.param([log("read 3")], [log("read 4"), log("read 5")], [], id="logs by count"),
        pytest.param([log("read 3")], [log("read 3"), log("failed")], ["extra"], id="a new log"),
        pytest.param([log({"n": 3})], [log({"n": 4})], [], id="a log of data"),
        pytest.param([log("a", "x")], [log("a", "y")], ["changed"], id="another logger"),
        pytest.param([log("a")], [log("a", level="error")], ["changed"], id="another level"),
        pytest.param([log("read")], [log("has read")], ["changed"], id="in other words"),
        pytest.param([CUSTOM], [Told(CUSTOM.method, {"a": 2})], ["changed"], id="other values"),
        pytest.param(
            [Told("notifications/x/updated", {"n": 1})],
            [Told("notifications/x/updated", {"n": 2})],
            ["changed"],
            id="no change",
        ),
        pytest.param(
            [Told(CUSTOM.method, {"a": "x" * 600 + "1"})],
            [Told(CUSTOM.method, {"a": "x" * 600 + "2"})],
            ["changed"],
            id="far behind",
        ),
        pytest.param([CUSTOM], [], ["missing"], id="of an extension, and none any more"),
        pytest.param([], [Told("notifications/custom", {})], ["extra"], id="of an extension"),
        pytest.param([], [Told("notifications/cancelled", {})], [], id="of the protocol"),
        pytest.param([Told("notifications/tasks/status", {})], [], [], id="of a poll"),
    ],
)
def test_notifications_are_weighed_by_subject(
    recorded: list[Told], live: list[Told], expected: list[str]
) -> None:
    assert told(weighed(within=(recorded, live))) == expected
    assert told(weighed(beside=(recorded, live))) == expected


def test_it_is_chance_in_which_interaction_one_comes() -> None:
    assert weighed(within=([CHANGED], []), beside=([], [CHANGED])) == []
    assert weighed(within=([], [CHANGED]), beside=([CHANGED], [])) == []


@pytest.mark.parametrize(
    ("recorded", "live", "missing"),
    [
        pytest.param([log("a"), log("b")], [], 2, id="all"),
        pytest.param([log("read"), log("done")], [log("done")], 1, id="one"),
        pytest.param([log("read 3"), log("read 4")], [log("read 5")], 0, id="by their count"),
    ],
)
def test_logs_are_missed_where_they_belong_to_calls(
    recorded: list[Told], live: list[Told], missing: int
) -> None:
    found = weighed(within=(recorded, live))
    assert [(one.kind, one.severity) for one in found] == [("missing", "warning")] * missing
    assert weighed(beside=(recorded, live)) == []
    during = [replace(one, during=CALL) for one in recorded]
    assert len(weighed(beside=(during, live))) == missing
    assert weighed(beside=(during, []), end=End.FAILED)[1:] == []


def test_a_log_says_during_what_it_came() -> None:
    (one,) = weighed(within=([log("a")], [log("b")]))
    assert one.message == "notifications/message says something else (during tools/call 'count')"
    (one,) = weighed(within=([log("a")], [log("a", level="warning")]))
    assert one.message == (
        "notifications/message has the level 'warning', not 'info' (during tools/call 'count')"
    )
    assert (one.recorded["level"], one.live["level"]) == ("info", "warning")


@pytest.mark.parametrize("ends", [End.CANCELLED, End.ERROR, End.FAILED])
def test_logs_of_what_went_otherwise_are_not_missed(ends: End) -> None:
    comparison = Comparison()
    comparison.compare(CALL, side({}, told=(log("a"),)), side({}, end=ends))
    assert comparison.compare(CONNECTION, side({}), side({})) == []


def test_what_is_extra_says_where_it_came_last() -> None:
    (one,) = weighed(within=([], [CHANGED, CHANGED]))
    said = "notifications/tools/list_changed is not in the recording (last during tools/call"
    assert one.message.startswith(said)
    (more,) = weighed(beside=([updated("a:1")], [updated("a:1")] * 3))
    assert more.message == "notifications/resources/updated of 'a:1' came 3 times, not 1"


def test_across_eras_how_often_says_nothing() -> None:
    assert weighed(beside=([CHANGED], [CHANGED, CHANGED]), modern=True) == []


RESOURCE = updated("a:1")
LISTEN = Interaction(2, 1, "subscriptions/listen")


@pytest.mark.parametrize(
    ("offers", "expected"),
    [
        pytest.param(None, "missing", id="not known"),
        pytest.param({"tools": {"listChanged": True}}, "missing", id="offered"),
        pytest.param({"tools": {"listChanged": False}}, "not-applicable", id="not offered"),
        pytest.param({"tools": {}}, "not-applicable", id="not named"),
        pytest.param({"prompts": {"listChanged": True}}, "not-applicable", id="of something else"),
    ],
)
def test_what_the_other_era_does_not_offer_is_not_missed(offers: Any, expected: str) -> None:
    recorded = side({}, told=(CHANGED,))
    live = side({}, offers=offers, modern=True)
    assert told(Comparison().compare(CONNECTION, recorded, live)) == [expected]
    same_era = replace(live, modern=False)
    assert told(Comparison().compare(CONNECTION, recorded, same_era)) == ["missing"]


def test_logs_and_updates_are_offered_too() -> None:
    live = side({}, modern=True, offers={"resources": {"subscribe": False}})
    recorded = side({}, told=(RESOURCE, log("a"), Told("notifications/custom", {})))
    comparison = Comparison()
    assert comparison.compare(CALL, replace(recorded, told=(log("b"),)), live) == []
    (one, other, custom) = comparison.compare(CONNECTION, recorded, live)
    assert (one.kind, one.message) == (
        "not-applicable",
        "notifications/resources/updated comes of what the server does not offer in this era",
    )
    assert told([other, custom]) == ["not-applicable", "missing"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param({"toolsListChanged": True}, "extra", id="listened"),
        pytest.param({"toolsListChanged": False}, "not-applicable", id="not to this"),
        pytest.param({"resourceSubscriptions": ["a:1"]}, "not-applicable", id="to others"),
        pytest.param(None, "not-applicable", id="not at all"),
    ],
)
def test_what_nobody_listened_to_is_not_extra(wanted: Any, expected: str) -> None:
    comparison = Comparison()
    recorded = side({}, modern=True)
    if wanted is not None:
        listens = replace(LISTEN, params={"notifications": wanted})
        open_ended = replace(recorded, end=End.LISTENING)
        assert comparison.compare(listens, open_ended, replace(open_ended, modern=False)) == []
    live = side({}, told=(CHANGED,))
    assert told(comparison.compare(CONNECTION, recorded, live)) == [expected]
    assert told(Comparison().compare(CONNECTION, replace(recorded, modern=False), live)) == [
        "extra"
    ]


def test_a_connection_that_broke_misses_nothing_more() -> None:
    assert told(weighed(beside=([CHANGED], []), end=End.FAILED)) == ["missing"]
    assert weighed(beside=([CHANGED], []), end=End.NOT_SENT) == []


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(None, ["not-applicable"], id="not asked for"),
        pytest.param("info", ["extra"], id="asked for"),
    ],
)
def test_logs_that_nobody_asked_for_are_not_extra(asked: Any, expected: list[str]) -> None:
    comparison = Comparison()
    meta = {} if asked is None else {"_meta": {"io.modelcontextprotocol/logLevel": asked}}
    call = replace(CALL, params=meta)
    recorded, live = side({}, modern=True), side({}, told=(log("a"),))
    assert comparison.compare(call, recorded, replace(live, told=())) == []
    assert told(comparison.compare(CONNECTION, recorded, live)) == expected


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        pytest.param("ping", ["not-applicable"], id="not asked for"),
        pytest.param("logging/setLevel", ["missing"], id="asked for"),
    ],
)
def test_logs_that_nobody_asks_for_any_more_cannot_come(method: str, expected: list[str]) -> None:
    comparison = Comparison()
    recorded, live = side({}), side({}, modern=True)
    comparison.compare(Interaction(2, 1, method), recorded, live)
    assert comparison.compare(CALL, replace(recorded, told=(log("a"),)), live) == []
    assert told(comparison.compare(CONNECTION, recorded, live)) == expected


@pytest.mark.parametrize(
    ("modern", "expected"),
    [
        pytest.param(False, ["unscored"], id="left out"),
        pytest.param(True, ["missing"], id="of the other era"),
    ],
)
def test_what_may_have_come_of_what_was_left_out_is_not_missed(
    modern: bool, expected: list[str]
) -> None:
    comparison = Comparison()
    comparison.compare(CALL, side({}, told=(CUSTOM,)), side(None, End.NOT_SENT, modern=modern))
    recorded, live = side({}, told=(CHANGED,)), side({}, modern=modern)
    assert told(comparison.compare(CONNECTION, recorded, live)) == expected
