"""The HTTP tap: a proxy on this machine in front of one server, which records what goes through it.

It stands for the server's whole origin: every path of it is passed on. What a body holds goes on
first, unchanged and at once, and is recorded after.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from mcpx import interrupts
from mcpx.errors import ConfigError, UsageError
from mcpx.operations.taps.http.connections import Connections
from mcpx.operations.taps.http.passage import Passage
from mcpx.operations.taps.http.recorded_exchange import ProxyRecording
from mcpx.operations.taps.http.upstream import Upstream, upstream_of
from mcpx.operations.taps.http.wire import Wire, accepting
from mcpx.servers import ServerSpec
from mcpx.sessions.ledger import Caps
from mcpx.sessions.writing import Recorder

HOSTS = ("127.0.0.1", "::1")


def serve(
    spec: ServerSpec,
    recorder: Recorder,
    told: Callable[[str], None],
    *,
    host: str = HOSTS[0],
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
        loop, over = asyncio.get_running_loop(), asyncio.Event()

        def hear() -> None:
            loop.call_soon_threadsafe(over.set)

        with interrupts.awaited(hear):
            async with listening(upstream, recorder, host, port) as url:
                told(url)
                await over.wait()

    asyncio.run(go_on())


@contextlib.asynccontextmanager
async def listening(
    upstream: Upstream,
    recorder: Recorder,
    host: str = HOSTS[0],
    port: int = 0,
) -> AsyncIterator[str]:
    """Pass on what clients ask while the block lasts; gives the URL that they connect to.

    Leaving the block ends every connection. Raises UsageError and ConfigError.
    """
    if host not in HOSTS:
        raise UsageError(
            f"--listen {host}: only this machine may connect", hint=f"--listen {HOSTS[0]}:0"
        )
    connections = Connections(lambda at: recorder.opened(at=at))
    recording = ProxyRecording(recorder, connections, Caps().message)
    passages: set[asyncio.Task[None]] = set()
    shown = f"[{host}]" if ":" in host else host
    here = ""

    def met(client: Wire) -> None:
        task = asyncio.ensure_future(Passage(client, upstream, recording, here).run())
        passages.add(task)
        task.add_done_callback(passages.discard)

    loop = asyncio.get_running_loop()
    try:
        server = await loop.create_server(accepting(met), host, port)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or "no such port"
        raise ConfigError(
            f"cannot listen on {shown}:{port}: {reason.lower()}",
            hint="--listen 0 takes a free port",
        ) from error
    here = f"http://{shown}:{server.sockets[0].getsockname()[1]}"
    try:
        yield here + upstream.path
    finally:
        server.close()
        for task in tuple(passages):
            task.cancel()
        if passages:
            await asyncio.wait(tuple(passages))
        await server.wait_closed()
