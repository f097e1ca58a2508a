"""``mcpx replay``: a recording against a live server, and what comes out otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mcpx.commands import completing, options
from mcpx.commands.run import Connects, Run, command
from mcpx.errors import ExitStatus, UsageError
from mcpx.reports.formats import OF_FINDINGS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mcpx.analyses.divergence.bindings import Binding
    from mcpx.analyses.divergence.masks import IgnoreRules
    from mcpx.operations.replaying.options import Options
    from mcpx.operations.replaying.variables import Giving
    from mcpx.servers import ServerSpec
    from mcpx.sessions.reading import Reading
    from mcpx.trust import Gate

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@command(app, formats=OF_FINDINGS, connects=Connects.TO_REPLAY)
def replay(
    run: Run,
    session: Annotated[str, typer.Argument(metavar="SESSION", help="A session file, or a pack.")],
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="TARGET",
            help="The server to ask, or after -- its command; else the one that was recorded.",
            autocompletion=completing.targets,
        ),
    ] = None,
    allow_writes: Annotated[
        bool, typer.Option("--allow-writes", help="Call tools that may change something.")
    ] = False,
    skip_writes: Annotated[
        bool, typer.Option("--skip-writes", help="Leave out calls that may change something.")
    ] = False,
    restore: Annotated[
        list[str] | None,
        typer.Option(
            "--restore",
            metavar="NAME",
            help="Put this variable's value back into what is sent, where it was masked, or all.",
        ),
    ] = None,
    bind: Annotated[
        list[str] | None,
        typer.Option(
            "--bind",
            metavar="RULE",
            help="What requests take from earlier results: auto, none, or 'POINTER -> POINTER'.",
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            "--ignore", metavar="PLACE", help="Compare not what is at METHOD[NAME] /pointer/**."
        ),
    ] = None,
    mask: Annotated[
        str | None,
        typer.Option(
            "--mask", metavar="FILE", help="What --learn wrote; else NAME.mask.json is used."
        ),
    ] = None,
    learn: Annotated[
        bool, typer.Option("--learn", help="Replay twice and keep out what differs by itself.")
    ] = False,
    update: Annotated[
        bool, typer.Option("--update", help="Accept the answers that differ, in the session file.")
    ] = False,
    sequential: Annotated[
        bool, typer.Option("--sequential", help="One request at a time.")
    ] = False,
    pace: Annotated[
        float,
        typer.Option(
            "--pace",
            metavar="N",
            help="Wait between requests: 1 as recorded, 2 half as long.",
            show_default=False,
        ),
    ] = 0.0,
    latency: Annotated[
        bool, typer.Option("--latency", help="Tell times, and answers that take much longer.")
    ] = False,
    record: options.RecordOption = None,
    fail_on: options.FailOnOption = "error",
    exit_zero: options.ExitZeroOption = False,
) -> ExitStatus:
    """Ask a server what a recording asked, and show what differs.

    Requests go out in the recorded order, side by side where they did, with the recorded answers
    to what the server asks back. Ids, cursors and handles that the server makes anew are put into
    later requests; times are held against the clocks of both runs. With -v what is equal, or only
    looks different, is shown too.

      mcpx replay s.jsonl --against github
      mcpx replay s.jsonl --against npm:@scope/server@next -f junit -o replay.xml
      mcpx replay s.jsonl --ignore 'tools/call[stat] /structuredContent/**/modified'
      mcpx replay s.jsonl --era modern

    The server that a session file names needs approval (--trust-project) as anything of a
    project; one that you type does not. Values of variables that were masked in what was sent are
    put back where --restore names them.
    """
    from mcpx.commands.accepted import accepted
    from mcpx.commands.judged import threshold
    from mcpx.commands.learnt import learnt, mask_of
    from mcpx.commands.playing import Play, planned, played
    from mcpx.operations.replaying.variables import Giving
    from mcpx.sessions.reading import read_session

    _check(allow_writes and skip_writes, "--allow-writes and --skip-writes cannot both be")
    _check(learn and update, "--learn and --update cannot both be")
    _check(against is not None and bool(run.command), "--against and a command cannot both be")
    _check(pace < 0, "--pace: must be 0 or more")
    fails_from = threshold(fail_on, exit_zero)
    binds, bindings = _bindings(bind or [])
    ignored = _ignored(ignore or [])
    reading = read_session(session)
    gate = run.gate()
    spec, given = _target(run, reading, against, gate)
    giving = Giving.of(restore or [], run.settings().trust == "project")
    given |= _restored(run, reading, giving)
    named = against is not None or bool(run.command)
    how = _options(run, binds, allow_writes, skip_writes, sequential, pace, given)
    play = Play(run, reading, spec, gate, how, ignored, bindings, latency, record, named)
    if run.connecting.dry_run:
        return planned(play, giving)
    if learn:
        return learnt(play)
    with_mask = mask_of(play, mask)
    return accepted(play, with_mask) if update else played(play, with_mask, fails_from)


def _check(wrong: bool, message: str) -> None:
    if wrong:
        raise UsageError(message)


def _bindings(texts: Sequence[str]) -> tuple[bool, tuple[Binding, ...]]:
    """Whether handles are found by themselves, and the rules. Raises UsageError."""
    from mcpx.analyses.divergence.bindings import parsed

    rules = [one for one in texts if one not in ("auto", "none")]
    _check({"auto", "none"} <= set(texts), "--bind auto and --bind none cannot both be")
    try:
        return "none" not in texts, parsed(rules)
    except ValueError as error:
        raise UsageError(f"--bind: {error}") from error


def _ignored(texts: Sequence[str]) -> IgnoreRules:
    """What is not compared, by the options and the user's files. Raises UsageError, ConfigError."""
    from mcpx.analyses.divergence.masks import IgnoreRules
    from mcpx.operations.ignoring import ignored_places

    of_files = ignored_places()
    try:
        return IgnoreRules.parsed([*texts, *of_files])
    except ValueError as error:
        raise UsageError(f"--ignore: {error}") from error


