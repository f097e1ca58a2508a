"""The server that was recorded, as a target of a replay: from the header of the session file."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mcpx.errors import RefusedError, UsageError
from mcpx.masking import MASK, Mask
from mcpx.operations.replaying.variables import VARIABLE
from mcpx.servers import Origin, Place, ServerSpec, Transport
from mcpx.sessions.events import MARKER, Header
from mcpx.trust import Gate

_MARKED = re.compile(MARKER.format("([^‹›]*)"))
# Stands for the host whose file names a server.
_HOST = "session"
# Of a command or an address, characters that are shown.
_LONGEST = 4_000


def spec_of(header: Header, path: str) -> ServerSpec:
    """The server that the header of the session file ``path`` names, as it stands there.

    It needs the approval of a project's file. Its secrets are markers yet, and its environment is
    empty; ``variables`` are those of ours that it takes. Raises UsageError when the header names
    no target that can be started or reached.
    """
    target = header.target
    command, url = target.get("command"), target.get("url")
    transport = _transport(target)
    texts = _words(command) or ([url] if isinstance(url, str) else [])
    if transport is None or not texts:
        raise _not_known(path, "its header does not name the server that was recorded")
    name = Path(path).name
    place = Place(_HOST, "project", str(Path(path).absolute()), name)
    marked = [
        one[1].removeprefix(VARIABLE)
        for text in texts
        for one in _MARKED.finditer(text)
        if one[1].startswith(VARIABLE)
    ]
    if transport is not Transport.STDIO:
        return ServerSpec(
            name,
            transport,
            url=texts[0],
            origin=Origin.PROJECT,
            place=place,
            variables=tuple(dict.fromkeys(marked)),
        )
    folder = target.get("cwd")
    return ServerSpec(
        name,
        command=texts[0],
        args=tuple(texts[1:]),
        cwd=folder if isinstance(folder, str) and folder else None,
        origin=Origin.PROJECT,
        place=place,
        variables=tuple(dict.fromkeys((*marked, *_wanted(header)))),
    )


def whole(
    spec: ServerSpec, header: Header, path: str, environment: Mapping[str, str]
) -> tuple[ServerSpec, dict[str, str]]:
    """A server of ``spec_of`` with its secrets and its variables put back, and the former by name.

    Raises UsageError when one is not known.
    """
    known: dict[str, str] = {}

    def value(found: re.Match[str]) -> str:
        source = found[1]
        name = source.removeprefix(VARIABLE)
        if name == source or not environment.get(name):
            raise _not_known(path, f"a secret of the recorded server is not known ({source})")
        known[name] = environment[name]
        return known[name]

    def put_back(text: str) -> str:
        if MASK in text:
            raise _not_known(path, "a secret of the recorded server was masked")
        return _MARKED.sub(value, text)

    again = replace(
        spec,
        command=put_back(spec.command),
        args=tuple(map(put_back, spec.args)),
        url=put_back(spec.url),
    )
    names = _wanted(header) if spec.command else []
    if missing := [one for one in names if one not in environment]:
        raise _not_known(path, f"the recorded server needs {', '.join(missing)}, which is not set")
    env = {one: environment[one] for one in names}
    return replace(again, env=env, secrets=tuple(known.values())), known


def is_recorded(spec: ServerSpec) -> bool:
    """Whether a session file names this server."""
    return spec.place is not None and spec.place.host == _HOST


def shown(spec: ServerSpec) -> Iterator[str]:
    """What a session file would start or reach, whole, for the person who decides.

    Nothing is masked but what was put back: more would let a file hide a command as a secret.
    """
    hidden = Mask(spec.secrets)
    text = hidden(spec.url or shlex.join([spec.command, *spec.args]))
    more = f"… and {len(text) - _LONGEST} characters more" if len(text) > _LONGEST else ""
    yield f"{'url' if spec.url else 'command'}: {text[:_LONGEST]}{more}"
    if spec.cwd:
        yield f"in: {spec.cwd}"
    if spec.variables:
        yield f"takes variables of yours: {', '.join(spec.variables)}"


def check(spec: ServerSpec, gate: Gate) -> None:
    """Raises RefusedError for a server that a session file names and nobody has allowed."""
    if not is_recorded(spec) or gate.allows(spec):
        gate.check(spec)
        return
    path = spec.place.path if spec.place else ""
    raise RefusedError(
        f"{spec.name}: the recorded server is neither started nor reached unasked",
        hint="the same with --trust-project does it, --against TARGET asks another",
        details=[f"from: {path}", *shown(spec)],
    )


def _transport(target: Mapping[str, Any]) -> Transport | None:
    try:
        found = Transport(str(target.get("transport")))
    except ValueError:
        return None
    return found if found in (Transport.STDIO, Transport.HTTP, Transport.SSE) else None


def _words(command: Any) -> list[str]:
    """A command line; empty for what is none."""
    if not isinstance(command, list) or not all(isinstance(word, str) for word in command):
        return []
    return command


def _wanted(header: Header) -> list[str]:
    """The variables that the recorded server was started with."""
    names = header.target.get("env")
    return [one for one in names if isinstance(one, str)] if isinstance(names, list) else []


def _not_known(path: str, why: str) -> UsageError:
    return UsageError(
        f"{path}: {why}",
        hint=f"mcpx replay {path} --against TARGET names the server to ask",
    )
