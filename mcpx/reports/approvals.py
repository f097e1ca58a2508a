"""Decisions about a project's servers as a document, and a definition in full for who decides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mcpx.reports.definitions import shown_command
from mcpx.reports.document import Column, Listing, Table
from mcpx.sources.definitions import Definition
from mcpx.terminal import safe
from mcpx.trust import Approval, standing

_DANGERS = (
    (re.compile(r"\bsudo\b"), "runs as another user (sudo)"),
    (re.compile(r"\brm\s+-\w*[rf]"), "removes files (rm)"),
    (re.compile(r"\b(?:curl|wget)\b[^|]*\|\s*\w*sh\b"), "runs what it downloads (curl | sh)"),
    (re.compile(r"^(?:\S*/)?(?:sh|bash|zsh|dash|cmd|powershell|pwsh)\s"), "is a shell command"),
    (re.compile(r"\$\(|`"), "has a command inside its arguments ($(...))"),
    (re.compile(r"\s(?:/|~|\$HOME)(?:\s|$)"), "is given the whole disk or home folder"),
    (
        re.compile(r"\b(?:npx|bunx)\s(?:-\S+\s)*+(?!\S*@\d)\S+"),
        "downloads whatever version is newest (not pinned)",
    ),
    (
        re.compile(r"\b(?:uvx|pipx run)\s(?:-\S+\s)*+(?!\S*(?:@|==)\d)\S+"),
        "downloads whatever version is newest (not pinned)",
    ),
)


def full_definition(one: Definition) -> Iterator[str]:
    """What would be started or reached, whole, line by line, for the person who decides."""
    spec = one.spec
    yield f"server:  {safe(one.name)}"
    yield f"from:    {safe(str(one.path))}" + (f":{one.line}" if one.line else "")
    yield f"{'command' if spec.command else 'url'}: {safe(shown_command(spec))}"
    if spec.cwd:
        yield f"in:      {safe(spec.cwd)}"
    if spec.env:
        yield f"sets:    {safe(', '.join(sorted(spec.env)))}"
    if spec.headers:
        yield f"headers: {safe(', '.join(sorted(spec.headers)))}"
    if one.unset:
        yield f"wants:   {safe(', '.join(one.unset))} (not set here)"
    text = " ".join([spec.command, *spec.args])
    for pattern, danger in _DANGERS:
        if pattern.search(text):
            yield f"beware:  it {danger}"


def approvals_listing(definitions: Sequence[Definition], approvals: Sequence[Approval]) -> Listing:
    """The project's servers with where they stand, then decisions about other files."""
    rows = []
    told: set[tuple[str, str]] = set()
    for one in definitions:
        place = one.spec.place
        key = (place.path, place.name) if place else ("", one.name)
        told.add(key)
        state = standing(one.spec, approvals).value
        rows.append((one.name, state, shown_command(one.spec), key[0]))
    others = {(a.path, a.name): a.verdict.value for a in approvals if (a.path, a.name) not in told}
    rows += [(name, verdict, "", path) for (path, name), verdict in others.items()]
    columns = [
        Column("SERVER"),
        Column("STANDING"),
        Column("STARTS OR REACHES", wraps=True),
        Column("FILE", wraps=True),
    ]
    data = {
        "format": "mcpx.trust",
        "version": 1,
        "servers": [
            {"name": name, "standing": state, "command": shown, "path": path}
            for name, state, shown, path in rows
        ],
    }
    return Listing(data, [Table("server", columns, rows)], data["servers"])  # type: ignore[arg-type]
