"""JUnit XML for the dashboards of GitLab, Jenkins and others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
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
    suite = Suite(f"mcpx {document.name}")
    area = f"mcpx.{document.name}"
    for server in servers_examined(document):
        suite.add(f"{area}.examined", safe(server))
    for server, reason in servers_left_out(document):
        lines = [f"not examined: {safe(reason)}"]
        suite.add(f"{area}.examined", safe(server), "skipped", "not examined", lines)
    for line in not_told(document):
        suite.add(f"{area}.ignored", line.partition(":")[0], "skipped", "ignored", [line])
    names: Counter[str] = Counter()
    for finding in document.findings:
        name = _name(finding)
        names[name] += 1
        again = f" #{names[name]}" if names[name] > 1 else ""
        tag = "skipped" if finding.severity is Severity.INFO else "failure"
        lines = _text(finding, root)
        suite.add(f"{area}.{finding.rule.id}", name + again, tag, finding.severity.value, lines)
    return suite.text()


class Suite:
    """One suite of cases, as XML."""

    def __init__(self, name: str) -> None:
        self._suite = ElementTree.Element("testsuite", name=safe(name))
        self._seconds = 0.0

    def add(
        self,
        of: str,
        name: str,
        tag: str = "",
        kind: str = "",
        lines: Sequence[str] = (),
        seconds: float = 0,
    ) -> None:
        """A case; with the ``tag`` of what it is when it has not simply passed, and its lines."""
        self._seconds += seconds
        time = _time(seconds)
        case = ElementTree.SubElement(self._suite, "testcase", classname=of, name=name, time=time)
        if tag:
            verdict = ElementTree.SubElement(case, tag, type=kind, message=lines[0])
            verdict.text = "\n".join(lines)

    def text(self) -> str:
        """The whole report."""
        suite = self._suite
        numbers = {
            "tests": len(suite),
            "failures": len(suite.findall("testcase/failure")),
            "errors": 0,
            "skipped": len(suite.findall("testcase/skipped")),
            "time": _time(self._seconds),
        }
        for attribute, number in numbers.items():
            suite.set(attribute, str(number))
        suites = ElementTree.Element("testsuites")
        suites.append(suite)
        ElementTree.indent(suites)
        text = ElementTree.tostring(suites, encoding="unicode")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _time(seconds: float) -> str:
    return f"{seconds:.3f}" if seconds else "0"


def _name(finding: Finding) -> str:
    subjects = [named(one) for one in finding.subjects]
    if len(subjects) > _MOST_NAMED:
        subjects[_MOST_NAMED:] = [f"{len(subjects) - _MOST_NAMED} more"]
    return f"{', '.join(subjects) or finding.rule.title} [{finding.fingerprint}]"


def _text(finding: Finding, root: Path | None) -> list[str]:
    lines = told(finding)
    if at := place_of(finding, root):
        lines.append(at)
    if finding.rule.explanation:
        lines.append(f"why: {finding.rule.explanation}")
    if finding.rule.mend:
        lines.append(f"do: {finding.rule.mend}")
    return lines


def place_of(finding: Finding, root: Path | None) -> str:
    """The line that says where a finding lies; empty where that is not known."""
    if finding.location is None:
        return ""
    path = place_in(finding.location.path, root).as_posix()
    line = f":{finding.location.line}" if finding.location.line else ""
    return f"at: {safe(path)}{line}"
