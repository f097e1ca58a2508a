from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.analyses.finding import Finding, Location, Rule, Severity
from mcpx.reports.document import Findings
from mcpx.reports.github import render_github
from tests.reports import samples

Command = tuple[str, dict[str, str], str]
RULES = {Severity.ERROR: samples.CLASH, Severity.WARNING: samples.ODD, Severity.INFO: samples.HINT}


def read(text: str) -> list[Command]:
    """The commands as the runner takes a line apart: it splits first and then unescapes."""
    commands = []
    for line in text.split("\n")[:-1]:
        assert line.startswith("::")
        info, _, data = line[2:].partition("::")
        name, _, listed = info.partition(" ")
        pairs = (pair.split("=", 1) for pair in listed.split(","))
        properties = {
            key: unescaped(value).replace("%3A", ":").replace("%2C", ",") for key, value in pairs
        }
        commands.append((name, properties, unescaped(data)))
    return commands


def unescaped(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def many(errors: int = 0, warnings: int = 0, notes: int = 0) -> Findings:
    numbers = zip(RULES.values(), (errors, warnings, notes), strict=True)
    found = [Finding(rule, f"{n}") for rule, number in numbers for n in range(number)]
    return Findings("conflicts", found)


@pytest.mark.parametrize(
    ("name", "document"),
    [
        pytest.param("findings", samples.findings(), id="findings"),
        pytest.param("hostile-findings", samples.hostile_findings(), id="hostile"),
        pytest.param("nothing-found", samples.nothing_found(), id="nothing"),
    ],
)
def test_annotations_are_as_before(
    name: str, document: Findings, golden: Callable[[str, str, str], None]
) -> None:
    golden("github", f"{name}.txt", render_github(document))


def test_the_runner_reads_what_was_meant() -> None:
    assert read(render_github(samples.findings(), Path("/shop"))) == [
        (
            "error",
            {"title": "Same name [name-clash]"},
            "tool 'search' is offered by two\n"
            "claude-desktop: one of them wins, and which is not defined\n"
            "langchain: the last one wins, without a word\n"
            "claude-code: kept apart\n"
            "hint: safe in every host: notes_search and tickets_search",
        ),
        (
            "warning",
            {"file": ".mcp.json", "line": "3", "title": "Odd name [name-odd]"},
            "an odd name\nhint: rename it",
        ),
        ("notice", {"file": ".mcp.json", "title": "Long name [name-long]"}, "a long name"),
    ]


@pytest.mark.parametrize(
    ("path", "written"),
    [
        pytest.param("a,line=9.json", "a%2Cline=9.json", id="another-property"),
        pytest.param("a::b.json", "a%3A%3Ab.json", id="the-end-of-the-properties"),
        pytest.param("a%0A.json", "a%250A.json", id="an-escape-already"),
        pytest.param("a\n::set-env::b", "a\\n%3A%3Aset-env%3A%3Ab", id="another-command"),
    ],
)
def test_a_path_is_one_property(path: str, written: str) -> None:
    finding = Finding(samples.CLASH, "two", location=Location(f"/shop/{path}"))
    text = render_github(Findings("conflicts", [finding]), Path("/shop"))
    assert text == f"::error file={written},title=Same name [name-clash]::two\n"


@given(st.text() | st.text("%0AaDd:,=\r\n#[]"))
def test_no_text_begins_another_command(text: str) -> None:
    rule = Rule("name-clash", f"Same {text}", Severity.ERROR, "")
    location = Location(f"/shop/a{text}", 1)
    finding = Finding(rule, text, hosts=(text,), location=location, hint=text)
    rendered = render_github(Findings("conflicts", [finding]), Path("/shop"))
    assert len(rendered.splitlines()) == 1
    assert "##[" not in rendered
    [(command, properties, message)] = read(rendered)
    assert command == "error"
    assert set(properties) <= {"file", "line", "title"}
    assert len(message.split("\n")) == 2 + bool(text)


@pytest.mark.parametrize(
    ("document", "kinds", "left"),
    [
        pytest.param(many(10, 10, 10), (10, 10, 10), "", id="all-fit"),
        pytest.param(many(11), (10, 0, 0), "1 error", id="an-error-too-many"),
        pytest.param(many(0, 0, 11), (0, 0, 9), "2 notes", id="the-last-notice-takes-a-place"),
        pytest.param(
            many(12, 25, 10), (10, 10, 9), "2 errors, 15 warnings, 1 note", id="of-every-kind"
        ),
    ],
)
def test_as_many_are_written_as_the_runner_keeps(
    document: Findings, kinds: tuple[int, int, int], left: str
) -> None:
    commands = read(render_github(document))
    told = [one for one in commands if one[1]["title"] != "mcpx"]
    names = [name for name, _, _ in told]
    assert (names.count("error"), names.count("warning"), names.count("notice")) == kinds
    last = f"not shown here: {left}; mcpx conflicts without --format github shows all"
    assert commands[len(told) :] == ([("notice", {"title": "mcpx"}, last)] if left else [])


def test_the_place_of_a_finding_among_others_does_not_hide_it() -> None:
    document = many(3, 12)
    backwards = replace(document, findings=document.findings[::-1])
    assert render_github(backwards).count("::error ") == 3


def test_a_finding_is_annotated_by_its_own_severity() -> None:
    mild = [Finding(samples.CLASH, f"{n}", given=Severity.INFO) for n in range(11)]
    text = render_github(Findings("conflicts", mild))
    assert text.count("::notice ") == 10
    assert "not shown here: 2 notes" in text
