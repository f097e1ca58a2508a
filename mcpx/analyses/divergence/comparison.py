"""Comparing what came of an interaction live with what the recording has; no I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mcpx.analyses.diff.schema_changes import Judge
from mcpx.analyses.diff.values import same
from mcpx.analyses.divergence.asked import questions
from mcpx.analyses.divergence.bindings import Bound
from mcpx.analyses.divergence.clocks import Clocks
from mcpx.analyses.divergence.divergences import Divergence, Kind
from mcpx.analyses.divergence.endings import carried, failed, settled, slower
from mcpx.analyses.divergence.masks import HIDEABLE, IgnoreRules, Mask
from mcpx.analyses.divergence.mirrors import without_mirror
from mcpx.analyses.divergence.notices import Notices
from mcpx.analyses.divergence.offers import LISTS, Offers
from mcpx.analyses.divergence.progress import progress
from mcpx.analyses.divergence.promises import broken
from mcpx.analyses.divergence.renaming import Renaming
from mcpx.analyses.divergence.sides import End, Interaction, Side
from mcpx.analyses.divergence.texts import Texts
from mcpx.analyses.divergence.timelines import Timeline
from mcpx.analyses.divergence.values import Values
from mcpx.envelopes import told
from mcpx.json_rpc import HANDSHAKES, members
from mcpx.schemas.validation import Verdict
from mcpx.servers import Era

# Of a task that goes on. Source: specification 2025-11-25, basic/utilities/tasks, "Task Status".
_GOING_ON = frozenset(("submitted", "working", "input_required"))
_OF_A_POLL = ("status", "statusMessage", "lastUpdatedAt", "result", "error", "inputRequests")


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
        self._offers = Offers(self._comparing.judge)
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
        found = settled(interaction.method, recorded, live)
        if found is None:
            found = self._answers(interaction, recorded, live, texts)
        elif live.end is End.NOT_SENT:
            return found + self._page_missing(interaction, recorded)
        if recorded.questions or live.questions:
            asked = questions(recorded, live, lambda: Values(texts))
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
        return self._weighed(interaction, found) if found else found

    def _of_connection(
        self, interaction: Interaction, recorded: Side, live: Side, texts: Texts
    ) -> list[Divergence]:
        complete = live.end not in (End.NOT_SENT, End.FAILED)
        found = self._notices.weigh(interaction.connection, complete, recorded, live, texts)
        if live.end is End.FAILED and recorded.end is not End.FAILED:
            found.append(Divergence(Kind.MISSING, live.reason or "the connection broke"))
        return [*found, *carried(recorded, live)] if complete else found

    def _page_missing(self, interaction: Interaction, recorded: Side) -> list[Divergence]:
        if interaction.method not in LISTS or recorded.end is not End.RESULT:
            return []
        return self._weighed(
            interaction, self._offers.page_missing(interaction, members(recorded.value))
        )

    def _answers(
        self, interaction: Interaction, recorded: Side, live: Side, texts: Texts
    ) -> list[Divergence]:
        was, now = recorded.value, live.value
        if recorded.end not in (End.RESULT, End.ERROR) or live.end is not recorded.end:
            return []
        listed = interaction.method in LISTS
        if not listed and same(was, now):
            self.renaming.keep(was)
            self._opaque(was, now)
            self.bound.learn(interaction, was, now)
            return []
        if not isinstance(was, dict) or not isinstance(now, dict):
            values = Values(texts)
            values.compare(was, now)
            return values.found
        if recorded.end is End.ERROR:
            return _errors(was, now, texts)
        across = recorded.modern is not live.modern
        if interaction.method in HANDSHAKES:
            eras = _era(recorded), _era(live)
            return self._offers.handshake(was, now, eras, lambda: Values(texts))
        self._opaque(was, now)
        self.bound.learn(interaction, was, now)
        first, second = told(was, across), told(now, across)
        if listed:
            return self._offers.listing(interaction, first, second, across, lambda: Values(texts))
        return self._results(interaction, first, second, texts)

    def _results(
        self,
        interaction: Interaction,
        recorded: dict[str, Any],
        live: dict[str, Any],
        texts: Texts,
    ) -> list[Divergence]:
        first, second = _without_opaque(recorded, live)
        found: list[Divergence] = []
        if interaction.method.startswith("tasks/") or all(map(_is_task, (recorded, live))):
            first, second, found = _same_moment(first, second)
        first, second = without_mirror(first, second)
        values = Values(texts)
        values.compare(first, second)
        found += values.found
        check = self._comparing.check
        if check is not None and any(one.kind is not Kind.VOLATILE for one in values.found):
            schema = self._offers.output_schema(interaction)
            if schema is not None and interaction.method == "tools/call":
                return broken(schema, first, second, found, check)
        return found

    def _opaque(self, recorded: Any, live: Any) -> None:
        """Keep what the client gives back as it came: its live value, for the recorded one."""
        was, now = members(recorded), members(live)
        for one, other in ((was, now), (members(was.get("task")), members(now.get("task")))):
            for name in _GIVEN_BACK:
                if one.get(name) is not None and other.get(name) is not None:
                    self.renaming.opaque(one[name], other[name])
                    if name == "taskId" and isinstance(one[name], str):
                        self.renaming.pair(one[name], str(other[name]))

    def _weighed(self, interaction: Interaction, found: Iterable[Divergence]) -> list[Divergence]:
        """What was found; what is not to be compared counts as volatile."""
        return [self._hidden(interaction, one) for one in found]

    def _hidden(self, interaction: Interaction, one: Divergence) -> Divergence:
        if one.kind not in HIDEABLE or not one.pointer:
            return one
        if rule := self._comparing.ignored.matching(interaction, one.pointer):
            return replace(one, kind=Kind.VOLATILE, message=f"is ignored by {rule}", severity="")
        if self._comparing.mask.covers(interaction, one):
            message = "differs from one run to the next, as was learnt"
            return replace(one, kind=Kind.VOLATILE, message=message, severity="")
        if self.bound.explains(interaction, one):
            return replace(one, kind=Kind.VOLATILE, message="is bound by a rule", severity="")
        return one


# Members of results that go back to the server.
_GIVEN_BACK = ("nextCursor", "requestState", "taskId")


def _without_opaque(
    recorded: Mapping[str, Any], live: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two results without what is given back, where both have it: only that it is there counts."""
    names = [name for name in _GIVEN_BACK if name in recorded and name in live]
    sides = [{n: one for n, one in side.items() if n not in names} for side in (recorded, live)]
    tasks = [members(side.get("task")) for side in sides]
    if all("taskId" in one for one in tasks):
        for side, task in zip(sides, tasks, strict=True):
            side["task"] = {n: one for n, one in task.items() if n != "taskId"}
    return sides[0], sides[1]


def _is_task(result: Mapping[str, Any]) -> bool:
    """Whether a result is no answer yet, but the task that goes on to one."""
    return isinstance(result.get("taskId"), str) or isinstance(result.get("task"), dict)


def _same_moment(
    recorded: dict[str, Any], live: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any], list[Divergence]]:
    """Two results without how far a task is, where one of them came before its end."""
    was, now = (side.get("status") for side in (recorded, live))
    going_on = any(isinstance(one, str) and one in _GOING_ON for one in (was, now))
    if was == now or not going_on:
        return recorded, live, []
    found = [Divergence(Kind.VOLATILE, "the task is at another point", "/status", was, now)]
    first, second = (
        {name: one for name, one in side.items() if name not in _OF_A_POLL}
        for side in (recorded, live)
    )
    return first, second, found


def _errors(recorded: Mapping[str, Any], live: Mapping[str, Any], texts: Texts) -> list[Divergence]:
    """What differs in two errors of one code: their words and data."""
    values = Values(texts)
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
