"""Reading the files of hosts: what they define, switch and hide."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mcpx.servers import Origin, Place
from mcpx.sources.definitions import Kind
from mcpx.sources.dialects import read_entry
from mcpx.sources.documents import Documents
from mcpx.sources.effective import Layer
from mcpx.sources.entries import dotted, named, places
from mcpx.sources.hosts import Host, HostFile, Merge, Servers, Status
from mcpx.sources.journal import Journal
from mcpx.sources.origins import origin
from mcpx.sources.paths import Candidate, Surroundings, candidates, fold
from mcpx.sources.readers import Document
from mcpx.sources.switches import Settings

# One definition: the file, the keys that lead to the map or list, the entry's name.
Key = tuple[str, tuple[str, ...], str]
MOST_ENTRIES = 1_000


@dataclass(slots=True)
class HostFindings:
    """What the files of one host hold.

    ``layers`` are entries with the definition each belongs to; ``incomplete`` those that name
    nothing to start or reach; ``exclusive`` the files present that switch all others off.
    """

    host: Host
    layers: list[tuple[Key, Layer]] = field(default_factory=list)
    incomplete: list[tuple[Key, Layer]] = field(default_factory=list)
    settings: list[Settings] = field(default_factory=list)
    exclusive: list[str] = field(default_factory=list)
    seen: set[Key] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What holds for every entry of a file: why the host does not use it, issues, its author."""

    barred: str
    issues: tuple[str, ...]
    author: Origin


def _base(candidate: Candidate) -> Path | None:
    """The folder that takes the place of ``{project}`` in the path, for a project's file."""
    inner = candidate.template.partition("{project}/")[2]
    return Path(candidate.path).parents[inner.count("/")] if inner else None


