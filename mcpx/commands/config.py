"""``mcpx config``: the settings and where each comes from."""

from __future__ import annotations

import typer

from mcpx import settings
from mcpx.commands.run import Run, command
from mcpx.errors import ExitStatus
from mcpx.reports.document import Column, Listing, Table

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.callback()
def group() -> None:
    """Show the settings and their origins."""


@command(app, "show")
def show(run: Run) -> ExitStatus:
    """Show each setting with its value, its origin and the variable that sets it.

    A flag wins over the variable, that over mcpx.toml in the current folder, that over the user's
    own file, that over the default.
    """
    rows = [
        (setting.name, _shown(value), origin, settings.variable_of(setting.name), setting.help)
        for setting, value, origin in settings.explain(run.settings())
    ]
    run.deliver(
        Listing(
            data={
                "format": "mcpx.config",
                "version": 1,
                "user_file": str(settings.user_file()),
                "settings": [
                    {"name": name, "value": value, "origin": origin, "variable": variable}
                    for name, value, origin, variable, _ in rows
                ],
            },
            parts=[
                Table(
                    "setting",
                    [
                        Column("SETTING"),
                        Column("VALUE"),
                        Column("ORIGIN"),
                        Column("VARIABLE"),
                        Column("MEANING", wraps=True),
                    ],
                    rows,
                )
            ],
        )
    )
    run.terminal.note(f"your own settings: {settings.user_file()}")
    return ExitStatus.OK


def _shown(value: object) -> str | int | float | bool | None:
    return value if isinstance(value, str | int | float | bool | None) else str(value)
