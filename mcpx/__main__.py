"""The one place where an error becomes a message, a hint and an exit status."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import typer

from mcpx import cli, settings
from mcpx.commands.invocation import Invocation
from mcpx.errors import ConfigError, ExitStatus, McpxError, UsageError
from mcpx.terminal import ReaderLeftError, Terminal


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    terminal = Terminal()
    terminal.errors_as_json = _asks_for_json(arguments)
    try:
        with _ending_on_signals():
            return int(_run(arguments, terminal) or ExitStatus.OK)
    except McpxError as error:
        terminal.complain(error)
        return error.status
    except KeyboardInterrupt:
        terminal.note("interrupted")
        return ExitStatus.INTERRUPTED
    except (BrokenPipeError, ReaderLeftError):
        # The reader has what it wanted; Python must not complain about it at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitStatus.OK
    except SystemExit as end:
        # The parser's own way out when the reader of its help left, which is no finding.
        return ExitStatus.OK if end.code == 1 else int(end.code or 0)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EFBIG):
            return _bug(error, terminal)
        terminal.complain(ConfigError(f"cannot write the result: {error.strerror}"))
        return ExitStatus.USAGE
    except Exception as error:  # the process boundary: whatever comes here is a bug
        return _bug(error, terminal)


def _bug(error: Exception, terminal: Terminal) -> int:
    if settings.debugging():
        raise error
    terminal.complain(
        McpxError(
            f"this is a bug in mcpx: {type(error).__name__}: {error}",
            hint="MCPX_DEBUG=1 shows where; please report it",
        )
    )
    return ExitStatus.BUG


def run() -> None:
    """The entry point of the ``mcpx`` command."""
    status = main()
    sys.exit(status)


def _run(arguments: list[str], terminal: Terminal) -> Any:
    # The parser would mix the words after "--" with those before it.
    at = arguments.index("--") if "--" in arguments else len(arguments)
    invocation = Invocation(terminal, tuple(arguments[at + 1 :]))
    try:
        Path.cwd()
    except OSError as error:
        raise ConfigError("the current folder is gone", hint="cd to one that is there") from error
    try:
        return cli.command().main(
            arguments[:at], prog_name="mcpx", standalone_mode=False, obj=invocation
        )
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        path = context.command_path if context is not None else "mcpx"
        message = error.format_message()
        raise UsageError(
            message[:1].lower() + message[1:].rstrip("."), hint=f"{path} --help"
        ) from error


def _asks_for_json(arguments: Sequence[str]) -> bool:
    """Whether the command line asks for a format for programs, before it has been parsed."""
    if "--" in arguments:
        arguments = arguments[: arguments.index("--")]
    asked = {"--json", "--format=json", "--format=ndjson", "-fjson", "-fndjson"}
    if asked.intersection(arguments):
        return True
    return any(
        flag in ("-f", "--format") and value in ("json", "ndjson")
        for flag, value in pairwise(arguments)
    )


@contextmanager
def _ending_on_signals() -> Iterator[None]:
    """Treat SIGTERM and SIGHUP like Ctrl-C, so that no server outlives mcpx."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = {}
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # What was told to be ignored, as by nohup, stays ignored.
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            try:
                before[number] = signal.signal(number, interrupt)
            except ValueError:  # not the main thread, as in somebody's program
                break
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


if __name__ == "__main__":
    run()
