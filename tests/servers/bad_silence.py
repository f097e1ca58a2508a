"""Servers that are silent, slow, or close or neglect one of their pipes."""

from __future__ import annotations

import os
import time

from modes import LONGEST, Misbehaving, mode
from wire import Message, line_of


@mode("never-answers")
def never_answers(server: Misbehaving) -> None:
    """Reads everything, answers nothing."""
    server.unanswered()


@mode("never-answers-list")
def never_answers_list(server: Misbehaving) -> None:
    """Answers everything but --on."""
    server.misbehave(lambda _: None)


@mode("trickle")
def trickle(server: Misbehaving) -> None:
    """Sends the answer to --on one byte a second."""

    def fault(request: Message) -> None:
        for byte in line_of(server.honest(request)):
            server.wire.write(bytes([byte]))
            if server.wire.rest(server.seconds(1)):
                return

    server.misbehave(fault)


@mode("half-line")
def half_line(server: Misbehaving) -> None:
    """Sends the first half of the answer to --on, then nothing more at all."""

    def fault(request: Message) -> None:
        line = line_of(server.honest(request))
        server.wire.write(line[: len(line) // 2])
        server.unanswered()

    server.misbehave(fault)


@mode("closes-stdout")
def closes_stdout(server: Misbehaving) -> None:
    """Closes stdout instead of answering --on, and lives on until the end of input."""

    def fault(_: Message) -> None:
        os.close(1)
        server.unanswered()

    server.misbehave(fault)


@mode("closes-stdin")
def closes_stdin(server: Misbehaving) -> None:
    """Closes stdin instead of answering --on, and lives on until its stdout is closed."""

    def fault(_: Message) -> None:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        server.wire.rest_unread(LONGEST)
        server.wire.ended = True

    server.misbehave(fault)


@mode("stops-reading")
def stops_reading(server: Misbehaving) -> None:
    """Answers --on and never reads again, so that a large request does not go through."""

    def fault(request: Message) -> None:
        server.answer(request)
        server.wire.rest_unread(LONGEST)
        server.wire.ended = True

    server.misbehave(fault)


@mode("closes-all-but-lives")
def closes_all_but_lives(_: Misbehaving) -> None:
    """Closes stdin, stdout and stderr at the start and lives on for 300 s."""
    for descriptor in (0, 1, 2):
        os.close(descriptor)
    time.sleep(LONGEST)


@mode("slow-start")
def slow_start(server: Misbehaving) -> None:
    """Reads nothing for 5 s (--seconds), then is a good server."""
    time.sleep(server.seconds(5))
    server.serve()
