"""``mcpx lint``: what catalogues say behind the user's back, and what is wrong with them."""

from __future__ import annotations

from dataclasses import replace

import typer

from mcpx.commands import options
from mcpx.commands.judged import judged, meeting, threshold, told
from mcpx.commands.run import Connects, Run, command
from mcpx.errors import ExitStatus
from mcpx.reports.formats import OF_FINDINGS

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@command(app, formats=OF_FINDINGS, connects=Connects.TO_MANY)
def lint(
    run: Run,
    targets: options.TargetsArgument = None,
    fail_on: options.FailOnOption = "error",
    exit_zero: options.ExitZeroOption = False,
) -> ExitStatus:
    """Show what is wrong with servers, and what they tell a model.

    Looks at every text that a model reads, at schemas and annotations, at what the next revision
    of MCP drops, and at how the servers are configured. Nothing is sent anywhere. Without targets,
    the servers of every host found here are looked at: their definitions all, what they say once
    they may be started. mcpx rules ID explains a rule.
    """
    from mcpx.analyses.lint import lint as find
    from mcpx.operations.judging import judgement
    from mcpx.operations.linting import configured, named
    from mcpx.servers import ServerSpec
    from mcpx.sources.discovery import discover

    fails_from = threshold(fail_on, exit_zero)
    users = judgement()
    met = meeting(run, targets, None, or_definitions=True)
    if run.connecting.dry_run:
        return run.plan(met.targets, met.gate)
    if met.discovery is None:
        specs = [one for one in met.targets if isinstance(one, ServerSpec)]
        definitions = list(named(specs, discover())) if specs else []
    else:
        definitions = list(configured(met.discovery))
    with judged(run, met) as offered:
        places = offered.places()
        findings = (
            replace(one, location=places.get(next(iter(one.servers), "")))
            if one.location is None
            else one
            for one in find(list(offered.catalogues.items()), definitions)
        )
        return told(run, "lint", users.of(findings), met, offered, fails_from)
