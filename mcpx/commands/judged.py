"""What commands that judge servers together share: which servers meet, and by which hosts."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mcpx.errors import ExitStatus, McpxError, RefusedError, UsageError, worst
from mcpx.terminal import counted

if TYPE_CHECKING:
    from mcpx.analyses.conflicts import Group
    from mcpx.analyses.finding import Finding, Severity
    from mcpx.catalogue.model import Catalogue
    from mcpx.client.fleet import Then
    from mcpx.commands.run import Run
    from mcpx.operations.clashes import Plan
    from mcpx.operations.judging import Ignored
    from mcpx.sources.definitions import Discovery
    from mcpx.sources.targets import Target
    from mcpx.trust import Gate


@dataclass(frozen=True, slots=True)
class Judged:
    """What the servers offer, and why others do not say; the file of those read from one."""

    catalogues: dict[str, Catalogue]
    failures: dict[str, McpxError]
    paths: dict[str, str]

    def placed(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings, with where what they are about stands in a file that it was read from."""
        from mcpx.operations.places import Places

        places = Places(self.paths)
        for finding in findings:
            if finding.location is None and finding.subjects:
                finding = replace(finding, location=places.of(finding.subjects[0]))
            yield finding


@dataclass(frozen=True, slots=True)
class Meeting:
    """Servers that are judged together: those of the hosts found here, or those named.

    ``discovery`` and ``planned`` are None where servers were named. ``definitions``: those of
    servers that are not asked are looked at all the same.
    """

    targets: list[Target]
    hosts: tuple[str, ...]
    gate: Gate
    discovery: Discovery | None = None
    planned: Plan | None = None
    definitions: bool = False

    def groups(self, judged: Judged) -> list[Group]:
        """Which of the catalogues meet, and the hosts that they are judged by."""
        from mcpx.operations.clashes import group_of, groups

        if self.planned is not None:
            return groups(judged.catalogues, self.planned)
        return [group_of(judged.catalogues, judged.paths, self.hosts)]

    def shadowed(self) -> list[Finding]:
        """Keys of the hosts found here that are defined more than once."""
        from mcpx.operations.clashes import shadowed

        return [] if self.discovery is None else list(shadowed(self.discovery))

    def not_examined(self, failures: dict[str, McpxError]) -> list[dict[str, Any]]:
        """The servers that were left out or failed, each once with its hosts and the reason."""
        left_out: dict[tuple[str, str], list[str]] = {}
        for where, reason in () if self.planned is None else self.planned.skipped:
            host, _, server = where.partition("/")
            said = f"only its definition was looked at: {reason}" if self.definitions else reason
            left_out.setdefault((server, said), []).append(host)
        for server, error in failures.items():
            left_out.setdefault((server, error.message), [])
        return [
            {"server": server, "hosts": sorted(hosts), "reason": reason}
            for (server, reason), hosts in sorted(left_out.items())
        ]


def meeting(
    run: Run,
    name: str,
    words: list[str] | None,
    host: list[str] | None,
    preferred: tuple[str, ...] = (),
    or_definitions: bool = False,
) -> Meeting:
    """The servers to judge. Raises an error when none can be asked.

    ``name`` is the command, ``host`` what ``--host`` gave; ``preferred`` are the user's hosts
    where it gave nothing.
    ``or_definitions``: there is something to judge as soon as a host has a file for servers.
    """
    gate = run.gate()
    if words or run.command:
        chosen = judges(host, named=True) or preferred or _found_here()
        return Meeting(run.targets(words, gate), chosen, gate)
    from mcpx.sources.discovery import discover
    from mcpx.sources.hosts import host_table

    configured = {one.id for one in host_table().hosts}
    hosts = judges(host, named=False) or tuple(one for one in preferred if one in configured)
    if preferred and not host and (left := [one for one in preferred if one not in configured]):
        run.terminal.note(f"not judged by {', '.join(left)}: no servers are configured there")
    found = discover(hosts=list(hosts) or None)
    planned = _planned(run, name, gate, found, or_definitions)
    return Meeting(list(planned.specs), hosts, gate, found, planned, or_definitions)


def _found_here() -> tuple[str, ...]:
    """The hosts that have servers here and whose naming is known."""
    from mcpx.analyses.host_models import HOST_MODELS
    from mcpx.sources.discovery import discover

    found = {one.host for one in discover().effective}
    return tuple(host for host in HOST_MODELS if host in found)


