"""How an entry of a registry is started or reached: a ``server.json`` as a ServerSpec; no I/O.

Source of the rules: schema 2025-12-11 (Package, RemoteTransport) and the commands that VS Code
makes of them (mcpManagementService.ts, 2026-11-22).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from mcpx.errors import McpxError, UsageError
from mcpx.masking import mask_arguments, mask_url
from mcpx.servers import ServerSpec, Transport
from mcpx.sources.additions import Additions, header_fault
from mcpx.sources.inputs import Answers, Missing, Way
from mcpx.sources.server_json import inner, kind_of, objects, text

VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_!-]*")
IDENTIFIERS = {
    "npm": re.compile(r"(?:@[0-9A-Za-z~_][\w.~-]*/)?[0-9A-Za-z~_][\w.~-]*", re.ASCII),
    "pypi": re.compile(r"[0-9A-Za-z](?:[\w.-]*[0-9A-Za-z])?", re.ASCII),
    "oci": re.compile(r"[0-9A-Za-z][\w./:@-]*", re.ASCII),
    "nuget": re.compile(r"[0-9A-Za-z_][\w.-]*", re.ASCII),
}
_LONGEST_IDENTIFIER = 400

# What a package of each kind is run with, the first that is installed.
RUNNERS = {"npm": ("npx",), "pypi": ("uvx", "pipx"), "oci": ("docker",), "nuget": ("dnx",)}
_INSTALL = {"npx": "install Node.js", "uvx": "pip install uv", "docker": "install Docker"}
_INSTALL |= {"dnx": "install .NET 10"}
# The domain label of the place where runners look for a kind of package anyway.
_HOME = {"npm": "npmjs", "pypi": "pypi", "nuget": "nuget"}
_REMOTES = {"streamable-http": Transport.HTTP, "sse": Transport.SSE}
_VARIABLE = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)


class UnusableError(Exception):
    """A package or remote cannot be used; the text says why, ``instead`` what can be done."""

    def __init__(self, reason: str, instead: str = "") -> None:
        super().__init__(reason)
        self.instead = instead


@dataclass(frozen=True, slots=True)
class Plan:
    """How a server would be started or reached; what is missing stands in it as ``<name>``.

    ``secrets`` are values in it that must not be shown, ``names`` what ``--set`` can give,
    ``answers_at`` the URL of a package that does not speak on stdio.
    """

    spec: ServerSpec
    missing: tuple[Missing, ...] = ()
    secrets: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    answers_at: str = ""


Installed = Callable[[str], bool]


def plan(
    server: Mapping[str, Any],
    name: str,
    given: Additions,
    installed: Installed,
    arguments: Sequence[str] = (),
) -> Plan:
    """The first package that speaks on stdio and whose runner is installed, else a remote.

    ``arguments`` are added to the package's own. Raises UsageError when none can be used, when
    required values are missing (all are named), or for a value that nothing asks for.
    """
    refused: list[UnusableError] = []
    for made in _plans(server, name, given, installed, refused):
        if made.spec.url and arguments:
            refused.append(UnusableError("its remote takes no arguments"))
            continue
        spec = replace(made.spec, args=(*made.spec.args, *arguments))
        return _complete(replace(made, spec=spec), name, given)
    reasons = [str(one) for one in refused] or ["it has no packages and no remotes"]
    raise UsageError(
        f"{name}: cannot be started or reached: {reasons[0]}",
        hint=next((one.instead for one in refused if one.instead), ""),
        details=reasons[1:],
    )


def _plans(
    server: Mapping[str, Any],
    name: str,
    given: Additions,
    installed: Installed,
    refused: list[UnusableError],
) -> Iterator[Plan]:
    for package in objects(server, "packages"):
        try:
            made = package_plan(package, name, given, installed)
            if made.answers_at:
                raise _not_on_stdio(package, made)
        except UnusableError as error:
            refused.append(error)
        else:
            yield made
    remotes = list(objects(server, "remotes"))
    for remote in sorted(remotes, key=lambda one: text(one, "type") != "streamable-http"):
        try:
            yield remote_plan(remote, name, given)
        except UnusableError as error:
            refused.append(error)


def _not_on_stdio(package: Mapping[str, Any], made: Plan) -> UnusableError:
    command = shlex.join([made.spec.command, *mask_arguments(made.spec.args)])
    for secret in made.secrets:
        command = command.replace(shlex.quote(secret), "…")
    names = ", ".join(made.spec.env)
    url = mask_url(made.answers_at)
    return UnusableError(
        f"its {kind_of(package)} package answers on {url}, not on stdio",
        instead=f"start it yourself{f', with {names} set' if names else ''}: {command}; "
        f"then: mcpx inspect {shlex.quote(url)}",
    )


def _complete(made: Plan, name: str, given: Additions) -> Plan:
    """The plan, if nothing is missing and nothing given for nothing. Raises UsageError."""
    unknown = [key for key in given.values if key not in made.names]
    if unknown:
        known = ", ".join(made.names)
        raise UsageError(
            f"--set {unknown[0]}: {name} asks for no such value",
            hint=f"it asks for {known}" if known else "it asks for none",
        )
    if made.missing:
        count = len(made.missing)
        raise UsageError(
            f"{name} needs {'a value' if count == 1 else f'{count} values'}: "
            + ", ".join(one.name for one in made.missing),
            hint="give " + " ".join(one.how for one in made.missing),
            details=[f"{one.how}  {one.about}".rstrip() for one in made.missing],
        )
    return made


def package_plan(
    package: Mapping[str, Any], name: str, given: Additions, installed: Installed
) -> Plan:
    """How one package is run. Raises UnusableError, and UsageError for a value not allowed."""
    kind = kind_of(package)
    if kind == "mcpb":
        raise UnusableError("its mcpb package is a file to download and install in a host")
    if kind not in RUNNERS:
        raise UnusableError(f"mcpx runs no packages of the kind {kind[:20]!r}")
    identifier, version = _checked(package, kind)
    runner = next((one for one in RUNNERS[kind] if installed(one)), "")
    if not runner:
        wanted = RUNNERS[kind][0]
        raise UnusableError(f"its {kind} package needs {wanted}", _INSTALL[wanted])
    answers = Answers(given)
    before = list(_arguments(package, "runtimeArguments", answers))
    after = list(_arguments(package, "packageArguments", answers))
    env = dict(_environment(package, answers))
    declared = [text(one, "name") for one in objects(package, "environmentVariables")]
    _refuse_bare_words(package, before, kind)
    if before and text(package, "runtimeHint") not in ("", *RUNNERS[kind]):
        raise UnusableError(f"its arguments are for another program than {runner}")
    if before and runner == "pipx":
        raise UnusableError("its arguments are for uvx, which is not installed", _INSTALL["uvx"])
    build = {"npm": _npx, "pypi": _python, "oci": _docker, "nuget": _dnx}[kind]
    # A container sees only what is passed on by name.
    passed = dict.fromkeys((*declared, *given.env))
    args = build(runner, before, identifier, version, tuple(passed), after)
    transport = inner(package, "transport")
    url = ""
    if text(transport, "type") not in ("", "stdio"):
        url = _local_url(text(transport, "url"), answers.values)
    if any("\0" in one for one in (*args, *env.values())):
        raise UnusableError(f"its {kind} package has a NUL in its arguments or variables")
    return _plan(ServerSpec(name, command=runner, args=tuple(args), env=env), answers, url)


def _plan(spec: ServerSpec, answers: Answers, url: str = "") -> Plan:
    return Plan(
        spec, tuple(answers.missing.values()), tuple(answers.secrets), tuple(answers.names), url
    )


def _checked(package: Mapping[str, Any], kind: str) -> tuple[str, str]:
    """Identifier and version, which cannot be taken for an option, a file or another package."""
    identifier, version = text(package, "identifier"), text(package, "version")
    if len(identifier) > _LONGEST_IDENTIFIER or not IDENTIFIERS[kind].fullmatch(identifier):
        raise UnusableError(f"its {kind} package has no valid identifier: {identifier[:80]!r}")
    if version and not VERSION.fullmatch(version):
        raise UnusableError(f"its {kind} package has no valid version: {version[:40]!r}")
    base = text(package, "registryBaseUrl")
    if kind == "oci":
        return _image(identifier, base), version
    if base and _HOME[kind] not in _host(base).split(".")[-2:-1]:
        raise UnusableError(
            f"its {kind} package is kept at {mask_url(base)[:200]}, not at the usual place",
            "mcpx runs no packages from there; its command can be typed after --",
        )
    return identifier, version


def _image(identifier: str, base: str) -> str:
    """The image with its host, which stood apart until 2025-10-11."""
    host = _host(base) if base.startswith("https://") else ""
    if base and not host:
        raise UnusableError(f"its oci package is kept at {mask_url(base)[:200]}, not on https")
    first = identifier.partition("/")[0]
    usual = not host or host == "docker.io" or host.endswith(".docker.io")
    named = "/" in identifier and ("." in first or ":" in first)
    return identifier if usual or named else f"{host}/{identifier}"


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _npx(
    _runner: str,
    before: list[str],
    identifier: str,
    version: str,
    _env: Sequence[str],
    after: list[str],
) -> list[str]:
    agreed = [] if {"-y", "--yes"} & set(before) else ["-y"]
    named = _names_package(before, ("--package", "-p"))
    return [*before, *agreed, _pinned(identifier, "" if named else version), *after]


def _python(
    runner: str,
    before: list[str],
    identifier: str,
    version: str,
    _env: Sequence[str],
    after: list[str],
) -> list[str]:
    if runner == "pipx":
        return pipx_words(identifier, "", version, after)
    # With --from the word is a program of that package, which has no version of its own.
    named = _names_package(before, ("--from",))
    return [*before, _pinned(identifier, "" if named else version), *after]


def pipx_words(identifier: str, extras: str, version: str, after: Sequence[str]) -> list[str]:
    """The arguments with which pipx runs a version of a package."""
    pinned = f"=={version}" if version and version != "latest" else ""
    return ["run", "--spec", f"{identifier}{extras}{pinned}", identifier, *after]


def _docker(
    _runner: str,
    before: list[str],
    identifier: str,
    version: str,
    env: Sequence[str],
    after: list[str],
) -> list[str]:
    before = before[1:] if before[:1] == ["run"] else before
    usual = [one for one in ("-i", "--rm") if one not in before]
    passed = [word for name in env for word in ("-e", name)]
    tagged = "@" in identifier or ":" in identifier.rpartition("/")[2]
    image = identifier if tagged or not version else f"{identifier}:{version}"
    return ["run", *usual, *before, *passed, image, *after]


def _dnx(
    _runner: str,
    before: list[str],
    identifier: str,
    version: str,
    _env: Sequence[str],
    after: list[str],
) -> list[str]:
    return [*before, _pinned(identifier, version), "--yes", *(["--", *after] if after else [])]


def _pinned(identifier: str, version: str) -> str:
    return f"{identifier}@{version}" if version else identifier


def _names_package(words: Sequence[str], options: Sequence[str]) -> bool:
    return any(word.partition("=")[0] in options for word in words)


def _arguments(package: Mapping[str, Any], name: str, answers: Answers) -> Iterator[str]:
    for number, raw in enumerate(objects(package, name), 1):
        if text(raw, "type") != "named":
            hint = text(raw, "valueHint") or f"argument{number}"
            yield from answers.all(raw, hint)
            continue
        option = text(raw, "name")
        if not option:
            raise UnusableError("a named argument of its package has no name")
        if raw.keys() <= {"type", "name"}:
            yield option  # nothing can be given with it
            continue
        for value in answers.all(raw, text(raw, "valueHint") or option.lstrip("-")):
            answers.values |= {option: value, option.lstrip("-"): value}
            yield option
            if value:
                yield value


def _environment(package: Mapping[str, Any], answers: Answers) -> Iterator[tuple[str, str]]:
    for raw in objects(package, "environmentVariables"):
        name = text(raw, "name")
        if not _VARIABLE.fullmatch(name):
            raise UnusableError(f"a variable of its package has no valid name: {name[:40]!r}")
        for value in answers.all(raw, name, Way.ENV):
            yield name, value


def _refuse_bare_words(package: Mapping[str, Any], words: Sequence[str], kind: str) -> None:
    """A word before the package that is no option's would be run in its place."""
    positional = [raw for raw in objects(package, "runtimeArguments") if text(raw, "name") == ""]
    bare = {text(raw, "value") for raw in positional}
    for place, word in enumerate(words):
        option = word.startswith("-") or (kind == "oci" and (place, word) == (0, "run"))
        if not option and word in bare and not (place and words[place - 1].startswith("-")):
            raise UnusableError(f"its {kind} package names another program: {word[:80]!r}")


