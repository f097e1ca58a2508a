"""What was recorded, as the header of a session file says it: without a secret."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mcpx.masking import mask_arguments, mask_url
from mcpx.servers import ServerSpec, Transport
from mcpx.sessions.redaction import Redaction


def target_of(spec: ServerSpec) -> dict[str, Any]:
    """The target of a header for a server, not masked: of its variables there are the names."""
    if spec.url:
        return told_target(spec.transport, url=spec.url)
    folder = ""
    # It may be gone, which a server that has been started need not mind.
    with contextlib.suppress(OSError, RuntimeError):
        folder = str(Path(spec.cwd or ".").expanduser().absolute())
    target = told_target(spec.transport, [spec.command, *spec.args], cwd=folder)
    return {**target, "env": sorted(spec.env)} if spec.env else target


def told_target(
    transport: Transport, command: Sequence[str] = (), url: str = "", cwd: str = ""
) -> dict[str, Any]:
    """The target of a header, not masked, with what is known of a server."""
    known = {"command": list(command), "url": url, "cwd": cwd}
    return {"transport": transport.value, **{name: value for name, value in known.items() if value}}


def masked_target(target: Mapping[str, Any], redaction: Redaction) -> dict[str, Any]:
    """The target of a header: command and URL masked as everywhere, all texts by what is known.

    What is masked already stays as it is.
    """
    if not redaction.policy:
        return dict(target)
    masked = dict(target)
    command, url = target.get("command"), target.get("url")
    if isinstance(command, list | tuple) and all(isinstance(word, str) for word in command):
        masked["command"] = mask_arguments(command)
    if isinstance(url, str):
        masked["url"] = mask_url(url)
    return {name: _texts(value, redaction) for name, value in masked.items()}


def _texts(value: Any, redaction: Redaction) -> Any:
    if isinstance(value, str):
        return redaction.text(value).text
    if isinstance(value, list | tuple):
        return [_texts(one, redaction) for one in value]
    if isinstance(value, dict):
        return {name: _texts(one, redaction) for name, one in value.items()}
    return value
