from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mcpx.reports.definitions import configured, looked_for, shown_command
from mcpx.reports.document import Listing, Table
from mcpx.servers import ServerSpec, Transport
from mcpx.sources.definitions import Discovery
from mcpx.sources.discovery import discover

CANARY = "c4nary-value-1"
RUNS = {"command": "run", "args": ["a b"]}


@pytest.fixture
def found(home: Path, project: Path, configure: Callable[..., Path]) -> Discovery:
    configure(home / ".cursor" / "mcp.json", files=RUNS, same=RUNS, bad={"command": 3})
    configure(project / ".cursor" / "mcp.json", files={"command": "other", "env": {"A": CANARY}})
    configure(project / ".mcp.json", wants={"command": "w", "args": ["${NOT_SET_HERE}"]})
    (home / ".claude.json").write_text(
        json.dumps(
            {
                "mcpServers": {"off": {"command": "o"}},
                "projects": {str(project): {"disabledMcpServers": ["off"]}},
            }
        )
    )
    return discover()


def rows(document: Listing, name: str) -> list[Any]:
    (table,) = [one for one in document.parts if isinstance(one, Table) and one.name == name]
    return list(table.rows)


def test_paths_are_short_for_people_and_whole_for_programs(found: Discovery, home: Path) -> None:
    document = configured(found, home)
    shown = {row[0]: row[-1] for row in rows(document, "server")}
    assert shown["same"].startswith("~/.cursor/mcp.json:")
    whole = {one["name"]: one["path"] for one in document.data["definitions"]}
    assert whole["same"] == str(home / ".cursor" / "mcp.json")


def test_what_loses_is_listed_with_the_reason(found: Discovery, home: Path) -> None:
    unused = {(row[0], row[1]): row[2] for row in rows(configured(found, home), "unused")}
    assert "project" in unused["files", "cursor"]
    assert unused["off", "claude-code"].startswith("switched off: ")


def test_notes_name_what_is_missing_and_what_is_twice(found: Discovery, home: Path) -> None:
    notes = [(row[0], row[1]) for row in rows(configured(found, home), "note")]
    assert ("wants", "variables that are not set: NOT_SET_HERE") in notes
    assert any(name == "same" and "the same server as cursor/files" in note for name, note in notes)


def test_problems_name_file_entry_and_host(found: Discovery, home: Path) -> None:
    (problem,) = rows(configured(found, home), "problem")
    assert problem[0] == "bad-entry"
    assert problem[1].startswith("~/.cursor/mcp.json:")
    assert problem[-1] == "cursor"


def test_no_value_of_an_environment_is_in_the_data(found: Discovery, home: Path) -> None:
    document = configured(found, home)
    assert CANARY not in json.dumps(document.data)
    assert CANARY not in json.dumps(list(document.records or []))
    by_place = [one for one in document.data["definitions"] if one.get("env")]
    assert [one["env"] for one in by_place] == [["A"]]


def test_each_place_is_listed_with_what_is_known(found: Discovery, home: Path) -> None:
    document = looked_for(found.files, home)
    assert document.records == document.data["files"]
    assert len(rows(document, "file")) == len(found.files)
    counts = {(one["host"], one["scope"]): one["entries"] for one in document.data["files"]}
    assert (counts["cursor", "user"], counts["cursor", "project"]) == (3, 1)


@pytest.mark.parametrize(
    ("spec", "shown"),
    [
        (ServerSpec("x", command="run", args=("a b", "--key", CANARY)), "run 'a b' --key '***'"),
        (ServerSpec("x", Transport.HTTP, url=f"https://h?k={CANARY}"), "https://h?k=***"),
        (ServerSpec("x", Transport.UNKNOWN), ""),
    ],
)
def test_how_a_server_is_started_is_shown_whole(spec: ServerSpec, shown: str) -> None:
    assert shown_command(spec) == shown
