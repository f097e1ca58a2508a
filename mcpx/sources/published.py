"""Servers named by where they are published: ``npm:``, ``pypi:``, ``registry:`` and URLs."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit, urlunsplit

from mcpx import settings
from mcpx.errors import RefusedError, UsageError
from mcpx.masking import MASK, is_secret_name, mask_text, mask_url
from mcpx.servers import ServerSpec, Transport
from mcpx.sources.additions import Additions

_EXAMPLES = {
    "npm": "npm:@scope/server@1.2.3",
    "pypi": "pypi:some-server@1.2.3",
    "registry": "registry:io.github.somebody/server",
    "stdio": "'stdio:uvx mcp-server-time'",
}
# Last parts of registry names that say nothing of the server.
_SAY_NOTHING = ("mcp", "server", "mcp-server")


@dataclass(frozen=True, slots=True)
class Resolved:
    """What the word of a published server turned out to be.

    ``spec`` holds the exact command or URL. ``notes`` are worth telling a person, ``secrets``
    values in it that must not be shown, ``asks_for`` what ``--set`` can give.
    """

    word: str
    spec: ServerSpec
    notes: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    asks_for: tuple[str, ...] = ()


def shell_words(scheme: str, text: str) -> list[str]:
    """The words of a target that is one shell-quoted word. Raises UsageError for none."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        # The text is not repeated: it may hold secrets.
        raise UsageError(f"{scheme}: {str(error).lower()}", hint="check the quotes") from error
    if not words:
        needs = "a command" if scheme == "stdio" else "a name"
        raise UsageError(f"{scheme}: needs {needs}", hint=f"for example {_EXAMPLES[scheme]}")
    return words


def by_url(word: str) -> ServerSpec:
    """The server at a URL, named after its host, and its port when one is written.

    Raises UsageError for what is no URL.
    """
    from mcpx.web import checked_url

    parts = checked_url(word)
    url = word if not parts.fragment else urlunsplit(parts._replace(fragment=""))
    host = parts.hostname or word
    name = f"[{host}]" if ":" in host else host
    if parts.port is not None:
        name += f":{parts.port}"
    return ServerSpec(name, Transport.HTTP, url=url.removesuffix("#"))


def npm(text: str) -> Resolved:
    """``@scope/pkg@1.2.3 args``, run by npx; without a version the newest."""
    from mcpx.sources import runners

    package, *arguments = shell_words("npm", text)
    at = package.find("@", 1)
    name, version = (package, "") if at < 0 else (package[:at], package[at + 1 :])
    if not runners.IDENTIFIERS["npm"].fullmatch(name):
        raise _no_package("npm", package)
    if at >= 0 and not runners.VERSION.fullmatch(version):
        raise _no_version("npm", package)
    spec = ServerSpec(name, command="npx", args=("-y", package, *arguments))
    return Resolved(f"npm:{package}", spec)


PYTHON_PACKAGE = re.compile(r"([^\[@=]+)(\[[0-9A-Za-z._,-]+\])?(?:(?:@|==)(.*))?", re.ASCII)


def pypi(text: str, installed: Callable[[str], bool] | None = None) -> Resolved:
    """``pkg[extra]@1.2.3 args``, run by uvx, else by pipx; without a version the newest.

    Raises UsageError when neither is installed.
    """
    from mcpx.sources import runners

    package, *arguments = shell_words("pypi", text)
    match = PYTHON_PACKAGE.fullmatch(package)
    if match is None or not runners.IDENTIFIERS["pypi"].fullmatch(match[1]):
        raise _no_package("pypi", package)
    name, extras, version = match[1], match[2] or "", match[3]
    if version is not None and not runners.VERSION.fullmatch(version):
        raise _no_version("pypi", package)
    there = installed or _installed
    if there("uvx"):
        words = runners.uvx(name, extras, version or "", arguments)
        spec = ServerSpec(name, command="uvx", args=tuple(words))
    elif there("pipx"):
        words = runners.pipx(name, extras, version or "", arguments)
        spec = ServerSpec(name, command="pipx", args=tuple(words))
    else:
        raise UsageError(f"pypi:{package} needs uvx or pipx to run it", hint="pip install uv")
    return Resolved(f"pypi:{package}", spec)


