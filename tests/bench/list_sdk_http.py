"""Lists a server over Streamable HTTP with the SDK's own client."""

from __future__ import annotations

import sys

import anyio
from mcp import Client


async def main() -> None:
    async with Client(sys.argv[1]) as client:
        capabilities = client.server_capabilities
        if capabilities.tools:
            print((await client.list_tools()).model_dump_json())
        if capabilities.prompts:
            print((await client.list_prompts()).model_dump_json())
        if capabilities.resources:
            print((await client.list_resources()).model_dump_json())
            print((await client.list_resource_templates()).model_dump_json())


anyio.run(main)
