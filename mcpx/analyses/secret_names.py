"""Names that hold a secret: those that masking hides, without those that only look like them."""

from __future__ import annotations

import re

from mcpx.analyses.wording import words
from mcpx.masking import is_secret_name


def holds_secret(name: str) -> bool:
    """Whether the value under a name is a secret, not a place in a list, a number or a setting.

    Masking hides more: there a value too many costs nothing.
    """
    name = name[:_LONGEST]
    if _SEVERAL.search(name):
        return True
    if not is_secret_name(name) or _PLACE.search(name):
        return False
    parts = words(name)
    if parts and (parts[-1] in _ABOUT or parts[0] in _SWITCHES):
        return False
    return not (parts and parts[-1].startswith("token") and not _AMOUNTS.isdisjoint(parts))


def _table(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LONGEST = 200
# Tokens and keys of places in lists, of tables and of things.
_PLACE = re.compile(
    r"(?:page|next|cursor|continuation|sync|sort|primary|foreign|partition|row|object|cache"
    r"|idempotency|issue|project|public|item|map|hash|range|composite)[-_.]?(?:token|key)s?$"
    r"|^(?:key|authentication)$",
    re.IGNORECASE,
)
# Tokens that are not counted.
_SEVERAL = re.compile(r"(?:^|[-_.])(?:api|access|auth|bearer|bot)[-_.]?tokens$", re.IGNORECASE)
# The last word of a name that says where a secret is, how it is had, or how long it holds.
_ABOUT = _table(
    "path file dir directory folder url uri endpoint host port type method mode scheme provider"
    " enable enabled disabled required name id limit count size length max ttl timeout expiry"
    " expires domain scope scopes realm audience issuer alg algo algorithm header prefix version"
    " format consent policy banner strategy flow"
)
_SWITCHES = _table("disable enable skip allow require")
# With one of these, tokens are counted.
_AMOUNTS = _table("max min num number count limit total budget input output context per")
