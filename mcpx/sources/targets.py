"""What a word on the command line means: a server, configured or published, a command, a file.

The grammar is the same for every command that takes a server (README, "Targets").
"""

from __future__ import annotations

import difflib
import re
import shlex
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mcpx.errors import ConfigError, UsageError
from mcpx.masking import MASK, mask_url
from mcpx.servers import ServerSpec, numbered
from mcpx.settings import environment
from mcpx.sources.additions import Additions, merged_headers

if TYPE_CHECKING:
    # What a word needs is imported when there is one: a typed command starts sooner.
    from mcpx.sources.definitions import Definition, Discovery
    from mcpx.sources.published import Resolved
    from mcpx.trust import Gate

STDIN = "-"
_SCHEMES = ("demo", "stdio", "npm", "pypi", "registry")
_FILES = (".json", ".jsonl", ".ndjson", ".lock")


@dataclass(frozen=True, slots=True)
class FileTarget:
    """A catalogue or lock in a file, in a git repository, or on standard input (``-``)."""

    path: str


Target = ServerSpec | FileTarget


def resolve(
    words: Sequence[str],
    command: Sequence[str],
    additions: Additions,
    gate: Gate,
    look: Callable[[], Discovery] | None = None,
    tell: Callable[[Resolved], None] = lambda _resolved: None,
) -> list[Target]:
    """The targets that the words and the command line after ``--`` name, in their order.

    ``tell`` hears what each published server (npm:, pypi:, registry:) turned out to be, before
    anything is started. The variables of what ``gate`` does not let through are not replaced.
    Raises UsageError for a word that names nothing, or several different servers, and for
    additions that none of the targets can have; for registry: also what asking it raises.
    """
    configured = _Once(look or _discover)
    asked: set[str] = set()

    def told(resolved: Resolved) -> None:
        asked.update(resolved.asks_for)
        tell(resolved)

    found: list[Target] = []
    for word in words:
        if _is_folder(word):
            found += _catalogues_in(word)
        else:
            found.append(_one(word, additions, gate, configured, told))
    if command:
        spec = ServerSpec(name_of(command), command=command[0], args=tuple(command[1:]))
        found.append(_with(spec, additions, typed=True))
    _refuse_unused(additions, words, found, asked)
    return distinct(found)


def width(word: str) -> int:
    """How many targets a word names: those of a folder, else one."""
    return len(_catalogues_in(word)) if _is_folder(word) else 1


def _is_folder(word: str) -> bool:
    return word.endswith("/") and Path(word).is_dir()


def _catalogues_in(folder: str) -> list[FileTarget]:
    """The files of a folder that may be catalogues, by name. Raises ConfigError for none."""
    paths = sorted(Path(folder).glob("*.json"))
    if not paths:
        raise ConfigError(
            f"{folder}: is a folder without a catalogue",
            hint=f"mcpx inspect SERVER -o {folder}SERVER.json",
        )
    return [FileTarget(str(path)) for path in paths]


def _refuse_unused(
    additions: Additions, words: Sequence[str], found: Sequence[Target], asked: Collection[str]
) -> None:
    """Raises UsageError for what was given and nobody takes: it may be a slip."""
    if additions.headers and not any(isinstance(one, ServerSpec) and one.url for one in found):
        raise UsageError(
            "--header is for servers reached by URL, and none of these is",
            hint="a started server takes variables: --env NAME=VALUE",
        )
    if additions.refresh and not any(word.startswith("registry:") for word in words):
        raise UsageError(
            "--refresh is for servers named by a registry, and none of these is",
            hint="for example registry:io.github.somebody/server",
        )
    for name in additions.values:
        if name not in asked:
            raise UsageError(
                f"--set {name}: no entry of a registry asks for it here",
                hint="asked for is " + (", ".join(sorted(asked)) or "nothing"),
            )


def _discover() -> Discovery:
    from mcpx.sources.discovery import discover

    return discover()


class _Once:
    """The configured servers, looked for when first asked and then kept."""

    def __init__(self, look: Callable[[], Discovery]) -> None:
        self._look = look
        self._found: Discovery | None = None

    def __call__(self) -> Discovery:
        if self._found is None:
            self._found = self._look()
        return self._found


