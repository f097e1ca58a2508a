"""The table of ways to misbehave over HTTP, and the server that they start from."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from honest import Era
from http_honest import Options, Served, Site
from http_tls import context
from http_wire import Exchange, Listener, Request
from wire import Message

EVERY = "*"


class Bad(Site):
    """A good server until its mode changes it.

    ``elsewhere`` is another origin, where a good server hears what it must not; ``seen`` counts
    whatever a mode wants to count.
    """

    def __init__(self, mode: Mode, on: str, era: Era, elsewhere: str) -> None:
        super().__init__(Options(era=era, name="bad-http", old=mode.old))
        self.on = on
        self.elsewhere = elsewhere
        self.seen: Counter[str] = Counter()
        self._mode = mode

    def play(self, exchange: Exchange) -> None:
        """Spoil what the mode is for; answer the rest as a good server."""
        if self._is_meant(exchange.request):
            self._mode.play(self, exchange)
        else:
            super().play(exchange)

    def honest(self, exchange: Exchange) -> None:
        """Answer as a good server."""
        super().play(exchange)

    def frame(self, exchange: Exchange) -> Message:
        """The message that a good server answers with."""
        message = exchange.request.message
        era = Era.MODERN if self._is_modern(message) else Era.LEGACY
        return self.eras[era].honest(message)

    def body(self, exchange: Exchange) -> bytes:
        """The message that a good server answers with, as JSON."""
        return json.dumps(self.frame(exchange)).encode()

    def message(self, exchange: Exchange, **members: object) -> Message:
        """A message with the id of the request, and these members."""
        return {"jsonrpc": "2.0", "id": exchange.request.message.get("id"), **members}

    def _is_meant(self, request: Request) -> bool:
        return self.on in (EVERY, request.method, request.rpc)


Play = Callable[[Bad, Exchange], None]
"""Answers one HTTP request wrongly."""


@dataclass(frozen=True, slots=True)
class Mode:
    """A way to misbehave.

    ``on`` is what it spoils: a JSON-RPC method, an HTTP method, or EVERY request. ``old``: its
    server knows HTTP+SSE alone. ``certificate``: it listens with TLS; ``scheme``: its URL's.
    """

    play: Play
    about: str
    on: str = "tools/list"
    era: Era = Era.BOTH
    old: bool = False
    certificate: str = ""
    scheme: str = ""


MODES: dict[str, Mode] = {}


def mode(
    name: str,
    on: str = "tools/list",
    *,
    era: Era = Era.BOTH,
    old: bool = False,
    certificate: str = "",
    scheme: str = "",
) -> Callable[[Play], Play]:
    """Enter a function into the table; its docstring is the mode's description."""

    def enter(play: Play) -> Play:
        about = (play.__doc__ or "").splitlines()[0]
        MODES[name] = Mode(play, about, on, era, old, certificate, scheme)
        return play

    return enter


class Misbehaving(Served):
    """A running server that misbehaves, and ``elsewhere``, which nobody should ask anything."""

    def __init__(self, site: Site, listener: Listener, path: str, elsewhere: Listener) -> None:
        super().__init__(site, listener, path)
        self.elsewhere = elsewhere


@contextmanager
def serving(
    name: str, on: str | None = None, era: Era | None = None, log: Path | None = None
) -> Iterator[Misbehaving]:
    """Play a mode in threads of this process until the block is left."""
    found = MODES[name]
    with ExitStack() as stack:
        elsewhere = Listener(Site(Options(name="elsewhere")).play)
        stack.callback(elsewhere.close)
        site = Bad(found, on or found.on, era or found.era, elsewhere.origin)
        tls = context(found.certificate) if found.certificate else None
        listener = Listener(site.play, log, tls)
        stack.callback(listener.close)
        stack.callback(site.closing.set)
        served = Misbehaving(site, listener, "/sse" if found.old else "/mcp", elsewhere)
        if found.scheme:
            served.url = f"{found.scheme}:{served.url.partition(':')[2]}"
        yield served
