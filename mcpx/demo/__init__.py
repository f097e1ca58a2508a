"""Small real MCP servers: ``python -m mcpx.demo NAME`` serves one on stdio or over HTTP."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

SERVERS: dict[str, str] = {
    "tickets": "an issue tracker; its names clash with those of notes",
    "notes": "a notebook; its names clash with those of tickets",
    "shop": "a shop with carts and orders: a call hands out what the next one needs",
    "gallery": "pictures and tones: results of every kind and of several blocks",
    "weather-1": "a weather service, version 1",
    "weather-2": "the same weather service, version 2, with breaking and harmless changes",
}
"""The name of each server and what it is good for, in one line."""


def load(name: str) -> MCPServer:
    """The server of that name, ready to run on any transport.

    Its state lives as long as the process. Nothing but the one server is imported.

    Raises:
        KeyError: ``name`` is not in SERVERS.
    """
    if name not in SERVERS:
        raise KeyError(name)
    server: MCPServer = importlib.import_module(f"mcpx.demo.{name.replace('-', '_')}").server
    return server
