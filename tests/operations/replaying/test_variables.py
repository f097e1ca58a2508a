from __future__ import annotations

from pathlib import Path

import pytest

from mcpx.operations.replaying.variables import Giving, planned, refused, taken
from mcpx.sessions.events import Masked
from mcpx.sessions.packing import pack
from mcpx.sessions.reading import read_session
from tests.commands.replays import session
from tests.sessions.tapes import call, came, done, sent, tape

KEY = Masked("/params/arguments/key", "env:KEY")
NEEDED = {"KEY": ["tools/call add"], "WORD": ["an answer to the server", "ping"]}


def test_the_variables_are_those_of_what_the_client_sent(tmp_path: Path) -> None:
    batch = [{"id": 8, "method": "ping"}, {"method": "x/y", "params": {"uri": "a:b"}}]
    events = tape(
        call(1, "add", {"key": "‹env:KEY›"}, masked=(KEY, Masked("/params/b", "rule:b#1"))),
        done(1, {"text": "‹env:OTHER›"}, masked=(Masked("/result/text", "env:OTHER"),)),
        came("roots/list", 5),
        sent(id=5, result={"roots": "‹env:WORD›"}, masked=(Masked("/result/roots", "env:WORD"),)),
        sent(batch=batch, masked=(Masked("/1/params/uri", "env:KEY"),)),
    )
    found = taken(read_session(str(tmp_path / session(tmp_path / "s.jsonl", events))))
    assert found == {"KEY": ["tools/call add", "x/y a:b"], "WORD": ["an answer to the server"]}


@pytest.mark.parametrize(
    ("words", "trusts", "expected"),
    [
        ([], False, {}),
        (["KEY"], False, {"KEY": "k"}),
        (["all"], False, {"KEY": "k", "WORD": "w"}),
        ([], True, {"KEY": "k", "WORD": "w"}),
    ],
)
def test_only_what_is_named_is_given(
    words: list[str], trusts: bool, expected: dict[str, str]
) -> None:
    environment = {"KEY": "k", "WORD": "w", "HOME": "h"}
    giving = Giving.of(words, trusts)
    assert giving.values(["KEY", "WORD", "UNSET"], environment) == expected


def test_the_refusal_names_them_with_the_options() -> None:
    error = refused(NEEDED, ["KEY", "WORD"])
    assert (error.status, error.hint) == (4, "--restore KEY --restore WORD puts them back")
    assert "into what is sent: KEY, WORD; nothing was sent" in error.message
    assert list(error.details) == [
        "KEY goes into tools/call add",
        "WORD goes into an answer to the server, ping",
    ]
    odd = refused({"A;id": ["ping"]}, ["A;id"])
    assert odd.hint == "--restore 'A;id' puts it back"
    many = {f"V{number}": ["ping"] for number in range(12)}
    assert refused(many, list(many)).hint == "--restore all puts them back"
    assert "V9 and 2 more; nothing" in refused(many, list(many)).message


def test_a_plan_says_where_each_goes_and_what_is_in_the_way() -> None:
    assert list(planned(NEEDED, Giving.of(["KEY"], False), {})) == [
        "KEY into tools/call add, which is not set",
        "WORD into an answer to the server, ping, with --restore WORD only",
    ]
    assert list(planned({"KEY": ["ping"]}, Giving.of(["all"], False), {"KEY": "k"})) == [
        "KEY into ping"
    ]


def test_of_an_archive_too(tmp_path: Path) -> None:
    events = tape(call(1, "add", {"key": "‹env:KEY›"}, masked=(KEY,)))
    session(tmp_path / "s.jsonl", events)
    pack(str(tmp_path / "s.jsonl"), tmp_path / "s.zip")
    assert taken(read_session(str(tmp_path / "s.zip"))) == {"KEY": ["tools/call add"]}
