from __future__ import annotations

import array
import asyncio
import contextlib
import fcntl
import json
import os
import termios
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mcpx.serving.mock.delivery import Delivery
from mcpx.serving.mock.faults import Fault, Faults, Kind, Rule
from mcpx.serving.mock.playing.outs import Out
from mcpx.serving.mock.transports import stdio
from mcpx.wire import Finish
from tests.client.loops import in_a_loop
from tests.serving.mock.acting import Cast, becomes, delivery_of, final, for_ever


@dataclass
class Played:
    """A mock at two pipes: what it is asked, what it says, how it ends."""

    asks: int
    hears: int
    over: asyncio.Event
    task: asyncio.Task[int]

    def say(self, *messages: Any) -> None:
        lines = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in messages]
        os.write(self.asks, b"".join(line + b"\n" for line in lines))

    def leave(self) -> None:
        os.close(self.asks)
        self.asks = -1

    async def rest(self) -> list[str]:
        """All lines to the end of its output."""
        self.leave()
        status = await self.task
        assert status == 0
        return await self.lines()

    async def lines(self) -> list[str]:
        found = b""
        while piece := await asyncio.to_thread(os.read, self.hears, 1 << 20):
            found += piece
        return found.decode().splitlines()

    async def line(self) -> str:
        found = b""
        while not found.endswith(b"\n"):
            found += await asyncio.to_thread(os.read, self.hears, 1)
        return found.decode().rstrip("\n")


@contextlib.asynccontextmanager
async def playing(delivery: Delivery) -> AsyncIterator[Played]:
    reads, asks = os.pipe()
    hears, writes = os.pipe()
    over = asyncio.Event()

    async def play() -> int:
        try:
            return await stdio.played(delivery, over, reads, writes)
        finally:
            os.close(writes)

    played = Played(asks, hears, over, asyncio.ensure_future(play()))
    try:
        yield played
    finally:
        over.set()
        await asyncio.wait((played.task,))
        for descriptor in (reads, played.hears, played.asks):
            if descriptor >= 0:
                os.close(descriptor)


def waits_in(descriptor: int) -> int:
    """How many bytes of a pipe nobody has read yet."""
    count = array.array("i", [0])
    fcntl.ioctl(descriptor, termios.FIONREAD, count)
    return count[0]


def asked(method: str, id: int = 1) -> dict[str, Any]:
    return {"id": id, "method": method}


@in_a_loop
async def test_each_line_is_answered_and_the_end_of_input_is_the_end() -> None:
    cast = Cast({"one": (Out(text="told"), final("1")), "said": ()}, unasked=(Out(text="hi"),))
    async with playing(delivery_of(cast)) as mock:
        mock.say(asked("one"), b"", b"  ", {"method": "said"}, asked("one", 2))
        assert await mock.rest() == ["hi", "told", "1", "told", "1"]
    assert [value.get("id") for value in cast.heard] == [1, None, 2]


@in_a_loop
async def test_a_last_line_needs_no_end_and_a_piece_is_no_line() -> None:
    cast = Cast({"one": (final("1"),)})
    async with playing(delivery_of(cast)) as mock:
        text = json.dumps(asked("one")).encode()
        for piece in (text[:5], text[5:] + b"\r\n" + text):
            os.write(mock.asks, piece)
            await asyncio.sleep(0.01)
        assert await mock.rest() == ["1", "1"]


@pytest.mark.parametrize("line", [b"{", b"\xff\xfe", b"nonsense", b"1" * 5000])
@in_a_loop
async def test_a_line_that_is_no_json_is_an_error_and_harms_no_other(line: bytes) -> None:
    async with playing(delivery_of(Cast({"one": (final("1"),)}))) as mock:
        mock.say(line, asked("one"))
        error, answer = await mock.rest()
    assert json.loads(error)["error"]["code"] == -32700
    assert answer == "1"


@in_a_loop
async def test_of_a_line_too_long_only_the_beginning_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stdio, "LONGEST", 100)
    async with playing(delivery_of(Cast({"one": (final("1"),)}))) as mock:
        mock.say({"id": 1, "method": "one", "params": "x" * 1000}, asked("one"))
        error, answer = await mock.rest()
    assert json.loads(error)["error"]["code"] == -32700
    assert answer == "1"


