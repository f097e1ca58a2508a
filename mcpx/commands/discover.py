"""``mcpx discover``: the servers configured on this machine; nothing is started or fetched."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from mcpx.commands import completing
from mcpx.commands.run import Run, command
from mcpx.errors import ExitStatus, UsageError
from mcpx.terminal import counted

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@command(app)
def discover(
    run: Run,
    host: Annotated[
        list[str] | None,
        typer.Option(
            "--host",
            metavar="ID",
            help="Only this host's files.",
            autocompletion=completing.hosts,
        ),
    ] = None,
    scope: Annotated[
        list[str] | None, typer.Option("--scope", metavar="SCOPE", help="Only this scope.")
    ] = None,
    hosts: Annotated[
        bool, typer.Option("--hosts", help="Show what is looked for, where, and whether found.")
    ] = False,
    system: Annotated[
        str | None,
        typer.Option("--os", metavar="OS", help="Paths of linux, macos or windows."),
    ] = None,
    home: Annotated[
        Path | None, typer.Option("--home", metavar="FOLDER", help="Another home folder.")
    ] = None,
    project: Annotated[
        Path | None, typer.Option("--project", metavar="FOLDER", help="Another project folder.")
    ] = None,
) -> ExitStatus:
    """Show the MCP servers configured on this machine.

    Reads the configuration files of 56 host programs in the home and project folder. Nothing is
    started, fetched or expanded, and no secret is shown.
    """
    from mcpx.reports.definitions import configured, looked_for
    from mcpx.sources import discovery

    for option, folder in (("--home", home), ("--project", project)):
        if folder is not None and not os.path.isdir(folder):  # noqa: PTH112 - never raises
            raise UsageError(f"{option} {folder}: no such folder")
    found = discovery.discover(system=system, home=home, project=project, hosts=host, scopes=scope)
    for one in found.definitions:
        run.terminal.mask.learn(one.spec)
    if hosts:
        run.deliver(looked_for(found.files, home or Path.home()))
        return ExitStatus.OK
    run.deliver(configured(found, home or Path.home()))
    present = sum(one.found for one in found.files)
    run.terminal.note(
        f"{counted(len(found.definitions), 'definition')} in {counted(present, 'file')}, "
        f"{counted(len(found.problems), 'problem')}"
        if found.definitions or found.problems
        else "no servers found; mcpx discover --hosts shows where was looked"
    )
    return ExitStatus.OK
