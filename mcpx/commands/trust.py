"""``mcpx trust``: which servers of a project's own files may be started."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mcpx.commands import completing
from mcpx.commands.options import Run, command
from mcpx.errors import ExitStatus, RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mcpx.sources.definitions import Definition

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.callback()
def group() -> None:
    """Say which servers of a project may be started."""


NamesArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="NAME...",
        help="Servers as mcpx discover names them.",
        autocompletion=completing.projects_servers,
    ),
]


@command(app, "list")
def show(run: Run) -> ExitStatus:
    """Show the servers of this project and every decision that was made."""
    from mcpx.reports.approvals import approvals_listing
    from mcpx.trust import Approvals

    definitions = _of_projects(run)
    run.deliver(approvals_listing(definitions, Approvals().all()))
    return ExitStatus.OK


@command(app)
def allow(
    run: Run,
    names: NamesArgument,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Approve without asking.")] = False,
) -> ExitStatus:
    """Show the exact command of project servers and approve it, for this definition only.

    The approval is void as soon as anything of the definition changes.
    """
    from mcpx.reports.approvals import full_definition
    from mcpx.trust import Approvals, Verdict

    approvals = Approvals()
    for one in _named(run, names):
        for line in full_definition(one):
            run.terminal.note(line)
        if not yes:
            if not run.terminal.can_ask():
                raise RefusedError(
                    f"{one.name}: not approved: nobody is here to be asked",
                    hint=f"mcpx trust allow {one.name} --yes",
                )
            if not run.terminal.ask(f"Allow {one.name} to be started?"):
                raise RefusedError(f"{one.name}: not approved", hint="nothing was changed")
        approvals.decide(one.spec, Verdict.ALLOWED)
        run.terminal.note(f"allowed: {one.name}")
    return ExitStatus.OK


@command(app)
def deny(run: Run, names: NamesArgument) -> ExitStatus:
    """Never start these servers, also not with --trust-project."""
    from mcpx.trust import Approvals, Verdict

    approvals = Approvals()
    for one in _named(run, names):
        approvals.decide(one.spec, Verdict.DENIED)
        run.terminal.note(f"denied: {one.name}")
    return ExitStatus.OK


@command(app)
def reset(
    run: Run,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Servers to forget the decisions about."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Forget every decision, of all projects.")
    ] = False,
) -> ExitStatus:
    """Forget decisions."""
    from mcpx.trust import Approvals

    if bool(names) == everything:
        raise UsageError("which decisions?", hint="mcpx trust reset NAME, or --all")
    approvals = Approvals()
    keys = None
    if names:
        keys = {(one.path, one.name) for one in approvals.all() if one.name in names}
        missing = set(names) - {name for _, name in keys}
        if missing:
            raise UsageError(
                f"nothing was decided about {', '.join(sorted(missing))}", hint="mcpx trust list"
            )
    count = approvals.reset(keys)
    run.terminal.note(f"forgot {count} decision{'' if count == 1 else 's'}")
    return ExitStatus.OK


def _of_projects(run: Run) -> list[Definition]:
    from mcpx.servers import Origin
    from mcpx.sources.discovery import discover

    found = [one for one in discover().definitions if one.spec.origin is Origin.PROJECT]
    for one in found:
        run.terminal.mask.learn(one.spec)
    return found


def _named(run: Run, names: Sequence[str]) -> list[Definition]:
    """The project's definitions of these names. Raises UsageError for a name without one."""
    definitions = _of_projects(run)
    found = []
    for name in names:
        same = [one for one in definitions if one.name == name]
        if not same:
            known = ", ".join(sorted({one.name for one in definitions})) or "none"
            raise UsageError(
                f"no server '{name}' comes from a project's file here",
                hint=f"those that need approval: {known}",
            )
        found += same
    return found
