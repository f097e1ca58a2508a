from __future__ import annotations

import time

import pytest

from mcpx.analyses.divergence.clocks import Clocks
from mcpx.analyses.divergence.renaming import Renaming
from mcpx.analyses.divergence.texts import Agreement, Texts
from tests.analyses.divergence.sides import NAMES, NOW, THEN

A, B, C, _ = NAMES
SAME, VOLATILE = Agreement.SAME, Agreement.VOLATILE
NAMED, DIFFERENT = Agreement.OTHERWISE_NAMED, Agreement.DIFFERENT


def texts(renaming: Renaming | None = None) -> Texts:
    return Texts(Clocks(THEN, NOW), renaming or Renaming())


@pytest.mark.parametrize(
    ("recorded", "live", "expected"),
    [
        pytest.param("a", "a", SAME, id="the same"),
        pytest.param("a", "b", DIFFERENT, id="another"),
        pytest.param("3 notes", "4 notes", DIFFERENT, id="a count"),
        pytest.param("due 2026-01-01", "due 2031-12-31", DIFFERENT, id="a date"),
        pytest.param("due 2026-10-23", "due 2031-12-31", DIFFERENT, id="a date that went away"),
        pytest.param(
            "It is 2026-10-23T10:00:01Z.", "It is 2026-11-23T09:30:02Z.", VOLATILE, id="a time"
        ),
        pytest.param(
            "log-2026-10-23.txt", "log-2026-11-23.txt", VOLATILE, id="a date in a file's name"
        ),
        pytest.param(
            "log-2026-10-23T10:00:00Z-a", "log-2026-11-23T09:30:00Z-b", DIFFERENT, id="and another"
        ),
        pytest.param("at 1792749600", "at 1795426200", VOLATILE, id="seconds since 1970"),
        pytest.param("at 1500000000", "at 1600000000", DIFFERENT, id="large numbers"),
        pytest.param("made 11:00:01 AM", "made 9:31:30 AM", VOLATILE, id="a time of the day"),
        pytest.param("made 11:00:01 AM", "made 9:37:00 AM", DIFFERENT, id="another one"),
        pytest.param("on Friday.", "on Monday.", VOLATILE, id="the weekday"),
        pytest.param("on Friday.", "on Thursday.", DIFFERENT, id="another weekday"),
        pytest.param(A, B, VOLATILE, id="UUIDs"),
        pytest.param(f"note {A} saved", f"note {B} saved", VOLATILE, id="a UUID in a sentence"),
        pytest.param(f"note {A} saved", f"note {B} gone", DIFFERENT, id="and another word"),
        pytest.param(f"note-{A}", f"note-{B}", VOLATILE, id="a UUID in a word"),
        pytest.param(f"note-{A}", f"task-{B}", DIFFERENT, id="a UUID of another kind"),
        pytest.param("task_1a2b3c4d", "task_99887766", VOLATILE, id="digits in a word"),
        pytest.param(f"{A} {A}", f"{B} {B}", VOLATILE, id="one name twice"),
        pytest.param(f"{A} {A}", f"{B} {C}", NAMED, id="one name that became two"),
        pytest.param(f"{A} {B}", f"{C} {C}", NAMED, id="two names that became one"),
        pytest.param(f"{A} x", f"{A} y", DIFFERENT, id="a word beside a name"),
        pytest.param("a b", "a b c", DIFFERENT, id="one word more"),
        pytest.param("a b c", "a b", DIFFERENT, id="one word fewer"),
        pytest.param("a, b", "a; b", DIFFERENT, id="another sign"),
        pytest.param("2026-10-23x", "2026-11-23x", DIFFERENT, id="what only begins as a date"),
    ],
)
def test_texts_agree_but_for_times_and_names(recorded: str, live: str, expected: Agreement) -> None:
    assert texts().agree(recorded, live) is expected


def test_names_stand_for_one_another_throughout() -> None:
    asked = texts()
    assert asked.agree(f"made {A}", f"made {B}") is VOLATILE
    assert asked.agree(A, B) is VOLATILE
    assert asked.agree(A, C) is NAMED
    assert asked.agree(f"note-{A}", f"note-{C}") is NAMED
    assert asked.agree(f"see {C}", f"see {B}") is NAMED


