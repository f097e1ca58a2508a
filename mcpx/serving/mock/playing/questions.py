"""What a player asks its client: the ids of its questions, and the answers; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mcpx.json_rpc import id_key
from mcpx.serving.mock.playing.restamping import written


class Questions:
    """Those of one conversation: an id that was recorded is used once, as a server must.

    Source: specification 2025-11-25, basic, "Requests".
    """

    def __init__(self) -> None:
        self._used: set[str] = set()
        # By the recorded id, the one that its last question has.
        self._renamed: dict[str, Any] = {}
        self._answers: dict[str, Mapping[str, Any]] = {}
        self._open: set[str] = set()

    def new(self, recorded: Any = None) -> Any:
        """The id of a question: the recorded one, or the next that is free."""
        found, number = recorded, 0
        while found is None or id_key(found) in self._used:
            number += 1
            found = f"mock-{number}"
        self._used.add(id_key(found))
        self._open.add(id_key(found))
        self._renamed[id_key(recorded)] = found
        return found

    def renamed(self, recorded: Any) -> str | None:
        """The JSON of the id that a recorded question has got; None when it was not asked."""
        found = self._renamed.get(id_key(recorded))
        return None if found is None else written(found)

    def hear(self, message: Mapping[str, Any]) -> bool:
        """The client's answer; whether it is one to a question that is open."""
        key = id_key(message.get("id"))
        if key not in self._open:
            return False
        self._open.remove(key)
        self._answers[key] = message
        return True

    def answer(self, asked: Any) -> Mapping[str, Any] | None:
        """What the client has answered to a question, None for nothing yet."""
        return self._answers.get(id_key(asked))
