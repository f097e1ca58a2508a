from __future__ import annotations

import time
from collections.abc import Collection
from typing import Any

import pytest

from mcpx.analyses.divergence.clocks import Clocks
from mcpx.analyses.divergence.renaming import Renaming
from mcpx.analyses.divergence.sides import Told
from mcpx.analyses.divergence.texts import Texts
from mcpx.analyses.divergence.utterances import LOG, Utterance, reworded, uttered
from tests.analyses.divergence.sides import NAMES, NOW, THEN

TEXTS = Texts(Clocks(THEN, NOW), Renaming())


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        pytest.param({"data": "read 3 of 4"}, Utterance(LOG, "read # of #"), id="numbers"),
        pytest.param(
            {"data": {"n": 3}, "logger": "a", "level": "info"},
            Utterance(LOG, '{"n":#}', "a", "info"),
            id="data",
        ),
        pytest.param({"data": f"for {NAMES[0]}"}, Utterance(LOG, "for #"), id="a name"),
        pytest.param({"logger": 3}, Utterance(LOG, "null"), id="nothing"),
    ],
)
def test_a_log_is_its_words_without_numbers(params: Any, expected: Utterance) -> None:
    assert uttered(Told(LOG, params), TEXTS, True) == expected


def test_other_notifications_are_all_that_they_hold() -> None:
    one = uttered(Told("notifications/x", {"a": 1, "at": "2026-11-23T09:30:00Z"}), TEXTS, True)
    assert one.value == {"method": "notifications/x", "about": '{"a":1,"at":"…"}'}


def words(
    recorded: list[Utterance], live: list[Utterance], excused: Collection[Utterance] = ()
) -> list[str]:
    sides = dict.fromkeys(recorded), dict.fromkeys(live)
    found = reworded(*sides, lambda one: f" in {one.about}", lambda one: one in excused)
    return [one.message.removeprefix("notifications/") for one in found]


A, B, C = (Utterance(LOG, name, "x", "info") for name in "abc")


@pytest.mark.parametrize(
    ("recorded", "live", "expected"),
    [
        pytest.param([A, B], [B, A], [], id="the same"),
        pytest.param([A], [B], ["message says something else in a"], id="reworded"),
        pytest.param(
            [A, C],
            [B],
            [
                "message does not come any more in a",
                "message does not come any more in c",
                "message is not in the recording in b",
            ],
            id="two gone, one come",
        ),
        pytest.param(
            [A, C],
            [Utterance(LOG, "a", "x", "error"), Utterance(LOG, "c", "y", "info")],
            [
                "message has the level 'error', not 'info' in a",
                "message comes of another logger in c",
            ],
            id="another level, another logger",
        ),
    ],
)
def test_what_is_said_otherwise_is_told_once(
    recorded: list[Utterance], live: list[Utterance], expected: list[str]
) -> None:
    assert words(recorded, live) == expected


def test_what_is_excused_is_not_missed_but_still_reworded() -> None:
    assert words([A, C], [], [A]) == ["message does not come any more in c"]
    assert words([A], [B], [A]) == ["message says something else in a"]


def test_many_are_told_apart_in_no_time() -> None:
    gone, come = (
        [Utterance(LOG, f"{word}{at}", level=level) for at in range(3_000)]
        for word, level in (("x", "info"), ("y", "error"))
    )
    began = time.process_time()
    assert len(words(gone, come)) == 6_000
    # 0.1 s on a machine that does nothing else; with each beside each it is half a minute.
    assert time.process_time() - began < 2
