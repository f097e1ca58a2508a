from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mcpx.catalogue.lock import Lock, lock_text, read_lock
from mcpx.catalogue.locked import LockedServer
from tests.conftest import GOOD_SERVER, Run

COMMAND = " ".join(GOOD_SERVER)


@pytest.fixture
def lock(project: Path) -> Path:
    return project / "mcpx.lock"


@pytest.fixture
def pinned(project: Path) -> Callable[..., Path]:
    """Writes a lock of servers that are named in it: ``pinned(notes="demo:notes")``."""

    def write(**typed: str) -> Path:
        servers = {name: LockedServer(name, word) for name, word in typed.items()}
        path = project / "mcpx.lock"
        path.write_text(lock_text(Lock(servers=servers)))
        return path

    return write


def typed_in(path: Path) -> dict[str, str]:
    lock = read_lock(path.read_text(), str(path))
    return {name: one.typed for name, one in lock.servers.items()}


@pytest.mark.parametrize(
    ("words", "typed"),
    [
        pytest.param(["demo:notes"], {"notes": "demo:notes"}, id="demo"),
        pytest.param([f"stdio:{COMMAND}"], {"good_stdio": f"stdio:{COMMAND}"}, id="stdio"),
        pytest.param(["--", *GOOD_SERVER], {"good_stdio": f"stdio:{COMMAND}"}, id="command"),
        pytest.param(
            ["--", *GOOD_SERVER, "--name", "sk-0123456789abcdefghij"],
            {"good_stdio": ""},
            id="with-a-secret",
        ),
        pytest.param(["mine"], {"mine": "mine"}, id="configured"),
        pytest.param(["cursor/mine"], {"mine": "cursor/mine"}, id="of-a-host"),
        pytest.param(["file.json"], {"file": ""}, id="file"),
        pytest.param(
            ["mine", f"stdio:{COMMAND}", "mine"],
            {"mine": "mine", "good_stdio": f"stdio:{COMMAND}"},
            id="several",
        ),
    ],
)
def test_a_lock_keeps_the_target_as_it_was_typed(
    run: Run,
    home: Path,
    project: Path,
    configure: Callable[..., Path],
    catalogue_file: Callable[..., Path],
    good_server: dict[str, Any],
    words: list[str],
    typed: dict[str, str],
) -> None:
    configure(home / ".cursor" / "mcp.json", mine=good_server)
    catalogue_file("file", tools=[])
    assert run("lock", *words).status == 0
    assert typed_in(project / "mcpx.lock") == typed
    assert "sk-0123" not in (project / "mcpx.lock").read_text()


