from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.catalogue.lock import CHOSEN_NAME, Lock, LockedName, lock_text, read_lock
from mcpx.errors import ConfigError

TEXT = """\
# Written by mcpx. Names may be changed by hand: what stands here is kept.
format = "mcpx.lock"
version = 1

[names.github]
create_issue = "github_create_issue"
old = false

[names.github-2]

[names.github-2.create_issue]
clone_of = "github"

[later]
kept = [
    1,
]
"""
LOCK = Lock(
    {
        "github": {
            "create_issue": LockedName("github_create_issue"),
            "old": LockedName(""),
        },
        "github-2": {"create_issue": LockedName("", "github")},
    },
    {"later": {"kept": [1]}},
)


def test_a_lock_is_written_and_read_with_what_belongs_to_others() -> None:
    assert read_lock(TEXT, "mcpx.lock") == LOCK
    assert read_lock(lock_text(LOCK), "mcpx.lock") == LOCK


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("format = ", "l: not valid TOML: "),
        ('format = "x"', "l: format is 'x', not 'mcpx.lock'"),
        ("version = 2", "l: written by a newer mcpx (version 2, this one reads 1)"),
        ("version = true", "l: version is not a version number"),
        ("names = 1", "l: names is not a table"),
        ("[names]\na = 1", "l: names.a is not a table of tools"),
        (
            '[names.a]\nx = ""',
            "l: names.a.x must be a letter and up to 49 letters, digits, '_' and '-'",
        ),
        ("names.a.x = true", "l: names.a.x is neither a name, nor false, nor {clone_of = SERVER}"),
    ],
)
def test_what_is_no_lock_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_lock(text, "l")
    assert caught.value.message.startswith(message)


_WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_NAMES = st.builds(LockedName, st.from_regex(CHOSEN_NAME, fullmatch=True)) | st.builds(
    LockedName, st.just(""), _WORDS
)


@given(st.dictionaries(_WORDS, st.dictionaries(_WORDS, _NAMES, min_size=1, max_size=3), max_size=3))
def test_every_lock_comes_back(names: dict[str, dict[str, LockedName]]) -> None:
    assert read_lock(lock_text(Lock(names, {})), "l").names == names
