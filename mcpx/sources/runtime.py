"""What the entry of a registry may say to the program that runs its package; no I/O.

Known to be harmless are those options that neither choose another program, another place to
download it from, nor what of this machine it is let into. What is not listed is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from mcpx.web import is_loopback

_EXTRAS = r"(?:\[[\w.,-]+\])?"
_PLAIN = re.compile(r"\w[\w.-]*", re.ASCII)
# A version, never a path: that would be another program.
_PYTHON = re.compile(r"(?:(?:cpython|pypy)[@-]?)?[23](?:\.\d{1,3}){0,2}t?")
# Neither the URL of a package nor the name of a file.
_REQUIREMENT = re.compile(
    rf"(?!.*\.(?:whl|zip|tar|gz|tgz|bz2|xz|txt|toml|py)(?:\[|$))[0-9A-Za-z][\w.-]*{_EXTRAS}(?:(?:[=<>!~]=|[<>@])[\w.*+!-]+(?:,[=<>!~]=?[\w.*+!-]+)*)?",
    re.ASCII,
)
_VARIABLE = re.compile(r"[A-Za-z_]\w*(?:=.*)?", re.ASCII | re.DOTALL)
_MOUNT_TYPES = ("bind", "volume", "tmpfs")

# Variables that decide which program runs, what it loads first, and where it comes from.
_DECIDES = re.compile(
    r"(?:LD|DYLD|NPM_CONFIG|UV|PIP|PIPX|DOCKER|NUGET|CORECLR|COR|XDG)_.*|PERL5.*"
    r"|(?:PATH|PATHEXT|HOME|USERPROFILE|APPDATA|LOCALAPPDATA|COMSPEC|SHELL|IFS|ENV|BASH_ENV)"
    r"|NODE_(?:OPTIONS|PATH|EXTRA_CA_CERTS|TLS_REJECT_UNAUTHORIZED|REPL_EXTERNAL_MODULE)"
    r"|PYTHON(?:PATH|STARTUP|HOME|USERBASE|EXECUTABLE|PLATLIBDIR|BREAKPOINT|INSPECT|WARNINGS)"
    r"|DOTNET_(?:STARTUP_HOOKS|ADDITIONAL_DEPS|SHARED_STORE|HOST_PATH|ROOT.*)|GCONV_PATH"
    r"|GIT_(?:SSH|EXEC_PATH|CONFIG|PROXY|ASKPASS|EXTERNAL_DIFF).*|RUBY(?:OPT|LIB)"
    r"|(?:_JAVA|JDK_JAVA)_OPTIONS|JAVA_TOOL_OPTIONS"
    r"|(?:HTTP|HTTPS|ALL)_PROXY|(?:REQUESTS|CURL)_CA_BUNDLE|SSL_CERT_(?:FILE|DIR)",
    re.IGNORECASE,
)


def deciding_variable(names: Iterable[str]) -> str:
    """The first variable that decides what runs; empty when there is none."""
    return next((name for name in names if _DECIDES.fullmatch(name)), "")


@dataclass(frozen=True, slots=True)
class Package:
    """The package that is run: its identifier, and the values that the person gave for it."""

    identifier: str
    given: Collection[str] = ()


Allows = Callable[[str, Package], bool]


def refused_argument(runner: str, words: Sequence[str], package: Package) -> str:
    """The first argument for a runner that is not known to be harmless; empty when all are."""
    flags, valued = _FLAGS.get(runner, frozenset()), _VALUED.get(runner, {})
    left = list(words)
    if runner == "docker" and left[:1] == ["run"]:
        del left[0]
    while left:
        word = left.pop(0)
        if word in flags:
            continue
        option, equals, value = word.partition("=")
        allows = valued.get(option)
        if allows is None:
            return word
        if not equals:
            if not left:
                return word
            value = left.pop(0)
        if not allows(value, package):
            return f"{option} {value}"
    return ""


def _same_package(value: str, package: Package) -> bool:
    """Whether an npm package, with or without a version, is the one of the entry."""
    name, _, version = value[1:].partition("@")
    return value[:1] + name == package.identifier and (
        not version or bool(_PLAIN.fullmatch(version))
    )


def _same_requirement(value: str, package: Package) -> bool:
    """Whether a requirement, with or without extras and version, is for the entry's package."""
    name = re.split(r"[\[=<>!~@]", value, maxsplit=1)[0]
    return name == package.identifier and bool(_REQUIREMENT.fullmatch(value))


