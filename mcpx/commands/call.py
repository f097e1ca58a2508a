"""``mcpx call``: call a tool, its arguments checked before anything is sent."""

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
def call(
    run: Run,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TARGET] TOOL [KEY=VALUE | KEY:=JSON]... [-- COMMAND...]",
            help="The server, its tool, and the tool's arguments.",
            show_default=False,
            autocompletion=completing.targets,
        ),
    ] = None,
    args: Annotated[
        str | None,
        typer.Option("--args", metavar="JSON", help="All arguments: JSON, @FILE, or - for stdin."),
    ] = None,
    no_check: Annotated[
        bool,
        typer.Option("--no-check", help="Send arguments that do not fit the tool's schema too."),
    ] = False,
    save: options.SaveOption = None,
    record: options.RecordOption = None,
) -> ExitStatus:
    """Call a tool and show every block of its result.

    Arguments get the types of the tool's schema and are checked against it first; a tool that is
    not there is never called. A result that is an error has status 1.

      mcpx call demo:gallery exhibit colour=red --save pictures
      mcpx call github create_issue title='It hangs' labels:='["bug"]'
      mcpx call https://example.com/mcp search --args @query.json
      mcpx call echo message=hello -- npx -y @modelcontextprotocol/server-everything
    """
    from mcpx.commands.conversing import conversation, deliver, understood, whole_arguments

    gate = run.gate()
    spec, typed, rest = run.target(words, "the tool", gate)
    if not rest:
        raise UsageError(f"which tool of {spec.name}?", hint=f"mcpx inspect {typed} lists them")
    name, *arguments = rest
    whole = whole_arguments(args)
    if run.connecting.dry_run:
        request = {"method": "tools/call", "tool": name, "arguments": [*arguments]}
        return run.plan([spec], gate, {**request, **({"args": whole} if whole else {})})

    async def ask(connection: Connection, manner: Manner) -> Result:
        from mcpx.operations import calls

        given = calls.Arguments(arguments, whole, checked=not no_check)
        return await calls.call(connection, name, given, manner)

    with conversation(run, spec, typed, gate, ask, save, record) as reply:
        from mcpx.catalogue.blocks import blocks_of_call
        from mcpx.reports.results import call_result, output_problems

        raw, failed = reply.result.raw, reply.result.raw.get("isError") is True
        # An error need not have the form of a result.
        checked = reply.result.claims and not failed
        problems = output_problems(reply.result.checked) if checked else ()
        blocks = blocks_of_call(raw)
        document = deliver(
            run, reply, lambda how: call_result(name, raw, how), blocks, save, name, problems
        )
    if failed or any(one.rule in ("output-invalid", "output-missing") for one in problems):
        return ExitStatus.FINDINGS
    return understood(document)
