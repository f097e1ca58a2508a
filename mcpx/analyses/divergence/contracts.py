"""Changes of what a server offers, judged as mcpx diff judges them; no I/O."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mcpx.analyses.diff.catalogues import Sides, catalogue_changes
from mcpx.analyses.diff.changes import ABSENT as NOT_THERE
from mcpx.analyses.diff.changes import Change, is_new
from mcpx.analyses.diff.schema_changes import Judge
from mcpx.analyses.diff.values import quoted
from mcpx.analyses.divergence.divergences import ABSENT, Divergence, Kind
from mcpx.catalogue.model import Catalogue
from mcpx.schemas.compatibility import Compatibility
from mcpx.schemas.containment import Answer
from mcpx.schemas.readings import Reading

# Whether a version says what has changed is asked where versions are compared.
_OF_VERSIONS = ("server-version-not-bumped", "server-major-not-bumped")
_REORDERED = "catalogue-reordered"


class _Unjudged:
    """Says of nothing what it does to callers."""

    def compare(self, old: Any, new: Any, reading: Reading) -> Compatibility:  # noqa: ARG002
        return Compatibility(Answer.UNKNOWN, reason="was not asked")

    def fits(self, schema: Any, value: Any) -> bool | None:  # noqa: ARG002
        return None


class Contracts:
    """Compares catalogues; ``judge`` tells what changed schemas do to callers."""

    def __init__(self, judge: Judge | None = None) -> None:
        self._judge: Judge = judge or _Unjudged()

    def changes(
        self, old: Catalogue, new: Catalogue, place: Callable[[Change], str]
    ) -> list[Divergence]:
        """What has changed; ``place`` says where in the live result, as a pointer."""
        said = [one.server_info.get("version") for one in (old, new)]
        versions = [one if isinstance(one, str) else "" for one in said]
        sides = Sides("", old, new, (versions[0], versions[1]))
        return [
            _divergence(change, place(change))
            for change in catalogue_changes(sides, self._judge)
            if change.rule.id not in _OF_VERSIONS
        ]


def _divergence(change: Change, pointer: str) -> Divergence:
    before, after = (ABSENT if one is NOT_THERE else one for one in (change.before, change.after))
    if change.rule.id == _REORDERED:
        return Divergence(Kind.ORDER, change.message, pointer)
    key = quoted(change.subject.key, 60)
    named = not change.subject.key or key in change.message
    message = change.message if named else f"{change.subject.kind} {key}: {change.message}"
    kind = Kind.ADDED if is_new(change) else Kind.CONTRACT
    return Divergence(kind, message, pointer, before, after, change.severity.value)
