"""Tools of different servers that a request could equally go to, told by their words alone."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from mcpx.analyses.actions import DETAILS, EMPTY, Number, action, verb_class, verb_place
from mcpx.analyses.spelling import canonical_name
from mcpx.analyses.wording import Described, first_sentence, stem, words

POSSIBLE = 0.4
LIKELY = 0.6
# When more texts than this do the same to a thing, that says little about any two of them.
MOST_ALIKE = 250
# What all comparisons together may cost, in tools looked at: two and their copies for each pair of
# texts, and eight for its scores. 17,487 real tools need less than half of it, and five copies of
# them less than all.
MOST_LOOKS = 1_600_000

# A stem's weight by where it stands; whole numbers, so that no order of adding changes a score.
_IN_NAME = 4
_IN_SENTENCE = 2
_LONGEST_NAME = 200
_MOST_STEMS = 64


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two tools of different servers, by their places in the sequence that was looked at.

    ``score`` is between ``POSSIBLE`` and 1, with three decimals. ``others`` are the places of all
    further tools with the name and description of either: clones clash as their original does.
    """

    first: int
    second: int
    score: float
    likely: bool
    others: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Text:
    """One name and description, by the places of the tools that have it.

    ``places`` are of those whose servers' own names take the same words from it; mostly all.
    """

    copies: list[int]
    places: list[int]
    verb: str
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A text with what each stem in it weighs, and the sum of the squares of these weights."""

    text: _Text
    canonical: str
    weights: dict[str, int]
    square: int


def overlaps(tools: Sequence[Described], possible: bool = False) -> Iterator[Overlap]:
    """Pairs of tools of different servers with different names that do the same to the same.

    Both must have the same class of verb, act on the same thing, and read either one or many of
    it; then a score from ``LIKELY`` (with ``possible`` from ``POSSIBLE``) says that they are
    described alike. The verdict depends on the two tools and the names of their servers: no word
    weighs less for being common among the tools given, so nothing changes when a server joins.

    Each pair of texts (name and description) is yielded once. Left out are names that are equal
    but for case and separators, texts that one server offers side by side, and what more than
    ``MOST_ALIKE`` texts do to a thing, unless their names have the same words. The work is
    bounded: beyond ``MOST_LOOKS``, what most texts do is left out first.
    """
    least = POSSIBLE if possible else LIKELY
    seen: set[tuple[int, int]] = set()
    left = MOST_LOOKS
    for part in _parts(tools):
        left -= (len(part) - 1) * (4 * len(part) + sum(len(one.text.copies) for one in part))
        if left < 0:
            break
        for one, other, score in _alike(part, least):
            pair = _pair(tools, one, other)
            if pair is None:
                continue
            if len(one.places) < len(one.copies) or len(other.places) < len(other.copies):
                # Only such a text stands in several blocks.
                texts = min(one.copies[0], other.copies[0]), max(one.copies[0], other.copies[0])
                if texts in seen:
                    continue
                seen.add(texts)
            others = tuple(sorted({*one.copies, *other.copies}.difference(pair)))
            yield Overlap(*pair, score, score >= LIKELY, others)


def _pair(tools: Sequence[Described], one: _Text, other: _Text) -> tuple[int, int] | None:
    """The first tool of either whose server does not have the other: who offers both knows why."""
    first, second = (
        next((place for place in some.places if tools[place].server not in servers), None)
        for some, servers in (
            (one, {tools[place].server for place in other.copies}),
            (other, {tools[place].server for place in one.copies}),
        )
    )
    if first is None or second is None:
        return None
    return min(first, second), max(first, second)


def _blocks(tools: Sequence[Described]) -> Iterator[list[_Text]]:
    """Texts that do the same to the same thing, the fewest first; only these can overlap."""
    texts: dict[tuple[str, str], list[int]] = {}
    for place, tool in enumerate(tools):
        texts.setdefault((tool.name, tool.description), []).append(place)
    own: dict[str, frozenset[str]] = {}
    blocks: dict[tuple[str, str, Number | None], list[_Text]] = {}
    for copies in texts.values():
        name, sentence = _words(tools[copies[0]])
        stems = frozenset(map(stem, name))
        readings: dict[frozenset[str], list[int]] = {}
        for place in copies:
            server = tools[place].server
            if server not in own:
                own[server] = frozenset(map(stem, words(server)))
            readings.setdefault(own[server] & stems, []).append(place)
        for taken, places in readings.items():
            done = action(name, sentence, taken)
            if done.thing:
                # To make or remove one or many is one wish; to read one or to list many is two.
                number = done.number if done.verb == "read" else None
                text = _Text(copies, places, done.verb, done.kinds)
                blocks.setdefault((done.verb, done.thing, number), []).append(text)
    del texts
    yield from sorted((block for block in blocks.values() if len(block) > 1), key=len)


def _words(tool: Described) -> tuple[list[str], list[str]]:
    return words(tool.name[:_LONGEST_NAME]), words(first_sentence(tool.description))


def _alike(part: Sequence[_Weighed], least: float) -> Iterator[tuple[_Text, _Text, float]]:
    """Pairs of a part with at least this cosine of their weights."""
    for one, other in combinations(part, 2):
        if one.canonical == other.canonical or _of_different_kinds(one, other):
            continue
        theirs = other.weights
        shared = [weight * theirs[root] for root, weight in one.weights.items() if root in theirs]
        product = sum(shared)
        score = round(product / math.sqrt(one.square * other.square), 3) if product else 0.0
        if score >= least:
            yield one.text, other.text, score


def _weighed(tool: Described, text: _Text) -> _Weighed:
    """Each stem by its weight: in the name twice as much, half for words like "details".

    The verb counts as its class, so that to fetch is to get. A stem of the name counts once, also
    when the sentence has it again: else the thing, which a block shares, would decide alone.
    """
    name, sentence = _words(tool)
    weights = {f"to {text.verb}": _IN_SENTENCE}
    at = verb_place(name)
    said = [word for place, word in enumerate(name) if place != at]
    told = sentence[1:] if sentence and verb_class(sentence[0]) else sentence
    for part, weight in ((said, _IN_NAME), (told, _IN_SENTENCE)):
        for word in part:
            if len(weights) < _MOST_STEMS and word not in EMPTY and not word.isdigit():
                weights.setdefault(stem(word), weight // (2 if word in DETAILS else 1))
    square = sum(weight * weight for weight in weights.values())
    return _Weighed(text, canonical_name(tool.name), weights, square)


def _parts(tools: Sequence[Described]) -> Iterator[list[_Weighed]]:
    """The blocks, or of one that is too large those texts whose names have the same words."""
    for block in _blocks(tools):
        weighed = [_weighed(tools[text.places[0]], text) for text in block]
        if len(weighed) <= MOST_ALIKE:
            yield weighed
            continue
        parts: dict[frozenset[str], list[_Weighed]] = {}
        for one in weighed:
            said = frozenset(root for root, weight in one.weights.items() if weight >= _IN_NAME)
            parts.setdefault(said, []).append(one)
        few = (part for part in parts.values() if 1 < len(part) <= MOST_ALIKE)
        yield from sorted(few, key=len)


def _of_different_kinds(one: _Weighed, other: _Weighed) -> bool:
    """Whether both name a kind of thing that the other never mentions: task and note comments."""
    ours, theirs = one.text.kinds, other.text.kinds
    return (
        bool(ours and theirs) and ours.isdisjoint(other.weights) and theirs.isdisjoint(one.weights)
    )