def _no_package(scheme: str, package: str) -> UsageError:
    return UsageError(
        f"{scheme}:{package}: not the name of a package", hint=f"for example {_EXAMPLES[scheme]}"
    )


def _no_version(scheme: str, package: str) -> UsageError:
    return UsageError(
        f"{scheme}:{package}: not a version; one is wanted, not a range",
        hint=f"for example {_EXAMPLES[scheme]}",
    )


def registered(
    text: str, additions: Additions, installed: Callable[[str], bool] | None = None
) -> Resolved:
    """``NAME@VERSION args`` as the registry's entry says; without a version the latest.

    Raises what ``registry.Registry.one`` and ``packages.plan`` raise, and RefusedError for a
    remote at an address that is not public, which a public registry has no business to name.
    """
    from mcpx.sources.fetch import Fetcher
    from mcpx.sources.packages import plan
    from mcpx.sources.registry import Registry
    from mcpx.sources.registry_cache import Cache

    word, *arguments = shell_words("registry", text)
    name, _, version = word.partition("@")
    url = additions.registry_url or settings.load().registry_url
    with Fetcher(deadline=additions.seconds) as fetch:
        registry = Registry(url, fetch, Cache(), additions.refresh)
        entry = registry.one(name, version)
    shown = f"registry:{entry.name}@{entry.version}"
    notes = list(registry.notes)
    if entry.status != "active":
        because = f": {mask_text(entry.status_message[:200])}" if entry.status_message else ""
        notes.append(f"{shown} is {entry.status[:20]}{because}")
    made = plan(entry.server, shown, additions, installed or _installed, arguments)
    if made.spec.url:
        _refuse_private(made.spec.url, shown, url, additions)
    own = {name: one for name, one in made.spec.env.items() if name not in additions.env}
    if own:
        notes.append(f"{shown} sets {_assignments(own, made.secrets)}")
    last = entry.name.rpartition("/")[2]
    called = entry.name if last.lower() in _SAY_NOTHING else last
    spec = replace(made.spec, name=called, secrets=made.secrets)
    return Resolved(shown, spec, tuple(notes), made.secrets, made.names)


def registered_versions(name: str, additions: Additions) -> list[tuple[str, str]]:
    """The versions of a registry's server, each with when it was published; deleted ones are not.

    Raises UsageError for an unknown server, and what ``registry.Registry.versions`` raises.
    """
    from mcpx.sources.fetch import Fetcher
    from mcpx.sources.registry import Registry
    from mcpx.sources.registry_cache import Cache
    from mcpx.sources.registry_entries import DELETED
    from mcpx.sources.server_json import is_name

    if not is_name(name):
        raise UsageError(f"registry:{name}: a name in a registry is NAMESPACE/NAME")
    url = additions.registry_url or settings.load().registry_url
    with Fetcher(deadline=additions.seconds) as fetch:
        registry = Registry(url, fetch, Cache(), additions.refresh)
        entries = registry.versions(name)
    if not entries:
        raise UsageError(
            f"{registry.host} has no server '{name}'",
            hint=f"mcpx discover --registry {shlex.quote(name.rpartition('/')[2])}",
        )
    return [(one.version, one.published) for one in entries if one.status != DELETED]


def _refuse_private(url: str, shown: str, registry_url: str, given: Additions) -> None:
    from mcpx.sources.addresses import leads_to_private

    host = _host(url)
    if host in {_host(value) for values in given.values.values() for value in values}:
        return
    if leads_to_private(host) and not leads_to_private(_host(registry_url)):
        raise RefusedError(
            f"{shown} is at {mask_url(url)}, which leads to an address that is not public; "
            "not reached",
            hint="if you trust who published it, name its URL instead: mcpx inspect URL",
        )


def _host(text: str) -> str:
    """The host of a URL, or of a part of one that begins with it."""
    try:
        return urlsplit(text if "//" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""


def _assignments(variables: Mapping[str, str], secrets: Sequence[str]) -> str:
    return ", ".join(
        f"{name}={MASK if is_secret_name(name) or value in secrets else mask_text(value)[:200]}"
        for name, value in variables.items()
    )


def _installed(program: str) -> bool:
    return shutil.which(program) is not None
