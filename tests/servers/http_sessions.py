"""Servers that are careless with the sessions of legacy clients."""

from __future__ import annotations

from honest import Era
from http_honest import SESSION_NOT_FOUND
from http_modes import EVERY, Bad, mode
from http_wire import Exchange


def _hands_out(site: Bad, exchange: Exchange, identifier: str) -> None:
    """Take whatever session comes, and give this one with each answer."""
    if "id" in exchange.request.message:
        frame = site.frame(exchange)
        exchange.answer(frame, headers=(("Mcp-Session-Id", identifier),))
    else:
        exchange.respond(202 if exchange.request.method == "POST" else 405)


@mode("session-spaces", EVERY, era=Era.LEGACY)
def session_spaces(site: Bad, exchange: Exchange) -> None:
    """Gives a session id with spaces in it."""
    _hands_out(site, exchange, "a session of mine")


@mode("session-latin", EVERY, era=Era.LEGACY)
def session_latin(site: Bad, exchange: Exchange) -> None:
    """Gives a session id that is not ASCII."""
    _hands_out(site, exchange, "s\xe9ance")


@mode("session-empty", EVERY, era=Era.LEGACY)
def session_empty(site: Bad, exchange: Exchange) -> None:
    """Gives an empty session id."""
    _hands_out(site, exchange, "")


@mode("session-huge", EVERY, era=Era.LEGACY)
def session_huge(site: Bad, exchange: Exchange) -> None:
    """Gives a session id of 20,000 characters."""
    _hands_out(site, exchange, "a" * 20_000)


@mode("session-changes", EVERY, era=Era.LEGACY)
def session_changes(site: Bad, exchange: Exchange) -> None:
    """Gives another session id with every answer."""
    site.seen["answers"] += 1
    _hands_out(site, exchange, f"session-{site.seen['answers']}")


@mode("session-modern", EVERY, era=Era.MODERN)
def session_modern(site: Bad, exchange: Exchange) -> None:
    """Gives a session id to a modern client, which has to pass over it."""
    _hands_out(site, exchange, "session-1")


@mode("session-lost", era=Era.LEGACY)
def session_lost(site: Bad, exchange: Exchange) -> None:
    """Knows the session no more, whenever --on is asked."""
    error = {"code": SESSION_NOT_FOUND, "message": "Session not found"}
    identifier = exchange.request.message.get("id")
    exchange.answer({"jsonrpc": "2.0", "id": identifier, "error": error}, 404)


@mode("session-lost-empty", era=Era.LEGACY)
def session_lost_empty(site: Bad, exchange: Exchange) -> None:
    """Answers --on with 404 and no body, as for a session that is over."""
    exchange.respond(404)


@mode("session-lost-once", era=Era.LEGACY)
def session_lost_once(site: Bad, exchange: Exchange) -> None:
    """Forgets its sessions before the first --on, and begins new ones."""
    site.seen["asked"] += 1
    if site.seen["asked"] == 1:
        site.sessions.clear()
    site.honest(exchange)


@mode("session-lost-forever", "initialize", era=Era.LEGACY)
def session_lost_forever(site: Bad, exchange: Exchange) -> None:
    """Forgets every session as soon as it has begun."""
    site.honest(exchange)
    site.sessions.clear()
