from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from mcpx.operations.taps.stdio.flows import Flow


class Pipes:
    """A flow with somebody at each end."""

    def __init__(self, lasting: bool = False) -> None:
        source, self.writer = os.pipe()
        self.reader, target = os.pipe()
        self.flow = Flow(source, target, lasting)
        self.target = target

    def close(self) -> None:
        for descriptor in (self.writer, self.reader, self.flow.source, self.flow.target):
            if descriptor >= 0:
                os.close(descriptor)


@pytest.fixture
def pipes() -> Iterator[Pipes]:
    made = Pipes()
    yield made
    made.writer = made.reader = -1
    made.close()


def test_what_is_read_is_passed_on_and_returned(pipes: Pipes) -> None:
    os.write(pipes.writer, b"\x00\xff one\r\n")
    assert pipes.flow.read() == b"\x00\xff one\r\n"
    assert os.read(pipes.reader, 100) == b"\x00\xff one\r\n"
    os.close(pipes.writer)
    assert pipes.flow.read() == b""
    assert pipes.flow.is_over
    assert os.read(pipes.reader, 100) == b""
    os.close(pipes.reader)


def test_what_is_not_taken_waits_and_nothing_is_lost(pipes: Pipes) -> None:
    sent = bytearray()
    while not pipes.flow.waiting:
        piece = os.urandom(30_000)
        os.write(pipes.writer, piece)
        sent += piece
        pipes.flow.read()
    os.close(pipes.writer)
    got = bytearray()
    while pipes.flow.waiting:
        got += os.read(pipes.reader, 10_000)
        pipes.flow.write()
    assert not pipes.flow.is_over
    pipes.flow.read()
    while piece := os.read(pipes.reader, 100_000):
        got += piece
    assert got == sent
    assert pipes.flow.is_over
    os.close(pipes.reader)


def test_the_end_waits_for_what_is_not_taken(pipes: Pipes) -> None:
    while not pipes.flow.waiting:
        os.write(pipes.writer, b"x" * 30_000)
        pipes.flow.read()
    pipes.flow.end()
    assert pipes.flow.source == -1
    assert not pipes.flow.is_over
    while os.read(pipes.reader, 100_000):
        if pipes.flow.waiting:
            pipes.flow.write()
    assert pipes.flow.is_over
    for descriptor in (pipes.writer, pipes.reader):
        os.close(descriptor)


def test_a_reader_that_has_left_is_told_to_the_writer(pipes: Pipes) -> None:
    os.close(pipes.reader)
    os.write(pipes.writer, b"x")
    assert pipes.flow.read() == b"x"
    assert pipes.flow.reader_left
    with pytest.raises(BrokenPipeError):
        os.write(pipes.writer, b"x")
    os.close(pipes.writer)


def test_a_lasting_flow_goes_on_without_its_reader() -> None:
    pipes = Pipes(lasting=True)
    os.close(pipes.reader)
    for _ in range(2):
        os.write(pipes.writer, b"x")
        assert pipes.flow.read() == b"x"
        if pipes.flow.waiting:
            pipes.flow.write()
    assert (pipes.flow.reader_left, pipes.flow.is_over) == (True, False)
    os.close(pipes.writer)
    pipes.flow.read()
    assert pipes.flow.is_over
    os.close(pipes.target)


def test_a_lasting_flow_leaves_its_target_as_it_is() -> None:
    pipes = Pipes(lasting=True)
    assert os.get_blocking(pipes.target)
    os.write(pipes.writer, b"x" * 30_000)
    pipes.flow.read()
    assert len(pipes.flow.waiting) == 30_000  # until it is known that there is room
    pipes.flow.write()
    assert 0 < len(os.read(pipes.reader, 100_000)) <= 4096
    pipes.flow.lose_reader()
    pipes.flow.end()
    os.fstat(pipes.target)
    for descriptor in (pipes.writer, pipes.reader, pipes.target):
        os.close(descriptor)


def test_a_shared_target_blocks_again_afterwards() -> None:
    """What shares our standard output would stumble over a pipe that does not block."""
    ours, theirs = socket.socketpair()
    with ours, theirs, ours.dup() as shared:
        source, writer = os.pipe()
        flow = Flow(source, shared.detach())
        assert not os.get_blocking(ours.fileno())
        os.close(writer)
        flow.read()
        assert os.get_blocking(ours.fileno())
