"""``mcpx discover``: the servers configured here, in a registry, or published by a domain."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from mcpx.commands import completing, options
from mcpx.commands.run import Run, command
from mcpx.errors import ExitStatus, Fault, ServerError, UsageError
from mcpx.masking import mask_url
from mcpx.terminal import counted

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@command(app)
def discover(
    run: Run,
    host: Annotated[
        list[str] | None,
        typer.Option(
            "--host",
            metavar="ID",
            help="Only this host's files.",
            autocompletion=completing.hosts,
        ),
    ] = None,
    scope: Annotated[
        list[str] | None, typer.Option("--scope", metavar="SCOPE", help="Only this scope.")
    ] = None,
    hosts: Annotated[
        bool, typer.Option("--hosts", help="Show what is looked for, where, and whether found.")
    ] = False,
    system: Annotated[
        str | None,
        typer.Option("--os", metavar="OS", help="Paths of linux, macos or windows."),
    ] = None,
    home: Annotated[
        Path | None, typer.Option("--home", metavar="FOLDER", help="Another home folder.")
    ] = None,
    project: Annotated[
        Path | None, typer.Option("--project", metavar="FOLDER", help="Another project folder.")
    ] = None,
    registry: Annotated[
        str | None,
        typer.Option(
            "--registry", metavar="QUERY", help="Search the registry instead; '' finds all."
        ),
    ] = None,
    most: Annotated[
        int | None, typer.Option("--max", metavar="N", help="With --registry: at most N servers.")
    ] = None,
    updated_since: Annotated[
        str | None,
        typer.Option(
            "--updated-since", metavar="TIME", help="With --registry: what changed after TIME."
        ),
    ] = None,
    registry_url: Annotated[
        str | None,
        typer.Option("--registry-url", metavar="URL", help="With --registry: another registry."),
    ] = None,
    refresh: options.RefreshOption = False,
    domain: Annotated[
        str | None,
        typer.Option(
            "--domain", metavar="NAME", help="Look at what a host or URL publishes instead."
        ),
    ] = None,
) -> ExitStatus:
    """Show the MCP servers configured on this machine.

    Reads the configuration files of 56 host programs in the home and project folder. Nothing is
    started, fetched or expanded, and no secret is shown.

    With --registry the registry of MCP servers is asked instead, with --domain a host: for its
    catalogue, server cards and sign-in metadata. What they say is a claim of whoever says it.
    """
    here = {
        "--host": host,
        "--scope": scope,
        "--hosts": hosts,
        "--os": system,
        "--home": home,
        "--project": project,
    }
    there = {
        "--max": most,
        "--updated-since": updated_since,
        "--registry-url": registry_url,
        "--refresh": refresh,
    }
    if registry is not None:
        _refuse("--registry", {**here, "--domain": domain})
        return _registry(run, registry, most, updated_since, registry_url, refresh)
    if given := [name for name, value in there.items() if value not in (None, False)]:
        raise UsageError(f"{given[0]} goes with --registry", hint="mcpx discover --registry QUERY")
    if domain is not None:
        _refuse("--domain", here)
        return _domain(run, domain)
    return _here(run, host, scope, hosts, system, home, project)


def _refuse(option: str, others: Mapping[str, object]) -> None:
    if given := [other for other, value in others.items() if value]:
        raise UsageError(f"{option} and {given[0]} cannot both be")


def _here(
    run: Run,
    host: list[str] | None,
    scope: list[str] | None,
    hosts: bool,
    system: str | None,
    home: Path | None,
    project: Path | None,
) -> ExitStatus:
    from mcpx.reports.definitions import configured, looked_for
    from mcpx.sources import discovery

    for option, folder in (("--home", home), ("--project", project)):
        if folder is not None and not os.path.isdir(folder):  # noqa: PTH112 - never raises
            raise UsageError(f"{option} {folder}: no such folder")
    found = discovery.discover(system=system, home=home, project=project, hosts=host, scopes=scope)
    for one in found.definitions:
        run.terminal.mask.learn(one.spec)
    if hosts:
        run.deliver(looked_for(found.files, home or Path.home()))
        return ExitStatus.OK
    run.deliver(configured(found, home or Path.home()))
    present = sum(one.found for one in found.files)
    run.terminal.note(
        f"{counted(len(found.definitions), 'definition')} in {counted(present, 'file')}, "
        f"{counted(len(found.problems), 'problem')}"
        if found.definitions or found.problems
        else "no servers found; mcpx discover --hosts shows where was looked"
    )
    return ExitStatus.OK


def _registry(
    run: Run,
    text: str,
    most: int | None,
    updated_since: str | None,
    registry_url: str | None,
    refresh: bool,
) -> ExitStatus:
    from mcpx import settings
    from mcpx.reports.registry import registered
    from mcpx.retry import Retries
    from mcpx.sources.fetch import Fetcher
    from mcpx.sources.registry import MOST, Query, Registry, since
    from mcpx.sources.registry_cache import Cache

    if most is not None and most < 1:
        raise UsageError(f"--max {most}: must be at least 1")
    query = Query(text, since(updated_since) if updated_since else "", most or MOST)
    found = settings.load(registry_url=registry_url)
    retries = Retries(told=run.repeated)
    with (
        run.terminal.progress() as progress,
        Fetcher(deadline=found.connect_deadline(), retries=retries) as fetch,
    ):
        registry = Registry(found.registry_url, fetch, Cache(), refresh, progress)
        result = registry.search(query)
    run.deliver(registered(result, query, found.registry_url))
    for note in result.notes:
        run.terminal.say(note)
    servers = counted(len(result.entries), "server")
    run.terminal.note(
        f"{servers}, {counted(len(result.problems), 'problem')} at {registry.host}"
        + (f"; next: mcpx inspect registry:{result.entries[0].name}" if result.entries else "")
    )
    return ExitStatus.OK


def _domain(run: Run, name: str) -> ExitStatus:
    from mcpx.reports.domain import published
    from mcpx.retry import Retries
    from mcpx.sources import domains
    from mcpx.sources.addresses import leads_to_private
    from mcpx.sources.fetch import Fetcher

    base = domains.address(name)
    public = not leads_to_private(urlsplit(base).hostname or "")
    retries = Retries(told=run.repeated)
    with (
        run.terminal.progress() as progress,
        Fetcher(domains.LARGEST, domains.EACH, public, retries) as fetch,
    ):
        progress(f"looking at {base}")
        found = domains.look(base, fetch.json, public)
    run.deliver(published(found))
    if found.fault is not None:
        failed = counted(len(found.problems), "document")
        raise ServerError(
            # Nobody need sign in to be told that there is nothing.
            Fault.HTTP if found.fault is Fault.AUTH else found.fault,
            f"{base} told nothing: {failed} could not be read",
            hint="the problems say why; if you know its server's URL: mcpx inspect https://HOST/mcp",
        )
    # Neither a URL with variables nor one with a secret in it can be repeated as it is.
    urls = [one.url for one in found.servers if "{" not in one.url]
    reachable = [url for url in urls if mask_url(url) == url]
    if reachable:
        claims = "a card is a claim" if len(found.servers) == 1 else "cards are claims"
        servers = counted(len(found.servers), "server")
        run.terminal.note(
            f"{servers} advertised; {claims}; next: mcpx inspect {shlex.quote(reachable[0])}"
        )
    else:
        run.terminal.note(
            f"{base} advertises no server that can be reached; "
            "if you know its URL: mcpx inspect https://HOST/mcp"
        )
    return ExitStatus.OK