# What is added to a server that is named.
_ADDED = ("env", "env_file", "cwd", "header", "bearer_env", "set_values")


def _target(
    run: Run, reading: Reading, against: str | None, gate: Gate
) -> tuple[ServerSpec, dict[str, str]]:
    """The server to ask, and the variables of which it has the values, with these.

    Nothing is put back into one that is only shown. Raises RefusedError for the recorded one,
    unless that is allowed.
    """
    if against is not None or run.command:
        spec, _, _ = run.target([against] if against is not None else [], "", gate)
        return spec, {}
    for name in _ADDED:
        option = name.removesuffix("_values").replace("_", "-")
        _check(bool(getattr(run.connecting, name)), f"--{option} goes with --against TARGET")
    from mcpx.operations.replaying.recorded_target import check, spec_of, whole
    from mcpx.settings import environment

    spec = spec_of(reading.header, reading.name)
    if run.connecting.dry_run:
        return spec, {}
    check(spec, gate)
    return whole(spec, reading.header, reading.name, environment())


def _restored(run: Run, reading: Reading, giving: Giving) -> dict[str, str]:
    """The variables that are put back into what is sent, with their values.

    Raises RefusedError when it takes one that the user has not named.
    """
    from mcpx.operations.replaying.variables import refused, taken
    from mcpx.settings import environment

    if run.connecting.dry_run:
        return {}
    needed = taken(reading)
    if not_given := [name for name in needed if not giving.gives(name)]:
        raise refused(needed, not_given)
    return giving.values(needed, environment())


def _options(
    run: Run,
    binds: bool,
    allow_writes: bool,
    skip_writes: bool,
    sequential: bool,
    pace: float,
    restore: Mapping[str, str],
) -> Options:
    from mcpx.operations.replaying.options import Options
    from mcpx.servers import Era

    settings = run.settings()
    return Options(
        era=None if settings.era == "auto" else Era(settings.era),
        seconds=settings.call_deadline(),
        sequential=sequential,
        pace=pace,
        allow_writes=allow_writes,
        skip_writes=skip_writes,
        binds=binds,
        restore=restore,
    )