class Scan:
    """One scan, host by host.

    ``journal`` holds its problems and reports; ``wrong_keys`` the places in a document that some
    host does not read, with the reason.
    """

    def __init__(self, where: Surroundings) -> None:
        self.findings: list[HostFindings] = []
        self.wrong_keys: dict[tuple[str, tuple[str, ...]], str] = {}
        self._where = where
        self.journal = Journal()
        self._documents = Documents(self.journal)
        self._lines: dict[tuple[str, tuple[str, ...]], Mapping[str, int]] = {}

    def read(self, host: Host) -> None:
        """Look at every file of a host."""
        found = HostFindings(host)
        self.findings.append(found)
        for file in host.files:
            if self._where.system not in file.systems:
                continue
            if file.status is Status.NETWORK:
                self.journal.report(
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

    def _look(self, found: HostFindings, file: HostFile, candidate: Candidate) -> None:
        host = found.host
        for folder in candidate.denied:
            self.journal.problem(folder, host, Kind.UNREADABLE, "the folder cannot be listed")
        if candidate.cut:
            self.journal.problem(
                candidate.path, host, Kind.UNREADABLE, "too many matches, not all read"
            )
        notes = (candidate.skipped,) if candidate.skipped else ()
        if not candidate.present:
            self.journal.report(host, file, candidate, 0, notes)
            return
        if file.exclusive:
            found.exclusive.append(candidate.path)
        if file.status is Status.DYNAMIC:
            what = "a shell script, and is not run" if file.format == "bash" else "not parsed"
            self.journal.problem(
                candidate.path, host, Kind.NOT_READ, f"servers may stand here: it is {what}"
            )
            self.journal.report(host, file, candidate, 0, notes)
            return
        document = self._documents.read(host, file, candidate.path)
        if document is None:
            self.journal.report(host, file, candidate, 0, notes)
            return
        found.settings.append(Settings(file, candidate.path, document.value))
        entries, more = self._entries(found, file, candidate, document)
        self.journal.report(host, file, candidate, entries, (*notes, *more))

    # -- the entries of one file

    def _entries(
        self, found: HostFindings, file: HostFile, candidate: Candidate, document: Document
    ) -> tuple[int, tuple[str, ...]]:
        """Take the servers of a file; their number, and notes."""
        host = found.host
        if file.status is Status.PACKAGE:
            return 0, (self._package(host, candidate.path, document.value),)
        standing = list(places(file, document.value, self._where))
        if not standing:
            return 0, self._notes(host, file, document.value)
        verdict = self._judge(host, file, candidate, document)
        count, notes = 0, []
        for key, place, value in standing:
            if place.ignored:
                self._wrong_key(host, file, candidate.path, key, value)
                continue
            if file.id == "plugin-manifest" and isinstance(value, str | list):
                count += self._referenced(found, file, candidate, value, verdict)
                continue
            listed = list(named(place, value, document.value, candidate.path, self._where.system))
            if not isinstance(value, Mapping | list):
                self.journal.problem(
                    candidate.path, host, Kind.BAD_ENTRY, f"'{dotted(key)}' is not an object"
                )
            if len(listed) > MOST_ENTRIES:
                text = f"more than {MOST_ENTRIES} entries, the rest is not read"
                self.journal.problem(candidate.path, host, Kind.UNREADABLE, text)
            for index, name, raw in listed[:MOST_ENTRIES]:
                note = self._entry(found, file, candidate, (key, name, index), place, raw, verdict)
                if note:
                    notes.append(f"'{name}': {note}")
                else:
                    count += 1
            if listed and not place.single:
                self._note_lines(host, candidate.path, key, document)
        return count, (*notes, *self._notes(host, file, document.value))

    def _entry(
        self,
        found: HostFindings,
        file: HostFile,
        candidate: Candidate,
        at: tuple[tuple[str, ...], str, str],
        place: Servers,
        raw: Any,
        file_verdict: _Verdict,
    ) -> str:
        """Take one entry; returns what it is when it is no MCP server."""
        key, name, index = at
        host, path = found.host, candidate.path
        entry = read_entry(host, file, place.dialect, name, raw)
        if entry.note:
            return entry.note
        if isinstance(raw, Mapping) and "uses" in raw and not entry.usable:
            self.journal.problem(
                path, host, Kind.NOT_READ, "refers to a block kept elsewhere", name
            )
            return "refers to a block kept elsewhere"
        identified = (self._documents.resolve(path), key, index)
        if identified in found.seen:
            return ""
        found.seen.add(identified)
        issues = (*entry.issues, *file_verdict.issues)
        where = Place(host.id, file.scope, path, name)
        spec = replace(entry.spec, origin=file_verdict.author, place=where)
        layer = Layer(
            host,
            file,
            path,
            candidate.distance,
            place.dialect,
            raw,
            replace(entry, spec=spec, issues=issues),
            file_verdict.barred,
            _base(candidate),
        )
        (found.layers if entry.usable else found.incomplete).append((identified, layer))
        return ""

    def _wrong_key(
        self, host: Host, file: HostFile, path: str, key: tuple[str, ...], value: Any
    ) -> None:
        expected = dotted(file.servers[0].key)
        text = f"key '{dotted(key)}': {host.name} expects '{expected}' and does not read it"
        self.wrong_keys[self._documents.resolve(path), key] = text
        if isinstance(value, Mapping) and value:
            self.journal.problem(path, host, Kind.HOST_IGNORES, text)

    def _judge(
        self, host: Host, file: HostFile, candidate: Candidate, document: Document
    ) -> _Verdict:
        barred, issue = self._host_rejects(host, file, candidate.path, document)
        resolved = Path(self._documents.resolve(candidate.path))
        author, shared = origin(file, candidate.template, resolved, self._where)
        return _Verdict(
            barred or self._superseded(file),
            tuple(text for text in (issue, shared) if text),
            author,
        )

    def _host_rejects(
        self, host: Host, file: HostFile, path: str, document: Document
    ) -> tuple[str, str]:
        """Why the host ignores the whole file, and what is doubtful about it; empty for neither."""
        if file.largest and document.size > file.largest:
            text = f"larger than {file.largest // (1024 * 1024)} MiB: the host ignores the file"
            self.journal.problem(path, host, Kind.HOST_IGNORES, text)
            return text, ""
        line = document.lenient_line
        if line is None or file.strict is False:
            return "", ""
        what = "a comment, a trailing comma or another deviation from plain JSON"
        if file.strict is None:
            return "", f"{what} in line {line}: not documented whether the host accepts it"
        text = f"strict JSON: the host ignores the file for {what}"
        self.journal.problem(path, host, Kind.HOST_IGNORES, text, line=line)
        return f"{text} in line {line}", ""

    def _referenced(
        self,
        found: HostFindings,
        file: HostFile,
        candidate: Candidate,
        value: str | list[Any],
        verdict: _Verdict,
    ) -> int:
        """A plugin manifest may name files of servers; they may not lie outside the plugin."""
        plugin = Path(candidate.path).parent.parent
        inside = self._documents.resolve(str(plugin))
        count = 0
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, Mapping):
                place = file.servers[0]
                for name, raw in item.items():
                    at = ((*place.key, "inline"), str(name), str(name))
                    self._entry(found, file, candidate, at, place, raw, verdict)
                    count += 1
                continue
            path = os.path.normpath(plugin / str(item))
            try:
                resolved = Path(self._documents.resolve(path))
            except ValueError:
                resolved = Path()  # no file can have that name
            if not resolved.is_relative_to(inside):
                text = "names a file outside the plugin"
                self.journal.problem(candidate.path, found.host, Kind.BAD_ENTRY, text)
            elif os.path.lexists(path):
                installed = next(one for one in found.host.files if one.id == "plugin-installed")
                self._look(found, installed, Candidate(candidate.template, path, True))
            else:
                text = "names a file that does not exist"
                self.journal.problem(candidate.path, found.host, Kind.BAD_ENTRY, text)
        return count

    def _package(self, host: Host, path: str, value: Any) -> str:
        schema = value.get("$schema") if isinstance(value, Mapping) else None
        if not isinstance(schema, str) or "server.schema.json" not in schema:
            return "not a registry manifest"
        text = "a registry manifest: it describes a server for others and configures none here"
        self.journal.problem(path, host, Kind.NOT_READ, text)
        return text

    def _superseded(self, file: HostFile) -> str:
        project = self._where.project
        if not file.unless or project is None:
            return ""
        path = file.unless.replace("{project}", project)
        return f"ignored because {path} exists" if os.path.lexists(path) else ""

    def _note_lines(self, host: Host, path: str, key: tuple[str, ...], document: Document) -> None:
        at = (self._documents.resolve(path), key)
        if at in self._lines:
            return
        places = document.places(key)
        self._lines[at] = places.lines
        for name in dict.fromkeys(places.repeated):
            text = "stands twice in this file; the last one counts"
            self.journal.problem(path, host, Kind.BAD_ENTRY, text, name, places.lines.get(name))

    def _notes(self, host: Host, file: HostFile, value: Any) -> tuple[str, ...]:
        """What else a person should know of a file."""
        if host.id != "claude-code" or file.id != "user":
            return ()
        projects = value.get("projects") if isinstance(value, Mapping) else None
        others = sum(
            1
            for name, entry in (projects.items() if isinstance(projects, Mapping) else ())
            if isinstance(entry, Mapping)
            and entry.get("mcpServers")
            and fold(str(name), self._where.system) not in self._where.project_names
        )
        text = f"{others} other projects have servers of their own in this file"
        return (text,) if others else ()

    # -- a host as a whole

    def _variable(self, host: Host, file: HostFile) -> None:
        """A variable that holds configuration: its presence is reported, its text is not read."""
        name = file.paths[0]
        present = bool(self._where.environ.get(name[1:]))
        if present:
            self.journal.problem(name, host, Kind.NOT_READ, "configuration in a variable, not read")
        self.journal.report(host, file, Candidate(name, name, present), 0, ())

    def _complete(self, found: HostFindings) -> None:
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
            self.journal.problem(
                layer.path,
                found.host,
                Kind.BAD_ENTRY,
                "; ".join(wrong),
                entry.spec.name,
                self.line(key),
            )
        for key, layer in found.layers:
            entry, name = layer.entry, layer.entry.spec.name
            if entry.wrong:
                text = "; ".join(entry.wrong)
                self.journal.problem(
                    layer.path, found.host, Kind.BAD_ENTRY, text, name, self.line(key)
                )
            if entry.ignored:
                self.journal.problem(
                    layer.path, found.host, Kind.HOST_IGNORES, entry.ignored, name, self.line(key)
                )

    def line(self, key: Key) -> int | None:
        """The line that a definition stands in, where it is known."""
        return self._lines.get(key[:2], {}).get(key[2])
