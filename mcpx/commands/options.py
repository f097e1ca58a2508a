"""What commands share: the options that many take, and the run that every command gets."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mcpx import settings
from mcpx.commands import completing
from mcpx.commands.invocation import Invocation
from mcpx.errors import ExitStatus, UsageError
from mcpx.reports.formats import SUFFIXES, Format, render
from mcpx.settings import Settings
from mcpx.terminal import Progress, Terminal, safe

if TYPE_CHECKING:
    from mcpx.client.frames import Frame
    from mcpx.operations.snapshots import Watching
    from mcpx.reports.document import Document
    from mcpx.servers import ServerSpec
    from mcpx.sources.targets import Target
    from mcpx.trust import Gate

FormatOption = Annotated[
    Format | None,
    typer.Option("--format", "-f", help="The form of the result.", show_default=False),
]
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
        help="A configured server, HOST/NAME, demo:NAME, 'stdio:COMMAND', a catalogue file, -, "
        "or after -- a command line.",
        show_default=False,
        autocompletion=completing.targets,
    ),
]
EraOption = Annotated[
    str | None,
    typer.Option(
        "--era", metavar="ERA", help="auto, legacy or modern.", autocompletion=completing.eras
    ),
]
TimeoutOption = Annotated[
    float | None,
    typer.Option("--timeout", metavar="SECONDS", help="Seconds to connect and list (30)."),
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
TrustProjectOption = Annotated[
    bool,
    typer.Option("--trust-project", help="Start servers of a project's own files unasked."),
]
ExitZeroOption = Annotated[
    bool, typer.Option("--exit-zero", help="End with 0 where findings would give 1.")
]


# Of a message on the wire, with -vv.
_LONGEST_SHOWN = 4_000
_MOST_DECODED = 1_000_000


@dataclass(slots=True)
class Run:
    """One run of a command: its terminal, and how its result is to be delivered."""

    terminal: Terminal
    form: Format
    output: str | None
    command: tuple[str, ...] = ()

    def deliver(self, document: Document) -> None:
        """Render the result and write it where it belongs."""
        to_file = self.output not in (None, "-")
        self.terminal.deliver(render(document, self.form, self.terminal, to_file), self.output)

    def settings(self, **flags: Any) -> Settings:
        """The settings, with what the command line gave."""
        return settings.load(**flags)

    def targets(
        self, words: list[str] | None, env: list[str] | None, cwd: str | None, gate: Gate
    ) -> list[Target]:
        """What the command line names. Raises UsageError when that is nothing."""
        from mcpx.sources.targets import Additions, parse_environment, resolve

        if not words and not self.command:
            raise UsageError(
                "which server?",
                hint="mcpx discover lists the configured ones; demo:tickets is always there",
            )
        additions = Additions(parse_environment(env or []), cwd)
        return resolve(words or [], self.command, additions, gate)

    def watching(self, progress: Progress, streamed: bool = False) -> Watching:
        """Who is told while servers are asked: the progress line, ndjson, ``-vv``."""
        from mcpx.operations.snapshots import Snapshot, Watching

        def told(snapshot: Snapshot) -> None:
            what = "failed" if snapshot.error else "answered"
            self.terminal.detail(safe(f"{snapshot.server} {what} after {snapshot.seconds:.2f} s"))
            if not streamed:
                return
            from mcpx.reports.inspection import failure_record, record
            from mcpx.reports.json_text import line

            if snapshot.catalogue is not None:
                self.terminal.write(line(record(snapshot.catalogue)))
            elif snapshot.error is not None:
                self.terminal.write(line(failure_record(snapshot.server, snapshot.error)))

        tap = self._show_frame if self.terminal.verbose > 1 else None
        needed = ["mcpx.reports.inspection", "mcpx.reports.table"]
        if self.terminal.is_terminal:
            needed.append("rich.table")
        return Watching(progress, told, tap, tuple(needed))

    def _show_frame(self, spec: ServerSpec, frame: Frame) -> None:
        from mcpx.client.faults import own_words

        arrow = "→" if frame.direction == "sent" else "←"
        text = frame.raw[:_MOST_DECODED].decode("utf-8", "backslashreplace").strip()
        shown = own_words(spec, text, _LONGEST_SHOWN)
        self.terminal.detail(safe(f"{spec.name} {arrow} {shown}"))


_SHARED: dict[str, tuple[Any, Any]] = {
    "form": (FormatOption, None),
    "as_json": (JsonOption, False),
    "output": (OutputOption, None),
    "quiet": (QuietOption, False),
    "verbose": (VerboseOption, 0),
    "color": (ColorOption, None),
}


def command(
    app: typer.Typer,
    name: str | None = None,
    formats: Sequence[Format] = tuple(Format),
    takes_command: bool = False,
) -> Callable[[Callable[..., ExitStatus]], Callable[..., ExitStatus]]:
    """Register a command: ``function(run, ...)`` gets the shared options as its ``run``."""

    def register(function: Callable[..., ExitStatus]) -> Callable[..., ExitStatus]:
        hints = typing.get_type_hints(function, include_extras=True)
        own = list(inspect.signature(function).parameters.values())[1:]

        def wrapped(context: typer.Context, **given: Any) -> ExitStatus:
            shared = {key: given.pop(key) for key in _SHARED}
            run = _begin(context.obj, formats, **shared)
            if run.command and not takes_command:
                raise UsageError(f"{context.command_path} takes no command after --")
            return function(run, **given)

        parameter, kind = inspect.Parameter, inspect.Parameter.KEYWORD_ONLY
        extra = [
            parameter(key, kind, default=default, annotation=annotation)
            for key, (annotation, default) in _SHARED.items()
        ]
        context = parameter("context", parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
        own = [one.replace(kind=kind, annotation=hints[one.name]) for one in own]
        signature = inspect.Signature([context, *own, *extra])
        wrapped.__signature__ = signature  # type: ignore[attr-defined]
        wrapped.__annotations__ = {
            one.name: one.annotation for one in signature.parameters.values()
        }
        wrapped.__name__ = function.__name__
        wrapped.__doc__ = _help(function)
        app.command(name)(wrapped)
        return function

    return register


def _help(function: Callable[..., ExitStatus]) -> str:
    """The docstring, its indented paragraphs marked as to be kept line by line."""
    paragraphs = (inspect.getdoc(function) or "").split("\n\n")
    return "\n\n".join(f"\b\n{one}" if one.startswith("  ") else one for one in paragraphs)


def _begin(
    invocation: Invocation,
    formats: Sequence[Format],
    form: Format | None,
    as_json: bool,
    output: str | None,
    quiet: bool,
    verbose: int,
    color: str | None,
) -> Run:
    terminal = invocation.terminal
    found = settings.load(color=color)
    terminal.adjust(quiet, verbose, found.color)
    if as_json and form not in (None, Format.JSON):
        raise UsageError(f"--json and --format {form} cannot both be")
    if output == "":
        raise UsageError("--output: needs the name of a file")
    chosen = Format.JSON if as_json else form
    by_suffix = SUFFIXES.get(Path(output).suffix) if chosen is None and output else None
    chosen = chosen or by_suffix
    if chosen is None:
        chosen = Format(found.format)
        if chosen not in formats:
            chosen = Format.TABLE
    if chosen not in formats:
        known = ", ".join(formats)
        raise UsageError(f"--format {chosen}: this command offers {known}")
    terminal.errors_as_json = chosen.for_programs and by_suffix is None
    return Run(terminal, chosen, output, invocation.command)
