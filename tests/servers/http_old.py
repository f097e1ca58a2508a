"""Servers that know the old HTTP+SSE alone, and not well."""

from __future__ import annotations

import secrets

from http_honest import Session
from http_modes import EVERY, Bad, mode
from http_wire import Exchange


def _is_opening(exchange: Exchange) -> bool:
    return exchange.request.method == "GET" and exchange.request.path == "/sse"


def _points_to(site: Bad, exchange: Exchange, *endpoints: str) -> None:
    """Open the stream with these endpoints; ``{path}`` stands for the right one."""
    if not _is_opening(exchange):
        site.honest(exchange)
        return
    session = Session(secrets.token_hex(8))
    site.sessions[session.identifier] = session
    exchange.stream()
    for endpoint in endpoints:
        path = f"/messages?session={session.identifier}"
        exchange.event(endpoint.replace("{path}", path), kind="endpoint")
    _pour(site, exchange, session)


def _pour(site: Bad, exchange: Exchange, session: Session) -> None:
    """Send what a session has to tell, until its client is gone or the stream is over."""
    while not exchange.rest(0.02) and not site.seen["over"]:
        while not session.outgoing.empty():
            exchange.event(session.outgoing.get())
    exchange.end()


@mode("old-no-endpoint", EVERY, old=True)
def no_endpoint(site: Bad, exchange: Exchange) -> None:
    """Opens the stream and never says where to send messages to."""
    if _is_opening(exchange):
        exchange.stream()
        exchange.rest()
    else:
        site.honest(exchange)


@mode("old-comments", EVERY, old=True)
def comments(site: Bad, exchange: Exchange) -> None:
    """Opens the stream and sends comments instead of the endpoint."""
    if not _is_opening(exchange):
        site.honest(exchange)
        return
    exchange.stream()
    while not exchange.rest(0.1):
        exchange.piece(b": ping\n\n")


@mode("old-other-port", EVERY, old=True)
def other_port(site: Bad, exchange: Exchange) -> None:
    """Wants messages at another port."""
    _points_to(site, exchange, f"{site.elsewhere}/messages")


@mode("old-other-host", EVERY, old=True)
def other_host(site: Bad, exchange: Exchange) -> None:
    """Wants messages at another host, which is the same machine."""
    _points_to(site, exchange, site.elsewhere.replace("127.0.0.1", "localhost") + "/messages")


@mode("old-scheme-relative", EVERY, old=True)
def scheme_relative(site: Bad, exchange: Exchange) -> None:
    """Wants messages at another port, without naming the scheme."""
    _points_to(site, exchange, site.elsewhere.removeprefix("http:") + "/messages")


@mode("old-javascript", EVERY, old=True)
def javascript(site: Bad, exchange: Exchange) -> None:
    """Wants messages at a script."""
    _points_to(site, exchange, "javascript:alert(1)")


@mode("old-broken-endpoint", EVERY, old=True)
def broken_endpoint(site: Bad, exchange: Exchange) -> None:
    """Wants messages at what is no URL."""
    _points_to(site, exchange, "http://[::1/messages")


@mode("old-empty-endpoint", EVERY, old=True)
def empty_endpoint(site: Bad, exchange: Exchange) -> None:
    """Names an empty endpoint, which is the address of the stream itself."""
    _points_to(site, exchange, "")


@mode("old-absolute", EVERY, old=True)
def absolute(site: Bad, exchange: Exchange) -> None:
    """Names its endpoint with an absolute URL of its own origin."""
    _points_to(site, exchange, f"http://{exchange.request.headers['host']}{{path}}")


@mode("old-relative", EVERY, old=True)
def relative(site: Bad, exchange: Exchange) -> None:
    """Names its endpoint with a path relative to the stream's."""
    _points_to(site, exchange, ".{path}")


@mode("old-credentials", EVERY, old=True)
def credentials(site: Bad, exchange: Exchange) -> None:
    """Names its endpoint with a user and a password in the URL."""
    _points_to(site, exchange, f"http://user:hunter2@{exchange.request.headers['host']}{{path}}")


@mode("old-twice", EVERY, old=True)
def twice(site: Bad, exchange: Exchange) -> None:
    """Names its endpoint, and then one at another port."""
    _points_to(site, exchange, "{path}", f"{site.elsewhere}/messages")


@mode("old-closes", EVERY, old=True)
def closes(site: Bad, exchange: Exchange) -> None:
    """Names its endpoint and ends the stream."""
    if _is_opening(exchange):
        exchange.stream()
        exchange.event("/messages?session=1", kind="endpoint")
        exchange.end()
    elif exchange.request.path == "/messages":
        exchange.respond(202)
    else:
        site.honest(exchange)


@mode("old-closes-on-list", EVERY, old=True)
def closes_on_list(site: Bad, exchange: Exchange) -> None:
    """Ends the stream when it is asked for tools/list."""
    if exchange.request.rpc == "tools/list":
        exchange.respond(202)
        site.seen["over"] += 1
    else:
        _points_to(site, exchange, "{path}")


@mode("old-never-answers", "tools/list", old=True)
def never_answers(site: Bad, exchange: Exchange) -> None:
    """Accepts --on and says nothing on the stream."""
    exchange.respond(202)


@mode("old-post-never-answered", "tools/list", old=True)
def post_never_answered(site: Bad, exchange: Exchange) -> None:
    """Never answers the POST of --on, and says nothing on the stream."""
    exchange.rest()


@mode("old-post-500", "POST", old=True)
def post_500(site: Bad, exchange: Exchange) -> None:
    """Answers every POST with 500."""
    if exchange.request.path == "/messages":
        exchange.respond(500, b"it broke", "text/plain")
    else:
        site.honest(exchange)


@mode("old-post-401", "tools/list", old=True)
def post_401(site: Bad, exchange: Exchange) -> None:
    """Answers the POST of --on with 401."""
    exchange.respond(401, headers=(("WWW-Authenticate", "Bearer"),))


@mode("old-post-redirects", "tools/list", old=True)
def post_redirects(site: Bad, exchange: Exchange) -> None:
    """Redirects the POST of --on to another port."""
    exchange.respond(307, headers=(("Location", f"{site.elsewhere}/messages"),))


@mode("old-get-404", "GET", old=True)
def get_404(site: Bad, exchange: Exchange) -> None:
    """Answers the GET with 404, and POSTs with 405."""
    exchange.respond(404)


@mode("old-get-html", "GET", old=True)
def get_html(site: Bad, exchange: Exchange) -> None:
    """Answers the GET with a page of HTML."""
    exchange.respond(200, b"<html>hello</html>", "text/html")


@mode("old-get-json", "GET", old=True)
def get_json(site: Bad, exchange: Exchange) -> None:
    """Answers the GET with JSON."""
    exchange.answer({"status": "ok"})


@mode("old-message-first", EVERY, old=True)
def message_first(site: Bad, exchange: Exchange) -> None:
    """Sends a message before it names its endpoint."""
    if not _is_opening(exchange):
        site.honest(exchange)
        return
    session = Session(secrets.token_hex(8))
    site.sessions[session.identifier] = session
    exchange.stream()
    exchange.event({"jsonrpc": "2.0", "method": "notifications/message", "params": {}})
    exchange.event(f"/messages?session={session.identifier}", kind="endpoint")
    _pour(site, exchange, session)
