"""``mcpx mock``: a recording as a server, which answers what was answered then."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mcpx.commands.run import Run, command
from mcpx.errors import ConfigError, ExitStatus, UsageError, worst
from mcpx.servers import Era
from mcpx.serving.mock.playing.options import Match, Repeat

if TYPE_CHECKING:
    from mcpx.serving.mock.playing.misses import Miss
    from mcpx.serving.mock.playing.players import Players
    from mcpx.serving.mock.report import Report
    from mcpx.serving.mock.tape.tape import Tape
    from mcpx.serving.mock.transports.site import Site

app = typer.Typer(rich_markup_mode=None, add_completion=False)


class Spoken(StrEnum):
    """Which eras a mock speaks."""

    RECORDED = "recorded"
    BOTH = "both"


_ReportOption = Annotated[
    str | None,
    typer.Option(
        "--report",
        metavar="FILE",
        help="Add a JSON line to FILE for each request without an answer, and one at the end.",
    ),
]


@command(app, formats=(), output=_ReportOption)
def mock(
    run: Run,
    session: Annotated[
        str, typer.Argument(metavar="SESSION", help="A session file or a pack.", show_default=False)
    ],
    http: Annotated[
        int | None,
        typer.Option(
            "--http",
            metavar="PORT",
            min=0,
            max=65_535,
            help="Listen on this port of 127.0.0.1, 0 for any that is free; else on stdin.",
        ),
    ] = None,
    era: Annotated[
        Spoken, typer.Option("--era", help="Speak to clients of both eras, whatever was recorded.")
    ] = Spoken.RECORDED,
    match: Annotated[
        Match,
        typer.Option("--match", help="What besides method and name makes a request the same."),
    ] = Match.ARGS,
    repeat: Annotated[
        Repeat,
        typer.Option("--repeat", help="What is answered more often than it was recorded."),
    ] = Repeat.LAST,
    timing: Annotated[
        str,
        typer.Option(
            "--timing", metavar="WHEN", help="none, recorded, or xN for N times as fast as that."
        ),
    ] = "none",
    faults: Annotated[
        str | None,
        typer.Option(
            "--faults", metavar="FILE", help="Go wrong where FILE says: mcpx schema faults."
        ),
    ] = None,
    require_all: Annotated[
        bool,
        typer.Option("--require-all", help="Fail also when a recorded request was not made."),
    ] = False,
) -> int:
    """Serve a recording as if it were the server.

    A server on stdin and stdout, or at a URL of this machine, that gives back what was recorded for
    the same method, name and arguments, and never another tool's result. Equal requests are
    answered in their recorded order. What was not recorded is answered with an error that names
    the nearest recorded request, said on stderr, and makes the status 1 in the end. Nothing is
    started and nothing is sent anywhere.

      mcpx mock session.jsonl
      mcpx mock session.jsonl --http 8900 --era both
    """
    path, run.output = run.output, None
    if session == "-" and http is None:
        raise UsageError("mock -: standard input is the client's", hint="mcpx mock - --http 0")
    from mcpx.serving.mock import fault_file
    from mcpx.serving.mock.delivery import Delivery
    from mcpx.serving.mock.faults import Faults
    from mcpx.serving.mock.playing.options import Options
    from mcpx.serving.mock.playing.players import Players
    from mcpx.serving.mock.report import Report
    from mcpx.serving.mock.timing import seconds_kept

    kept = seconds_kept(timing)
    wrong = fault_file.read(faults) if faults is not None else Faults()
    if wrong.needs_http and http is None:
        raise UsageError(f"{faults}: a status needs HTTP", hint=f"mcpx mock {session} --http 0")
    tape, site = _recorded(run, session)
    report = Report(Path(path)) if path is not None else None
    both = era is Spoken.BOTH
    options = Options(match, repeat, both, one_stream=http is None or site.old)
    hears = _Hears(run, report, tape)
    players = Players(tape, options, hears.miss, hears.stranger)
    delivery = Delivery(players, kept, wrong)
    try:
        if http is None:
            from mcpx.serving.mock.transports.stdio import serve as play

            ended = play(delivery)
        else:
            from mcpx.serving.mock.transports.serving import serve

            eras = tuple(Era) if both else tuple(tape.eras)
            say = run.terminal.write
            ended = serve(delivery, site, eras, http, lambda url: say(f"{url}\n"))
    finally:
        for rule in wrong.unmet:
            run.terminal.note(f"mcpx mock: {faults}: no request met /rules/{rule}")
        status = _summed_up(run, players, report, require_all)
    return ended or status


def _recorded(run: Run, session: str) -> tuple[Tape, Site]:
    """What is to be played, and where; says what the recording lacks. Raises ConfigError."""
    from mcpx.serving.mock.tape.tape import Tape
    from mcpx.serving.mock.transports.site import site_of
    from mcpx.sessions.reading import read_session

    reading = read_session(session)
    site = site_of(reading)
    tape = Tape.of(reading, reading.blob)
    if tape.is_blank:
        raise ConfigError(
            f"{reading.name}: there is nothing in it to play",
            hint="mcpx session show tells what is in it, mcpx record makes another",
        )
    if not tape.is_whole:
        run.terminal.say("mcpx mock: the recording is not whole: what it lacks is not played")
    if unanswered := [take for take in tape.takes if not take.is_known]:
        first = unanswered[0]
        more = f" and {len(unanswered) - 1} more" if len(unanswered) > 1 else ""
        which = f"{_what(first.method, first.name)} (event {first.number}){more}"
        run.terminal.say(f"mcpx mock: recorded without an answer, so that it is an error: {which}")
    return tape, site


@dataclass(frozen=True, slots=True)
class _Hears:
    """Who is told of what goes wrong while it does: a person, and the report if there is one."""

    run: Run
    report: Report | None
    tape: Tape

    def miss(self, miss: Miss) -> None:
        """A client asked what is not recorded."""
        # What a report has said may be kept quiet.
        tell = self.run.terminal.say if self.report is None else self.run.terminal.note
        tell(f"mcpx mock: {miss.text}")
        if self.report is not None:
            self.report.missed(miss)

    def stranger(self, spoken: Era) -> None:
        """A client speaks the era that is not spoken."""
        (recorded,) = self.tape.eras
        self.run.terminal.say(
            f"mcpx mock: recorded in the {recorded} era, this client speaks the {spoken} one: "
            "--era both serves it too"
        )


def _summed_up(run: Run, players: Players, report: Report | None, require_all: bool) -> ExitStatus:
    """Say what was missed, and what was left; the status that this makes."""
    from mcpx.serving.mock.report import Unused
    from mcpx.terminal import counted

    unused = [Unused(one.number, one.method, one.name) for one in players.unused()]
    if report is not None:
        report.ended(unused)
    found = []
    if players.misses:
        run.terminal.note(
            f"mcpx mock: {counted(len(players.misses), 'request')} without a recorded answer"
        )
        found.append(ExitStatus.FINDINGS)
    if unused and require_all:
        for one in unused:
            what = _what(one.method, one.name)
            run.terminal.say(f"mcpx mock: not asked: {what} (event {one.number})")
        found.append(ExitStatus.FINDINGS)
    elif unused:
        run.terminal.detail(f"mcpx mock: {counted(len(unused), 'recorded request')} not made")
    return worst(found)


def _what(method: str, name: str) -> str:
    return f"{method} {name}".rstrip()
