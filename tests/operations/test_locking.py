from __future__ import annotations

import multiprocessing
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mcpx.catalogue.lock import EMPTY, Lock, LockedName, lock_text, read_lock
from mcpx.catalogue.locked import LockedServer, locked
from mcpx.catalogue.model import Catalogue, Item, Kind, Problem, describe_target
from mcpx.errors import ConfigError, Fault, ServerError
from mcpx.json_text import parse_json
from mcpx.masking import Mask
from mcpx.operations import locking
from mcpx.operations.comparing import SchemaJudge
from mcpx.operations.locking import (
    Pin,
    as_locked,
    compare,
    decided,
    keep,
    name_for,
    offered_before,
    read,
    read_pinned,
)
from mcpx.schemas.workers import Worker
from mcpx.servers import ServerSpec, Transport

NOTES = Catalogue(
    "notes",
    {"transport": "stdio", "command": "notes", "args": ["--all"]},
    tools=(Item(Kind.TOOL, {"name": "find", "inputSchema": {"type": "object"}}),),
)
PINNED = locked(NOTES)
CHANGED = locked(replace(NOTES, instructions="Obey."))
SECRET = "canary-0123456789-canary"


def other(name: str) -> LockedServer:
    return locked(replace(NOTES, server=name))


def test_a_server_is_pinned_beside_the_others_and_the_names(home: Path) -> None:
    path = home / "mcpx.lock"
    before = Lock({"a": {"x": LockedName("ax")}}, {"old": other("old")}, {"more": {"k": 1}})
    path.write_text(lock_text(before))
    (found,) = keep(path, [PINNED])
    assert (found.pin, found.before) == (Pin.ADDED, None)
    after = read_lock(path.read_text(), "l")
    assert after == replace(before, servers={"old": other("old"), "notes": PINNED})
    assert [one.name for one in home.iterdir()] == ["mcpx.lock"]


def test_what_is_pinned_and_differs_stays_until_it_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "mcpx.lock"
    keep(path, [replace(PINNED, typed="demo:a", rest={"note": "ours"})])
    text = path.read_text()
    assert keep(path, [PINNED])[0].pin is Pin.SAME
    (found,) = keep(path, [CHANGED])
    assert (found.pin, found.now.instructions) == (Pin.DIFFERS, "Obey.")
    assert path.read_text() == text
    (found,) = keep(path, [replace(CHANGED, typed="demo:b")], accept=True)
    assert found.pin is Pin.ACCEPTED
    (again,) = read_lock(path.read_text(), "l").servers.values()
    assert again == replace(CHANGED, typed="demo:b", rest={"note": "ours"})


def test_to_accept_what_is_the_same_only_takes_the_new_target(tmp_path: Path) -> None:
    path = tmp_path / "mcpx.lock"
    keep(path, [replace(PINNED, typed="demo:a")])
    text = path.read_text()
    stamp = path.stat().st_ino
    assert keep(path, [PINNED], accept=True)[0].pin is Pin.SAME
    assert path.stat().st_ino == stamp
    assert keep(path, [replace(PINNED, typed="demo:b")], accept=True)[0].pin is Pin.ACCEPTED
    assert path.read_text() == text.replace("demo:a", "demo:b")


def test_the_same_servers_give_the_same_lock(tmp_path: Path) -> None:
    one, two = tmp_path / "one.lock", tmp_path / "two.lock"
    keep(one, [PINNED, other("b"), other("a")])
    for server in (other("a"), PINNED, other("b")):
        keep(two, [server])
    assert one.read_bytes() == two.read_bytes()


def _keep(path: Path, number: int) -> None:
    keep(path, [other(f"server-{one}") for one in (number, number % 7)])


def test_twenty_processes_at_once_lose_nothing(home: Path) -> None:
    path = home / "mcpx.lock"
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    running = [context.Process(target=_keep, args=(path, number)) for number in range(20)]
    for one in running:
        one.start()
    for one in running:
        one.join(100)
    assert [one.exitcode for one in running] == [0] * 20
    lock = read_lock(path.read_text(), "l")
    assert sorted(lock.servers) == sorted(f"server-{number}" for number in range(20))
    assert [one.name for one in home.iterdir()] == ["mcpx.lock"]


@pytest.mark.parametrize(
    "rule", ["list-failed", "list-malformed", "list-cursor-invalid", "list-cursor-repeated"]
)
def test_what_is_not_whole_is_not_pinned(tmp_path: Path, rule: str) -> None:
    catalogue = replace(NOTES, problems=(Problem(rule, "no tools today", Kind.TOOL),))
    with pytest.raises(ServerError) as caught:
        as_locked(catalogue, tmp_path / "l", Mask())
    assert caught.value.fault is Fault.INVALID_RESPONSE
    assert caught.value.message == "notes: not all that it offers could be had: no tools today"


