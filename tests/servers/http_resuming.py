"""Servers that break an answer off and have their clients come back for it, or never give it."""

from __future__ import annotations

from collections.abc import Callable

from honest import Era
from http_modes import EVERY, Bad, mode
from http_streams import LOG, send_whole
from http_wire import Exchange, event_of

_MEGABYTE = b"a" * (1 << 20)


def _primed(exchange: Exchange, retry: str, identifier: bytes = b"1", more: bytes = b"") -> None:
    """An event with an id and a time to come back after, and the end of the stream."""
    event = b"id: " + identifier + b"\nretry: " + retry.encode() + b"\ndata: \n\n"
    send_whole(exchange, event + more)


def _resumed(site: Bad, exchange: Exchange, break_off: Callable[[], None], last: str = "1") -> None:
    """Break off the answer to tools/list, and give it to who comes back with the id ``last``."""
    asked = exchange.request.headers.get("last-event-id")
    if exchange.request.rpc == "tools/list":
        site.seen["id"] = exchange.request.message["id"]
        break_off()
    elif asked is None:
        site.honest(exchange)
    elif asked != last:
        exchange.respond(400, b"no such event", "text/plain")
    else:
        request = {"jsonrpc": "2.0", "id": site.seen["id"], "method": "tools/list"}
        send_whole(exchange, event_of(site.eras[Era.LEGACY].honest(request), "2"))


@mode("resume", EVERY, era=Era.LEGACY)
def resume(site: Bad, exchange: Exchange) -> None:
    """Keeps the answer to tools/list for the GET with Last-Event-ID."""
    _resumed(site, exchange, lambda: _primed(exchange, "50"))


@mode("resume-cut", EVERY, era=Era.LEGACY)
def resume_cut(site: Bad, exchange: Exchange) -> None:
    """Cuts the stream for tools/list after an event with an id, and answers on the GET."""

    def break_off() -> None:
        exchange.stream()
        exchange.piece(b"id: 1\nretry: 50\ndata: \n\n")
        exchange.rest(0.1)
        exchange.cut()

    _resumed(site, exchange, break_off)


@mode("resume-id-nul", EVERY, era=Era.LEGACY)
def resume_id_nul(site: Bad, exchange: Exchange) -> None:
    """Keeps the answer to tools/list, and gives a second id with a NUL, which does not count."""
    more = b"id: 6\x006\ndata: \n\n"
    _resumed(site, exchange, lambda: _primed(exchange, "50", more=more))


@mode("resume-id-again", EVERY, era=Era.LEGACY)
def resume_id_again(site: Bad, exchange: Exchange) -> None:
    """Keeps the answer to tools/list under the last of several ids, with notifications between."""
    log = event_of(LOG).decode()
    more = f"id: 2\n{log}{log}id: 3\n{log}".encode()
    _resumed(site, exchange, lambda: _primed(exchange, "50", more=more), "3")


@mode("resume-retry-garbage", EVERY, era=Era.LEGACY)
def resume_retry_garbage(site: Bad, exchange: Exchange) -> None:
    """Keeps the answer to tools/list, and says 'soon' where milliseconds belong."""
    _resumed(site, exchange, lambda: _primed(exchange, "soon"))


@mode("resume-retry-day", EVERY, era=Era.LEGACY)
def resume_retry_day(site: Bad, exchange: Exchange) -> None:
    """Keeps the answer to tools/list for who comes back in a day."""
    _resumed(site, exchange, lambda: _primed(exchange, "86400000"))


@mode("resume-retry-huge", EVERY, era=Era.LEGACY)
def resume_retry_huge(site: Bad, exchange: Exchange) -> None:
    """Keeps the answer to tools/list for who comes back in 10^400 milliseconds."""
    _resumed(site, exchange, lambda: _primed(exchange, "9" * 400))


@mode("resume-id-huge", EVERY, era=Era.LEGACY)
def resume_id_huge(site: Bad, exchange: Exchange) -> None:
    """Keeps the answer to tools/list, with an id of a megabyte, which fits into no header."""
    _resumed(site, exchange, lambda: _primed(exchange, "50", _MEGABYTE))


@mode("resume-id-escape", EVERY, era=Era.LEGACY)
def resume_id_escape(site: Bad, exchange: Exchange) -> None:
    """Keeps the answer to tools/list, with an id that no header may hold."""
    _resumed(site, exchange, lambda: _primed(exchange, "50", "1\x1b[2J\u202eé".encode()))


@mode("resume-talks", EVERY, era=Era.LEGACY)
def resume_talks(site: Bad, exchange: Exchange) -> None:
    """Ends every stream after a notification, wants its client back at once, and never answers."""
    resuming = exchange.request.headers.get("last-event-id")
    if exchange.request.rpc == "tools/list" or resuming:
        site.seen["streams"] += 1
        _primed(exchange, "0", str(site.seen["streams"]).encode(), event_of(LOG))
    else:
        site.honest(exchange)


@mode("resume-loop", EVERY, era=Era.LEGACY)
def resume_loop(site: Bad, exchange: Exchange) -> None:
    """Ends every stream without the answer, and wants its client back after 0 ms."""
    resuming = exchange.request.headers.get("last-event-id")
    if exchange.request.rpc == "tools/list" or resuming:
        site.seen["streams"] += 1
        _primed(exchange, "0", str(site.seen["streams"]).encode())
    else:
        site.honest(exchange)


@mode("resume-refused", EVERY, era=Era.LEGACY)
def resume_refused(site: Bad, exchange: Exchange) -> None:
    """Ends the stream for tools/list with an id, and answers the GET with 405."""
    if exchange.request.rpc == "tools/list":
        _primed(exchange, "0")
    elif exchange.request.method == "GET":
        exchange.respond(405)
    else:
        site.honest(exchange)


@mode("modern-resume")
def modern_resume(site: Bad, exchange: Exchange) -> None:
    """Ends the modern stream for --on with an id: there is no coming back in this era."""
    _primed(exchange, "0")
