from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

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
SEARCH = {"method": "tools/call", "name": "search"}
CONNECTION = {"method": None, "name": None}


def document(*divergences: dict[str, Any], of: dict[str, Any] = SEARCH) -> dict[str, Any]:
    return {"format": "mcpx.replay", "interactions": [{**of, "divergences": list(divergences)}]}


class Command:
    """In the place of ``mcpx replay``: what it was called with, and what it says."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.says: tuple[int, bytes, bytes] = (0, json.dumps(document()).encode(), b"")

    def __call__(self, words: list[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        self.words = words[4:]
        return subprocess.CompletedProcess(words, *self.says)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Command:
    command = Command()
    monkeypatch.setattr(subprocess, "run", command)
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
            None, None, {"fail_on": "warning", "ignore": ["x"]}, ["--fail-on=warning", "--ignore=x"]
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
    assert (replay.ok, replay.divergences, replay.document) == (True, (), document())


def test_what_diverges_fails_the_test(command: Command, session: Path) -> None:
    command.says = (1, json.dumps(document(TITLE, LATE, GONE)).encode(), b"")
    replaying = Replaying(Mark(session, None, {}))
    with pytest.raises(pytest.fail.Exception) as failed:
        replaying()
    place = "  tools/call search /structuredContent/title:"
    assert str(failed.value).splitlines() == [
        "mcpx: the server no longer answers as s.jsonl says",
        f'{place} "Login" became "{"x" * 78}… [changed]',
        f"{place} another value [changed]",
    ]


def test_what_diverges_can_be_looked_at_instead(command: Command, session: Path) -> None:
    command.says = (1, json.dumps(document(ENDED, of=CONNECTION)).encode(), b"")
    replay = Replaying(Mark(session, None, {}))(check=False)
    assert not replay.ok
    message = "it ended with status 1"
    expected = Divergence("transport", "error", "", "", "", None, None, message)
    assert replay.divergences == (expected,)
    assert str(expected) == "the connection: it ended with status 1 [transport]"


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
            "mcpx: s.jsonl cannot be replayed: error: no such option",
            id="wrong-use",
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
