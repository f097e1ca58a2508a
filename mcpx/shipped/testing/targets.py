"""The server that a marker names, as it is started or reached."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from mcpx.errors import McpxError
from mcpx.shipped.testing.failing import fail
from mcpx.shipped.testing.marks import Target


@dataclass(frozen=True, slots=True)
class Reached:
    """A server by its command line, or by its URL."""

    command: tuple[str, ...] = ()
    url: str = ""


def reached(target: Target) -> Reached:
    """How a target is reached: a command line, or a word as on the command line of ``mcpx``.

    Fails the test for a word that names no server, and for one whose definition says more than
    how it is started: its variables are not those that the client under test gives it.
    """
    if not isinstance(target, str):
        return Reached(tuple(target))
    from mcpx.servers import ServerSpec
    from mcpx.sources.additions import Additions
    from mcpx.sources.targets import resolve
    from mcpx.trust import Gate

    try:
        gate = Gate(trust_projects=False)
        (spec,) = resolve([target], (), Additions(), gate)
        if not isinstance(spec, ServerSpec):
            fail(f"target={target!r} is a file, and no server")
        gate.check(spec)
    except McpxError as error:
        fail(error.message, error.details, error.hint)
    if spec.env or spec.headers or spec.cwd is not None:
        fail(
            f"target={target!r} is configured with more than a command or a URL",
            hint="write that as the target, and let the client give it the rest",
        )
    return Reached(url=spec.url) if spec.url else Reached((spec.command, *spec.args))


def as_word(target: Target) -> str:
    """A target as one word of a command line."""
    return target if isinstance(target, str) else f"stdio:{shlex.join(target)}"
