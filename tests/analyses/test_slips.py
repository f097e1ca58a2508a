from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.analyses.slips import slips


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


@given(st.sets(st.text(alphabet="abé1", max_size=12)))
def test_slips_are_of_the_vocabulary(vocabulary: set[str]) -> None:
    for one, others in slips(vocabulary).items():
        assert vocabulary.issuperset((one, *others))
        assert all(one < other for other in others)
