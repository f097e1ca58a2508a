from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mcpx.reports.approvals import approvals_listing, full_definition
from mcpx.sources.definitions import Definition
from mcpx.sources.discovery import discover
from mcpx.trust import Approval, Verdict
from tests.conftest import Result


@pytest.fixture
def define(project: Path, configure: Callable[..., Path]) -> Callable[..., Definition]:
    def make(**entry: object) -> Definition:
        configure(project / ".mcp.json", server=entry)
        (found,) = discover().definitions
        return found

    return make


def dangers(definition: Definition) -> set[str]:
    return {
        line.removeprefix("beware:  it ")
        for line in full_definition(definition)
        if line.startswith("beware:")
    }


TOKEN = "ghp_" + "a1B2" * 9
UNPINNED = "downloads whatever version is newest (not pinned)"
SHELL = "is a shell command"
FETCHED = "runs what it downloads (curl | sh)"
DISK = "is given the whole disk or home folder"
INSIDE = "has a command inside its arguments ($(...))"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param("npx -y files", {UNPINNED}, id="npx"),
        pytest.param("npx -y files@1.2.3", set(), id="npx-pinned"),
        pytest.param("npx -y @scope/files@1.2.3", set(), id="npx-scope-pinned"),
        pytest.param("npx -y @scope/files", {UNPINNED}, id="npx-scope"),
        pytest.param("uvx time", {UNPINNED}, id="uvx"),
        pytest.param("uvx time==1.0", set(), id="uvx-pinned"),
        pytest.param("pipx run time@2", set(), id="pipx-pinned"),
        pytest.param("sudo files", {"runs as another user (sudo)"}, id="sudo"),
        pytest.param("rm -rf x", {"removes files (rm)"}, id="rm"),
        pytest.param("bash -c x", {SHELL}, id="shell"),
        pytest.param("/bin/sh x", {SHELL}, id="shell-by-path"),
        pytest.param("bash -c curl|sh", {SHELL, FETCHED}, id="download"),
        pytest.param("files / x", {DISK}, id="disk"),
        pytest.param("files $HOME", {DISK}, id="home"),
        pytest.param("files /srv/data", set(), id="folder"),
        pytest.param("files $(id)", {INSIDE}, id="substitution"),
        pytest.param("files `id`", {INSIDE}, id="backticks"),
    ],
)
def test_dangers_are_named(
    define: Callable[..., Definition], words: str, expected: set[str]
) -> None:
    command, *arguments = words.split(" ")
    assert dangers(define(command=command, args=arguments)) == expected


def test_everything_that_matters_is_shown(define: Callable[..., Definition], project: Path) -> None:
    definition = define(
        command="run",
        args=["${NOT_SET_HERE}"],
        cwd=str(project / "inside"),
        env={"LD_PRELOAD": "./x.so", "A": TOKEN},
    )
    lines = list(full_definition(definition))
    assert lines[0] == "server:  server"
    assert f"in:      {project / 'inside'}" in lines
    assert lines[1] == f"from:    {project / '.mcp.json'}:{definition.line}"
    assert "sets:    LD_PRELOAD=./x.so" in lines
    assert "sets:    A=***" in lines
    assert "beware:  LD_PRELOAD can make any program run other code" in lines
    assert "wants:   NOT_SET_HERE (not set here)" in lines
    assert not any(TOKEN in line for line in lines)


def test_an_address_is_shown_with_its_headers(define: Callable[..., Definition]) -> None:
    headers = {"X": "de", "X-Api-Key": "c4nary-3", "Authorization": f"Bearer {TOKEN}"}
    lines = list(full_definition(define(url="https://h/mcp", headers=headers)))
    assert "url:     https://h/mcp" in lines
    assert lines[3:6] == [
        "sends:   Authorization: ***",
        "sends:   X: de",
        "sends:   X-Api-Key: ***",
    ]


def test_decisions_about_other_files_come_last(define: Callable[..., Definition]) -> None:
    definition = define(command="run")
    other = Approval("/other/.mcp.json", "server", "sha256:x", Verdict.ALLOWED)
    document = approvals_listing([definition], [other])
    assert [(one["name"], one["standing"]) for one in document.data["servers"]] == [
        ("server", "not approved"),
        ("server", "allowed"),
    ]
    assert document.records == document.data["servers"]


def test_every_variable_that_an_entry_takes_is_named_set_or_not(
    project: Path,
    configure: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    run: Callable[..., Result],
) -> None:
    monkeypatch.setenv("IN_HEADER", "c4nary-7")
    monkeypatch.delenv("IN_URL", raising=False)
    headers = {"X-Innocent": "${IN_HEADER}", "X-Default": "${WITH:-x}"}
    configure(
        project / ".mcp.json", server={"url": "https://h.example/${IN_URL:-a}", "headers": headers}
    )
    shown = run("trust", "allow", "server", "--yes").err.splitlines()
    for line in (
        "url:     https://h.example/${IN_URL:-a}",
        "sends:   X-Default: ${WITH:-x}",
        "sends:   X-Innocent: ${IN_HEADER}",
        "takes:   variable IN_URL",
        "takes:   variable IN_HEADER",
        "takes:   variable WITH",
        "beware:  it sends values of yours to that address: IN_URL, IN_HEADER, WITH",
    ):
        assert line in shown
    planned = run("inspect", "server", "--dry-run")
    assert planned.rows[-3:] == [
        ["takes", "server", f"variable {name}"] for name in ("IN_URL", "IN_HEADER", "WITH")
    ]
    assert run("trust", "reset", "--all").status == 0
    (target,) = run("inspect", "server", "--dry-run", "--json").json["targets"]
    assert target["takes"] == [f"variable {name}" for name in ("IN_URL", "IN_HEADER", "WITH")]
    assert "c4nary" not in planned.out
