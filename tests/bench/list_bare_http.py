"""Lists a server over Streamable HTTP with frames written by hand: the least that it can cost."""

from __future__ import annotations

import json
import sys

import httpx

VERSION = "2026-07-28"
META = "io.modelcontextprotocol/"
LISTS = {
    "tools": ["tools/list"],
    "prompts": ["prompts/list"],
    "resources": ["resources/list", "resources/templates/list"],
}


def ask(client: httpx.Client, number: int, method: str) -> dict[str, object]:
    meta = {
        f"{META}protocolVersion": VERSION,
        f"{META}clientInfo": {"name": "bare", "version": "1"},
        f"{META}clientCapabilities": {},
    }
    response = client.post(
        sys.argv[1],
        json={"jsonrpc": "2.0", "id": number, "method": method, "params": {"_meta": meta}},
        headers={
            "Accept": "application/json, text/event-stream",
            "MCP-Protocol-Version": VERSION,
            "Mcp-Method": method,
        },
    )
    response.raise_for_status()
    return response.json()["result"]


with httpx.Client() as client:
    capabilities = ask(client, 0, "server/discover")["capabilities"]
    methods = [method for name, found in LISTS.items() if name in capabilities for method in found]
    for number, method in enumerate(methods, 1):
        print(json.dumps(ask(client, number, method)))
