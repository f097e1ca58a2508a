"""Names of tools that are nearly the same: other order, a letter apart, or alike to the eye."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import combinations, islice, product

from mcpx.analyses.actions import EMPTY
from mcpx.analyses.slips import slips
from mcpx.analyses.spelling import canonical_name, compatible
from mcpx.analyses.wording import Described, first_sentence, singular, stem, words

# Of more names than this that are all alike, only these are compared.
MOST_ALIKE = 50
# What all comparisons together may look at, in tools; 87,435 real ones need less than a tenth.
MOST_LOOKS = 300_000
# Of more pairs of names than this with one likeness, only the first are looked at.
MOST_PAIRS = 50_000
# No host takes longer names, and none of 12,983 real ones has more words.
_LONGEST_NAME = 200
_MOST_WORDS = 16
_LONGEST_DESCRIPTION = 2_000


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
    offers side by side, unless they look alike. Very long names are left out as well, and those of
    very many words are compared by look alone.

    The work is bounded: where names are made to keep it busy, not all pairs are told.
    """
    named: dict[str, list[int]] = {}
    for place, tool in enumerate(tools):
        if len(tool.name) <= _LONGEST_NAME:
            named.setdefault(tool.name, []).append(place)
    split = {name: tuple(words(name)) for name in named}
    canonical = {name: canonical_name(name) for name in named}
    places: dict[str, list[int]] = {}
    for name, some in named.items():
        places.setdefault(canonical[name], []).extend(some)
    for some in places.values():
        some.sort()
    looks = _Looks(tools)
    found: dict[tuple[str, str], Near] = {}
    compared: set[Hashable] = set()
    for likeness, one, other in _candidates(split):
        ours, theirs = canonical[one], canonical[other]
        pair = min(ours, theirs), max(ours, theirs)
        by_words = pair, frozenset((split[one], split[other]))
        if ours == theirs or pair in found or by_words in compared:
            continue
        compared.add(by_words)
        signal = _needed_signal(likeness, split[one], split[other])
        some, more = places[ours], places[theirs]
        if likeness is not Likeness.LOOK:
            some, more = looks.apart(some, more), looks.apart(more, some)
        if (met := looks.first_met(some, more, signal)) is not None:
            others = looks.further(some, more, met, signal)
            found[pair] = Near(min(met), max(met), likeness, others)
        if looks.left <= 0:
            break
    yield from sorted(found.values(), key=lambda near: (near.first, near.second))


class _Looks:
    """Looks at tools, as many as ``MOST_LOOKS``; what each says is split into words once."""

    def __init__(self, tools: Sequence[Described]) -> None:
        self._tools = tools
        self.left = MOST_LOOKS
        self.said = cache(_said)
        self.opening = cache(_opening)
        self.named = cache(_stems)

    def apart(self, some: Sequence[int], more: Sequence[int]) -> list[int]:
        """Those of ``some`` whose server has none of the others: who offers both knows why."""
        self.left -= len(some)
        servers = {self._tools[place].server for place in more}
        return [place for place in some if self._tools[place].server not in servers]

    def first_met(
        self, some: Sequence[int], more: Sequence[int], signal: _Signal | None
    ) -> tuple[int, int] | None:
        """The first tools of either that have the signal; those that say the same count once."""
        if signal is not None:
            some, more = self._different(some), self._different(more)
        pairs = product(some[:MOST_ALIKE], more[:MOST_ALIKE])
        return next((pair for pair in pairs if self._have(signal, *pair)), None)

    def further(
        self, some: Sequence[int], more: Sequence[int], met: tuple[int, int], signal: _Signal | None
    ) -> tuple[int, ...]:
        """The other tools of either that have the signal with the one of the other name."""
        self.left -= len(some) + len(more)
        first, second = met
        ours = {place for place in some if self._have(signal, place, second)}
        theirs = {place for place in more if self._have(signal, first, place)}
        return tuple(sorted((ours | theirs).difference(met)))

    def _different(self, places: Sequence[int]) -> list[int]:
        self.left -= len(places)
        first: dict[Hashable, int] = {}
        for place in places:
            tool = self._tools[place]
            first.setdefault((tool.name, tool.description, tool.parameters), place)
        return list(first.values())

    def _have(self, signal: _Signal | None, first: int, second: int) -> bool:
        if signal is None:
            return True
        self.left -= 1
        return self.left >= 0 and signal(self, self._tools[first], self._tools[second])

    def described_alike(self, first: Described, second: Described) -> bool:
        """Whether descriptions open with much the same words, some of them those of both names."""
        ours, theirs = self.opening(first.description), self.opening(second.description)
        shared = ours & theirs
        if 2 * len(shared) < len(ours | theirs):
            return False
        named = self.named(first.name) & self.named(second.name)
        return not shared.isdisjoint(named or shared)


