"""Which servers ``mcpx lock`` looks at: those named, or those of the lock by what it says."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

from mcpx.commands.retyping import tells_a_secret
from mcpx.errors import McpxError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from mcpx.catalogue.lock import Lock
    from mcpx.commands.run import Run
    from mcpx.sources.targets import Target
    from mcpx.trust import Gate


@dataclass(slots=True)
class Chosen:
    """The servers to ask, each with the target that it can be named by again (or nothing).

    ``pinned`` are the names of those that the lock names itself; ``failures`` says of these, by
    name, why they cannot be asked, and later of all.
    """

    targets: list[Target] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    pinned: list[str] = field(default_factory=list)
    failures: dict[str, McpxError] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """What servers are called in the lock, as far as that is known before they are asked."""
        from mcpx.servers import ServerSpec

        found = [one.name for one in self.targets if isinstance(one, ServerSpec)]
        return [*found, *(name for name in self.failures if name not in found)]

    def again(self, run: Run, name: str) -> str:
        """How to name one of the servers on another command line."""
        from mcpx.commands.retyping import retyped
        from mcpx.servers import ServerSpec

        named = {
            target.name: typed
            for target, typed in zip(self.targets, self.typed, strict=True)
            if isinstance(target, ServerSpec)
        }
        typed = name if name in self.pinned else named.get(name)
        return retyped(typed, (), run.connecting) if typed else "TARGET"

    def add(self, target: Target, typed: str, name: str = "") -> None:
        """One more server, by the name that it has in the lock if it has one."""
        from mcpx.servers import ServerSpec

        if name and isinstance(target, ServerSpec):
            target = replace(target, name=name)
        self.targets.append(target)
        self.typed.append(typed)

    def leave_out(self, errors: Mapping[str, McpxError]) -> None:
        """Do not ask servers of these names, for these reasons."""
        from mcpx.servers import ServerSpec

        pairs = list(zip(self.targets, self.typed, strict=True))
        names = [one.name if isinstance(one, ServerSpec) else "" for one, _ in pairs]
        kept = [pair for pair, name in zip(pairs, names, strict=True) if name not in errors]
        self.targets, self.typed = [one for one, _ in kept], [typed for _, typed in kept]
        self.failures |= {name: errors[name] for name in names if name in errors}
        self.failures |= {name: errors[name] for name in self.failures if name in errors}


def choose(
    run: Run, words: Sequence[str] | None, lock: Lock, path: Path, gate: Gate, by_default: bool
) -> Chosen:
    """The servers that the command line names; a name in the lock stands for its target.

    With nothing named they are all that are pinned, where that is what is meant (``by_default``).
    Raises UsageError.
    """
    named = list(dict.fromkeys(words or ()))
    if by_default and not named and not run.command:
        named = sorted(lock.entries)
    pinned = [word for word in named if word in lock.entries]
    others = [word for word in named if word not in lock.entries]
    found = Chosen()
    if others or run.command or not pinned:
        _add_typed(run, others, lock, gate, found)
    if pinned:
        _refuse_secrets(run)
        _add_pinned(run, pinned, lock, path, gate, found)
    from mcpx.sources.targets import distinct

    found.targets = distinct(found.targets)
    return found


def _add_typed(run: Run, words: list[str], lock: Lock, gate: Gate, found: Chosen) -> None:
    from mcpx.operations.locking import name_for
    from mcpx.servers import ServerSpec

    for typed, target in zip(_typed(run, words), run.targets(words, gate), strict=True):
        name = target.name if isinstance(target, ServerSpec) else ""
        found.add(target, typed, name and name_for(lock, typed, name))


def _typed(run: Run, words: Sequence[str]) -> Iterator[str]:
    """Each target as a lock may hold it: nothing for a file, or for one that tells a secret."""
    from mcpx.sources.targets import is_of_file, width

    for word in words:
        told = is_of_file(word) or tells_a_secret([word])
        yield from ["" if told else word] * width(word)
    if run.command:
        told = tells_a_secret(run.command)
        yield "" if told else f"stdio:{shlex.join(run.command)}"


def _add_pinned(
    run: Run, names: Sequence[str], lock: Lock, path: Path, gate: Gate, found: Chosen
) -> None:
    from mcpx.operations.lock_entries import as_projects, typed_of
    from mcpx.servers import ServerSpec
    from mcpx.sources.discovery import discover

    look = cache(discover)
    trusted = run.settings().trust == "project"
    for name in names:
        if name in found.names:
            continue  # named by its target too
        try:
            typed = typed_of(lock.entries[name], path, trusted)
            target = run.named(typed, gate, look)
            if isinstance(target, ServerSpec):
                target = as_projects(target, typed, name, path)
            found.add(target, typed, name)
            found.pinned.append(name)
        except McpxError as error:
            found.failures[name] = error


def _refuse_secrets(run: Run) -> None:
    """Raises UsageError for what would go to servers that a file names, not the command line."""
    given = run.connecting
    for option, value in (
        ("--env", given.env),
        ("--env-file", given.env_file),
        ("--header", given.header),
        ("--bearer-env", given.bearer_env),
        ("--set", given.set_values),
    ):
        if value:
            raise UsageError(
                f"{option}: is for targets, not for servers that a lock names",
                hint="a changed lock could send it anywhere; name the target itself",
            )
