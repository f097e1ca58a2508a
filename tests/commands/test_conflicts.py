from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mcpx.operations.clashes import NOT_APPROVED
from tests.conftest import GOOD_SERVER, Run

SEARCH = {"name": "search", "inputSchema": {"type": "object"}}
OTHER = {"name": "Search", "inputSchema": {"type": "object"}}


@pytest.fixture
def clashing(catalogue_file: Callable[..., Path]) -> list[str]:
    """Two files with a tool of the same name: an error."""
    return [
        catalogue_file(name, tools=[{**SEARCH, "description": name}]).name
        for name in ("one", "two")
    ]


@pytest.fixture
def alike(catalogue_file: Callable[..., Path]) -> list[str]:
    """Two files with a tool of nearly the same name: a warning."""
    return [
        catalogue_file("first", tools=[SEARCH]).name,
        catalogue_file("second", tools=[OTHER]).name,
    ]


def test_a_clash_is_a_finding(run: Run, clashing: list[str]) -> None:
    done = run("conflicts", *clashing, "--host", "langchain,claude-code")
    assert done.status == 1
    assert [row[:5] for row in done.rows] == [
        ["error", "name-clash", "search", "one,two", "langchain"]
    ]
    assert done.err == "1 conflict; 2 catalogues looked at\n"
    harmless = run("conflicts", *clashing, "--host", "claude-code")
    assert (harmless.status, [row[0] for row in harmless.rows]) == (0, ["info"])


def test_no_clash_is_said_on_stderr_only(run: Run, clashing: list[str]) -> None:
    done = run("conflicts", clashing[0])
    assert (done.status, done.out) == (0, "")
    assert done.err.startswith("no conflicts; 1 catalogue looked at")


@pytest.mark.parametrize(
    ("options", "of_errors", "of_warnings"),
    [
        pytest.param([], 1, 0, id="default"),
        pytest.param(["--fail-on", "error"], 1, 0, id="error"),
        pytest.param(["--fail-on", "warning"], 1, 1, id="warning"),
        pytest.param(["--fail-on", "info"], 1, 1, id="info"),
        pytest.param(["--fail-on", "never"], 0, 0, id="never"),
        pytest.param(["--exit-zero"], 0, 0, id="exit-zero"),
        pytest.param(["--fail-on", "info", "--exit-zero"], 0, 0, id="exit-zero-wins"),
    ],
)
def test_the_status_follows_the_worst_finding(
    run: Run,
    clashing: list[str],
    alike: list[str],
    options: list[str],
    of_errors: int,
    of_warnings: int,
) -> None:
    assert run("conflicts", *clashing, *options).status == of_errors
    assert run("conflicts", *alike, *options).status == of_warnings


def test_a_bad_threshold_is_wrong_use(run: Run) -> None:
    done = run("conflicts", "--fail-on", "doom", "demo:tickets")
    assert done.status == 2
    assert "must be error, warning, info or never, not 'doom'" in done.err


def test_a_server_that_failed_outweighs_findings(run: Run, clashing: list[str]) -> None:
    done = run("conflicts", *clashing, "--json", "--", "no-such-program-x")
    assert done.status == 3
    assert done.json["servers"] == ["one", "two"]
    (missing,) = done.json["not_examined"]
    assert missing["server"] == "no-such-program-x"
    assert [one["rule"] for one in done.json["findings"]] == ["name-clash", "name-unstable"]
    assert json.loads(done.err.splitlines()[0])["error"]["class"] == "spawn"


def test_exit_zero_does_not_hide_a_failure(run: Run) -> None:
    assert run("conflicts", "--exit-zero", "--", "no-such-program-x").status == 3


def test_running_servers_are_compared(run: Run) -> None:
    done = run("conflicts", "demo:tickets", "demo:notes", "--json")
    assert done.status == 1
    assert done.json["summary"] == {"error": 3, "warning": 3, "info": 1}
    assert {one["rule"] for one in done.json["findings"]} == {
        "name-clash",
        "name-clash-canonical",
        "name-unstable",
        "prompt-clash",
        "uri-clash",
        "template-clash-canonical",
        "template-overlap",
    }


def test_nothing_configured_is_wrong_use(run: Run) -> None:
    done = run("conflicts")
    assert done.status == 2
    assert done.err.startswith("error: no configured server can be asked\nhint: mcpx discover")


@pytest.fixture
def two_hosts(
    home: Path, project: Path, configure: Callable[..., Path], good_server: dict[str, Any]
) -> None:
    """Cursor has two servers with the same tools, Devin one of them, the project a third."""
    configure(
        home / ".cursor" / "mcp.json",
        first=good_server,
        second={**good_server, "args": [*good_server["args"], "--name", "second"]},
    )
    configure(home / ".codeium" / "windsurf" / "mcp_config.json", first=good_server)
    configure(project / ".mcp.json", third={**good_server, "env": {"THIRD": "1"}})