def _local_url(template: str, values: Mapping[str, str]) -> str:
    """Where a started package answers: its arguments and variables fill the URL."""
    known = {name: {"value": value} for name, value in values.items()}
    return Answers(Additions()).filled(template, known) or template


def remote_plan(remote: Mapping[str, Any], name: str, given: Additions) -> Plan:
    """How one remote is reached. Raises UnusableError, and UsageError for a value not allowed."""
    transport = _REMOTES.get(text(remote, "type"))
    if transport is None:
        raise UnusableError(f"its remote is of the kind {text(remote, 'type')[:20]!r}")
    answers = Answers(given)
    url = answers.filled(text(remote, "url"), inner(remote, "variables")) or ""
    headers: dict[str, str] = {}
    for raw in objects(remote, "headers"):
        header = text(raw, "name")
        for value in answers.all(raw, header, Way.HEADER):
            if fault := header_fault(header, value):
                raise UnusableError(f"a header of its remote {fault}: {header[:40]!r}")
            headers[header] = value
    if not answers.missing:
        from mcpx.web import checked_url

        try:
            checked_url(url)
        except McpxError as error:
            raise UnusableError(f"its remote has no valid URL: {error.message}") from error
    return _plan(ServerSpec(name, transport, url=url, headers=headers), answers)
