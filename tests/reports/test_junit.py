from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.analyses.finding import Finding, Location, Subject
from mcpx.reports.document import Findings
from mcpx.reports.junit import render_junit
from mcpx.terminal import safe
from tests.reports import samples


def suite_of(document: Findings, root: Path | None = None) -> ElementTree.Element:
    suites = ElementTree.fromstring(render_junit(document, root).encode())
    assert suites.tag == "testsuites"
    [suite] = suites
    assert suite.tag == "testsuite"
    assert suite.get("tests") == str(len(suite))
    for number, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert suite.get(number) == str(len(suite.findall(f"testcase/{tag}")))
    return suite


@pytest.mark.parametrize(
    ("name", "document"),
    [
        pytest.param("findings", samples.findings(), id="findings"),
        pytest.param("hostile-findings", samples.hostile_findings(), id="hostile"),
        pytest.param("nothing-found", samples.nothing_found(), id="nothing"),
    ],
)
def test_a_report_is_as_before(
    name: str, document: Findings, golden: Callable[[str, str, str], None]
) -> None:
    suite_of(document)
    golden("junit", f"{name}.txt", render_junit(document))


def test_servers_pass_findings_fail_and_notes_are_skipped() -> None:
    cases = [
        (
            case.get("classname"),
            case.get("time"),
            [(child.tag, child.get("type")) for child in case],
        )
        for case in suite_of(samples.findings())
    ]
    assert cases == [
        ("mcpx.conflicts.examined", "0", []),
        ("mcpx.conflicts.examined", "0", []),
        ("mcpx.conflicts.name-clash", "0", [("failure", "error")]),
        ("mcpx.conflicts.name-odd", "0", [("failure", "warning")]),
        ("mcpx.conflicts.name-long", "0", [("skipped", "info")]),
    ]


def test_the_text_holds_all_that_there_is_to_read() -> None:
    location = Location("/shop/.mcp.json", 3)
    finding = Finding(samples.CLASH, "two & more", (), ("cursor",), location, hint="rename <it>")
    [case] = suite_of(Findings("conflicts", [finding]), Path("/shop"))
    assert case[0].get("message") == "two & more"
    assert (case[0].text or "").split("\n") == [
        "two & more",
        "in: cursor",
        "hint: rename <it>",
        "at: .mcp.json:3",
        "why: Only one can be called.",
        "do: Rename one.",
    ]


def test_a_server_that_was_not_examined_is_neither_green_nor_red() -> None:
    missing = [{"server": "x", "reason": "no answer"}]
    [case] = suite_of(Findings("lint", [], {"servers": [], "not_examined": missing}))
    assert (case.get("classname"), case.get("name")) == ("mcpx.lint.examined", "x")
    assert [(child.tag, child.text) for child in case] == [("skipped", "not examined: no answer")]


def test_a_name_outlives_the_wording_and_is_no_other() -> None:
    subjects = tuple(Subject("tool", "search", server) for server in "abcde")
    findings = [
        Finding(samples.CLASH, "in one host", subjects, ("cursor",)),
        Finding(samples.CLASH, "in another", subjects, ("zed",)),
        Finding(samples.CLASH, "of none"),
    ]
    names = [case.get("name") for case in suite_of(Findings("conflicts", findings))]
    first = f"a/search, b/search, c/search, 2 more [{findings[0].fingerprint}]"
    assert names == [first, f"{first} #2", f"Same name [{findings[2].fingerprint}]"]


@given(st.text() | st.text("<>&\"']]>\x00\x0b\ufffe\ud800\r\n\t "))
def test_any_text_is_xml_and_read_back(text: str) -> None:
    finding = Finding(
        samples.CLASH, text, (Subject("tool", text, text),), (text,), Location(f"/{text}", 1)
    )
    missing = [{"server": text, "reason": text}]
    document = Findings("conflicts", [finding], {"servers": [text], "not_examined": missing})
    examined, _, found = suite_of(document)
    assert found[0].get("message") == (found[0].text or "").split("\n")[0]
    assert examined.get("name") == safe(text)
