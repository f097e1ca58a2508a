"""Switches and approvals that hosts keep apart from the entries: lists in settings files."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mcpx.servers import ServerSpec
from mcpx.sources.dialects import Switch
from mcpx.sources.hosts import Host, HostFile
from mcpx.sources.paths import fold

_LONGEST_PATTERN = 500


@dataclass(frozen=True, slots=True)
class Settings:
    """A file that a host reads, parsed."""

    file: HostFile
    path: str
    value: Any


@dataclass(frozen=True, slots=True)
class Subject:
    """The definition that a switch is asked about."""

    spec: ServerSpec
    file: HostFile
    path: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """A switch or an approval, and where it was set."""

    switch: Switch
    at: str


def enabled_elsewhere(
    host: Host, settings: Sequence[Settings], subject: Subject, names: frozenset[str], system: str
) -> Verdict | None:
    """What the host's lists say of a definition; None when they say nothing.

    ``names`` are the spellings of the project's folder. Sources: Claude Code 2.1.330; Gemini CLI
    0.61; Qwen Code 0.24.4; rulesync 17.0.0 (Rovo Dev); agentsurface (Claude Desktop).
    """
    if host.id == "claude-code":
        return next(_claude_code(settings, subject, names, system), None)
    if host.id in ("gemini-cli", "qwen-code"):
        return next(_gemini(settings, subject.spec.name), None)
    if host.id == "rovodev":
        return next(_listed_off(settings, subject.spec.name, "mcp", "disabledMcpServers"), None)
    if host.id == "claude-desktop" and subject.file.scope == "extension":
        return _extension(settings, Path(subject.path).parent.name)
    if host.state:
        return Verdict(Switch.UNKNOWN, host.state)
    return None


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _listed(value: Any, name: str) -> bool:
    return isinstance(value, list) and name in value


def _listed_off(settings: Sequence[Settings], name: str, *keys: str) -> Iterator[Verdict]:
    for one in settings:
        if _listed(_at(one.value, *keys), name):
            yield Verdict(Switch.NO, f"{'.'.join(keys)} in {one.path}")


def _gemini(settings: Sequence[Settings], name: str) -> Iterator[Verdict]:
    yield from _listed_off(settings, name, "mcp", "excluded")
    for one in sorted(settings, key=lambda one: one.file.rank, reverse=True):
        allowed = _at(one.value, "mcp", "allowed")
        if isinstance(allowed, list):
            if name not in allowed:
                yield Verdict(Switch.NO, f"mcp.allowed in {one.path}")
            return


def _extension(settings: Sequence[Settings], extension: str) -> Verdict:
    for one in settings:
        if one.file.id == "extension-switches" and Path(one.path).stem == extension:
            on = _at(one.value, "isEnabled")
            if isinstance(on, bool):
                return Verdict(Switch.YES if on else Switch.NO, f"isEnabled in {one.path}")
    return Verdict(Switch.UNKNOWN, "no settings of this extension")


def _project_entries(
    settings: Sequence[Settings], names: frozenset[str], system: str
) -> Iterator[tuple[Settings, Mapping[str, Any]]]:
    """What ~/.claude.json holds about the project, under every spelling of its folder."""
    for one in settings:
        projects = _at(one.value, "projects") if one.file.id == "user" else None
        for name, entry in projects.items() if isinstance(projects, Mapping) else ():
            if isinstance(entry, Mapping) and fold(str(name), system) in names:
                yield one, entry


def _claude_code(
    settings: Sequence[Settings], subject: Subject, names: frozenset[str], system: str
) -> Iterator[Verdict]:
    name = subject.spec.name
    for one in settings:
        if any(_policy_matches(rule, subject.spec) for rule in _rules(one, "deniedMcpServers")):
            yield Verdict(Switch.NO, f"deniedMcpServers in {one.path}")
        allowed = _at(one.value, "allowedMcpServers")
        if one.file.id.startswith("managed-settings") and isinstance(allowed, list):
            rules = list(_rules(one, "allowedMcpServers"))
            if not any(_policy_matches(rule, subject.spec) for rule in rules):
                yield Verdict(Switch.NO, f"allowedMcpServers in {one.path}")
    for one, entry in _project_entries(settings, names, system):
        if _listed(entry.get("disabledMcpServers"), name):
            yield Verdict(Switch.NO, f"disabledMcpServers of this project in {one.path}")
        if subject.file.id == "project" and _listed(entry.get("disabledMcpjsonServers"), name):
            yield Verdict(Switch.NO, f"disabledMcpjsonServers of this project in {one.path}")
    if subject.file.id == "project":
        yield from _listed_off(settings, name, "disabledMcpjsonServers")


def _rules(one: Settings, key: str) -> Iterator[Mapping[str, Any]]:
    rules = _at(one.value, key)
    yield from (
        (rule for rule in rules if isinstance(rule, Mapping)) if isinstance(rules, list) else ()
    )


def _policy_matches(rule: Mapping[str, Any], spec: ServerSpec) -> bool:
    """Claude Code's policies name a server, a whole command line, or a URL with ``*``."""
    if "serverName" in rule:
        return bool(rule["serverName"] == spec.name)
    if "serverCommand" in rule:
        return bool(spec.command and rule["serverCommand"] == [spec.command, *spec.args])
    pattern = rule.get("serverUrl")
    if not isinstance(pattern, str) or not spec.url:
        return False
    # A project's own file may hold such a rule: no pattern may take long.
    if len(pattern) > _LONGEST_PATTERN or len(spec.url) > _LONGEST_PATTERN:
        return pattern == spec.url
    return fnmatch.fnmatchcase(spec.url, pattern)


def approved(
    host: Host, settings: Sequence[Settings], subject: Subject, names: frozenset[str], system: str
) -> Verdict:
    """Whether the host may use a definition; approvals in the project's own files do not count.

    Claude Code stopped repositories from approving themselves in 2.1.196 (its changelog).
    """
    if not subject.file.approval:
        if subject.file.paths[0].startswith("{project}"):
            return Verdict(Switch.UNKNOWN, "not established whether the host asks")
        return Verdict(Switch.YES, "")
    if host.id != "claude-code":
        return Verdict(Switch.UNKNOWN, subject.file.approval)
    name = subject.spec.name
    lists = [(one, entry) for one, entry in _project_entries(settings, names, system)]
    lists += [
        (one, one.value)
        for one in settings
        if one.file.id in ("settings-user", "settings-local") and isinstance(one.value, Mapping)
    ]
    for one, entry in lists:
        if _listed(entry.get("enabledMcpjsonServers"), name):
            return Verdict(Switch.YES, f"enabledMcpjsonServers in {one.path}")
        if entry.get("enableAllProjectMcpServers") is True:
            return Verdict(Switch.YES, f"enableAllProjectMcpServers in {one.path}")
    return Verdict(Switch.UNKNOWN, subject.file.approval)
