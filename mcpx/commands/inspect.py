"""``mcpx inspect``: what servers offer, what it costs and what is wrong with it."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Annotated

import typer

from mcpx.commands import options
from mcpx.commands.run import Connects, Run, command
from mcpx.errors import ExitStatus, UsageError, worst
from mcpx.reports.formats import Format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mcpx.catalogue.model import Catalogue, Item

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@command(app, connects=Connects.TO_MANY)
def inspect(
    run: Run,
    targets: options.TargetsArgument = None,
    tool: Annotated[
        str | None, typer.Option("--tool", metavar="NAME", help="Show this tool in full.")
    ] = None,
    record: options.RecordOption = None,
) -> ExitStatus:
    """Show what servers offer, and what is wrong with it.

    The result as JSON is a catalogue file, which every command takes in a server's place:

      mcpx inspect github -o github.json
      mcpx inspect github.json --tool search
      mcpx inspect demo:tickets demo:notes
      mcpx inspect -- uvx mcp-server-time
    """
    gate = run.gate()
    chosen = run.targets(targets, gate)
    if run.connecting.dry_run:
        return run.plan(chosen, gate)
    streamed = run.form is Format.NDJSON and tool is None and run.output in (None, "-")
    with run.snapshots(chosen, gate, streamed, record=record) as taken:
        from mcpx.reports.inspection import inspection, one_tool

        catalogues = [one.catalogue for one in taken if one.catalogue is not None]
        failures = {one.server: one.error for one in taken if one.error is not None}
        if tool is not None:
            found = _tools_named(tool, catalogues)
            if found or not failures:
                run.deliver(one_tool(found or _suggest(tool, catalogues)))
        elif not streamed and (catalogues or run.form is Format.JSON):
            run.deliver(inspection(catalogues, failures))
        for server, error in failures.items():
            run.terminal.complain(error, server)
    incomplete = [one for one in catalogues if one.incomplete]
    return worst(
        [error.status for error in failures.values()] + [ExitStatus.UNREACHABLE for _ in incomplete]
    )


def _tools_named(name: str, catalogues: Sequence[Catalogue]) -> list[tuple[Catalogue, Item]]:
    return [(one, item) for one in catalogues for item in one.tools if item.key == name]


def _suggest(name: str, catalogues: Sequence[Catalogue]) -> list[tuple[Catalogue, Item]]:
    names = sorted({item.key for one in catalogues for item in one.tools})
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    raise UsageError(
        f"there is no tool '{name}'",
        hint="did you mean " + " or ".join(near) + "?" if near else "mcpx inspect lists the tools",
    )
