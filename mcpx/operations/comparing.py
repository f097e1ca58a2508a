"""Comparing what servers offered with what they offer: which go together, and what changed."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from mcpx.analyses.diff.catalogues import Sides, catalogue_changes
from mcpx.analyses.diff.changes import Change
from mcpx.analyses.diff.servers import (
    Unstable,
    server_added,
    server_removed,
    unstable,
    without_unstable,
)
from mcpx.catalogue.model import Catalogue, Item, Kind, Problem
from mcpx.errors import ServerError, UsageError
from mcpx.schemas.compatibility import Compatibility, compatibility
from mcpx.schemas.containment import Answer
from mcpx.schemas.readings import Reading
from mcpx.schemas.validation import Outcome, Verdict, checked
from mcpx.schemas.workers import Worker
from mcpx.servers import canonical_json
from mcpx.terminal import counted

if TYPE_CHECKING:
    from mcpx.client.connection import Connection

# The version in the name of a package that a runner is given: pkg@1.2.3, pkg==1.2.3.
_PACKAGE = re.compile(r"(?:@[^/@\s]+/)?[^/@\s=]+(?:@|==)(v?[0-9][0-9A-Za-z.+-]*)")
_SECONDS = 2.0
# Of all questions together: a thousand ordinary tools take a few.
_MOST_SECONDS = 120.0


class SchemaJudge:
    """Questions about schemas, answered by a process of their own; the same one once.

    When all of them together took long, what else is asked is not known: many schemas that each
    cost as much as one may would take hours. ``told`` hears how far it is.
    """

    def __init__(self, worker: Worker, told: Callable[[str], None] = lambda _text: None) -> None:
        self._worker = worker
        self._told = told
        self._known: dict[str, Compatibility] = {}
        self._spent = 0.0

    def compare(self, old: Any, new: Any, reading: Reading) -> Compatibility:
        """Whether ``new`` accepts all that ``old`` accepts."""
        try:
            question = canonical_json([old, new, reading])
        except (ValueError, RecursionError):
            return self._asked(old, new, reading)
        if question not in self._known:
            self._known[question] = self._asked(old, new, reading)
        return self._known[question]

    def _asked(self, old: Any, new: Any, reading: Reading) -> Compatibility:
        if self._spent > _MOST_SECONDS:
            return Compatibility(Answer.UNKNOWN, reason=_spent())
        self._told(f"{counted(len(self._known), 'question')} about schemas answered")
        started = time.monotonic()
        found = compatibility(self._worker, old, new, reading)
        self._spent += time.monotonic() - started
        return found

    def fits(self, schema: Any, value: Any) -> bool | None:
        """Whether a value is valid; None where that could not be found out."""
        outcome = self.check(schema, value).outcome
        return None if outcome is Outcome.UNCHECKED else outcome is Outcome.VALID

    def check(self, schema: Any, value: Any) -> Verdict:
        """Whether a value is valid, and what is wrong with it."""
        if self._spent > _MOST_SECONDS:
            return Verdict(Outcome.UNCHECKED, reason=_spent())
        started = time.monotonic()
        verdict = checked(self._worker, schema, value, _SECONDS)
        self._spent += time.monotonic() - started
        return verdict


def _spent() -> str:
    return f"judging schemas took longer than {_MOST_SECONDS:g} s in all"


@dataclass(frozen=True, slots=True)
class Server:
    """A server on one side of a comparison: its name there, and what it offers.

    ``unstable`` are items, by kind and key, that it tells in another way each time; ``path`` is
    the file that it was read from, if any.
    """

    name: str
    catalogue: Catalogue
    unstable: frozenset[Unstable] = frozenset()
    path: str = ""

    @property
    def version(self) -> str:
        """The version of its package where that is known, else what it says of itself.

        Few servers say the version of their package.
        """
        args = self.catalogue.target.get("args")
        for word in args if isinstance(args, list) else []:
            if isinstance(word, str) and (found := _PACKAGE.fullmatch(word)):
                return found[1]
        said = self.catalogue.server_info.get("version")
        return said if isinstance(said, str) else ""


def together(
    old: Sequence[Server], new: Sequence[Server]
) -> list[tuple[Server | None, Server | None]]:
    """Which servers of two sides are one: a single one on each side, else those of one name.

    A single one is compared with its like among several, and the others are left alone. Raises
    UsageError when there is none, or more than one. Where both sides have several of one name,
    the first goes with the first.
    """
    if len(old) == len(new) == 1:
        # Two servers of one run have two names: the second 'files' is 'files-2'.
        numbered = re.fullmatch(re.escape(old[0].name) + r"-[0-9]+", new[0].name)
        return [(old[0], replace(new[0], name=old[0].name) if numbered else new[0])]
    one, many = (old, new) if len(old) == 1 else (new, old)
    if len(one) == 1 and many:
        same = [each for each in many if each.name == one[0].name]
        if not same:
            there = ", ".join(sorted(each.name for each in many))
            raise UsageError(
                f"{one[0].name}: there is no server of this name on the other side",
                hint=f"there are {there}; name one file of one server",
            )
        if len(same) > 1:
            raise UsageError(
                f"{one[0].name}: there are {len(same)} servers of this name on the other side",
                hint="name a file that has one of them",
            )
        return [(one[0], same[0]) if one is old else (same[0], one[0])]
    left: dict[str, list[Server]] = {}
    for each in reversed(new):
        left.setdefault(each.name, []).append(each)
    pairs: list[tuple[Server | None, Server | None]] = [
        (each, left[each.name].pop() if left.get(each.name) else None) for each in old
    ]
    return pairs + [(None, each) for each in new if any(each is one for one in left[each.name])]


def check_context(old: Server, new: Server) -> None:
    """Raises UsageError where two catalogues were taken in ways that change what is offered.

    Servers may list other tools to clients of other capabilities or authorization (specification
    2026-07-28, server/tools, "Listing Tools"), so that a difference would not be a change.
    """
    for what, before, after in (
        ("client capabilities", _offered(old), _offered(new)),
        ("authorization", _signed_in(old), _signed_in(new)),
    ):
        if before is not None and after is not None and before != after:
            raise UsageError(
                f"{old.name}: taken with other {what}: {before or 'none'} and {after or 'none'}",
                hint="take both alike, or compare all the same: --any-context",
            )


def _offered(server: Server) -> str | None:
    """What the client offered; None where the catalogue does not say how it was taken."""
    return ", ".join(sorted(server.catalogue.offered)) if server.catalogue.target else None


def _signed_in(server: Server) -> str | None:
    target: Mapping[str, Any] = server.catalogue.target
    headers = target.get("headers")
    if not target.get("url"):
        return None
    listed = headers if isinstance(headers, list) else []
    names = {one.lower() for one in listed if isinstance(one, str)}
    return ", ".join(sorted(names & _CREDENTIALS))


_CREDENTIALS = {"authorization", "cookie", "x-api-key", "api-key", "x-auth-token"}


def missing_lists(server: Server) -> list[Problem]:
    """What kept a list from being had: compared all the same, all in it would seem to be gone."""
    rules = ("list-failed", "list-malformed")
    return [one for one in server.catalogue.problems if one.rule in rules]


def in_one_order(old: Catalogue, new: Catalogue) -> tuple[Catalogue, Catalogue]:
    """Both catalogues, with lists sorted where one of them has been: files are written sorted.

    In which order the server lists things is not known then.
    """
    lists: list[dict[str, Any]] = [{}, {}]
    for kind in Kind:
        both = [one.items(kind) for one in (old, new)]
        if any(_is_sorted(one) for one in both):
            for side, items in zip(lists, both, strict=True):
                side[kind.plural] = tuple(sorted(items, key=_key))
    return replace(old, **lists[0]), replace(new, **lists[1])


def _is_sorted(items: Sequence[Item]) -> bool:
    return all(one.key <= other.key for one, other in pairwise(items))


def _key(item: Item) -> str:
    return item.key


def changes(
    old: Server | None, new: Server | None, judge: SchemaJudge, strict: bool = False
) -> list[Change]:
    """What changed of one server; one of the two may be missing."""
    if old is None or new is None:
        return [
            *([] if old is None else [server_removed(old.name, old.version)]),
            *([] if new is None else [server_added(new.name, new.version)]),
        ]
    versions = (old.version, new.version)
    name = new.name
    before, after = in_one_order(
        *(replace(one.catalogue, server=name) for one in (old, new)),
    )
    found = list(catalogue_changes(Sides(name, before, after, versions, strict), judge))
    return without_unstable(name, found, old.unstable | new.unstable)


class Relisting:
    """Lists what live servers offer a second time, to tell what changes by itself."""

    def __init__(self) -> None:
        self._unstable: dict[str, frozenset[Unstable]] = {}

    async def __call__(self, connection: Connection, catalogue: Catalogue) -> None:
        """Ask a server again, on the connection that listed its catalogue."""
        from mcpx.client.harvest import harvest

        with contextlib.suppress(ServerError):  # the first listing stands
            again = await harvest(connection, catalogue.offered)
            if not again.incomplete:
                self._unstable[catalogue.server] = unstable(catalogue, again)

    def of(self, server: str) -> frozenset[Unstable]:
        """What a server told in two ways."""
        return self._unstable.get(server, frozenset())
