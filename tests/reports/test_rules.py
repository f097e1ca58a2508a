from __future__ import annotations

import tomllib

from mcpx.analyses.finding import Rule, Severity
from mcpx.reports.formats import Format, render
from mcpx.reports.rules import explained, listed, silence
from mcpx.terminal import Terminal

HIDDEN = Rule(
    "text-hidden",
    "A text holds what nobody sees",
    Severity.ERROR,
    f"The model reads it{', and people do not' * 6}, ever.",
    "Remove <it>.",
    '{"description": "a\u200bb"}\n{"description": "c"}',
    ("OWASP MCP03 Tool Poisoning", "Another"),
)
ODD = Rule("name-odd", "Odd name", Severity.INFO, "It costs.", "Rename it.", "notes: tool odd")


def test_a_list_has_a_line_for_each_and_the_data_all_of_it(pipe: Terminal) -> None:
    listing = listed([HIDDEN, ODD])
    assert render(listing, Format.TABLE, pipe) == (
        "text-hidden\terror\tA text holds what nobody sees\nname-odd\tinfo\tOdd name\n"
    )
    assert listing.data == explained([HIDDEN, ODD]).data
    assert listing.data["rules"][1] == {
        "id": "name-odd",
        "title": "Odd name",
        "severity": "info",
        "explanation": "It costs.",
        "example": "notes: tool odd",
        "mend": "Rename it.",
        "silence": silence("name-odd"),
        "tags": [],
    }


def test_a_page_is_read_by_people(people: Terminal) -> None:
    page = render(explained([HIDDEN]), Format.TABLE, people)
    assert page.splitlines()[:14] == [
        "rule      text-hidden",
        "severity  error",
        "title     A text holds what nobody sees",
        "tags      OWASP MCP03 Tool Poisoning, Another",
        "",
        "why it matters",
        f"  The model reads it{', and people do not' * 4},",
        "  and people do not, and people do not, ever.",
        "",
        "an example",
        '  {"description": "a\\u200bb"}',
        '  {"description": "c"}',
        "",
        "how to mend it",
    ]
    assert '  text-hidden = "off"\n' in page


def test_a_page_in_a_pipe_has_a_line_for_each_part(pipe: Terminal) -> None:
    lines = render(explained([ODD]), Format.TABLE, pipe).splitlines()
    assert lines[:4] == [
        "rule\tname-odd\tinfo\tOdd name\t",
        "why\tname-odd\tIt costs.",
        "example\tname-odd\tnotes: tool odd",
        "mend\tname-odd\tRename it.",
    ]
    assert lines[4].startswith("silence\tname-odd\t")
    assert len(lines) == 5


def test_a_page_in_markdown_has_paragraphs_and_code(pipe: Terminal) -> None:
    page = render(explained([HIDDEN]), Format.MARKDOWN, pipe)
    assert "\n## why it matters\n\nThe model reads it, and" in page
    assert '\n## an example\n\n    {"description": "a\\u200bb"}\n' in page
    assert "\n## how to mend it\n\nRemove \\<it\\>.\n" in page


def test_what_silences_a_rule_is_toml() -> None:
    assert tomllib.loads(silence("name-odd")) == {
        "severities": {"name-odd": "off"},
        "ignore": [{"fingerprint": "0123456789abcdef", "reason": "why"}],
    }


def test_nothing_silences_what_a_lock_tells(pipe: Terminal) -> None:
    rule = Rule("lock-odd", "Odd", Severity.ERROR, "It is.", "Look.", "old")
    listing = explained([rule])
    assert listing.data["rules"][0]["silence"] == ""
    assert "silence" not in render(listing, Format.TABLE, pipe)