def test_what_a_lock_names_does_not_start_unless_that_is_allowed(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = project / "started"
    script = project / "evil.py"
    script.write_text(f"open({str(marker)!r}, 'w')")
    word = f"stdio:{GOOD_SERVER[0]} {script}"
    server = LockedServer("evil", word)
    (project / "mcpx.lock").write_text(lock_text(Lock(servers={"evil": server})))
    for argv in (["--check"], ["--check", "evil"], ["--update"], ["evil"], ["--check", "--json"]):
        done = run("lock", *argv)
        assert done.status == 4
        assert "comes from a project's file and is not approved; not started" in done.err
        assert not marker.exists()
    assert run("lock", "--check", "--trust-project", "--dry-run").status == 0
    assert not marker.exists()
    assert run("lock", "--check", "--trust-project").status == 3
    assert marker.exists()
    marker.unlink()
    monkeypatch.setenv("MCPX_TRUST", "project")
    assert run("lock", "--check").status == 3
    assert marker.exists()


def test_an_approval_is_for_what_the_lock_says_now(run: Run, lock: Path) -> None:
    run("lock", "--", *GOOD_SERVER)
    refused = run("lock", "--check")
    assert (refused.status, "mcpx trust allow good_stdio shows" in refused.err) == (4, True)
    allowed = run("trust", "allow", "good_stdio", "--yes")
    assert (allowed.status, f"command: {COMMAND}\n" in allowed.err) == (0, True)
    assert run("lock", "--check").err == "good_stdio: as pinned\n"
    lock.write_text(lock.read_text().replace(f'{GOOD_SERVER[1]}"', f'{GOOD_SERVER[1]} -x"', 1))
    changed = run("lock", "--check")
    assert (changed.status, "has changed since it was approved" in changed.err) == (4, True)
    assert run("trust", "deny", "good_stdio").status == 0
    assert run("lock", "--check", "--trust-project").status == 4


def test_a_registry_is_not_asked_for_what_a_lock_names(
    run: Run, pinned: Callable[..., Path]
) -> None:
    pinned(far="registry:io.github.x/y")
    done = run("lock", "--check")
    assert (done.status, "not asked for" in done.err) == (4, True)


def test_nothing_is_asked_at_a_terminal(run: Run, pinned: Callable[..., Path]) -> None:
    pinned(evil="npm:evil")
    done = run("lock", "--check", tty=True, stdin="y\n")
    assert done.status == 4
    assert "[y/N]" not in done.err + done.out


def test_a_projects_own_server_needs_its_approval(
    run: Run,
    project: Path,
    pinned: Callable[..., Path],
    configure: Callable[..., Path],
    good_server: dict[str, Any],
) -> None:
    configure(project / ".mcp.json", ours=good_server)
    pinned(ours="ours")
    done = run("lock", "--check")
    assert (done.status, "mcpx trust allow ours" in done.err) == (4, True)
    assert run("trust", "allow", "ours", "--yes").status == 0
    assert run("lock", "--check").status == 1


@pytest.mark.parametrize(
    "option",
    [
        pytest.param(["--env", "K=v"], id="env"),
        pytest.param(["--header", "X-A: b"], id="header"),
        pytest.param(["--bearer-env", "HOME"], id="bearer-env"),
        pytest.param(["--set", "a=b"], id="set"),
    ],
)
def test_secrets_go_to_no_server_that_a_file_names(
    run: Run, pinned: Callable[..., Path], option: list[str]
) -> None:
    pinned(notes="demo:notes", far="https://127.0.0.1:9/mcp")
    done = run("lock", "--check", "--trust-project", *option)
    assert done.status == 2
    assert f"{option[0]}: is for targets, not for servers that a lock names" in done.err


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        pytest.param("", 2, "evil: mcpx.lock does not say how to start or reach it", id="nothing"),
        pytest.param("/etc/passwd", 2, "does not say how", id="file"),
        pytest.param("git:HEAD:x", 2, "does not say how", id="revision"),
        pytest.param("gone", 2, "no server is configured as 'gone'", id="not-configured"),
        pytest.param("demo:gone", 2, "there is no demo server 'gone'", id="no-demo"),
        pytest.param("stdio:'", 2, "no closing quotation", id="quotes"),
        pytest.param("https://", 2, "", id="no-url"),
    ],
)
def test_one_that_cannot_be_asked_never_passes_and_costs_no_other(
    run: Run, pinned: Callable[..., Path], typed: str, status: int, said: str
) -> None:
    pinned(evil=typed, notes=f"stdio:{COMMAND}")
    done = run("lock", "--check", "--trust-project", "--json")
    assert done.status == status
    assert said in done.err
    assert [one["server"] for one in done.json["servers"]] == ["notes"]
    assert [one["server"] for one in done.json["not_examined"]] == ["evil"]


def test_a_name_in_the_lock_stands_for_its_target(
    run: Run, home: Path, configure: Callable[..., Path], pinned: Callable[..., Path]
) -> None:
    configure(home / ".cursor" / "mcp.json", notes={"command": "no-such-program"})
    path = pinned(notes=f"stdio:{COMMAND}")
    allowed = ("notes", "--trust-project")
    assert run("lock", "--update", *allowed).status == 0
    assert typed_in(path) == {"notes": f"stdio:{COMMAND}"}
    assert run("lock", "--check", *allowed).status == 0
    assert run("lock", "--check", "cursor/notes").status == 3
