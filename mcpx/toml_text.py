"""TOML that others may have written, parsed in bounded time."""

from __future__ import annotations

import re
from typing import Any

# The parser's time grows with the square of the parts of a dotted key.
LONG_KEY = re.compile(r"(?<![\w\"'-])(?:[\w\"'-]++[ \t]*+\.[ \t]*+){64}")


def parse_toml(text: str) -> dict[str, Any]:
    """The tables of a TOML text. Raises ValueError and RecursionError for what is not that."""
    import tomllib

    if LONG_KEY.search(text):
        raise ValueError("a key of more than 64 parts")
    return tomllib.loads(text)
