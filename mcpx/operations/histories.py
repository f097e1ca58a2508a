"""What changed of a published server from version to version."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mcpx.errors import McpxError, UsageError
from mcpx.operations.comparing import Server
from mcpx.reports.document import Compared, Release
from mcpx.sources.versions import Version

_MOST_NAMED = 8
_LONGEST_REASON = 200
_OWN_NAME = re.compile(r"^\S+@\S+: ")
# What one attempt says and the next one says in another way.
_TIME = re.compile(r" after [0-9.]+ s\b")


@dataclass(frozen=True, slots=True)
class Span:
    """The versions to compare, oldest first: the first is what the second is compared with.

    ``left_out`` are those between them that would have been too many.
    """

    versions: tuple[Version, ...]
    left_out: tuple[Version, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of starting a version: its server, or an error."""

    version: Version
    server: Server | None = None
    error: McpxError | None = None


def span(of: str, known: Sequence[Version], begin: str | None, end: str | None, most: int) -> Span:
    """The versions from ``begin`` to ``end``, both with them; by default the two newest.

    ``known`` are all of them in their order, ``of`` is what they are versions of. Versions before
    a release (alpha, rc) are left out unless they are named. Where there are more than ``most``
    the newest are taken, and the first. Raises UsageError when there are not two.
    """
    if not known:
        raise UsageError(f"{of} has no published versions")
    released = [one for one in known if not one.rank.prerelease] or list(known)
    last = _named(of, known, end, "--to") if end is not None else released[-1]
    if begin is not None:
        first = _named(of, known, begin, "--from")
        if first.rank.key >= last.rank.key:
            raise UsageError(
                f"{of}: {first.text} does not come before {last.text}",
                hint="--from is the older one"
                if first.text != last.text
                else "without --from the version before is taken",
            )
    else:
        before = [one for one in released if one.rank.key < last.rank.key]
        if not before:
            raise UsageError(
                f"{of}: there is no version before {last.text}",
                hint=f"mcpx inspect shows what it offers: mcpx inspect {of}@{last.text}",
            )
        first = before[-1]
    inner = [one for one in released if first.rank.key < one.rank.key < last.rank.key]
    room = max(most - 2, 0)
    kept = inner[len(inner) - room :] if room else []
    return Span((first, *kept, last), tuple(inner[: len(inner) - len(kept)]))


def _named(of: str, known: Sequence[Version], text: str, option: str) -> Version:
    for one in known:
        if one.text == text:
            return one
    from mcpx.version_order import pep440, semver

    ranks = {rank.key for rank in (semver(text), pep440(text)) if rank is not None}
    for one in known:
        if one.rank.key in ranks:
            return one
    newest = [one.text for one in reversed(known)][:_MOST_NAMED]
    more = f" and {len(known) - len(newest)} older ones" if len(known) > len(newest) else ""
    raise UsageError(
        f"{option}: {of} has no version {text[:100]}",
        hint=f"there are {', '.join(newest)}{more}",
    )


def releases(
    attempts: Sequence[Attempt],
    compare: Callable[[Version, Server, Version, Server], Compared],
) -> Iterator[Release]:
    """What changed in each version since the last one that could be started, oldest first.

    The first is not told, unless it could not be started.
    """
    last: tuple[Version, Server] | None = None
    for place, one in enumerate(attempts):
        version = one.version
        if one.server is None:
            yield Release(version.text, version.date, reason=reason(one.error))
            continue
        if last is not None:
            compared = compare(*last, version, one.server)
            yield Release(version.text, version.date, last[0].text, compared)
        elif place:
            yield Release(version.text, version.date)
        last = version, one.server


def reason(error: McpxError | None) -> str:
    """Why a version could not be started, in a line that is the same for all that it befell."""
    if error is None:
        return "it did not say all that it offers"
    text = _OWN_NAME.sub("", error.message.partition("\n")[0])
    return _TIME.sub("", text)[:_LONGEST_REASON]
