"""The HTTP tap: a proxy on this machine in front of one server, which records what goes through it.

It stands for the server's whole origin: every path of it is passed on. What a body holds goes on
first, unchanged and at once, and is recorded after.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from mcpx.operations.taps.http.connections import Connections
from mcpx.operations.taps.http.passage import Passage
from mcpx.operations.taps.http.recorded_exchange import ProxyRecording
from mcpx.operations.taps.http.upstream import Upstream, upstream_of
from mcpx.servers import ServerSpec
from mcpx.serving.ending import ended_by_signals
from mcpx.serving.http import listening as ports
from mcpx.serving.http.wire import Wire
from mcpx.sessions.ledger import Caps
from mcpx.sessions.writing import Recorder


def serve(
    spec: ServerSpec,
    recorder: Recorder,
    told: Callable[[str], None],
    *,
    host: str = ports.HOSTS[0],
    port: int = 0,
) -> None:
    """Pass on what clients ask of the server at ``spec.url``, until SIGINT, SIGTERM or SIGHUP.

    The headers of ``spec`` go along with every request and are recorded nowhere. ``told`` hears the
    URL that clients connect to, once they can; ``port`` 0 is any that is free. The recording is
    left open, with every exchange in it finished.

    Raises UsageError, RefusedError or ConfigError, all before anybody is listened to.
    """
    upstream = upstream_of(spec)

    async def go_on() -> None:
        over = asyncio.Event()
        with ended_by_signals(over):
            async with listening(upstream, recorder, host, port) as url:
                told(url)
                await over.wait()

    asyncio.run(go_on())


@contextlib.asynccontextmanager
async def listening(
    upstream: Upstream,
    recorder: Recorder,
    host: str = ports.HOSTS[0],
    port: int = 0,
) -> AsyncIterator[str]:
    """Pass on what clients ask while the block lasts; gives the URL that they connect to.

    Leaving the block ends every connection. Raises UsageError and ConfigError.
    """
    connections = Connections(lambda at: recorder.opened(at=at))
    recording = ProxyRecording(recorder, connections, Caps().message)

    async def meet(client: Wire, here: str) -> None:
        await Passage(client, upstream, recording, here).run()

    async with ports.listening(meet, host, port) as here:
        yield here + upstream.path
