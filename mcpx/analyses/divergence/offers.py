"""Comparing what a server says that it is and has: its handshake, and its lists; no I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mcpx.analyses.diff.catalogues import Sides, catalogue_changes
from mcpx.analyses.diff.changes import ABSENT as NOT_THERE
from mcpx.analyses.diff.changes import Change, is_new
from mcpx.analyses.diff.schema_changes import Judge
from mcpx.analyses.diff.values import quoted, same
from mcpx.analyses.divergence.divergences import ABSENT, Divergence, Kind
from mcpx.analyses.divergence.sides import Interaction
from mcpx.analyses.divergence.values import Values
from mcpx.catalogue import model
from mcpx.catalogue.model import Catalogue, Item
from mcpx.envelopes import PREFIX
from mcpx.json_rpc import members
from mcpx.schemas.compatibility import Compatibility
from mcpx.schemas.containment import Answer
from mcpx.schemas.readings import Reading
from mcpx.schemas.validity import DEEPEST
from mcpx.schemas.walk import size
from mcpx.servers import Era

# What a list's result holds its items in, and of which kind they are.
LISTS = {
    "tools/list": ("tools", model.Kind.TOOL),
    "prompts/list": ("prompts", model.Kind.PROMPT),
    "resources/list": ("resources", model.Kind.RESOURCE),
    "resources/templates/list": ("resourceTemplates", model.Kind.TEMPLATE),
}
_SAID = ("capabilities", "serverInfo", "instructions", "protocolVersion", "supportedVersions")
# Where a catalogue's file has what a result has elsewhere.
_PLACES = (
    ("/server_info", "/serverInfo"),
    ("/supported", "/supportedVersions"),
    ("/version", "/protocolVersion"),
)
_MOST_VALUES = 1_000_000
# Whether a version says what has changed is asked where versions are compared.
_OF_VERSIONS = ("server-version-not-bumped", "server-major-not-bumped")
_REORDERED = "catalogue-reordered"

# Makes what compares two values of the answers at hand.
Comparer = Callable[[], Values]


class _Unjudged:
    """Says of nothing what it does to callers."""

    def compare(self, old: Any, new: Any, reading: Reading) -> Compatibility:  # noqa: ARG002
        return Compatibility(Answer.UNKNOWN, reason="was not asked")

    def fits(self, schema: Any, value: Any) -> bool | None:  # noqa: ARG002
        return None


@dataclass(slots=True)
class _Pages:
    """Items of pages that have come, without those that were in both."""

    recorded: dict[str, Item] = field(default_factory=dict)
    live: dict[str, Item] = field(default_factory=dict)


class Offers:
    """Compares handshakes and lists; of a list with several pages, all pages together.

    ``judge`` tells what changed schemas do to callers.
    """

    def __init__(self, judge: Judge | None = None) -> None:
        self._judge: Judge = judge or _Unjudged()
        self._pages: dict[tuple[int, str], _Pages] = {}
        self._schemas: dict[tuple[int, str], Any] = {}

    def output_schema(self, interaction: Interaction) -> Any:
        """The output schema that the recording has for the tool of a call; None without one."""
        return self._schemas.get((interaction.connection, interaction.name))

    def listing(
        self,
        interaction: Interaction,
        recorded: Mapping[str, Any],
        live: Mapping[str, Any],
        across: bool,
        comparer: Comparer,
    ) -> list[Divergence]:
        """What differs in one page, and on the last of the recording's in all of them."""
        member, kind = LISTS[interaction.method]
        old, new = (_items(one.get(member), kind, across) for one in (recorded, live))
        was, now = (_without(one, ("nextCursor",)) for one in (recorded, live))
        self._learn(interaction, kind, old)
        key = interaction.connection, interaction.method
        pages = self._pages.get(key)
        goes_on, live_goes_on = (one.get("nextCursor") is not None for one in (recorded, live))
        if pages is None and goes_on is live_goes_on and same(was, now):
            return []
        values = comparer()
        if not _readable(recorded.get(member), old) or not _readable(live.get(member), new):
            values.compare(was, now)
            return values.found
        values.compare(_without(was, (member,)), _without(now, (member,)))
        pages = self._pages.setdefault(key, _Pages())
        keys = [item.key for item in old]
        both = self._both(pages, old, new)
        found = list(values.found)
        together: list[tuple[Item, Item]] = []
        for item, other in both:
            at = keys.index(item.key) if item.key in keys else 0
            volatile = _only_volatile(item, other, f"/{member}/{at}", comparer)
            found += volatile
            together.append((item, item if volatile else other))
        left: tuple[list[Item], list[Item]] = ([], [])
        if not goes_on:
            del self._pages[key]
            if live_goes_on:
                message = "there are more pages than in the recording"
                found.append(Divergence(Kind.CHANGED, message, "/nextCursor", ABSENT, ""))
            else:
                left = [*pages.recorded.values()], [*pages.live.values()]
        catalogues = (
            _catalogue(kind, _ordered(old, [item for item, _ in together], left[0])),
            _catalogue(kind, _ordered(new, [item for _, item in together], left[1])),
        )
        found += self._changes(*catalogues, lambda change: _item_place(change, member, old, new))
        return found

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
        self._both(pages, old, [])
        if recorded.get("nextCursor") is not None:
            return []
        del self._pages[key]
        catalogues = (
            _catalogue(kind, [*pages.recorded.values()]),
            _catalogue(kind, [*pages.live.values()]),
        )
        return self._changes(*catalogues, lambda change: _item_place(change, member, old, []))

    def _both(
        self, pages: _Pages, old: Sequence[Item], new: Sequence[Item]
    ) -> list[tuple[Item, Item]]:
        """The items that are in both now; the others wait for the pages to come."""
        pages.recorded.update({item.key: item for item in old})
        pages.live.update({item.key: item for item in new})
        names = [key for key in pages.recorded if key in pages.live]
        return [(pages.recorded.pop(key), pages.live.pop(key)) for key in names]

    def _learn(self, interaction: Interaction, kind: model.Kind, items: Iterable[Item]) -> None:
        if kind is model.Kind.TOOL:
            for item in items:
                if isinstance(schema := item.raw.get("outputSchema"), dict):
                    self._schemas[interaction.connection, item.key] = schema

    def handshake(
        self,
        recorded: Mapping[str, Any],
        live: Mapping[str, Any],
        eras: tuple[Era, Era],
        comparer: Comparer,
    ) -> list[Divergence]:
        """What differs in who a server says it is, its capabilities and instructions."""
        across = eras[0] is not eras[1]
        rest, values = comparer(), comparer()
        others = (*_SAID, "_meta")
        if not across:
            rest.compare(_without(recorded, others), _without(live, others))
        was, now = ({name: one.get(name) for name in _SAID} for one in (recorded, live))
        if same(was, now) and not across:
            return rest.found
        values.compare(was, now)
        if not across and all(one.kind is Kind.VOLATILE for one in values.found):
            return rest.found + values.found
        old, new = _server(recorded, eras[0]), _server(live, eras[1])
        left_out: tuple[str, ...] = ("/protocolVersion", "/supportedVersions") if across else ()
        # Modern servers need not say who they are.
        if across and not (old.server_info and new.server_info):
            left_out += ("/serverInfo",)
        changes = self._changes(old, new, _server_place, versions=True)
        return rest.found + [one for one in changes if not one.pointer.startswith(left_out)]

    def _changes(
        self,
        old: Catalogue,
        new: Catalogue,
        place: Callable[[Change], str],
        versions: bool = False,
    ) -> list[Divergence]:
        said = [one.server_info.get("version") for one in (old, new)] if versions else []
        texts = [one if isinstance(one, str) else "" for one in said] or ["", ""]
        sides = Sides("", old, new, (texts[0], texts[1]))
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


def _catalogue(kind: model.Kind, items: Sequence[Item]) -> Catalogue:
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


def _server(result: Mapping[str, Any], era: Era) -> Catalogue:
    version, instructions = result.get("protocolVersion"), result.get("instructions")
    supported = result.get("supportedVersions")
    said = result.get("serverInfo") or members(result.get("_meta")).get(f"{PREFIX}serverInfo")
    return Catalogue(
        "",
        era=era,
        version=version if isinstance(version, str) else "",
        supported=tuple(map(str, supported)) if isinstance(supported, list) else (),
        server_info=members(said),
        capabilities=members(result.get("capabilities")),
        instructions=instructions if isinstance(instructions, str) else None,
    )


def _server_place(change: Change) -> str:
    for old, new in _PLACES:
        if change.pointer == old or change.pointer.startswith(f"{old}/"):
            return new + change.pointer[len(old) :]
    return change.pointer


def _without(value: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: one for name, one in value.items() if name not in names}
