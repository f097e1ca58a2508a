"""What one command line brings to the command that it names."""

from __future__ import annotations

from dataclasses import dataclass

from mcpx.terminal import Terminal


@dataclass(frozen=True, slots=True)
class Invocation:
    """The terminal, and the words after ``--``, which are a server's command line."""

    terminal: Terminal
    command: tuple[str, ...] = ()