def test_a_text_that_differs_teaches_nothing() -> None:
    renaming = Renaming()
    assert texts(renaming).agree(f"made {A} 3", f"made {B} 4") is DIFFERENT
    assert not renaming.knows(A)


def test_a_handle_is_learnt_whatever_its_looks() -> None:
    renaming = Renaming([A])
    assert texts(renaming).agree(A, "7") is DIFFERENT
    assert renaming.live_of(A) == "7"
    assert texts(Renaming([A])).agree(A, "00000000-0000-0000-0000-000000000000") is DIFFERENT


def test_places_are_no_difference_to_fail_for() -> None:
    asked = texts(Renaming(places={"/srv/old": "/srv/new"}))
    assert asked.agree("in /srv/old/a", "in /srv/new/a") is VOLATILE
    assert asked.agree("in /srv/old/a", "in /srv/new/b") is DIFFERENT


LATE = "lies 15 min after the clock, 30 min after it in the recording"


@pytest.mark.parametrize(
    ("recorded", "live", "why"),
    [
        pytest.param("till 2026-10-23T10:30:05Z.", "till 2026-11-23T09:45:05Z.", LATE, id="a time"),
        pytest.param(
            f"{A} at 2026-10-23T10:00:00Z", f"{B} at 2026-11-23T09:30:00", "has lost its zone",
            id="a time beside a name",
        ),
        pytest.param("till 2026-10-23T10:30:05Z.", "to 2026-11-23T09:45:05Z.", "", id="and a word"),
        pytest.param("3 notes", "4 notes", "", id="a number"),
    ],
)  # fmt: skip
def test_it_is_said_why_a_time_is_another(recorded: str, live: str, why: str) -> None:
    assert texts().agree(recorded, live) is DIFFERENT
    assert texts().why(recorded, live) == why


@pytest.mark.parametrize(
    ("recorded", "live", "what"),
    [
        pytest.param(f"note {A}", f"note {B}", "is named anew", id="a name"),
        pytest.param("at 2026-10-23", "at 2026-11-23", "is the time of the session", id="a time"),
        pytest.param("at 1792749600", "at 1795426200", "is the time of the session", id="epoch"),
        pytest.param("/srv/old/a", "/srv/new/a", "is at the place of the session", id="a place"),
        pytest.param(
            f"{A} at 2026-10-23", f"{B} at 2026-11-23",
            "differs in times, names or places of the session", id="both",
        ),
    ],
)  # fmt: skip
def test_it_is_said_what_is_volatile(recorded: str, live: str, what: str) -> None:
    asked = texts(Renaming(places={"/srv/old": "/srv/new"}))
    assert asked.agree(recorded, live) is VOLATILE
    assert asked.what(recorded, live) == what


def test_long_texts_are_compared_where_they_differ() -> None:
    around = "words of 2026 and 1a2b3c4d " * 10_000
    recorded, live = (f"{around}at {day} by {around}" for day in ("2026-10-23", "2026-11-23"))
    assert texts().agree(recorded, live) is VOLATILE
    assert texts().agree(recorded, recorded.replace("at 2026-10-23", "at 2026-10-24x")) is DIFFERENT


@pytest.mark.parametrize("junk", ["-" * 50_000, "2026-" * 10_000, "a1" * 25_000, "1/" * 25_000])
def test_no_text_makes_it_slow(junk: str) -> None:
    began = time.perf_counter()
    texts().agree(f"{junk}x{junk}", f"{junk}yy{junk}")
    texts().shape(junk, True)
    assert time.perf_counter() - began < 5.0


def test_shapes_have_one_sign_for_what_may_differ() -> None:
    renaming = Renaming()
    renaming.pair(A, B)
    asked = texts(renaming)
    assert asked.shape(f"{A} at 2026-10-23", False) == asked.shape(f"{B} at 2026-11-23", True)
    assert asked.shape(f"note-{C}", False) == "note-\0n"
    assert asked.shape("1795426200 and 1500000000", True) == "\0t and 1500000000"
    assert asked.shape("due 2031-12-31", True) == "due 2031-12-31"
