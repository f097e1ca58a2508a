"""What a lint looks at beside catalogues: the definitions of servers, and the files they are in."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from mcpx.analyses.configuration_lint import Configured, Unread
from mcpx.analyses.finding import Location
from mcpx.servers import ServerSpec
from mcpx.settings import others_may_write
from mcpx.sources.definitions import Definition, Discovery, Kind


def configured(discovery: Discovery) -> Iterator[Configured]:
    """Every definition, once, with its place and the hosts that read it.

    Those that another one of the name takes the place of are among them: what they hold is there.
    """
    for definition in discovery.definitions:
        used_by = tuple(sorted({one.host for one in definition.read_by if one.effective}))
        yield Configured(
            definition.spec,
            used_by or tuple(sorted({one.host for one in definition.read_by})),
            Location(str(definition.path), definition.line),
            _others_may_write(definition.resolved),
            _anywhere(definition.path, _folder(definition)),
            used_by,
            definition.identity,
        )


def unread(discovery: Discovery) -> Iterator[Unread]:
    """The files, and the entries in them, that cannot be read, each once."""
    for one in discovery.problems:
        if one.kind in _UNREAD:
            yield Unread(
                one.message,
                one.hosts,
                Location(str(one.path), one.line),
                _others_may_write(one.path),
                _anywhere(one.path, None),
                one.entry,
            )


_UNREAD = (Kind.UNREADABLE, Kind.INVALID, Kind.BAD_ENTRY)


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


def _folder(definition: Definition) -> Path | None:
    """The project that a definition belongs to."""
    return next((one.base for one in definition.read_by if one.base is not None), None)


def _anywhere(path: Path, project: Path | None) -> str:
    """A file as it is called on every machine: from the project, or from the home folder."""
    home, here = Path.home(), Path.cwd()
    for folder, name in ((project, "."), (None if here == home else here, "."), (home, "~")):
        if folder is not None and path.is_relative_to(folder):
            return f"{name}/{path.relative_to(folder).as_posix()}"
    return str(path)


def _others_may_write(path: Path) -> bool:
    if os.name != "posix":
        return False
    try:
        status = path.stat()
    except OSError:
        return False
    return others_may_write(status)
