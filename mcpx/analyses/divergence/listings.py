"""Comparing the lists of what a server has, of which several pages count as one list; no I/O."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mcpx.analyses.diff.changes import Change
from mcpx.analyses.diff.values import quoted, same
from mcpx.analyses.divergence.contracts import Contracts
from mcpx.analyses.divergence.divergences import ABSENT, Divergence, Kind
from mcpx.analyses.divergence.sides import Interaction
from mcpx.analyses.divergence.values import Comparer
from mcpx.catalogue import model
from mcpx.catalogue.model import Catalogue, Item
from mcpx.schemas.validity import DEEPEST
from mcpx.schemas.walk import size

# What a list's result holds its items in, and of which kind they are.
LISTS = {
    "tools/list": ("tools", model.Kind.TOOL),
    "prompts/list": ("prompts", model.Kind.PROMPT),
    "resources/list": ("resources", model.Kind.RESOURCE),
    "resources/templates/list": ("resourceTemplates", model.Kind.TEMPLATE),
}
# What asks for a further page, and what says that there is one.
_CURSOR, _NEXT = "cursor", "nextCursor"
_MOST_VALUES = 1_000_000
# Names of items in one message.
_MOST_NAMED = 3


@dataclass(slots=True)
class _Pages:
    """Items of pages that have come, without those that were in both.

    ``live_goes_on``: there are more of them live than have been read.
    """

    recorded: dict[str, Item] = field(default_factory=dict)
    live: dict[str, Item] = field(default_factory=dict)
    live_goes_on: bool = False

    def both(self, old: Iterable[Item], new: Iterable[Item]) -> list[tuple[Item, Item]]:
        """The items that are in both with these; the others wait for the pages to come."""
        self.recorded.update({item.key: item for item in old})
        self.live.update({item.key: item for item in new})
        names = [key for key in self.recorded if key in self.live]
        return [(self.recorded.pop(key), self.live.pop(key)) for key in names]


class Listings:
    """Compares lists; of one with several pages, all pages together."""

    def __init__(self, contracts: Contracts) -> None:
        self._contracts = contracts
        self._pages: dict[tuple[int, str], _Pages] = {}
        self._schemas: dict[tuple[int, str], Any] = {}

    def output_schema(self, interaction: Interaction) -> Any:
        """The output schema that the recording has for the tool of a call; None without one."""
        return self._schemas.get((interaction.connection, interaction.name))

    def compare(
        self,
        interaction: Interaction,
        recorded: Mapping[str, Any],
        live: Mapping[str, Any],
        across: bool,
        comparer: Comparer,
    ) -> list[Divergence]:
        """What differs in one page, and on the last of the recording's in all of them.

        How many items a page has says nothing.
        """
        member, kind = LISTS[interaction.method]
        old, new = (_items(one.get(member), kind, across) for one in (recorded, live))
        was, now = (_without(one, (_NEXT,)) for one in (recorded, live))
        self._learn(interaction, kind, old)
        key = interaction.connection, interaction.method
        found = [] if _CURSOR in interaction.params else self._left_over(key)
        goes_on = recorded.get(_NEXT) is not None, live.get(_NEXT) is not None
        if key not in self._pages and goes_on[0] is goes_on[1] and same(was, now):
            return found
        values = comparer()
        if not _readable(recorded.get(member), old) or not _readable(live.get(member), new):
            values.compare(was, now)
            return found + values.found
        values.compare(_without(was, (member,)), _without(now, (member,)))
        return found + values.found + self._page(interaction, old, new, goes_on, comparer)

    def _page(
        self,
        interaction: Interaction,
        old: Sequence[Item],
        new: Sequence[Item],
        goes_on: tuple[bool, bool],
        comparer: Comparer,
    ) -> list[Divergence]:
        """What differs in the items of a page that were on both sides by now, or by its end."""
        key = interaction.connection, interaction.method
        member, kind = LISTS[interaction.method]
        pages = self._pages.setdefault(key, _Pages())
        found: list[Divergence] = []
        place = {item.key: at for at, item in enumerate(old)}
        together: list[tuple[Item, Item]] = []
        for item, other in pages.both(old, new):
            volatile = _only_volatile(item, other, f"/{member}/{place.get(item.key, 0)}", comparer)
            found += volatile
            together.append((item, item if volatile else other))
        gone: list[Item] = []
        come: list[Item] = []
        recorded_goes_on, pages.live_goes_on = goes_on
        if not recorded_goes_on:
            del self._pages[key]
            come = [*pages.live.values()]
            if pages.live_goes_on:
                found.append(_unread(pages.recorded, f"/{_NEXT}"))
            else:
                gone = [*pages.recorded.values()]
        first = _ordered(old, [item for item, _ in together], gone)
        second = _ordered(new, [item for _, item in together], come)
        return found + self._contracts.changes(
            _catalogue(kind, first),
            _catalogue(kind, second),
            lambda change: _item_place(change, member, old, new),
        )

    def page_missing(
        self, interaction: Interaction, recorded: Mapping[str, Any]
    ) -> list[Divergence]:
        """What is gone with a page of the recording for which there is none live."""
        key = interaction.connection, interaction.method
        pages = self._pages.get(key)
        if pages is None:
            return []
        member, kind = LISTS[interaction.method]
        old = _items(recorded.get(member), kind, False)
        self._learn(interaction, kind, old)
        pages.both(old, [])
        if recorded.get(_NEXT) is not None:
            return []
        del self._pages[key]
        return self._contracts.changes(
            _catalogue(kind, pages.recorded.values()),
            _catalogue(kind, pages.live.values()),
            lambda change: _item_place(change, member, old, ()),
        )

    def unfinished(self, connection: int) -> list[Divergence]:
        """What is gone in lists of a connection that its client did not read to their end."""
        keys = [key for key in self._pages if key[0] == connection]
        return [one for key in keys for one in self._left_over(key)]

    def _left_over(self, key: tuple[int, str]) -> list[Divergence]:
        """What has not come live of a list that was left; forgets it."""
        pages = self._pages.pop(key, None)
        if pages is None or not pages.recorded:
            return []
        if pages.live_goes_on:
            return [_unread(pages.recorded, "")]
        _, kind = LISTS[key[1]]
        gone = _catalogue(kind, pages.recorded.values())
        return self._contracts.changes(gone, _catalogue(kind, ()), lambda _: "")

    def _learn(self, interaction: Interaction, kind: model.Kind, items: Iterable[Item]) -> None:
        if kind is model.Kind.TOOL:
            for item in items:
                if isinstance(schema := item.raw.get("outputSchema"), dict):
                    self._schemas[interaction.connection, item.key] = schema


def _unread(left: Collection[str], pointer: str) -> Divergence:
    """That the live list goes on; keys of items that have not come of it may come there."""
    if not left:
        message = "there are more pages than in the recording"
        return Divergence(Kind.UNSCORED, message, pointer, ABSENT, ABSENT)
    names = ", ".join(quoted(key, 40) for key in [*left][:_MOST_NAMED])
    more = f" and {len(left) - _MOST_NAMED} more" if len(left) > _MOST_NAMED else ""
    message = f"{names}{more} may be on pages that the recording does not ask for"
    return Divergence(Kind.UNSCORED, message, pointer, ABSENT, ABSENT, severity="warning")


def _only_volatile(was: Item, now: Item, pointer: str, comparer: Comparer) -> list[Divergence]:
    """What differs in two definitions where all of that is volatile; else nothing."""
    if same(was.raw, now.raw):
        return []
    values = comparer()
    values.compare(was.raw, now.raw, pointer)
    volatile = all(one.kind is Kind.VOLATILE for one in values.found)
    return values.found if volatile else []


def _items(value: Any, kind: model.Kind, across: bool) -> list[Item]:
    """The items of a list that can be told by their key."""
    # Only one of the eras has it. Source: specification 2025-11-25, schema, Tool.
    dropped = ("execution",) if across and kind is model.Kind.TOOL else ()
    listed = value if isinstance(value, list) else []
    items = [Item(kind, _without(one, dropped)) for one in listed if isinstance(one, dict)]
    return [item for item in items if item.key]


def _readable(value: Any, items: Sequence[Item]) -> bool:
    """Whether a list holds nothing but items, each with a key of its own, and none too deep."""
    if value is None:
        return True
    if not isinstance(value, list) or len(items) != len(value):
        return False
    depth, count = size(value, DEEPEST, _MOST_VALUES)
    return (
        depth <= DEEPEST
        and count <= _MOST_VALUES
        and len({item.key for item in items}) == len(items)
    )


def _ordered(page: Sequence[Item], some: Sequence[Item], others: Sequence[Item]) -> list[Item]:
    """Items in the order of a page, those of earlier pages before them."""
    place = {item.key: at for at, item in enumerate(page)}
    return sorted([*some, *others], key=lambda item: place.get(item.key, -1))


def _catalogue(kind: model.Kind, items: Iterable[Item]) -> Catalogue:
    lists: dict[str, Any] = {kind.plural: tuple(items)}
    return Catalogue("", **lists)


def _item_place(change: Change, member: str, old: Sequence[Item], new: Sequence[Item]) -> str:
    if change.subject.kind == "server":
        return f"/{member}"
    for items in (old, new):
        for at, item in enumerate(items):
            if item.key == change.subject.key:
                return f"/{member}/{at}{change.pointer}"
    return f"/{member}"


def _without(value: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: one for name, one in value.items() if name not in names}
