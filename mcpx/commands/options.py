"""The options that several commands take."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from mcpx.commands import completing
from mcpx.errors import UsageError
from mcpx.reports.formats import Format


def format_option(formats: Sequence[Format]) -> Any:
    """The option that chooses one of the formats which a command offers."""
    literal: Any = Literal
    option = typer.Option("--format", "-f", help="The form of the result.", show_default=False)
    return Annotated[literal[tuple(map(str, formats))] | None, option]


JsonOption = Annotated[bool, typer.Option("--json", help="Short for --format json.")]
OutputOption = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write the result to FILE, whole or not at all; .json and .md choose the format.",
    ),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Results and errors only.")]
VerboseOption = Annotated[
    int,
    typer.Option(
        "--verbose",
        "-v",
        count=True,
        show_default=False,
        help="Say what is being done; twice: show the messages on the wire.",
    ),
]
ColorOption = Annotated[
    str | None,
    typer.Option(
        "--color",
        metavar="WHEN",
        help="auto, always or never.",
        autocompletion=completing.colours,
    ),
]

TargetsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[TARGET]... [-- COMMAND...]",
        help="A configured server, HOST/NAME, https://URL, npm:PACKAGE, pypi:PACKAGE, "
        "registry:NAME, demo:NAME, 'stdio:COMMAND', a catalogue file, lock or folder/, "
        "git:REV:FILE, -, or after -- a command line.",
        show_default=False,
        autocompletion=completing.targets,
    ),
]
TwoTargetsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="OLD NEW",
        help="Two of: a server, npm:PACKAGE@VERSION, pypi:PACKAGE@VERSION, a catalogue file, a"
        " lock, git:REV:FILE, -; or for NEW a command line after --.",
        show_default=False,
        autocompletion=completing.targets,
    ),
]
JudgesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--host",
        metavar="ID,...",
        help="Judge by these hosts; without targets, only their servers.",
        autocompletion=completing.judges,
    ),
]
FailOnOption = Annotated[
    str,
    typer.Option(
        "--fail-on",
        metavar="SEVERITY",
        help="error, warning, info or never.",
        autocompletion=completing.severities,
    ),
]
FailOnChangeOption = Annotated[
    str,
    typer.Option(
        "--fail-on",
        metavar="LEVEL",
        help="breaking, unknown, warning, info or never.",
        autocompletion=completing.levels,
    ),
]
FailOnTextOption = Annotated[
    bool,
    typer.Option("--fail-on-text", help="Also when what a model or a person reads has changed."),
]
EraOption = Annotated[
    str | None,
    typer.Option(
        "--era", metavar="ERA", help="auto, legacy or modern.", autocompletion=completing.eras
    ),
]
TimeoutOption = Annotated[
    float | None,
    typer.Option(
        "--timeout", metavar="SECONDS", help="Seconds to connect and list (30), or to answer (120)."
    ),
]
ConcurrencyOption = Annotated[
    int | None,
    typer.Option("--concurrency", metavar="N", help="Servers worked on side by side (8)."),
]
EnvOption = Annotated[
    list[str] | None,
    typer.Option("--env", metavar="K=V", help="A variable for the started servers."),
]
CwdOption = Annotated[
    str | None,
    typer.Option("--cwd", metavar="FOLDER", help="Where to start servers typed on this line."),
]
InheritOption = Annotated[
    bool | None,
    typer.Option(
        "--inherit-env", help="Give started servers the whole environment.", show_default=False
    ),
]
LimitOption = Annotated[
    list[str] | None,
    typer.Option("--limit", metavar="NAME=N", help="Accept more (or less) of a server's output."),
]
CapabilitiesOption = Annotated[
    str | None,
    typer.Option(
        "--capabilities",
        metavar="LIST",
        help="What to tell servers that mcpx offers: roots, sampling, elicitation, all or none.",
        show_default=False,
    ),
]
HeaderOption = Annotated[
    list[str] | None,
    typer.Option(
        "--header", "-H", metavar="'NAME: VALUE'", help="A header for servers reached by URL."
    ),
]
BearerOption = Annotated[
    str | None,
    typer.Option(
        "--bearer-env", metavar="VARIABLE", help="Send the token in this variable of yours."
    ),
]
EnvFileOption = Annotated[
    list[str] | None,
    typer.Option("--env-file", metavar="FILE", help="Variables for the started servers."),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="What a registry's entry asks for."),
]
RefreshOption = Annotated[
    bool, typer.Option("--refresh", help="Ask the registry anew, whatever is in the cache.")
]
RootOption = Annotated[
    list[str] | None,
    typer.Option("--root", metavar="URI", help="A root for servers that ask for roots."),
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be started and sent; do nothing.")
]
AnswerOption = Annotated[
    str | None,
    typer.Option("--answer", metavar="FILE", help="Answers to what the server asks (JSON)."),
]
ElicitOption = Annotated[
    str | None,
    typer.Option(
        "--elicit",
        metavar="HOW",
        help="Answer a server's forms with their defaults, or decline them.",
        autocompletion=completing.elicits,
    ),
]
LogLevelOption = Annotated[
    str | None,
    typer.Option(
        "--log-level",
        metavar="LEVEL",
        help="Ask the server for its log: debug, info, warning, error ...",
        autocompletion=completing.log_levels,
    ),
]


def _folder(text: str) -> Path:
    if not text:
        raise UsageError("--save: needs the name of a folder", hint="for example --save pictures")
    return Path(text)


SaveOption = Annotated[
    Path | None,
    typer.Option(
        "--save",
        metavar="FOLDER",
        parser=_folder,
        help="Save images, audio and other files there.",
    ),
]
RecordOption = Annotated[
    str | None,
    typer.Option(
        "--record",
        metavar="FILE",
        help="Record the whole session in FILE, or in a new file in FOLDER/.",
    ),
]
TrustProjectOption = Annotated[
    bool,
    typer.Option("--trust-project", help="Start servers of a project's own files unasked."),
]
ExitZeroOption = Annotated[
    bool, typer.Option("--exit-zero", help="End with 0 where findings would give 1.")
]
