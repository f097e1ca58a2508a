"""How a test fails for what mcpx has to say: a message, its lines and a hint, and no traceback."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

import pytest

from mcpx.terminal import safe

# At most so many lines of a list are shown.
_SHOWN = 20


def said(message: str, lines: Iterable[str] = (), hint: str = "") -> str:
    """What people read; each line of ``hint`` is one."""
    listed = list(lines)
    shown = [f"mcpx: {message}", *(f"  {line}" for line in listed[:_SHOWN])]
    if len(listed) > _SHOWN:
        shown.append(f"  ... and {len(listed) - _SHOWN} more")
    shown += [f"hint: {line}" for line in hint.splitlines()]
    return "\n".join(map(safe, shown))


def fail(message: str, lines: Iterable[str] = (), hint: str = "") -> NoReturn:
    """Fail the test that runs. Raises pytest's Failed, of which no error is shown as the cause."""
    raise pytest.fail.Exception(said(message, lines, hint), pytrace=False) from None
