"""Folding: a text as a model reads it, however its letters are drawn, hidden or set apart."""

from __future__ import annotations

import re

from mcpx.analyses.odd_characters import visible
from mcpx.analyses.spelling import compatible

# Letters of other scripts and signs drawn like ASCII. Source: Unicode Technical Standard 39,
# confusables, those of one character.
_DRAWN = str.maketrans(
    "аесорхуѕіјһԁԛԝАВЕКМНОРСТХУЅІЈԌ"  # Cyrillic
    "αονρικυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"  # Greek
    "օսհո"  # Armenian
    "ıɡɩ"  # Latin
    "‹›〈〉❮❯⟨⟩‐‑‒–−∕⁄",
    "aecopxysijhdqwABEKMHOPCTXYSIJGaovpikuABEZHIKMNOPTYXouhnigi<><><><>-----//",
)
# A paragraph that ends within a sentence.
_CUT = re.compile(r"\n(?<=[a-z,]\n)[ \t\r\n]*\n[ \t]*(?=[a-z])")
_APART = re.compile(r"(?<!\S)\w(?: \w){2,}(?!\S)")
# Letters alone in a text, before any are looked for that stand apart.
FEWEST_APART = 12


def as_read(text: str) -> str:
    """A text without what is not seen, in ASCII where it only looks otherwise, its sentences whole.

    Its lines stay: what is nothing of that kind comes back as it is.
    """
    if not text.isascii():
        text = compatible(visible(text)).translate(_DRAWN)
    return _CUT.sub(" ", text) if "\n" in text and _CUT.search(text) else text


def together(text: str) -> str:
    """A text with the words whose letters stand apart put together: ``I g n o r e``."""
    return _APART.sub(lambda run: run[0].replace(" ", ""), text)


def set_apart(text: str) -> str:
    """The first long run of letters that stand apart, together; not those of an alphabet."""
    for run in _APART.finditer(text):
        letters = run[0].replace(" ", "")
        if len(letters) >= FEWEST_APART and letters.isalpha() and [*letters] != sorted(letters):
            return letters
    return ""


def in_words(name: str) -> str:
    """A name as the words that it is made of: ``ignore_all_rules``."""
    return name.replace("_", " ")
