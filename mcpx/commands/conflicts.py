"""``mcpx conflicts``: which names clash between servers, in which host, and how to mend it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mcpx.commands import completing, options
from mcpx.commands.judged import Meeting, catalogues, meeting
from mcpx.commands.run import Connects, Run, command
from mcpx.errors import ExitStatus, UsageError, worst
from mcpx.reports.formats import OF_FINDINGS
from mcpx.terminal import counted

if TYPE_CHECKING:
    from mcpx.operations.judging import Judgement

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@command(app, formats=OF_FINDINGS, connects=Connects.TO_MANY)
def conflicts(
    run: Run,
    targets: options.TargetsArgument = None,
    host: options.JudgesOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what may well be no conflict.")
    ] = False,
    fix: Annotated[
        bool,
        typer.Option("--fix", help="Choose names that are safe in every host; keep them."),
    ] = False,
    lock: Annotated[
        Path, typer.Option("--lock", metavar="FILE", help="Where --fix keeps them.")
    ] = Path("mcpx.lock"),
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
    host, and what each host makes of it is said. Servers that are named are judged as if every
    known host had them, or those of --host.

    --fix writes a public name for every tool into mcpx.lock, for a gateway to serve; with --dry-run
    it only prints them. mcpx.toml may choose names, hosts and severities, and say what to ignore.
    """
    from mcpx.analyses.conflicts import conflicts as find_conflicts
    from mcpx.analyses.finding import Severity
    from mcpx.operations.judging import judgement
    from mcpx.reports.document import Findings

    if fail_on not in (*Severity, "never"):
        raise UsageError("--fail-on: must be error, warning, info or never, not " + repr(fail_on))
    judged = judgement()
    met = meeting(run, targets, host, judged.hosts)
    if run.connecting.dry_run and not fix:
        return run.plan(met.targets, met.gate)
    if fix:
        return _fix(run, met, judged, lock)
    with catalogues(run, met) as (found, failures):
        told, ignored = judged.of(find_conflicts(met.groups(found), everything))
        told += judged.of(met.shadowed())[0]
        examined = {"servers": sorted(found), "not_examined": met.not_examined(failures)}
        run.deliver(Findings("conflicts", told, examined))
        said = counted(len(told), "conflict") if told else "no conflicts"
        said += f", {ignored} ignored" if ignored else ""
        run.terminal.note(f"{said}; {counted(len(found), 'catalogue')} looked at")
    statuses = [error.status for error in failures.values()]
    threshold = None if fail_on == "never" or exit_zero else Severity(fail_on)
    if threshold is not None and any(one.severity.at_least(threshold) for one in told):
        statuses.append(ExitStatus.FINDINGS)
    return worst(statuses)


def _fix(run: Run, met: Meeting, judged: Judgement, lock: Path) -> ExitStatus:
    """Choose public names, show them, and keep them unless this is a dry run."""
    from mcpx.operations.renaming import choose, keep, read
    from mcpx.reports.names import public

    before = read(lock)
    with catalogues(run, met) as (found, failures):
        names = choose(met.groups(found), judged.names, before)
        run.deliver(public(names))
        if run.connecting.dry_run:
            run.terminal.note(f"{counted(len(names), 'name')}; nothing was written")
        elif keep(lock, names):
            run.terminal.note(f"{counted(len(names), 'name')} in {lock}")
        else:
            run.terminal.note(f"{lock} has these names already")
    return worst([error.status for error in failures.values()])
