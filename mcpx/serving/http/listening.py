"""A port of this machine that is listened at, and each connection to it in a task of its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from mcpx.errors import ConfigError, UsageError
from mcpx.serving.http.wire import Wire, accepting

HOSTS = ("127.0.0.1", "::1")
# Clients at once: each may need two descriptors, and many systems give 1,024.
_MOST = 400


@contextlib.asynccontextmanager
async def listening(
    meet: Callable[[Wire, str], Awaitable[None]],
    host: str = HOSTS[0],
    port: int = 0,
    option: str = "--listen",
) -> AsyncIterator[str]:
    """Have ``meet`` serve each client while the block lasts; gives our origin (``http://HOST:N``).

    ``meet`` gets the wire and that origin; ``port`` 0 is any that is free, and ``option`` is what
    chose it, for the messages. Leaving the block ends every connection. For one too many the one
    gives way that has been asking nothing for longest; where all are being answered it is closed.

    Raises UsageError for a host that is not this machine, ConfigError where nobody can listen.
    """
    if host not in HOSTS:
        raise UsageError(
            f"{option} {host}: only this machine may connect", hint=f"{option} {HOSTS[0]}:0"
        )
    meetings: set[asyncio.Task[None]] = set()
    clients: set[Wire] = set()
    shown = f"[{host}]" if ":" in host else host
    here = ""

    async def served(client: Wire) -> None:
        try:
            await meet(client, here)
        finally:
            clients.discard(client)

    def met(client: Wire) -> None:
        clients.add(client)
        if len(clients) > _MOST:
            asking = (one for one in clients if one is not client and one.is_asking)
            gone = min(asking, key=lambda one: one.since, default=client)
            clients.remove(gone)
            gone.abort()
            if gone is client:
                return
        task = asyncio.ensure_future(served(client))
        meetings.add(task)
        task.add_done_callback(meetings.discard)

    loop = asyncio.get_running_loop()
    try:
        server = await loop.create_server(accepting(met), host, port)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or "no such port"
        raise ConfigError(
            f"cannot listen on {shown}:{port}: {reason.lower()}",
            hint=f"{option} 0 takes a free port",
        ) from error
    here = f"http://{shown}:{server.sockets[0].getsockname()[1]}"
    try:
        yield here
    finally:
        server.close()
        for task in tuple(meetings):
            task.cancel()
        if meetings:
            await asyncio.wait(tuple(meetings))
        await server.wait_closed()
