"""Which differences of an answer do not count: by rules, as learnt, or as bound; no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from mcpx.analyses.divergence.bindings import Bound
from mcpx.analyses.divergence.clocks import Clocks
from mcpx.analyses.divergence.divergences import Divergence, Kind
from mcpx.analyses.divergence.masks import HIDEABLE, IgnoreRules, Mask
from mcpx.analyses.divergence.pointers import Places
from mcpx.analyses.divergence.sides import Interaction


@dataclass(frozen=True, slots=True)
class Hiding:
    """What hides differences of an interaction, and ``places``, which is its recorded answer."""

    interaction: Interaction
    ignored: IgnoreRules
    mask: Mask
    bound: Bound
    clocks: Clocks
    places: Places

    @property
    def has_rules(self) -> bool:
        """Whether any place may be hidden."""
        return bool(self.ignored.rules) or self.mask.holds_for(self.interaction)

    def hides(self, pointer: str) -> bool:
        """Whether what stands at a place does not count, whatever it is."""
        return bool(self.ignored.matching(self.interaction, pointer)) or self.mask.hides(
            self.interaction, self.places.general(pointer)
        )

    def weighed(self, found: Iterable[Divergence]) -> Iterator[Divergence]:
        """What was found; what does not count is volatile."""
        for one in found:
            why = self._why(one) if one.kind in HIDEABLE and one.pointer else ""
            yield replace(one, kind=Kind.VOLATILE, message=why, severity="") if why else one

    def _why(self, one: Divergence) -> str:
        if rule := self.ignored.matching(self.interaction, one.pointer):
            return f"is ignored by {rule}"
        if (
            self.mask.holds_for(self.interaction)
            and self.mask.covers(self.interaction, one, self.places.general(one.pointer))
            and self.clocks.keep_time(one.recorded, one.live)
        ):
            return "differs from one run to the next, as was learnt"
        return "is bound by a rule" if self.bound.explains(self.interaction, one) else ""
