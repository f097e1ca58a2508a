"""Names of tools that are nearly the same: other order, a letter apart, or alike to the eye."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, product

from mcpx.analyses.actions import EMPTY
from mcpx.analyses.slips import slips
from mcpx.analyses.spelling import canonical_name
from mcpx.analyses.wording import Described, first_sentence, singular, stem, words

# Of more names than this that are all alike, only these are compared.
MOST_ALIKE = 50


class Likeness(StrEnum):
    """In what two names are nearly the same."""

    LOOK = "look"
    ORDER = "order"
    SPELLING = "spelling"


@dataclass(frozen=True, slots=True)
class Near:
    """Two tools with nearly the same name, by their places in the sequence that was looked at.

    They stand on different servers; names that look alike may stand on one. ``others`` are the
    places of the further tools of either name that are near the other in the same way.
    """

    first: int
    second: int
    likeness: Likeness
    others: tuple[int, ...] = ()


def near_names(tools: Sequence[Described]) -> Iterator[Near]:
    """Pairs of names that are nearly the same, each once, in the order of the tools.

    - ``look``: equal once letters of other scripts, 0 and O, 1, l and I, rn and m are one.
    - ``order``: the same words in another order (``address_get``, ``get_address``); when singular
      and plural differ as well, only with a second signal.
    - ``spelling``: one word differs by one letter, or two in a long word, and there is a second
      signal: the same parameters or a description much alike.

    Names that are equal but for case and separators are left out, and so are names that one server
    offers side by side, unless they look alike.
    """
    named: dict[str, list[int]] = {}
    for place, tool in enumerate(tools):
        named.setdefault(tool.name, []).append(place)
    split = {name: tuple(words(name)) for name in named}
    canonical = {name: canonical_name(name) for name in named}
    places: dict[str, list[int]] = {}
    for name, some in named.items():
        places.setdefault(canonical[name], []).extend(some)
    found: dict[tuple[str, str], Near] = {}
    for likeness, one, other in _candidates(split):
        ours, theirs = canonical[one], canonical[other]
        pair = min(ours, theirs), max(ours, theirs)
        if ours == theirs or pair in found:
            continue
        some, more = sorted(places[ours]), sorted(places[theirs])
        if likeness is not Likeness.LOOK:
            some, more = _apart_from(tools, some, more), _apart_from(tools, more, some)
        signal = _needed_signal(likeness, split[one], split[other])
        met = (
            (first, second)
            for first, second in product(some[:MOST_ALIKE], more[:MOST_ALIKE])
            if signal(tools[first], tools[second])
        )
        if (two := next(met, None)) is not None:
            further = (
                *(place for place in some if signal(tools[place], tools[two[1]])),
                *(place for place in more if signal(tools[two[0]], tools[place])),
            )
            others = tuple(sorted(set(further).difference(two)))
            found[pair] = Near(min(two), max(two), likeness, others)
    yield from sorted(found.values(), key=lambda near: (near.first, near.second))


def _apart_from(tools: Sequence[Described], some: Sequence[int], more: Sequence[int]) -> list[int]:
    """The tools of ``some`` whose server has none of the others: who offers both knows why."""
    servers = {tools[place].server for place in more}
    return [place for place in some if tools[place].server not in servers]


_Signal = Callable[[Described, Described], bool]


def _needed_signal(likeness: Likeness, one: Sequence[str], other: Sequence[str]) -> _Signal:
    """What else two tools must have in common to be near by the words of their names."""
    if likeness is Likeness.LOOK or sorted(one) == sorted(other):
        return lambda _first, _second: True
    if sorted(map(singular, one)) == sorted(map(singular, other)):
        # To get a task and to get tasks is told apart by what is asked for.
        return lambda first, second: first.parameters == second.parameters != frozenset()
    ours, theirs = set(one).difference(other), set(other).difference(one)
    two_words = set(map(stem, ours)) != set(map(stem, theirs))

    def signal(first: Described, second: Described) -> bool:
        # Words that each description uses as well are meant: a node is no note.
        if two_words and ours <= _said(first) and theirs <= _said(second):
            return False
        same = first.parameters == second.parameters and len(first.parameters) > 1
        return same or _described_alike(first, second)

    return signal


def _described_alike(first: Described, second: Described) -> bool:
    """Whether descriptions open with much the same words, some of them those of both names."""
    ours, theirs = (_stems(first_sentence(tool.description)) for tool in (first, second))
    shared = ours & theirs
    named = _stems(first.name) & _stems(second.name)
    return not shared.isdisjoint(named or shared) and 2 * len(shared) >= len(ours | theirs)


def _said(tool: Described) -> set[str]:
    return set(words(tool.description[:_LONGEST_DESCRIPTION]))


_LONGEST_DESCRIPTION = 2_000


def _stems(text: str) -> set[str]:
    return {stem(word) for word in words(text) if word not in EMPTY}


def _candidates(split: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[Likeness, str, str]]:
    for one, other in _grouped((skeleton(name), name) for name in split):
        yield Likeness.LOOK, one, other
    # From one thing to another is not the way back.
    sorted_words = (
        (tuple(sorted(map(singular, parts))), name)
        for name, parts in split.items()
        if len(parts) > 1 and _DIRECTIONS.isdisjoint(parts)
    )
    for one, other in _grouped(sorted_words):
        if tuple(map(singular, split[one])) != tuple(map(singular, split[other])):
            yield Likeness.ORDER, one, other
    for one, other in _misspelt(split):
        yield Likeness.SPELLING, one, other


def _grouped(keyed: Iterable[tuple[Hashable, str]]) -> Iterator[tuple[str, str]]:
    """Pairs of names with the same key."""
    groups: dict[Hashable, list[str]] = {}
    for key, name in keyed:
        groups.setdefault(key, []).append(name)
    for group in groups.values():
        yield from combinations(group[:MOST_ALIKE], 2)


_DIRECTIONS = frozenset({"to", "from", "into", "onto", "2"})


def skeleton(name: str) -> str:
    """A name as the eye takes it: characters that look alike are one, separators are none.

    Alike are what people mistake in ASCII (0 and O; 1, l and I; rn and m; vv and w), and
    the letters of other scripts drawn like Latin ones, after the skeletons of Unicode Technical
    Standard 39, section 4, "Confusable Detection".
    """
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name)
    name = canonical_name(name.translate(_DRAWN_ALIKE))
    return name.replace("rn", "m").replace("vv", "w")


_DRAWN_ALIKE = str.maketrans(
    "0O1I|"  # ASCII
    "аесорхуѕіјһԁԛԝАВЕКМНОРСТХУЅІЈ"  # Cyrillic
    "αονρικυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"  # Greek
    "օսհոո"  # Armenian
    "ıɡɩ",  # Latin
    "oolllaecopxysijhdqwABEKMHOPCTXYSlJaovpiKuABEZHlKMNOPTYXouhnnigi",
)


def _misspelt(split: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Pairs of names of which one word is nearly that of the other, at the same place."""
    named: dict[tuple[str, ...], list[str]] = {}
    for name, parts in split.items():
        named.setdefault(parts, []).append(name)
    near = slips({word for parts in named for word in parts})
    for parts, names in named.items():
        for place, word in enumerate(parts[:_MOST_WORDS]):
            for other in near.get(word, ()):
                same = named.get((*parts[:place], other, *parts[place + 1 :]), ())
                yield from product(names[:MOST_ALIKE], same[:MOST_ALIKE])


_MOST_WORDS = 20
