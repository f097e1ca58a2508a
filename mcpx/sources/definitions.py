"""What a scan finds: definitions of servers, who reads them, problems, and the files looked for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from mcpx.servers import Place, ServerSpec
from mcpx.sources.dialects import Needs, Switch


class Kind(StrEnum):
    """What is wrong with a file or an entry, and whose problem it is."""

    UNREADABLE = "unreadable"  # our read failed
    INVALID = "invalid"  # we cannot parse it
    HOST_IGNORES = "host-ignores"  # the host itself ignores the file or the entry
    BAD_ENTRY = "bad-entry"
    NOT_READ = "not-read"  # there, and not to be read without running code or signing in


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of a file, or of one entry in it; the message quotes nothing of the file."""

    path: Path
    hosts: tuple[str, ...]
    kind: Kind
    message: str
    entry: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One host's view of a definition; ``path`` is where this host finds it.

    ``spec`` and ``needs`` are the entry as this host reads it: by its own dialect, and merged with
    its other files when it merges key by key (then of project origin as soon as one part is).
    ``base`` is the folder that a project's file belongs to.
    ``enabled_at`` is where that was set, empty for the default. ``approved`` is whether the host
    may use the definition, ``approval`` what it asks for first. ``effective`` is whether the host
    would use this definition under its name; ``reason`` says why not, or what else there is to
    know about it.
    """

    host: str
    scope: str
    path: Path
    spec: ServerSpec
    needs: Needs
    enabled: Switch
    enabled_at: str
    approved: Switch
    approval: str
    effective: bool
    reason: str
    issues: tuple[str, ...] = ()
    base: Path | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """One entry of one file, whoever reads it.

    ``spec`` holds the values as written, with origin and place. ``host`` and ``scope`` are those
    of the first reader; ``enabled`` is what the entry itself says. ``unset`` names the variables
    it refers to that are not set here; ``needs.asked`` what the host keeps elsewhere or asks a
    person for. ``partial``: the entry only changes one of the same name in another file.
    ``identity`` is equal for definitions of the same server, within one process; it is keyed and
    says nothing about the values. ``duplicates`` are the places of the others.
    """

    spec: ServerSpec
    host: str
    scope: str
    path: Path
    resolved: Path
    line: int | None
    read_by: tuple[Reading, ...]
    enabled: Switch
    needs: Needs
    unset: tuple[str, ...]
    issues: tuple[str, ...]
    partial: bool
    identity: str
    duplicates: tuple[Place, ...] = ()

    @property
    def name(self) -> str:
        """The entry's name in its file."""
        return self.spec.name


@dataclass(frozen=True, slots=True)
class EffectiveServer:
    """A server as a host would use it; ``parts`` are the definitions it comes from, highest first.

    ``spec`` is as in ``Reading``.
    """

    host: str
    spec: ServerSpec
    enabled: Switch
    enabled_at: str
    approved: Switch
    parts: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class FileReport:
    """One place that was looked at: what is read there, and what was found.

    ``status``, ``confidence`` and ``sources`` are those of the host table. ``entries`` counts the
    servers found; ``notes`` say what else is there, or why it was not looked at.
    """

    host: str
    scope: str
    template: str
    path: Path
    found: bool
    format: str
    status: str
    confidence: str
    sources: tuple[str, ...]
    entries: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Discovery:
    """Everything a scan found, in the order of the host table, files lowest precedence first."""

    definitions: tuple[Definition, ...]
    problems: tuple[Problem, ...]
    files: tuple[FileReport, ...]
    effective: tuple[EffectiveServer, ...]
