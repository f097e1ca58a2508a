from __future__ import annotations

from pathlib import Path

import pytest

from mcpx.catalogue.lock import Lock, lock_text
from mcpx.catalogue.locked import LockedServer
from mcpx.errors import ConfigError, RefusedError
from mcpx.operations.lock_entries import as_projects, lock_definitions, typed_of
from mcpx.servers import Origin, Place, ServerSpec, definition_digest

LOCK = Path("mcpx.lock")


@pytest.mark.parametrize(
    ("typed", "trusted", "error"),
    [
        pytest.param("demo:notes", False, None, id="demo"),
        pytest.param("github", False, None, id="configured"),
        pytest.param("stdio:serve a.json", False, None, id="command"),
        pytest.param("registry:a/b", True, None, id="trusted-registry"),
        pytest.param("registry:a/b", False, RefusedError, id="registry"),
        *(
            pytest.param(one, True, ConfigError, id=one or "nothing")
            for one in ("", "-", "/etc/passwd", "../x.json", "git:HEAD:x", "a.lock")
        ),
    ],
)
def test_a_lock_names_servers_and_no_files(
    typed: str, trusted: bool, error: type[Exception] | None
) -> None:
    server = LockedServer("notes", typed)
    if error is None:
        assert typed_of(server, LOCK, trusted) == typed
        return
    with pytest.raises(error, match=r"^notes: "):
        typed_of(server, LOCK, trusted)


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        pytest.param("stdio:serve", Origin.PROJECT, id="command"),
        pytest.param("npm:pkg@1", Origin.PROJECT, id="npm"),
        pytest.param("pypi:pkg", Origin.PROJECT, id="pypi"),
        pytest.param("registry:a/b", Origin.PROJECT, id="registry"),
        pytest.param("HTTPS://h.example/", Origin.PROJECT, id="url"),
        pytest.param("demo:notes", Origin.USER, id="demo"),
        pytest.param("github", Origin.USER, id="configured"),
        pytest.param("https", Origin.USER, id="configured-by-an-odd-name"),
    ],
)
def test_what_a_lock_says_to_start_is_a_projects_word(typed: str, origin: Origin) -> None:
    spec = ServerSpec("serve", command="serve", origin=Origin.USER)
    made = as_projects(spec, typed, "notes", LOCK)
    assert (made.name, made.origin) == ("notes", origin)
    expected = Place("mcpx", "lock", str(LOCK.resolve()), "notes")
    assert made.place == (expected if origin is Origin.PROJECT else None)
    assert definition_digest(made) == definition_digest(spec)


def test_what_needs_approval_is_told_without_asking_anybody(project: Path) -> None:
    typed = {
        "a": "stdio:serve --all",
        "b": "npm:@scope/pkg@1.0.0",
        "c": "https://h.example/mcp",
        "demo": "demo:notes",
        "file": "",
        "mine": "github",
        "quotes": "stdio:'",
        "registry": "registry:io.github.x/y",
    }
    servers = {name: LockedServer(name, word) for name, word in typed.items()}
    LOCK.write_text(lock_text(Lock(servers=servers)))
    found = lock_definitions(LOCK)
    assert [(one.name, one.spec.command, one.spec.url) for one in found] == [
        ("a", "serve", ""),
        ("b", "npx", ""),
        ("c", "", "https://h.example/mcp"),
    ]
    assert {one.path for one in found} == {project / "mcpx.lock"}


@pytest.mark.parametrize("text", [None, "servers = 3", "["], ids=["none", "no-table", "no-toml"])
def test_a_lock_that_is_none_asks_for_nothing(text: str | None) -> None:
    if text is not None:
        LOCK.write_text(text)
    assert lock_definitions(LOCK) == []
