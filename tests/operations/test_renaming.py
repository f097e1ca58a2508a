from __future__ import annotations

from pathlib import Path

import pytest

from mcpx.analyses.conflicts import Group
from mcpx.analyses.public_names import PublicName
from mcpx.catalogue.lock import EMPTY, Lock, LockedName, lock_text
from mcpx.catalogue.locked import locked
from mcpx.errors import ConfigError
from mcpx.operations.renaming import choose, keep, read, unused
from tests.analyses.offering import described, server

GROUPS = [
    Group(("zed",), [described("a", {"x": "1", "y": "1"})]),
    Group(("cursor",), [described("a", {"z": "1"}), described("b", {"x": "2"})]),
]


def test_the_tools_of_all_hosts_get_names_once() -> None:
    assert [(one.server, one.tool, one.name) for one in choose(GROUPS, {}, EMPTY)] == [
        ("a", "x", "a_x"),
        ("a", "y", "a_y"),
        ("a", "z", "a_z"),
        ("b", "x", "b_x"),
    ]


def test_the_users_name_wins_over_the_locks_and_that_over_the_computed_one() -> None:
    lock = Lock(
        {
            "a": {"x": LockedName("mine"), "y": LockedName(""), "z": LockedName("a_z")},
            "b": {"x": LockedName("", "a")},
        }
    )
    assert choose(GROUPS, {"a": {"x": "best"}}, lock) == [
        PublicName("a", "x", "best", own=True),
        PublicName("a", "y", "", own=True),
        PublicName("a", "z", "a_z"),
        PublicName("b", "x", "b_x"),
    ]


def test_names_are_kept_beside_those_of_servers_that_are_not_here(tmp_path: Path) -> None:
    path = tmp_path / "mcpx.lock"
    path.write_text('[names.gone]\nx = "gone_x"\n[names.a]\nold = "mine"\n[other]\nk = 1\n')
    assert keep(path, GROUPS, {}) == (choose(GROUPS, {}, EMPTY), True)
    assert keep(path, GROUPS, {})[1] is False
    assert read(path) == Lock(
        {
            "gone": {"x": LockedName("gone_x")},
            "a": {
                "old": LockedName("mine"),
                "x": LockedName("a_x"),
                "y": LockedName("a_y"),
                "z": LockedName("a_z"),
            },
            "b": {"x": LockedName("b_x")},
        },
        rest={"other": {"k": 1}},
    )


def test_pinned_servers_are_kept_beside_the_names(tmp_path: Path) -> None:
    path = tmp_path / "mcpx.lock"
    pinned = {key: locked(one) for key, one in (server("a", ("x",)), server("gone", ("y",)))}
    path.write_text(lock_text(Lock(servers=pinned)))
    keep(path, GROUPS, {})
    assert read(path).servers == pinned
    assert read(path).names["b"] == {"x": LockedName("b_x")}
    spoilt = path.read_text().replace('"name": "y"', '"name": "z"')
    path.write_text(spoilt)
    with pytest.raises(ConfigError, match="tool 'y': its name, digest and definition"):
        keep(path, GROUPS, {})
    assert path.read_text() == spoilt


def test_a_clone_is_kept_as_hidden_and_comes_back_when_it_is_alone(tmp_path: Path) -> None:
    path = tmp_path / "mcpx.lock"
    same = {"transport": "stdio", "command": "serve"}
    a, b, c = (server(key, ("x",), target=same) for key in "abc")
    keep(path, [Group((), [c, b])], {})
    assert read(path).names == {"b": {"x": LockedName("b_x")}, "c": {"x": LockedName("", "b")}}
    # What has a name keeps it, whoever comes.
    keep(path, [Group((), [a, b, c])], {})
    assert read(path).names["b"] == {"x": LockedName("b_x")}
    assert read(path).names["a"] == {"x": LockedName("", "b")}
    keep(path, [Group((), [c])], {})
    assert read(path).names["c"] == {"x": LockedName("c_x")}


def test_a_name_that_two_tools_came_to_is_not_kept_as_hidden(tmp_path: Path) -> None:
    path = tmp_path / "mcpx.lock"
    names, _ = keep(path, GROUPS, {"b": {"x": "a_y"}})
    assert PublicName("a", "y", "") in names
    assert "y" not in read(path).names["a"]
    keep(path, GROUPS, {"b": {"x": "mine"}})
    assert read(path).names["a"]["y"] == LockedName("a_y")


def test_the_users_name_is_taken_from_whoever_has_it_in_the_lock() -> None:
    lock = Lock({"a": {"x": LockedName("s")}})
    found = {(one.server, one.tool): one.name for one in choose(GROUPS, {"b": {"x": "s"}}, lock)}
    assert (found["b", "x"], found["a", "x"]) == ("s", "a_x")
    twice = Lock({"a": {"x": LockedName("s")}, "b": {"x": LockedName("s")}})
    found = {(one.server, one.tool): one.name for one in choose(GROUPS, {}, twice)}
    assert (found["b", "x"], found["a", "x"]) == ("", "")


def test_a_lock_that_is_none_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "mcpx.lock"
    path.write_text("names = 3")
    with pytest.raises(ConfigError, match="names is not a table"):
        keep(path, [], {})
    assert path.read_text() == "names = 3"
    with pytest.raises(ConfigError, match="is a folder"):
        keep(tmp_path, [], {})
    assert read(tmp_path / "none") == EMPTY


def test_a_chosen_name_that_a_host_takes_for_another_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        choose(GROUPS, {"a": {"x": "B_X"}}, EMPTY)
    assert caught.value.message == "the names 'B_X' and 'b_x' are one name to IBM ContextForge"


def test_what_no_file_can_hold_is_not_kept(tmp_path: Path) -> None:
    groups = [Group((), [server("ok", ("a",)), server("bad", ("x\ud800", "y"))])]
    folder = tmp_path / "checkout"
    folder.mkdir()
    names, _ = keep(folder / "mcpx.lock", groups, {})
    assert PublicName("bad", "x\ud800", "") in names
    assert read(folder / "mcpx.lock").names == {
        "ok": {"a": LockedName("ok_a")},
        "bad": {"y": LockedName("bad_y")},
    }
    assert [one.name for one in folder.iterdir()] == ["mcpx.lock"]


def test_a_lock_is_not_put_where_there_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file or directory"):
        keep(tmp_path / "none" / "mcpx.lock", GROUPS, {})
    assert not (tmp_path / "none").exists()


def test_names_for_tools_that_are_not_there_are_told() -> None:
    own = {"a": {"x": "1", "gone": "2"}, "elsewhere": {"y": "3"}}
    assert list(unused(own, choose(GROUPS, {}, EMPTY))) == [("a", "gone")]
