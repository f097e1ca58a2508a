from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.claims import contradictions
from mcpx.catalogue.model import Item, Kind

READS = {"readOnlyHint": True}
HARMLESS = {"destructiveHint": False}
AGAIN = {"idempotentHint": True}


def said(name: str, description: str, hints: Any) -> list[str]:
    raw = {"name": name, "description": description, "annotations": hints}
    return list(contradictions(Item(Kind.TOOL, raw)))


@pytest.mark.parametrize(
    ("name", "description", "hints", "expected"),
    [
        (
            "x",
            "",
            {**READS, "destructiveHint": True},
            "says readOnlyHint and destructiveHint, and what only reads destroys nothing",
        ),
        ("delete_file", "", READS, "says readOnlyHint, and it is to delete"),
        ("writeFile", "", READS, "says readOnlyHint, and it is to write"),
        ("files", "Deletes every file.", READS, "says readOnlyHint, and it is to delete"),
        ("file_delete", "Delete a file", READS, "says readOnlyHint, and it is to delete"),
        ("git_create_branch", "Creates a branch", READS, "says readOnlyHint, and it is to create"),
        ("send_mail", "Send a mail", READS, "says readOnlyHint, and it is to send"),
        ("write_query", "Execute an INSERT", READS, "says readOnlyHint, and it is to write"),
        ("rm_file", "Removes a file", READS, "says readOnlyHint, and it is to rm"),
        ("truncate_table", "", READS, "says readOnlyHint, and it is to truncate"),
        ("kill_process", "Kills it", READS, "says readOnlyHint, and it is to kill"),
        ("terminate_instance", "", READS, "says readOnlyHint, and it is to terminate"),
        ("transfer_funds", "Transfers money", READS, "says readOnlyHint, and it is to transfer"),
        ("pay", "Pays", READS, "says readOnlyHint, and it is to pay"),
        ("reset_db", "Resets the database", READS, "says readOnlyHint, and it is to reset"),
        ("install_package", "Installs it", READS, "says readOnlyHint, and it is to install"),
        ("run_command", "", READS, "says readOnlyHint, and it is to run a command"),
        ("format_disk", "", READS, "says readOnlyHint, and it is to format a disk"),
        (
            "users",
            "Lists users and deletes stale ones.",
            READS,
            "says readOnlyHint, and it is to delete",
        ),
        ("users", "List users, then purge them", READS, "says readOnlyHint, and it is to purge"),
        (
            "delete_file",
            "Returns true after deleting it",
            READS,
            "says readOnlyHint, and it is to delete",
        ),
        (
            "overwrite_file",
            "",
            HARMLESS,
            "says that destructiveHint is false, and it is to overwrite",
        ),
        (
            "purge-cache",
            "",
            HARMLESS,
            "says that destructiveHint is false, and it is to purge",
        ),
        (
            "append_row",
            "",
            AGAIN,
            "says idempotentHint, and to append twice is not the same as once",
        ),
        (
            "create_issue",
            "Creates an issue",
            AGAIN,
            "says idempotentHint, and to create twice is not the same as once",
        ),
    ],
)
def test_annotations_that_cannot_be_true(
    name: str, description: str, hints: Any, expected: str
) -> None:
    assert said(name, description, hints) == [expected]


@pytest.mark.parametrize(
    ("name", "description", "hints"),
    [
        pytest.param("delete_file", "", {"readOnlyHint": False}, id="says so"),
        pytest.param("delete_file", "", {}, id="says nothing"),
        pytest.param("delete_file", "", {"readOnlyHint": "true"}, id="no hint"),
        pytest.param("delete_file", "", {**AGAIN, "destructiveHint": True}, id="twice deleted"),
        pytest.param("get_deleted_files", "Lists deleted files", READS, id="about the deleted"),
        pytest.param("latest_update", "The latest update", READS, id="an update"),
        pytest.param("preview_delete", "Shows what delete does", READS, id="preview"),
        pytest.param("edit_distance", "", READS, id="a measure"),
        pytest.param("add", "Add two numbers", READS, id="sum"),
        pytest.param("poem", "Write a poem", READS, id="text"),
        pytest.param("create_url", "Makes a URL of parts", READS, id="another verb"),
        pytest.param("browser_pdf_save", "Save page as PDF", READS, id="a file for the user"),
        pytest.param("write_file", "", HARMLESS, id="writes, deletes nothing"),
        pytest.param(
            "create_directory", "Create a directory or ensure it exists.", AGAIN, id="only once"
        ),
        pytest.param("update_info", "Returns information about updates", READS, id="of updates"),
        pytest.param("update_available", "", READS, id="whether there is one"),
        pytest.param("purge_cache_stats", "Shows statistics", READS, id="statistics"),
        pytest.param("overwrite_policy", "Returns the overwrite policy", READS, id="a policy"),
        pytest.param("delete_confirmation_text", "Returns the text", READS, id="a text for it"),
        pytest.param("insert_query_help", "Shows help", READS, id="help"),
        pytest.param("install_plugin", "Tells how to do it", READS, id="how to install"),
        pytest.param("write_poem", "Writes a poem", READS, id="poem"),
        pytest.param("execute_sql", "Executes SQL", READS, id="as the database lets it"),
        pytest.param("format_text", "Formats text", READS, id="form of a text"),
        pytest.param("run_report", "Runs a report", READS, id="a report"),
        pytest.param(
            "users", "Lists users who can create and delete files", READS, id="what users may"
        ),
        pytest.param("guide", "Explains create and delete", READS, id="two nouns"),
        pytest.param("transfer_rates", "Shows what it costs to transfer", READS, id="rates"),
        pytest.param("", "", {**READS, **AGAIN}, id="no name"),
    ],
)
def test_annotations_that_may_be_true(name: str, description: str, hints: Any) -> None:
    assert said(name, description, hints) == []
