"""What has to be known of a recording before anything of it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mcpx.analyses.divergence.minted import looks_minted, minted_within
from mcpx.analyses.divergence.renaming import OPAQUE
from mcpx.envelopes import PREFIX
from mcpx.json_rpc import DISCOVER, HANDSHAKES, INITIALIZE, LISTEN, members
from mcpx.json_text import JsonTextError
from mcpx.operations.replaying.harmless import asked_for
from mcpx.operations.replaying.openings import Openings
from mcpx.operations.replaying.roots import LIST, Roots
from mcpx.servers import Era
from mcpx.sessions.events import EraKnown, Event, Http, Message, Streamed
from mcpx.sessions.items import Piece
from mcpx.sessions.reading import Reading
from mcpx.wire import Direction

_OF_CLIENT = ("protocolVersion", "capabilities", "clientInfo")
_LIST_CHANGED = "/list_changed"
_HINT = "readOnlyHint"
# Of strings that may be handles; more are sent as they were recorded.
_MOST = 50_000
_MOST_ODD = 200
# Of a notification, characters in which its method stands.
_HEAD = 300


@dataclass(slots=True)
class RecordedConnection:
    """One connection of a recording.

    ``shown`` is the era that the server showed last, ``asked`` that of the first request after
    opening, which tells what the two came to speak. ``requests`` counts those after opening.
    ``initialized``: its handshake is in the recording. ``client`` is what the client said of
    itself: ``clientInfo``, ``capabilities``, ``protocolVersion``. ``listens``: it kept a stream
    open for what comes unasked; ``is_sse``: over HTTP+SSE, whose stream brings everything.
    ``changes`` are the methods of list changes that came, ``roots`` what the client said of
    its own.
    """

    number: int
    shown: Era | None = None
    asked: Era | None = None
    requests: int = 0
    initialized: bool = False
    client: dict[str, Any] = field(default_factory=dict)
    listens: bool = False
    is_sse: bool = False
    changes: dict[str, None] = field(default_factory=dict)
    openings: Openings = field(default_factory=Openings)
    roots: Roots = field(default_factory=Roots)

    @property
    def era(self) -> Era | None:
        """What is spoken on it; None where nothing tells it."""
        return self.asked or self.shown or (Era.LEGACY if self.initialized else None)

    @property
    def is_replayed(self) -> bool:
        """Whether there is more on it than probes that led elsewhere."""
        return self.requests > 0 or self.shown is not None

    @property
    def awaits_opening(self) -> bool:
        """Whether nothing else has been asked for before an answer to its opening."""
        return self.openings.waits and not self.requests

    def led_nowhere(self, number: int) -> bool:
        """Whether the request of this event is a refused opening beside the one that won."""
        return self.openings.led_nowhere(number, self.era)


@dataclass(frozen=True, slots=True)
class RecordedSession:
    """A recording as a whole.

    ``tools`` are those that were called, and what else may change something (``asked_for``),
    ``handles`` the strings that requests took from earlier results, ``complete`` whether it has
    its end. ``only_read`` are the tools that the recorded server said read only.
    """

    connections: Mapping[int, RecordedConnection] = field(default_factory=dict)
    tools: tuple[str, ...] = ()
    handles: frozenset[str] = frozenset()
    complete: bool = True
    only_read: frozenset[str] = frozenset()


def recorded_session(reading: Reading, binds: bool = True) -> RecordedSession:
    """What a recording holds; it is read once, and once more where ``binds`` may find handles."""
    connections: dict[int, RecordedConnection] = {}
    tools: dict[str, None] = {}
    wanted: dict[str, int] = {}
    only_read: set[str] = set()
    events = iter(reading)
    for event in events:
        if not event.connection:
            continue
        one = connections.get(event.connection)
        if one is None:
            one = connections[event.connection] = RecordedConnection(event.connection)
        if isinstance(event, EraKnown):
            one.shown = event.era
        elif isinstance(event, Http) and event.method == "GET":
            one.listens = True
        elif isinstance(event, Streamed) and event.stream.event == "endpoint":
            one.is_sse = True
        elif isinstance(event, Message):
            if event.direction is Direction.TO_CLIENT:
                head = event.text[:_HEAD]
                if _LIST_CHANGED in head or LIST in head or one.awaits_opening:
                    _came(event, one)
                if f'"{_HINT}"' in event.text:
                    only_read.update(_only_reading(event))
                continue
            for piece, value in pieces(event):
                _asked(piece, value, one, tools)
                if binds and len(wanted) < _MOST:
                    for text in _minted_in(value):
                        wanted.setdefault(text, event.number)
    handles = frozenset(_given_before(reading, wanted)) if wanted else frozenset()
    return RecordedSession(
        connections, tuple(tools), handles, events.complete, frozenset(only_read)
    )


def pieces(event: Message) -> Iterator[tuple[Piece, Any]]:
    """The messages of an event with what they say: those of a batch one by one; none if cut."""
    try:
        value = event.value()
    except JsonTextError:
        return
    if isinstance(value, list):
        for place, one in enumerate(value):
            yield Piece(event, place), one
    elif value is not None:
        yield Piece(event), value


def _asked(piece: Piece, value: Any, one: RecordedConnection, tools: dict[str, None]) -> None:
    method, params = members(value).get("method"), members(members(value).get("params"))
    one.roots.said(piece, members(value))
    if not isinstance(method, str):
        return
    if wanted := asked_for(method, params):
        tools[wanted] = None
    if "id" not in value:
        return
    meta = members(params.get("_meta"))
    if method in HANDSHAKES:
        one.openings.asked(piece.number, method, value["id"])
    if method == INITIALIZE:
        one.initialized = True
        one.client.update({name: params.get(name) for name in _OF_CLIENT})
    elif f"{PREFIX}protocolVersion" in meta:
        one.client.setdefault("clientInfo", meta.get(f"{PREFIX}clientInfo"))
        one.client.setdefault("capabilities", meta.get(f"{PREFIX}clientCapabilities"))
        if method != DISCOVER:
            one.asked = one.asked or Era.MODERN
    elif method != DISCOVER and one.initialized:
        one.asked = one.asked or Era.LEGACY
    if method not in HANDSHAKES:
        one.requests += 1
    if method == LISTEN:
        one.listens = True


def _came(event: Message, one: RecordedConnection) -> None:
    for _, value in pieces(event):
        method = members(value).get("method")
        if method == LIST and "id" in value:
            one.roots.asked(value["id"])
        elif isinstance(method, str) and method.endswith(_LIST_CHANGED):
            one.changes[method] = None
        elif method is None:
            one.openings.answered(members(value))


def _only_reading(event: Message) -> Iterator[str]:
    """The tools of a list that are said to read only."""
    for _, value in pieces(event):
        tools = members(members(value).get("result")).get("tools")
        for tool in map(members, tools if isinstance(tools, list) else []):
            name = tool.get("name")
            if isinstance(name, str) and members(tool.get("annotations")).get(_HINT) is True:
                yield name


def _minted_in(value: Any) -> Iterator[str]:
    """The strings of a request's parameters that look minted, whole ones and within longer ones."""
    params = members(members(value).get("params"))
    for text in _strings(one for name, one in params.items() if name not in (*OPAQUE, "_meta")):
        if looks_minted(text):
            yield text
        yield from minted_within(text)


def _strings(values: Iterable[Any]) -> Iterator[str]:
    waiting = list(values)
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting += one
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def _given_before(events: Iterable[Event], wanted: dict[str, int]) -> Iterator[str]:
    """Those of the strings that a server sent before a client did first."""
    last = max(wanted.values())
    # What has signs in it is not found as a word.
    odd = [one for one in wanted if not minted_within(one)][:_MOST_ODD]
    for event in events:
        if event.number >= last or not wanted:
            return
        if not isinstance(event, Message) or event.direction is Direction.TO_SERVER:
            continue
        text = event.text
        found = [one for one in minted_within(text) if one in wanted]
        for one in (*found, *(one for one in odd if one in wanted and one in text)):
            if wanted.get(one, 0) > event.number:
                del wanted[one]
                yield one
