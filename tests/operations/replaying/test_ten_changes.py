"""A server that is changed in ten small ways, each told in its class and nothing besides."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, Result

SERVER = (sys.executable, str(ROOT / "tests" / "servers" / "changing.py"))
CALLS = (
    {"tool": "report", "args": {"project": "attic"}},
    {"tool": "report", "args": {"project": "cellar"}},
    {"list": "resources"},
)
HARMLESS = {"volatile"}

Run = Callable[..., Result]


@pytest.fixture(params=["legacy", "modern"])
def recording(request: pytest.FixtureRequest, run: Run, tmp_path: Path) -> Iterator[str]:
    """A session with the server as it is, in either era."""
    file = tmp_path / "session.jsonl"
    script = "".join(f"{json.dumps(call)}\n" for call in CALLS)
    options = ("--script", "-", "--era", request.param, "-o", str(file))
    done = run("record", *options, "--", *SERVER, stdin=script)
    assert file.exists(), done.err
    yield str(file)


def told(result: Result) -> list[tuple[str, str, str]]:
    """What a replay tells that is not only volatile: of which call, the class, and where."""
    return [
        (f"{one['method']} {one['name']}".strip(), found["kind"], found["pointer"])
        for one in result.json["interactions"]
        for found in one["divergences"]
        if found["kind"] not in HARMLESS
    ]


def test_same_server_differs_in_nothing_but_the_volatile(run: Run, recording: str) -> None:
    result = run("replay", recording, "--json", "--", *SERVER)
    assert (result.status, told(result)) == (0, [])
    volatile = {
        found["pointer"] for one in result.json["interactions"] for found in one["divergences"]
    }
    assert volatile == {"/structuredContent/request", "/structuredContent/made"}


@pytest.mark.parametrize(
    ("change", "kind", "pointer", "status"),
    [
        pytest.param("count", "changed", "/structuredContent/open", 1, id="a count"),
        pytest.param("date", "changed", "/structuredContent/due", 1, id="a date"),
        pytest.param(
            "meta", "changed", "/_meta/example.com~1source/store/revision", 1, id="a nested _meta"
        ),
        pytest.param("id", "changed", "/structuredContent/id", 1, id="an id"),
        pytest.param("order", "order", "/structuredContent/people", 0, id="an order"),
        pytest.param("type", "schema", "/structuredContent/hours", 1, id="a type"),
        pytest.param("block", "changed", "/content/1", 1, id="a missing block"),
        pytest.param("latency", "latency", "", 0, id="a latency"),
    ],
)
def test_change_of_a_result_is_told_in_its_class(
    run: Run, recording: str, change: str, kind: str, pointer: str, status: int
) -> None:
    options = ("--latency", "--json") if change == "latency" else ("--json",)
    result = run("replay", recording, *options, "--", *SERVER, "--change", change)
    assert told(result) == [("tools/call report", kind, pointer)]
    assert result.status == status


def test_another_error_code_is_told_in_its_class(run: Run, recording: str) -> None:
    result = run("replay", recording, "--json", "--", *SERVER, "--change", "code")
    assert told(result) == [("tools/call report", "error-class", "/code")]
    assert result.status == 1


def test_extra_notification_is_told_in_its_class(run: Run, recording: str) -> None:
    result = run("replay", recording, "--json", "--", *SERVER, "--change", "notification")
    assert [kind for _, kind, _ in told(result)] == ["extra"]
    assert result.status == 0
