"""``mcpx names``: the name by which the model of a host sees each tool."""

from __future__ import annotations

from typing import Annotated

import typer

from mcpx.commands import completing, options
from mcpx.commands.judged import judged, judges, meeting
from mcpx.commands.run import Connects, Run, command
from mcpx.errors import ExitStatus, UsageError, worst

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@command(app, connects=Connects.TO_MANY)
def names(
    run: Run,
    targets: options.TargetsArgument = None,
    host: Annotated[
        str | None,
        typer.Option("--host", metavar="ID", help="The host.", autocompletion=completing.judges),
    ] = None,
) -> ExitStatus:
    """Show by which names a host's model sees tools.

    Without targets: of the enabled servers that the host has here. A remark says where a tool does
    not reach the model under that name.
    """
    from mcpx.analyses.host_models import HOST_MODELS
    from mcpx.analyses.seen_names import seen_names
    from mcpx.reports.names import seen

    if host is None:
        known = ", ".join(HOST_MODELS)
        raise UsageError("which host?", hint=f"mcpx names --host ID, with one of {known}")
    (chosen,) = judges([host], named=True) if "," not in host else ("",)
    if not chosen:
        raise UsageError("--host: takes one host here")
    met = meeting(run, "names", targets, [chosen])
    if run.connecting.dry_run:
        return run.plan(met.targets, met.gate)
    with judged(run, met) as offered:
        for group in met.groups(offered):
            run.deliver(seen(seen_names(group.members, HOST_MODELS[chosen]), chosen))
    return worst([error.status for error in offered.failures.values()])
