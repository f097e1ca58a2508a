from __future__ import annotations

import json

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.catalogue.lock import CHOSEN_NAME, Lock, LockedName, lock_text, read_lock
from mcpx.catalogue.locked import LockedServer, catalogue_of, locked
from mcpx.errors import ConfigError
from mcpx.toml_text import parse_toml
from tests.catalogue.data import REPOSITORY
from tests.catalogue.test_locked import FULL

SAMPLE = (REPOSITORY / "tests/data/lock-v1.toml").read_text(encoding="utf-8")
SCHEMA = json.loads((REPOSITORY / "mcpx/shipped/schemas/lock.json").read_text(encoding="utf-8"))
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
    rest={"later": {"kept": [1]}},
)


def test_a_lock_is_written_and_read_with_what_belongs_to_others() -> None:
    assert read_lock(TEXT, "mcpx.lock") == LOCK
    assert read_lock(lock_text(LOCK), "mcpx.lock") == LOCK


def test_names_and_servers_stand_beside_each_other() -> None:
    servers = {name: LockedServer(name) for name in ("zed", "github")}
    lock = Lock(LOCK.names, {**servers, "notes": locked(FULL)}, LOCK.rest)
    text = lock_text(lock)
    assert text.startswith(lock_text(LOCK) + "\n[servers.github]\n")
    assert text.index("[servers.github]") < text.index("[servers.notes]") < text.index(".zed]")
    assert read_lock(text, "l") == lock
    assert lock_text(read_lock(text, "l")) == text


def test_the_sample_of_the_first_version_stays_as_it_is() -> None:
    lock = read_lock(SAMPLE, "mcpx.lock")
    assert lock_text(lock) == SAMPLE
    jsonschema_rs.validator_for(SCHEMA).validate(parse_toml(SAMPLE))
    assert lock.names["notes"]["add_note"] == LockedName("notes_add_note")
    assert {name: len(one.tools) for name, one in lock.servers.items()} == {
        "notes": 2,
        "web search": 1,
    }
    notes = catalogue_of(lock.servers["notes"])
    assert [one.key for one in notes.tools + notes.resources] == ["add_note", "find", "notes://all"]
    assert notes.tools[1].description == "Finds\u200b notes."
    assert (notes.instructions or "").count("\n") == 2


@pytest.mark.parametrize(
    "spoilt",
    [
        pytest.param({"digest": "x"}, id="digest"),
        pytest.param({"seen": "sha256:" + "A" * 64}, id="seen"),
        pytest.param({"definition": {}}, id="definition"),
    ],
)
def test_the_schema_of_the_file_says_what_a_pinned_tool_has(spoilt: dict[str, object]) -> None:
    document = parse_toml(SAMPLE)
    document["servers"]["notes"]["tools"][0] |= spoilt
    assert not jsonschema_rs.validator_for(SCHEMA).is_valid(document)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("format = ", "l: not valid TOML: "),
        ('format = "x"', "l: format is 'x', not 'mcpx.lock'"),
        ("version = 2", "l: written by a newer mcpx (version 2, this one reads 1)"),
        ("version = true", "l: version is not a version number"),
        ("names = 1", "l: names is not a table"),
        ("servers = 1", "l: servers is not a table"),
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
    assert read_lock(lock_text(Lock(names)), "l").names == names
