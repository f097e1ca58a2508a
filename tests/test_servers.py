from __future__ import annotations

from dataclasses import replace

import pytest

from mcpx.servers import (
    Origin,
    Place,
    ServerSpec,
    Transport,
    canonical_json,
    definition_digest,
    tap_words,
)

SPEC = ServerSpec(
    "files",
    command="npx",
    args=("-y", "server"),
    env={"A": "1", "B": "2"},
    cwd="/srv",
    headers={"X": "y"},
)


def test_a_digest_is_sha256_in_hex() -> None:
    scheme, _, digits = definition_digest(SPEC).partition(":")
    assert scheme == "sha256"
    assert len(digits) == 64
    assert set(digits) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"transport": Transport.HTTP}, id="transport"),
        pytest.param({"command": "npx2"}, id="command"),
        pytest.param({"args": ("-y", "server2")}, id="argument"),
        pytest.param({"args": ("-y server",)}, id="words-joined"),
        pytest.param({"env": {"A": "1", "B": "3"}}, id="value-of-a-variable"),
        pytest.param({"env": {"A": "1"}}, id="variable-gone"),
        pytest.param({"cwd": None}, id="folder"),
        pytest.param({"url": "https://x"}, id="url"),
        pytest.param({"headers": {"X": "z"}}, id="header"),
    ],
)
def test_any_change_of_what_runs_is_another_definition(change: dict[str, object]) -> None:
    assert definition_digest(replace(SPEC, **change)) != definition_digest(SPEC)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"name": "other"}, id="name"),
        pytest.param({"env": {"B": "2", "A": "1"}}, id="order-of-variables"),
        pytest.param({"origin": Origin.PROJECT}, id="origin"),
        pytest.param({"place": Place("cursor", "user", "/x", "files")}, id="place"),
    ],
)
def test_what_does_not_change_what_runs_keeps_the_digest(change: dict[str, object]) -> None:
    assert definition_digest(replace(SPEC, **change)) == definition_digest(SPEC)


def test_an_empty_environment_cannot_be_changed_by_accident() -> None:
    with pytest.raises(TypeError):
        ServerSpec("x").env["A"] = "1"


def test_canonical_json_is_the_same_for_equal_values() -> None:
    assert canonical_json({"b": [1, "ä"], "a": None}) == '{"a":null,"b":[1,"\\u00e4"]}'


@pytest.mark.parametrize(
    ("words", "count"),
    [
        pytest.param("/opt/mcpx record -o /r/ -- npx -y x", 5, id="script"),
        pytest.param("python -E -P -m mcpx record -o /r/ -- npx", 9, id="interpreter"),
        pytest.param("uvx --from mcpx-toolkit mcpx record -o s.jsonl -- npx", 8, id="runner"),
        pytest.param("C:\\tools\\mcpx.exe record -o r -- npx", 5, id="windows"),
        pytest.param("mcpx record -o r -- server -- record --", 5, id="the-first-dashes"),
        pytest.param("mcpx record -o r --", 0, id="nothing-after"),
        pytest.param("mcpx inspect -- npx", 0, id="another-command"),
        pytest.param("tape record -o r -- npx", 0, id="another-program"),
        pytest.param("record -- npx", 0, id="no-program"),
        pytest.param("npx -y mcpx", 0, id="no-dashes"),
        pytest.param("", 0, id="empty"),
    ],
)
def test_the_words_of_a_tap_are_told_from_those_of_its_server(words: str, count: int) -> None:
    assert tap_words(words.split(" ")) == count