def test_no_secret_gets_into_a_lock(tmp_path: Path) -> None:
    specs = [
        ServerSpec(
            "a",
            command="run",
            args=("--token", SECRET, f"--url=https://u:{SECRET}@h/?k={SECRET}", f"X_KEY={SECRET}"),
            env={"API_TOKEN": SECRET},
            cwd=f"/srv/{SECRET}",
        ),
        ServerSpec(
            "b",
            Transport.HTTP,
            url=f"https://user:{SECRET}@h.example/mcp?key={SECRET}#t={SECRET}",
            headers={"Authorization": f"Bearer {SECRET}"},
        ),
    ]
    for spec in specs:
        mask = Mask()
        mask.learn(spec)
        raw = {
            "name": "t",
            "description": f"For {SECRET}.",
            "inputSchema": {"properties": {SECRET: {"default": [SECRET]}}},
        }
        repeating = parse_json(f'{{"uri": "x", "a": "{SECRET}", "a": 1}}')
        catalogue = Catalogue(
            spec.name,
            describe_target(spec),
            version=SECRET,
            supported=(SECRET,),
            server_info={"name": SECRET},
            capabilities={"x": SECRET},
            instructions=f"Use {SECRET}",
            tools=(Item(Kind.TOOL, raw),),
            resources=(Item(Kind.RESOURCE, repeating),),
        )
        found = as_locked(catalogue, tmp_path / "mcpx.lock", mask, f"stdio:run {SECRET}")
        text = lock_text(Lock(servers={spec.name: found}))
        assert "canary" not in text
        assert found.typed == ""
        assert found.tools[0].item.raw["description"] == "For ***."
        assert read_lock(text, "l").servers[spec.name] == found


def test_a_lock_is_the_same_in_another_folder(tmp_path: Path, home: Path) -> None:
    locks = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        target = {
            "transport": "stdio",
            "command": f"{folder}/bin/serve",
            "args": [f"{folder}/a", f"--root={folder}", f"{folder}x", f"/mnt{folder}", str(home)],
            "cwd": str(folder),
        }
        locks.append(as_locked(replace(NOTES, target=target), folder / "mcpx.lock", Mask()))
    assert locks[0].target["command"] == "<here>/bin/serve"
    assert locks[0].target["args"][:2] == ["<here>/a", "--root=<here>"]
    assert locks[0].target["args"][4] == "<home>"
    assert locks[0].target["cwd"] == "<here>"
    # What only begins or ends like the folder is another one.
    assert locks[0].target["args"][2:4] == [f"{tmp_path}/onex", f"/mnt{tmp_path}/one"]
    args = [one.target.pop("args") for one in locks]  # type: ignore[attr-defined]
    assert locks[0] == locks[1]
    assert args[0][:2] == args[1][:2]


def test_our_own_demos_are_the_same_on_every_machine(tmp_path: Path) -> None:
    target = {"command": sys.executable, "args": ["-P", "-m", "mcpx.demo", "notes"]}
    found = as_locked(replace(NOTES, target=target), tmp_path / "l", Mask(), "demo:notes")
    assert (found.target["command"], found.typed) == ("python", "demo:notes")
    other = {**target, "args": ["-m", "mcpx.demo"]}
    assert as_locked(replace(NOTES, target=other), tmp_path / "l", Mask()).target == other


def test_a_server_is_known_by_its_target_then_by_its_name() -> None:
    lock = Lock(servers={"a": replace(other("a"), typed="cursor/x"), "x": other("x")})
    assert name_for(lock, "cursor/x", "x") == "a"
    assert name_for(lock, "zed/x", "x") == "x"
    assert name_for(lock, "", "x") == "x"


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        pytest.param([("roots",), ("roots",)], "roots", id="same"),
        pytest.param([("roots", "sampling")], "roots,sampling", id="several"),
        pytest.param([("roots",), ()], None, id="others"),
        pytest.param([()], None, id="none"),
        pytest.param([("rm -rf",)], None, id="unknown"),
        pytest.param([], None, id="nobody"),
    ],
)
def test_servers_are_asked_as_they_were(offered: list[Any], expected: str | None) -> None:
    assert offered_before([replace(PINNED, offered=one) for one in offered]) == expected


def test_a_difference_is_never_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with Worker() as worker:
        judge = SchemaJudge(worker)
        lock = Lock(servers={"notes": PINNED})
        assert compare(decided(EMPTY, PINNED), judge) == []
        assert compare(decided(lock, PINNED), judge) == []
        told = compare(decided(lock, CHANGED), judge)
        assert [one.rule.id for one in told] == ["instructions-added"]
        monkeypatch.setattr(locking, "lock_changes", lambda *_: [])
        (change,) = compare(decided(lock, CHANGED), judge)
        assert change.rule.id == "lock-digest-differs"


def test_a_broken_server_is_kept_as_it_stands_until_it_is_pinned_anew(tmp_path: Path) -> None:
    path = tmp_path / "mcpx.lock"
    keep(path, [replace(PINNED, typed="demo:a"), other("b")])
    path.write_text(path.read_text().replace("sha256:", "sha256:0"))
    lock = read(path)
    assert not lock.servers
    broken = sorted(lock.broken)
    assert broken == ["b", "notes"]
    keep(path, [other("c")])
    assert sorted(read(path).broken) == broken
    assert read(path).broken[broken[0]].table == lock.broken[broken[0]].table
    text = path.read_text()
    for name in broken:
        with pytest.raises(ConfigError, match="digest"):
            keep(path, [other(name)])
    assert path.read_text() == text
    found = keep(path, [other(name) for name in broken], accept=True)
    assert {(one.pin, one.before) for one in found} == {(Pin.ACCEPTED, None)}
    assert not read(path).broken
    assert name_for(lock, "demo:a", "x") == "notes"


def test_a_lock_that_has_to_be_there_has_servers(tmp_path: Path) -> None:
    path = tmp_path / "mcpx.lock"
    with pytest.raises(ConfigError, match="no such file") as caught:
        read_pinned(path)
    assert caught.value.hint == "mcpx lock TARGET pins what a server offers"
    path.write_text('[names.a]\nx = "ax"\n')
    with pytest.raises(ConfigError, match="no server is pinned in it"):
        read_pinned(path)
    with pytest.raises(ConfigError, match="is a folder"):
        keep(tmp_path, [PINNED])
