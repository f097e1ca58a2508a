"""What is pinned of a server: its catalogue without what changes by itself, with digests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mcpx.catalogue.digests import item_digest, lasting, seen_digest
from mcpx.catalogue.model import Catalogue, Item, Kind
from mcpx.errors import ConfigError
from mcpx.schemas.walk import size
from mcpx.servers import Era

# What is nested more deeply could not be read back on every machine.
DEEPEST = 200
_MOST_VALUES = 1_000_000
# What of a server's definition says how it is started or reached. Where the definition stood, and
# who wrote it, differs from machine to machine.
_TARGET = ("transport", "command", "args", "env", "cwd", "url", "headers")


@dataclass(frozen=True, slots=True)
class LockedItem:
    """One pinned item: what lasts of it, the digest of that, and that of what is seen of it.

    ``rest`` are members of its table in the lock that are not known here.
    """

    item: Item
    digest: str
    seen: str
    rest: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What the item is called by."""
        return self.item.key


@dataclass(frozen=True, slots=True)
class LockedServer:
    """One pinned server; the members are those of a Catalogue.

    ``typed`` is the target as a person typed it, empty where that cannot be typed again. Items are
    sorted by key. ``rest`` are members of its table that are not known here.
    """

    server: str
    typed: str = ""
    target: Mapping[str, Any] = field(default_factory=dict)
    era: Era | None = None
    version: str = ""
    supported: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    server_info: Mapping[str, Any] = field(default_factory=dict)
    capabilities: Mapping[str, Any] = field(default_factory=dict)
    instructions: str | None = None
    tools: tuple[LockedItem, ...] = ()
    prompts: tuple[LockedItem, ...] = ()
    resources: tuple[LockedItem, ...] = ()
    templates: tuple[LockedItem, ...] = ()
    rest: Mapping[str, Any] = field(default_factory=dict)

    def items(self, kind: Kind) -> tuple[LockedItem, ...]:
        """The pinned items of one kind."""
        found: tuple[LockedItem, ...] = getattr(self, kind.plural)
        return found


def locked(catalogue: Catalogue) -> LockedServer:
    """A server as it is pinned: the same for the same content, in whatever order it came.

    Of the target stays what says how to start or reach the server. That every list could be had
    (``Catalogue.incomplete``) is for the caller to see to. Raises ConfigError for what no lock can
    hold: something nested more than 200 levels deep or of more than a million values.
    """
    parts = [("server_info", catalogue.server_info), ("capabilities", catalogue.capabilities)]
    for name, part in parts:
        _check_size(catalogue.server, f"its {name}", part)
    items: dict[str, Any] = {kind.plural: tuple(_items(catalogue, kind)) for kind in Kind}
    return LockedServer(
        server=catalogue.server,
        target={
            name: catalogue.target[name]
            for name in _TARGET
            if is_text_or_list(catalogue.target.get(name))
        },
        era=catalogue.era,
        version=catalogue.version,
        supported=catalogue.supported,
        offered=catalogue.offered,
        server_info=catalogue.server_info,
        capabilities=catalogue.capabilities,
        instructions=catalogue.instructions,
        **items,
    )


def _items(catalogue: Catalogue, kind: Kind) -> Iterator[LockedItem]:
    found = []
    for item in catalogue.items(kind):
        _check_size(catalogue.server, f"{kind} '{item.key[:60]}'", item.raw)
        pinned = Item(kind, lasting(item))
        found.append(LockedItem(pinned, item_digest(pinned), seen_digest(pinned)))
    yield from sorted(found, key=lambda one: (one.key, one.digest))


def _check_size(server: str, what: str, value: Any) -> None:
    depth, count = size(value, DEEPEST, _MOST_VALUES)
    if depth > DEEPEST or count > _MOST_VALUES:
        many = f"nested more than {DEEPEST} levels deep"
        if depth <= DEEPEST:
            many = f"made of more than {_MOST_VALUES} values"
        raise ConfigError(f"server '{server}' cannot be pinned: {what} is {many}")


def is_text_or_list(value: Any) -> bool:
    """Whether a value is what a member of a target may be."""
    if isinstance(value, list):
        return all(isinstance(one, str) for one in value)
    return isinstance(value, str)


def catalogue_of(server: LockedServer) -> Catalogue:
    """A pinned server as a catalogue, to be compared with what is served."""
    items: dict[str, Any] = {
        kind.plural: tuple(one.item for one in server.items(kind)) for kind in Kind
    }
    return Catalogue(
        server=server.server,
        target=server.target,
        era=server.era,
        version=server.version,
        supported=server.supported,
        offered=server.offered,
        server_info=server.server_info,
        capabilities=server.capabilities,
        instructions=server.instructions,
        **items,
    )
