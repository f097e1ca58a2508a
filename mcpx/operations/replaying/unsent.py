"""Handles that only a live answer could have brought which nobody asked for; no I/O."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from mcpx.analyses.divergence.renaming import Renaming
from mcpx.operations.replaying.courses import Course

# Of what is taken for handles in what was left out.
_MOST = 10_000


class Unsent:
    """What later requests would take from interactions that were not sent."""

    def __init__(self, renaming: Renaming) -> None:
        self._renaming = renaming
        self._of: dict[str, int] = {}

    def left_out(self, course: Course, text: str) -> None:
        """An interaction was not sent, whose recorded answer has this ``text``."""
        for handle in _within(text, self._renaming.handles):
            if len(self._of) < _MOST and not self._renaming.knows(handle):
                self._of.setdefault(handle, course.interaction.number)

    def needed(self, params: Mapping[str, Any]) -> int:
        """The event number of the one that these parameters depend on; 0 for none."""
        if not self._of:
            return 0
        text = json.dumps(dict(params), ensure_ascii=False)
        found = (one for one in _within(text, self._of) if not self._renaming.knows(one))
        return next((self._of[one] for one in found), 0)


def _within(text: str, handles: Collection[str]) -> list[str]:
    return [one for one in handles if one in text]
