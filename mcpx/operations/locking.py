"""Pinning what servers offer in ``mcpx.lock``, and looking whether it is as it was pinned."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from mcpx.analyses.diff.changes import Change
from mcpx.analyses.diff.lock_changes import is_as_pinned, lock_changes, untold
from mcpx.analyses.diff.lock_meaning import as_meant
from mcpx.catalogue.canonical import canonical_text
from mcpx.catalogue.lock import EMPTY, LONGEST_LOCK, Lock, lock_text, read_lock
from mcpx.catalogue.locked import LockedServer, catalogue_of, locked
from mcpx.catalogue.model import Catalogue, Item, Kind
from mcpx.errors import ConfigError, Fault, ServerError
from mcpx.files import folder_locked, read_text, write_whole
from mcpx.json_text import Repeating, object_of
from mcpx.masking import Mask
from mcpx.operations.comparing import SchemaJudge, Server, changes

# Of one process that waits until the others have written.
_PATIENCE = 120.0
# What is written for a folder that has another name on each machine.
HERE, HOME = "<here>", "<home>"
_CUT_SHORT = ("list-failed", "list-malformed", "list-cursor-invalid", "list-cursor-repeated")
_OWN = ("-P", "-m", "mcpx.demo")


class Pin(StrEnum):
    """What became of a server that was to be pinned."""

    ADDED = "added"
    SAME = "same"
    DIFFERS = "differs"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Pinned:
    """A server as it is served now, as it was pinned before, if it was, and what became of it."""

    now: LockedServer
    before: LockedServer | None
    pin: Pin


def read(path: Path) -> Lock:
    """The lock in a file, broken servers and all; an empty one when there is none.

    Raises ConfigError.
    """
    if not path.exists():
        return EMPTY
    return read_lock(read_text(str(path), LONGEST_LOCK), str(path))


def read_pinned(path: Path) -> Lock:
    """The lock in a file that has to be there. Raises ConfigError."""
    hint = "mcpx lock TARGET pins what a server offers"
    if not path.exists():
        raise ConfigError(f"{path}: no such file", hint=hint)
    lock = read(path)
    if not lock.entries:
        raise ConfigError(f"{path}: no server is pinned in it", hint=hint)
    return lock


def as_locked(catalogue: Catalogue, path: Path, mask: Mask, typed: str = "") -> LockedServer:
    """What a lock in a file holds of a catalogue, without any secret that ``mask`` knows.

    ``typed`` is the target as it can be typed again. Raises ServerError for a catalogue that is
    not whole, and ConfigError for one that no lock can hold.
    """
    for problem in catalogue.problems:
        if problem.rule in _CUT_SHORT:
            raise ServerError(
                Fault.INVALID_RESPONSE,
                f"{catalogue.server}: not all that it offers could be had: {problem.message}",
                hint="a lock holds all of it or nothing; try again, or ask its author",
            )
    found = locked(catalogue)
    if _tells(found, mask):
        found = locked(_without_secrets(catalogue, mask))
    target = {name: _portable(one, path, mask) for name, one in found.target.items()}
    if tuple(target.get("args", ())[: len(_OWN)]) == _OWN and target["command"] == sys.executable:
        target["command"] = "python"
    return replace(found, target=target, typed=typed if mask(typed) == typed else "")


def _tells(server: LockedServer, mask: Mask) -> bool:
    parts: list[Any] = [server.server_info, server.capabilities, server.instructions]
    parts += [server.version, *server.supported]
    parts += [one.item.raw for kind in Kind for one in server.items(kind)]
    text = canonical_text(parts)
    return mask(text) != text


def _without_secrets(catalogue: Catalogue, mask: Mask) -> Catalogue:
    """The catalogue with secrets masked wherever they stand; it is nested as a lock allows."""

    def masked(value: Any) -> Any:
        if isinstance(value, dict):
            members = value.members if isinstance(value, Repeating) else tuple(value.items())
            return object_of([(mask(key), masked(one)) for key, one in members])
        if isinstance(value, list):
            return [masked(one) for one in value]
        return mask(value) if isinstance(value, str) else value

    items: dict[str, Any] = {
        kind.plural: tuple(Item(kind, masked(one.raw)) for one in catalogue.items(kind))
        for kind in Kind
    }
    return replace(
        catalogue,
        version=mask(catalogue.version),
        supported=tuple(map(mask, catalogue.supported)),
        server_info=masked(catalogue.server_info),
        capabilities=masked(catalogue.capabilities),
        instructions=masked(catalogue.instructions),
        **items,
    )


def _portable(value: Any, path: Path, mask: Mask) -> Any:
    """A member of a target without secrets, and without what folders are called on this machine."""
    if isinstance(value, list):
        return [_portable(one, path, mask) for one in value]
    text = mask(value)
    folders = ((str(path.resolve().parent), HERE), (str(Path.home()), HOME))
    for folder, name in folders:
        if len(folder) > 1:
            text = re.sub(rf"(?<![\w./-]){re.escape(folder)}(?=/|$)", name, text)
    return text


def keep(path: Path, servers: Sequence[LockedServer], accept: bool = False) -> list[Pinned]:
    """Pin servers, beside those that are pinned already, and say what became of each.

    One that is pinned and differs stays as it was unless ``accept``, as do broken ones. Raises
    ConfigError when it cannot be done; the old file then still stands.
    """
    if path.is_dir():
        raise ConfigError(f"cannot write {path}: is a folder")
    with folder_locked(path, _PATIENCE):
        before = read(path)
        found = [decided(before, one, accept) for one in servers]
        changed = {one.now.server: one.now for one in found if one.pin in (Pin.ADDED, Pin.ACCEPTED)}
        if changed:
            after = replace(
                before,
                servers={**before.servers, **changed},
                broken={name: one for name, one in before.broken.items() if name not in changed},
            )
            write_whole(path, lock_text(after))
        return found


def decided(lock: Lock, server: LockedServer, accept: bool = False) -> Pinned:
    """What becomes of a server by what the lock holds of it.

    Raises ConfigError for one that is broken there, unless ``accept``.
    """
    if broken := lock.broken.get(server.server):
        if not accept:
            raise broken.error
        return Pinned(server, None, Pin.ACCEPTED)
    before = lock.servers.get(server.server)
    if before is None:
        return Pinned(server, None, Pin.ADDED)
    again = replace(server, rest=before.rest, typed=server.typed or before.typed)
    if is_as_pinned(before, again):
        # How it is named may be put in order; there is nothing else to accept.
        named = accept and again.typed != before.typed
        return Pinned(again, before, Pin.ACCEPTED if named else Pin.SAME)
    return Pinned(again, before, Pin.ACCEPTED if accept else Pin.DIFFERS)


def compare(pinned: Pinned, judge: SchemaJudge) -> list[Change]:
    """What is not as it was pinned; nothing for a server that was not pinned before."""
    old, new = pinned.before, pinned.now
    if old is None or pinned.pin is Pin.SAME or is_as_pinned(old, new):
        return []
    before, now = (Server(new.server, catalogue_of(one)) for one in (old, as_meant(old, new)))
    return list(lock_changes(old, new, changes(before, now, judge))) or [untold(new.server)]


def name_for(lock: Lock, typed: str, name: str) -> str:
    """What a server is called in the lock: as it was pinned by the same target, else its name."""
    of_target = (key for key, one in sorted(lock.entries.items()) if typed and one.typed == typed)
    return next(of_target, name)


def offered_before(servers: Iterable[LockedServer]) -> str | None:
    """The client capabilities that servers were all pinned with, as ``--capabilities`` takes them.

    None where they differ, or are none that this client knows.
    """
    known = {"roots", "sampling", "elicitation"}
    found = {one.offered for one in servers}
    if len(found) != 1:
        return None
    (offered,) = found
    return ",".join(offered) if offered and known.issuperset(offered) else None
