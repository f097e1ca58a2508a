"""Variables that a recording takes: asked for by name, and secret from then on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mcpx.sessions.events import Masked
from tests.commands.replays import session
from tests.conftest import Run
from tests.operations.replaying.rehearsal import INITIALIZE, OFFER, server
from tests.sessions.tapes import call, came, done, sent, tape

VALUE = "opal-and-onyx"  # of a variable whose name says nothing
ECHO = """
def on(message):
    if message["method"] == "tools/list":
        tool = {"name": "add", "inputSchema": {}, "annotations": {"readOnlyHint": True}}
        result(message, tools=[tool])
    elif message["method"] == "tools/call":
        said(message, "hullo " + message["params"]["arguments"]["conf"])
    else:
        error(message, -32601)
"""
PUT = Masked("/params/arguments/conf", "env:MY_CONF")
BACK = Masked("/result/content/0/text", "env:MY_CONF")


@pytest.fixture
def words(project: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("MY_CONF", VALUE)
    said = {"content": [{"type": "text", "text": "hello ‹env:MY_CONF›"}]}
    events = tape(
        sent("initialize", 0, params=INITIALIZE),
        came(id=0, result=OFFER),
        sent("notifications/initialized"),
        call(1, "add", {"conf": "‹env:MY_CONF›"}, masked=(PUT,)),
        done(1, said, masked=(BACK,)),
    )
    session(project / "s.jsonl", events)
    spec = server(ECHO)
    return ["s.jsonl", "--", spec.command, *spec.args]


def test_a_variable_goes_nowhere_unless_it_is_named(run: Run, words: list[str]) -> None:
    done = run("replay", *words)
    assert (done.status, done.out) == (4, "")
    assert "a variable of yours into what is sent: MY_CONF; nothing was sent" in done.err
    assert "MY_CONF goes into tools/call add" in done.err
    assert "hint: --restore MY_CONF puts it back" in done.err
    assert run("replay", "--restore", "OTHER", *words).status == 4


def test_a_dry_run_says_where_it_would_go(run: Run, words: list[str]) -> None:
    done = run("replay", "--dry-run", "--json", *words)
    assert (done.status, VALUE in done.out) == (0, False)
    where = "MY_CONF into tools/call add"
    assert done.json["request"]["restores"] == [f"{where}, with --restore MY_CONF only"]
    done = run("replay", "--dry-run", "--json", "--trust-project", *words)
    assert done.json["request"]["restores"] == [where]


@pytest.mark.parametrize(
    ("consent", "form"),
    [
        pytest.param(("--restore", "MY_CONF"), ("-vv",), id="named"),
        pytest.param(("--restore", "all"), ("--json",), id="all"),
        pytest.param(("--trust-project",), (), id="trusted"),
    ],
)
def test_what_is_put_back_is_secret_in_all_outputs(
    run: Run, project: Path, words: list[str], consent: tuple[str, ...], form: tuple[str, ...]
) -> None:
    done = run("replay", *consent, *form, "--record", "again.jsonl", *words)
    assert done.status == 1, done.err
    assert "hullo" in done.out
    assert VALUE not in done.out + done.err
    kept = (project / "again.jsonl").read_text(encoding="utf-8")
    assert r"hullo \u2039env:MY_CONF\u203a" in kept or "hullo ‹env:MY_CONF›" in kept
    assert VALUE not in kept


def test_an_update_keeps_it_out_of_the_file(run: Run, project: Path, words: list[str]) -> None:
    consent = ("--restore", "all")
    done = run("replay", *consent, "--update", *words)
    assert (done.status, VALUE in done.err) == (0, False)
    text = (project / "s.jsonl").read_text()
    assert "hullo ‹env:MY_CONF›" in text
    assert VALUE not in text
    done = run("replay", *consent, *words)
    assert (done.status, done.out) == (0, "")


def test_what_checks_for_writes_is_not_recorded(run: Run, project: Path, words: list[str]) -> None:
    run("replay", "--restore", "all", "--record", "again.jsonl", *words)
    lines = (json.loads(one) for one in (project / "again.jsonl").read_text().splitlines())
    asked = [one["m"].get("method") for one in lines if one["k"] == "msg" and one["d"] == "c2s"]
    assert asked == ["initialize", "notifications/initialized", "tools/call"]
