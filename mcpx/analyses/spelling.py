"""Names without what people and hosts vary in them."""

from __future__ import annotations

import unicodedata

_SEPARATORS = str.maketrans("", "", "-_. \t")


def canonical_name(name: str) -> str:
    """A name without compatibility forms, case and separators.

    ``getUser``, ``get_user`` and ``get-user`` are equal in it.
    """
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name)
    bare = name.casefold().translate(_SEPARATORS)
    return bare or name
