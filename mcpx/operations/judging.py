"""What ``mcpx.toml`` says of findings: hosts to judge by, what to ignore, severities, names."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn

from mcpx import settings
from mcpx.analyses.finding import Finding, Severity
from mcpx.analyses.host_models import HOST_MODELS
from mcpx.analyses.rules import RULES
from mcpx.catalogue.lock import CHOSEN_NAME, SAYING_NAMES
from mcpx.errors import ConfigError
from mcpx.sources.hosts import host_table

_FINGERPRINT = re.compile(r"[0-9a-f]{16}")
OFF = "off"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The user's word on findings.

    ``hosts`` are those to judge by, empty when nothing is said. ``ignored`` are fingerprints with
    their reason, ``severities`` those of rules by id (None: never told). ``names`` are the public
    names that the user chose, by server and tool.
    """

    hosts: tuple[str, ...] = ()
    ignored: Mapping[str, str] = field(default_factory=dict)
    severities: Mapping[str, Severity | None] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, findings: Iterable[Finding]) -> tuple[list[Finding], int]:
        """The findings that are told, with the severities given, and how many are ignored."""
        told: list[Finding] = []
        ignored = 0
        for finding in findings:
            severity = self.severities.get(finding.rule.id, finding.severity)
            if severity is None or (self.ignored and finding.fingerprint in self.ignored):
                ignored += 1
            elif finding.rule.id in self.severities:
                told.append(replace(finding, given=severity))
            else:
                told.append(finding)
        return told, ignored


def judgement(folder: Path | None = None) -> Judgement:
    """What the user's file and the project's say together; the project's wins.

    Raises ConfigError that names the file and the place.
    """
    found = Judgement()
    for origin, tables in settings.tables(folder):
        found = Judgement(
            tuple(_hosts(tables["hosts"], origin)) if "hosts" in tables else found.hosts,
            {**found.ignored, **dict(_ignored(tables.get("ignore", []), origin))},
            {**found.severities, **dict(_severities(tables.get("severities", {}), origin))},
            {**found.names, **dict(_names(tables.get("names", {}), origin))},
        )
    taken: dict[str, str] = {}
    for server, tools in found.names.items():
        for tool, name in tools.items():
            if name in taken:
                what = f"'{name}' is the name of {taken[name]} already"
                _refuse(settings.PROJECT_FILE, f"names.{server}.{tool}", what)
            taken[name] = f"{server}.{tool}"
    return found


def _refuse(origin: str, place: str, what: str, hint: str = "") -> NoReturn:
    raise ConfigError(f"{origin}: {place}: {what}", hint=hint)


def _hosts(value: Any, origin: str) -> Iterable[str]:
    if not isinstance(value, list):
        _refuse(origin, "hosts", 'must be a list such as ["claude-code", "cursor"]')
    known = [*HOST_MODELS, *(one.id for one in host_table().hosts)]
    for host in value:
        if host not in known:
            near = difflib.get_close_matches(str(host), known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else "mcpx discover --hosts lists them"
            _refuse(origin, "hosts", f"there is no host {host!r}", hint)
        yield host


def _ignored(value: Any, origin: str) -> Iterable[tuple[str, str]]:
    for place, entry in enumerate(value if isinstance(value, list) else [None]):
        if not isinstance(entry, dict):
            _refuse(origin, "ignore", "must be tables: [[ignore]]")
        extra = sorted(entry.keys() - {"fingerprint", "reason"})
        if extra:
            _refuse(origin, f"ignore.{place}", f"unknown member '{extra[0]}'")
        fingerprint, reason = entry.get("fingerprint"), entry.get("reason", "")
        if not isinstance(fingerprint, str) or not _FINGERPRINT.fullmatch(fingerprint):
            what = "must be the 16 hexadecimal digits that --json shows"
            _refuse(origin, f"ignore.{place}.fingerprint", what)
        if not isinstance(reason, str):
            _refuse(origin, f"ignore.{place}.reason", "must be a text")
        yield fingerprint, reason


def _severities(value: Any, origin: str) -> Iterable[tuple[str, Severity | None]]:
    if not isinstance(value, dict):
        _refuse(origin, "severities", "must be a table of rules")
    for rule, severity in value.items():
        if rule not in RULES:
            near = difflib.get_close_matches(rule, RULES, n=1)
            hint = f"did you mean '{near[0]}'?" if near else "mcpx rules lists them"
            _refuse(origin, f"severities.{rule}", "there is no such rule", hint)
        if severity not in (*Severity, OFF):
            what = f"must be error, warning, info or off, not {severity!r}"
            _refuse(origin, f"severities.{rule}", what)
        yield rule, None if severity == OFF else Severity(severity)


def _names(value: Any, origin: str) -> Iterable[tuple[str, Mapping[str, str]]]:
    if not isinstance(value, dict):
        _refuse(origin, "names", "must be a table of servers")
    for server, tools in value.items():
        if not isinstance(tools, dict):
            _refuse(origin, f"names.{server}", "must be a table of tools")
        for tool, name in tools.items():
            if not isinstance(name, str) or not CHOSEN_NAME.fullmatch(name):
                _refuse(origin, f"names.{server}.{tool}", SAYING_NAMES)
        yield server, tools
