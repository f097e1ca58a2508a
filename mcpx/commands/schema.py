"""``mcpx schema``: the JSON Schema of an output or file format."""

from __future__ import annotations

from typing import Annotated

import typer

from mcpx.commands import completing
from mcpx.commands.run import Run, command
from mcpx.errors import ExitStatus
from mcpx.reports.document import Column, Listing, Table

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@command(app)
def schema(
    run: Run,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="A format; without it, all are listed.",
            autocompletion=completing.schemas,
        ),
    ] = None,
) -> ExitStatus:
    """Print the JSON Schema of an output.

    Within a version of a format fields are only ever added.
    """
    import json

    from mcpx.shipped import json_schemas

    if name is not None:
        run.terminal.deliver(json_schemas.text(name), run.output)
        return ExitStatus.OK
    described = [(one, json.loads(json_schemas.text(one))["title"]) for one in json_schemas.names()]
    data = {
        "format": "mcpx.schemas",
        "version": 1,
        "schemas": [{"name": one, "title": title} for one, title in described],
    }
    columns = [Column("NAME"), Column("WHAT IT DESCRIBES", wraps=True)]
    run.deliver(Listing(data, [Table("schema", columns, described)]))
    return ExitStatus.OK
