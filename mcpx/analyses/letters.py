"""Sets of letters as bits: what one part of a regular expression matches."""

from __future__ import annotations

# A bit for each ASCII character, and one for all others.
OTHERS = 1 << 128
ANY = (1 << 129) - 1


def _range(first: int, last: int) -> int:
    return (1 << (last + 1)) - (1 << first)


def _of(text: str) -> int:
    bits = 0
    for one in text:
        bits |= 1 << ord(one)
    return bits


_DIGITS = _range(ord("0"), ord("9"))
_LETTERS = _range(ord("A"), ord("Z")) | _range(ord("a"), ord("z"))
_WORD = _DIGITS | _LETTERS | _of("_")
_BLANK = _of("\t\n\v\f\r ")
_LINES = _of("\n\r")
# Source: ECMA-262, CharacterClassEscape. Blanks beyond ASCII are left out.
_CLASSES = {
    "d": _DIGITS,
    "D": ANY ^ _DIGITS,
    "w": _WORD,
    "W": ANY ^ _WORD,
    "s": _BLANK,
    "S": ANY ^ _BLANK,
}
_CONTROLS = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13, "0": 0}
_DOT = ANY ^ _LINES


def single(pattern: str, place: int) -> tuple[int, int]:
    r"""The letters that the letter, escape or class at a place matches, and where it ends.

    None at all are those of what matches no letter: ``^``, ``$`` and ``\b``.
    """
    letter = pattern[place]
    if letter == "\\":
        return _escape(pattern, place)
    if letter == "[":
        return _class(pattern, place)
    if letter == ".":
        return _DOT, place + 1
    return (0 if letter in "^$" else _bit(ord(letter))), place + 1


def _bit(code: int) -> int:
    return 1 << code if code < 128 else OTHERS


def _escape(pattern: str, place: int) -> tuple[int, int]:
    letter = pattern[place + 1 : place + 2]
    if letter in _CLASSES:
        return _CLASSES[letter], place + 2
    if letter in ("p", "P") and pattern[place + 2 : place + 3] == "{":
        end = pattern.find("}", place, place + 60)
        return (_LETTERS | OTHERS if letter == "p" else ANY), (end if end > 0 else place + 1) + 1
    if letter in ("b", "B", "A", "Z", "z"):
        return 0, place + 2
    code, end = _code(pattern, place)
    return _bit(code), end


def _code(pattern: str, place: int) -> tuple[int, int]:
    """The number of one letter, perhaps escaped, and where it ends."""
    if pattern[place] != "\\":
        return ord(pattern[place]), place + 1
    letter = pattern[place + 1 : place + 2]
    digits = {"x": 2, "u": 4}.get(letter, 0)
    text = pattern[place + 2 : place + 2 + digits]
    if digits and len(text) == digits and all(one in _HEXADECIMAL for one in text):
        return int(text, 16), place + 2 + digits
    return _CONTROLS.get(letter, ord(letter) if letter else ord("\\")), place + 2


_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")


def _class(pattern: str, place: int) -> tuple[int, int]:
    r"""A class in brackets: ``[^\w-]``."""
    place += 1
    inverted = pattern[place : place + 1] == "^"
    place += inverted
    bits = 0
    while place < len(pattern) and pattern[place] != "]":
        if pattern[place] == "\\" and pattern[place + 1 : place + 2] in (*_CLASSES, "p", "P"):
            some, place = _escape(pattern, place)
            bits |= some
            continue
        first, place = _code(pattern, place)
        last = first
        if pattern[place : place + 1] == "-" and pattern[place + 1 : place + 2] not in ("]", ""):
            last, place = _code(pattern, place + 1)
        bits |= _range(min(first, 127), min(last, 127)) if first < 128 <= last else 0
        bits |= _range(first, last) if first <= last < 128 else 0
        # To leave out some of the others leaves others.
        bits |= OTHERS if last > 127 and not inverted else 0
    return (ANY ^ bits if inverted else bits), place + 1
