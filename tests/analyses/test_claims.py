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
        pytest.param("", "", {**READS, **AGAIN}, id="no name"),
    ],
)
def test_annotations_that_may_be_true(name: str, description: str, hints: Any) -> None:
    assert said(name, description, hints) == []
