from __future__ import annotations

import io
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mcpx.client import processes
from mcpx.client.questions import Nobody
from mcpx.errors import ConfigError, Fault, RefusedError, UsageError
from mcpx.masking import Mask
from mcpx.operations import snapshots as module
from mcpx.operations.snapshots import (
    Snapshot,
    Watching,
    offered_capabilities,
    read_catalogues,
    snapshots,
)
from mcpx.servers import Origin, Place, ServerSpec
from mcpx.settings import Settings
from mcpx.sources.targets import FileTarget
from mcpx.trust import Gate
from tests.client.heard import Heard
from tests.conftest import GOOD_SERVER


def good(name: str = "good", *more: str) -> ServerSpec:
    return ServerSpec(name, command=GOOD_SERVER[0], args=(*GOOD_SERVER[1:], *more))


QUIET = Watching(lambda _text: None)
SETTINGS = Settings(timeout=10)
GATE = Gate(False)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (None, ()),
        ("none", ()),
        ("", ()),
        ("roots", ("roots",)),
        ("sampling, roots", ("roots", "sampling")),
        ("all", ("roots", "sampling", "elicitation")),
        ("roots,all", ("roots", "sampling", "elicitation")),
    ],
)
def test_capabilities_are_named(text: str | None, names: tuple[str, ...]) -> None:
    assert offered_capabilities(text) == names


def test_an_unknown_capability_is_wrong_use() -> None:
    with pytest.raises(UsageError, match="there is no 'magic'") as caught:
        offered_capabilities("roots,magic")
    assert caught.value.hint == "roots, sampling, elicitation, all"


def test_files_and_servers_come_in_the_order_of_the_targets(
    catalogue_file: Callable[..., Path],
) -> None:
    first = FileTarget(str(catalogue_file("first", tools=[{"name": "a"}])))
    last = FileTarget(str(catalogue_file("last")))
    missing = ServerSpec("missing", command="no-such-program-x")
    told: list[str] = []
    said: list[str] = []
    watching = Watching(said.append, lambda snapshot: told.append(snapshot.server))
    targets = [first, missing, good(), last]
    with snapshots(targets, SETTINGS, Mask(), watching, GATE) as taken:
        assert [one.server for one in taken] == ["first", "missing", "good", "last"]
        by_name = {one.server: one for one in taken}
        assert by_name["missing"].catalogue is None
        error = by_name["missing"].error
        assert error is not None
        assert error.fault is Fault.SPAWN
        catalogue = by_name["good"].catalogue
        assert catalogue is not None
        assert [item.key for item in catalogue.tools] == ["echo", "add", "fail"]
        first_catalogue = by_name["first"].catalogue
        assert first_catalogue is not None
        assert first_catalogue.problems  # what a file holds is judged too
    assert sorted(told) == ["good", "missing"]
    assert said[0] == "0 of 2 servers"
    assert said[-1].startswith("2 of 2 servers: ")


def test_nothing_is_started_for_files(catalogue_file: Callable[..., Path]) -> None:
    target = FileTarget(str(catalogue_file("one")))
    with snapshots([target], SETTINGS, Mask(), QUIET, GATE) as taken:
        assert [one.server for one in taken] == ["one"]


def test_more_servers_than_may_run_side_by_side_all_get_their_turn() -> None:
    specs = [good(f"server-{number}") for number in range(5)]
    with snapshots(specs, Settings(timeout=10, concurrency=2), Mask(), QUIET, GATE) as taken:
        assert [one.error for one in taken] == [None] * 5


def test_what_needs_approval_is_not_started(tmp_path: Path) -> None:
    place = Place("cursor", "project", "/shop/.cursor/mcp.json", "bad")
    ran = tmp_path / "ran"
    bad = ServerSpec("bad", command="touch", args=(str(ran),), origin=Origin.PROJECT, place=place)
    with snapshots([bad, good()], SETTINGS, Mask(), QUIET, GATE) as taken:
        assert isinstance(taken[0].error, RefusedError)
        assert taken[1].error is None
    assert not ran.exists()
    with snapshots([bad], SETTINGS, Mask(), QUIET, Gate(True)) as taken:
        assert not isinstance(taken[0].error, RefusedError)
    assert ran.exists()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


