"""``mcpx lock``: pins what servers offer, and says whether it is as it was pinned."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mcpx.commands import completing, options
from mcpx.commands.run import Connects, Run, command
from mcpx.errors import ConfigError, ExitStatus, McpxError, UsageError, worst
from mcpx.reports.formats import OF_CI, OF_FINDINGS
from mcpx.terminal import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mcpx.analyses.diff.changes import Change
    from mcpx.analyses.finding import Subject
    from mcpx.catalogue.lock import Lock
    from mcpx.catalogue.locked import LockedServer
    from mcpx.commands.pins import Chosen
    from mcpx.operations.locking import Pinned
    from mcpx.operations.snapshots import Snapshot
    from mcpx.reports.document import Changes, Compared, Findings
    from mcpx.trust import Gate

app = typer.Typer(rich_markup_mode=None, add_completion=False)

ACCEPTS = "; would be written as it is served"


@command(app, formats=OF_FINDINGS, connects=Connects.TO_MANY)
def lock(
    run: Run,
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TARGET]... [-- COMMAND...]",
            help="Servers, or names of those that are pinned; for --check and --update all of"
            " these when none is named.",
            show_default=False,
            autocompletion=completing.targets,
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; status 1 unless all is as pinned.")
    ] = False,
    update: Annotated[
        bool, typer.Option("--update", help="Accept what differs from what was pinned.")
    ] = False,
    file: Annotated[
        Path,
        typer.Option(
            "--lock", metavar="FILE", help="Where it is kept (mcpx.lock).", show_default=False
        ),
    ] = Path("mcpx.lock"),
    exit_zero: options.ExitZeroOption = False,
) -> ExitStatus:
    """Pin what servers offer, so that a silent change is seen.

    Pinned are tools, prompts, resources, templates, instructions and capabilities, whole, and how
    a server is started or reached; secrets are masked. What is pinned and differs is shown and
    stays as it was, with status 1, until --update accepts it. Only what means the same passes.

      mcpx lock npm:@scope/server@1.2.0 github
      mcpx lock --check
      mcpx lock --update github

    What a lock says to start or to reach needs approval (mcpx trust allow NAME, or
    --trust-project), as anything of a project; a target that you type does not.
    """
    from mcpx.analyses.diff.values import quoted
    from mcpx.analyses.finding import listed
    from mcpx.commands.pins import choose
    from mcpx.files import check_writable
    from mcpx.operations.comparing import Relisting
    from mcpx.operations.locking import decided, keep, offered_before, read, read_pinned

    if check and update:
        raise UsageError("--check and --update cannot both be")
    if str(file) == "-":
        raise UsageError("--lock: needs the name of a file")
    needed = check or (update and not targets and not run.command)
    pinned = read_pinned(file) if needed else read(file)
    gate = run.gate()
    chosen = choose(run, targets, pinned, file, gate, needed)
    broken = {} if update else {name: one.error for name, one in pinned.broken.items()}
    chosen.leave_out(broken)
    if run.connecting.capabilities is None:
        before = [pinned.servers[name] for name in chosen.names if name in pinned.servers]
        if len(before) == len(chosen.names):
            run.connecting = replace(run.connecting, capabilities=offered_before(before))
    if run.connecting.dry_run:
        writes = "" if check else ACCEPTS if update else "; would be written"
        return _plan(run, chosen, pinned, file, gate, writes)
    if not check:
        check_writable(file)
    for name, error in chosen.failures.items():
        run.terminal.complain(error, name)
    relisting = Relisting()
    with run.snapshots(chosen.targets, gate, then=None if check else relisting) as taken:
        fresh = list(_fresh(run, taken, chosen, file, broken))
        if not fresh and not chosen.failures:
            raise ConfigError("there is no server in what was named", hint="mcpx inspect shows it")
        found = [decided(pinned, one) for one in fresh] if check else keep(file, fresh, update)
        seen = {*chosen.failures, *(one.now.server for one in found)}
        left = sorted({*pinned.entries} - seen) if check else []
        document, failed = _compared(run, found, chosen, file, check, left)
        run.deliver(_for_ci(document, chosen, file) if run.form in OF_CI else document)
        _note(run, found, document, chosen, file, left)
        for name, items in ((one.server, relisting.of(one.server)) for one in taken):
            if items:
                keys = listed(
                    [quoted(key, 30) for key in sorted({one[1] or one[0] for one in items})]
                )
                run.terminal.note(f"{name}: {keys} will not stay as pinned: told anew each time")
    statuses = [error.status for error in chosen.failures.values()]
    if failed and not exit_zero:
        statuses.append(ExitStatus.FINDINGS)
    return worst(statuses)


def _plan(
    run: Run, chosen: Chosen, pinned: Lock, file: Path, gate: Gate, writes: str
) -> ExitStatus:
    """Show what would be started and written."""
    status = run.plan(chosen.targets, gate)
    for error in chosen.failures.values():
        run.terminal.note(f"{error.message}; {error.hint}")
    for name in chosen.names:
        known = name in pinned.entries
        what = f"is pinned in {file}; would be compared" if known else f"is not in {file}"
        run.terminal.note(f"{name}: {what}{writes if writes == ACCEPTS or not known else ''}")
    return status


def _fresh(
    run: Run,
    taken: Sequence[Snapshot],
    chosen: Chosen,
    file: Path,
    broken: Mapping[str, McpxError],
) -> Iterator[LockedServer]:
    """Each server as a lock has it; what could not be had is complained of and kept."""
    from mcpx.operations.locking import as_locked

    for one in taken:
        try:
            if error := one.error or broken.get(one.server):
                raise error
            if one.catalogue is not None:
                typed = chosen.typed[one.place]
                yield as_locked(one.catalogue, file, run.terminal.mask, typed)
        except McpxError as error:
            chosen.failures[one.server] = error
            run.terminal.complain(error, one.server)


def _compared(
    run: Run, found: Sequence[Pinned], chosen: Chosen, file: Path, check: bool, left: Sequence[str]
) -> tuple[Changes, bool]:
    """What is not as it was pinned, and whether that fails."""
    from mcpx.analyses.diff.lock_changes import missing, passes
    from mcpx.analyses.diff.servers import server_added
    from mcpx.operations.comparing import SchemaJudge
    from mcpx.operations.locking import Pin, compare
    from mcpx.reports.document import Changes
    from mcpx.schemas.workers import Worker

    compared = []
    failed = False
    with Worker() as worker:
        judge = SchemaJudge(worker)
        for one in found:
            name, typed = one.now.server, one.now.typed
            changes = compare(one, judge)
            if one.before is None:
                changes = [missing(name, typed)] if check else [server_added(name, "")]
            failed = failed or (
                not passes(changes) if one.pin is Pin.DIFFERS else check and one.pin is Pin.ADDED
            )
            compared.append(_side_by_side(run, one, changes, file))
    reasons = [(name, error.message) for name, error in chosen.failures.items()]
    reasons += [(name, "pinned, and not named") for name in left]
    not_examined = [{"server": name, "reason": reason} for name, reason in sorted(reasons)]
    return Changes("lock.check", compared, 0, not_examined), failed


def _side_by_side(run: Run, one: Pinned, changes: Sequence[Change], file: Path) -> Compared:
    from mcpx.catalogue.locked import catalogue_of
    from mcpx.operations.comparing import Server
    from mcpx.reports.document import Compared, Side

    def side(target: str, server: LockedServer | None) -> Side:
        if server is None:
            return Side(target)
        version = Server(server.server, catalogue_of(server)).version
        return Side(target, version, server.era.value if server.era else "")

    name, typed = one.now.server, one.now.typed
    call = run.call_again(typed) if typed else ""
    new = side(typed or name, one.now)
    return Compared(name, side(str(file), one.before), new, changes, call, str(file))


def _for_ci(document: Changes, chosen: Chosen, file: Path) -> Findings:
    """The changes as findings, each with its line in the lock.

    Servers that nobody asked about are not told as left out.
    """
    from mcpx.analyses.finding import Location
    from mcpx.catalogue.lock import LONGEST_LOCK
    from mcpx.catalogue.lock_lines import places
    from mcpx.files import read_text
    from mcpx.reports.changes import as_findings

    failed = [one for one in document.not_examined if one["server"] in chosen.failures]
    found = as_findings(replace(document, name="lock", not_examined=failed))
    lines = dict(places(read_text(str(file), LONGEST_LOCK))) if file.exists() else {}

    def line(subject: Subject) -> int | None:
        own = lines.get((subject.server, subject.kind, subject.key))
        return own or lines.get((subject.server, "server", ""))

    located = [
        replace(one, location=Location(str(file), line(one.subjects[0]))) for one in found.findings
    ]
    return replace(found, findings=located)


def _note(
    run: Run,
    found: Sequence[Pinned],
    document: Changes,
    chosen: Chosen,
    file: Path,
    left: Sequence[str],
) -> None:
    """Say of each server in a line what became of it, and how to accept what differs."""
    from mcpx.analyses.diff.lock_changes import passes
    from mcpx.operations.locking import Pin
    from mcpx.reports.changes import summary

    terminal = run.terminal
    for one, compared in zip(found, document.compared, strict=True):
        name, changes = one.now.server, compared.changes
        if one.pin is Pin.ADDED:
            is_new = any(change.rule.id == "server-added" for change in changes)
            terminal.note(f"{name}: {f'pinned in {file}' if is_new else f'not in {file}'}")
        elif one.before is None:
            terminal.note(f"{name}: pinned anew in {file}; what stood there could not be read")
        elif one.pin is Pin.ACCEPTED:
            terminal.note(f"{name}: accepted in {file}: {summary(changes)}")
        elif not passes(changes):
            terminal.note(f"{name}: not as pinned: {summary(changes)}")
            again = chosen.again(run, name)
            option = "" if str(file) == "mcpx.lock" else f" --lock {shlex.quote(str(file))}"
            terminal.note(f"to accept it: mcpx lock --update {again}{option}")
        elif changes:
            terminal.note(f"{name}: as pinned, but for {counted(len(changes), 'cosmetic change')}")
        else:
            terminal.note(f"{name}: as pinned")
    if left:
        terminal.note(f"not checked, as they are not named: {', '.join(left)}")
