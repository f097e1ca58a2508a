"""The server that was recorded, as a target of a replay: from the header of the session file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mcpx.errors import RefusedError, UsageError
from mcpx.masking import MASK, mask_arguments, mask_url
from mcpx.servers import Origin, Place, ServerSpec, Transport
from mcpx.sessions.events import MARKER, Header
from mcpx.trust import Gate

_MARKED = re.compile(MARKER.format("([^‹›]*)"))
_VARIABLE = "env:"
# Stands for the host whose file names a server.
_HOST = "session"


def spec_of(header: Header, path: str, environment: Mapping[str, str]) -> ServerSpec:
    """The server that the header names, which needs the approval of a project's file.

    ``path`` is the session file; secrets that came from variables, and the server's own variables,
    are put back from ``environment``. Raises UsageError when the header names no target that can
    be started or reached, or one with a secret that is not known.
    """
    target = header.target
    name = Path(path).name
    command, url = target.get("command"), target.get("url")
    transport = _transport(target)
    texts = _words(command) or ([url] if isinstance(url, str) else [])
    if transport is None or not texts:
        raise _not_known(path, "its header does not name the server that was recorded")
    whole = [_whole(text, environment, path) for text in texts]
    place = Place(_HOST, "project", str(Path(path).absolute()), name)
    if transport is not Transport.STDIO:
        return ServerSpec(name, transport, url=whole[0], origin=Origin.PROJECT, place=place)
    folder = target.get("cwd")
    wanted = target.get("env")
    names = [one for one in wanted if isinstance(one, str)] if isinstance(wanted, list) else []
    if missing := [one for one in names if one not in environment]:
        raise _not_known(path, f"the recorded server needs {', '.join(missing)}, which is not set")
    return ServerSpec(
        name,
        command=whole[0],
        args=tuple(whole[1:]),
        env={one: environment[one] for one in names},
        cwd=folder if isinstance(folder, str) and folder else None,
        origin=Origin.PROJECT,
        place=place,
        takes=tuple(names),
    )


def check(spec: ServerSpec, gate: Gate) -> None:
    """Raises RefusedError for a server that a session file names and nobody has allowed."""
    if spec.place is None or spec.place.host != _HOST or gate.allows(spec):
        gate.check(spec)
        return
    words = " ".join(mask_arguments([spec.command, *spec.args]))
    what = f"connect to {mask_url(spec.url)}" if spec.url else f"start {words}"
    raise RefusedError(
        f"{spec.name}: replaying it would {what:.300}; nothing was started",
        hint="--against TARGET names a server of yours; --trust-project trusts the file's",
        details=[f"from: {spec.place.path}"],
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


def _whole(text: str, environment: Mapping[str, str], path: str) -> str:
    """A text of the header with its secrets put back."""

    def value(found: re.Match[str]) -> str:
        source = found[1]
        known = environment.get(source.removeprefix(_VARIABLE))
        if not source.startswith(_VARIABLE) or not known:
            raise _not_known(path, f"a secret of the recorded server is not known ({source})")
        return known

    whole = _MARKED.sub(value, text)
    if MASK in whole:
        raise _not_known(path, "a secret of the recorded server was masked")
    return whole


def _not_known(path: str, why: str) -> UsageError:
    return UsageError(
        f"{path}: {why}",
        hint=f"mcpx replay {path} --against TARGET names the server to ask",
    )
