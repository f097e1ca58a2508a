"""What is wrong with how hosts' files define servers; no secret is ever in what is said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from mcpx.analyses.configuration_rules import CONFIGURATION
from mcpx.analyses.finding import Finding, Location, Subject, listed
from mcpx.analyses.launches import shell, unpinned
from mcpx.masking import is_secret_name, is_token, mask_arguments, mask_text
from mcpx.servers import ServerSpec

_RULES = {rule.id: rule for rule in CONFIGURATION}


@dataclass(frozen=True, slots=True)
class Configured:
    """A server as a host's file has it, before variables are replaced.

    ``hosts`` read that file, ``location`` is the entry in it, ``writable_by_others`` says whether
    other users of the machine may write the file.
    """

    spec: ServerSpec
    hosts: tuple[str, ...]
    location: Location | None
    writable_by_others: bool


def configuration_findings(servers: Sequence[Configured]) -> Iterator[Finding]:
    """What is wrong with each definition by itself, and with the files they stand in.

    Rules: ``config-secret`` (one for each place), ``config-unpinned``, ``config-shell``,
    ``config-plain-http``; ``config-writable`` once for a file.
    """
    for one in servers:
        spec = one.spec
        for kind, name in _secrets(spec):
            where = f"the {kind} {mask_text(name)}" if name else f"the {kind}"
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
    yield from _writable(servers)


def _finding(one: Configured, rule: str, message: str, place: str = "") -> Finding:
    subject = Subject("server", "", one.spec.name)
    identity = (subject, Subject("place", place, one.spec.name)) if place else None
    return Finding(
        _RULES[rule], message, (subject,), one.hosts, location=one.location, identity=identity
    )


def _writable(servers: Sequence[Configured]) -> Iterator[Finding]:
    files: dict[str, list[Configured]] = {}
    for one in servers:
        if one.writable_by_others:
            path = one.location.path if one.location else ""
            files.setdefault(path, []).append(one)
    for path, some in files.items():
        names = sorted({one.spec.name for one in some})
        hosts = tuple(sorted({host for one in some for host in one.hosts}))
        yield Finding(
            _RULES["config-writable"],
            f"other users may write {path or 'the file'} that defines {listed(names)}",
            tuple(Subject("server", "", name) for name in names),
            hosts,
            location=Location(path) if path else None,
            identity=(Subject("file", path, ""),),
        )


# What stands for a value that is elsewhere, or for one that is still to be written in.
_REFERENCE = re.compile(
    r"\$\{\{[^}]*\}\}|\$\{[^}]+\}|\$[A-Za-z_]\w*|%[A-Za-z_]\w*%|\{\{?[\w:./ -]+\}?\}"
    r"|<[^<>]*>|\[[\w -]+\]"
    r"|(?:op|keyring|vault|secret|env|file)://?.*|(?:env|input|keychain|file|secret):.*"
)
_PLACEHOLDER = re.compile(
    r"your[-_ ].*|.*[-_ ]here|x{3,}|\*+|\.{3,}|change[-_ ]?me|todo"
    r"|(?:my|the|insert|enter|replace|add)[-_ ].*|example|placeholder|dummy"
    r"|none|null|true|false|required|optional|disabled|enabled"
    r"|(?:sk|pk|ghp|pat|xox[bp])[-_](?:x+|\.+|your.*|\*+)",
    re.IGNORECASE | re.DOTALL,
)
# Variables whose names hold a secret's name and that say where it is, or how it is had.
_ABOUT = re.compile(
    r"(?:path|file|dir|directory|url|uri|endpoint|host|type|method|mode|scheme|provider|enabled?"
    r"|required|name|id|limit|ttl|timeout|expiry|domain|scopes?|realm|audience|issuer|tokens)$",
    re.IGNORECASE,
)
_ON_DISK = re.compile(r"(?:[~.]{0,2}/[\w.@ /-]*|[A-Za-z]:[\\/].*)", re.DOTALL)
_SCHEMES = re.compile(r"(?:bearer|basic|token|apikey|api-key)\s+", re.IGNORECASE)
_SHORTEST = 6
# Of a value, so many letters are looked at.
_LONGEST = 4000
_USER = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#\s]*:(?P<password>[^/?#\s]+)@")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")
_RANDOM_PART = re.compile(
    r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])"
    r"(?:[A-Za-z0-9_=]{20,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})",
    re.IGNORECASE,
)
_LOCAL_NAMES = ("localhost", "host.docker.internal", "::1", "0.0.0.0")


def _secrets(spec: ServerSpec) -> Iterator[tuple[str, str]]:
    """Where secrets are written out: the kind of place and its name."""
    for name, value in spec.env.items():
        if _is_secret(name, value):
            yield "variable", name
    for name, value in spec.headers.items():
        if _is_secret(name, _SCHEMES.sub("", value.strip(), count=1)):
            yield "header", name
    masked = mask_arguments(spec.args)
    before = ""
    for number, (argument, shown) in enumerate(zip(spec.args, masked, strict=True), start=1):
        if argument != shown and _is_argument_secret(before, argument[:_LONGEST]):
            yield "argument", str(number)
        before = argument
    if spec.url and _is_secret_url(spec.url[:_LONGEST]):
        yield "URL", ""


def _is_secret(name: str, value: str) -> bool:
    """Whether a value under a name is a secret that is written out."""
    value = value[:_LONGEST].strip()
    if not _is_literal(value):
        return False
    if is_token(value) or _URL.fullmatch(value):
        return is_token(value) or _is_secret_url(value)
    if is_secret_name(name) and not _ABOUT.search(name):
        return len(value) >= _SHORTEST and not _ON_DISK.fullmatch(value)
    return _has_token(value)


def _is_literal(value: str) -> bool:
    """Whether something is written out, not referred to nor left to be filled in."""
    return bool(_REFERENCE.sub("", value).strip()) and not _PLACEHOLDER.fullmatch(value)


def _has_token(text: str) -> bool:
    """Whether a longer text holds a token by its shape, or a URL with a secret in it."""
    if any(_is_secret_url(url) for url in _URL.findall(text)):
        return True
    without = _URL.sub("", text)
    words = re.split(r"[\s\"',;=:]+", without)
    return any(is_token(word) for word in words)


def _is_argument_secret(before: str, argument: str) -> bool:
    """Whether an argument that is masked holds a secret, by the option before it or its own."""
    name, sign, value = argument.partition("=")
    if before in ("-e", "--env") or name == "--env":
        name, _, value = (value if name == "--env" else argument).partition("=")
        return _is_secret(name, value)
    if before in ("-H", "--header"):
        name, _, value = argument.partition(":")
        return _is_secret(name, _SCHEMES.sub("", value.strip(), count=1))
    if before.startswith("-") and "=" not in before and is_secret_name(before.lstrip("-")):
        return _is_secret(before.lstrip("-"), argument)
    if before in ("-u", "--user"):
        return _is_secret("password", argument.partition(":")[2])
    if sign and not _URL.match(argument):
        return _is_secret(name.lstrip("-"), value)
    return _is_literal(argument) and _has_token(argument)


def _is_secret_url(url: str) -> bool:
    """Whether a URL holds a password, a secret in its query, or a path that nobody could guess."""
    user = _USER.match(url)
    if user and _is_literal(user["password"]):
        return True
    head, _, query = url.partition("?")
    for pair in query.partition("#")[0].split("&"):
        name, _, value = pair.partition("=")
        named = is_secret_name(name) and not _ABOUT.search(name) and not _URL.match(value)
        if is_token(value) or (named and len(value) >= _SHORTEST and _is_literal(value)):
            return True
    path = head.partition("://")[2].partition("/")[2]
    return any(is_token(part) or _RANDOM_PART.fullmatch(part) for part in path.split("/"))


def _plain_host(url: str) -> str:
    """The host that a URL reaches without encryption, beyond this machine; else empty."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "ws") or not host or not _is_literal(host):
        return ""
    local = (
        host in _LOCAL_NAMES or host.endswith(".localhost") or re.match(r"127(?:\.\d+){3}$", host)
    )
    return "" if local else host
