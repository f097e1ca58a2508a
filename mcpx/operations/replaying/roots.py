"""What a recorded client said its roots are, for whenever a server asks; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mcpx.json_rpc import id_key
from mcpx.sessions.items import Piece

LIST = "roots/list"
CHANGED = "notifications/roots/list_changed"
# Of questions, and of changes that are told apart.
_MOST = 1_000


@dataclass(slots=True)
class Roots:
    """Those of one connection: the first ``answers``, each after so many changes.

    They are the client's state, and servers ask for them on timers too: in which interaction is
    chance. Source: specification 2025-11-25, client/roots.
    """

    answers: dict[int, Piece] = field(default_factory=dict)
    changes: int = 0
    _asked: set[str] = field(default_factory=set)

    def asked(self, id: Any) -> None:
        """The server has asked."""
        if len(self._asked) < _MOST:
            self._asked.add(id_key(id))

    def said(self, piece: Piece, value: Mapping[str, Any]) -> None:
        """The client has said something: perhaps what was asked, or that it has changed."""
        if value.get("method") == CHANGED:
            self.changes += 1
        elif "method" not in value and self._asked and id_key(value.get("id")) in self._asked:
            self._asked.discard(id_key(value.get("id")))
            if len(self.answers) < _MOST:
                self.answers.setdefault(self.changes, piece)
