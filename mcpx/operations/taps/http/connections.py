"""Which of the requests that come over HTTP belong together: those of one client; no I/O.

What belongs together is a connection in a recording. In the legacy era it is a session, known by
its ``Mcp-Session-Id``, or over HTTP+SSE by the endpoint that its stream named. What has neither, as
everything in the modern era, belongs together when it comes over one TCP connection. Clients that
do not read a stream to its end need one of these per call, however: on a new one a client of the
same name goes on with its last recorded connection, unless the request begins another
(``initialize``, ``server/discover``, a stream without a session) or its id has been used there.
So no id stands twice in a connection, which is what matters.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from mcpx.json_rpc import HANDSHAKES

# Clients and sessions, and ids of a connection, that are remembered.
_MOST = 10_000
_MOST_IDS = 100_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What tells whose a request is.

    ``session`` is its ``Mcp-Session-Id``, ``path`` its path with the query, ``client`` what stays
    the same in all that one client sends, ``rpc`` its JSON-RPC method and ``id`` the key of its id
    (``json_rpc.id_key``), where it has such. ``listens``: it is answered by a stream that it has
    asked for with GET. ``at`` is when it came, in seconds.
    """

    session: str = ""
    path: str = ""
    client: Hashable = ""
    rpc: str = ""
    id: str = ""
    listens: bool = False
    at: float = 0.0


@dataclass(slots=True)
class RecordedConnection:
    """One client's: its number in the recording, and how many requests it has asked."""

    number: int
    exchanges: int = 0
    in_session: bool = False
    ids: set[str] = field(default_factory=set)

    def next_exchange(self) -> int:
        """The number of the next request."""
        self.exchanges += 1
        return self.exchanges


class Connections:
    """All that one proxy has seen.

    ``opened`` is called for each that begins, with the time of its first request, and gives its
    number.
    """

    def __init__(self, opened: Callable[[float], int]) -> None:
        self._opened = opened
        self._by_session: dict[Hashable, RecordedConnection] = {}
        self._last: dict[Hashable, RecordedConnection] = {}

    def of(self, asked: Asked, current: RecordedConnection | None) -> RecordedConnection:
        """The one of a request; ``current`` is what came over its TCP connection before, if any."""
        if asked.session:
            return self._of_session(asked.session, asked.at)
        if asked.path in self._by_session:
            return self._by_session[asked.path]
        found = current or self._last.get(asked.client)
        begins = current is None and (asked.rpc in HANDSHAKES or asked.listens)
        if found is None or found.in_session or begins or asked.id in found.ids:
            found = RecordedConnection(self._opened(asked.at))
        if asked.id and len(found.ids) < _MOST_IDS:
            found.ids.add(asked.id)
        _remember(self._last, asked.client, found)
        return found

    def began_session(self, connection: RecordedConnection, key: str) -> None:
        """A session id, or the path of an endpoint, that requests of a connection will name."""
        connection.in_session = True
        _remember(self._by_session, key, connection)

    def is_known(self, key: str) -> bool:
        """Whether this session id, or path of an endpoint, tells whose a request is."""
        return key in self._by_session

    def _of_session(self, session: str, at: float) -> RecordedConnection:
        if session not in self._by_session:
            self.began_session(RecordedConnection(self._opened(at)), session)
        return self._by_session[session]


def _remember(
    known: dict[Hashable, RecordedConnection], key: Hashable, connection: RecordedConnection
) -> None:
    """As the newest; the oldest is forgotten."""
    known.pop(key, None)
    known[key] = connection
    if len(known) > _MOST:
        del known[next(iter(known))]
