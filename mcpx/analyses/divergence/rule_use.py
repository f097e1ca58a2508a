"""Which of a replay's rules have found nothing to hold for; no I/O."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from mcpx.analyses.divergence.bindings import Binding
from mcpx.analyses.divergence.divergences import Divergence
from mcpx.analyses.divergence.masks import IgnoreRules
from mcpx.analyses.divergence.pointers import Pattern
from mcpx.analyses.divergence.sides import Interaction, Side


class RuleUse:
    """Rules that have met no place yet. To be told of every interaction.

    A rule has been of use where what it names is there, on either side, whether it differs or not.
    """

    def __init__(self, ignored: IgnoreRules, bindings: Sequence[Binding] = ()) -> None:
        self._ignored = {text: _readable(pattern) for text, pattern in ignored.rules}
        self._sources = {one.text: one.source for one in bindings}
        self._targets = {one.text: one.target for one in bindings}
        self._asked: set[str] = set()

    def see(
        self,
        interaction: Interaction,
        recorded: Side,
        live: Side,
        divergences: Sequence[Divergence] = (),
    ) -> None:
        """Look whether the rules hold for an interaction, or for what differs in it."""
        results = recorded.value, live.value
        for text, pattern in list(self._ignored.items()):
            if pattern.holds_for(interaction):
                self._asked.add(text)
                # Of definitions, questions and notifications what differs has a place of its own.
                differs = any(one.pointer and pattern.covers(one.pointer) for one in divergences)
                if differs or any(map(pattern.places, results)):
                    del self._ignored[text]
        for text, pattern in list(self._sources.items()):
            if pattern.holds_for(interaction) and _first(pattern, "result", results):
                del self._sources[text]
        for text, pattern in list(self._targets.items()):
            if pattern.holds_for(interaction) and _first(pattern, "params", [interaction.params]):
                del self._targets[text]

    def ignored(self, unasked: Collection[str] = ()) -> list[str]:
        """The rules of places that no answer has.

        Those of ``unasked`` are only told where what they are for was asked.
        """
        return [one for one in self._ignored if one in self._asked or one not in unasked]

    @property
    def bindings(self) -> list[tuple[str, str]]:
        """The rules that bound nothing, each with what lacks what it names."""
        lacking = dict.fromkeys(self._targets, "no request")
        lacking |= dict.fromkeys(self._sources, "no answer")
        return [*lacking.items()]


def _first(pattern: Pattern, root: str, values: Sequence[Any]) -> bool:
    return any(pattern.places({root: value}) for value in values)


def _readable(pattern: Pattern) -> Pattern:
    """A pattern as far as the text that it goes on in, in which no place is looked for."""
    at = pattern.parts.index("text") + 1 if "text" in pattern.parts else len(pattern.parts)
    return replace(pattern, parts=pattern.parts[:at])
