"""``mcpx demo``: a walk through the commands on bundled servers, offline."""

from __future__ import annotations

import typer

from mcpx.commands.run import Run, command
from mcpx.errors import ExitStatus, McpxError
from mcpx.reports.document import Column, Listing, Table
from mcpx.reports.formats import Format
from mcpx.terminal import Ink

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@command(app, formats=(Format.TABLE, Format.JSON))
def demo(run: Run) -> ExitStatus:
    """Walk through the commands on bundled servers.

    Every command is shown before its output. Nothing outside a temporary folder is touched, and
    no network is used. As JSON: the list of the bundled servers.
    """
    import subprocess
    import sys

    from mcpx.demo import SERVERS
    from mcpx.operations.walkthrough import STEPS, playground
    from mcpx.settings import walk_environment

    if run.form is Format.JSON:
        servers = [{"name": name, "description": text} for name, text in SERVERS.items()]
        data = {"format": "mcpx.demo", "version": 1, "servers": servers}
        run.deliver(Listing(data, []))
        return ExitStatus.OK
    terminal = run.terminal
    with playground() as folder:
        environment = walk_environment(folder / "home")
        for number, step in enumerate(STEPS, 1):
            terminal.write(terminal.paint(f"\n# {number} of {len(STEPS)}. {step.why}", Ink.FAINT))
            terminal.write("\n" + terminal.paint(f"$ {step.shown}", Ink.STRONG) + "\n")
            done = subprocess.run(
                [sys.executable, "-P", "-m", "mcpx", *step.words],
                cwd=folder / "project",
                env=environment,
                stdin=subprocess.DEVNULL,
                timeout=60,
                check=False,
            )
            if done.returncode != step.status:
                raise McpxError(
                    f"'{step.shown}' ended with status {done.returncode}, not {step.status.value}"
                )
    rows = [(f"demo:{name}", text) for name, text in SERVERS.items()]
    terminal.write(terminal.paint("\n# The bundled servers:\n", Ink.FAINT))
    columns = [Column("SERVER"), Column("WHAT IT IS", wraps=True)]
    run.deliver(Listing({}, [Table("server", columns, rows)]))
    terminal.write(
        terminal.paint("\n# Now your own: mcpx discover, then mcpx conflicts\n", Ink.FAINT)
    )
    return ExitStatus.OK
