"""``mcpx session``: session files shown, checked, imported, exported and packed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mcpx.commands import completing, options
from mcpx.commands.run import Run, command
from mcpx.errors import ConfigError, ExitStatus, UsageError, worst
from mcpx.reports.formats import OF_FINDINGS, Format

if TYPE_CHECKING:
    from mcpx.analyses.finding import Finding

app = typer.Typer(rich_markup_mode=None, add_completion=False)

# What the names of other recorders' files end in, before their last suffix.
_KINDS = (".cassette", ".mcp", ".vcr", ".mcprec", ".session")


@app.callback()
def group() -> None:
    """Show, check, import and export session files."""


FileArgument = Annotated[
    str, typer.Argument(metavar="FILE", help="A session file, one still being written, or a pack.")
]


def _to(what: str) -> object:
    """The option that says where a file goes."""
    return Annotated[str | None, typer.Option("--output", "-o", metavar="FILE", help=what)]


@command(app)
def show(
    run: Run,
    file: FileArgument,
    sequence: Annotated[
        bool, typer.Option("--sequence", help="Arrows between the client and the server.")
    ] = False,
    connection: Annotated[
        int | None, typer.Option("--connection", metavar="N", help="Only this connection.")
    ] = None,
    method: Annotated[
        str, typer.Option("--method", metavar="M", help="Only these messages, such as 'tools/*'.")
    ] = "",
    errors: Annotated[bool, typer.Option("--errors", help="Only what went wrong.")] = False,
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on while the session is being recorded.")
    ] = False,
) -> ExitStatus:
    """Show what a client and a server said to each other.

    A row is a request with what came of it; progress, notifications and the server's own
    requests stand below it. The number in front is that of the event; the line of the file is one
    more. With -v every message is shown whole. Secrets are shown as ‹where they came from›.

      mcpx session show s.jsonl --errors
      mcpx session show s.jsonl --follow
    """
    from mcpx.commands.session_shown import follow as follow_it
    from mcpx.commands.session_shown import show as show_it
    from mcpx.sessions.filtering import Wanted

    wanted = Wanted(connection, method, errors)
    if sequence and (follow or run.form is not Format.TABLE):
        raise UsageError("--sequence is for people, and of a whole session")
    if not follow:
        show_it(run, file, wanted, sequence)
    elif run.output or run.form not in (Format.TABLE, Format.NDJSON):
        raise UsageError("--follow shows rows, or lines with --format ndjson, as they come")
    else:
        follow_it(run, file, wanted)
    return ExitStatus.OK


@command(app, formats=OF_FINDINGS)
def check(
    run: Run,
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Session files or packs.")],
    fail_on: options.FailOnOption = "error",
    exit_zero: options.ExitZeroOption = False,
) -> ExitStatus:
    """Say what is missing in session files, and what went wrong.

    What may be missing: the end, events, large messages, blobs, answers, and secrets that a
    replay needs. mcpx rules session- lists all that is looked for; mcpx rules ID explains a rule.
    """
    from mcpx.analyses.finding import order
    from mcpx.commands.judged import threshold
    from mcpx.operations.judging import judgement
    from mcpx.reports.document import Findings, counts

    fails_from = threshold(fail_on, exit_zero)
    users = judgement()
    failures: dict[str, ConfigError] = {}
    found: list[Finding] = []
    for file in dict.fromkeys(files):
        try:
            found += _checked(file)
        except ConfigError as error:
            failures[file] = error
            run.terminal.complain(error)
    findings, ignored = users.of(found)
    findings.sort(key=order)
    read = [file for file in dict.fromkeys(files) if file not in failures]
    examined = {
        "sessions": read,
        "not_examined": [
            {"server": file, "hosts": [], "reason": error.message}
            for file, error in sorted(failures.items())
        ],
        "ignored": [{"rule": one.rule, "by": one.by, "count": one.count} for one in ignored],
    }
    document = Findings("session.check", findings, examined)
    run.deliver(document)
    said = counts(document) if findings else "nothing is missing"
    if ignored:
        said += f", {sum(one.count for one in ignored)} ignored"
    if read:
        run.terminal.note(
            f"{', '.join(read)}: {said}" if len(read) < 4 else f"{said} in {len(read)} files"
        )
    statuses = [error.status for error in failures.values()]
    if fails_from is not None and any(one.severity.at_least(fails_from) for one in findings):
        statuses.append(ExitStatus.FINDINGS)
    return worst(statuses)


def _checked(file: str) -> list[Finding]:
    from mcpx.sessions.checking import check
    from mcpx.sessions.reading import read_session

    return list(check(read_session(file)))


@command(
    app,
    "import",
    formats=(),
    output=_to("Where to write the session; NAME.session.jsonl here without it."),
)
def import_(
    run: Run,
    file: Annotated[str, typer.Argument(metavar="FILE", help="What another tool recorded, or -.")],
    format: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="FORMAT",
            help="Its format; else what it holds tells.",
            autocompletion=completing.import_formats,
        ),
    ] = None,
) -> ExitStatus:
    """Make a session file of what another tool recorded.

    Reads mcp-cassette (of both authors), mcp-recorder (of both), mcp-rec, agent-vcr, mcpsnoop,
    mcporter, HAR, what the Inspector exports, Claude Desktop's logs and JSON-RPC messages line by
    line. What looks like a secret is masked.

      mcpx session import capture.har -o capture.session.jsonl
    """
    from mcpx.files import read_bytes, standard_input
    from mcpx.sessions.importing import FORMATS, imported
    from mcpx.sessions.importing.source import LARGEST
    from mcpx.sessions.redaction import Redaction
    from mcpx.sessions.writing import write_session
    from mcpx.settings import environment
    from mcpx.terminal import counted

    target = _target(run, file)
    name = "standard input" if file == "-" else file
    data = standard_input(name, LARGEST) if file == "-" else read_bytes(file, LARGEST)
    found = imported(data, name, format)
    redaction = Redaction.of(environment())
    count = write_session(target, found.header, found.events, redaction)
    for note in found.notes:
        run.terminal.note(f"{file}: {redaction.text(note).text}")
    title = next(one.title for one in FORMATS if one.id == found.header.source)
    run.terminal.note(f"wrote {target}: {counted(count, 'event')} from {title}")
    return ExitStatus.OK


def _target(run: Run, file: str) -> Path:
    """Where an import goes. Raises UsageError."""
    if run.output == "-":
        raise UsageError("-o: a session is written to a file", hint="for example -o s.jsonl")
    if run.output:
        return Path(run.output)
    if file == "-":
        raise UsageError("where to?", hint="mcpx session import - -o s.jsonl")
    name = Path(file).stem
    for kind in _KINDS:
        name = name.removesuffix(kind)
    return Path(f"{name or 'imported'}.session.jsonl")


@command(app, formats=(), output=_to("Where to write it, whole or not at all; else stdout."))
def export(
    run: Run,
    file: FileArgument,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="FORMAT",
            help="har, or mcpsnoop for its JSON Lines.",
            autocompletion=completing.export_formats,
        ),
    ],
) -> ExitStatus:
    """Write a session in the format of another tool.

    What that format has no place for is left out, and said.

      mcpx session export s.jsonl --to har -o s.har
    """
    from mcpx.files import whole_file
    from mcpx.sessions.exporting import export_format, exported
    from mcpx.sessions.exporting.losses import Losses
    from mcpx.sessions.reading import read_session
    from mcpx.terminal import safe_json

    format = export_format(to)
    losses = Losses(format.loses)
    pieces = exported(read_session(file), format, losses)
    size = 0
    if run.output in (None, "-"):
        for piece in pieces:
            size += len(piece.encode("utf-8", "surrogatepass"))
            run.terminal.write(safe_json(piece) if run.terminal.is_terminal else piece)
            if run.terminal.reader_left:
                return ExitStatus.OK
    else:
        with whole_file(Path(str(run.output)), private=True) as target:
            for piece in pieces:
                size += target.write(piece.encode("utf-8", "surrogatepass"))
        run.terminal.note(f"wrote {run.output}")
    if losses.found:
        run.terminal.note(f"left out: {'; '.join(losses.found)}")
    if size > format.largest:
        most = f"{format.largest:,}"
        run.terminal.note(f"it has {size:,} bytes; at most {most} can be imported again")
    return ExitStatus.OK


@command(app, formats=(), output=_to("Where to write it; without: FILE.zip, or .inline.jsonl."))
def pack(
    run: Run,
    file: FileArgument,
    inline: Annotated[
        bool,
        typer.Option("--inline", help="A session file with the blobs in its messages, no archive."),
    ] = False,
) -> ExitStatus:
    """Put a session file and its blobs into one file.

    Blobs are the large binary values of messages, which stand in NAME.blobs beside the file. All
    of mcpx session reads such a pack.
    """
    from mcpx.sessions import packing

    if run.output == "-" or (file == "-" and not run.output):
        raise UsageError("-o: a pack is written to a file", hint="for example -o s.zip")
    target = Path(run.output or Path(file).with_suffix(".inline.jsonl" if inline else ".zip"))
    if not run.output and target.exists():
        raise ConfigError(f"{target} is there already", hint="-o FILE names another, or this one")
    (packing.inline if inline else packing.pack)(file, target)
    run.terminal.note(f"wrote {target}")
    return ExitStatus.OK
