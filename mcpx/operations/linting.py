"""What a lint looks at beside catalogues: the definitions of servers, and the files they are in."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from mcpx.analyses.configuration_lint import Configured
from mcpx.analyses.finding import Location
from mcpx.servers import ServerSpec
from mcpx.settings import others_may_write
from mcpx.sources.definitions import Discovery


def configured(discovery: Discovery) -> Iterator[Configured]:
    """Every definition that a host would use, once, with its hosts and its place."""
    for definition in discovery.definitions:
        hosts = tuple(sorted({one.host for one in definition.read_by if one.effective}))
        if hosts:
            yield Configured(
                definition.spec,
                hosts,
                Location(str(definition.path), definition.line),
                _others_may_write(definition.resolved),
            )


def named(specs: Sequence[ServerSpec], discovery: Discovery) -> Iterator[Configured]:
    """The servers that were named: as a host's file has them, or as they were typed."""
    wanted = {(spec.place.path, spec.place.name) for spec in specs if spec.place is not None}
    for one in configured(discovery):
        place = one.spec.place
        if place is not None and (place.path, place.name) in wanted:
            yield one
    for spec in specs:
        if spec.place is None:
            # What was typed stands in no file; its variables are those of this run alone.
            yield Configured(replace(spec, env={}, headers={}), (), None, False)


def _others_may_write(path: Path) -> bool:
    if os.name != "posix":
        return False
    try:
        status = path.stat()
    except OSError:
        return False
    return others_may_write(status)
