from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable

import pytest

from mcpx.reports.document import Changes, Document, Findings
from mcpx.reports.formats import OF_FINDINGS, OF_LISTINGS, SUFFIXES, Format, render
from mcpx.reports.replayed import Replay
from mcpx.terminal import Terminal
from tests.reports.samples import DOCUMENTS

SAMPLES = [pytest.param(name, document, id=name) for name, document in DOCUMENTS.items()]
# Every document in every form that there is of it.
RENDERED = [
    pytest.param(form, name, document, id=f"{form}-{name}")
    for name, document in DOCUMENTS.items()
    for form in (OF_FINDINGS if isinstance(document, Findings | Changes | Replay) else OF_LISTINGS)
]
FOREIGN = ("error::", "stop-commands", "set-output")


@pytest.mark.parametrize(("name", "document"), SAMPLES)
@pytest.mark.parametrize("form", ["people", "table", "json", "ndjson", "markdown"])
def test_each_document_is_rendered_as_before(
    form: str,
    name: str,
    document: Document,
    people: Terminal,
    pipe: Terminal,
    golden: Callable[[str, str, str], None],
) -> None:
    terminal = people if form == "people" else pipe
    text = render(document, Format("table" if form == "people" else form), terminal)
    golden(form, f"{name}.txt", text)


@pytest.mark.parametrize(("form", "name", "document"), RENDERED)
def test_no_rendering_holds_what_could_fool_a_reader(
    form: Format, name: str, document: Document, people: Terminal, pipe: Terminal
) -> None:
    for terminal in (people, pipe):
        text = render(document, form, terminal)
        assert text == "" or text.endswith("\n")
        allowed = "\n\t" if form is Format.TABLE else "\n"
        assert not [
            one
            for one in text
            if one not in allowed and unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        ]
        text.encode()  # also no half of a surrogate pair


# Left out: what is made of such commands. That nobody else's are among them is tested there.
@pytest.mark.parametrize(
    ("form", "name", "document"), [one for one in RENDERED if one.values[0] is not Format.GITHUB]
)
def test_no_line_begins_with_a_command_for_a_ci(
    form: Format, name: str, document: Document, people: Terminal, pipe: Terminal
) -> None:
    # A table for people is left out: it wraps where it must, and no CI is a terminal.
    for terminal in (people, pipe) if form is not Format.TABLE else (pipe,):
        for line in render(document, form, terminal).split("\n"):
            assert not line.strip().startswith("::")


@pytest.mark.parametrize(
    "name", ["hostile", "hostile-findings", "hostile-changes", "hostile-replay"]
)
def test_in_a_pipe_no_line_begins_with_foreign_text(name: str, pipe: Terminal) -> None:
    for form in (Format.TABLE, Format.MARKDOWN):
        for line in render(DOCUMENTS[name], form, pipe).split("\n"):
            assert not line.startswith(FOREIGN)
            assert re.match(r"(item\t|text\t|error\t|breaking\t|\| |## |\*\*|    |$)", line), line


@pytest.mark.parametrize(
    ("form", "to_file", "tabs"),
    [
        pytest.param(Format.TABLE, False, False, id="terminal"),
        pytest.param(Format.TABLE, True, True, id="file"),
    ],
)
def test_a_file_never_gets_a_table_for_people(
    form: Format, to_file: bool, tabs: bool, people: Terminal
) -> None:
    assert ("\t" in render(DOCUMENTS["listing"], form, people, to_file)) is tabs


def test_programs_get_json_errors_too() -> None:
    assert {form for form in Format if form.for_programs} == {Format.JSON, Format.NDJSON}


def test_suffixes_choose_a_format() -> None:
    assert SUFFIXES == {
        ".json": "json",
        ".ndjson": "ndjson",
        ".jsonl": "ndjson",
        ".md": "markdown",
        ".sarif": "sarif",
        ".xml": "junit",
    }


@pytest.mark.parametrize(("name", "document"), SAMPLES)
def test_json_and_its_lines_can_be_read(name: str, document: Document, pipe: Terminal) -> None:
    text = render(document, Format.JSON, pipe)
    assert text.isascii()
    assert isinstance(json.loads(text), dict)
    for line in render(document, Format.NDJSON, pipe).splitlines():
        assert isinstance(json.loads(line), dict)