_Signal = Callable[[_Looks, Described, Described], bool]


def _needed_signal(likeness: Likeness, one: Sequence[str], other: Sequence[str]) -> _Signal | None:
    """What else two tools must have in common to be near by the words of their names."""
    if likeness is Likeness.LOOK or sorted(one) == sorted(other):
        return None
    if sorted(map(singular, one)) == sorted(map(singular, other)):
        # To get a task and to get tasks is told apart by what is asked for.
        return lambda _, first, second: first.parameters == second.parameters != frozenset()
    ours, theirs = set(one).difference(other), set(other).difference(one)
    two_words = set(map(stem, ours)) != set(map(stem, theirs))

    def signal(looks: _Looks, first: Described, second: Described) -> bool:
        # Words that each description uses as well are meant: a node is no note.
        meant = two_words and ours <= looks.said(first.description)
        if meant and theirs <= looks.said(second.description):
            return False
        same = first.parameters == second.parameters and len(first.parameters) > 1
        return same or looks.described_alike(first, second)

    return signal


def _said(description: str) -> frozenset[str]:
    return frozenset(words(description[:_LONGEST_DESCRIPTION]))


def _opening(description: str) -> frozenset[str]:
    return _stems(first_sentence(description))


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(text) if word not in EMPTY)


def _candidates(split: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[Likeness, str, str]]:
    few = {name: parts for name, parts in split.items() if len(parts) <= _MOST_WORDS}
    by_likeness = {
        Likeness.LOOK: _grouped((skeleton(name), name) for name in split),
        Likeness.ORDER: _reordered(few),
        Likeness.SPELLING: _misspelt(few),
    }
    for likeness, pairs in by_likeness.items():
        for one, other in islice(pairs, MOST_PAIRS):
            yield likeness, one, other


def _reordered(split: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Pairs of names with the same words, but for number, in another order."""
    # From one thing to another is not the way back.
    sorted_words = (
        (tuple(sorted(map(singular, parts))), name)
        for name, parts in split.items()
        if len(parts) > 1 and _DIRECTIONS.isdisjoint(parts)
    )
    for one, other in _grouped(sorted_words):
        if tuple(map(singular, split[one])) != tuple(map(singular, split[other])):
            yield one, other


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
    name = canonical_name(compatible(name).translate(_DRAWN_ALIKE))
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
    # By the other words and their places: only words that stand among the same are compared.
    among: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for parts in named:
        for place, word in enumerate(parts):
            among.setdefault((parts[:place], parts[place + 1 :]), []).append(word)
    near = slips(word for together in among.values() if len(together) > 1 for word in together)
    later = {word: frozenset(others) for word, others in near.items()}
    for (before, after), together in among.items():
        if len(together) > 1:
            known = frozenset(together)
            for word in together:
                for other in sorted(known & later.get(word, _NONE)):
                    names, same = named[(*before, word, *after)], named[(*before, other, *after)]
                    yield from product(names[:MOST_ALIKE], same[:MOST_ALIKE])


_NONE: frozenset[str] = frozenset()
