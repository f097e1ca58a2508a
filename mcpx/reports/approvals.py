"""Decisions about a project's servers as a document, and a definition in full for who decides."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence

from mcpx.masking import MASK, is_secret_name, is_token, mask_text
from mcpx.reports.definitions import shown_command
from mcpx.reports.document import Column, Listing, Table
from mcpx.servers import ServerSpec
from mcpx.sources.definitions import Definition
from mcpx.terminal import safe
from mcpx.trust import Approval, standing

_DANGERS = (
    (re.compile(r"\bsudo\b"), "runs as another user (sudo)"),
    (re.compile(r"\brm\s+-\w*[rf]"), "removes files (rm)"),
    (re.compile(r"\b(?:curl|wget)\b[^|]{0,300}\|\s*\w*sh\b"), "runs what it downloads (curl | sh)"),
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

_CODE_VARIABLES = re.compile(
    r"LD_|DYLD_|NODE_OPTIONS|PYTHON(?:STARTUP|PATH|HOME)|BASH_ENV|ENV$|PATH$|PERL5|RUBY(?:OPT|LIB)"
    r"|JAVA_TOOL_OPTIONS|GIT_"
)


def full_definition(one: Definition) -> Iterator[str]:
    """What would be started or reached, whole, line by line, for the person who decides.

    Nothing is masked but a variable whose whole value is a well-known token, and a header that
    takes nothing from here: more would let a project hide a command as a secret.
    """
    spec = one.spec
    yield f"server:  {safe(one.name)}"
    yield f"from:    {safe(str(one.path))}" + (f":{one.line}" if one.line else "")
    if spec.command:
        yield f"command: {safe(shlex.join([spec.command, *spec.args]))}"
    if spec.url:
        yield f"url:     {safe(spec.url)}"
    if spec.cwd:
        yield f"in:      {safe(spec.cwd)}"
    for name, value in spec.env.items():
        hidden = is_token(value) and not _CODE_VARIABLES.match(name)
        yield f"sets:    {safe(name)}={MASK if hidden else safe(value)}"
    for name, value in sorted(spec.headers.items()):
        yield f"sends:   {safe(name)}: {safe(_header(name, value))}"
    for taken in taken_from_here(spec):
        yield f"takes:   {safe(taken)}"
    if one.unset:
        yield f"wants:   {safe(', '.join(one.unset))} (not set here)"
    text = " ".join([spec.command, *spec.args])
    for pattern, danger in _DANGERS:
        if pattern.search(text):
            yield f"beware:  it {danger}"
    for name in spec.env:
        if _CODE_VARIABLES.match(name):
            yield f"beware:  {safe(name)} can make any program run other code"
    if spec.url and spec.variables:
        named = safe(", ".join(spec.variables))
        yield f"beware:  it sends values of yours to that address: {named}"
    if any(taken.startswith("file ") for taken in spec.takes):
        yield "beware:  the file that it takes values from can set any variable"


def taken_from_here(spec: ServerSpec) -> Iterator[str]:
    """What a definition takes from outside its file, in words: variables, and files by digest."""
    named = (f"variable {name}" for name in spec.variables)
    yield from dict.fromkeys((*named, *spec.takes))


def _header(name: str, value: str) -> str:
    if "$" in value or "{" in value or "%" in value:
        return MASK if is_token(value) else value
    secret = is_secret_name(name) or is_token(value)
    return MASK if secret else mask_text(value)


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
    servers = [
        {"name": name, "standing": state, "command": shown, "path": path}
        for name, state, shown, path in rows
    ]
    data = {"format": "mcpx.trust", "version": 1, "servers": servers}
    return Listing(data, [Table("server", columns, rows)], servers)