@in_a_loop
async def test_at_the_end_of_input_what_takes_its_time_still_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stdio, "_LINGERS", 0.02)
    cast = Cast({"slow": (final("1", after=0.2),), "open": (Out(text="told"), for_ever)})
    async with playing(delivery_of(cast, kept=1.0)) as mock:
        mock.say(asked("slow"), asked("open", 2))
        assert await mock.rest() == ["told", "1"]
    assert sorted(cast.made[0].closed) == ["open", "slow"]


@in_a_loop
async def test_a_signal_ends_it_while_requests_are_open() -> None:
    cast = Cast({"open": (Out(text="told"), for_ever)})
    async with playing(delivery_of(cast)) as mock:
        mock.say(asked("open"))
        assert await mock.line() == "told"
        mock.over.set()
        assert await mock.task == 0
    assert cast.made[0].closed == ["open"]


@in_a_loop
async def test_a_client_that_reads_late_gets_all_and_one_that_reads_nothing_harms_nothing() -> None:
    cast = Cast({"big": (final("x" * 300_000),)})
    async with playing(delivery_of(cast)) as mock:
        mock.say(asked("big"), asked("big", 2))
        await becomes(lambda: waits_in(mock.hears) > 0)
        first = b""
        while len(first) < 600_002:
            first += await asyncio.to_thread(os.read, mock.hears, 1 << 20)
        assert first == (b"x" * 300_000 + b"\n") * 2
        mock.say(asked("big", 3))
        await becomes(lambda: waits_in(mock.hears) > 0)
        mock.over.set()
        assert await mock.task == 0


@in_a_loop
async def test_a_client_that_closed_what_it_reads_is_the_end() -> None:
    async with playing(delivery_of(Cast({"one": (final("1"),)}))) as mock:
        os.close(mock.hears)
        mock.hears = -1
        mock.say(asked("one"))
        assert await mock.task == 0


@pytest.mark.parametrize(
    ("kind", "number", "lines", "status"),
    [
        pytest.param(Kind.EXIT, 7, [], 7, id="exit"),
        pytest.param(Kind.CLOSE, 0, ["told"], 0, id="close"),
        pytest.param(Kind.MALFORMED, 0, ["told", '{"id'], 0, id="malformed"),
        pytest.param(Kind.DROP, 0, ["told"], 0, id="drop"),
    ],
)
@in_a_loop
async def test_faults(kind: Kind, number: int, lines: list[str], status: int) -> None:
    cast = Cast({"one": (Out(text="told"), final('{"id":1}'))})
    faults = Faults([Rule(Fault(kind, number), nth=1)])
    async with playing(delivery_of(cast, faults=faults)) as mock:
        mock.say(asked("one"))
        if kind is not Kind.EXIT:
            mock.leave()
        assert await mock.task == status
        assert await mock.lines() == lines


@in_a_loop
async def test_a_bug_in_a_player_is_not_hidden() -> None:
    async def breaks() -> None:
        raise ZeroDivisionError

    async with playing(delivery_of(Cast({"one": (breaks,)}))) as mock:
        mock.say(asked("one"))
        with pytest.raises(ZeroDivisionError):
            await mock.task


def test_files_are_read_and_written_as_well(tmp_path: Path) -> None:
    asks = tmp_path / "asks"
    asks.write_text(json.dumps(asked("one")) + "\n")
    reads = os.open(asks, os.O_RDONLY)
    writes = os.open(tmp_path / "said", os.O_WRONLY | os.O_CREAT)
    cast = Cast({"one": (final("1"),)})

    async def play() -> None:
        assert await stdio.played(delivery_of(cast), asyncio.Event(), reads, writes) == 0

    asyncio.run(play())
    os.close(reads)
    os.close(writes)
    assert (tmp_path / "said").read_text() == "1\n"


@in_a_loop
async def test_a_recorded_end_of_the_process_is_ours_with_its_status() -> None:
    ends = Out(text="", final=True, breaks=Finish.SERVER, exits=7)
    async with playing(delivery_of(Cast({"one": (Out(text="told"), ends)}))) as mock:
        mock.say(asked("one"))
        assert await mock.task == 7
        assert await mock.lines() == ["told"]
