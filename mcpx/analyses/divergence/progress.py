"""Comparing how far a server said that it was with an interaction; no I/O."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from mcpx.analyses.divergence.divergences import ABSENT, Divergence, Kind
from mcpx.analyses.divergence.sides import Side

_PROGRESS = "notifications/progress"


def progress(recorded: Side, live: Side) -> Iterator[Divergence]:
    """Progress of an interaction: that there is some, that it grows, and that it gets there.

    How often it is told depends on time, so that it says nothing. That its total is another one,
    that it ends before it did, or says no more what is being done, is only worth a look.
    """
    if bool(recorded.progress) is not bool(live.progress):
        kind = Kind.MISSING if recorded.progress else Kind.EXTRA
        words = "does not come any more" if recorded.progress else "is not in the recording"
        was, now = (list(one.progress[:10]) or ABSENT for one in (recorded, live))
        yield Divergence(kind, f"{_PROGRESS} {words}", "", was, now)
        return
    if _grows(recorded.progress) and not _grows(live.progress):
        yield Divergence(
            Kind.CHANGED, f"{_PROGRESS} goes back", "", ABSENT, list(live.progress[:10])
        )
    if recorded.worded and not live.worded:
        yield _looked_at(Kind.MISSING, "has no message any more")
    total, other = recorded.total, live.total
    if total is None:
        return
    if other is None:
        yield _looked_at(Kind.CHANGED, "has no total any more", total)
    elif total != other:
        yield _looked_at(Kind.CHANGED, "has another total", total, other)
    elif recorded.progress:
        ends, end = max(recorded.progress), max(live.progress)
        if ends >= total > end:
            yield _looked_at(Kind.CHANGED, "ends before its total", ends, end)


def _looked_at(
    kind: Kind, words: str, was: float | None = None, now: float | None = None
) -> Divergence:
    first, second = (ABSENT if one is None else one for one in (was, now))
    return Divergence(kind, f"{_PROGRESS} {words}", "", first, second, severity="warning")


def _grows(values: Sequence[float]) -> bool:
    return all(one <= other for one, other in pairwise(values))
