from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.analyses import slips as module
from mcpx.analyses.slips import MOST_MET, slips


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("serach", "search", id="swapped"),
        pytest.param("usr", "user", id="left out of a short word"),
        pytest.param("repo", "repos", id="plural"),
        pytest.param("calendar", "calender", id="replaced"),
        pytest.param("enviornmet", "environment", id="two in a long word"),
        pytest.param("analyse", "analyze", id="verbs of one class"),
        pytest.param("configurationmanageer", "configurationmanager", id="one in a very long word"),
    ],
)
def test_slips(one: str, other: str) -> None:
    assert slips([one, other]) == {min(one, other): [max(one, other)]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("get", "set", id="get and set"),
        pytest.param("add", "and", id="add and and"),
        pytest.param("tag", "tax", id="short words"),
        pytest.param("lock", "unlock", id="opposites"),
        pytest.param("encode", "decode", id="other first letter"),
        pytest.param("create", "crate1", id="digits"),
        pytest.param("remove", "reaove1", id="not of letters"),
        pytest.param("message", "massages", id="two in a short word"),
        pytest.param("x" * 31, "x" * 32, id="too long"),
    ],
)
def test_no_slips(one: str, other: str) -> None:
    assert slips([one, other]) == {}


def test_words_of_a_pattern_are_no_slips() -> None:
    assert slips(f"plan{letter}" for letter in "abcdefghijklm") == {}


def test_of_a_large_vocabulary_fewer_letters_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    two, one = ["enviornmet", "environment"], ["calendar", "calender", "repo", "repos"]
    found = []
    for most in (169, 168, 45):
        monkeypatch.setattr(module, "MOST_RESTS", most)
        found.append(list(slips([*two, *one])))
    assert found == [["calendar", "enviornmet", "repo"], ["calendar", "repo"], []]


def test_of_words_of_which_too_many_meet_those_that_meet_fewest_are_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = ["repo", "repos", "plana", "planb", "planc"]
    assert len(slips(words)) == 3
    monkeypatch.setattr(module, "MOST_MET", 3)
    assert list(slips(words)) == ["repo"]


def drawn(letters: str, size: int) -> Callable[[], set[str]]:
    """20,000 words of these letters, the same in every run."""
    rng = random.Random(1)
    return lambda: {"".join(rng.choices(letters, k=size)) for _ in range(20_000)}


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(drawn("ab", 14), id="two letters"),
        pytest.param(drawn("ab", 30), id="two letters, long"),
        pytest.param(drawn("abcdefghijklmnopqrstuvwxyz", 16), id="many letters"),
        pytest.param(drawn("abcdefghijklmnopqrstuvwxyz", 500), id="very long"),
    ],
)
def test_work_is_bounded(words: Callable[[], set[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    apart = module._apart

    def counted(one: str, other: str) -> int:
        nonlocal compared
        compared += 1
        return apart(one, other)

    monkeypatch.setattr(module, "_apart", counted)
    vocabulary = words()
    started = time.process_time()
    slips(vocabulary)
    # Generous: with branches counted on a busy machine it takes several times as long.
    assert time.process_time() - started < 20
    assert compared <= MOST_MET


@given(st.sets(st.text(alphabet="abé1", max_size=12)))
def test_slips_are_of_the_vocabulary(vocabulary: set[str]) -> None:
    for one, others in slips(vocabulary).items():
        assert vocabulary.issuperset((one, *others))
        assert all(one < other for other in others)
