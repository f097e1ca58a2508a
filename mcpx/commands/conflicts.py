"""``mcpx conflicts``: which names clash between servers, in which host, and how to mend it."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mcpx.commands import options
from mcpx.commands.judged import Meeting, judged, meeting, threshold, told
from mcpx.commands.run import Connects, Run, command
from mcpx.errors import ExitStatus, UsageError, worst
from mcpx.reports.formats import OF_FINDINGS, OF_LISTINGS
from mcpx.terminal import counted

if TYPE_CHECKING:
    from mcpx.operations.judging import Judgement

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@command(app, formats=OF_FINDINGS, connects=Connects.TO_MANY)
def conflicts(
    run: Run,
    targets: options.TargetsArgument = None,
    host: options.JudgesOption = None,
    everything: Annotated[bool, typer.Option("--all", help="Also possible overlaps.")] = False,
    fix: Annotated[
        bool,
        typer.Option("--fix", help="Choose names that are safe in every host; keep them."),
    ] = False,
    lock: Annotated[
        Path | None,
        typer.Option(
            "--lock",
            metavar="FILE",
            help="Where --fix keeps them (mcpx.lock).",
            show_default=False,
        ),
    ] = None,
    fail_on: options.FailOnOption = "error",
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
    from mcpx.operations.judging import judgement

    worst_allowed = threshold(fail_on, exit_zero)
    if lock is not None and not fix:
        raise UsageError("--lock: is for --fix", hint="mcpx conflicts --fix --lock FILE")
    if fix and run.form not in OF_LISTINGS:
        known = ", ".join(OF_LISTINGS)
        raise UsageError(f"--format {run.form}: with --fix there are {known}")
    users = judgement()
    met = meeting(run, "conflicts", targets, host, users.hosts)
    if run.connecting.dry_run and not fix:
        return run.plan(met.targets, met.gate)
    if fix:
        return _fix(run, met, users, lock or Path("mcpx.lock"))
    with judged(run, met) as offered:
        findings = chain(find_conflicts(met.groups(offered), everything), met.shadowed())
        return told(run, "conflicts", users.of(findings), met, offered, worst_allowed)


def _fix(run: Run, met: Meeting, users: Judgement, lock: Path) -> ExitStatus:
    """Choose public names, show them, and keep them unless this is a dry run."""
    from mcpx.operations.renaming import choose, keep, read, unused
    from mcpx.reports.names import public

    read(lock)  # what is wrong with it is said before anything is started
    with judged(run, met) as offered:
        groups = met.groups(offered)
        if run.connecting.dry_run:
            names, changed = choose(groups, users.names, read(lock)), False
        else:
            names, changed = keep(lock, groups, users.names)
        run.deliver(public(names))
        for server, tool in sorted(unused(users.names, names)):
            run.terminal.note(f"mcpx.toml: names.{server}.{tool}: {server} has no such tool")
        if run.connecting.dry_run:
            run.terminal.note(f"{counted(len(names), 'name')}; nothing was written")
        elif changed:
            run.terminal.note(f"{counted(len(names), 'name')} in {lock}")
        else:
            run.terminal.note(f"{lock} has these names already")
    return worst([error.status for error in offered.failures.values()])
