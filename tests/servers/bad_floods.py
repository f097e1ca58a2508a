"""Servers that send far too much that nobody asked for, on stderr or as notifications."""

from __future__ import annotations

import threading
import time

from modes import FLOOD, Misbehaving, mode
from wire import Message, line_of

_NOISE = (
    b"\x1b[31mWARN\x1b[0m \x1b]0;owned\x07 the cache is \x1b[2Jcold, warming it up \x07\r\n" * 1000
)
_NOTIFICATION = line_of(
    {
        "jsonrpc": "2.0",
        "method": "notifications/message",
        "params": {"level": "info", "logger": "flood", "data": "one of many"},
    }
)


@mode("stderr-flood")
def stderr_flood(server: Misbehaving) -> None:
    """Writes 100 MB with escape sequences to stderr before it answers --on."""

    def fault(request: Message) -> None:
        for _ in range(100_000_000 // len(_NOISE)):
            server.wire.write(_NOISE, 2)
        server.answer(request)

    server.misbehave(fault)


@mode("stderr-flood-endless")
def stderr_flood_endless(server: Misbehaving) -> None:
    """Is a good server that writes to stderr as fast as it can all the while; 60 s at most."""

    def flood() -> None:
        deadline = time.monotonic() + FLOOD
        try:
            while time.monotonic() < deadline:
                server.wire.write(_NOISE, 2)
        except OSError:
            return

    threading.Thread(target=flood, daemon=True).start()
    server.serve()


@mode("notifications-100k")
def notifications_100k(server: Misbehaving) -> None:
    """Sends 100,000 notifications before it answers --on."""

    def fault(request: Message) -> None:
        for _ in range(100):
            server.wire.write(_NOTIFICATION * 1000)
        server.answer(request)

    server.misbehave(fault)


@mode("notifications-endless")
def notifications_endless(server: Misbehaving) -> None:
    """Sends notifications instead of answering --on; 60 s at most."""
    server.misbehave(lambda _: server.flood(_NOTIFICATION * 1000))


@mode("progress-forever")
def progress_forever(server: Misbehaving) -> None:
    """Reports progress on --on five times a second and never answers; 60 s at most."""

    def fault(request: Message) -> None:
        meta = (request.get("params") or {}).get("_meta") or {}
        token = meta.get("progressToken", request["id"])
        deadline = time.monotonic() + FLOOD
        progress = 0
        while time.monotonic() < deadline and not server.wire.rest(0.2):
            progress += 1
            server.wire.send(
                {
                    "jsonrpc": "2.0",
                    "method": "notifications/progress",
                    "params": {"progressToken": token, "progress": progress},
                }
            )

    server.misbehave(fault)