@pytest.mark.usefixtures("two_hosts")
def test_each_host_is_judged_by_its_own_servers(run: Run) -> None:
    done = run("conflicts", "--json")
    assert done.status == 0
    assert done.json["servers"] == ["first", "second"]
    found = {one["rule"]: one for one in done.json["findings"]}
    clone = found["server-clone"]
    assert (clone["severity"], clone["hosts"]) == ("info", [])
    assert [(one["host"], one["effect"]) for one in clone["outcomes"]] == [("cursor", "kept-apart")]
    assert clone["location"]["path"].endswith("/.cursor/mcp.json")
    assert clone["location"]["line"] > 1
    reasons = {one["server"]: (one["hosts"], one["reason"]) for one in done.json["not_examined"]}
    hosts, reason = reasons["third"]
    assert reason == NOT_APPROVED
    assert {"claude-code", "cursor"} <= set(hosts)
    assert "left out: third of " in done.err


@pytest.mark.usefixtures("two_hosts")
def test_one_host_can_be_asked_about(run: Run) -> None:
    done = run("conflicts", "--host", "devin-desktop", "--json")
    assert (done.status, done.json["servers"], done.json["findings"]) == (0, ["first"], [])
    done = run("conflicts", "--host", "cursor", "--json")
    assert (done.status, done.json["servers"]) == (0, ["first", "second"])
    assert {tuple(one["hosts"]) for one in done.json["findings"]} <= {("cursor",), ()}


@pytest.mark.usefixtures("two_hosts")
def test_trusting_the_project_lets_its_servers_join(run: Run) -> None:
    done = run("conflicts", "--trust-project", "--json")
    assert done.status == 0
    assert done.json["servers"] == ["first", "second", "third"]


@pytest.mark.usefixtures("two_hosts")
def test_a_denied_server_does_not_join(run: Run) -> None:
    assert run("trust", "deny", "third").status == 0
    done = run("conflicts", "--trust-project", "--json")
    assert done.status == 0
    assert done.json["servers"] == ["first", "second"]


@pytest.mark.parametrize("tty", [True, False], ids=["terminal", "pipe"])
def test_findings_are_told_to_people_and_programs(run: Run, clashing: list[str], tty: bool) -> None:
    done = run("conflicts", *clashing, "--color", "never", tty=tty)
    assert done.out.startswith("error [name-clash] " if tty else "error\tname-clash\t")
    assert run("conflicts", *clashing, "-f", "markdown").out.startswith("**conflicts**: ")
    line, _ = run("conflicts", *clashing, "-f", "ndjson").lines
    assert line["format"] == "mcpx.conflicts.finding"


def test_a_command_can_stand_beside_files(run: Run, clashing: list[str]) -> None:
    done = run("conflicts", clashing[0], "--json", "--", *GOOD_SERVER)
    assert (done.status, done.json["servers"]) == (0, ["good_stdio", "one"])


FORMS = [
    ("sarif", '"version": "2.1.0"'),
    ("junit", "<testsuite "),
    ("github", "::error file=one.json,line=1,title="),
]


@pytest.mark.parametrize(("form", "sign"), FORMS, ids=[form for form, _ in FORMS])
def test_forms_for_a_ci(run: Run, clashing: list[str], form: str, sign: str) -> None:
    done = run("conflicts", *clashing, "-f", form)
    assert done.status == 1
    assert sign in done.out


def test_a_file_is_the_place_of_its_servers(run: Run, project: Path, clashing: list[str]) -> None:
    snapshot = {"format": "mcpx.catalogue", "version": 1, "servers": [{"server": "s", "tools": []}]}
    (project / "s.json").write_text(json.dumps(snapshot, indent=2))
    found = run("conflicts", "s.json", *clashing, "--json", "--host", "langchain").json["findings"]
    assert found[0]["location"] == {"path": "one.json", "line": 1}
    catalogues = [run("inspect", name, "-o", f"x{name}").status for name in clashing]
    assert catalogues == [0, 0]
    named = [f"x{name}" for name in clashing]
    found = run("conflicts", *named, "--json", "--host", "langchain").json["findings"]
    assert found[0]["location"]["path"] == "xone.json"
    line = (project / "xone.json").read_text().splitlines()[found[0]["location"]["line"] - 1]
    assert line.strip().startswith('"server": "one"')


def test_what_is_ignored_is_counted(run: Run, project: Path, clashing: list[str]) -> None:
    words = ("conflicts", *clashing, "--host", "langchain")
    (finding,) = run(*words, "--json").json["findings"]
    text = f'[[ignore]]\nfingerprint = "{finding["fingerprint"]}"\nreason = "on purpose"\n'
    (project / "mcpx.toml").write_text(text)
    done = run(*words)
    assert (done.status, done.out) == (0, "")
    assert done.err == "no conflicts, 1 ignored (name-clash by mcpx.toml); 2 catalogues looked at\n"


