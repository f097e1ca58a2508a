"""``mcpx complete``: how a server would end a word."""

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
def complete(
    run: Run,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TARGET] REFERENCE ARGUMENT[=BEGINNING] [KEY=VALUE]... [-- COMMAND...]",
            help="The server, a prompt or URI template, the argument with the beginning of its "
            "value, and arguments decided before.",
            show_default=False,
            autocompletion=completing.targets,
        ),
    ] = None,
    record: options.RecordOption = None,
) -> ExitStatus:
    """Ask how the value of an argument could go on.

    One suggestion of the server on a line.

      mcpx complete demo:gallery compare first=r
      mcpx complete github 'repo://{owner}/{repo}' repo=mc owner=modelcontextprotocol
    """
    from mcpx.commands.conversing import conversation, deliver, understood

    gate = run.gate()
    spec, typed, rest = run.target(words, "a prompt or URI template", gate)
    if len(rest) < 2:
        raise UsageError(
            "complete takes a prompt or URI template, and one of its arguments",
            hint=f"mcpx inspect {typed} lists them",
        )
    reference, word, *others = rest
    argument, _, beginning = word.partition("=")
    if run.connecting.dry_run:
        request = {"method": "completion/complete", "reference": reference, "argument": word}
        return run.plan([spec], gate, {**request, "known": others})

    async def ask(connection: Connection, manner: Manner) -> Result:
        from mcpx.operations import calls

        known = calls.pairs(others)
        return await calls.complete(connection, reference, argument, beginning, known, manner)

    with conversation(run, spec, typed, gate, ask, record=record) as reply:
        from mcpx.reports.results import completion_result, more_values

        raw = reply.result.raw
        document = deliver(run, reply, lambda how: completion_result(reference, argument, raw, how))
        if more := more_values(document):
            run.terminal.note(more)
    return understood(document)
