"""Servers that send their clients elsewhere."""

from __future__ import annotations

from http_modes import EVERY, MODES, Bad, Mode, mode
from http_wire import Exchange

STATUSES = (301, 302, 303, 307, 308)


def _to(exchange: Exchange, status: int, location: str) -> None:
    exchange.respond(status, b"moved", "text/plain", (("Location", location),))


def _same_origin(status: int) -> Mode:
    def play(site: Bad, exchange: Exchange) -> None:
        if exchange.request.path == "/mcp":
            _to(exchange, status, "/moved")
        else:
            site.honest(exchange)

    return Mode(play, f"Redirects everything with {status} to another path of its own.", EVERY)


def _other_port(status: int) -> Mode:
    def play(site: Bad, exchange: Exchange) -> None:
        _to(exchange, status, f"{site.elsewhere}/mcp")

    return Mode(play, f"Redirects everything with {status} to another port.", EVERY)


MODES.update({f"redirect-{status}": _same_origin(status) for status in STATUSES})
MODES.update({f"redirect-{status}-port": _other_port(status) for status in STATUSES})


@mode("redirect-host", EVERY)
def host(site: Bad, exchange: Exchange) -> None:
    """Redirects everything to another name of the same machine."""
    _to(exchange, 307, site.elsewhere.replace("127.0.0.1", "localhost") + "/mcp")


@mode("redirect-scheme", EVERY)
def scheme(site: Bad, exchange: Exchange) -> None:
    """Redirects everything to https on the same port."""
    _to(exchange, 307, f"https://{exchange.request.headers['host']}/mcp")


@mode("redirect-scheme-relative", EVERY)
def scheme_relative(site: Bad, exchange: Exchange) -> None:
    """Redirects everything to another port, without naming the scheme."""
    _to(exchange, 307, site.elsewhere.removeprefix("http:") + "/mcp")


@mode("redirect-backslash", EVERY)
def backslash(site: Bad, exchange: Exchange) -> None:
    r"""Redirects everything to \\host, which some take for //host."""
    _to(exchange, 307, "\\\\" + site.elsewhere.removeprefix("http://") + "/mcp")


@mode("redirect-loop", EVERY)
def loop(site: Bad, exchange: Exchange) -> None:
    """Redirects everything to where it was sent."""
    _to(exchange, 307, exchange.request.target)


@mode("redirect-endless", EVERY)
def endless(site: Bad, exchange: Exchange) -> None:
    """Redirects everything on and on, to a new path each time."""
    site.seen["hops"] += 1
    _to(exchange, 308, f"/hop/{site.seen['hops']}")


@mode("redirect-file", EVERY)
def file(site: Bad, exchange: Exchange) -> None:
    """Redirects everything to a local file."""
    _to(exchange, 307, "file:///etc/passwd")


@mode("redirect-javascript", EVERY)
def javascript(site: Bad, exchange: Exchange) -> None:
    """Redirects everything to a script."""
    _to(exchange, 307, "javascript:alert(1)")


@mode("redirect-broken", EVERY)
def broken(site: Bad, exchange: Exchange) -> None:
    """Redirects everything to what is no URL."""
    _to(exchange, 307, "http://[::1/mcp")


@mode("redirect-bad-port", EVERY)
def bad_port(site: Bad, exchange: Exchange) -> None:
    """Redirects everything to port 99999."""
    _to(exchange, 307, "http://127.0.0.1:99999/mcp")


@mode("redirect-nowhere", EVERY)
def nowhere(site: Bad, exchange: Exchange) -> None:
    """Redirects everything and does not say where to."""
    exchange.respond(307)


@mode("redirect-huge", EVERY)
def huge(site: Bad, exchange: Exchange) -> None:
    """Redirects everything to a path of 60,000 characters, and answers there."""
    if len(exchange.request.target) < 100:
        _to(exchange, 307, "/" + "a" * 60_000)
    else:
        site.honest(exchange)


@mode("redirect-credentials", EVERY)
def credentials(site: Bad, exchange: Exchange) -> None:
    """Redirects everything to a path of its own, with a user and a password in the URL."""
    if exchange.request.path == "/mcp":
        _to(exchange, 307, f"http://user:hunter2@{exchange.request.headers['host']}/moved")
    else:
        site.honest(exchange)


@mode("redirect-get", "GET", old=True)
def redirect_get(site: Bad, exchange: Exchange) -> None:
    """Redirects the GET of an old client to another port."""
    _to(exchange, 302, f"{site.elsewhere}/sse")
