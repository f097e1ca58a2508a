"""SARIF 2.1.0 for code scanning services and editors."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from mcpx import __version__
from mcpx.analyses.finding import Finding, Rule, Severity, order
from mcpx.reports.ci import named, not_told, place_in, servers_left_out, told
from mcpx.reports.document import Findings
from mcpx.reports.json_text import dumps
from mcpx.reports.markdown import escaped, fenced
from mcpx.terminal import safe, safe_block

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
# The name that code scanning services give to the top of a checkout.
_TOP = {"uriBaseId": "%SRCROOT%"}
# Where a finding is shown that no file brought about: its ignore would be written there.
_NO_FILE = {"uri": "mcpx.toml", **_TOP}


def render_sarif(document: Findings, root: Path | None = None) -> str:
    """One run, sorted, without a time; paths below ``root`` (None: the current folder) from there.

    ``root`` should be the top of the checkout: code scanning reads relative paths from it. Every
    result has a physical location, for GitHub refuses a whole file for one result without
    (github/codeql-action issue 1738, 2023-06-25). A finding without a location is placed at line
    1 of ``mcpx.toml``, which need not exist, and a message beside it says that it is of no file;
    what it is about is told by the logical locations, as ``server/key``. The fingerprint is
    mcpx's own: given as GitHub's ``primaryLocationLineHash`` it would make upload-sarif warn of
    each result (issue 4052, 2026-07-29).
    """
    findings = sorted(document.findings, key=order)
    rules = sorted({finding.rule.id: finding.rule for finding in findings}.items())
    places = {name: place for place, (name, _) in enumerate(rules)}
    driver = {
        "name": "mcpx",
        "version": __version__,
        "rules": [_rule(rule) for _, rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        # Two commands of one job are two categories: the later does not replace the earlier.
        "automationDetails": {"id": f"mcpx/{document.name}/"},
        "invocations": [
            {"executionSuccessful": True, "toolExecutionNotifications": _notifications(document)}
        ],
        "results": [_result(one, places[one.rule.id], root) for one in findings],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return dumps(log, indent=2, sort_keys=True) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    why = rule.explanation or rule.title
    example = f"Example:\n{safe_block(rule.example)}" if rule.example else ""
    block = fenced(rule.example).rstrip() if rule.example else ""
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": why},
        "help": {
            "text": "\n".join(filter(None, (why, example, rule.mend))),
            "markdown": "\n\n".join(filter(None, (escaped(why), block, escaped(rule.mend)))),
        },
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        **({"properties": {"tags": list(rule.tags)}} if rule.tags else {}),
    }


def _result(finding: Finding, rule: int, root: Path | None) -> dict[str, Any]:
    return {
        "ruleId": finding.rule.id,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": _message("\n".join(told(finding))),
        "locations": [_location(finding, root)],
        "partialFingerprints": {"mcpxFingerprint/v1": finding.fingerprint},
    }


def _location(finding: Finding, root: Path | None) -> dict[str, Any]:
    place = finding.location
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": _NO_FILE if place is None else _artifact(place.path, root),
            "region": {"startLine": max(place.line or 1, 1) if place else 1},
        },
        "logicalLocations": [
            {
                "name": safe(one.key or one.server),
                "fullyQualifiedName": named(one),
                "kind": safe(one.kind),
            }
            for one in finding.subjects
        ],
    }
    if place is None:
        location["message"] = {"text": "This is of no file, but of what the servers offer."}
    return location


def _artifact(path: str, root: Path | None) -> dict[str, str]:
    place = place_in(path, root)
    text = place.as_posix()
    if place.is_absolute():
        drive = place.drive and f"/{place.drive}"
        rest = text.removeprefix(place.drive)
        return {"uri": f"file://{drive}{quote(rest, errors='surrogatepass')}"}
    return {"uri": quote(text, errors="surrogatepass"), **_TOP}


def _notifications(document: Findings) -> list[dict[str, Any]]:
    missing = [
        {"level": "warning", "message": _message(safe(f"{server} was not examined: {reason}"))}
        for server, reason in servers_left_out(document)
    ]
    ignored = [{"level": "note", "message": _message(one)} for one in not_told(document)]
    return missing + ignored


def _message(text: str) -> dict[str, str]:
    """A message in which nothing is a link; braces stay as they are, for it has no arguments."""
    return {"text": text.replace("](", r"]\(")}
