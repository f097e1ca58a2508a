"""Odd characters: those that a person does not see in a text and a model or a terminal does."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from mcpx.analyses.near_names import skeleton

# Rule to characters. Source: Unicode Standard 17.0, chapter 23 (special areas and format
# characters), Default_Ignorable_Code_Point; Unicode Technical Report 36, section 3.
# Honest are: joiners between letters of scripts that need them and between emoji, a variation
# selector after what may be an emoji.
_JOINED = "\u0600-\u0dff\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_EMOJI = "#*0-9©®\u203c-\u3299\U0001f000-\U0001faff"
_ODD: Mapping[str, re.Pattern[str]] = {
    "text-hidden-characters": re.compile(
        rf"(?<![{_JOINED}])[\u200c\u200d]|(?<![{_EMOJI}])[\ufe0e\ufe0f]"
        r"|[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u206a-\u206f\u2800"
        r"\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
        r"\U000e0080-\U000e0fff]"
    ),
    "text-bidi": re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"),
    "text-tag-characters": re.compile(r"[\U000e0000-\U000e007f]"),
    "text-terminal-escape": re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"),
}
# The flags of England, Scotland and Wales are written with tags.
_FLAG = re.compile("\U0001f3f4[\U000e0061-\U000e007a]{5}\U000e007f")
_PLAIN = re.compile(r"[\t\n\r -~]*+")
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)


def is_plain(text: str) -> bool:
    """Whether a text is all printable ASCII, in lines."""
    return _PLAIN.fullmatch(text) is not None


def odd_characters(text: str) -> Iterator[tuple[str, str]]:
    """For each rule of such characters that a text breaks, its id and what was found."""
    text = _FLAG.sub("", text)
    for rule, pattern in _ODD.items():
        found = pattern.findall(text)
        if found:
            yield rule, _told(rule, found)


def _told(rule: str, found: list[str]) -> str:
    shown = ", ".join(f"U+{ord(one):04X}" for one in dict.fromkeys(found[:_MOST_SHOWN]))
    told = f"{len(found)} of them: {shown}" if len(found) > 1 else shown
    if rule == "text-tag-characters":
        spelt = "".join(chr(ord(one) - 0xE0000) for one in found[:_MOST_SPELT])
        told += f", which spell {spelt!a}"
    return told


_MOST_SHOWN, _MOST_SPELT = 6, 60


def visible(text: str) -> str:
    """The text as a reader takes it: without what is not seen."""
    return text if text.isascii() else _UNSEEN.sub("", text)


def imitates(name: str) -> bool:
    """Whether a name has letters that only look like those of ASCII, or mixes scripts in a word.

    A name that is all in another script is honest.
    """
    if name.isascii():
        return False
    if skeleton(name).isascii() and any(one.isalpha() and not one.isascii() for one in name):
        return True
    for run in _LETTERS.findall(name[:_LONGEST_NAME]):
        scripts = {unicodedata.name(one, "").partition(" ")[0] for one in run}
        if "LATIN" in scripts and scripts & _ALIKE:
            return True
    return False


_LETTERS = re.compile(r"[^\W\d_]+")
_LONGEST_NAME = 1_000
# Scripts with letters drawn like Latin ones.
_ALIKE = {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "FULLWIDTH"}