def _one(
    word: str,
    additions: Additions,
    gate: Gate,
    configured: _Once,
    tell: Callable[[Resolved], None],
) -> Target:
    if word == STDIN:
        return FileTarget(STDIN)
    scheme, colon, rest = word.partition(":")
    if colon and scheme == "demo":
        return _with(_demo(rest), additions)
    if colon and scheme == "git":
        from mcpx.sources.revisions import revision_parts

        revision_parts(word)
        return FileTarget(word)
    if colon and scheme == "stdio":
        from mcpx.sources.published import shell_words

        words = shell_words(scheme, rest)
        spec = ServerSpec(name_of(words), command=words[0], args=tuple(words[1:]))
        return _with(spec, additions, typed=True)
    if colon and scheme.lower() in ("http", "https"):
        from mcpx.sources.published import by_url

        return _with(by_url(word), additions)
    if colon and scheme in ("npm", "pypi", "registry"):
        found = _published(scheme, rest, additions)
        tell(found)
        return _with(found.spec, additions, typed=True)
    if is_of_file(word):
        return _file(word)
    return _with(_configured(word, gate, configured()), additions)


def is_of_file(word: str) -> bool:
    """Whether a word names catalogues in files or in a repository: nothing can be called there."""
    scheme, colon, _ = word.partition(":")
    if word == STDIN or (colon and scheme == "git"):
        return True
    if colon and (scheme in _SCHEMES or scheme.lower() in ("http", "https")):
        return False
    return word.endswith(_FILES) or _is_folder(word) or word.startswith(("./", "../", "/", "~"))


def _file(word: str) -> FileTarget:
    try:
        path = Path(word).expanduser()
        path.stat()
    except FileNotFoundError as error:
        hint = "mcpx discover lists configured servers"
        raise ConfigError(f"{word}: no such file", hint=hint) from error
    except (OSError, RuntimeError) as error:  # RuntimeError for the home of nobody
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(f"cannot read {word}: {reason}") from error
    if path.is_dir():
        raise ConfigError(
            f"{word}: is a folder, not a catalogue file", hint=f"{word}/ stands for all in it"
        )
    return FileTarget(str(path))


def _demo(name: str) -> ServerSpec:
    from mcpx.demo import SERVERS

    if name not in SERVERS:
        near = difflib.get_close_matches(name, SERVERS, n=1)
        known = ", ".join(f"demo:{one}" for one in SERVERS)
        raise UsageError(
            f"there is no demo server '{name}'",
            hint=f"did you mean demo:{near[0]}?" if near else f"there are {known}",
        )
    # -P: what lies in the current folder, which may be anybody's checkout, is not imported.
    return ServerSpec(name, command=sys.executable, args=("-P", "-m", "mcpx.demo", name))


def _published(scheme: str, text: str, additions: Additions) -> Resolved:
    from mcpx.sources import published

    if scheme == "npm":
        return published.npm(text)
    return published.pypi(text) if scheme == "pypi" else published.registered(text, additions)


# Names of files and folders that say nothing of the server in them.
_SAY_NOTHING = ("index", "cli", "main", "server", "__main__", "dist", "build", "src", "lib", "bin")
_RUNNERS = ("python", "python3", "node", "npx", "uvx", "uv", "bunx", "deno", "sh", "bash", "env")


def name_of(command: Sequence[str]) -> str:
    """A short name for a typed command: the program, or what a runner runs."""
    path = Path(command[0])
    if path.name.rstrip("0123456789.") in _RUNNERS:
        words = [word for word in command[1:] if not word.startswith("-") and word != "run"]
        if words and words[0].startswith("@"):
            return words[0]
        path = Path(words[0]) if words else path
    own = re.sub(r"\.(?:py|[cm]?js|ts)$", "", path.name)
    named = [part for part in (own, *(one.name for one in path.parents)) if part]
    return next((part for part in named if part not in _SAY_NOTHING), own)


def _with(spec: ServerSpec, additions: Additions, typed: bool = False) -> ServerSpec:
    if not spec.command:
        return replace(spec, headers=merged_headers(spec.headers, additions.headers))
    if additions.env:
        spec = replace(spec, env={**spec.env, **additions.env})
    if typed and additions.cwd is not None:
        spec = replace(spec, cwd=additions.cwd)
    return spec


