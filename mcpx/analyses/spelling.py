"""Names without what people and hosts vary in them."""

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
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name)
    bare = name.casefold().translate(_SEPARATORS)
    return bare or name
