"""Which item of the old catalogue is which of the new one, by key or by likeness."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from mcpx.analyses.diff.renames import Merge, Rename, guesses
from mcpx.analyses.diff.values import same
from mcpx.catalogue.canonical import canonical_text
from mcpx.catalogue.model import Item, Kind

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Pairing:
    """How the items of one kind go together.

    ``matched`` have the same key. ``renamed`` are in neither of ``removed`` and ``added``, and the
    caller compares each such pair as one; those of ``possibly`` and ``merged`` are in both too.
    ``doubled`` and ``undoubled`` are new and old items whose key stands more often there.
    ``swapped`` are two old items of which each is now what the other was, but for the name.
    """

    matched: tuple[tuple[Item, Item], ...] = ()
    removed: tuple[Item, ...] = ()
    added: tuple[Item, ...] = ()
    renamed: tuple[Rename, ...] = ()
    possibly: tuple[Rename, ...] = ()
    merged: tuple[Merge, ...] = ()
    doubled: tuple[Item, ...] = ()
    undoubled: tuple[Item, ...] = ()
    swapped: tuple[tuple[Item, Item], ...] = ()


def pairs(old: Sequence[Item], new: Sequence[Item]) -> Pairing:
    """The pairing of two lists of one kind.

    Of several of one key equal ones go together, and the others by their turn.
    """
    was, now = _by_key(old), _by_key(new)
    matched: list[tuple[Item, Item]] = []
    removed, added = [], []
    doubled: list[Item] = []
    undoubled: list[Item] = []
    for key, items in was.items():
        others = now.get(key, [])
        if not others:
            removed.append(items[0])
            undoubled += items[1:]
            continue
        together, gone, come = equal_first(items, others, lambda item: item.raw)
        matched += together
        undoubled += gone
        doubled += come
    for key, items in now.items():
        if key not in was:
            added.append(items[0])
            doubled += items[1:]
    guessed = guesses(removed, added)
    old_names = {id(one.old) for one in guessed.renamed}
    new_names = {id(one.new) for one in guessed.renamed}
    return Pairing(
        tuple(matched),
        tuple(one for one in removed if id(one) not in old_names),
        tuple(one for one in added if id(one) not in new_names),
        guessed.renamed,
        guessed.possibly,
        guessed.merged,
        tuple(doubled),
        tuple(undoubled),
        tuple(_swapped(matched)),
    )


def equal_first(
    old: Sequence[_T], new: Sequence[_T], raw: Callable[[_T], Any]
) -> tuple[list[tuple[_T, _T]], Sequence[_T], Sequence[_T]]:
    """What is called the same: pairs, old ones that are left, and new ones that are left.

    ``raw`` is the JSON of one. Equal ones go together, and the others by their turn.
    """
    if len(old) == len(new) == 1:
        return [(old[0], new[0])], (), ()
    waiting: dict[str, list[int]] = defaultdict(list)
    for at in reversed(range(len(new))):
        waiting[canonical_text(raw(new[at]))].append(at)
    equal = {}
    for place, one in enumerate(old):
        if alike := waiting[canonical_text(raw(one))]:
            equal[place] = alike.pop()
    taken = {*equal.values()}
    left = [at for at in range(len(new)) if at not in taken]
    turns = [place for place in range(len(old)) if place not in equal]
    paired = equal | dict(zip(turns, left, strict=False))
    return (
        [(old[place], new[paired[place]]) for place in sorted(paired)],
        [old[place] for place in turns[len(left) :]],
        [new[at] for at in left[len(turns) :]],
    )


def _swapped(matched: Sequence[tuple[Item, Item]]) -> Iterator[tuple[Item, Item]]:
    """Old items of which each is now what the other was; only what goes by its name can be."""
    changed = [
        (old, new)
        for old, new in matched
        if old.kind in (Kind.TOOL, Kind.PROMPT) and not same(old.raw, new.raw)
    ]
    waiting: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for old, new in changed if len(changed) > 1 else ():
        was, now = (_nameless(item) for item in (old, new))
        other = waiting[now, was]
        if was != now and other:
            yield other.pop(), old
        else:
            waiting[was, now].append(old)


def _nameless(item: Item) -> str:
    return canonical_text({name: value for name, value in item.raw.items() if name != "name"})


def _by_key(items: Sequence[Item]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        found[item.key].append(item)
    return found
