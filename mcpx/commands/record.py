"""``mcpx record``: everything that a client and a server say to each other, in a session file."""

from __future__ import annotations

import shlex
from dataclasses import fields
from typing import Annotated

import typer

from mcpx.commands import completing, tapping
from mcpx.commands.recorded import require_folder
from mcpx.commands.run import Connecting, Connects, Run, command
from mcpx.errors import ConfigError, ExitStatus, UsageError
from mcpx.reports.formats import Format
from mcpx.terminal import safe_block

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_DestinationOption = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="The session file, which is never written over; or FOLDER/ for a new file each time.",
    ),
]
_EXAMPLE = "mcpx record -o session.jsonl -- COMMAND..."


@command(
    app,
    formats=(Format.TABLE, Format.NDJSON),
    connects=Connects.TO_ONE,
    output=_DestinationOption,
)
def record(
    run: Run,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TARGET] [-- COMMAND...]",
            help="With --script the server to call; else after -- the server's command line.",
            show_default=False,
            autocompletion=completing.targets,
        ),
    ] = None,
    http: Annotated[
        str | None,
        typer.Option(
            "--http", metavar="URL", help="Record what goes to the server at URL, by a proxy."
        ),
    ] = None,
    listen: Annotated[
        str | None,
        typer.Option("--listen", metavar="[HOST:]PORT", help="Where the proxy of --http listens."),
    ] = None,
    script: Annotated[
        str | None,
        typer.Option(
            "--script", metavar="FILE", help="Make these calls: a JSON object per line, or -."
        ),
    ] = None,
    install: Annotated[
        str | None,
        typer.Option(
            "--install",
            metavar="HOST/NAME",
            help="Put the recording into a host's configuration.",
            autocompletion=completing.targets,
        ),
    ] = None,
    uninstall: Annotated[
        str | None,
        typer.Option(
            "--uninstall",
            metavar="HOST/NAME",
            help="Take it out again, byte for byte.",
            autocompletion=completing.targets,
        ),
    ] = None,
) -> int:
    """Record what a client and a server say to each other.

    All of it goes into a session file. With a command after -- it stands in a host's configuration
    in place of the server: it starts the server, passes every byte on unchanged, and ends as the
    server ends. Secrets are masked before anything is written; a recording that fails never harms
    the session.

      mcpx record -o session.jsonl -- npx -y @modelcontextprotocol/server-everything
      mcpx record -o session.jsonl --http https://example.com/mcp --listen 8900
      mcpx record -o session.jsonl demo:tickets --script calls.jsonl
      mcpx record --install cursor/github
    """
    destination, run.output = run.output, None
    chosen = {"--install": install, "--uninstall": uninstall, "--http": http, "--script": script}
    given = [option for option, value in chosen.items() if value is not None]
    if len(given) > 1:
        raise UsageError(f"{given[0]} and {given[1]} cannot both be")
    if listen is not None and http is None:
        raise UsageError("--listen goes with --http", hint="for example --http URL --listen 8900")
    if script is None and words:
        raise UsageError(
            f"record {words[0]}: nobody says what to call; the command of a server stands after --",
            hint=f"{_EXAMPLE}, or --script FILE with the calls to make",
        )
    if given and given[0] != "--script" and run.command:
        raise UsageError(f"{given[0]} takes no command after --")
    if install is not None or uninstall is not None:
        return _edit(run, install, uninstall, destination)
    if destination is None or destination == "-":
        where = "standard output is the server's" if destination else "where does it go?"
        example = _EXAMPLE
        if script is not None:
            target = shlex.join(words[:1]) if words else "-- COMMAND..."
            example = f"mcpx record -o session.jsonl --script {shlex.quote(script)} {target}"
        raise UsageError(f"record: {where}", hint=example)
    if script is not None:
        from mcpx.commands.scripted import scripted

        require_folder(destination)
        return scripted(run, words, script, destination)
    if http is not None:
        require_folder(destination)
        return _http(run, http, listen, destination)
    return _stdio(run, destination)


def _stdio(run: Run, destination: str) -> int:
    _refuse(run, "a recorded server is started as it would be without mcpx", allowed=())
    if not run.command or not run.command[0]:
        raise UsageError("record what?", hint=_EXAMPLE)
    if run.connecting.dry_run:
        gate = run.gate()
        return run.plan(run.targets(None, gate), gate, {"record": destination})
    from mcpx.operations.taps.stdio.tap import tap

    return tap(run.command, destination, tapping.tell)


def _http(run: Run, url: str, listen: str | None, destination: str) -> ExitStatus:
    _refuse(run, "--http takes --header and --bearer-env", allowed=("header", "bearer_env"))
    if not url.lower().startswith(("https://", "http://")):
        raise UsageError(f"--http {url}: not a URL", hint="it starts with https:// or http://")
    host, port = _place(listen or "0")
    gate = run.gate()
    spec, _, _ = run.target([url], "--listen PORT", gate)
    if run.connecting.dry_run:
        return run.plan([spec], gate, {"record": destination})
    from mcpx.commands.recorded import given_secrets
    from mcpx.operations.taps.http.proxy import serve
    from mcpx.serving.http.listening import HOSTS
    from mcpx.sessions.events import Mode
    from mcpx.sessions.opening import open_recording
    from mcpx.settings import environment

    secrets = given_secrets(run.connecting, environment())
    recorder = open_recording(destination, Mode.TAP, spec, environment(), secrets)
    try:
        if recorder.failure:
            raise ConfigError(recorder.failure, hint="nothing was done")
        say = run.terminal.say
        serve(
            spec,
            recorder,
            lambda here: say(f"connect to {here}: recording to {recorder.path}; Ctrl-C ends it"),
            host=host or HOSTS[0],
            port=port,
        )
    finally:
        recorder.close()
    if recorder.failure:
        run.terminal.say(f"the recording is not whole: {recorder.failure}")
        return ExitStatus.USAGE
    return ExitStatus.OK


def _place(text: str) -> tuple[str, int]:
    """Host and port that a proxy listens at; an empty host is the usual one."""
    host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdecimal() and int(port) < 65_536):
        raise UsageError(
            f"--listen {text}: not a port", hint="a number up to 65535; 0 is any that is free"
        )
    return host.strip("[]"), int(port)


def _edit(run: Run, install: str | None, uninstall: str | None, folder: str | None) -> ExitStatus:
    _refuse(run, "the entry stays as it is but for its command", allowed=())
    if uninstall is not None and folder is not None:
        raise UsageError("--uninstall takes no --output: recordings stay where they are")
    from mcpx.operations import installing

    mask, dry = run.terminal.mask, run.connecting.dry_run
    if install is not None:
        edited = installing.install(install, folder, mask, dry)
    else:
        edited = installing.uninstall(uninstall or "", mask, dry)
    run.terminal.write(safe_block(edited.diff))
    if edited.backup is not None:
        run.terminal.note(f"what it held before is in {edited.backup}")
    for note in edited.notes:
        run.terminal.note(note)
    return ExitStatus.OK


def _refuse(run: Run, why: str, allowed: tuple[str, ...]) -> None:
    """Raises UsageError for an option of connecting that has no meaning here."""
    usual = Connecting()
    for one in fields(Connecting):
        given = getattr(run.connecting, one.name) != getattr(usual, one.name)
        if given and one.name not in (*allowed, "dry_run"):
            option = one.name.removesuffix("_values").replace("_", "-")
            raise UsageError(f"--{option} has no meaning here: {why}")
