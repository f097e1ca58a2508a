"""Names that a program mints anew each time, told by how they look: UUID, ULID, hexadecimal."""

from __future__ import annotations

import re

UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
# Source: github.com/ulid/spec, "Encoding": no I, L, O and U.
_ULID = r"[0-7][0-9A-HJKMNP-TV-Z]{25}"
_HEX = r"(?:[0-9a-f]{8,128}|[0-9A-F]{8,128})"
_UUID = re.compile(UUID)
_WHOLE_ULID = re.compile(_ULID)
_WHOLE_HEX = re.compile(_HEX)
_MIXED = re.compile(r"[0-9A-Za-z_-]{16,128}")
_DIGIT, _LETTER = re.compile("[0-9]"), re.compile("[A-Za-z]")
# From one kind of character to another, as random characters do all the time.
_TURN = re.compile(r"(?<=[0-9])(?=[A-Za-z])|(?<=[A-Za-z])(?=[0-9])|(?<=[a-z])(?=[A-Z])")
_FEWEST_TURNS = 0.2
# The version of a UUID (RFC 9562, section 4): made of what it names, or of a clock and a machine.
_OF_CONTENT, _OF_A_CLOCK = "35", "16"
# Of the characters of two names, those that may be the same by chance or by their time.
_MOST_AGREED = 0.65
_LONGEST = 128
# For each so many characters of a random name there is at least one that is another.
_CHARACTERS = 8
# What says which kind of name it is: note-, task_.
_PREFIX = re.compile(r"(?:[a-z]{3,}[_-])*")
_WITHIN = re.compile(rf"(?<![0-9A-Za-z])(?:{UUID}|[0-9A-Za-z]{{8,128}})(?![0-9A-Za-z])")


def looks_minted(text: str) -> bool:
    """Whether a whole string is such a name: what stands in a result and in a later request.

    A UUID, a ULID, 8 or more hexadecimal digits with letters and digits among them, or 16 or more
    characters of an alphabet as base64url has it that change between letters and digits again and
    again. Words, numbers, dates and the nil UUID are none.
    """
    is_one = _UUID.fullmatch(text) or _WHOLE_ULID.fullmatch(text)
    return bool(is_one or _is_hex(text) or _is_mixed(text)) and not _is_blank(text)


def minted_within(text: str) -> list[str]:
    """The names of this kind that stand in a longer text, but for those with signs in them."""
    return [found for found in _WITHIN.findall(text) if looks_minted(found)]


def alike(recorded: str, live: str) -> bool:
    """Whether two strings can be two names minted for the same thing: of one kind and length.

    One of them may lack digits or letters, as it happens by chance. Two that agree in most of their
    characters are one that somebody changed: what is minted anew has hardly any in common. One that
    hardly has any characters at all stands for none.
    """
    if not len(recorded) == len(live) <= _LONGEST or _edited(recorded, live):
        return False
    if _is_blank(recorded) or _is_blank(live):
        return False
    if _UUID.fullmatch(recorded) or _UUID.fullmatch(live):
        return all(_UUID.fullmatch(one) and one[14] not in _OF_CONTENT for one in (recorded, live))
    if _WHOLE_HEX.fullmatch(recorded) and _WHOLE_HEX.fullmatch(live):
        return _is_hex(recorded) or _is_hex(live)
    if _WHOLE_ULID.fullmatch(recorded) and _WHOLE_ULID.fullmatch(live):
        return True
    if _MIXED.fullmatch(recorded) and _MIXED.fullmatch(live):
        kinds = {prefix(recorded), prefix(live)} - {""}
        return len(kinds) < 2 and (_is_mixed(recorded) or _is_mixed(live))
    return False


def _edited(recorded: str, live: str) -> bool:
    """Whether they have so much in common that they cannot be random both."""
    begin = min(len(prefix(recorded)), len(prefix(live)))
    pairs = zip(recorded[begin:], live[begin:], strict=False)
    agreed = sum(one == other for one, other in pairs)
    if agreed <= (len(recorded) - begin) * _MOST_AGREED:
        return False
    clocked = _UUID.fullmatch(recorded[begin:]) and recorded[begin + 14] in _OF_A_CLOCK
    return not clocked


def prefix(text: str) -> str:
    """The words that a name begins with: ``note-`` of ``note-V1StGXR8Z5jdHi6B``."""
    found = _PREFIX.match(text)
    return found[0] if found else ""


def _is_hex(text: str) -> bool:
    return bool(_WHOLE_HEX.fullmatch(text) and _DIGIT.search(text) and _LETTER.search(text))


def _is_mixed(text: str) -> bool:
    return bool(_MIXED.fullmatch(text)) and len(_TURN.findall(text)) >= max(
        4, len(text) * _FEWEST_TURNS
    )


def _is_blank(text: str) -> bool:
    """Whether hardly any characters make up a name, as in the nil UUID: chance gives none such."""
    signs = text[len(prefix(text)) :].replace("-", "").replace("_", "")
    return len(set(signs)) <= max(1, len(signs) // _CHARACTERS)
