"""The published versions of a server, as its package manager or a registry tells them."""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mcpx import settings
from mcpx.errors import Fault, ServerError, UsageError
from mcpx.masking import mask_text
from mcpx.sources import runners
from mcpx.sources.published import PYTHON_PACKAGE, shell_words
from mcpx.version_order import Rank, pep440, semver

SCHEMES = ("npm", "pypi", "registry")
_SECONDS = 60
_LONGEST_SAID = 300
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_AVAILABLE = re.compile(r"^Available versions: (.+)$", re.MULTILINE)
_NONE_OF_IT = "No matching distribution found"


@dataclass(frozen=True, slots=True)
class Package:
    """What was named without a version: ``npm:NAME args``. ``extras`` are those of pypi."""

    scheme: str
    name: str
    extras: str = ""
    arguments: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.scheme}:{self.name}{self.extras}"

    def word(self, version: str) -> str:
        """The target that is one version of it."""
        arguments = f" {shlex.join(self.arguments)}" if self.arguments else ""
        return f"{self}@{version}{arguments}"


@dataclass(frozen=True, slots=True)
class Version:
    """A published version; ``date`` (YYYY-MM-DD) is empty where nobody tells it."""

    text: str
    rank: Rank
    date: str = ""


@dataclass(frozen=True, slots=True)
class Shell:
    """How package managers are started: as the servers are, so that both ask the same places."""

    environment: Mapping[str, str]
    folder: str | None = None

    def has(self, program: str) -> str | None:
        """Where a program is, if it is there."""
        return shutil.which(program, path=self.environment.get("PATH"))

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """What a command said. Raises ServerError when it cannot be started or takes too long."""
        shown = " ".join(words[-3:] if words[0] == sys.executable else words[:3])
        try:
            return subprocess.run(
                words,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                cwd=self.folder,
                env=dict(self.environment),
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise ServerError(Fault.TIMEOUT, f"{shown}: took longer than {_SECONDS} s") from error
        except OSError as error:
            raise ServerError(
                Fault.SPAWN, f"{shown}: cannot be started: {(error.strerror or '').lower()}"
            ) from error


def shell(environment: Mapping[str, str], folder: str | None, everything: bool) -> Shell:
    """The one for servers with these variables, or with our whole environment."""
    return Shell(settings.server_environment(environment, everything), folder)


def package(word: str) -> Package:
    """``npm:NAME args``, ``pypi:NAME[extra] args`` or ``registry:NAME args``, without a version.

    Raises UsageError for another word.
    """
    scheme, colon, rest = word.partition(":")
    if not colon or scheme not in SCHEMES:
        raise UsageError(
            f"{mask_text(word)[:200]}: has no published versions",
            hint="name npm:PACKAGE, pypi:PACKAGE or registry:NAME; mcpx diff compares any two",
        )
    named, *arguments = shell_words(scheme, rest)
    extras = ""
    if scheme == "pypi":
        match = PYTHON_PACKAGE.fullmatch(named)
        name, extras, version = (match[1], match[2] or "", match[3]) if match else ("", "", None)
    else:
        at = named.find("@", 1)
        name, version = (named, None) if at < 0 else (named[:at], named[at + 1 :])
    if version is not None:
        raise UsageError(
            f"{scheme}:{named}: all versions are meant, so name it without one",
            hint=f"--from and --to say which: {scheme}:{name}{extras} --to {version or 'VERSION'}",
        )
    if scheme in runners.IDENTIFIERS and not runners.IDENTIFIERS[scheme].fullmatch(name):
        raise UsageError(
            f"{scheme}:{named}: not the name of a package", hint=f"for example {scheme}:some-server"
        )
    return Package(scheme, name, extras, tuple(arguments))


def of_npm(name: str, there: Shell) -> list[Version]:
    """The versions that npm tells, oldest first. Raises UsageError and ServerError."""
    if not there.has("npm"):
        raise UsageError(
            f"npm:{name}: npm tells its versions, and is not installed", hint="install Node.js"
        )
    done = there.run("npm", "view", name, "versions", "time", "--json")
    told = _object(done.stdout)
    error = told.get("error")
    if done.returncode or isinstance(error, dict):
        said = error if isinstance(error, dict) else {}
        if said.get("code") == "E404":
            raise _unknown("npm", name)
        raise _failed(f"npm view {name}", said.get("summary") or done.stderr)
    versions, times = told.get("versions"), told.get("time")
    dates = times if isinstance(times, dict) else {}
    return _ordered(
        [versions] if isinstance(versions, str) else versions,
        semver,
        lambda version: dates.get(version),
    )


def of_pypi(name: str, there: Shell) -> list[Version]:
    """The versions that pip tells, oldest first; it tells no dates.

    Raises UsageError and ServerError.
    """
    failure: ServerError | None = None
    for words in _pips(there):
        # Ours to judge, and not for the Python that pip happens to run on.
        options = ("--no-input", "--disable-pip-version-check", "--pre", "--ignore-requires-python")
        done = there.run(*words, "index", "versions", *options, name)
        if found := _AVAILABLE.search(done.stdout):
            return _ordered([one.strip() for one in found[1].split(",")], pep440, lambda _: None)
        if _NONE_OF_IT in done.stderr:
            raise _unknown("pypi", name)
        failure = failure or _failed(f"pip index versions {name}", done.stderr)
    if failure is not None:
        raise failure
    raise UsageError(
        f"pypi:{name}: pip tells its versions, and is not installed",
        hint="pip install uv, whose uvx brings pip along",
    )


def _pips(there: Shell) -> Iterator[tuple[str, ...]]:
    """The ways to start pip, those that cost least first."""
    if there.has("pip"):
        yield ("pip",)
    if importlib.util.find_spec("pip") is not None:
        # -P: what lies in the current folder is not imported.
        yield (sys.executable, "-P", "-m", "pip")
    if there.has("uvx"):
        yield ("uvx", "pip")


def of_registry(told: Sequence[tuple[str, str]]) -> list[Version]:
    """The versions of a registry, each with when it was published, oldest first.

    Versions of a registry may be any text; where one is not semantic the times decide.
    """
    if all(semver(version) for version, _ in told):
        dates = dict(told)
        return _ordered([version for version, _ in told], semver, dates.get)
    return [
        Version(version, Rank((time,)), _date(time))
        for version, time in sorted(told, key=lambda one: one[1])
        if runners.VERSION.fullmatch(version)
    ]


def _ordered(
    versions: Any, rank: Callable[[str], Rank | None], date: Callable[[str], Any]
) -> list[Version]:
    found = {
        version: Version(version, known, _date(date(version)))
        for version in (versions if isinstance(versions, list) else [])
        if isinstance(version, str) and runners.VERSION.fullmatch(version)
        if (known := rank(version)) is not None
    }
    return sorted(found.values(), key=lambda one: one.rank.key)


def _date(value: Any) -> str:
    found = _DATE.match(value) if isinstance(value, str) else None
    return found[0] if found else ""


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _unknown(scheme: str, name: str) -> UsageError:
    knows = "npm" if scheme == "npm" else "pip"
    return UsageError(
        f"{knows} knows no package {name}",
        hint="check the name; where it is kept elsewhere, --inherit-env passes your settings on",
    )


def _failed(command: str, said: Any) -> ServerError:
    """What a package manager said at last, for it says the reason there."""
    lines = [line.strip() for line in str(said).splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith(("error", "npm error"))]
    reason = (errors or lines or ["it told no versions"])[0 if errors else -1]
    return ServerError(
        Fault.CONNECT,
        f"{command}: {mask_text(reason)[:_LONGEST_SAID]}",
        hint="--inherit-env passes on what proxies and certificates your environment names",
    )
