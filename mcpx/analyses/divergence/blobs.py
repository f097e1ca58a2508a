"""Bytes in JSON, as base64 or as a reference to what was taken out of a recording; no I/O."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Any

# The member of an object that stands for bytes beside a session file.
_REFERENCE = "$blob"
# Shorter texts are taken for what they say.
_SHORTEST = 16
# In no text that is to be read.
_CONTROL = re.compile(r"[^\t\n\f\r -\U0010ffff]|\x7f")


def is_reference(value: dict[str, Any]) -> bool:
    """Whether an object stands for bytes that were taken out."""
    return isinstance(value.get(_REFERENCE), str)


def stands_for(recorded: Any, live: Any) -> bool:
    """Whether a reference stands for the bytes of a base64 text."""
    if not isinstance(recorded, dict) or not is_reference(recorded) or not isinstance(live, str):
        return False
    data = _decoded(live)
    return data is not None and recorded[_REFERENCE] == _digest(data)


def described(recorded: str, live: str) -> tuple[str, str] | None:
    """The digests and sizes of the bytes of two base64 texts; None where one is no such text.

    How it is broken into lines says nothing.
    """
    if min(len(recorded), len(live)) < _SHORTEST:
        return None
    first, second = _decoded(recorded), _decoded(live)
    if first is None or second is None:
        return None
    return _said(first), _said(second)


def as_texts(recorded: str, live: str) -> tuple[str, str] | None:
    """What two base64 texts hold, where both hold text to read, as UTF-8; else None."""
    try:
        first, second = ((_decoded(one) or b"").decode() for one in (recorded, live))
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(first) or _CONTROL.search(second) else (first, second)


def _said(data: bytes) -> str:
    return f"{_digest(data)} ({len(data)} bytes)"


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _decoded(text: str) -> bytes | None:
    try:
        body = "".join(text.splitlines())
        # Some leave out what fills it up.
        return base64.b64decode(body + "=" * (-len(body) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
