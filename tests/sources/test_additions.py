from __future__ import annotations

from pathlib import Path

import pytest

from mcpx.errors import ConfigError, UsageError
from mcpx.sources.additions import (
    LARGEST_ENV_FILE,
    merged_headers,
    parse_environment,
    parse_headers,
    parse_values,
)

CANARY = "c4nary-value-1"


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], {}),
        (["A=1", "B="], {"A": "1", "B": ""}),
        (["A=b=c"], {"A": "b=c"}),
        (["OURS"], {"OURS": "own"}),
    ],
)
def test_variables_are_pairs_or_our_own(
    pairs: list[str], expected: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OURS", "own")
    assert parse_environment(pairs) == expected


@pytest.mark.parametrize(("pair", "shown"), [("=x", "…"), ("NOT_SET_HERE", "NOT_SET_HERE")])
def test_a_bad_variable_is_wrong_use_and_shows_no_value(pair: str, shown: str) -> None:
    with pytest.raises(UsageError, match=f"--env {shown}: expected NAME=VALUE"):
        parse_environment([pair])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("A=1", {"A": "1"}),
        ("  export A = 1  ", {"A": "1"}),
        ("A=", {"A": ""}),
        ("A=a b # why", {"A": "a b"}),
        ("A=a#b", {"A": "a#b"}),
        ("A=# why", {"A": ""}),
        ("A='a # b' # why", {"A": "a # b"}),
        ("A='a\\n$B'", {"A": "a\\n$B"}),
        ('A="a\\n\\"b\\" \\$C \\x"', {"A": 'a\n"b" $C \\x'}),
        ('A="it\'s"', {"A": "it's"}),
        ("A=$(id) ${B}", {"A": "$(id) ${B}"}),
        ("\ufeffA=1\r\nB=2\r\n\r\n# c\n", {"A": "1", "B": "2"}),
        ("A=1\nA=2", {"A": "2"}),
        ("A=a\u2028b", {"A": "a\u2028b"}),
    ],
)
def test_a_file_of_variables_is_read_as_written(
    project: Path, line: str, expected: dict[str, str]
) -> None:
    (project / ".env").write_bytes(line.encode())
    assert parse_environment([], [".env"]) == expected


def test_the_command_line_wins_over_files_and_later_files_over_earlier(project: Path) -> None:
    (project / "a").write_text("A=1\nB=1\nC=1")
    (project / "b").write_text("B=2\nC=2")
    assert parse_environment(["C=3"], ["a", "b"]) == {"A": "1", "B": "2", "C": "3"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"A=1\n{CANARY}", ".env:2: expected NAME=VALUE"),
        (f"A B={CANARY}", ".env:1: expected NAME=VALUE"),
        (f"1A={CANARY}", ".env:1: expected NAME=VALUE"),
        (f"A='{CANARY}", ".env:1: the value of A has an open quote"),
        (f'A="{CANARY}\\"', ".env:1: the value of A has an open quote"),
        (f"A='{CANARY}'x", ".env:1: the value of A has an open quote"),
        (f"A={CANARY}\0", ".env:1: the value of A has a NUL in it"),
        (f"A={CANARY}\udcff", "--env-file .env: not UTF-8 text"),
        ("#" * (LARGEST_ENV_FILE + 1), "--env-file .env: larger than 1048576 bytes, not read"),
    ],
)
def test_a_bad_file_is_told_by_its_line_and_never_quoted(
    project: Path, text: str, words: str
) -> None:
    (project / ".env").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ConfigError) as caught:
        parse_environment([], [".env"])
    assert caught.value.message == words
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(("file", "reason"), [("nowhere", "No such file"), (".", "directory")])
def test_a_file_that_cannot_be_read_is_named(file: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=f"--env-file {file}: .*{reason}"):
        parse_environment([], [file])


def test_headers_are_names_and_values() -> None:
    words = ["X-Tenant: acme", "Authorization:Bearer a:b", "X-Empty:"]
    assert parse_headers(words) == {
        "X-Tenant": "acme",
        "Authorization": "Bearer a:b",
        "X-Empty": "",
    }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([CANARY], "--header: expected 'NAME: VALUE'"),
        ([f"X Y: {CANARY}"], "--header 'X Y': has no valid name"),
        ([f": {CANARY}"], "--header '': has no valid name"),
        ([f"X: {CANARY}\r\nY: z"], "--header 'X': has a line break or a NUL in its value"),
        ([f"X\n: {CANARY}"], "--header 'X\\n': has no valid name"),
        ([f"X: {CANARY}\0"], "--header 'X': has a line break or a NUL in its value"),
        ([f"X: {CANARY}é"], "--header 'X': has characters beyond ASCII in its value"),
        (
            [f"Content-Length: {CANARY}"],
            "--header 'Content-Length': cannot be set: it belongs to the connection",
        ),
        (["X: 1", f"x: {CANARY}"], "--header x: given twice"),
    ],
)
def test_a_bad_header_is_wrong_use_and_not_shown(words: list[str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_headers(words)
    assert caught.value.message == message
    assert CANARY not in str(caught.value)


def test_a_bearer_token_comes_from_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", f"{CANARY}\n")
    assert parse_headers(["X: y"], "TOKEN") == {"X": "y", "Authorization": f"Bearer {CANARY}"}


@pytest.mark.parametrize(
    ("value", "words", "message"),
    [
        (None, [], "--bearer-env TOKEN: the variable is not set"),
        ("", [], "--bearer-env TOKEN: the variable is not set"),
        (" \n", [], "--bearer-env TOKEN: the variable is not set"),
        (f"{CANARY}\nX: y", [], "--bearer-env TOKEN: its value has a line break"),
        (CANARY, ["authorization: x"], "--bearer-env and --header Authorization cannot both be"),
    ],
)
def test_a_bad_token_is_wrong_use_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, value: str | None, words: list[str], message: str
) -> None:
    monkeypatch.delenv("TOKEN", raising=False)
    if value is not None:
        monkeypatch.setenv("TOKEN", value)
    with pytest.raises(UsageError) as caught:
        parse_headers(words, "TOKEN")
    assert caught.value.message.startswith(message)
    assert CANARY not in str(caught.value) + caught.value.hint


def test_values_may_be_given_repeatedly() -> None:
    assert parse_values(["a=1", "b=x=y", "a=2", "c="]) == {
        "a": ["1", "2"],
        "b": ["x=y"],
        "c": [""],
    }


@pytest.mark.parametrize("word", [CANARY, f"={CANARY}"])
def test_a_bad_value_is_wrong_use_and_not_shown(word: str) -> None:
    with pytest.raises(UsageError, match="--set: expected NAME=VALUE") as caught:
        parse_values([word])
    assert CANARY not in str(caught.value)


def test_added_headers_win_however_they_are_spelt() -> None:
    known = {"AUTHORIZATION": "a", "X-Other": "b"}
    assert merged_headers(known, {"authorization": "c", "X-New": "d"}) == {
        "X-Other": "b",
        "authorization": "c",
        "X-New": "d",
    }
