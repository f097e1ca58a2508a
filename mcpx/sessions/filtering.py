"""Which items of a session somebody wants to see."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from mcpx.sessions.events import Exited, Note, Raw
from mcpx.sessions.items import HttpExchange, Item, Notification, RoundTrip
from mcpx.wire import Finish

_WRONG = (Finish.SERVER, Finish.UNREACHABLE, Finish.REFUSED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: items of a ``connection`` (None: of all), of a ``method``, or errors.

    ``method`` may have ``*`` and ``?`` in it (empty: any); with it only messages are wanted.
    """

    connection: int | None = None
    method: str = ""
    errors: bool = False

    def __call__(self, item: Item) -> bool:
        """Whether an item, or one inside it, is wanted."""
        if self.connection is not None and item.connection != self.connection:
            return False
        if isinstance(item, RoundTrip) and any(self(one) for one in item.inside):
            return True
        return (not self.method or self._is_of_method(item)) and (
            not self.errors or _is_error(item)
        )

    def _is_of_method(self, item: Item) -> bool:
        if not isinstance(item, RoundTrip | Notification):
            return False
        return fnmatchcase(item.method, self.method)


def _is_error(item: Item) -> bool:
    if isinstance(item, RoundTrip):
        return item.outcome.is_error
    if isinstance(item, HttpExchange):
        return item.status >= 400 or item.why in _WRONG
    if isinstance(item, Exited):
        return item.code != 0
    return isinstance(item, Raw | Note)
