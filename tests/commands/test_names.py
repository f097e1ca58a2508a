from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run


@pytest.fixture
def files(catalogue_file: Callable[..., Path]) -> tuple[str, str]:
    """The catalogues of two servers that both have ``search``."""
    for server, tool in (("tickets", "close_ticket"), ("notes", "delete_note")):
        names = ("search", tool)
        catalogue_file(server, tools=[{"name": one, "inputSchema": {}} for one in names])
    return "tickets.json", "notes.json"


def test_names_as_a_host_makes_them(run: Run, files: tuple[str, str]) -> None:
    done = run("names", "--host", "vscode", *files)
    assert done.status == 0
    assert ["tickets", "search", "mcp_tickets_search", ""] in done.rows
    assert run("names", "--host", "vscode", *files, "--json").json["host"] == "vscode"


def test_what_does_not_reach_the_model_is_remarked(run: Run, files: tuple[str, str]) -> None:
    done = run("names", "--host", "langchain", *files)
    remarks = {(row[0], row[1]): row[3] for row in done.rows}
    assert remarks["tickets", "search"] == (
        "both are sent: some model APIs refuse that, else the last one is called"
    )
    assert remarks["tickets", "close_ticket"] == ""


def test_without_targets_the_servers_of_the_host_are_named(
    run: Run, home: Path, configure: Callable[..., Path], good_server: dict[str, Any]
) -> None:
    configure(home / ".cursor" / "mcp.json", mine=good_server)
    done = run("names", "--host", "cursor")
    assert done.status == 0
    assert ["mine", "echo", "mine:echo", ""] in done.rows


def test_only_what_would_be_started_is_shown_in_a_dry_run(run: Run) -> None:
    done = run("names", "--host", "zed", "--dry-run", "demo:notes", "--json")
    assert (done.status, done.json["format"]) == (0, "mcpx.plan")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "error: which host?\nhint: mcpx names --host ID, with one of claude-code, "),
        (["--host", "zed,cursor"], "error: --host: takes one host here\n"),
        (["--host", "zet"], "error: --host: there is no host 'zet'\nhint: did you mean zed?\n"),
        (["--host", "langchain"], "error: --host: the configuration of langchain is not one"),
    ],
)
def test_the_host_has_to_be_one(run: Run, options: list[str], message: str) -> None:
    done = run("names", *options)
    assert done.status == 2
    assert done.err.startswith(message)


def test_a_server_that_fails_does_not_hide_the_others(run: Run, files: tuple[str, str]) -> None:
    done = run("names", "--host", "zed", files[1], "--", "no-such-program-x")
    assert done.status == 3
    assert ["notes", "search", "search", ""] in done.rows
