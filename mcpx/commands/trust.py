"""``mcpx trust``: which servers of a project's own files may be started."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mcpx.commands import completing
from mcpx.commands.run import Run, command
from mcpx.errors import ExitStatus, RefusedError, UsageError
from mcpx.reports.formats import Format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mcpx.servers import ServerSpec
    from mcpx.sources.definitions import Definition
    from mcpx.trust import Approvals, Verdict

# Of commands that only decide: JSON is for their errors.
_NO_RESULT = (Format.TABLE, Format.JSON)

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

    definitions = _of_projects()
    run.deliver(approvals_listing(definitions, Approvals().all()))
    return ExitStatus.OK


@command(app, formats=_NO_RESULT)
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
    for variants in _named(names):
        name = variants[0].name
        for one in variants:
            for line in full_definition(one):
                run.terminal.say(line)
        if not yes:
            if not run.terminal.can_ask():
                raise RefusedError(
                    f"{name}: not approved: nobody is here to be asked",
                    hint=f"mcpx trust allow {shlex.quote(name)} --yes",
                )
            if not run.terminal.ask(f"Allow {name} to be started?"):
                raise RefusedError(f"{name}: not approved", hint="nothing was changed")
        _decide(approvals, variants, Verdict.ALLOWED)
        run.terminal.note(f"allowed: {name}")
    return ExitStatus.OK


@command(app, formats=_NO_RESULT)
def deny(run: Run, names: NamesArgument) -> ExitStatus:
    """Never start these servers, also not with --trust-project."""
    from mcpx.trust import Approvals, Verdict

    approvals = Approvals()
    for variants in _named(names):
        _decide(approvals, variants, Verdict.DENIED)
        run.terminal.note(f"denied: {variants[0].name}")
    return ExitStatus.OK


@command(app, formats=_NO_RESULT)
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


def _decide(approvals: Approvals, variants: Sequence[Definition], verdict: Verdict) -> None:
    first, *others = [one.spec for one in variants]
    approvals.decide(first, verdict, others)


def _of_projects() -> list[Definition]:
    """The definitions that need approval, one more for each thing that a host makes of one."""
    from mcpx.catalogue.lock import NAME
    from mcpx.operations.lock_entries import lock_definitions
    from mcpx.servers import Origin, definition_digest
    from mcpx.settings import environment
    from mcpx.sources.discovery import discover
    from mcpx.sources.variables import submitted

    environ, project = environment(), Path.cwd()
    found = []
    for one in discover().definitions:
        specs = [submitted(one, environ, project, reading.host) for reading in one.read_by]
        wanting = [
            spec for spec in specs if spec.origin is Origin.PROJECT and (spec.command or spec.url)
        ]
        variants: dict[str, ServerSpec] = {}
        for spec in wanting:
            # Hosts that agree on the definition may differ in which variables they put into it.
            same = variants.setdefault(definition_digest(spec), spec)
            named = tuple(dict.fromkeys((*same.variables, *spec.variables)))
            variants[definition_digest(spec)] = replace(same, variables=named)
        found += [replace(one, spec=spec) for spec in variants.values()]
    return found + lock_definitions(Path(NAME))


def _named(names: Sequence[str]) -> list[list[Definition]]:
    """The project's entries of these names, each with its variants.

    Raises UsageError for a name without one.
    """
    definitions = _of_projects()
    found: list[list[Definition]] = []
    for name in dict.fromkeys(names):
        entries: dict[object, list[Definition]] = {}
        for one in definitions:
            if name in (one.name, f"{one.host}/{one.name}"):
                place = one.spec.place
                key = (place.path, place.name) if place else one.name
                entries.setdefault(key, []).append(one)
        if not entries:
            known = ", ".join(sorted({one.name for one in definitions})) or "none"
            raise UsageError(
                f"no server '{name}' comes from a project's file here",
                hint=f"those that need approval: {known}",
            )
        found += entries.values()
    return found
