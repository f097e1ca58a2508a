"""Lines to a server on which nothing has been said yet, one way to make each."""

from __future__ import annotations

from mcpx.client import processes
from mcpx.client.http import Http
from mcpx.client.line import Line
from mcpx.client.peer import Peer
from mcpx.client.processes import Process
from mcpx.client.sse import HttpSse
from mcpx.client.stdio import Stdio
from mcpx.client.streamable import StreamableHttp
from mcpx.client.terms import Terms
from mcpx.servers import ServerSpec, Transport


def stdio_line(spec: ServerSpec, terms: Terms, process: Process | None = None) -> Line:
    """A line to a process, which is started unless it has been. Raises ServerError (``spawn``)."""
    started = process or processes.start(spec, terms.inherit_env)
    tap = terms.tap(spec, Transport.STDIO, started.pid)
    return Line(
        spec,
        terms,
        lambda peer: Stdio(
            spec, started, terms.limits, peer.feed, peer.fail, peer.waiting_for, tap
        ),
    )


def http_line(spec: ServerSpec, terms: Terms) -> Line:
    """A line over Streamable HTTP. Raises RefusedError for credentials in the open."""
    http = Http(spec, terms.limits, terms.tap(spec, Transport.HTTP))
    return Line(spec, terms, lambda peer: StreamableHttp(http, peer, terms.limits, terms.listening))


def sse_line(spec: ServerSpec, terms: Terms) -> tuple[Line, HttpSse]:
    """A line over HTTP+SSE with its wire, which has to be connected. Raises RefusedError."""
    http = Http(spec, terms.limits, terms.tap(spec, Transport.SSE))
    wires: list[HttpSse] = []

    def plug(peer: Peer) -> HttpSse:
        wires.append(HttpSse(http, peer, terms.limits))
        return wires[0]

    line = Line(spec, terms, plug)
    return line, wires[0]
