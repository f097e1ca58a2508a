"""``mcpx changelog``: release notes of a published server's tools, version by version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from mcpx.commands.run import Connects, Run, command
from mcpx.errors import ExitStatus, McpxError, UsageError
from mcpx.reports.formats import OF_NOTES, Format
from mcpx.terminal import counted

if TYPE_CHECKING:
    from mcpx.operations.comparing import Server
    from mcpx.operations.histories import Attempt
    from mcpx.reports.document import Compared
    from mcpx.servers import ServerSpec
    from mcpx.sources.versions import Package, Version
    from mcpx.trust import Gate

app = typer.Typer(rich_markup_mode=None, add_completion=False)
_MOST = 50


@command(app, formats=OF_NOTES, connects=Connects.TO_MANY)
def changelog(
    run: Run,
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET",
            help="npm:PACKAGE, pypi:PACKAGE or registry:NAME, without a version; in quotes also"
            " with arguments.",
        ),
    ],
    begin: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="VERSION", help="Changes since this version (the one before --to)."
        ),
    ] = None,
    end: Annotated[
        str | None,
        typer.Option("--to", metavar="VERSION", help="Up to this version (the newest)."),
    ] = None,
    most: Annotated[
        int, typer.Option("--most", metavar="N", min=2, help="Start at most so many versions.")
    ] = _MOST,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Callers send all that was accepted, declared or not."),
    ] = False,
) -> ExitStatus:
    """Write release notes of a published server, by version.

    The package manager (npm, pip) or the registry tells the versions; each is started as mcpx
    inspect does, and compared with the one before it. Alphas and the like are left out unless
    they are named. The result is Markdown, newest first.

      mcpx changelog npm:@scope/server
      mcpx changelog pypi:some-server --from 1.2.0 --to 2.0.0 -o CHANGELOG.md
      mcpx changelog 'npm:@scope/server /some/folder' --from 1.2.0
    """
    from mcpx.commands.changed import compared, heeded
    from mcpx.operations.comparing import Relisting, SchemaJudge, Server, changes
    from mcpx.operations.histories import Attempt, releases, span
    from mcpx.operations.judging import judgement
    from mcpx.reports.changelog import summary
    from mcpx.reports.document import Changelog
    from mcpx.schemas.workers import Worker
    from mcpx.sources.versions import package

    if run.command:
        raise UsageError(
            "takes no command after --", hint="name npm:PACKAGE, pypi:PACKAGE or registry:NAME"
        )
    named = package(target)
    users = judgement()
    gate = run.gate()
    chosen = span(str(named), _published(run, named), begin, end, most)
    if chosen.left_out:
        run.terminal.say(_left_out(chosen.left_out, len(chosen.versions)))
    specs, refused = _specs(run, named, chosen.versions, gate)
    if run.connecting.dry_run:
        _complain(run, refused)
        if run.form is Format.MARKDOWN and run.output is None:
            run.form = Format.TABLE  # a plan is to be read, not to be pasted
        return run.plan(list(specs.values()), gate)
    relisting = Relisting()
    with run.snapshots(list(specs.values()), gate, then=relisting) as taken, Worker() as worker:
        seen = dict(zip(specs, taken, strict=True))
        failed = refused | {
            version: one.error for version, one in seen.items() if one.error is not None
        }
        _complain(run, failed)

        def attempt(version: Version) -> Attempt:
            one = seen.get(version.text)
            if one is None or one.catalogue is None or one.catalogue.incomplete:
                return Attempt(version, error=failed.get(version.text))
            server = Server(named.name, one.catalogue, relisting.of(one.server))
            return Attempt(version, server)

        judge = SchemaJudge(worker)
        ignored = 0

        def compare(was: Version, old: Server, now: Version, new: Server) -> Compared:
            nonlocal ignored
            told, more = heeded(changes(old, new, judge, strict), users)
            ignored += more
            words = named.word(was.text), named.word(now.text)
            return compared(old, new, words, told, run.call_again(words[1]))

        found = list(releases([attempt(one) for one in chosen.versions], compare))
        document = Changelog(
            named.name,
            str(named),
            chosen.versions[0].text,
            found[::-1],
            [one.text for one in chosen.left_out],
            ignored,
        )
        run.deliver(document)
        run.terminal.note(summary(document))
    unheard = any(one.reason for one in found)
    return ExitStatus.UNREACHABLE if unheard else ExitStatus.OK


def _published(run: Run, named: Package) -> list[Version]:
    """All versions, oldest first. Raises UsageError and ServerError."""
    from mcpx.sources import versions

    given = run.additions()
    with run.terminal.progress() as progress:
        progress(f"asking for the versions of {named}")
        if named.scheme == "registry":
            from mcpx.sources.published import registered_versions

            return versions.of_registry(registered_versions(named.name, given))
        there = versions.shell(given.env, given.cwd, run.settings().inherit_env)
        of = versions.of_npm if named.scheme == "npm" else versions.of_pypi
        return of(named.name, there)


def _specs(
    run: Run, named: Package, chosen: Sequence[Version], gate: Gate
) -> tuple[dict[str, ServerSpec], dict[str, McpxError]]:
    """How each version is started, and why others cannot be, by version.

    Versions of one package are started alike, so that what is wrong with one is raised; entries
    of a registry differ.
    """
    from mcpx.servers import ServerSpec

    specs: dict[str, ServerSpec] = {}
    refused: dict[str, McpxError] = {}
    for version in chosen:
        try:
            (spec,) = run.targets([named.word(version.text)], gate)
        except McpxError as error:
            if named.scheme != "registry":
                raise
            refused[version.text] = error
            continue
        assert isinstance(spec, ServerSpec)
        if spec.url:
            raise UsageError(
                f"{named}: version {version.text} is reached at a URL, where only the newest is",
                hint="mcpx lock pins what it offers; mcpx diff compares catalogues that were kept",
            )
        specs[version.text] = replace(spec, name=f"{named.name}@{version.text}")
    return specs, refused


def _left_out(versions: Sequence[Version], others: int) -> str:
    first, last = versions[0].text, versions[-1].text
    which = f"{first} to {last}" if first != last else first
    number = counted(len(versions), "version")
    return f"{number} not looked at ({which}); --most {others + len(versions)} takes all"


def _complain(run: Run, failed: dict[str, McpxError]) -> None:
    """Show each error once, with the versions that it befell."""
    from mcpx.operations.histories import reason

    alike: dict[str, list[str]] = {}
    for version, error in failed.items():
        alike.setdefault(reason(error), []).append(version)
    for versions in alike.values():
        run.terminal.complain(failed[versions[0]], versions[0])
        if others := versions[1:]:
            run.terminal.say(f"the same befell {', '.join(others)}")
