"""``mcpx diff``: what changed between two catalogues, and whether callers notice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mcpx.commands import options
from mcpx.commands.run import Connects, Run, command
from mcpx.errors import ExitStatus, Fault, ServerError, UsageError, worst
from mcpx.reports.formats import OF_FINDINGS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mcpx.analyses.diff.recorded_calls import RecordedCall
    from mcpx.operations.comparing import Relisting, Server
    from mcpx.operations.snapshots import Snapshot
    from mcpx.reports.document import Compared

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@command(app, formats=OF_FINDINGS, connects=Connects.TO_MANY)
def diff(
    run: Run,
    targets: options.TwoTargetsArgument = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Callers send all that was accepted, declared or not."),
    ] = False,
    any_context: Annotated[
        bool,
        typer.Option("--any-context", help="Compare also what was taken in different ways."),
    ] = False,
    calls: Annotated[
        str | None,
        typer.Option(
            "--calls",
            metavar="SESSION",
            help="Tell only which calls of this recording break, a file or - for stdin.",
        ),
    ] = None,
    fail_on: options.FailOnChangeOption = "breaking",
    fail_on_text: options.FailOnTextOption = False,
    exit_zero: options.ExitZeroOption = False,
) -> ExitStatus:
    """Show what changed between two catalogues, and what breaks.

    A change breaks callers when a call that was accepted is refused now: the call is shown. It is
    harmless when that is proved, and a warning when neither is. What a model or a person reads
    breaks no call, and may be what was changed on purpose: it is a warning of its own.

    With --calls, only calls that were really made are judged, by what the new version says of
    itself. None is made.

      mcpx diff npm:@scope/server@1.2.0 npm:@scope/server@1.3.0
      mcpx diff git:HEAD~1:mcpx.lock mcpx.lock
      mcpx diff approved.json github
      mcpx diff github npm:@scope/github@next --calls monday.jsonl
    """
    from mcpx.commands.changed import Threshold, compared, heeded, status_of
    from mcpx.operations.comparing import Relisting, SchemaJudge, changes, check_context, together
    from mcpx.operations.judging import judgement
    from mcpx.operations.made_calls import broken_calls, judged
    from mcpx.reports.changes import summary, verdict
    from mcpx.reports.document import Changes
    from mcpx.schemas.workers import Worker
    from mcpx.sources.targets import width

    threshold = Threshold.of(fail_on, fail_on_text, exit_zero)
    users = judgement()
    made = _made(calls)
    gate = run.gate()
    words = _two(run, targets)
    chosen = run.targets(targets, gate)
    if run.connecting.dry_run:
        return run.plan(chosen, gate)
    split = width(words[0])
    relisting = Relisting()
    again = relisting if made is None else None  # what a call is judged by seldom changes by itself
    with (
        run.snapshots(chosen, gate, then=again) as taken,
        run.terminal.progress() as progress,
        Worker() as worker,
    ):
        failures = {one.server: one.error for one in taken if one.error is not None}
        for server, error in failures.items():
            run.terminal.complain(error, server)
        if failures:
            return worst([error.status for error in failures.values()])
        sides = (
            _servers([one for one in taken if one.place < split], relisting),
            _servers([one for one in taken if one.place >= split], relisting),
        )
        told_of_calls = "" if made is None else judged(made, sides[0])
        judge = SchemaJudge(worker, progress)
        found: list[Compared] = []
        missing: list[ServerError] = []
        ignored = 0
        for old, new in together(*sides):
            if (fault := _without_lists(old, new)) is not None:
                run.terminal.complain(fault, fault.server)
                missing.append(fault)
                continue
            if old is not None and new is not None and not any_context:
                check_context(old, new)
            all_told = (
                changes(old, new, judge, strict)
                if made is None
                else broken_calls(made, old, new, judge)
            )
            told, more = heeded(all_told, users)
            ignored += more
            call = run.call_again(words[1]) if new is not None else ""
            path = next((one.path for one in (new, old) if one is not None and one.path), "")
            found.append(compared(old, new, words, told, call, path))
        left_out = [{"server": one.server, "reason": one.message} for one in missing]
        document = Changes("diff", found, ignored, left_out)
        run.deliver(document)
        for one in found:
            # What a version number has to say of all callers, the calls of one do not tell.
            said = verdict(one) if made is None else summary(one.changes)
            run.terminal.note(f"{one.server}: {said}" if len(found) > 1 else said)
        if told_of_calls:
            run.terminal.note(told_of_calls)
        if not found and not missing:
            run.terminal.note("neither side has a server")
        if ignored:
            run.terminal.note(f"{ignored} ignored")
        return worst([*(one.status for one in missing), *status_of(document, threshold)])


def _made(calls: str | None) -> list[RecordedCall] | None:
    """What a recording says was called, if one is given. Raises ConfigError."""
    if calls is None:
        return None
    from mcpx.operations.made_calls import made_calls
    from mcpx.sessions.reading import read_session

    return made_calls(read_session(calls))


def _two(run: Run, words: Sequence[str] | None) -> tuple[str, str]:
    """The two targets as they were typed. Raises UsageError for fewer or more."""
    given = [*(words or ()), *(["--"] if run.command else [])]
    if len(given) != 2:
        raise UsageError(
            f"needs two targets, the old one and the new one, not {len(given) or 'none'}",
            hint="mcpx diff OLD NEW, for example: mcpx diff approved.json github",
        )
    return given[0], given[1]


def _servers(taken: Sequence[Snapshot], relisting: Relisting) -> list[Server]:
    from mcpx.operations.comparing import Server

    return [
        Server(one.named or one.server, one.catalogue, relisting.of(one.server), _file_of(one.path))
        for one in taken
        if one.catalogue is not None
    ]


def _file_of(path: str) -> str:
    """The file, where it is one that is there: not as a repository had it."""
    from mcpx.sources.revisions import SCHEME

    return "" if path.startswith(SCHEME) else path


def _without_lists(*servers: Server | None) -> ServerError | None:
    """The error that a list of one of them could not be had, if that is so."""
    from mcpx.operations.comparing import missing_lists

    for one in servers:
        if one is not None and (problems := missing_lists(one)):
            error = ServerError(
                Fault.INVALID_RESPONSE,
                f"{one.name}: cannot be compared, a list is missing: {problems[0].message}",
                hint="what is in that list would seem to be gone; ask the server again",
            )
            error.server = one.name
            return error
    return None
