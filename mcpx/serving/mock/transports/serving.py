"""A mock that is served, until its client leaves, a fault ends it or a signal does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection

from mcpx.servers import Era
from mcpx.serving.ending import ended_by_signals
from mcpx.serving.http.answers import Answer
from mcpx.serving.http.exchanges import Request, exchanges
from mcpx.serving.http.listening import listening
from mcpx.serving.http.wire import LeftError, Wire
from mcpx.serving.mock.delivery import ClosedError, Delivery, EndedError
from mcpx.serving.mock.transports.http import HttpMock
from mcpx.serving.mock.transports.old_http import OldHttpMock
from mcpx.serving.mock.transports.site import Site


def serve(
    delivery: Delivery, site: Site, eras: Collection[Era], port: int, told: Callable[[str], None]
) -> int:
    """Play to whoever connects to this port of 127.0.0.1, until a signal or a fault ends it.

    ``eras`` are those that are spoken; ``told`` hears the URL once clients can connect. Gives the
    status that a fault asks for, else 0. Raises ConfigError.
    """

    async def go_on() -> int:
        over = asyncio.Event()
        with ended_by_signals(over):
            async with served(delivery, site, eras, port) as (url, ended):
                told(url)
                stopping = asyncio.ensure_future(over.wait())
                await asyncio.wait((stopping, ended), return_when=asyncio.FIRST_COMPLETED)
                stopping.cancel()
                return ended.result() if ended.done() else 0

    return asyncio.run(go_on())


@contextlib.asynccontextmanager
async def served(
    delivery: Delivery, site: Site, eras: Collection[Era], port: int = 0
) -> AsyncIterator[tuple[str, asyncio.Future[int]]]:
    """Play while the block lasts; gives the URL, and the status with which a fault ends it all."""
    mock = OldHttpMock(delivery, site) if site.old else HttpMock(delivery, site, eras)
    ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def answering(request: Request, answer: Answer) -> None:
        try:
            await mock.answer(request, answer)
        except ClosedError as error:
            raise LeftError from error
        except EndedError as error:
            if not ended.done():
                ended.set_result(error.status)
            raise LeftError from error
        except LeftError:
            raise
        except Exception as error:  # a bug, for who waits for the end
            if not ended.done():
                ended.set_exception(error)
            raise LeftError from error

    async def meet(client: Wire, _here: str) -> None:
        await exchanges(client, answering)

    async with listening(meet, port=port, option="--http") as here:
        try:
            yield here + site.path, ended
        finally:
            await mock.close()
