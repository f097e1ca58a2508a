"""``mcpx conflicts``: which names clash between servers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mcpx.commands import completing, options
from mcpx.commands.run import Connects, Run, command
from mcpx.errors import ExitStatus, McpxError, RefusedError, UsageError, worst
from mcpx.terminal import counted

if TYPE_CHECKING:
    from mcpx.operations.clashes import Plan
    from mcpx.trust import Gate

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@command(app, connects=Connects.TO_MANY)
def conflicts(
    run: Run,
    targets: options.TargetsArgument = None,
    host: Annotated[
        list[str] | None,
        typer.Option(
            "--host",
            metavar="ID",
            help="Without targets: only this host's servers.",
            autocompletion=completing.hosts,
        ),
    ] = None,
    fail_on: Annotated[
        str,
        typer.Option(
            "--fail-on",
            metavar="SEVERITY",
            help="error, warning, info or never.",
            autocompletion=completing.severities,
        ),
    ] = "error",
    exit_zero: options.ExitZeroOption = False,
) -> ExitStatus:
    """Show which names clash between servers.

    Without targets, the enabled servers of every host found here are judged together, host by
    host. Names are compared exactly and as hosts tend to mangle them: case, camelCase, and the
    separators - _ . do not count.
    """
    from mcpx.analyses.conflicts import conflicts as find_conflicts
    from mcpx.analyses.finding import Severity
    from mcpx.operations.clashes import groups
    from mcpx.reports.document import Findings

    if fail_on not in (*Severity, "never"):
        raise UsageError("--fail-on: must be error, warning, info or never, not " + repr(fail_on))
    gate = run.gate()
    planned = None if targets or run.command else _planned(run, gate, host)
    chosen = run.targets(targets, gate) if planned is None else list(planned.specs)
    if run.connecting.dry_run:
        return run.plan(chosen, gate)
    with run.snapshots(chosen, gate) as taken:
        failures = {one.server: one.error for one in taken if one.error is not None}
        catalogues = {one.server: one.catalogue for one in taken if one.catalogue is not None}
        findings = list(find_conflicts(groups(catalogues, planned)))
        examined = {
            "servers": sorted(catalogues),
            "not_examined": _not_examined(failures, planned),
        }
        run.deliver(Findings("conflicts", findings, examined))
        for server, error in failures.items():
            run.terminal.complain(error, server)
        found = counted(len(findings), "conflict") if findings else "no conflicts"
        run.terminal.note(f"{found}; {counted(len(catalogues), 'catalogue')} looked at")
    statuses = [error.status for error in failures.values()]
    threshold = None if fail_on == "never" or exit_zero else Severity(fail_on)
    if threshold is not None and any(one.severity.at_least(threshold) for one in findings):
        statuses.append(ExitStatus.FINDINGS)
    return worst(statuses)


def _planned(run: Run, gate: Gate, hosts: list[str] | None) -> Plan:
    """The servers of every host here. Raises an error when none of them can be asked."""
    from mcpx.operations.clashes import DENIED, NOT_APPROVED, left_out, plan
    from mcpx.settings import environment
    from mcpx.sources.discovery import discover

    found = discover(hosts=hosts)
    planned = plan(found, gate, environment(), Path.cwd())
    for line in left_out(planned):
        run.terminal.note(line)
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
            "or name servers: mcpx conflicts demo:tickets demo:notes",
        )
    return planned


def _not_examined(failures: dict[str, McpxError], planned: Plan | None) -> list[dict[str, str]]:
    skipped = [] if planned is None else list(planned.skipped)
    failed = [(server, error.message) for server, error in failures.items()]
    return [{"server": server, "reason": reason} for server, reason in sorted(skipped + failed)]
