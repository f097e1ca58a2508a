"""References to variables in a definition: which are not set, and what a host makes of them.

Nothing is ever run: ``$(command)`` stays as written.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from mcpx.errors import ConfigError
from mcpx.servers import Origin, ServerSpec, definition_digest
from mcpx.sources.definitions import Definition, Reading
from mcpx.sources.dialects import Needs
from mcpx.sources.hosts import VariableRules, chosen_hosts
from mcpx.sources.readers import UnreadableError, read_bytes

LARGEST_INCLUDED = 1024 * 1024

_REFERENCE = re.compile(
    r"""
    \$\{\{\s*(?P<block>[\w.-]+)\s*\}\}
  | \$\{(?P<braced>[^{}]+)\}
  | \$env:(?P<dollar>[A-Za-z_]\w*)
  | \$(?P<bare>[A-Za-z_]\w*)
  | \$(?P<command>\()
  | \{\{\s*(?P<mustache>\w+)\s*\}\}
  | \{(?P<raw>(?:env|file):[^{}]+)\}
  | %(?P<percent>[A-Za-z_]\w*)%
    """,
    re.VERBOSE | re.ASCII,
)
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_ASKED = ("input:", "user_config.", "command:", "config:")
# Folders that a host fills in, and the only scope in which it does.
_PLACES = {
    "workspaceFolder": "",
    "workspaceFolderBasename": "",
    "userHome": "",
    "pathSeparator": "",
    "CLAUDE_PLUGIN_ROOT": "plugin",
    "CLAUDE_PROJECT_DIR": "plugin",
    "CLAUDE_PLUGIN_DATA": "plugin",
    "extensionPath": "extension",
    "workspacePath": "extension",
    "/": "extension",
    "__dirname": "extension",
    "HOME": "extension",
}


@dataclass(frozen=True, slots=True)
class _Reference:
    """What a host sees in a piece of text: a variable, a place, a file, or something to ask for."""

    kind: str
    name: str
    default: str | None = None


def _meaning(match: re.Match[str], rules: VariableRules, scope: str) -> _Reference | None:
    """What the host replaces the text with; None when it is plain text to it."""
    form = str(match.lastgroup)
    name = match[form]
    if form == "braced":
        return _braced(name, rules.forms, scope)
    if form == "raw" and "raw" in rules.forms:
        kind, _, rest = name.partition(":")
        return _Reference("file" if kind == "file" else "variable", rest)
    if form not in rules.forms:
        return None
    if form in ("block", "mustache"):
        return _Reference("asked", name)
    return _Reference("asked", "$(...)") if form == "command" else _Reference("variable", name)


def _braced(inner: str, forms: frozenset[str], scope: str) -> _Reference | None:
    name, colon, rest = inner.partition(":")
    place = inner if inner in _PLACES else name
    if "place" in forms and place in _PLACES and _PLACES[place] in ("", scope):
        return _Reference("place", place)
    if name == "env" and colon and "env" in forms:
        return _Reference("variable", rest)
    if "asked" in forms and inner.startswith(_ASKED):
        return _Reference("asked", inner)
    if "braced" in forms and _NAME.fullmatch(name):
        if not colon:
            return _Reference("variable", name)
        if rest.startswith("-") and "default" in forms:
            return _Reference("variable", name, rest[1:])
    return None


def _texts(spec: ServerSpec, rules: VariableRules) -> Iterator[str]:
    fields: dict[str, tuple[str, ...]] = {
        "command": (spec.command,),
        "args": spec.args,
        "env": tuple(spec.env.values()),
        "cwd": (spec.cwd or "",),
        "url": (spec.url,),
        "headers": tuple(spec.headers.values()),
    }
    for name, texts in fields.items():
        if not rules.where or name in rules.where:
            yield from texts


def references(
    spec: ServerSpec, needs: Needs, rules: VariableRules, scope: str, environ: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Two lists of names: variables without value and default; what must be asked for."""
    unset: dict[str, None] = {}
    asked = dict.fromkeys(needs.asked)
    if not rules.scopes or scope in rules.scopes:
        for text in _texts(spec, rules):
            for match in _REFERENCE.finditer(text):
                found = _meaning(match, rules, scope)
                if found is None:
                    continue
                if found.kind == "asked":
                    asked[found.name] = None
                elif (
                    found.kind == "variable"
                    and found.default is None
                    and value_of(found.name, environ) is None
                ):
                    unset[found.name] = None
    for name in (*needs.variables, *needs.headers.values()):
        if value_of(name, environ) is None:
            unset[name] = None
    return tuple(unset), tuple(asked)


def value_of(name: str, environ: Mapping[str, str]) -> str | None:
    """A variable's value; on Windows, where names have no case, under any spelling."""
    value = environ.get(name)
    return environ.get(name.upper()) if value is None and sys.platform == "win32" else value


def submitted(
    definition: Definition,
    environ: Mapping[str, str],
    project: Path | None,
    host: str | None = None,
) -> ServerSpec:
    """The definition as a person approves it: as its host reads it, nothing replaced yet.

    What a project brought along starts in the folder that its file belongs to, wherever mcpx is
    called, and names what it takes from elsewhere: variables, and files with their digests.
    """
    reading = _reading(definition, host)
    filling = _Filling(definition, reading, environ, project)
    spec = replace(reading.spec, variables=tuple(dict.fromkeys(filling.variables())))
    if spec.origin is not Origin.PROJECT:
        return spec
    base = _base(reading, project)
    cwd = spec.cwd
    if spec.command and not _REFERENCE.search(cwd or ""):
        cwd = str(base / _own(cwd) if cwd else base)
    takes = list(filling.takes())
    if _REFERENCE.search(cwd or ""):
        takes.insert(0, f"folder {base}")
    return replace(spec, cwd=cwd, takes=tuple(takes))


def expand(
    definition: Definition,
    environ: Mapping[str, str],
    project: Path | None,
    host: str | None = None,
) -> ServerSpec:
    """The definition's spec with its variables replaced as the host would, ready to be started.

    ``host`` is the reader whose rules apply (the owner). What a host asks a person for
    (``${input:id}``) and what it would run (``$(...)``) stays as written. Adds what the entry
    takes from elsewhere: passed variables, headers from variables, a file of variables. Raises
    ConfigError when a file that the definition names cannot be read.
    """
    spec = submitted(definition, environ, project, host)
    reading = _reading(definition, host)
    filling = _Filling(definition, reading, environ, project)
    needs = reading.needs
    filled = filling.filled
    command, args = filled(spec.command, "command"), spec.args
    if filling.splits and not args:
        command, args = _split(command, definition)
    env = {name: filled(value, "env") for name, value in spec.env.items()}
    passed = {name: value for name in needs.variables if (value := value_of(name, environ))}
    path = filling.env_file()
    from_file = _variables_in(path) if path is not None else {}
    headers = {name: filled(value, "headers") for name, value in spec.headers.items()}
    for name, variable in needs.headers.items():
        if value := value_of(variable, environ):
            headers[name] = f"Bearer {value}" if name == "Authorization" else value
    cwd = filled(spec.cwd, "cwd") if spec.cwd else None
    if cwd and spec.origin is Origin.PROJECT:
        cwd = str(_base(reading, project) / _own(cwd))
    return replace(
        spec,
        command=command,
        args=tuple(filled(argument, "args") for argument in args),
        env={**passed, **from_file, **env},
        cwd=cwd,
        url=filled(spec.url, "url"),
        headers=headers,
        written=definition_digest(spec),
    )


def _reading(definition: Definition, host: str | None) -> Reading:
    by = host or definition.host
    return next(reading for reading in definition.read_by if reading.host == by)


def _base(reading: Reading, project: Path | None) -> Path:
    """The folder that a project's entry is about; for a file in the home, that where we are."""
    return reading.base or project or Path.cwd()


class _Filling:
    """One host's way of replacing variables in one definition."""

    def __init__(
        self,
        definition: Definition,
        reading: Reading,
        environ: Mapping[str, str],
        project: Path | None,
    ) -> None:
        host = chosen_hosts([reading.host])[0]
        rules = host.variables
        self.splits = any(place.dialect.splits for file in host.files for place in file.servers)
        self._rules = (
            rules if not rules.scopes or reading.scope in rules.scopes else VariableRules()
        )
        self._definition = definition
        self._reading = reading
        self._environ = environ
        self._project = reading.base or project

    def filled(self, text: str, field: str) -> str:
        """The text of a field with what the host replaces replaced."""
        if self._rules.where and field not in self._rules.where:
            return text
        return _REFERENCE.sub(
            lambda match: _replacement(
                match,
                self._rules,
                self._reading.scope,
                self._definition,
                self._environ,
                self._project,
            ),
            text,
        )

    def env_file(self) -> Path | None:
        """The file of variables that the entry names."""
        name = self._reading.needs.env_file
        if not name:
            return None
        return (self._project or Path.cwd()) / _own(self.filled(name, "env"))

    def takes(self) -> Iterator[str]:
        """What the entry takes from outside its file, in words, files with their digests."""
        needs = self._reading.needs
        yield from (f"variable {name}" for name in needs.variables)
        for header, variable in needs.headers.items():
            yield f"header {header} from variable {variable}"
        files = [self._definition.path.parent / _own(name) for name in self._included()]
        if needs.env_file:
            # Its name may itself have variables, but a file in it is not read to find the other.
            named = (self._project or Path.cwd()) / _own(needs.env_file)
            files.append(named if "{file:" in needs.env_file else self.env_file() or named)
        for path in files:
            yield f"file {path} {_digest(path)}"

    def variables(self) -> Iterator[str]:
        """The variables that the text of the entry refers to."""
        return self._named("variable")

    def _included(self) -> Iterator[str]:
        return self._named("file")

    def _named(self, kind: str) -> Iterator[str]:
        for text in _texts(self._reading.spec, self._rules):
            for match in _REFERENCE.finditer(text):
                found = _meaning(match, self._rules, self._reading.scope)
                if found is not None and found.kind == kind:
                    yield found.name


def _digest(path: Path) -> str:
    import hashlib

    try:
        return "sha256:" + hashlib.sha256(read_bytes(str(path), LARGEST_INCLUDED)).hexdigest()
    except (OSError, UnreadableError):
        return "(cannot be read)"


def _replacement(
    match: re.Match[str],
    rules: VariableRules,
    scope: str,
    definition: Definition,
    environ: Mapping[str, str],
    project: Path | None,
) -> str:
    found = _meaning(match, rules, scope)
    if found is None or found.kind == "asked":
        return match[0]
    if found.kind == "file":
        return _included(found.name, definition)
    if found.kind == "place":
        value = _place(found.name, definition, environ, project)
        return match[0] if value is None else value
    value = value_of(found.name, environ)
    if value is None:
        value = found.default
    if value is None:
        return "" if rules.empty_when_missing else match[0]
    return value


def _place(
    name: str, definition: Definition, environ: Mapping[str, str], project: Path | None
) -> str | None:
    folder = definition.path.parent
    if folder.name == ".claude-plugin":
        folder = folder.parent
    if name in ("CLAUDE_PLUGIN_ROOT", "extensionPath", "__dirname"):
        return str(folder)
    if name in ("workspaceFolder", "workspacePath", "CLAUDE_PROJECT_DIR"):
        return str(project) if project else None
    if name == "workspaceFolderBasename":
        return project.name if project else None
    if name in ("pathSeparator", "/"):
        return "\\" if sys.platform == "win32" else "/"
    if name in ("userHome", "HOME"):
        return value_of("HOME", environ) or value_of("USERPROFILE", environ)
    return None


def _included(name: str, definition: Definition) -> str:
    """The text that ``{file:NAME}`` stands for; relative to the configuration file."""
    path = definition.path.parent / _own(name)
    return _text_of(path, f"'{definition.name}' in {definition.path}").strip()


def _own(name: str) -> Path:
    """A path in which a leading ``~/`` is the user's home; other users' homes are not looked up."""
    return Path.home() / name[2:] if name.startswith("~/") else Path(name)


def _text_of(path: Path, wanted_by: str) -> str:
    try:
        return read_bytes(str(path), LARGEST_INCLUDED).decode("utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: not found; {wanted_by} takes a value from it") from error
    except (UnreadableError, UnicodeDecodeError) as error:
        reason = "not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)
        raise ConfigError(f"{path}: {reason}; {wanted_by} takes a value from it") from error


def _variables_in(path: Path) -> dict[str, str]:
    variables: dict[str, str] = {}
    for line in _text_of(path, "an entry's 'envFile'").splitlines():
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if equals and not name.startswith("#"):
            value = value.strip()
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
            variables[name.strip()] = value[1:-1] if quoted else value
    return variables


def _split(command: str, definition: Definition) -> tuple[str, tuple[str, ...]]:
    import shlex

    try:
        words = shlex.split(command)
    except ValueError as error:
        raise ConfigError(
            f"the command of '{definition.name}' in {definition.path} has an open quotation mark"
        ) from error
    return (words[0], tuple(words[1:])) if words else ("", ())
