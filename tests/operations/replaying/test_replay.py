from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mcpx.analyses.divergence.comparison import Comparing
from mcpx.analyses.divergence.divergences import Kind
from mcpx.client import processes
from mcpx.errors import RefusedError, ServerError
from mcpx.masking import Mask
from mcpx.operations.replaying.options import Options, Replayed, Summary
from mcpx.operations.replaying.replay import replayed
from mcpx.servers import Era, Origin, Place, ServerSpec
from mcpx.sessions.reading import read_session
from mcpx.settings import Settings
from mcpx.trust import Gate
from tests.client.children import GOOD
from tests.client.sites import seen, site, spec_of
from tests.conftest import Result
from tests.operations.replaying.rehearsal import opened, server, text, written
from tests.sessions.tapes import HEADER, call, done, sent

Run = Callable[..., Result]
CALLS = (
    {"list": "tools"},
    {"tool": "echo", "args": {"text": "hi"}},
    {"together": [{"tool": "add", "args": {"a": n, "b": 1}} for n in range(3)]},
    {"tool": "fail", "args": {}},
)
STDIO = ServerSpec("good", command=GOOD[0], args=GOOD[1:])


def recorded(run: Run, folder: Path, *target: str, era: str = "auto") -> str:
    """A session with a server, made by mcpx itself."""
    file = folder / "session.jsonl"
    script = "".join(f"{json.dumps(one)}\n" for one in CALLS)
    run("record", "-o", str(file), "--script", "-", "--era", era, *target, stdin=script)
    assert file.exists()
    return str(file)


def again(file: str, spec: ServerSpec, **options: Any) -> tuple[list[Replayed], Summary]:
    told: list[Replayed] = []
    given = {"seconds": 10.0, "allow_writes": True, **options}
    summary = replayed(
        read_session(file),
        spec,
        Settings(),
        Mask(),
        Gate(trust_projects=False),
        Comparing(),
        Options(**given),
        told.append,
    )
    return told, summary


def differing(told: list[Replayed]) -> list[Any]:
    return [(one.interaction.method, found) for one in told for found in one.divergences]


@pytest.mark.parametrize("era", ["legacy", "modern"])
@pytest.mark.parametrize("live", ["legacy", "modern"])
def test_an_unchanged_server_on_stdio_differs_in_nothing(
    run: Run, tmp_path: Path, era: str, live: str
) -> None:
    file = recorded(run, tmp_path, "--", *GOOD, era=era)
    told, summary = again(file, STDIO, era=Era(live))
    assert differing(told) == []
    assert (summary.interactions, summary.broken, summary.complete) == (9, None, True)
    assert {one.live.modern for one in told} == {live == "modern"}
    assert list(processes._running) == []


@pytest.mark.parametrize(
    ("era", "options"),
    [
        pytest.param("legacy", {}, id="legacy JSON"),
        pytest.param("legacy", {"sse": True}, id="legacy streams"),
        pytest.param("legacy", {"old": True}, id="HTTP+SSE"),
        pytest.param("legacy", {"resumes": 1}, id="resumed streams"),
        pytest.param("modern", {}, id="modern JSON"),
        pytest.param("modern", {"sse": True}, id="modern streams"),
    ],
)
def test_an_unchanged_server_over_http_differs_in_nothing(
    run: Run, tmp_path: Path, era: str, options: dict[str, Any]
) -> None:
    with site(**options) as served:
        file = recorded(run, tmp_path, served.url, era=era)
        before = len(seen(served))
        told, summary = again(file, spec_of(served))
        assert differing(told) == []
        assert summary.broken is None
        calls = [one for one in seen(served)[before:] if one == "tools/call"]
        assert len(calls) == 5


def test_writes_are_refused_before_anything_is_sent(run: Run, tmp_path: Path) -> None:
    with site() as served:
        file = recorded(run, tmp_path, served.url)
        before = len(seen(served))
        with pytest.raises(RefusedError, match="echo, fail") as refused:
            again(file, spec_of(served), allow_writes=False)
        assert "tools/call" not in seen(served)[before:]
        assert "--allow-writes" in refused.value.hint
        told, summary = again(file, spec_of(served), allow_writes=False, skip_writes=True)
    assert differing(told) == []
    assert summary.skipped == ("echo", "fail")


