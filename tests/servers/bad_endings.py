"""Servers that die, will not die, or leave something behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

from modes import LONGEST, Misbehaving, mode
from wire import Message, line_of


@mode("dies-at-start")
def dies_at_start(server: Misbehaving) -> int:
    """Says why on stderr and exits with 3 before it reads anything."""
    server.wire.log("starting up")
    server.wire.log("fatal: cannot open the database: no such file")
    return 3


@mode("exits-0-at-start")
def exits_0_at_start(_: Misbehaving) -> int:
    """Exits with 0 before it reads anything, without a word."""
    return 0


@mode("old-sdk")
def old_sdk(server: Misbehaving) -> int:
    """Fails like a server written for the Python SDK 1.x that was given 2.x, and exits with 1."""
    server.wire.log(
        "Traceback (most recent call last):\n"
        '  File "/srv/weather/server.py", line 3, in <module>\n'
        "    from mcp.server.fastmcp import FastMCP\n"
        "ModuleNotFoundError: No module named 'mcp.server.fastmcp'"
    )
    return 1


@mode("missing-env")
def missing_env(server: Misbehaving) -> int:
    """Says that an environment variable is required and exits with 1."""
    server.wire.log("Error: WEATHER_API_KEY environment variable is required")
    return 1


@mode("leaks-secret")
def leaks_secret(server: Misbehaving) -> None:
    """Puts the value of API_TOKEN on stderr and into the error for --on, then exits with 1."""
    secret = os.environ.get("API_TOKEN", "")

    def fault(request: Message) -> None:
        server.wire.log(f"sign-in failed with token {secret}")
        server.refuse(request, -32000, f"401 Unauthorized: token {secret} was refused")
        sys.exit(1)

    server.misbehave(fault)


@mode("dies-on-list")
def dies_on_list(server: Misbehaving) -> None:
    """Exits with 4 instead of answering --on."""

    def fault(_: Message) -> None:
        server.wire.log("fatal: out of cheese")
        sys.exit(4)

    server.misbehave(fault)


@mode("sigkill-self-on-list")
def sigkill_self_on_list(server: Misbehaving) -> None:
    """Is killed (SIGKILL) instead of answering --on."""
    server.misbehave(lambda _: os.kill(os.getpid(), signal.SIGKILL))


@mode("half-line-and-die")
def half_line_and_die(server: Misbehaving) -> None:
    """Sends the first half of the answer to --on and exits with 6."""

    def fault(request: Message) -> None:
        line = line_of(server.honest(request))
        server.wire.write(line[: len(line) // 2])
        sys.exit(6)

    server.misbehave(fault)


@mode("answers-and-exits")
def answers_and_exits(server: Misbehaving) -> None:
    """Answers --on and exits at once, with 0."""

    def fault(request: Message) -> None:
        server.answer(request)
        sys.exit(0)

    server.misbehave(fault)


@mode("ignores-eof-and-sigterm")
def ignores_eof_and_sigterm(server: Misbehaving) -> None:
    """Is a good server that neither the end of input nor SIGTERM ends; 300 s at most."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    server.serve()
    time.sleep(LONGEST)


@mode("answers-then-exits-on-eof-slowly")
def answers_then_exits_on_eof_slowly(server: Misbehaving) -> None:
    """Is a good server that takes 10 s (--seconds) to exit after the end of input."""
    server.serve()
    time.sleep(server.seconds(10))


@mode("child-stays")
def child_stays(server: Misbehaving) -> None:
    """Leaves at the end of input; its child, in the same process group, stays for 300 s."""
    _start_child(server)
    server.serve()


@mode("setsid-child")
def setsid_child(server: Misbehaving) -> None:
    """Leaves at the end of input; its child, in a session of its own, stays for 300 s."""
    _start_child(server, new_session=True)
    server.serve()


@mode("child-holds-stdout")
def child_holds_stdout(server: Misbehaving) -> None:
    """Exits with 5 instead of answering --on, while its child keeps stdout and stderr open."""

    def fault(_: Message) -> None:
        _start_child(server, holds_output=True)
        os._exit(5)

    server.misbehave(fault)


def _start_child(
    server: Misbehaving, *, new_session: bool = False, holds_output: bool = False
) -> None:
    output = None if holds_output else subprocess.DEVNULL
    child = subprocess.Popen(
        [sys.executable, "-c", f"import time; time.sleep({LONGEST})"],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=new_session,
    )
    server.note_pid(child.pid)
    server.wire.log(f"child {child.pid}")
