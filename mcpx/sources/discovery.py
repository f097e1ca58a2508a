"""The scan: every server that a host program on this machine is configured with.

Reads files; starts nothing, expands nothing, connects to nothing.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mcpx.errors import UsageError
from mcpx.servers import Origin, Place
from mcpx.settings import environment
from mcpx.sources.definitions import (
    Definition,
    Discovery,
    EffectiveServer,
    FileReport,
    Kind,
    Problem,
    Reading,
)
from mcpx.sources.dialects import Entry, Switch, read_entry
from mcpx.sources.effective import Layer, view
from mcpx.sources.hosts import (
    Host,
    HostFile,
    Merge,
    Servers,
    Status,
    check_known,
    check_scopes,
    chosen_hosts,
    host_table,
)
from mcpx.sources.identities import identity
from mcpx.sources.paths import (
    SYSTEMS,
    Candidate,
    Surroundings,
    candidates,
    fold,
    repository,
    surroundings,
    this_system,
)
from mcpx.sources.readers import Document, InvalidError, UnreadableError, read_document
from mcpx.sources.switches import Settings
from mcpx.sources.variables import references

__all__ = [
    "Definition",
    "Discovery",
    "EffectiveServer",
    "FileReport",
    "Kind",
    "Problem",
    "Reading",
    "Switch",
    "discover",
]

# One definition: the file, the keys that lead to the map or list, the entry's name.
_Key = tuple[str, tuple[str, ...], str]
MOST_ENTRIES = 1_000
_NO_REGISTRY_MANIFEST = "not a registry manifest"


def discover(
    *,
    system: str | None = None,
    home: Path | None = None,
    project: Path | None = None,
    hosts: Collection[str] | None = None,
    scopes: Collection[str] | None = None,
    root: Path | None = None,
) -> Discovery:
    """Every configured server, who reads it, what is wrong, and where was looked.

    ``system`` is ``linux``, ``macos`` or ``windows`` (this one); ``home`` and ``project`` the
    folders to examine (the user's, the working folder); ``hosts`` and ``scopes`` choose (all).
    Variables that move a host's folder count only for the user's own home. ``root`` is where
    system-wide files lie; without it they are looked at for the user's own home, and for a home
    of the form ``ROOT/home/NAME`` or ``ROOT/Users/NAME``. Raises UsageError for an unknown
    system, host or scope; never because of a file.
    """
    if system is not None:
        check_known("system", [system], list(SYSTEMS))
    chosen = chosen_hosts(hosts)
    check_scopes(scopes)
    environ = environment()
    try:
        where = surroundings(system, home, project, root, environ, host_table().vscode_user)
    except RuntimeError as error:
        raise UsageError("there is no home folder", hint="name one with --home FOLDER") from error
    scan = _Scan(where)
    for host in chosen:
        scan.read(host)
    return _chosen(scan.result(environ), scopes)


def _chosen(found: Discovery, scopes: Collection[str] | None) -> Discovery:
    if scopes is None:
        return found
    files = tuple(one for one in found.files if one.scope in scopes)
    paths = {one.path for one in files}
    return Discovery(
        tuple(one for one in found.definitions if any(r.scope in scopes for r in one.read_by)),
        tuple(one for one in found.problems if one.path in paths),
        files,
        tuple(one for one in found.effective if one.parts[0].scope in scopes),
    )


@dataclass(slots=True)
class _HostFindings:
    """What the files of one host hold."""

    host: Host
    layers: list[tuple[_Key, Layer]] = field(default_factory=list)
    incomplete: list[tuple[_Key, Layer]] = field(default_factory=list)
    settings: list[Settings] = field(default_factory=list)
    exclusive: list[str] = field(default_factory=list)
    seen: set[_Key] = field(default_factory=set)


class _Scan:
    """One scan: files read once, problems and reports collected on the way."""

    def __init__(self, where: Surroundings) -> None:
        self._where = where
        self._documents: dict[tuple[str, str], Document | None] = {}
        self._failures: dict[str, tuple[Kind, str, int | None]] = {}
        self._problems: dict[tuple[str, Kind, str, str], tuple[list[str], int | None]] = {}
        self._reports: list[FileReport] = []
        self._findings: list[_HostFindings] = []
        self._lines: dict[tuple[str, tuple[str, ...]], Mapping[str, int]] = {}
        self._wrong_keys: dict[tuple[str, tuple[str, ...]], str] = {}
        self._resolved: dict[str, str] = {}
        self._repository = repository(where.project) if where.project else None

    def read(self, host: Host) -> None:
        """Look at every file of a host."""
        found = _HostFindings(host)
        self._findings.append(found)
        for file in host.files:
            if self._where.system not in file.systems:
                continue
            if file.status is Status.NETWORK:
                self._report(
                    host,
                    file,
                    Candidate(file.paths[0], file.paths[0], False),
                    0,
                    ("on the network, not looked at",),
                )
            elif file.status is Status.DYNAMIC and file.paths[0].startswith("$"):
                self._variable(host, file)
            else:
                for candidate in candidates(host, file, self._where):
                    self._look(found, file, candidate)
        self._complete(found)

    # -- one file

    def _look(self, found: _HostFindings, file: HostFile, candidate: Candidate) -> None:
        host = found.host
        for folder in candidate.denied:
            self._problem(folder, host, Kind.UNREADABLE, "the folder cannot be listed")
        if candidate.cut:
            self._problem(candidate.path, host, Kind.UNREADABLE, "too many matches, not all read")
        notes = (candidate.skipped,) if candidate.skipped else ()
        if not candidate.present:
            self._report(host, file, candidate, 0, notes)
            return
        if file.exclusive:
            found.exclusive.append(candidate.path)
        if file.status is Status.DYNAMIC:
            what = "a shell script, and is not run" if file.format == "bash" else "not parsed"
            self._problem(
                candidate.path, host, Kind.NOT_READ, f"servers may stand here: it is {what}"
            )
            self._report(host, file, candidate, 0, notes)
            return
        document = self._document(host, file, candidate.path)
        if document is None:
            self._report(host, file, candidate, 0, notes)
            return
        found.settings.append(Settings(file, candidate.path, document.value))
        entries, more = self._entries(found, file, candidate, document)
        self._report(host, file, candidate, entries, (*notes, *more))

    def _document(self, host: Host, file: HostFile, path: str) -> Document | None:
        resolved = self._resolve(path)
        form = "json" if file.format == "jsonc" else file.format
        if (resolved, form) not in self._documents:
            self._documents[resolved, form] = self._read(resolved, form)
        document = self._documents[resolved, form]
        if document is None and resolved in self._failures:
            kind, reason, line = self._failures[resolved]
            self._problem(path, host, kind, reason, line=line)
        return document

    def _read(self, resolved: str, form: str) -> Document | None:
        try:
            document = read_document(resolved, form)
        except FileNotFoundError:
            self._failures[resolved] = (Kind.UNREADABLE, "the link leads nowhere", None)
        except UnreadableError as error:
            self._failures[resolved] = (Kind.UNREADABLE, f"cannot be read: {error}", None)
        except InvalidError as error:
            self._failures[resolved] = (Kind.INVALID, str(error), error.line)
        else:
            if isinstance(document.value, Mapping) or document.value is None:
                return document
            self._failures[resolved] = (Kind.INVALID, "the document is not an object", 1)
        return None

    def _resolve(self, path: str) -> str:
        if path not in self._resolved:
            self._resolved[path] = os.path.realpath(path)
        return self._resolved[path]

    # -- the entries of one file

    def _entries(
        self, found: _HostFindings, file: HostFile, candidate: Candidate, document: Document
    ) -> tuple[int, tuple[str, ...]]:
        """Take the servers of a file; their number, and notes."""
        host = found.host
        if file.status is Status.PACKAGE:
            return 0, (self._package(host, candidate.path, document.value),)
        barred, issue = self._host_rejects(host, file, candidate.path, document)
        count, notes = 0, []
        for key, place, value in self._places(file, host, candidate, document.value):
            if file.id == "plugin-manifest" and isinstance(value, str | list):
                count += self._referenced(found, file, candidate, value)
                continue
            named = list(_named(place, value, document.value, candidate.path, self._where.system))
            if not isinstance(value, Mapping | list):
                self._problem(
                    candidate.path, host, Kind.BAD_ENTRY, f"'{_dotted(key)}' is not an object"
                )
            if len(named) > MOST_ENTRIES:
                text = f"more than {MOST_ENTRIES} entries, the rest is not read"
                self._problem(candidate.path, host, Kind.UNREADABLE, text)
            for index, name, raw in named[:MOST_ENTRIES]:
                note = self._entry(
                    found, file, candidate, (key, name, index), place, raw, (barred, issue)
                )
                if note:
                    notes.append(f"'{name}': {note}")
                else:
                    count += 1
            if named and not place.single:
                self._note_lines(host, candidate.path, key, document)
        if (
            host.id == "claude-code"
            and file.id == "user"
            and (others := self._other_projects(document.value))
        ):
            notes.append(f"{others} other projects have servers of their own in this file")
        return count, tuple(notes)

    def _entry(
        self,
        found: _HostFindings,
        file: HostFile,
        candidate: Candidate,
        at: tuple[tuple[str, ...], str, str],
        place: Servers,
        raw: Any,
        judged: tuple[str, str],
    ) -> str:
        """Take one entry; returns what it is when it is no MCP server."""
        key, name, index = at
        host, path = found.host, candidate.path
        entry = read_entry(host, file, place.dialect, name, raw)
        if entry.note:
            return entry.note
        if isinstance(raw, Mapping) and "uses" in raw and not entry.usable:
            self._problem(path, host, Kind.NOT_READ, "refers to a block kept elsewhere", name)
            return "refers to a block kept elsewhere"
        identified = (self._resolve(path), key, index)
        if identified in found.seen:
            return ""
        found.seen.add(identified)
        barred, issue = judged
        origin, shared = self._origin(file, candidate)
        issues = tuple(text for text in (*entry.issues, issue, shared) if text)
        spec = replace(entry.spec, origin=origin, place=Place(host.id, file.scope, path, name))
        layer = Layer(
            host,
            file,
            path,
            candidate.distance,
            place.dialect,
            raw,
            replace(entry, spec=spec, issues=issues),
            barred or self._superseded(file),
        )
        (found.layers if entry.usable else found.incomplete).append((identified, layer))
        return ""

    def _places(
        self, file: HostFile, host: Host, candidate: Candidate, document: Any
    ) -> Iterator[tuple[tuple[str, ...], Servers, Any]]:
        """The maps and lists of servers in a document, with the keys that lead to them."""
        found = False
        for place in file.servers:
            if found and not place.also:
                continue
            for key, value in _at(document, place.key, self._where):
                if place.ignored:
                    self._wrong_key(host, file, candidate.path, key, value)
                elif _fits(file, place, value):
                    found = True
                    yield key, place, value

    def _wrong_key(
        self, host: Host, file: HostFile, path: str, key: tuple[str, ...], value: Any
    ) -> None:
        expected = _dotted(file.servers[0].key)
        text = f"key '{_dotted(key)}': {host.name} expects '{expected}' and does not read it"
        self._wrong_keys[self._resolve(path), key] = text
        if isinstance(value, Mapping) and value:
            self._problem(path, host, Kind.HOST_IGNORES, text)

    def _host_rejects(
        self, host: Host, file: HostFile, path: str, document: Document
    ) -> tuple[str, str]:
        """Why the host ignores the whole file, and what is doubtful about it; empty for neither."""
        if file.largest and document.size > file.largest:
            text = f"larger than {file.largest // (1024 * 1024)} MiB: the host ignores the file"
            self._problem(path, host, Kind.HOST_IGNORES, text)
            return text, ""
        line = document.lenient_line
        if line is None or file.strict is False:
            return "", ""
        what = "a comment, a trailing comma or another deviation from plain JSON"
        if file.strict is None:
            return "", f"{what} in line {line}: not documented whether the host accepts it"
        text = f"strict JSON: the host ignores the file for {what}"
        self._problem(path, host, Kind.HOST_IGNORES, text, line=line)
        return f"{text} in line {line}", ""

    def _referenced(
        self, found: _HostFindings, file: HostFile, candidate: Candidate, value: str | list[Any]
    ) -> int:
        """A plugin manifest may name files of servers; they may not lie outside the plugin."""
        plugin = Path(candidate.path).parent.parent
        inside = self._resolve(str(plugin))
        count = 0
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, Mapping):
                place = file.servers[0]
                for name, raw in item.items():
                    at = ((*place.key, "inline"), str(name), str(name))
                    self._entry(found, file, candidate, at, place, raw, ("", ""))
                    count += 1
                continue
            path = os.path.normpath(plugin / str(item))
            try:
                resolved = Path(self._resolve(path))
            except ValueError:
                resolved = Path()  # no file can have that name
            if not resolved.is_relative_to(inside):
                text = "names a file outside the plugin"
                self._problem(candidate.path, found.host, Kind.BAD_ENTRY, text)
            elif os.path.lexists(path):
                installed = next(one for one in found.host.files if one.id == "plugin-installed")
                self._look(found, installed, Candidate(candidate.template, path, True))
            else:
                text = "names a file that does not exist"
                self._problem(candidate.path, found.host, Kind.BAD_ENTRY, text)
        return count

    def _package(self, host: Host, path: str, value: Any) -> str:
        schema = value.get("$schema") if isinstance(value, Mapping) else None
        if not isinstance(schema, str) or "server.schema.json" not in schema:
            return _NO_REGISTRY_MANIFEST
        text = "a registry manifest: it describes a server for others and configures none here"
        self._problem(path, host, Kind.NOT_READ, text)
        return text

    def _superseded(self, file: HostFile) -> str:
        project = self._where.project
        if not file.unless or project is None:
            return ""
        path = file.unless.replace("{project}", project)
        return f"ignored because {path} exists" if os.path.lexists(path) else ""

    def _note_lines(self, host: Host, path: str, key: tuple[str, ...], document: Document) -> None:
        at = (self._resolve(path), key)
        if at in self._lines:
            return
        places = document.places(key)
        self._lines[at] = places.lines
        for name in dict.fromkeys(places.repeated):
            text = "stands twice in this file; the last one counts"
            self._problem(path, host, Kind.BAD_ENTRY, text, name, places.lines.get(name))

    def _other_projects(self, value: Any) -> int:
        projects = value.get("projects") if isinstance(value, Mapping) else None
        if not isinstance(projects, Mapping):
            return 0
        return sum(
            1
            for name, entry in projects.items()
            if isinstance(entry, Mapping)
            and entry.get("mcpServers")
            and fold(str(name), self._where.system) not in self._where.project_names
        )

    def _origin(self, file: HostFile, candidate: Candidate) -> tuple[Origin, str]:
        """Who wrote a file, and why it counts as a project's although it lies in the home."""
        if file.scope in ("project", "package") or candidate.template.startswith("{project}"):
            return Origin.PROJECT, ""
        where, resolved = self._where, Path(self._resolve(candidate.path))
        checkout = self._repository or where.project
        if (
            checkout
            and resolved.is_relative_to(self._resolve(checkout))
            and not Path(self._resolve(where.home)).is_relative_to(self._resolve(checkout))
        ):
            return Origin.PROJECT, "the file lies in the project: it counts as the project's"
        if where.system == this_system() and os.name == "posix":
            try:
                status = resolved.stat()
            except OSError:
                return Origin.PROJECT, "the file has gone meanwhile"
            if status.st_uid not in (os.geteuid(), 0):
                return Origin.PROJECT, "the file belongs to somebody else: it counts as a project's"
            if status.st_mode & 0o022:
                return Origin.PROJECT, "others may write the file: it counts as a project's"
        return Origin.USER, ""

    # -- a host as a whole

    def _variable(self, host: Host, file: HostFile) -> None:
        """A variable that holds configuration: its presence is reported, its text is not read."""
        name = file.paths[0]
        present = bool(self._where.environ.get(name[1:]))
        if present:
            self._problem(name, host, Kind.NOT_READ, "configuration in a variable, not read")
        self._report(host, file, Candidate(name, name, present), 0, ())

    def _complete(self, found: _HostFindings) -> None:
        """Entries that name nothing change another file's entry, or are a problem."""
        defined = {layer.entry.spec.name for _, layer in found.layers if not layer.entry.partial}
        for key, layer in found.incomplete:
            entry = layer.entry
            merges = found.host.merge is Merge.FIELDS and isinstance(layer.raw, Mapping)
            if merges and entry.spec.name in defined:
                issues = (*entry.issues, "changes an entry of the same name in another file")
                entry = replace(entry, partial=True, usable=True, issues=issues)
                found.layers.append((key, replace(layer, entry=entry)))
                continue
            wrong = entry.wrong
            if isinstance(layer.raw, Mapping):
                wrong = (*wrong, "neither a command nor a URL")
            self._problem(
                layer.path,
                found.host,
                Kind.BAD_ENTRY,
                "; ".join(wrong),
                entry.spec.name,
                self._line(key),
            )
        for key, layer in found.layers:
            entry, name = layer.entry, layer.entry.spec.name
            if entry.wrong:
                text = "; ".join(entry.wrong)
                self._problem(layer.path, found.host, Kind.BAD_ENTRY, text, name, self._line(key))
            if entry.ignored:
                self._problem(
                    layer.path, found.host, Kind.HOST_IGNORES, entry.ignored, name, self._line(key)
                )

    def _line(self, key: _Key) -> int | None:
        return self._lines.get(key[:2], {}).get(key[2])

    def _problem(
        self,
        path: str,
        host: Host,
        kind: Kind,
        message: str,
        entry: str = "",
        line: int | None = None,
    ) -> None:
        if host.fallback and kind is Kind.HOST_IGNORES:
            return  # names of files, not a host
        hosts, _ = self._problems.setdefault((path, kind, entry, message), ([], line))
        if host.id not in hosts:
            hosts.append(host.id)

    def _report(
        self,
        host: Host,
        file: HostFile,
        candidate: Candidate,
        entries: int,
        notes: tuple[str, ...],
    ) -> None:
        self._reports.append(
            FileReport(
                host=host.id,
                scope=file.scope,
                template=candidate.template,
                path=Path(candidate.path),
                found=candidate.present,
                format=file.format,
                status=file.status.value,
                confidence=file.confidence,
                sources=file.sources,
                entries=entries,
                notes=notes,
            )
        )

    # -- all hosts together

    def result(self, environ: Mapping[str, str]) -> Discovery:
        """The definitions with their readers, once every host has been looked at."""
        claimed = {key for one in self._findings if not one.host.fallback for key, _ in one.layers}
        readers: dict[_Key, list[tuple[Layer, Reading]]] = {}
        servers: list[EffectiveServer] = []
        for one in self._findings:
            layers = [pair for pair in one.layers if not (one.host.fallback and pair[0] in claimed)]
            seen = view(
                one.host,
                [layer for _, layer in layers],
                one.settings,
                one.exclusive,
                self._where.project_names,
                self._where.system,
            )
            servers += seen.servers
            for (key, layer), reading in zip(layers, seen.readings, strict=True):
                readers.setdefault(key, []).append((layer, reading))
        definitions = [
            self._definition(key, readings, environ) for key, readings in readers.items()
        ]
        problems = tuple(
            Problem(Path(path), tuple(hosts), kind, message, entry, line)
            for (path, kind, entry, message), (hosts, line) in self._problems.items()
        )
        return Discovery(
            tuple(_with_duplicates(definitions)), problems, tuple(self._reports), tuple(servers)
        )

    def _definition(
        self, key: _Key, readings: list[tuple[Layer, Reading]], environ: Mapping[str, str]
    ) -> Definition:
        owner, _ = readings[0]
        entry: Entry = owner.entry
        unset, asked = references(
            entry.spec, entry.needs, owner.host.variables, owner.file.scope, environ
        )
        issues = list(_issues([reading for _, reading in readings]))
        if wrong_key := self._wrong_keys.get(key[:2]):
            issues.append(wrong_key)
        return Definition(
            spec=entry.spec,
            host=owner.host.id,
            scope=owner.file.scope,
            path=Path(owner.path),
            resolved=Path(key[0]),
            line=self._line(key),
            read_by=tuple(reading for _, reading in readings),
            enabled=entry.enabled,
            needs=replace(entry.needs, asked=asked),
            unset=unset,
            issues=tuple(issues),
            partial=entry.partial,
            identity=identity(entry.spec),
        )


def _issues(readings: list[Reading]) -> Iterator[str]:
    """Every issue once; with the hosts that have it where the others do not."""
    hosts: dict[str, list[str]] = {}
    for reading in readings:
        for issue in reading.issues:
            hosts.setdefault(issue, []).append(reading.host)
    for issue, having in hosts.items():
        yield issue if len(having) == len(readings) else f"{issue} ({', '.join(having)})"


def _with_duplicates(definitions: list[Definition]) -> Iterator[Definition]:
    same: dict[str, list[Place]] = {}
    for one in definitions:
        if one.identity and one.spec.place:
            same.setdefault(one.identity, []).append(one.spec.place)
    for one in definitions:
        others = [place for place in same.get(one.identity, []) if place is not one.spec.place]
        yield replace(one, duplicates=tuple(others)) if others else one


def _at(
    value: Any, key: tuple[str, ...], where: Surroundings
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """What stands at a path of keys: ``*`` is every key, ``{project_abs}`` the project's folder."""
    if not key:
        yield (), value
        return
    if not isinstance(value, Mapping):
        return
    step, rest = key[0], key[1:]
    if step == "*":
        names = list(value)
    elif step == "{project_abs}":
        names = [name for name in value if fold(str(name), where.system) in where.project_names]
    else:
        names = [step] if value.get(step) is not None else []
    for name in names:
        for found, inner in _at(value[name], rest, where):
            yield (str(name), *found), inner


def _fits(file: HostFile, place: Servers, value: Any) -> bool:
    """Whether what stands at a place is meant as servers where the form alone does not tell."""
    dialect = place.dialect
    if place.single:
        return isinstance(value, Mapping) and any(
            name in value for name in (dialect.command, *dialect.urls)
        )
    shorter = any(other.key == place.key[:-1] for other in file.servers if place.key)
    if place.key and not shorter:
        return True
    if not isinstance(value, Mapping) or not all(
        isinstance(one, Mapping) for one in value.values()
    ):
        return False
    if place.key:
        return bool(value)
    return any(name in one for one in value.values() for name in (dialect.command, *dialect.urls))


_PLATFORMS = {"linux": "linux", "macos": "darwin", "windows": "win32"}


def _named(
    place: Servers, value: Any, document: Any, path: str, system: str
) -> Iterator[tuple[str, str, Any]]:
    """The entries of a map or list: position, name, content."""
    if place.single:
        named = place.dialect.container == "single" and isinstance(document.get("name"), str)
        # Extension manifests may differ by platform (MCPB manifest 0.3).
        overrides = value.get("platform_overrides")
        other = overrides.get(_PLATFORMS[system]) if isinstance(overrides, Mapping) else None
        raw = {**value, **other} if isinstance(other, Mapping) else value
        yield "", document["name"] if named else Path(path).stem, raw
    elif isinstance(value, Mapping):
        yield from ((str(name), str(name), raw) for name, raw in value.items())
    elif isinstance(value, list):
        for index, raw in enumerate(value):
            name = raw.get(place.dialect.name) if isinstance(raw, Mapping) else None
            yield str(index), name if isinstance(name, str) else f"#{index + 1}", raw


def _dotted(key: tuple[str, ...]) -> str:
    return ".".join(key) or "(the document)"