# It can run once at a time, and writes down what it is asked.
ALONE = """
import atexit, os
os.close(os.open(os.environ["FOLDER"] + "/lock", os.O_CREAT | os.O_EXCL))
atexit.register(os.remove, os.environ["FOLDER"] + "/lock")
def on(message):
    with open(os.environ["FOLDER"] + "/asked", "a") as file:
        file.write(message["method"] + "\\n")
    if message["method"] == "tools/list":
        tool = {"name": "add", "inputSchema": {}, "annotations": {"readOnlyHint": True}}
        result(message, tools=[tool])
    elif message["method"] == "tools/call":
        result(message, n=1)
    elif "id" in message:
        error(message, -32601)
"""


def test_what_nobody_knows_may_write(tmp_path: Path) -> None:
    alone = replace(server(ALONE), env={"FOLDER": str(tmp_path)})
    events = [
        *opened(),
        call(1, "add"),
        done(1, {"n": 1}),
        sent("admin/wipe", 2, params={"all": True}),
        done(2, {}),
        sent("notifications/wipe"),
        call(3, ["add"]),  # type: ignore[arg-type]
        done(3, {"n": 1}),
    ]
    file = written(tmp_path, *events).name
    with pytest.raises(RefusedError, match=r"admin/wipe .*, notifications/wipe .*, tools/call \["):
        again(file, alone, allow_writes=False)
    assert "tools/call" not in (tmp_path / "asked").read_text()
    (tmp_path / "asked").write_text("")
    told, summary = again(file, alone, allow_writes=False, skip_writes=True)
    assert (differing(told), summary.broken) == ([], None)
    assert summary.skipped == ("admin/wipe", "notifications/wipe", 'tools/call ["add"]')
    asked = (tmp_path / "asked").read_text().split()
    assert [one for one in asked if one != "server/discover"] == ["tools/list", "tools/call"]


def test_a_server_of_a_project_needs_approval(run: Run, tmp_path: Path) -> None:
    file = recorded(run, tmp_path, "--", *GOOD)
    place = Place("session", "project", file, "good")
    spec = ServerSpec("good", command=GOOD[0], args=GOOD[1:], origin=Origin.PROJECT, place=place)
    with pytest.raises(RefusedError, match="neither started nor reached"):
        again(file, spec)


def test_a_server_that_cannot_be_started_is_an_error(run: Run, tmp_path: Path) -> None:
    file = recorded(run, tmp_path, "--", *GOOD)
    with pytest.raises(ServerError, match="/no/such"):
        again(file, ServerSpec("gone", command="/no/such"))


WHERE = """
import os
def on(message):
    said(message, f"in {os.getcwd()}: {arguments(message)['file']}")
"""


@pytest.mark.parametrize(
    ("args", "cwd", "expected"),
    [
        pytest.param((), None, Kind.VOLATILE, id="ours"),
        pytest.param((), "elsewhere", Kind.VOLATILE, id="that of the server"),
        pytest.param(("/srv/rec/shop/notes",), None, Kind.CHANGED, id="by its name"),
    ],
)
def test_the_recorded_folder_is_where_the_live_server_runs(
    tmp_path: Path, args: tuple[str, ...], cwd: str | None, expected: Kind
) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    spec = server(WHERE)
    spec = replace(spec, args=(*spec.args, *args), cwd=cwd and str(folder))
    asked = call(1, "where", {"file": "/srv/rec/shop/a.txt"})
    answer = text("in /srv/rec/shop: /srv/rec/shop/a.txt")
    header = replace(HEADER, target={**HEADER.target, "cwd": "/srv/rec/shop"})
    file = written(tmp_path, *opened(), asked, done(1, answer), header=header).name
    told, _ = again(file, spec)
    assert [found.kind for _, found in differing(told)] == [expected]
