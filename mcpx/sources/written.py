"""Entries as hosts' files hold them: in which file, under which keys, in which dialect."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mcpx.errors import RefusedError, UsageError
from mcpx.servers import Origin, ServerSpec
from mcpx.settings import environment
from mcpx.sources.effective import Layer
from mcpx.sources.hosts import Host, check_scopes, chosen_hosts, host_table
from mcpx.sources.journal import Journal
from mcpx.sources.paths import surroundings
from mcpx.sources.scan import Scan


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """One entry of one file.

    ``resolved`` is the file itself where a link leads to it; ``keys`` lead to the entry from the
    top of the document, with indices in lists.
    """

    layer: Layer
    resolved: Path
    keys: tuple[str, ...]

    @property
    def spec(self) -> ServerSpec:
        """The server as the host reads the entry."""
        return self.layer.entry.spec

    @property
    def word(self) -> str:
        """How to name the entry on a command line: HOST:SCOPE/NAME."""
        return f"{self.layer.host.id}:{self.layer.file.scope}/{self.spec.name}"


@dataclass(frozen=True, slots=True, eq=False)
class HostEntries:
    """Every entry of a host; ``problems`` say which of its files could not be read, and why."""

    host: Host
    entries: tuple[Written, ...]
    problems: tuple[str, ...]


def host_entries(host_id: str) -> HostEntries:
    """The entries of one host on this machine. Raises UsageError for an unknown host."""
    (host,) = chosen_hosts([host_id])
    scan = Scan(surroundings(None, None, None, None, environment(), host_table().vscode_user))
    scan.read(host)
    found = []
    for (resolved, keys, index), layer in scan.findings[0].layers:
        last = (index,) if index else ()
        found.append(Written(layer, Path(resolved), (*keys, *last)))
    return HostEntries(host, tuple(found), tuple(_problems(scan.journal)))


def _problems(journal: Journal) -> list[str]:
    return [f"{one.path}: {one.message}" for one in journal.problems if not one.entry]


def named_entry(
    word: str, likelier: Callable[[Written], bool] = lambda _: True
) -> tuple[Written, HostEntries]:
    """The entry that HOST/NAME or HOST:SCOPE/NAME names, and all of its host.

    Of several, those that are ``likelier`` are meant, if there are any. An entry of a project is
    meant only when its scope is given. Raises UsageError for a word that names nothing or several,
    RefusedError for a project's entry that was not named as such.
    """
    place, slash, name = word.partition("/")
    host_id, colon, scope = place.partition(":")
    if not (slash and host_id and name):
        raise UsageError(
            f"{word}: expected HOST/NAME", hint="mcpx discover lists hosts and their servers"
        )
    check_scopes([scope] if colon else ())
    found = host_entries(host_id)
    fitting = [
        one
        for one in found.entries
        if one.spec.name == name and scope in ("", one.layer.file.scope)
    ]
    if not fitting:
        raise _unknown(found, name, scope)
    fitting = [one for one in fitting if likelier(one)] or fitting
    if len(fitting) > 1:
        raise _several(word, fitting)
    (one,) = fitting
    if one.spec.origin is Origin.PROJECT and not colon:
        raise RefusedError(
            f"{word} stands in a project's file, which others may use too",
            hint=f"name its scope to change it all the same: {shlex.quote(one.word)}",
            details=[f"file: {one.layer.path}"],
        )
    return one, found


def _several(word: str, fitting: Sequence[Written]) -> UsageError:
    words = list(dict.fromkeys(one.word for one in fitting))
    hint = "write " + " or ".join(map(shlex.quote, words))
    if len(words) < len(fitting):
        hint = "take all but one of them out, or give them names of their own"
    return UsageError(
        f"'{word}' names {len(fitting)} entries",
        hint=hint,
        details=[f"{one.word}  in {one.layer.path}" for one in fitting],
    )


def _unknown(found: HostEntries, name: str, scope: str) -> UsageError:
    names = sorted({one.spec.name for one in found.entries if scope in ("", one.layer.file.scope)})
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    if near:
        hint = "did you mean " + " or ".join(near) + "?"
    elif names:
        hint = "it has " + ", ".join(names)
    else:
        hint = f"mcpx discover --hosts --host {found.host.id} shows where was looked"
    where = f" in its {scope} scope" if scope else ""
    return UsageError(
        f"{found.host.name} has no server '{name}'{where}", hint=hint, details=found.problems
    )
