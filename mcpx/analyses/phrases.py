"""Phrases: what a text tells a model to do, found by the kinds of words that meet in a sentence."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from mcpx.analyses.moves import ENOUGH, MOVES, PREFERENCE, Move
from mcpx.analyses.word_kinds import sign_of, signs_of

# A text is read as one sign for each word, by its kinds, and a dot for each end of a sentence; a
# move is a short pattern over these signs. So no wording is searched for as such, each pattern is
# bounded, and the work grows with the number of words.


class Phrase(NamedTuple):
    """A move that a text makes, and the words that make it."""

    move: Move
    words: str


def phrases(text: str, words: Sequence[str] | None = None) -> Iterator[Phrase]:
    """The moves of a text, each once, where those near it come to ``ENOUGH``.

    ``words`` are those of the text in lower case, by ``split``, where they are known.

    A move of ``PREFERENCE`` is told by itself and adds nothing to the others.
    """
    each = map(_SIGNS.__getitem__, split(text.lower()) if words is None else words)
    written = "".join(each)
    table = _table()
    steps = 0
    among: set[int] = set()
    for sign in frozenset(written):
        known = table.signs.get(sign)
        if known is not None:
            steps |= known.steps
            among.update(known.ways)
    lacking, needs = ~steps, table.needs
    ways = [table.ways[place] for place in among if not needs[place] & lacking]
    found = [_Place(*one.span(), way.move) for way in ways for one in way.pattern.finditer(written)]
    if not found:
        return
    found.sort(key=_Place.span)
    told = {one.move.title: one for one in reversed(found) if one.move.rule == PREFERENCE}
    _add_near([one for one in found if one.move.rule != PREFERENCE], told)
    if not told:
        return
    said = split(text)
    ends = list(accumulate(len(_SIGNS[word.lower()]) for word in said))
    for one in told.values():
        first, last = bisect_right(ends, one.start), bisect_left(ends, one.end)
        yield Phrase(one.move, " ".join(word for word in said[first : last + 1] if word != "."))


class _Place(NamedTuple):
    """Where in the signs of a text a move is made."""

    start: int
    end: int
    move: Move

    def span(self) -> tuple[int, int]:
        return self.start, self.end


# The words that may stand between two moves that add up: about a sentence.
_NEAR = 20


def _add_near(found: list[_Place], told: dict[str, _Place]) -> None:
    """Add the moves that come to enough with those near them; in the order of their places.

    Of two moves that share words only the heavier counts where it is enough by itself or has all
    words of the other; and no move counts twice.
    """
    apart: list[_Place] = []
    for one in found:
        before = apart[-1] if apart and one.start < apart[-1].end else None
        if before is None or (
            before.start < one.start
            and before.end < one.end
            and max(before.move.weight, one.move.weight) < ENOUGH
        ):
            apart.append(one)
        elif one.move.weight > before.move.weight:
            apart[-1] = one
    near: Counter[str] = Counter()
    first = weight = 0
    for last, one in enumerate(apart, 1):
        near[one.move.title] += 1
        weight += one.move.weight if near[one.move.title] == 1 else 0
        while apart[first].end < one.start - _NEAR:
            gone = apart[first].move
            near[gone.title] -= 1
            weight -= 0 if near[gone.title] else gone.weight
            first += 1
        if weight >= ENOUGH:
            for some in apart[first:last]:
                told.setdefault(some.move.title, some)


def split(text: str) -> list[str]:
    """The words of a text with what stands around them, and a dot for each empty line."""
    text = text.replace("\n\n", " . ")
    return (_BREAK.sub(" . ", text) if "\n" in text else text).split()


_BREAK = re.compile(r"\n[ \t]++\n")


_ENDS = (".", "!", "?", ";")
_EDGES = "\"'`*_()[]{}<>,.:;!?-#|“”‘’"
_SENSITIVE = re.compile(r"~/|\$home/|/etc/|\.ssh|id_rsa|\.env\b|mcp\.json|\.aws|/home/")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,20}://")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}\.[a-z]|\+[0-9][0-9-]{6,20}$")
_PARTS = re.compile(r"[-/:—,=\[\]()<>]+")
_LONGEST_WORD = 200


# Words whose signs are remembered, none of them longer; 17,487 real tools have 53,000.
_MOST_REMEMBERED, _LONGEST_REMEMBERED = 1 << 16, 40


class _Signs(dict[str, str]):
    """The signs of words that were met; a dict, because it is asked for every word there is."""

    def __missing__(self, word: str) -> str:
        sign = _sign(word)
        if len(word) <= _LONGEST_REMEMBERED:
            if len(self) >= _MOST_REMEMBERED:
                self.clear()
            self[word] = sign
        return sign


_SIGNS = _Signs()


def _sign(word: str) -> str:
    """The sign of a word in lower case with what stands around it, and a dot if it ends one."""
    kinds = sign_of()
    if word.isalpha():
        return kinds.get(word, "x")
    word = word[:_LONGEST_WORD]
    bare = word.strip(_EDGES).replace("’", "'")
    end = "." if word.rstrip("\"'`)]*_”’").endswith(_ENDS) else ""
    if not bare:
        return end
    known = kinds.get(bare) or kinds.get(bare.removesuffix("'s"))
    if known:
        return known + end
    if bare.isalpha() and word[0] != ".":
        return ("'" if word[0] in "'\"`" else "x") + end
    if _SENSITIVE.search(word):
        return "~" + end
    if _SCHEME.match(bare):
        return ("@" if bare.startswith(("http", "ftp", "sftp", "ws")) else ":") + end
    if _MAIL.match(bare):
        return "@" + end
    if "_" in bare:
        return "_" + end
    if word[0] in "'\"`":
        return "'" + end
    parts = _PARTS.split(bare, 8)
    return "".join(kinds.get(part, "x") for part in parts) + end


class _Way(NamedTuple):
    """One way to make a move, and what to look for."""

    move: Move
    pattern: re.Pattern[str]


class _Good(NamedTuple):
    """What a sign is good for: steps, as bits, and the ways whose rarest step it is."""

    steps: int
    ways: tuple[int, ...]


class _Table(NamedTuple):
    """All ways, the steps that each needs, as bits, and what each sign is good for."""

    ways: tuple[_Way, ...]
    needs: tuple[int, ...]
    signs: dict[str, _Good]


@cache
def _table() -> _Table:
    bits: dict[str, int] = {}
    ways: list[_Way] = []
    needs: list[int] = []
    signs: dict[str, _Good] = {}
    for move in MOVES:
        for way in move.ways:
            steps = [one for one in way.split() if one[0].isalpha() and one != "START"]
            for step in steps:
                bits.setdefault(step, 1 << len(bits))
            for sign in _signs_in(min(steps, key=_how_common)):
                good = signs.get(sign, _Good(0, ()))
                signs[sign] = good._replace(ways=(*good.ways, len(ways)))
            ways.append(_Way(move, re.compile(_pattern(way))))
            needs.append(sum({bits[step] for step in steps}))
    for step, bit in bits.items():
        for sign in _signs_in(step):
            good = signs.get(sign, _Good(0, ()))
            signs[sign] = good._replace(steps=good.steps | bit)
    return _Table(tuple(ways), tuple(needs), signs)


# Of one tool in twelve and more of 17,487 real ones, the most common last.
_COMMON_KINDS = (
    "THESE TELL REQUEST CONTAINS BOSS ASKS CHECK WORD RECITE PRIVATE OUTPUT IF FILE EXACTLY NEVER"
    " PRESENT NOT COMING ALLOF EACH ALWAYS SET QUESTION HAVE WHOLE USED TOOLNOUN NO LIST CALL"
    " PRESENTAS ARGUMENT ORDER TOOL MAIL AND PUT BY REPLACE ACTING EARLIER OF FOR TO VALUE ACTION"
    " AUXILIARY BE FROM THE THIS READ INTO OTHER WANTS IDENTIFIER"
)
_COMMON = {kind: place for place, kind in enumerate(_COMMON_KINDS.split(), 1)}


def _how_common(step: str) -> tuple[int, int]:
    return max(_COMMON.get(kind, 0) for kind in step.split("/")), len(_signs_in(step))


def _signs_in(step: str) -> str:
    return "".join(signs_of()[kind] for kind in step.split("/"))


def _pattern(way: str) -> str:
    written = ""
    for step in way.split():
        if step == "START":
            written += r"(?:^|\.)"
        elif step[0] == "!":
            none = f"[{re.escape(_signs_in(step[1:]))}]"
            written += f"(?!{none})" if written else f"(?<!{none})(?<!{none}.)(?<!{none}..)"
        elif step[0].isdigit():
            among = "." if step.endswith("+") else "[^.]"
            written += f"{among}{{0,{step.rstrip('+')}}}?"
        else:
            written += f"[{re.escape(_signs_in(step))}]"
    return written