def judges(given: list[str] | None, named: bool) -> tuple[str, ...]:
    """What ``--host`` says: ids, several with commas. Raises UsageError for one that cannot be.

    ``named``: servers are named too, which a host is to judge by what is known of its naming;
    else it has to be one whose configuration mcpx finds.
    """
    from mcpx.analyses.host_models import HOST_MODELS
    from mcpx.sources.hosts import host_table

    words = [word.strip() for one in given or () for word in one.split(",") if word.strip()]
    if given and not words:
        raise UsageError("--host: needs the id of a host", hint=f"one of {', '.join(HOST_MODELS)}")
    configured = {host.id for host in host_table().hosts}
    known = set(HOST_MODELS) if named else configured
    for word in words:
        if word in known:
            continue
        near = difflib.get_close_matches(word, sorted(known), n=1)
        hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(sorted(known))}"
        if word in configured:
            raise UsageError(f"--host: how {word} names tools is not known", hint=hint)
        if word in HOST_MODELS:
            message = f"--host: the configuration of {word} is not one that mcpx finds"
            raise UsageError(message, hint="name the servers that it has")
        raise UsageError(f"--host: there is no host '{word}'", hint=hint)
    return tuple(dict.fromkeys(words))


def _planned(run: Run, name: str, gate: Gate, found: Discovery, or_definitions: bool) -> Plan:
    from mcpx.operations.clashes import DENIED, NOT_APPROVED, left_out, plan
    from mcpx.operations.linting import unread
    from mcpx.settings import environment

    planned = plan(found, gate, environment(), Path.cwd())
    for line in left_out(planned):
        run.terminal.note(line)
    if or_definitions and (found.definitions or any(unread(found))):
        return planned
    if not planned.specs and any(reason in (NOT_APPROVED, DENIED) for _, reason in planned.skipped):
        raise RefusedError(
            "no configured server is approved",
            hint="mcpx trust list shows them, mcpx trust allow NAME approves one; "
            "--trust-project or MCPX_TRUST=project approves all for this run",
        )
    if not planned.specs:
        raise UsageError(
            "no configured server can be asked",
            hint="mcpx discover shows what is configured; "
            f"or name servers: mcpx {name} demo:tickets demo:notes",
        )
    return planned


def threshold(fail_on: str, exit_zero: bool) -> Severity | None:
    """From which severity on a finding changes the status. Raises UsageError."""
    from mcpx.analyses.finding import Severity

    if fail_on not in (*Severity, "never"):
        raise UsageError("--fail-on: must be error, warning, info or never, not " + repr(fail_on))
    return None if fail_on == "never" or exit_zero else Severity(fail_on)


def told(
    run: Run,
    name: str,
    judged: tuple[list[Finding], list[Ignored]],
    met: Meeting,
    offered: Judged,
    fails_from: Severity | None,
) -> ExitStatus:
    """Deliver findings, worst first, with what was looked at, and return the status.

    ``judged`` are the findings that are told and what is ignored; ``name`` is the command.
    """
    from mcpx.analyses.finding import order
    from mcpx.reports.document import Findings

    findings, ignored = judged
    findings.sort(key=order)
    servers = sorted(offered.catalogues)
    examined = {
        "servers": servers,
        "not_examined": met.not_examined(offered.failures),
        "ignored": [{"rule": one.rule, "by": one.by, "count": one.count} for one in ignored],
    }
    run.deliver(Findings(name, findings, examined))
    word = "conflict" if name == "conflicts" else "finding"
    said = counted(len(findings), word) if findings else f"no {word}s"
    if ignored:
        rules = dict.fromkeys(f"{one.rule} by {one.by}" for one in ignored)
        said += f", {sum(one.count for one in ignored)} ignored ({', '.join(rules)})"
    run.terminal.note(f"{said}; {counted(len(servers), 'catalogue')} looked at")
    statuses = [error.status for error in offered.failures.values()]
    if fails_from is not None and any(one.severity.at_least(fails_from) for one in findings):
        statuses.append(ExitStatus.FINDINGS)
    return worst(statuses)


@contextlib.contextmanager
def judged(run: Run, met: Meeting, then: Then | None = None) -> Iterator[Judged]:
    """What the servers offer, while they are ending; those that failed are complained of.

    ``then`` is what else is done with each that has said what it offers.
    """
    with run.snapshots(met.targets, met.gate, then=then) as taken:
        failures = {one.server: one.error for one in taken if one.error is not None}
        for server, error in failures.items():
            run.terminal.complain(error, server)
        yield Judged(
            {one.server: one.catalogue for one in taken if one.catalogue is not None},
            failures,
            {one.server: one.path for one in taken if one.path},
        )
