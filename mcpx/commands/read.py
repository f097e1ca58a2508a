"""``mcpx read``: read a resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mcpx.commands import completing, options
from mcpx.commands.run import Connects, Run, command
from mcpx.errors import ExitStatus, UsageError
from mcpx.reports.formats import Format

if TYPE_CHECKING:
    from mcpx.client.connection import Connection
    from mcpx.operations.calls import Manner, Result

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@command(app, formats=(Format.TABLE, Format.JSON, Format.MARKDOWN), connects=Connects.TO_ONE)
def read(
    run: Run,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TARGET] URI [-- COMMAND...]",
            help="The server and the URI of its resource.",
            show_default=False,
            autocompletion=completing.targets,
        ),
    ] = None,
    save: options.SaveOption = None,
) -> ExitStatus:
    """Show what a resource holds.

    mcpx read demo:gallery gallery://guide
    mcpx read demo:gallery gallery://cover.png --save pictures
    """
    from mcpx.commands.conversing import conversation, deliver

    gate = run.gate()
    spec, typed, rest = run.target(words, "the URI of a resource", gate)
    if len(rest) != 1:
        hint = f"mcpx inspect {typed} lists them"
        raise UsageError(f"read takes one URI, not {len(rest)}", hint=hint)
    (uri,) = rest
    if run.connecting.dry_run:
        return run.plan([spec], gate, {"method": "resources/read", "uri": uri})

    async def ask(connection: Connection, manner: Manner) -> Result:
        from mcpx.operations import calls

        return await calls.read(connection, uri, manner)

    with conversation(run, spec, typed, gate, ask) as reply:
        from mcpx.catalogue.blocks import blocks_of_read
        from mcpx.reports.results import read_result

        raw = reply.result.raw
        deliver(run, reply, lambda how: read_result(uri, raw, how), blocks_of_read(raw), save)
    return ExitStatus.OK
