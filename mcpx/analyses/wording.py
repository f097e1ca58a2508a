"""Words of a tool's name and description: how they are split and stemmed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from mcpx.analyses.spelling import compatible


@dataclass(frozen=True, slots=True)
class Described:
    """A tool as it is told apart by: ``parameters`` are the property names of its input schema."""

    server: str
    name: str
    description: str
    parameters: frozenset[str]


def words(text: str) -> list[str]:
    """The words of a name or a text, in lower case; digits are words of their own.

    ``getHTTPUser2`` and ``get-http_user 2`` have the same words. Scripts without spaces give one
    word for each run of letters.
    """
    if text.isascii():
        return [word.lower() for word in _ASCII_WORD.findall(text)]
    found: list[str] = []
    for run in _WORD.findall(compatible(text)):
        start = 0
        for place in range(1, len(run)):
            if run[place].isupper() and run[place - 1].islower():
                found.append(run[start:place].casefold())
                start = place
        found.append(run[start:].casefold())
    return found


_ASCII_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_WORD = re.compile(r"[^\W\d_]+|\d+")


def first_sentence(description: str) -> str:
    """The first sentence of a description, which is where it says what the tool is for."""
    opening = description[:_LONGEST_OPENING].strip()[:_LONGEST_SENTENCE]
    end = _SENTENCE_END.search(opening)
    return opening[: end.start()] if end else opening


# Some descriptions open with the blanks of the source they stand in.
_LONGEST_OPENING = 600
_LONGEST_SENTENCE = 300
_SENTENCE_END = re.compile(r"[.!?](?:\s|$)|[。！？]|\n\s*\n|\n\s*(?:[-*•]|Args|Parameters|Returns)")


@lru_cache(maxsize=1 << 15)
def singular(word: str) -> str:
    """An English word without the ending of its plural; other words as they are."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    # What ends in s and has three letters is mostly short for something.
    if len(word) < 4 or word in _SAME_IN_PLURAL or not word.endswith("s"):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word if word.endswith(("ss", "us", "is")) else word[:-1]


_SAME_IN_PLURAL = frozenset(
    ("news", "series", "canvas", "atlas", "kubernetes", "postgres", "redis", "https", "alias")
)
_IRREGULAR = {
    "people": "person",
    "children": "child",
    "indices": "index",
    "vertices": "vertex",
    "matrices": "matrix",
    "apis": "api",
    "analyses": "analysis",
    "statuses": "status",
    "buses": "bus",
    "dbs": "db",
    "ids": "id",
}


@lru_cache(maxsize=1 << 15)
def stem(word: str) -> str:
    """A word without number, ``-ing``, ``-ed`` and a mute ``e``: ``completed`` and ``complete``.

    Usual short forms are their long ones: ``db`` is ``database``.
    """
    word = singular(word)
    word = _LONG.get(word, word)
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) > 2 and not _VOWELS.isdisjoint(rest):
            word = rest[:-1] if rest[-1] == rest[-2] and rest[-1] not in "ls" else rest
            break
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


_VOWELS = frozenset("aeiouy")
_LONG = {
    "app": "application",
    "config": "configuration",
    "db": "database",
    "dir": "directory",
    "doc": "document",
    "documentation": "document",
    "env": "environment",
    "img": "image",
    "msg": "message",
    "org": "organization",
    "organisation": "organization",
    "photo": "image",
    "picture": "image",
    "repo": "repository",
    "stat": "statistic",
}
