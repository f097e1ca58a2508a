from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mcpx.shipped.testing import replays
from mcpx.shipped.testing.marks import Mark
from mcpx.shipped.testing.replays import Divergence, Replaying

TITLE = {
    "kind": "changed",
    "rule": "replay-changed",
    "severity": "error",
    "message": "another value",
    "pointer": "/structuredContent/title",
    "recorded": "Login",
    "live": "x" * 100,
}
LATE = {**TITLE, "kind": "latency", "severity": "info", "pointer": "", "message": "took longer"}
GONE = {key: value for key, value in TITLE.items() if key != "live"}
ENDED = {
    "kind": "transport",
    "severity": "error",
    "message": "it ended with status 1",
    "pointer": "",
}
SEARCH = {"number": 7, "method": "tools/call", "name": "search"}
CONNECTION = {"number": 0, "method": None, "name": None}
REFUSED = {**GONE, "kind": "outcome", "pointer": "", "message": "an error"}


def document(*divergences: dict[str, Any], of: dict[str, Any] = SEARCH) -> dict[str, Any]:
    return {"format": "mcpx.replay", "interactions": [{**of, "divergences": list(divergences)}]}


class Command:
    """In the place of ``mcpx replay``: what it was called with, and what it says."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.seconds = 0.0
        self.says: tuple[int, bytes, bytes] = (0, json.dumps(document()).encode(), b"")

    def __call__(self, words: list[str], seconds: float) -> subprocess.CompletedProcess[bytes]:
        self.words, self.seconds = words, seconds
        if seconds < 1:
            raise subprocess.TimeoutExpired(words, seconds)
        return subprocess.CompletedProcess(words, *self.says)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Command:
    command = Command()
    monkeypatch.setattr(replays, "run", command)
    return command


@pytest.fixture
def session(tmp_path: Path) -> Path:
    path = tmp_path / "s.jsonl"
    path.touch()
    return path


@pytest.mark.parametrize(
    ("marked", "given", "options", "words"),
    [
        pytest.param(None, None, {}, [], id="the-recorded-target"),
        pytest.param("demo:shop", None, {}, ["--against", "demo:shop"], id="that-of-the-marker"),
        pytest.param("demo:shop", "other", {}, ["--against", "other"], id="the-given-one"),
        pytest.param(None, ["a", "b c"], {}, ["--against", "stdio:a 'b c'"], id="a-command"),
        pytest.param(
            None,
            None,
            {"fail_on": "warning", "ignore": ["x"]},
            ["--fail-on=warning", "--ignore=x"],
            id="options",
        ),
        pytest.param(
            None, None, {"restore": ["A", "B"]}, ["--restore=A", "--restore=B"], id="restored"
        ),
    ],
)
def test_a_replay_is_asked_for_as_on_the_command_line(
    command: Command,
    session: Path,
    marked: Any,
    given: Any,
    options: dict[str, Any],
    words: list[str],
) -> None:
    replay = Replaying(Mark(session, marked, {}))(given, **options)
    assert command.words == ["replay", str(session), "--json", *words]
    assert command.seconds == 600
    assert (replay.ok, replay.divergences, replay.document) == (True, (), document())


def test_a_replay_that_takes_too_long_fails_the_test(command: Command, session: Path) -> None:
    with pytest.raises(pytest.fail.Exception) as failed:
        Replaying(Mark(session, None, {}))(seconds=0.5, check=False)
    assert str(failed.value).splitlines() == [
        "mcpx: s.jsonl was not replayed within 0.5 s",
        "hint: mcpx_replay(seconds=...) gives it longer",
    ]


def test_what_diverges_fails_the_test(
    command: Command, session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(session.parent)
    command.says = (1, json.dumps(document(TITLE, LATE, GONE)).encode(), b"")
    replaying = Replaying(Mark(session, None, {}))
    with pytest.raises(pytest.fail.Exception) as failed:
        replaying()
    place = "  event 7: tools/call search /structuredContent/title:"
    assert str(failed.value).splitlines() == [
        "mcpx: the server no longer answers as s.jsonl says",
        f'{place} "Login" became "{"x" * 78}… [changed, error]',
        f"{place} another value [changed, error]",
        "hint: what differs each time: mcpx_replay(ignore=['tools/call[search]"
        " /structuredContent/title']), or once mcpx replay s.jsonl --learn",
    ]


NOTE = b"s.jsonl: 1 differs\nto accept it: the same with --update\n"


@pytest.mark.parametrize(
    ("found", "noted", "hints"),
    [
        pytest.param(ENDED, b"", [], id="nothing"),
        pytest.param(
            ENDED,
            NOTE,
            ["to accept it: mcpx replay s.jsonl --sequential --against 'stdio:a b' --update"],
            id="to-accept",
        ),
        pytest.param(
            REFUSED,
            b"",
            ["what requests take from earlier answers: mcpx_replay(bind=['POINTER -> POINTER'])"],
            id="to-bind",
        ),
    ],
)
def test_what_diverges_comes_with_what_can_be_done(
    command: Command,
    session: Path,
    monkeypatch: pytest.MonkeyPatch,
    found: dict[str, Any],
    noted: bytes,
    hints: list[str],
) -> None:
    monkeypatch.chdir(session.parent)
    command.says = (1, json.dumps(document(found)).encode(), noted)
    with pytest.raises(pytest.fail.Exception) as failed:
        Replaying(Mark(session, ["a", "b"], {}))(sequential=True)
    assert str(failed.value).splitlines()[2:] == [f"hint: {hint}" for hint in hints]


def test_what_diverges_can_be_looked_at_instead(command: Command, session: Path) -> None:
    command.says = (1, json.dumps(document(ENDED, of=CONNECTION)).encode(), b"")
    replay = Replaying(Mark(session, None, {}))(check=False)
    assert not replay.ok
    message = "it ended with status 1"
    expected = Divergence("transport", "error", 0, "", "", "", None, None, message)
    assert replay.divergences == (expected,)
    assert str(expected) == "the connection: it ended with status 1 [transport, error]"


@pytest.mark.parametrize(
    ("says", "message"),
    [
        pytest.param(
            (4, b"", b'note\n{"error": {"message": "not approved", "hint": "do"}}\n'),
            "mcpx: s.jsonl cannot be replayed: not approved\nhint: do",
            id="refused",
        ),
        pytest.param(
            (3, json.dumps(document()).encode(), b'{"error": {"message": "gone", "hint": ""}}'),
            "mcpx: s.jsonl cannot be replayed: gone",
            id="unreachable-midway",
        ),
        pytest.param(
            (2, b"", b"error: no such option\n"),
            "mcpx: s.jsonl cannot be replayed: no such option",
            id="wrong-use",
        ),
        pytest.param(
            (0, b'{"format": "mcpx.plan"}', b""),
            "mcpx: s.jsonl was not replayed\nhint: dry_run=, format= and learn= are for the shell",
            id="another-result",
        ),
        pytest.param(
            (-9, b"", b""), "mcpx: s.jsonl cannot be replayed: it said nothing", id="killed"
        ),
    ],
)
@pytest.mark.parametrize("check", [True, False])
def test_a_replay_that_came_to_nothing_fails_the_test(
    command: Command, session: Path, says: tuple[int, bytes, bytes], message: str, check: bool
) -> None:
    command.says = says
    with pytest.raises(pytest.fail.Exception) as failed:
        Replaying(Mark(session, None, {}))(check=check)
    assert str(failed.value) == message


def test_a_missing_session_says_who_records_it(command: Command, tmp_path: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match=r"there is no session .*missing\.jsonl"):
        Replaying(Mark(tmp_path / "missing.jsonl", None, {}))("demo:shop")
    assert command.words == []
