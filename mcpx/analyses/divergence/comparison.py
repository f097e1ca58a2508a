"""Comparing what came of an interaction live with what the recording has; no I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from mcpx.analyses.diff.schema_changes import Judge
from mcpx.analyses.diff.values import same
from mcpx.analyses.divergence import given_back
from mcpx.analyses.divergence.asked import questions
from mcpx.analyses.divergence.bindings import Bound
from mcpx.analyses.divergence.clocks import Clocks
from mcpx.analyses.divergence.contracts import Contracts
from mcpx.analyses.divergence.divergences import Divergence, Kind
from mcpx.analyses.divergence.endings import carried, failed, settled, slower
from mcpx.analyses.divergence.handshakes import handshake
from mcpx.analyses.divergence.hiding import Hiding
from mcpx.analyses.divergence.listings import LISTS, Listings
from mcpx.analyses.divergence.masks import IgnoreRules, Mask
from mcpx.analyses.divergence.mirrors import without_mirror
from mcpx.analyses.divergence.notices import Notices
from mcpx.analyses.divergence.pointers import Places
from mcpx.analyses.divergence.progress import progress
from mcpx.analyses.divergence.promises import broken
from mcpx.analyses.divergence.renaming import Renaming
from mcpx.analyses.divergence.sides import End, Interaction, Side
from mcpx.analyses.divergence.tasks import at_one_point, of_tasks
from mcpx.analyses.divergence.texts import Texts
from mcpx.analyses.divergence.timelines import Timeline
from mcpx.analyses.divergence.values import Comparer, Values
from mcpx.envelopes import told
from mcpx.json_rpc import HANDSHAKES, members
from mcpx.schemas.validation import Verdict
from mcpx.servers import Era

# Something else came than in the recording, or nothing.
_OTHERWISE = (Kind.OUTCOME, Kind.MISSING)


@dataclass(frozen=True, slots=True)
class Comparing:
    """How to compare.

    ``check`` tells whether a value fits a schema, ``judge`` what a change of a schema does to
    callers (operations.comparing.SchemaJudge is both: ``judge.check``, ``judge``); without them
    neither is found out. ``latency``: tell slower answers too.
    """

    ignored: IgnoreRules = field(default_factory=IgnoreRules)
    mask: Mask = field(default_factory=Mask)
    latency: bool = False
    check: Callable[[Any, Any], Verdict] | None = None
    judge: Judge | None = None


class Comparison:
    """Compares the interactions of one session, in the order of the recording.

    What is learnt on the way is in ``renaming`` and ``bound``, which the driver of the live side
    puts into requests.
    """

    def __init__(
        self,
        comparing: Comparing | None = None,
        renaming: Renaming | None = None,
        bound: Bound | None = None,
    ) -> None:
        self.renaming = renaming or Renaming()
        self.bound = bound or Bound()
        self._comparing = comparing or Comparing()
        self._contracts = Contracts(self._comparing.judge)
        self._listings = Listings(self._contracts)
        self._notices = Notices()
        self._timeline = Timeline()

    def compare(self, interaction: Interaction, recorded: Side, live: Side) -> list[Divergence]:
        """Every difference; empty where there is none. Raises nothing, whatever the values.

        Notifications are weighed per connection: when its own interaction (without a method)
        comes, which has to be its last.
        """
        texts = Texts(Clocks(recorded.at, live.at, self._timeline), self.renaming)
        self._timeline.answered(recorded.at, live.at)
        self._notices.add(interaction, recorded, live, texts)
        if not interaction.method:
            return self._of_connection(interaction, recorded, live, texts)
        comparer = partial(self._values, interaction, recorded, texts)
        found = settled(interaction.method, recorded, live)
        if found is None:
            found = self._answers(interaction, recorded, live, comparer)
        elif live.end is End.NOT_SENT:
            found += self._page_missing(interaction, recorded)
            return self._weighed(interaction, recorded, texts, found)
        if recorded.questions or live.questions:
            asked = questions(recorded, live, comparer)
            # What failed otherwise than before did not come to asking.
            broke_off = failed(live) and any(one.kind in _OTHERWISE for one in found)
            found += (one for one in asked if not (broke_off and one.kind is Kind.MISSING))
        if recorded.progress or live.progress:
            found += progress(recorded, live)
        # How it was carried says nothing more where something else came.
        if not any(one.kind in _OTHERWISE for one in found):
            found += carried(recorded, live)
        if self._comparing.latency:
            found += slower(recorded, live)
        return self._weighed(interaction, recorded, texts, found)

    def _hiding(self, interaction: Interaction, recorded: Side, texts: Texts) -> Hiding:
        rules = self._comparing
        places = Places(recorded.value)
        return Hiding(interaction, rules.ignored, rules.mask, self.bound, texts.clocks, places)

    def _values(self, interaction: Interaction, recorded: Side, texts: Texts) -> Values:
        hiding = self._hiding(interaction, recorded, texts)
        return Values(texts, hiding.hides if hiding.has_rules else None)

    def _weighed(
        self, interaction: Interaction, recorded: Side, texts: Texts, found: list[Divergence]
    ) -> list[Divergence]:
        return [*self._hiding(interaction, recorded, texts).weighed(found)] if found else found

    def _of_connection(
        self, interaction: Interaction, recorded: Side, live: Side, texts: Texts
    ) -> list[Divergence]:
        complete = live.end not in (End.NOT_SENT, End.FAILED)
        found = list(questions(recorded, live, lambda: Values(texts)))
        found += self._notices.weigh(interaction.connection, complete, recorded, live, texts)
        unfinished = self._listings.unfinished(interaction.connection)
        found += unfinished if complete else ()
        if live.end is End.FAILED and recorded.end is not End.FAILED:
            found.append(Divergence(Kind.MISSING, live.reason or "the connection broke"))
        return [*found, *carried(recorded, live)] if complete else found

    def _page_missing(self, interaction: Interaction, recorded: Side) -> list[Divergence]:
        if interaction.method not in LISTS or recorded.end is not End.RESULT:
            return []
        return self._listings.page_missing(interaction, members(recorded.value))

    def _answers(
        self, interaction: Interaction, recorded: Side, live: Side, comparer: Comparer
    ) -> list[Divergence]:
        was, now, method = recorded.value, live.value, interaction.method
        if recorded.end not in (End.RESULT, End.ERROR) or live.end is not recorded.end:
            return []
        listed = method in LISTS
        if not listed and same(was, now):
            self.renaming.keep(was)
            self._learn(interaction, was, now)
            return []
        if not isinstance(was, dict) or not isinstance(now, dict):
            values = comparer()
            values.compare(was, now)
            return values.found
        if recorded.end is End.ERROR:
            return _errors(was, now, comparer)
        if method in HANDSHAKES:
            return handshake(self._contracts, was, now, (_era(recorded), _era(live)), comparer)
        self._learn(interaction, was, now)
        across = recorded.modern is not live.modern
        first, second = told(was, across), told(now, across)
        if listed:
            return self._listings.compare(interaction, first, second, across, comparer)
        return self._results(interaction, first, second, comparer)

    def _learn(self, interaction: Interaction, recorded: Any, live: Any) -> None:
        given_back.learn(interaction.method, recorded, live, self.renaming)
        self.bound.learn(interaction, recorded, live)

    def _results(
        self,
        interaction: Interaction,
        recorded: dict[str, Any],
        live: dict[str, Any],
        comparer: Comparer,
    ) -> list[Divergence]:
        first, second = given_back.without(interaction.method, recorded, live)
        found: list[Divergence] = []
        if of_tasks(interaction.method, recorded, live):
            first, second, found = at_one_point(first, second)
        first, second = without_mirror(first, second)
        values = comparer()
        values.compare(first, second)
        found += values.found
        check = self._comparing.check
        if check is not None and any(one.kind is not Kind.VOLATILE for one in values.found):
            schema = self._listings.output_schema(interaction)
            if schema is not None and interaction.method == "tools/call":
                return broken(schema, first, second, found, check)
        return found


def _errors(
    recorded: Mapping[str, Any], live: Mapping[str, Any], comparer: Comparer
) -> list[Divergence]:
    """What differs in two errors of one code: their words and data."""
    values = comparer()
    first, second = (
        {name: one for name, one in side.items() if name != "code"} for side in (recorded, live)
    )
    values.compare(first, second)
    return [
        one if one.kind is Kind.VOLATILE else replace(one, kind=Kind.ERROR_TEXT)
        for one in values.found
    ]


def _era(side: Side) -> Era:
    return Era.MODERN if side.modern else Era.LEGACY
