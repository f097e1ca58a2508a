"""The programs that run published packages, and the command lines that they want; no I/O.

Source: the commands that VS Code makes of a ``server.json`` (mcpManagementService.ts), and the
manuals of npx, uvx, pipx, docker and dnx, 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from mcpx.masking import mask_url
from mcpx.sources.server_json import text

VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_!-]*")
IDENTIFIERS = {
    "npm": re.compile(r"(?:@[0-9A-Za-z~_][\w.~-]*/)?[0-9A-Za-z~_][\w.~-]*", re.ASCII),
    "pypi": re.compile(r"[0-9A-Za-z](?:[\w.-]*[0-9A-Za-z])?", re.ASCII),
    "oci": re.compile(r"[0-9A-Za-z][\w./:@-]*", re.ASCII),
    "nuget": re.compile(r"[0-9A-Za-z_][\w.-]*", re.ASCII),
}
_LONGEST_IDENTIFIER = 400
# What npx takes for a file in the current folder.
_ARCHIVE = re.compile(r"\.(?:tgz|tar|tar\.gz)$", re.IGNORECASE)

# What a package of each kind is run with, the first that is installed.
_RUNNERS = {"npm": ("npx",), "pypi": ("uvx", "pipx"), "oci": ("docker",), "nuget": ("dnx",)}
_INSTALL = {
    "npx": "install Node.js",
    "uvx": "pip install uv",
    "docker": "install Docker",
    "dnx": "install .NET 10",
}
# The label before the last of the host where runners look for a kind of package anyway.
_HOME = {"npm": "npmjs", "pypi": "pypi", "nuget": "nuget"}

Installed = Callable[[str], bool]


class UnusableError(Exception):
    """A package or remote cannot be used; the text says why, ``instead`` what can be done."""

    def __init__(self, reason: str, instead: str = "") -> None:
        super().__init__(reason)
        self.instead = instead


@dataclass(frozen=True, slots=True)
class Words:
    """What a command line is made of: ``before`` and ``after`` stand around the package.

    ``env`` are the names of the variables that a container is given.
    """

    runner: str
    before: Sequence[str]
    identifier: str
    version: str
    env: Sequence[str] = ()
    after: Sequence[str] = ()


def checked(package: Mapping[str, Any], kind: str) -> tuple[str, str]:
    """Identifier and version, which cannot be taken for an option, a file or another package.

    Raises UnusableError for others, and for a package that is not where runners look.
    """
    if kind == "mcpb":
        raise UnusableError("its mcpb package is a file to download and install in a host")
    if kind not in _RUNNERS:
        raise UnusableError(f"mcpx runs no packages of the kind {kind[:20]!r}")
    identifier, version = text(package, "identifier"), text(package, "version")
    if len(identifier) > _LONGEST_IDENTIFIER or not IDENTIFIERS[kind].fullmatch(identifier):
        raise UnusableError(f"its {kind} package has no valid identifier: {identifier[:80]!r}")
    if version and not VERSION.fullmatch(version):
        raise UnusableError(f"its {kind} package has no valid version: {version[:40]!r}")
    if kind == "npm" and any(_ARCHIVE.search(one) for one in (identifier, version)):
        raise UnusableError("its npm package is an archive in a folder")
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


def runner_of(kind: str, installed: Installed) -> str:
    """The program for a kind of package. Raises UnusableError when none is installed."""
    for runner in _RUNNERS[kind]:
        if installed(runner):
            return runner
    wanted = _RUNNERS[kind][0]
    raise UnusableError(f"its {kind} package needs {wanted}", _INSTALL[wanted])


def refuse_other_programs(package: Mapping[str, Any], runner: str, before: Sequence[str]) -> None:
    """Raises UnusableError when the arguments of a package are for another runner."""
    if not before:
        return
    if runner == "pipx":
        raise UnusableError("its arguments are for uvx, which is not installed", _INSTALL["uvx"])
    if text(package, "runtimeHint") not in ("", runner):
        raise UnusableError(f"its arguments are for another program than {runner}")


def command(kind: str, words: Words) -> list[str]:
    """The arguments with which the runner runs a package."""
    return {"npm": _npx, "pypi": _python, "oci": _docker, "nuget": _dnx}[kind](words)


def _npx(words: Words) -> list[str]:
    agreed = [] if {"-y", "--yes"} & set(words.before) else ["-y"]
    return [*words.before, *agreed, _pinned(words, ("--package", "-p")), *words.after]


def _python(words: Words) -> list[str]:
    if words.runner == "pipx":
        return pipx(words.identifier, "", words.version, words.after)
    return [*words.before, _pinned(words, ("--from",)), *words.after]


def _docker(words: Words) -> list[str]:
    before = list(words.before)
    before = before[1:] if before[:1] == ["run"] else before
    usual = [one for one in ("-i", "--rm") if one not in before]
    passed = [word for name in words.env for word in ("-e", name)]
    image = words.identifier
    if words.version and "@" not in image and ":" not in image.rpartition("/")[2]:
        image += f":{words.version}"
    return ["run", *usual, *before, *passed, image, *words.after]


def _dnx(words: Words) -> list[str]:
    after = ["--", *words.after] if words.after else []
    return [*words.before, _pinned(words, ()), "--yes", *after]


def _pinned(words: Words, of_package: Sequence[str]) -> str:
    """The package with its version.

    Where another option has named a package it is a program of that, which has no version.
    """
    named = any(word.partition("=")[0] in of_package for word in words.before)
    return words.identifier if named or not words.version else f"{words.identifier}@{words.version}"


def pipx(identifier: str, extras: str, version: str, after: Sequence[str]) -> list[str]:
    """The arguments with which pipx runs a version of a package."""
    return ["run", "--spec", f"{identifier}{extras}{exactly(version)}", identifier, *after]


def uvx(identifier: str, extras: str, version: str, after: Sequence[str]) -> list[str]:
    """The arguments with which uvx runs a version of a package."""
    if extras:
        return ["--from", f"{identifier}{extras}{exactly(version)}", identifier, *after]
    return [f"{identifier}@{version}" if version else identifier, *after]


def exactly(version: str) -> str:
    """A version as a requirement; empty for the newest."""
    return f"=={version}" if version and version != "latest" else ""