LINGERS = """
import os, sys, time
open(sys.argv[1], "w").write(str(os.getpid()))
sys.stdin.read(1)
time.sleep(60)
"""


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_no_server_is_left_when_the_work_is_broken_off(
    tmp_path: Path, error: type[BaseException]
) -> None:
    file = tmp_path / "pid"
    spec = ServerSpec("slow", command=sys.executable, args=("-c", LINGERS, str(file)))

    def told(snapshot: Snapshot) -> None:
        raise error

    with (
        pytest.raises(error),
        snapshots([good(), spec], SETTINGS, Mask(), Watching(lambda _text: None, told), GATE),
    ):
        raise AssertionError("it went on")
    deadline = time.monotonic() + 5
    while file.exists() and file.read_text() and alive(int(file.read_text())):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_bad_file_ends_servers_that_were_started_ahead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[bool] = []
    kill_all = processes.kill_all

    def kill() -> None:
        ended.append(True)
        kill_all()

    monkeypatch.setattr(processes, "kill_all", kill)
    missing = FileTarget(str(tmp_path / "none.json"))
    with (
        pytest.raises(ConfigError, match=r"cannot read .*none.json: No such file"),
        snapshots([good(), missing], SETTINGS, Mask(), QUIET, GATE),
    ):
        raise AssertionError("it went on")
    assert ended == [True]


def test_secrets_of_the_targets_are_learnt() -> None:
    mask = Mask()
    spec = ServerSpec("x", command="no-such-program-x", env={"TOKEN": "c4nary-value"})
    with snapshots([spec], SETTINGS, mask, QUIET, GATE):
        assert mask("c4nary-value") == "***"


def test_messages_are_told_to_a_tap() -> None:
    heard = Heard()
    watching = Watching(lambda _text: None, tapping=heard.tapping)
    with snapshots([good()], SETTINGS, Mask(), watching, GATE):
        pass
    (tap,) = heard.taps
    assert "server/discover" in heard.methods
    assert len(tap.of("received")) == len(tap.of("sent"))


@pytest.mark.parametrize("era", ["legacy", "modern"])
def test_the_era_is_that_of_the_settings(era: str) -> None:
    with snapshots(
        [good()], Settings(timeout=10, era=era), Mask(), QUIET, GATE, Nobody(("roots",))
    ) as taken:
        (snapshot,) = taken
        assert snapshot.catalogue is not None
        assert snapshot.catalogue.era == era
        assert snapshot.catalogue.offered == ("roots",)


TOOLS: dict[str, Any] = {"tools": [{"name": "a", "inputSchema": {"type": "object"}}]}


@pytest.mark.parametrize(
    ("data", "server"),
    [
        pytest.param(json.dumps(TOOLS).encode(), "stdin", id="list"),
        pytest.param(b"\xef\xbb\xbf" + json.dumps(TOOLS).encode(), "stdin", id="byte-order-mark"),
        pytest.param(
            json.dumps(
                {"format": "mcpx.catalogue", "version": 1, "servers": [{"server": "own"}]}
            ).encode(),
            "own",
            id="catalogue",
        ),
    ],
)
def test_a_catalogue_can_come_from_standard_input(
    data: bytes, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert [one.server for one in read_catalogues(FileTarget("-"))] == [server]


def test_a_list_is_called_by_the_name_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "github.json"
    path.write_text(json.dumps(TOOLS))
    assert [one.server for one in read_catalogues(FileTarget(str(path)))] == ["github"]


def test_a_huge_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_CATALOGUE", 10)
    path = tmp_path / "big.json"
    path.write_text(" " * 11)
    with pytest.raises(ConfigError, match="larger than 10 bytes, not read"):
        read_catalogues(FileTarget(str(path)))


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(b"{}\xff")
    with pytest.raises(ConfigError, match=r"not UTF-8 text \(byte 2\)"):
        read_catalogues(FileTarget(str(path)))
