"""``mcpx lint``: what catalogues say behind the user's back, and what is wrong with them."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from mcpx.commands import options
from mcpx.commands.judged import judged, meeting, threshold, told
from mcpx.commands.run import Connects, Run, command
from mcpx.errors import ExitStatus, worst
from mcpx.reports.formats import OF_FINDINGS
from mcpx.terminal import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mcpx.catalogue.model import Catalogue
    from mcpx.client.connection import Connection
    from mcpx.commands.judged import Meeting
    from mcpx.operations.safe_calls import Tried

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@command(app, formats=OF_FINDINGS, connects=Connects.TO_MANY)
def lint(
    run: Run,
    targets: options.TargetsArgument = None,
    call_safe: Annotated[
        bool,
        typer.Option(
            "--call-safe",
            help="Call tools that only read, too, and check what they answer.",
        ),
    ] = False,
    fail_on: options.FailOnOption = "error",
    exit_zero: options.ExitZeroOption = False,
) -> ExitStatus:
    """Show what is wrong with servers, and what they tell a model.

    Looks at every text that a model reads, at schemas and annotations, at what the next revision
    of MCP drops, and at how the servers are configured. Nothing is sent anywhere. Without targets,
    the servers of every host found here are looked at: their definitions all, what they say once
    they may be started. mcpx rules ID explains a rule.

    With --call-safe, tools that say readOnlyHint and have an output schema are called, with what
    their schemas give as arguments; one that asks for anything else is skipped. Nothing else is
    ever called.
    """
    from mcpx.analyses.lint import lint as find
    from mcpx.operations.judging import judgement
    from mcpx.operations.linting import configured, named, unread
    from mcpx.servers import ServerSpec
    from mcpx.sources.discovery import discover

    fails_from = threshold(fail_on, exit_zero)
    users = judgement()
    met = meeting(run, "lint", targets, None, or_definitions=True)
    if run.connecting.dry_run:
        asks = call_safe and any(isinstance(one, ServerSpec) for one in met.targets)
        return run.plan(met.targets, met.gate, _REQUEST if asks else None)
    if met.discovery is None:
        specs = [one for one in met.targets if isinstance(one, ServerSpec)]
        definitions, broken = list(named(specs, discover())) if specs else [], []
    else:
        definitions, broken = list(configured(met.discovery)), list(unread(met.discovery))
    tried: dict[str, Tried] = {}

    async def call_tools(connection: Connection, catalogue: Catalogue) -> None:
        from mcpx.operations import safe_calls

        tried[catalogue.server] = await safe_calls.tried(
            connection, catalogue, run.settings().call_deadline(), run.terminal.detail
        )

    with judged(run, met, call_tools if call_safe else None) as offered:
        from mcpx.analyses.results import result_findings

        findings = offered.placed(
            chain(
                find(list(offered.catalogues.items()), definitions, broken),
                *(result_findings(server, one.answers) for server, one in sorted(tried.items())),
            )
        )
        status = told(run, "lint", users.of(findings), met, offered, fails_from)
        return worst([status, *_tell(run, met, tried)]) if call_safe else status


# Which tools these are is known once a server has listed them.
_REQUEST = {
    "method": "tools/call",
    "tools": "each that says readOnlyHint, has an output schema, and requires nothing that its"
    " input schema has no example of",
}


def _tell(run: Run, met: Meeting, tried: Mapping[str, Tried]) -> list[ExitStatus]:
    """Say what was called and what was not, and return what that adds to the status."""
    from mcpx.analyses.safe_calls import reasons
    from mcpx.sources.targets import FileTarget

    for server, one in sorted(tried.items()):
        for error in one.errors:
            run.terminal.complain(error, server)
        for remark in one.remarks:
            run.terminal.note(remark)
        said = f"{counted(one.called, 'tool')} called"
        if one.skipped:
            said += f", {len(one.skipped)} skipped: {reasons(one.skipped)}"
        if not one.called and not one.skipped:
            said = "no tool has an output schema, none was called"
        run.terminal.note(f"{server}: {said}")
    if any(isinstance(one, FileTarget) for one in met.targets):
        run.terminal.note("nothing of a catalogue file is called")
    return [error.status for one in tried.values() for error in one.errors]
