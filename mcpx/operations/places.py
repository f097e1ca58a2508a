"""Places: the line of a tool, prompt or resource in the catalogue file that it was read from."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

from mcpx.analyses.finding import Location, Subject
from mcpx.catalogue.model import KEY, Kind
from mcpx.operations.clashes import places_in

# A server's entry, and what names it, as mcpx writes them.
_ENTRY = "    {"
_SERVER = re.compile(r'^ {6}"server": ("(?:[^"\\]|\\.)*"),?$')
_NAMED = re.compile(r'^([ \t]*)(?:\{\s*)?"(name|uri|uriTemplate)"\s*:\s*("(?:[^"\\]|\\.)*")')

# Of each entry: member and key -> line and how far in it stands.
_Lines = dict[tuple[str, str], tuple[int, int]]


class Places:
    """Where what servers offer stands in files, by server ``paths``; a file is read when needed."""

    def __init__(self, paths: Mapping[str, str]) -> None:
        self._paths = paths
        self._servers = places_in(paths)
        self._files: dict[str, dict[str, _Lines]] = {}

    def of(self, subject: Subject) -> Location | None:
        """The line of an item, else of its server; None for one that was read from no file."""
        path = self._paths.get(subject.server)
        if path is None:
            return None
        if path not in self._files:
            self._files[path] = _read(path)
        # What says nothing of its server holds one alone.
        entries = self._files[path]
        lines = entries.get(subject.server) or entries.get("", {})
        kind = next((one for one in Kind if one.value == subject.kind), None)
        found = lines.get((KEY[kind], subject.key)) if kind else None
        return Location(path, found[0]) if found else self._servers.get(subject.server)


def _read(path: str) -> dict[str, _Lines]:
    """What is named where in a file, by server; a server that is not named is called nothing.

    Of what is named alike, the outermost is the item; the others are parameters and the like.
    """
    found: dict[str, _Lines] = {}
    server, lines = "", _Lines()
    with (
        contextlib.suppress(OSError, UnicodeDecodeError),
        Path(path).open(encoding="utf-8") as file,
    ):
        for number, line in enumerate(file, 1):
            if line.rstrip() == _ENTRY:
                found.setdefault(server, lines)
                server, lines = "", _Lines()
            elif named := _SERVER.match(line):
                server = _text(named[1])
            elif named := _NAMED.match(line):
                what = (named[2], _text(named[3]))
                inward = len(named[1])
                if what not in lines or inward < lines[what][1]:
                    lines[what] = (number, inward)
    found.setdefault(server, lines)
    return found


def _text(written: str) -> str:
    with contextlib.suppress(ValueError):
        return str(json.loads(written))
    return ""
