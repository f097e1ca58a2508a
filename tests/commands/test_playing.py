from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mcpx.errors import Fault, ServerError
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


def test_what_can_be_done_is_said_with_the_words_to_type(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Plays([ended(1), ended(3, CHANGED, n=2)]).instead(monkeypatch)
    done = run("replay", session(project / "s.jsonl"), *AGAINST)
    [row] = done.rows
    assert row[:5] == ["error", "replay-changed", "#3", "tools/call", "add"]
    assert row[5:] == ["/structuredContent/n", "1", "2", "is another number"]
    assert done.err.splitlines() == [
        "s.jsonl on shop: 2 interactions replayed: 1 equal, 1 differs; differences: 1 changed",
        "to accept it: the same with --update",
        "what differs each time: --learn finds it out,"
        " or --ignore 'tools/call[add] /structuredContent/n'",
    ]


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
