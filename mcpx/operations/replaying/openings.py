"""The requests that open a recorded connection, and which of them led nowhere; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mcpx.json_rpc import DISCOVER, INITIALIZE, id_key
from mcpx.servers import Era

OF_ERA = {Era.LEGACY: INITIALIZE, Era.MODERN: DISCOVER}


@dataclass(slots=True)
class Openings:
    """Those of one connection; ``without`` are the methods of those that brought no result.

    Clients that do not know what a server speaks ask for both, one after the other or at once.
    """

    without: dict[int, str] = field(default_factory=dict)
    _waiting: dict[str, int] = field(default_factory=dict)

    @property
    def waits(self) -> bool:
        """Whether one has no answer yet."""
        return bool(self._waiting)

    def asked(self, number: int, method: str, id: Any) -> None:
        """One more, by the number of its event."""
        self.without[number] = method
        self._waiting[id_key(id)] = number

    def answered(self, value: Mapping[str, Any]) -> None:
        """The server has answered something."""
        number = self._waiting.pop(id_key(value.get("id")), None)
        if number is not None and "result" in value:
            del self.without[number]

    def led_nowhere(self, number: int, era: Era | None) -> bool:
        """Whether a request asked for another era than came to be spoken, and was refused."""
        method = self.without.get(number)
        return method is not None and era is not None and method != OF_ERA[era]
