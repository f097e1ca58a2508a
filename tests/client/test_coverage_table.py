"""client/COVERAGE.md: every method and notification has a row, and every test in it exists."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "../shared/data/spec"
PAGE = (ROOT / "mcpx" / "client" / "COVERAGE.md").read_text(encoding="utf-8")
METHODS = json.loads((ROOT / "tests" / "data" / "mcp-methods.json").read_text(encoding="utf-8"))

LEGACY, MODERN = METHODS.keys() - {"2026-07-28"}, {"2026-07-28"}
UNIONS = {
    "client": ("ClientRequest", "ClientNotification"),
    "server": ("ServerRequest", "ServerNotification", "InputRequest"),
}
"""What the schemas call the messages of either side."""


def rows(heading: str) -> list[list[str]]:
    """The cells of every table below a heading, without its titles."""
    _, _, below = PAGE.partition(f"\n## {heading}")
    lines = below.partition("\n## ")[0].splitlines()
    found = []
    for number, line in enumerate(lines):
        title = "---" in line or (number + 1 < len(lines) and "---" in lines[number + 1])
        if line.startswith("|") and not title:
            found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


def marks(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


ERAS = {"legacy": rows("The legacy era"), "modern": rows("The modern era")}
TESTS = {marks(mark)[0]: test for mark, test in rows("Tests")}
REASONS = {marks(mark)[0]: why for mark, why in rows("Reasons")}


@pytest.mark.parametrize(
    ("era", "revisions"),
    [pytest.param("legacy", LEGACY, id="legacy"), pytest.param("modern", MODERN, id="modern")],
)
def test_every_method_has_one_row_and_no_other_has(era: str, revisions: set[str]) -> None:
    sent = {
        (method, side)
        for revision in revisions
        for side, methods in METHODS[revision].items()
        for method in methods
    }
    # The table of the extension has four columns.
    listed = Counter((marks(row[0])[0], row[1]) for row in ERAS[era] if len(row) > 4)
    assert listed.keys() == sent
    assert set(listed.values()) == {1}


@pytest.mark.parametrize("revision", sorted(LEGACY))
def test_a_row_says_since_when(revision: str) -> None:
    for method, side, since, *_ in ERAS["legacy"]:
        assert (marks(method)[0] in METHODS[revision][side]) is (since <= revision), method


def test_every_cell_says_by_which_test_or_why_not() -> None:
    for era, before in (("legacy", 4), ("modern", 2)):
        for row in ERAS[era]:
            # In the modern era the table of the extension has no clauses.
            for cell in row[before + (era == "modern" and len(row) > 4) :]:
                why_not, _, _ = cell.partition(":")
                known = REASONS if why_not in ("n/a", "not done") else TESTS
                assert marks(cell), row
                assert marks(cell)[0] in known, (row[0], cell)


def test_every_mark_is_used_and_stands_for_something() -> None:
    used = {
        mark for era in ERAS.values() for row in era for cell in row[2:] for mark in marks(cell)
    }
    for heading in ("What Streamable HTTP adds", "What taps are told"):
        used |= {mark for row in rows(heading) for mark in marks(row[-1])}
    assert used == TESTS.keys() | REASONS.keys()


@pytest.mark.parametrize("mark", TESTS)
def test_every_test_exists(mark: str) -> None:
    file, _, name = TESTS[mark].partition("::")
    text = (ROOT / "tests" / file).read_text(encoding="utf-8")
    assert re.search(rf"^(async )?def {name}\(", text, re.MULTILINE), TESTS[mark]


def in_schema(schema: Any) -> dict[str, list[str]]:
    """The methods of both sides, as a revision's JSON Schema has them."""
    known = schema.get("$defs") or schema["definitions"]

    def methods(name: str) -> set[str]:
        members = [one["$ref"].rpartition("/")[2] for one in known.get(name, {}).get("anyOf", [])]
        # A union of one is written as that one.
        found = [known.get(one, {}).get("properties", {}).get("method") for one in [name, *members]]
        return {method["const"] for method in found if method}

    return {
        side: sorted(set().union(*(methods(name) for name in names)))
        for side, names in UNIONS.items()
    }


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="needs the schemas in ../shared/data/spec")
def test_the_methods_are_those_of_the_schemas() -> None:
    found = {
        path.name.partition(".schema")[0]: in_schema(json.loads(path.read_text(encoding="utf-8")))
        for path in SCHEMAS.glob("*.schema.json")
    }
    assert found == METHODS
