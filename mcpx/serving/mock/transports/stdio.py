"""A mock on standard input and output: one client, a line for each message."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from mcpx.json_text import JsonTextError, parse_json
from mcpx.serving.ending import ended_by_signals
from mcpx.serving.mock.delivery import ClosedError, Delivery, EndedError, on_a_stream
from mcpx.serving.mock.playing.outs import Out
from mcpx.serving.mock.playing.player import Player

# Bytes of one line.
LONGEST = 1 << 24
_PIECE = 1 << 16
# What a pipe that takes anything takes at once (POSIX, PIPE_BUF on Linux).
_AT_ONCE = 1 << 12
# Messages that are being answered while the client reads nothing.
_MOST = 1_000
# Seconds without a word after which, at the end of input, what is open waits for the client.
_LINGERS = 0.25
_NOT_JSON = (
    '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"mcpx: the line is not JSON"}}'
)


def serve(delivery: Delivery, reads: int = 0, writes: int = 1) -> int:
    """Play to the client behind these descriptors, until it ends its input or a signal comes.

    Gives the status that a fault asks for, else 0.
    """

    async def go_on() -> int:
        over = asyncio.Event()
        with ended_by_signals(over):
            return await played(delivery, over, reads, writes)

    return asyncio.run(go_on())


async def played(delivery: Delivery, over: asyncio.Event, reads: int, writes: int) -> int:
    """The same in a running loop, until ``over`` is set."""
    client = _Client(delivery, writes)
    reading = asyncio.ensure_future(client.read(reads))
    stopping = asyncio.ensure_future(over.wait())
    try:
        await asyncio.wait((reading, stopping, client.ended), return_when=asyncio.FIRST_COMPLETED)
        if reading.done():
            reading.result()
        return client.ended.result() if client.ended.done() else 0
    finally:
        for task in (reading, stopping):
            task.cancel()
        await asyncio.wait((reading, stopping))
        await client.leave()


class _Client:
    """The one client, with all that it is being answered."""

    def __init__(self, delivery: Delivery, writes: int) -> None:
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._delivery = delivery
        self._player: Player = delivery.players.new()
        self._writes = writes
        self._writing = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._said = 0

    async def read(self, descriptor: int) -> None:
        """Answer every line, and at the end what needs no more of the client."""
        self._start(None, self._delivery.timed(self._player.unasked()))
        async for line in _lines(descriptor):
            while len(self._tasks) > _MOST and self._writing.locked():
                await asyncio.wait(tuple(self._tasks), return_when=asyncio.FIRST_COMPLETED)
            try:
                value = parse_json(line.decode("utf-8", "surrogateescape"))
            except JsonTextError:
                await self._say(_NOT_JSON)
                continue
            self._start(value, self._delivery.delivered(self._player, value))
            # What comes next is about what has begun, such as its cancellation.
            await asyncio.sleep(0)
        await self._rest()

    async def _rest(self) -> None:
        """Wait for all that comes without the client."""
        while self._tasks:
            before = self._said
            done, _ = await asyncio.wait(tuple(self._tasks), timeout=_LINGERS)
            if not done and before == self._said and not self._delivery.sleepers:
                return

    async def leave(self) -> None:
        """Answer nothing more."""
        for task in tuple(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(tuple(self._tasks))

    def _start(self, value: Any, outs: AsyncGenerator[Out]) -> None:
        task = asyncio.ensure_future(self._pass_on(value, outs))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, value: Any, outs: AsyncGenerator[Out]) -> None:
        try:
            async with contextlib.aclosing(outs):
                async for out in outs:
                    if text := on_a_stream(value, out):
                        await self._say(text)
                    if out.exits is not None:
                        self._end(out.exits)
        except ClosedError:
            with open(os.devnull, "wb") as nowhere:
                os.dup2(nowhere.fileno(), self._writes)
        except EndedError as error:
            self._end(error.status)
        except OSError:  # nobody reads what we write
            self._end(0)
        except Exception as error:  # a bug, for who waits for the end
            if not self.ended.done():
                self.ended.set_exception(error)

    def _end(self, status: int) -> None:
        if not self.ended.done():
            self.ended.set_result(status)

    async def _say(self, text: str) -> None:
        """Write a line, whole, without keeping anybody else waiting. Raises OSError."""
        left = memoryview(text.encode("utf-8", "surrogateescape") + b"\n")
        async with self._writing:
            while left:
                await _until_writable(self._writes)
                left = left[os.write(self._writes, left[:_AT_ONCE]) :]
            self._said += 1


async def _lines(descriptor: int) -> AsyncIterator[bytes]:
    """The lines that come, without their ends and without empty ones, to the end of input.

    Of one that is too long there is the beginning, which is not JSON.
    """
    begun, piece = bytearray(), b" "
    while piece:
        await _until_readable(descriptor)
        piece = os.read(descriptor, _PIECE)
        *ended, rest = piece.split(b"\n") if piece else (b"", b"")
        for line in ended:
            begun += line[: LONGEST - len(begun)]
            if begun.strip():
                yield bytes(begun)
            begun.clear()
        begun += rest[: LONGEST - len(begun)]


async def _until_readable(descriptor: int) -> None:
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    try:
        loop.add_reader(descriptor, ready.set)
    except PermissionError:  # a file, which always is
        return
    try:
        await ready.wait()
    finally:
        loop.remove_reader(descriptor)


async def _until_writable(descriptor: int) -> None:
    if select.select((), (descriptor,), (), 0)[1]:
        return
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    loop.add_writer(descriptor, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_writer(descriptor)
