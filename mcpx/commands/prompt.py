"""``mcpx prompt``: fill in a prompt and show its messages."""

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
def prompt(
    run: Run,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TARGET] NAME [KEY=VALUE]... [-- COMMAND...]",
            help="The server, its prompt, and the prompt's arguments.",
            show_default=False,
            autocompletion=completing.targets,
        ),
    ] = None,
    save: options.SaveOption = None,
    record: options.RecordOption = None,
) -> ExitStatus:
    """Fill in a prompt and show its messages.

    Its arguments are texts; those that it requires have to be given.

      mcpx prompt demo:gallery compare first=red second=blue
    """
    from mcpx.commands.conversing import conversation, deliver, understood

    gate = run.gate()
    spec, typed, rest = run.target(words, "the name of a prompt", gate)
    if not rest:
        raise UsageError(f"which prompt of {spec.name}?", hint=f"mcpx inspect {typed} lists them")
    name, *arguments = rest
    if run.connecting.dry_run:
        request = {"method": "prompts/get", "prompt": name, "arguments": arguments}
        return run.plan([spec], gate, request)

    async def ask(connection: Connection, manner: Manner) -> Result:
        from mcpx.operations import calls

        return await calls.prompt(connection, name, arguments, manner)

    with conversation(run, spec, typed, gate, ask, save, record) as reply:
        from mcpx.catalogue.blocks import blocks_of_prompt
        from mcpx.reports.results import prompt_result

        raw = reply.result.raw
        blocks = blocks_of_prompt(raw)
        document = deliver(
            run, reply, lambda how: prompt_result(name, raw, how), blocks, save, name
        )
    return understood(document)