def test_the_users_hosts_and_severities_count(run: Run, project: Path, clashing: list[str]) -> None:
    (project / "mcpx.toml").write_text(
        'hosts = ["claude-code"]\n[severities]\nname-clash = "warning"\n'
    )
    (row,) = run("conflicts", *clashing).rows
    assert row[:2] == ["warning", "name-clash"]


def test_names_that_are_safe_are_kept(run: Run, project: Path, clashing: list[str]) -> None:
    rows = [["one", "search", "one_search", ""], ["two", "search", "two_search", ""]]
    done = run("conflicts", *clashing, "--fix", "--dry-run")
    assert (done.status, done.rows) == (0, rows)
    assert done.err == "2 names; nothing was written\n"
    assert not (project / "mcpx.lock").exists()
    done = run("conflicts", *clashing, "--fix")
    assert (done.status, done.rows, done.err) == (0, rows, "2 names in mcpx.lock\n")
    assert 'search = "one_search"' in (project / "mcpx.lock").read_text()
    (project / "mcpx.toml").write_text('[names.one]\nsearch = "find"\n')
    done = run("conflicts", *clashing, "--fix", "--json")
    assert [one["name"] for one in done.json["names"]] == ["find", "two_search"]
    assert run("conflicts", *clashing, "--fix").err == "mcpx.lock has these names already\n"


def test_a_lock_that_is_none_is_refused_before_anything_is_started(
    run: Run, project: Path, clashing: list[str]
) -> None:
    (project / "mcpx.lock").write_text("names = 1")
    done = run("conflicts", *clashing, "--fix")
    assert (done.status, done.err) == (2, "error: mcpx.lock: names is not a table\n")
    assert (project / "mcpx.lock").read_text() == "names = 1"


HOSTS = [
    (["--host", "cursr"], "there is no host 'cursr'", "did you mean cursor?"),
    (["--host", "warp"], "how warp names tools is not known", ""),
    (["--host", " , "], "needs the id of a host", ""),
]


@pytest.mark.parametrize(("options", "message", "hint"), HOSTS, ids=[one[0][1] for one in HOSTS])
def test_a_host_that_cannot_judge_is_wrong_use(
    run: Run, clashing: list[str], options: list[str], message: str, hint: str
) -> None:
    done = run("conflicts", *clashing, *options)
    assert done.status == 2
    assert done.err.startswith(f"error: --host: {message}")
    assert hint in done.err


def test_a_library_has_no_servers_here(run: Run) -> None:
    done = run("conflicts", "--host", "langchain")
    assert done.status == 2
    assert done.err == (
        "error: --host: the configuration of langchain is not one that mcpx finds\n"
        "hint: name the servers that it has\n"
    )


def test_a_key_that_two_scopes_define_differently(
    run: Run, home: Path, project: Path, configure: Callable[..., Path], good_server: dict[str, Any]
) -> None:
    configure(home / ".cursor" / "mcp.json", mine=good_server)
    other = {**good_server, "args": [*good_server["args"], "--name", "other"]}
    configure(project / ".cursor" / "mcp.json", mine=other)
    done = run("conflicts", "--host", "cursor", "--trust-project", "--json")
    (finding,) = [one for one in done.json["findings"] if one["rule"] == "server-scope"]
    said = finding["message"]
    assert said.startswith("cursor uses mine of project (")
    assert "), not of user (" in said
    assert finding["hosts"] == ["cursor"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--fix", "-f", "sarif"], "--format sarif: with --fix there are table, json, ndjson"),
        (["--fix", "-o", "x.xml"], "--format junit: with --fix there are table, json, ndjson"),
        (["--lock", "x.lock"], "--lock: is for --fix"),
    ],
)
def test_options_that_do_not_go_together(
    run: Run, clashing: list[str], options: list[str], message: str
) -> None:
    done = run("conflicts", *clashing, *options)
    assert done.status == 2
    assert done.err.startswith(f"error: {message}")


@pytest.mark.parametrize("form", ["markdown", "github", "sarif", "junit"])
def test_every_form_says_what_was_not_examined(run: Run, clashing: list[str], form: str) -> None:
    done = run("conflicts", clashing[0], "-f", form, "--", "no-such-program-x")
    assert done.status == 3
    assert "no-such-program-x" in done.out


def test_scopes_in_one_file_are_told_apart(
    run: Run, home: Path, project: Path, good_server: dict[str, Any]
) -> None:
    other = {**good_server, "args": [*good_server["args"], "--name", "local"]}
    (home / ".claude.json").write_text(
        json.dumps(
            {
                "mcpServers": {"mine": good_server},
                "projects": {str(project): {"mcpServers": {"mine": other}}},
            },
            indent=1,
        )
    )
    done = run("conflicts", "--host", "claude-code", "--json")
    (finding,) = [one for one in done.json["findings"] if one["rule"] == "server-scope"]
    assert finding["message"].startswith("claude-code uses mine of local (")
    lines = (home / ".claude.json").read_text().splitlines()
    assert finding["location"]["line"] > lines.index(' "projects": {')
