"""What is wrong with how hosts' files define servers; no secret is ever in what is said."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from mcpx.analyses.configuration_rules import CONFIGURATION
from mcpx.analyses.conflict_rules import CONFLICTS
from mcpx.analyses.contract_rules import CONTRACTS
from mcpx.analyses.finding import Finding, Location, Severity, Subject, listed
from mcpx.analyses.launches import shell
from mcpx.analyses.literal_secrets import literal_secrets
from mcpx.analyses.packages import unpinned
from mcpx.masking import mask_text
from mcpx.servers import ServerSpec, Transport

_RULES = {rule.id: rule for rule in (*CONFIGURATION, *CONFLICTS, *CONTRACTS)}


@dataclass(frozen=True, slots=True)
class Configured:
    """A server as a host's file has it, before variables are replaced.

    ``hosts`` read that file, ``location`` is the entry in it, ``writable_by_others`` says whether
    other users of the machine may write the file. ``file`` names it as on every machine;
    ``used_by`` are the hosts that use this definition and no other of the name; ``same_as`` is
    equal for definitions of the same server.
    """

    spec: ServerSpec
    hosts: tuple[str, ...]
    location: Location | None
    writable_by_others: bool
    file: str = ""
    used_by: tuple[str, ...] = ()
    same_as: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """A host's file, or an entry in it, that cannot be read; ``why`` quotes nothing of it."""

    why: str
    hosts: tuple[str, ...]
    location: Location
    writable_by_others: bool
    file: str
    entry: str = ""


def configuration_findings(
    servers: Sequence[Configured], unread: Sequence[Unread] = ()
) -> Iterator[Finding]:
    """What is wrong with each definition by itself, and with the files they stand in.

    Rules: ``config-secret`` (one for each place), ``config-unpinned``, ``config-shell``,
    ``config-plain-http``, ``deprecated-sse``; ``server-twice`` once for hosts that have a server
    under the same keys; ``config-unreadable``, and ``config-writable`` once for a file.
    """
    for one in servers:
        spec = one.spec
        for kind, name in literal_secrets(spec):
            where = f"the {kind} {mask_text(name)}" if name else f"the {kind}"
            if kind == "argument" and (option := _option(spec.args, name)):
                where += f" ({mask_text(option)})"
            yield _finding(
                one, "config-secret", f"{spec.name} has a secret in {where}", f"{kind} {name}"
            )
        package = unpinned(spec.command, spec.args)
        if package:
            what = f"{spec.name} runs {mask_text(package)}, of no fixed version"
            yield _finding(one, "config-unpinned", what)
        through = shell(spec.command, spec.args)
        if through:
            yield _finding(one, "config-shell", f"{spec.name} is started through {through}")
        host = _plain_host(spec.url)
        if host and spec.headers:
            names = listed(sorted(spec.headers))
            what = f"{spec.name} sends {names} to {host} without encryption"
            yield _finding(one, "config-plain-http", what)
        if spec.transport is Transport.SSE:
            yield _finding(one, "deprecated-sse", reached_over_sse(spec.name))
    yield from _twice(servers)
    yield from map(_unread, unread)
    yield from _writable(servers, unread)


def reached_over_sse(server: str) -> str:
    """What ``deprecated-sse`` says of a server."""
    return f"{server} is reached over HTTP+SSE, deprecated since 2025-03-26"


def _option(args: Sequence[str], number: str) -> str:
    """What names the argument of this number (from 1): its option, the variable or the header."""
    at = int(number) - 1
    before = args[at - 1] if at else ""
    name = re.match(r"-{0,2}[A-Za-z][\w.-]*(?==|:\s)", args[at])
    given = before if before.startswith("-") and "=" not in before else ""
    return " ".join(filter(None, (given, name[0] if name else "")))


def _finding(one: Configured, rule: str, message: str, place: str = "") -> Finding:
    name = one.spec.name
    subject = Subject("server", "", name)
    apart = {"file": one.file, "place": place}
    identity = (subject, *(Subject(kind, key, name) for kind, key in apart.items() if key))
    return Finding(
        _RULES[rule], message, (subject,), one.hosts, location=one.location, identity=identity
    )


def _twice(servers: Sequence[Configured]) -> Iterator[Finding]:
    """Servers that a host has under more than one key."""
    alike: dict[tuple[str, str], list[Configured]] = {}
    for one in servers:
        for host in one.used_by if one.same_as else ():
            alike.setdefault((one.same_as, host), []).append(one)
    together: dict[tuple[str, ...], dict[str, Configured]] = {}
    for (_, host), some in alike.items():
        keys = sorted({one.spec.name for one in some})
        if len(keys) > 1:
            together.setdefault(tuple(keys), {})[host] = some[-1]
    for twice, hosts in together.items():
        yield Finding(
            _RULES["server-twice"],
            f"{listed(twice)} start one command or reach one address",
            _servers(twice),
            tuple(sorted(hosts)),
            location=next(iter(hosts.values())).location,
        )


def _servers(names: Iterable[str]) -> tuple[Subject, ...]:
    return tuple(Subject("server", "", name) for name in names)


def _unread(one: Unread) -> Finding:
    # A server that cannot be read costs that one alone.
    entry = f"{mask_text(one.entry)}: " if one.entry else ""
    return Finding(
        _RULES["config-unreadable"],
        f"{entry}{one.why}",
        _servers((one.entry,) if one.entry else ()),
        one.hosts,
        location=one.location,
        given=Severity.WARNING if one.entry else None,
        identity=(Subject("file", one.file, ""), Subject("server", "", one.entry)),
    )


def _writable(servers: Sequence[Configured], unread: Sequence[Unread]) -> Iterator[Finding]:
    files: dict[str, list[Configured | Unread]] = {}
    placed: list[Configured | Unread] = [*servers, *unread]
    for one in placed:
        if one.writable_by_others:
            path = one.location.path if one.location else ""
            files.setdefault(path, []).append(one)
    for path, some in files.items():
        names = sorted({one.spec.name for one in some if isinstance(one, Configured)})
        hosts = tuple(sorted({host for one in some for host in one.hosts}))
        defines = f" that defines {listed(names)}" if names else ""
        yield Finding(
            _RULES["config-writable"],
            f"other users may write the file{defines}",
            _servers(names),
            hosts,
            location=Location(path) if path else None,
            hint=f"chmod go-w {shlex.quote(path)}" if path else "",
            identity=(Subject("file", some[0].file or path, ""),),
        )


_LOCAL_NAMES = ("localhost", "host.docker.internal", "::1", "0.0.0.0")


def _plain_host(url: str) -> str:
    """The host that a URL reaches without encryption, beyond this machine; else empty."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return ""
    known = host and not any(sign in host for sign in "${%<")
    if parts.scheme.lower() not in ("http", "ws") or not known:
        return ""
    local = (
        host in _LOCAL_NAMES or host.endswith(".localhost") or re.match(r"127(?:\.\d+){3}$", host)
    )
    return "" if local else host
