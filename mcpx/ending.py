"""The one place where an error becomes a message, a hint and an exit status."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import typer

from mcpx import cli, interrupts, settings
from mcpx.commands.invocation import Invocation
from mcpx.errors import ConfigError, ExitStatus, Fault, McpxError, ServerError, UsageError
from mcpx.terminal import ReaderLeftError, Terminal


def ended(arguments: Sequence[str]) -> int:
    """Run one command line and return the status that its process ends with."""
    terminal = Terminal()
    terminal.errors_as_json = _asks_for_json(arguments)
    status = _ended(list(arguments), terminal)
    # Also where the exception that it raised has been lost.
    return ExitStatus.INTERRUPTED if interrupts.heard() else status


def _ended(arguments: list[str], terminal: Terminal) -> int:
    try:
        interrupts.check()
        status = int(_run(arguments, terminal) or ExitStatus.OK)
        interrupts.check()
        return status
    except McpxError as error:
        terminal.complain(error)
        return error.status
    except KeyboardInterrupt:
        return _interrupted(terminal)
    except ReaderLeftError as error:
        return error.status
    except SystemExit as end:
        # The parser's own way out when the reader of its help left, which is no finding.
        return ExitStatus.OK if end.code == 1 else int(end.code or 0)
    except OSError as error:
        if error.errno in (errno.EMFILE, errno.ENFILE):
            terminal.complain(
                ServerError(
                    Fault.LIMIT,
                    "too many open files: the system lets mcpx open no more",
                    hint="ulimit -n 1024",
                )
            )
            return ExitStatus.UNREACHABLE
        if error.errno not in (errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EFBIG):
            return _bug(error, terminal)
        terminal.complain(ConfigError(f"cannot write the result: {error.strerror}"))
        return ExitStatus.USAGE
    except Exception as error:  # the process boundary: whatever comes here is a bug
        return _bug(error, terminal)


def _bug(error: Exception, terminal: Terminal) -> int:
    if settings.debugging():
        raise error
    if interrupts.heard():  # what was being imported, say, has broken off
        return _interrupted(terminal)
    terminal.complain(
        McpxError(
            f"this is a bug in mcpx: {type(error).__name__}: {error}",
            hint="MCPX_DEBUG=1 shows where; please report it",
        )
    )
    return ExitStatus.BUG


def _interrupted(terminal: Terminal) -> int:
    left = interrupts.left()
    text = f"interrupted; {left}" if left else "interrupted"
    if terminal.errors_as_json:
        terminal.complain(ServerError(Fault.CANCELLED, text))
    elif left:
        terminal.say(text)
    else:
        terminal.note(text)
    return ExitStatus.INTERRUPTED


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
