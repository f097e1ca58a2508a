"""Which ``--bind`` rule is missing: a value of an answer that a later request asks with; no I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mcpx.analyses.divergence.divergences import ABSENT, Divergence, Kind
from mcpx.analyses.divergence.sides import Interaction, Side
from mcpx.schemas.walk import at, escape

# Values that are kept in mind, and places of one request that are looked at.
_MOST = 200
_MOST_PLACES = 1_000
_LONGEST = 200
# Shorter ones stand in requests by chance, unless their names go together.
_SHORTEST = 3
# Parameters that are not what a request asks with.
_APART = ("_meta", "name")
_SIGNS = re.compile(r"[^0-9a-z]")


@dataclass(frozen=True, slots=True)
class CarriedOn:
    """A value that the live server gives otherwise, and that a request takes from its answer.

    ``giver`` and ``taker`` are the numbers of the two interactions, ``rule`` what binds them.
    """

    value: Any
    giver: int
    taker: int
    rule: str


@dataclass(frozen=True, slots=True)
class _Given:
    value: Any
    number: int
    place: str


class Carrying:
    """Finds the first such value in a replay. To be told of every interaction as it ends."""

    def __init__(self) -> None:
        self.found: CarriedOn | None = None
        self._given: dict[tuple[str, Any], _Given] = {}

    def see(
        self, interaction: Interaction, recorded: Side, divergences: Iterable[Divergence]
    ) -> None:
        """Look at what an interaction asks with, then at what is different in its answer."""
        if self.found is not None:
            return
        if self._given:
            self._taken(interaction)
        for one in divergences:
            if one.kind is Kind.CHANGED and one.pointer and len(self._given) < _MOST:
                self._keep(interaction.number, recorded.value, one)

    def _taken(self, interaction: Interaction) -> None:
        for place, value in _scalars(interaction.params):
            given = self._given.get(_key(value))
            if given is None or given.number >= interaction.number:
                continue
            if len(str(value)) >= _SHORTEST or _akin(given.place, place):
                rule = f"/result{given.place} -> /params{place}"
                self.found = CarriedOn(value, given.number, interaction.number, rule)
                return

    def _keep(self, number: int, result: Any, one: Divergence) -> None:
        if one.live is ABSENT or not _may_name(one.recorded) or not _may_name(one.live):
            return
        try:
            # What stands in a text of the answer no rule takes.
            value = at(result, one.pointer)
        except KeyError:
            return
        if value == one.recorded:
            self._given.setdefault(_key(value), _Given(value, number, one.pointer))


def _may_name(value: Any) -> bool:
    """Whether a value may be an id: a whole number, or a text with a digit in it."""
    if isinstance(value, str):
        return len(value) <= _LONGEST and any(map(str.isdigit, value))
    return isinstance(value, int) and not isinstance(value, bool)


def _key(value: Any) -> tuple[str, Any]:
    return type(value).__name__, value


def _akin(source: str, target: str) -> bool:
    """Whether the members at two places have one name, but for what is before it: ``order_id``."""
    first, second = (_SIGNS.sub("", one.rpartition("/")[2].lower()) for one in (source, target))
    return bool(first and second) and (first.endswith(second) or second.endswith(first))


def _scalars(params: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What may be a name in parameters, with its place; the first thousand values."""
    waiting = [(f"/{escape(key)}", one) for key, one in params.items() if key not in _APART]
    for place, value in waiting:  # grows meanwhile
        if len(waiting) > _MOST_PLACES:
            return
        if isinstance(value, dict):
            waiting += ((f"{place}/{escape(key)}", one) for key, one in value.items())
        elif isinstance(value, list):
            waiting += ((f"{place}/{number}", one) for number, one in enumerate(value))
        elif _may_name(value):
            yield place, value
