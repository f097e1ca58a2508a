"""Values as JSON text that UTF-8 can hold."""

from __future__ import annotations

import json
from typing import Any


def dumps(value: Any) -> str:
    """The value on one line, without spaces; surrogates without a partner are escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # They can only stand in a string, where what takes their place says the same.
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()
