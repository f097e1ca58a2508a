"""The names by which the model of a host sees each tool, and what else becomes of them there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mcpx.analyses.finding import Effect
from mcpx.analyses.name_clashes import offers_of
from mcpx.analyses.naming import HostModel
from mcpx.catalogue.model import Catalogue


@dataclass(frozen=True, slots=True)
class SeenName:
    """A tool of a server and the name that the model sees; ``effect`` where that goes wrong."""

    server: str
    tool: str
    name: str
    effect: Effect | None = None


def seen_names(members: Sequence[tuple[str, Catalogue]], model: HostModel) -> Iterator[SeenName]:
    """Every tool, in the order of the servers; a name that a server lists twice comes once."""
    offers = offers_of(members)
    names = model.names(offers)
    alike = [model.alike(name) if model.alike else name for name in names]
    times = Counter(alike)
    pairs = ((offer.key, tool) for offer in offers for tool in offer.tools)
    for name, key, (server, tool) in zip(names, alike, pairs, strict=True):
        yield SeenName(server, tool, name, _effect(name, times[key], model))


def _effect(name: str, times: int, model: HostModel) -> Effect | None:
    if times > 1 and model.clash is not Effect.APART:
        return model.clash
    if model.limit is not None and len(name) > model.limit:
        return model.beyond
    if model.alphabet is not None and not model.alphabet.fullmatch(name):
        return model.refusal
    return None
