"""What the reports for a CI say of a finding alike: its lines and its place in the checkout."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mcpx.analyses.finding import Finding, Subject, by_effect
from mcpx.reports.document import Findings
from mcpx.terminal import safe


def told(finding: Finding) -> list[str]:
    """The message, what becomes of it in which hosts, and the hint, each a line made safe."""
    lines = [finding.message]
    if finding.outcomes:
        effects = by_effect(finding.outcomes)
        lines += [f"{', '.join(hosts)}: {effect.words}" for effect, hosts in effects]
    elif finding.hosts:
        lines.append(f"in: {', '.join(finding.hosts)}")
    if finding.hint:
        lines.append(f"hint: {finding.hint}")
    return [safe(one) for one in lines]


def named(subject: Subject) -> str:
    """``server/key``, or the server alone where the finding is about it, made safe."""
    return safe(f"{subject.server}/{subject.key}" if subject.key else subject.server)


def place_in(path: str, root: Path | None) -> Path:
    """The path from ``root`` (None: the current folder) where it lies below, else the whole path.

    The disk is not looked at: a link stays a link, and a file need not exist.
    """
    whole = Path(os.path.normpath(Path.cwd() / path))
    top = Path.cwd() if root is None else root
    return whole.relative_to(top) if whole.is_relative_to(top) else whole


def servers_examined(document: Findings) -> list[str]:
    """The servers, or the session files, that were looked at, sorted."""
    return sorted(document.examined.get("servers") or document.examined.get("sessions", ()))


def servers_left_out(document: Findings) -> list[tuple[str, str]]:
    """The servers that were not looked at, with the hosts that have them, each with why, sorted."""
    missing: list[Mapping[str, Any]] = document.examined.get("not_examined", [])
    return sorted((_of_hosts(one), one["reason"]) for one in missing)


def _of_hosts(one: Mapping[str, Any]) -> str:
    hosts = one.get("hosts", ())
    return f"{one['server']} of {', '.join(hosts)}" if hosts else one["server"]


def not_told(document: Findings) -> list[str]:
    """What the user's files keep from being told: how many findings of which rule."""
    ignored: list[Mapping[str, Any]] = document.examined.get("ignored", [])
    return [safe(f"{one['rule']}: {one['count']} ignored by {one['by']}") for one in ignored]
