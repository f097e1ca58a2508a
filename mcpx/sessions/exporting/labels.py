"""What a recorded server is called for short."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit


def label(target: Mapping[str, Any]) -> str:
    """A short name for what a header calls its target: a program, or a host with its port."""
    command = target.get("command")
    if isinstance(command, list) and command and all(isinstance(word, str) for word in command):
        from mcpx.sources.targets import name_of

        return name_of(command) or "server"
    try:
        return urlsplit(str(target.get("url") or "")).netloc.rpartition("@")[2] or "server"
    except ValueError:
        return "server"
