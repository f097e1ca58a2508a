"""The timeline of a session: its events, with requests paired with what came of them; no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mcpx.sessions.events import Event
from mcpx.sessions.items import Item, RoundTrip
from mcpx.sessions.pairing import Keeping, Pairing


def round_trips(events: Iterable[Event], keeping: Keeping | None = None) -> Iterator[RoundTrip]:
    """The requests of a session with what came of them, each as soon as that is known.

    Not in the order of the requests: ``number`` tells it. Those of an HTTP exchange come when that
    is over.
    """
    return (item for item in timeline(events, keeping) if isinstance(item, RoundTrip))


def timeline(events: Iterable[Event], keeping: Keeping | None = None) -> Iterator[Item]:
    """Round trips, notifications and HTTP exchanges that belong to none, and all other events.

    Each as soon as it is known; ``number`` tells their order. What a round trip does not keep of
    what happened meanwhile (see ``Keeping``) comes by itself, with the number of its request.
    """
    pairing = Pairing(keeping)
    for event in events:
        yield from pairing.take(event)
        del event  # a large one is not kept while the next is read
    yield from pairing.rest()
