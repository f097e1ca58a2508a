"""The command table: names, one line of help each, sections; a command is imported when it runs."""

from __future__ import annotations

import importlib
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from mcpx import __version__, interrupts


class Entry(NamedTuple):
    """One command: its module, its line of help, its section in the listing."""

    module: str
    help: str
    section: str


COMMANDS: dict[str, Entry] = {
    "discover": Entry(
        "mcpx.commands.discover", "Show the MCP servers configured on this machine.", "Look"
    ),
    "inspect": Entry(
        "mcpx.commands.inspect", "Show what servers offer, and what is wrong with it.", "Look"
    ),
    "call": Entry("mcpx.commands.call", "Call a tool and show every block of its result.", "Use"),
    "read": Entry("mcpx.commands.read", "Show what a resource holds.", "Use"),
    "prompt": Entry("mcpx.commands.prompt", "Fill in a prompt and show its messages.", "Use"),
    "complete": Entry(
        "mcpx.commands.complete", "Ask how the value of an argument could go on.", "Use"
    ),
    "record": Entry(
        "mcpx.commands.record", "Record what a client and a server say to each other.", "Record"
    ),
    "session": Entry(
        "mcpx.commands.session", "Show, check, import and export session files.", "Record"
    ),
    "replay": Entry(
        "mcpx.commands.replay",
        "Ask a server what a recording asked, and show what differs.",
        "Record",
    ),
    "mock": Entry("mcpx.commands.mock", "Serve a recording as if it were the server.", "Record"),
    "conflicts": Entry(
        "mcpx.commands.conflicts", "Show which names clash between servers.", "Judge"
    ),
    "lint": Entry(
        "mcpx.commands.lint",
        "Show what is wrong with servers, and what they tell a model.",
        "Judge",
    ),
    "diff": Entry(
        "mcpx.commands.diff",
        "Show what changed between two catalogues, and what breaks.",
        "Judge",
    ),
    "lock": Entry(
        "mcpx.commands.lock", "Pin what servers offer, so that a silent change is seen.", "Judge"
    ),
    "changelog": Entry(
        "mcpx.commands.changelog",
        "Write release notes of a published server, by version.",
        "Judge",
    ),
    "names": Entry(
        "mcpx.commands.names", "Show by which names a host's model sees tools.", "Judge"
    ),
    "rules": Entry(
        "mcpx.commands.rules", "Explain the rules that findings and problems name.", "Judge"
    ),
    "trust": Entry(
        "mcpx.commands.trust", "Say which servers of a project may be started.", "Settle"
    ),
    "config": Entry("mcpx.commands.config", "Show the settings and their origins.", "Settle"),
    "demo": Entry("mcpx.commands.demo", "Walk through the commands on bundled servers.", "Help"),
    "schema": Entry("mcpx.commands.schema", "Print the JSON Schema of an output.", "Help"),
    "completions": Entry(
        "mcpx.commands.completions", "Print the completion script of a shell.", "Help"
    ),
}


class Commands(TyperGroup):
    """The root group: lists its commands from the table and imports only the one that runs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, entry in COMMANDS.items():
            # Enough for the listing, for suggestions and for completing the name itself.
            self.commands[name] = TyperCommand(name, help=entry.help)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Put the real command in the place of its entry."""
        if args[0] in COMMANDS:
            self.commands[args[0]] = load(args[0])
        return super().resolve_command(ctx, args)

    def format_commands(self, _ctx: Any, formatter: Any) -> None:
        """The listing, section by section."""
        for section in dict.fromkeys(entry.section for entry in COMMANDS.values()):
            with formatter.section(section):
                formatter.write_dl(
                    [
                        (name, entry.help)
                        for name, entry in COMMANDS.items()
                        if entry.section == section
                    ]
                )


def load(name: str) -> Any:
    """The command of this name, its module imported."""
    command = typer.main.get_command(importlib.import_module(COMMANDS[name].module).app)
    interrupts.check()  # which an import may have lost
    command.name = name
    return command


app = typer.Typer(
    cls=Commands,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="A newcomer starts with: mcpx demo",
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mcpx {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", callback=_show_version, is_eager=True, help="Show the version."
        ),
    ] = False,
) -> None:
    """The toolkit for people who run more than one MCP server."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def command() -> Any:
    """The whole command tree, without the options that would install somebody else's scripts."""
    tree = typer.main.get_command(app)
    tree.params = [one for one in tree.params if not one.name or "completion" not in one.name]
    return tree
