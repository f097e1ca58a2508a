"""Workflow commands by which GitHub Actions annotates files and pull requests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mcpx.analyses.finding import Finding, Severity
from mcpx.reports.ci import not_told, place_in, servers_left_out, told
from mcpx.reports.document import Findings, counts
from mcpx.terminal import safe

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
# Of one kind that the runner keeps of a step. Source: actions/runner, ExecutionContext, 2026-08-17.
_MOST = 10


def render_github(document: Findings, root: Path | None = None) -> str:
    """A command a line, ten of each kind at most; a last notice tells how many more there are.

    Paths below ``root`` (None: the current folder) are given from there; it should be the top of
    the checkout. Nothing that a server says can begin a command, end one or add a property:
    escaped as by the toolkit of GitHub (actions/toolkit, packages/core/src/command.ts) and read
    back so by the runner (actions/runner, ActionCommand, 2026-08-17).
    """
    too_many = any(document.count(severity) > _MOST for severity in Severity)
    ignored = not_told(document)
    room = dict.fromkeys(Severity, _MOST)
    room[Severity.INFO] -= too_many + bool(ignored)  # for the last notices
    lines: list[str] = []
    left: list[Finding] = []
    for finding in document.findings:
        if room[finding.severity]:
            room[finding.severity] -= 1
            lines.append(_annotation(finding, root))
        else:
            left.append(finding)
    if missing := servers_left_out(document):
        said = "; ".join(f"{server}: {reason}" for server, reason in missing)
        lines.append(f"::warning title=mcpx {document.name}: not examined::{_data(safe(said))}")
    if ignored:
        lines.append(f"::notice title=mcpx {document.name}: ignored::{_data('; '.join(ignored))}")
    if left:
        more = counts(replace(document, findings=left))
        command = document.name.replace(".", " --")
        text = f"not shown here: {more}; mcpx {command} without --format github shows all"
        lines.append(f"::notice title=mcpx::{_data(text)}")
    return "".join(f"{line}\n" for line in lines)


def _annotation(finding: Finding, root: Path | None) -> str:
    properties = {}
    if finding.location is not None:
        properties["file"] = place_in(finding.location.path, root).as_posix()
        if finding.location.line:
            properties["line"] = str(finding.location.line)
    properties["title"] = f"{finding.rule.title} [{finding.rule.id}]"
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    message = "\n".join(told(finding))
    return f"::{_COMMANDS[finding.severity]} {listed}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(safe(text)).replace(":", "%3A").replace(",", "%2C")