def _variable(value: str, _package: Package) -> bool:
    return bool(_VARIABLE.fullmatch(value)) and not deciding_variable([value.partition("=")[0]])


def _published(value: str, _package: Package) -> bool:
    """Whether a port is opened for this machine only."""
    host, *ports = value.rsplit(":", 2)
    return len(ports) == 2 and is_loopback(f"http://{host}")


def _volume(value: str, package: Package) -> bool:
    """``SOURCE:TARGET``, where the person named the source."""
    return any(
        one and (value == one or re.fullmatch(re.escape(one) + r":[^:]+(?::(?:ro|rw))?", value))
        for one in package.given
    )


def _mount(value: str, package: Package) -> bool:
    """``type=bind,src=SOURCE,dst=TARGET``, where the person named the source."""
    if value and value in package.given:
        return True
    parts: dict[str, str] = {}
    for part in value.split(","):
        key, _, text = part.partition("=")
        key = {"source": "src", "target": "dst", "destination": "dst"}.get(key, key)
        if key in parts:
            return False
        parts[key] = text
    known = parts.keys() <= {"type", "src", "dst", "readonly", "ro"}
    named = "src" not in parts or parts["src"] in package.given
    return known and named and parts.get("type", "volume") in _MOUNT_TYPES


def _one_of(*values: str) -> Allows:
    return lambda value, _package: value in values


def _matches(pattern: re.Pattern[str]) -> Allows:
    return lambda value, _package: bool(pattern.fullmatch(value))


_NAME = _matches(_PLAIN)
_FLAGS: Mapping[str, frozenset[str]] = {
    "npx": frozenset(("-y", "--yes", "-q", "--quiet")),
    "uvx": frozenset(("-q", "--quiet", "--isolated", "--offline", "--no-cache", "--refresh")),
    "docker": frozenset(("-i", "--interactive", "--rm", "--init", "--read-only")),
    "dnx": frozenset(("-y", "--yes", "--prerelease")),
}
_VALUED: Mapping[str, Mapping[str, Allows]] = {
    "npx": dict.fromkeys(("-p", "--package"), _same_package),
    "uvx": {
        "--from": _same_requirement,
        "--with": _matches(_REQUIREMENT),
        **dict.fromkeys(("-p", "--python"), _matches(_PYTHON)),
    },
    "docker": {
        **dict.fromkeys(("-e", "--env"), _variable),
        **dict.fromkeys(("-p", "--publish"), _published),
        **dict.fromkeys(("-v", "--volume"), _volume),
        "--mount": _mount,
        **dict.fromkeys(("--network", "--net", "--name", "-h", "--hostname"), _NAME),
        **dict.fromkeys(("-m", "--memory", "--cpus"), _NAME),
        "--platform": _matches(re.compile(r"[\w./-]+", re.ASCII)),
        "--pull": _one_of("always", "missing", "never"),
        "--cap-drop": _NAME,
        "--security-opt": _one_of("no-new-privileges", "no-new-privileges:true"),
        "--add-host": _one_of(
            "host.docker.internal:host-gateway", "host.docker.internal=host-gateway"
        ),
        **dict.fromkeys(("-u", "--user"), _matches(re.compile(r"[\w.-]+(?::[\w.-]+)?", re.ASCII))),
        **dict.fromkeys(("-w", "--workdir"), _matches(re.compile(r"[\w./-]+", re.ASCII))),
    },
    "dnx": {"--version": _NAME},
}
