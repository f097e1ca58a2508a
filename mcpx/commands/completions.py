"""``mcpx completions``: the completion script of a shell."""

from __future__ import annotations

from typing import Annotated

import typer

from mcpx.commands import completing
from mcpx.commands.run import Run, command
from mcpx.errors import ExitStatus

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@command(app, formats=())
def completions(
    run: Run,
    shell: Annotated[
        str, typer.Argument(help="bash, zsh, fish or powershell.", autocompletion=completing.shells)
    ],
) -> ExitStatus:
    """Print the completion script of a shell.

    For bash:

      mcpx completions bash > ~/.local/share/bash-completion/completions/mcpx
    """
    from mcpx.shipped.completions import script

    run.terminal.deliver(script(shell), run.output)
    return ExitStatus.OK
