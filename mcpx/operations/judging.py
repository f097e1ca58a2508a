"""What ``mcpx.toml`` says of findings: hosts to judge by, what to ignore, severities, names."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn

from mcpx import settings
from mcpx.analyses.finding import Finding, Severity
from mcpx.analyses.host_models import HOST_MODELS
from mcpx.analyses.rules import RULES, every_rule
from mcpx.catalogue.lock import CHOSEN_NAME, SAYING_NAMES
from mcpx.errors import ConfigError
from mcpx.sources.hosts import host_table

_FINGERPRINT = re.compile(r"[0-9a-f]{16}")
OFF, BREAKING = "off", "breaking"


@dataclass(frozen=True, slots=True)
class Ignored:
    """How many findings of a rule are not told, and the file that says so."""

    rule: str
    by: str
    count: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """The user's word on findings.

    ``hosts`` are those to judge by, empty when nothing is said. ``ignored`` are fingerprints with
    their reason, ``severities`` those of rules by id (None: never told), ``said_by`` the file that
    says either. ``names`` are the public names that the user chose, by server and tool.
    """

    hosts: tuple[str, ...] = ()
    ignored: Mapping[str, str] = field(default_factory=dict)
    severities: Mapping[str, Severity | None] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    said_by: Mapping[str, str] = field(default_factory=dict)

    def of(self, findings: Iterable[Finding]) -> tuple[list[Finding], list[Ignored]]:
        """The findings that are told, with the severities given, and what is ignored."""
        told: list[Finding] = []
        ignored: Counter[tuple[str, str]] = Counter()
        for finding in findings:
            rule = finding.rule.id
            if rule in self.severities and self.severities[rule] is None:
                ignored[rule, self.said_by.get(rule, "")] += 1
            elif self.ignored and (fingerprint := finding.fingerprint) in self.ignored:
                ignored[rule, self.said_by.get(fingerprint, "")] += 1
            else:
                told.append(self._with_severity(finding))
        return told, [Ignored(*which, count) for which, count in sorted(ignored.items())]

    def _with_severity(self, finding: Finding) -> Finding:
        """The finding with the severity given to its rule; a milder case of it is not raised."""
        severity = self.severities.get(finding.rule.id)
        if severity is None:
            return finding
        if finding.given is not None and finding.given.rank > finding.rule.severity.rank:
            severity = max(severity, finding.given, key=lambda one: one.rank)
        return replace(finding, given=severity)


def judgement(folder: Path | None = None) -> Judgement:
    """What the user's file and the project's say together; the project's wins.

    Raises ConfigError that names the file and the place.
    """
    found = Judgement()
    for origin, tables in settings.tables(folder):
        ignored = dict(_ignored(tables.get("ignore", []), origin))
        severities = dict(_severities(tables.get("severities", {}), origin))
        found = Judgement(
            tuple(_hosts(tables["hosts"], origin)) if "hosts" in tables else found.hosts,
            {**found.ignored, **ignored},
            {**found.severities, **severities},
            {**found.names, **dict(_names(tables.get("names", {}), origin))},
            {**found.said_by, **dict.fromkeys((*ignored, *severities), origin)},
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
        if rule not in RULES and rule not in every_rule():
            near = difflib.get_close_matches(rule, every_rule(), n=1)
            hint = f"did you mean '{near[0]}'?" if near else "mcpx rules lists them"
            _refuse(origin, f"severities.{rule}", "there is no such rule", hint)
        # What diff calls breaking is an error everywhere else.
        severity = Severity.ERROR if severity == BREAKING else severity
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
