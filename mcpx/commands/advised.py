"""What can be done about what differs in a replay, and which of its rules were of no use."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mcpx.analyses.divergence.carried_on import Carrying
from mcpx.analyses.divergence.divergences import ABSENT, Kind
from mcpx.analyses.divergence.rule_use import RuleUse

if TYPE_CHECKING:
    from mcpx.analyses.divergence.divergences import Divergence
    from mcpx.commands.playing import Play
    from mcpx.commands.replayed import Telling
    from mcpx.operations.replaying.options import Replayed


class Advice:
    """What there is to advise after a replay. To be told of every interaction as it ends."""

    def __init__(self, play: Play) -> None:
        self._use = RuleUse(play.ignored, play.bindings)
        self._carrying = Carrying()
        # Whether --update would do it.
        self._acceptable = play.reading.has_lines and Path(play.session).is_file()

    def hear(self, one: Replayed, differs: bool) -> None:
        """Take note of an interaction."""
        from mcpx.operations.accepting import refusal

        self._use.see(one.interaction, one.recorded, one.live, one.divergences)
        self._carrying.see(one.interaction, one.recorded, one.divergences)
        if differs and self._acceptable:
            self._acceptable = not (refusal(one) or any(map(_is_gone, one.divergences)))

    def rules(self) -> Iterator[str]:
        """The rules that matched nothing."""
        from mcpx.operations.ignoring import ignored_places

        of_files = ignored_places()
        for rule in self._use.ignored(of_files):
            of = "mcpx.toml: replay.ignore" if rule in of_files else "--ignore"
            yield f"{of} {shlex.quote(rule)} matched nothing"
        for rule, lacking in self._use.bindings:
            yield f"--bind {shlex.quote(rule)} matched nothing: {lacking} has it"

    def hints(self, telling: Telling, went_wrong: bool) -> Iterator[str]:
        """What to type where something differs; ``went_wrong``: not all of it could be replayed."""
        if not telling.tally.differ:
            return
        if found := self._carrying.found:
            # The one explains the other: there is nothing to accept, nor to ignore.
            yield (
                f"#{found.taker} asks with {found.value}, which #{found.giver} gives otherwise now:"
                f" --bind {shlex.quote(found.rule)}"
            )
            return
        if self._acceptable and not (went_wrong or telling.tally.not_sent):
            yield "to accept it: the same with --update"
        if telling.example is not None:
            interaction, divergence = telling.example
            scope = interaction.method + (f"[{interaction.name}]" if interaction.name else "")
            rule = shlex.quote(f"{scope} {divergence.pointer}")
            yield f"what differs each time: --learn finds it out, or --ignore {rule}"


def _is_gone(one: Divergence) -> bool:
    """Whether a tool or the like is not there any more, at least not under its name."""
    parts = one.pointer.split("/")[1:]
    is_whole = len(parts) == 2 and one.live is ABSENT
    return one.kind is Kind.CONTRACT and (is_whole or (len(parts) == 3 and parts[2] == "name"))
