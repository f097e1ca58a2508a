"""``mcpx read``: read a resource."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mcpx.commands import completing, options
from mcpx.commands.run import Connects, Run, command
from mcpx.errors import ExitStatus, UsageError
from mcpx.reports.formats import Format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mcpx.catalogue.blocks import Block
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
    record: options.RecordOption = None,
) -> ExitStatus:
    """Show what a resource holds.

    With -o FILE what it holds is written as it is, text or bytes.

      mcpx read demo:gallery gallery://guide
      mcpx read demo:gallery gallery://cover.png -o cover.png
    """
    from mcpx.commands.conversing import conversation, deliver, understood

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

    with conversation(run, spec, typed, gate, ask, save, record) as reply:
        from mcpx.catalogue.blocks import blocks_of_read
        from mcpx.reports.results import read_result

        raw = reply.result.raw
        blocks = blocks_of_read(raw)
        if save is None and _kept(run, blocks):
            return ExitStatus.OK
        document = deliver(run, reply, lambda how: read_result(uri, raw, how), blocks, save)
    return understood(document)


def _kept(run: Run, blocks: Sequence[Block]) -> bool:
    """Whether the one thing that a resource holds was written to the file, as it is."""
    from mcpx.catalogue.blocks import Form
    from mcpx.files import write_whole

    if run.output in (None, "-") or run.form is not Format.TABLE or len(blocks) != 1:
        return False
    (block,) = blocks
    if block.form is not Form.RESOURCE or block.problems:
        return False
    data = run.terminal.mask(block.text) if block.data is None else block.data
    write_whole(Path(run.output or ""), data)
    run.terminal.note(f"wrote {run.output}")
    return True
