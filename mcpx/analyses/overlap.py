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

# A stem's weight by where it stands; whole numbers, so that no order of adding changes a score.
_IN_NAME = 4
_IN_SENTENCE = 2
_LONGEST_NAME = 200


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
    ``MOST_ALIKE`` texts do to a thing, unless their names have the same words.
    """
    least = POSSIBLE if possible else LIKELY
    seen: set[tuple[int, int]] = set()
    for block in _blocks(tools):
        for one, other, score in _alike(tools, block, least):
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
    """Texts that do the same to the same thing; only within one block can tools overlap."""
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
    yield from (block for block in blocks.values() if len(block) > 1)


def _words(tool: Described) -> tuple[list[str], list[str]]:
    return words(tool.name[:_LONGEST_NAME]), words(first_sentence(tool.description))


def _alike(
    tools: Sequence[Described], block: Sequence[_Text], least: float
) -> Iterator[tuple[_Text, _Text, float]]:
    """Pairs of a block with at least this cosine of their weights."""
    for part in _parts([_weighed(tools[text.places[0]], text) for text in block]):
        for one, other in combinations(part, 2):
            if one.canonical == other.canonical or _of_different_kinds(one, other):
                continue
            shared = one.weights.keys() & other.weights.keys()
            product = sum(one.weights[root] * other.weights[root] for root in shared)
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
            if word not in EMPTY and not word.isdigit():
                weights.setdefault(stem(word), weight // (2 if word in DETAILS else 1))
    square = sum(weight * weight for weight in weights.values())
    return _Weighed(text, canonical_name(tool.name), weights, square)


def _parts(block: list[_Weighed]) -> Iterator[list[_Weighed]]:
    """The block, or when it is too large those parts of it whose names have the same words."""
    if len(block) <= MOST_ALIKE:
        yield block
        return
    parts: dict[frozenset[str], list[_Weighed]] = {}
    for weighed in block:
        said = frozenset(root for root, weight in weighed.weights.items() if weight >= _IN_NAME)
        parts.setdefault(said, []).append(weighed)
    yield from (part for part in parts.values() if len(part) <= MOST_ALIKE)


def _of_different_kinds(one: _Weighed, other: _Weighed) -> bool:
    """Whether both name a kind of thing that the other never mentions: task and note comments."""
    ours, theirs = one.text.kinds, other.text.kinds
    return (
        bool(ours and theirs) and ours.isdisjoint(other.weights) and theirs.isdisjoint(one.weights)
    )
