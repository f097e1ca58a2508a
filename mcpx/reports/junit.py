"""JUnit XML for the dashboards of GitLab, Jenkins and others."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

from mcpx.analyses.finding import Finding, Severity
from mcpx.reports.ci import named, not_told, place_in, servers_examined, servers_left_out, told
from mcpx.reports.document import Findings
from mcpx.terminal import safe

_MOST_NAMED = 3


def render_junit(document: Findings, root: Path | None = None) -> str:
    """One suite: a case for each server, passed, and one for each finding; without times.

    Errors and warnings are failures, their severity the ``type``. Notes are skipped cases: shown
    with their text by GitLab and Jenkins, yet neither turns red for them; what a passed case
    prints GitLab does not show. A server that was not examined is a skipped case too. A
    finding's name is made of its subjects and fingerprint, so that its history goes on when the
    message is worded anew, and is no other's: GitLab drops a second case of the same name. What
    is to read stands in the text, as GitLab shows only that, and in ``message`` for Jenkins.
    Only attributes of the schema of Jenkins' xUnit plugin (junit-10.xsd) are used. Paths below
    ``root`` (None: the current folder) are given from there. No character is in it that XML
    1.0 forbids, for those are made visible.
    """
    suite = ElementTree.Element("testsuite", name=f"mcpx {document.name}")
    area = f"mcpx.{document.name}"
    for server in servers_examined(document):
        _case(suite, f"{area}.examined", safe(server))
    for server, reason in servers_left_out(document):
        case = _case(suite, f"{area}.examined", safe(server))
        _verdict(case, "skipped", "not examined", [f"not examined: {safe(reason)}"])
    for line in not_told(document):
        case = _case(suite, f"{area}.ignored", line.partition(":")[0])
        _verdict(case, "skipped", "ignored", [line])
    names: Counter[str] = Counter()
    for finding in document.findings:
        name = _name(finding)
        names[name] += 1
        again = f" #{names[name]}" if names[name] > 1 else ""
        case = _case(suite, f"{area}.{finding.rule.id}", name + again)
        tag = "skipped" if finding.severity is Severity.INFO else "failure"
        _verdict(case, tag, finding.severity.value, _text(finding, root))
    numbers = {
        "tests": len(suite),
        "failures": len(suite.findall("testcase/failure")),
        "errors": 0,
        "skipped": len(suite.findall("testcase/skipped")),
        "time": 0,
    }
    for attribute, number in numbers.items():
        suite.set(attribute, str(number))
    suites = ElementTree.Element("testsuites")
    suites.append(suite)
    ElementTree.indent(suites)
    text = ElementTree.tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _case(suite: ElementTree.Element, of: str, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(suite, "testcase", classname=of, name=name, time="0")


def _verdict(case: ElementTree.Element, tag: str, kind: str, lines: list[str]) -> None:
    verdict = ElementTree.SubElement(case, tag, type=kind, message=lines[0])
    verdict.text = "\n".join(lines)


def _name(finding: Finding) -> str:
    subjects = [named(one) for one in finding.subjects]
    if len(subjects) > _MOST_NAMED:
        subjects[_MOST_NAMED:] = [f"{len(subjects) - _MOST_NAMED} more"]
    return f"{', '.join(subjects) or finding.rule.title} [{finding.fingerprint}]"


def _text(finding: Finding, root: Path | None) -> list[str]:
    lines = told(finding)
    if finding.location is not None:
        path = place_in(finding.location.path, root).as_posix()
        line = f":{finding.location.line}" if finding.location.line else ""
        lines.append(f"at: {safe(path)}{line}")
    if finding.rule.explanation:
        lines.append(f"why: {finding.rule.explanation}")
    if finding.rule.mend:
        lines.append(f"do: {finding.rule.mend}")
    return lines
