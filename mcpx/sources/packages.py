"""How an entry of a registry is started or reached: a ``server.json`` as a ServerSpec; no I/O.

Source of the rules: schema 2025-12-11, Package and RemoteTransport.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mcpx.errors import McpxError, UsageError
from mcpx.masking import mask_arguments, mask_text, mask_url
from mcpx.servers import ServerSpec, Transport
from mcpx.sources import runners
from mcpx.sources.additions import Additions, header_fault
from mcpx.sources.inputs import Answers, Missing, Way
from mcpx.sources.runners import Installed, UnusableError, Words
from mcpx.sources.runtime import Package, deciding_variable, refused_argument
from mcpx.sources.server_json import inner, kind_of, objects, text

_REMOTES = {"streamable-http": Transport.HTTP, "sse": Transport.SSE}
_VARIABLE = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)


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


def plan(
    server: Mapping[str, Any],
    name: str,
    given: Additions,
    installed: Installed,
    arguments: Sequence[str] = (),
) -> Plan:
    """The first package that speaks on stdio and whose runner is installed, else a remote.

    ``arguments`` are added to the package's own. Raises UsageError when none can be used, when
    required values are missing (all are named), or for a value that is not allowed.
    """
    refused: list[UnusableError] = []
    for made in _plans(server, name, given, installed, refused):
        if made.spec.url and arguments:
            refused.append(UnusableError("its remote takes no arguments"))
            continue
        spec = replace(made.spec, args=(*made.spec.args, *arguments))
        return _complete(replace(made, spec=spec), name)
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
    names = ", ".join(made.spec.env)
    url = mask_url(made.answers_at)
    return UnusableError(
        f"its {kind_of(package)} package answers on {url}, not on stdio",
        instead=f"start it yourself{f', with {names} set' if names else ''}: {_typed(made)}; "
        f"then: mcpx inspect {shlex.quote(url)}",
    )


def _typed(made: Plan) -> str:
    """The command as a shell takes it, without secrets."""
    command = shlex.join([made.spec.command, *mask_arguments(made.spec.args)])
    for secret in made.secrets:
        command = command.replace(shlex.quote(secret), "…")
    return command


def _complete(made: Plan, name: str) -> Plan:
    """The plan, if nothing is missing. Raises UsageError."""
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
    identifier, version = runners.checked(package, kind)
    runner = runners.runner_of(kind, installed)
    answers = Answers(given)
    before = tuple(_arguments(package, "runtimeArguments", answers))
    after = tuple(_arguments(package, "packageArguments", answers))
    env = dict(_environment(package, answers))
    declared = [text(one, "name") for one in objects(package, "environmentVariables")]
    # A container sees only what is passed on by name.
    passed = tuple(dict.fromkeys((*declared, *given.env)))
    runners.refuse_other_programs(package, runner, before)
    args = runners.command(kind, Words(runner, before, identifier, version, passed, after))
    if "\0" in "".join((*args, *env.values())):
        raise UnusableError(f"its {kind} package has a NUL in its arguments or variables")
    made = _plan(ServerSpec(name, command=runner, args=tuple(args), env=env), answers)
    gaps = [f"<{one}>" for one in answers.missing]
    typed = [one for values in given.values.values() for one in values]
    whose = Package(identifier, (*typed, *gaps))
    if word := refused_argument(runner, before, whose):
        raise _not_harmless(f"its package wants {runner} to be run with {word[:200]!r}", made)
    own = [one for one in env if one not in given.env and one not in answers.missing]
    if variable := deciding_variable(own):
        raise _not_harmless(f"its package sets {variable}, which decides what is run", made)
    transport = inner(package, "transport")
    url = ""
    if text(transport, "type") not in ("", "stdio"):
        url = _local_url(text(transport, "url"), answers.values)
    return replace(made, answers_at=url)


def _not_harmless(reason: str, made: Plan) -> UnusableError:
    names = "".join(f" --env {name}=…" for name in made.spec.env)
    return UnusableError(
        mask_text(reason),
        f"if you trust it, type its command: mcpx inspect{names} -- {_typed(made)}",
    )


def _plan(spec: ServerSpec, answers: Answers) -> Plan:
    return Plan(spec, tuple(answers.missing.values()), tuple(answers.secrets), tuple(answers.names))


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
