from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest

from mcpx.errors import Fault, ServerError
from mcpx.reports.document import Listing, Table
from mcpx.reports.formats import Format, render
from mcpx.reports.inspection import failure_record, inspection, one_tool, record
from mcpx.terminal import Terminal
from tests.reports.samples import NASTY, NOTES, TICKETS

FAILED = ServerError(Fault.EXITED, "it ended", "look", ["line"])
LISTINGS = {
    "one-server": inspection([TICKETS], {}),
    "two-servers": inspection([TICKETS, NOTES], {"lost": FAILED}),
    "one-tool": one_tool([(TICKETS, TICKETS.tools[0])]),
    "odd-tool": one_tool([(TICKETS, TICKETS.tools[2])]),
    "a-tool-of-two": one_tool([(TICKETS, TICKETS.tools[0]), (NOTES, NOTES.tools[0])]),
    "nasty-server": inspection([NASTY], {}),
    "nasty-tool": one_tool([(NASTY, NASTY.tools[0])]),
}


@pytest.mark.parametrize("name", LISTINGS)
@pytest.mark.parametrize("form", ["people", "table", "json", "markdown"])
def test_catalogues_are_rendered_as_before(
    form: str,
    name: str,
    people: Terminal,
    pipe: Terminal,
    golden: Callable[[str, str, str], None],
) -> None:
    terminal = people if form == "people" else pipe
    text = render(LISTINGS[name], Format("table" if form == "people" else form), terminal)
    golden(form, f"inspect-{name}.txt", text)
    assert not [
        one
        for one in text
        if one not in "\n\t" and unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    ]


def table(document: Listing, name: str) -> Table:
    (found,) = [one for one in document.parts if isinstance(one, Table) and one.name == name]
    return found


def test_the_data_is_a_catalogue_file_with_costs() -> None:
    data = LISTINGS["two-servers"].data
    assert (data["format"], data["version"]) == ("mcpx.catalogue", 1)
    assert [one["server"] for one in data["servers"]] == ["tickets", "notes"]
    assert data["servers"][0]["cost"]["tokens"] > data["servers"][1]["cost"]["tokens"] > 0
    assert data["failures"] == [
        {
            "server": "lost",
            "class": "exited",
            "message": "it ended",
            "hint": "look",
            "details": ["line"],
            "evidence": {"exit_code": None, "cause": "", "code": None, "stderr": []},
        }
    ]
    assert "failures" not in LISTINGS["one-server"].data


def test_every_server_is_a_record() -> None:
    lines = LISTINGS["two-servers"].records
    assert lines is not None
    assert [(one["server"], one["status"]) for one in lines] == [
        ("tickets", "ok"),
        ("notes", "ok"),
        ("lost", "error"),
    ]
    assert list(lines) == [record(TICKETS), record(NOTES), failure_record("lost", FAILED)]
    assert all((one["format"], one["version"]) == ("mcpx.inspect.server", 1) for one in lines)
    assert lines[0]["catalogue"]["version"] == "2026-07-28"


def test_parameters_are_said_as_they_are_typed() -> None:
    rows = {row[1]: row[2:] for row in table(LISTINGS["one-server"], "tool").rows}
    assert rows["search"][0] == "query [limit]"
    assert rows["search"][1] == "read-only"
    assert rows["search"][-1] == "Find tickets."
    assert rows["close"][-1] == "Close it"
    prompts = {row[1]: row[2] for row in table(LISTINGS["one-server"], "prompt").rows}
    assert prompts == {"triage": "a [b]", "odd": ""}


def test_a_default_is_told_apart_from_none() -> None:
    data = LISTINGS["one-tool"].data["tools"][0]
    by_name = {one["name"]: one for one in data["parameters"]}
    assert by_name["limit"]["default"] == 5
    assert "default" not in by_name["query"]


def test_a_tool_shows_its_own_problems_only() -> None:
    data = LISTINGS["odd-tool"].data["tools"][0]
    assert [one["rule"] for one in data["problems"]] == ["schema-missing"]
    assert LISTINGS["one-tool"].data["tools"][0]["problems"] == []
