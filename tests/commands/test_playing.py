from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mcpx.analyses.divergence.sides import End, Interaction
from mcpx.errors import Fault, ServerError
from mcpx.terminal import Terminal
from tests.commands.replays import CHANGED, VOLATILE, Plays, ended, session
from tests.conftest import Run
from tests.sessions.tapes import came, sent, tape

AGAINST = ("--against", "demo:shop")
ALL_EQUAL = "s.jsonl on shop: 2 interactions replayed, all equal\n"


@pytest.mark.parametrize(
    ("last", "options", "status"),
    [
        pytest.param(ended(3), (), 0, id="equal"),
        pytest.param(ended(3, VOLATILE), (), 0, id="volatile"),
        pytest.param(ended(3, CHANGED, n=2), (), 1, id="changed"),
        pytest.param(ended(3, CHANGED, n=2), ("--fail-on", "never"), 0, id="never"),
        pytest.param(ended(3, CHANGED, n=2), ("--exit-zero",), 0, id="exit-zero"),
        pytest.param(ended(3, VOLATILE), ("--fail-on", "info"), 1, id="strict"),
    ],
)
def test_the_status_says_whether_something_differs(
    run: Run,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    last: Any,
    options: tuple[str, ...],
    status: int,
) -> None:
    Plays([ended(1), last]).instead(monkeypatch)
    assert run("replay", session(project / "s.jsonl"), *AGAINST, *options).status == status


@pytest.mark.parametrize(
    ("summary", "status", "said"),
    [
        pytest.param({"bound": {"cart-1": "cart-2"}}, 0, "bound: cart-1 → cart-2\n", id="bound"),
        pytest.param(
            {"bound": {str(n): f"x{n}" for n in range(9)}},
            0,
            "bound: 0 → x0, 1 → x1, 2 → x2, 3 → x3 and 5 more\n",
            id="many-bound",
        ),
        pytest.param(
            {"skipped": ("drop", "write")},
            0,
            "not called, since they may write: drop, write\n",
            id="skipped",
        ),
        pytest.param({"remarks": ("One thing.",)}, 0, "One thing.\n", id="remark"),
        pytest.param({"complete": False}, 0, "the recording is not whole: ", id="incomplete"),
        pytest.param(
            {"missing": ("env:TOKEN",)}, 2, "not sent, without the values of TOKEN: ", id="missing"
        ),
        pytest.param(
            {"broken": ServerError(Fault.EXITED, "shop: it ended")},
            3,
            "error: shop: it ended\n",
            id="lost",
        ),
    ],
)
def test_the_whole_is_told_after_it(
    run: Run,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    summary: dict[str, Any],
    status: int,
    said: str,
) -> None:
    Plays([ended(1), ended(3)], **summary).instead(monkeypatch)
    done = run("replay", session(project / "s.jsonl"), *AGAINST)
    assert (done.status, done.out) == (status, "")
    assert done.err.startswith(ALL_EQUAL + said)


def test_a_session_without_a_request_is_of_no_use(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Plays([]).instead(monkeypatch)
    done = run("replay", session(project / "s.jsonl", []), *AGAINST)
    assert (done.status, done.err) == (2, "error: s.jsonl: there is nothing in it to replay\n")


def test_a_dry_run_shows_what_would_be_sent_in_order(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Plays([]).instead(monkeypatch)
    events = tape(
        sent("tools/list", 1),
        sent("tools/call", 2, params={"name": "add", "arguments": {"token": "hunter22"}}),
        came(id=2, result={}),
        came("roots/list", 1),
        came(id=1, result={"tools": []}),
    )
    done = run("replay", session(project / "s.jsonl", events), *AGAINST, "--dry-run")
    assert done.status == 0
    assert [row[1:] for row in done.rows if row[0] == "request"] == [
        ["session", "s.jsonl"],
        ["sends", "#1 tools/list"],
        ["sends", "#2 tools/call add  token=***"],
    ]


def test_the_progress_counts_what_the_result_counts(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []

    @contextmanager
    def progress(_terminal: Terminal) -> Iterator[Callable[[str], None]]:
        yield Shown(shown)

    monkeypatch.setattr(Terminal, "progress", progress)
    handshake = replace(ended(1), interaction=Interaction(1, 1, "initialize"))
    left = ended(3, end=End.NOT_SENT, value=None, reason="it may write")
    Plays([handshake, ended(1), left, ended(3)]).instead(monkeypatch)
    done = run("replay", session(project / "s.jsonl"), *AGAINST)
    assert shown == [f"shop: {said}" for said in ("connecting", *COUNTED)]
    assert done.err == f"s.jsonl on shop: {COUNTED[-1]}, all equal; 1 not sent\n"


COUNTED = ("1 interaction replayed", "2 interactions replayed")


class Shown:
    """Takes the place of a terminal's progress."""

    def __init__(self, shown: list[str]) -> None:
        self._shown = shown

    def __call__(self, text: str) -> None:
        self._shown.append(text)

    def again(self) -> None:
        """Nothing moves."""
