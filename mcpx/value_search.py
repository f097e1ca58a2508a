"""Finding values in a text however they are written, in time that grows with the text alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mcpx.escapes import FEWEST, forms, spans_before, unescaped

# Shorter ones would be found within ordinary words.
SHORTEST_WITHIN_WORDS = 6
# What a text ends with where it was cut.
CUT = "…"
_SPACE = re.compile(r"\s+")
# A letter after a backslash is no part of a word, as in JSON.
_BEFORE_WORD = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrtbf]))"
_AFTER_WORD = r"(?![A-Za-z0-9])"
# Levels of alternatives that are told apart by one character each.
_LEVELS = 3

Span = tuple[int, int]


class ValueSearch:
    """Finds some values: as they are, encoded, escaped, over several lines, cut at the end.

    No pattern can go more than one way, so that no text makes the search slow.
    """

    def __init__(self, values: Iterable[str]) -> None:
        found = {form for value in values for form in forms(value) if form}
        plain: set[str] = set()
        odd: list[str] = []
        for form in sorted(found, key=len, reverse=True):
            if len("".join(form.split())) < FEWEST:
                odd.append(re.escape(form))
            elif len(form) < SHORTEST_WITHIN_WORDS:
                odd.append(_BEFORE_WORD + re.escape(form) + _AFTER_WORD)
            else:
                folded = _SPACE.sub(lambda match: _folded(match[0]), form)
                if folded[0] == "\n":
                    odd.append(r"(?<!\s)" + _literal(folded))
                else:
                    plain.add(folded)
        texts = [*([_any_of(plain, _LEVELS)] if plain else []), *(["|".join(odd)] if odd else [])]
        self._patterns = [re.compile(text) for text in texts]
        self._starts: dict[str, list[str]] = {}
        for form in found:
            self._starts.setdefault(form[:FEWEST], []).append(form)
        self._longest = max(map(len, found), default=0)

    def spans(self, text: str) -> Iterator[Span]:
        """Where the values stand in the text, in no order; some spans may overlap."""
        yield from self._spans(text)
        plain = unescaped(text)
        if plain != text and (there := list(self._spans(plain))):
            yield from spans_before(text, there)

    def _spans(self, text: str) -> Iterator[Span]:
        for pattern in self._patterns:
            start = end = 0
            match = pattern.search(text)
            while match:
                if match.start() >= end:
                    if end:
                        yield start, end
                    start = match.start()
                end = max(end, match.end())
                match = pattern.search(text, match.start() + 1)
            if end:
                yield start, end
        if CUT in text:
            yield from self._cut(text)

    def _cut(self, text: str) -> Iterator[Span]:
        """Beginnings of values that stand where the text was cut."""
        before, end = 0, text.find(CUT)
        while end >= 0:
            for start in range(max(before, end - self._longest), end - FEWEST + 1):
                some = self._starts.get(text[start : start + FEWEST], ())
                if any(form.startswith(text[start:end]) for form in some):
                    yield start, end
                    break
            before, end = end + 1, text.find(CUT, end + 1)


def _folded(space: str) -> str:
    """Space as it stands in a pattern: one sign for what may be indented or folded elsewhere."""
    return "\n" if any(sign in space for sign in "\t\r\n") else space


def _literal(form: str) -> str:
    return r"\s++".join(map(re.escape, form.split("\n")))


def _any_of(some: Iterable[str], levels: int) -> str:
    """A pattern for the longest of some forms that stands at a place."""
    groups: dict[str, list[str]] = {}
    for form in sorted(some, key=len, reverse=True):
        groups.setdefault(form[:1], []).append(form)
    branches = []
    for first, group in groups.items():
        if len(group) > 1 and levels:
            rest = _any_of((form[1:] for form in group), levels - 1)
            branches.append(f"{_literal(first)}(?:{rest})")
        else:
            branches += map(_literal, group)
    return "|".join(branches)