def _configured(word: str, gate: Gate, discovery: Discovery) -> ServerSpec:
    definitions = [one for one in discovery.definitions if one.spec.name == word]
    if not definitions and "/" in word:
        definitions = _by_place(word, discovery)
    if not definitions:
        raise _unknown(word, discovery)
    wanted = _preferred(definitions)
    others = {one.identity for one in wanted}
    if len(others) > 1:
        raise UsageError(
            f"'{word}' names {len(others)} different servers",
            hint="write " + " or ".join(sorted({place_of(one) for one in wanted})),
            details=[f"{place_of(one)}  in {one.path}" for one in wanted],
        )
    from mcpx.sources.variables import expand, submitted

    chosen, environ, project = wanted[0], environment(), Path.cwd()
    if chosen.spec.url and chosen.unset:
        # What stands for a key must not be sent in the key's place.
        missing = ", ".join(chosen.unset)
        raise ConfigError(
            f"{place_of(chosen)} takes {missing} from the environment, where it is not set",
            hint=f"{chosen.unset[0]}=… mcpx …, or export it",
        )
    spec = submitted(chosen, environ, project)
    return expand(chosen, environ, project) if gate.allows(spec) else spec


def _preferred(definitions: Sequence[Definition]) -> list[Definition]:
    """Those that a host really uses, if there are any; those switched off only if all are."""
    from mcpx.sources.dialects import Switch

    used = [one for one in definitions if any(reading.effective for reading in one.read_by)]
    switched_on = [
        one
        for one in used or definitions
        if any(reading.enabled is not Switch.NO for reading in one.read_by)
    ]
    return switched_on or used or list(definitions)


def _by_place(word: str, discovery: Discovery) -> list[Definition]:
    place, _, name = word.partition("/")
    host, _, scope = place.partition(":")
    return [
        one
        for one in discovery.definitions
        if one.spec.name == name
        and any(reading.host == host and scope in ("", reading.scope) for reading in one.read_by)
    ]


def place_of(definition: Definition) -> str:
    """How to name one definition and no other: HOST:SCOPE/NAME."""
    return shlex.quote(f"{definition.host}:{definition.scope}/{definition.spec.name}")


def _unknown(word: str, discovery: Discovery) -> UsageError:
    names = sorted({one.spec.name for one in discovery.definitions})
    near = difflib.get_close_matches(word, names, n=3, cutoff=0.5)
    if url := _url_of(word):
        hint = f"did you mean {url}?"
        if MASK in url:
            hint = f"write {url.partition(':')[0]}:// in front of it"
    elif near:
        hint = "did you mean " + " or ".join(near) + "?"
    elif names:
        hint = "mcpx discover lists the configured servers"
    else:
        hint = "no server is configured here; try demo:tickets, or -- COMMAND..."
    return UsageError(f"no server is configured as '{mask_url(word)}'", hint=hint)


_ADDRESS = re.compile(
    r"(?P<host>localhost|\[[0-9A-Fa-f:]+\]|[\w-]+(?:\.[\w-]+)*)(?P<port>:\d{1,5})?(?P<path>/\S*)?"
)
# What names in a registry begin with: a domain, written backwards.
_BACKWARDS = ("ai", "app", "com", "dev", "io", "net", "org")


def _url_of(word: str) -> str:
    """What a word that looks like a URL without its scheme was meant to be, or nothing."""
    match = _ADDRESS.fullmatch(word)
    if match is None:
        return ""
    host = match["host"]
    dotted = "." in host or host.startswith("[")
    if not (host == "localhost" or match["port"] or (dotted and match["path"])):
        return ""
    if host.partition(".")[0] in _BACKWARDS and not match["port"]:
        return f"registry:{word}"
    from mcpx.web import is_loopback

    here = is_loopback(f"http://{word}")
    return mask_url(f"{'http' if here else 'https'}://{word}")


def distinct(targets: Sequence[Target]) -> list[Target]:
    """The targets with names that tell them apart: a second 'files' becomes 'files-2'."""
    taken: set[str] = set()
    found: list[Target] = []
    for target in targets:
        if isinstance(target, ServerSpec):
            target = replace(target, name=numbered(target.name, taken))
            taken.add(target.name)
        found.append(target)
    return found
