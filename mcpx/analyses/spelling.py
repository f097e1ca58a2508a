"""Names and texts without what people and hosts vary in them."""

from __future__ import annotations

import re
import unicodedata

# Where a word begins inside a camelCase one.
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SEPARATORS = str.maketrans("", "", "-_. \t")


def canonical_name(name: str) -> str:
    """A name without compatibility forms, case and separators.

    ``getUser``, ``get_user`` and ``get-user`` are equal in it.
    """
    bare = compatible(name).casefold().translate(_SEPARATORS)
    return bare or name


def compatible(text: str) -> str:
    """A text without compatibility forms (NFKC); a long one piece by piece.

    To put the marks piled on one letter in order takes time that grows with their square: a
    second for 40,000 of them in one piece.
    """
    if text.isascii():
        return text
    pieces = (text[at : at + _PIECE] for at in range(0, len(text), _PIECE))
    return "".join(unicodedata.normalize("NFKC", piece) for piece in pieces)


_PIECE = 300
