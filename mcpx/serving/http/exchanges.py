"""One client's connection, request after request: each heard whole, then answered."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import h11

from mcpx.serving.http.answers import Answer
from mcpx.serving.http.wire import BrokenError, LeftError, Wire

# Bytes of a request's body.
LARGEST = 1 << 24
# Seconds for a request to come once its head has, and between two of them.
_TO_ASK = 60.0
_IDLE = 600.0


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks for: ``target`` as it stands in the request line.

    ``headers`` are as they came; ``values`` by their names in small letters, the first of each.
    """

    method: str
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    values: Mapping[str, str]
    body: bytes


Answering = Callable[[Request, Answer], Awaitable[None]]


async def exchanges(client: Wire, answering: Answering) -> None:
    """Hear a client out and have it answered, until it leaves or is too slow; raises nothing.

    A client that leaves while it is being answered cancels ``answering``, and an answer that is not
    whole when that is done ends the connection.
    """
    try:
        while (request := await _heard(client)) is not None:
            answer = Answer(client, request.method)
            if not await _answered(client, answering(request, answer)) or not answer.is_over:
                client.abort()
                return
            if not client.may_go_on:
                break
            # Who does not read what it asked for is heard no further.
            await client.taken()
            client.go_on()
    except BrokenError as error:
        with contextlib.suppress(LeftError, h11.LocalProtocolError):
            Answer(client, "").status(error.status, str(error))
    except LeftError:
        pass
    except asyncio.CancelledError:
        client.abort()
        raise
    finally:
        client.close()


async def _heard(client: Wire) -> Request | None:
    """The next request, whole; None at the end. Raises LeftError and BrokenError."""
    head: h11.Request | None = None
    body = bytearray()
    now = asyncio.get_running_loop().time
    due = now() + _IDLE
    while True:
        if client.keeps_waiting:
            client.put(h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue"))
        try:
            async with asyncio.timeout_at(due):
                events = await client.events()
        except TimeoutError:
            if head is None:
                return None
            raise BrokenError("the request does not come to its end", 408) from None
        if not events:
            return None
        for event in events:
            if isinstance(event, h11.Request):
                head, due = event, now() + _TO_ASK
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > LARGEST:
                    raise BrokenError(f"a body of more than {LARGEST} bytes", 413)
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                return _request(head, bytes(body))


def _request(head: h11.Request, body: bytes) -> Request:
    headers = tuple(head.headers.raw_items())
    values: dict[str, str] = {}
    for name, value in headers:
        values.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))
    return Request(head.method.decode("latin-1"), head.target, headers, values, body)


async def _answered(client: Wire, answering: Awaitable[None]) -> bool:
    """Whether the client has stayed for the answer."""
    task = asyncio.ensure_future(answering)
    left = asyncio.ensure_future(client.left.wait())
    try:
        await asyncio.wait((task, left), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            return False
        with contextlib.suppress(LeftError):
            task.result()
            return True
        return False
    finally:
        left.cancel()
        if not task.done():
            task.cancel()
            await asyncio.wait((task,))
