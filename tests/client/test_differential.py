"""Our core and the SDK's own client, on the same servers in the same era: both see the same."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from mcpx.catalogue.model import Catalogue
from mcpx.client.connection import Terms, connect
from mcpx.client.harvest import harvest
from mcpx.demo import SERVERS
from mcpx.servers import Era, ServerSpec
from tests.client.children import GOOD
from tests.client.children import SERVERS as FOLDER

ROOT = FOLDER.parents[1]
DEMOS = [pytest.param(("-m", "mcpx.demo", name), id=f"demo {name}") for name in SERVERS]
BOTH = pytest.param((GOOD[1], "--era", "both"), id="good_stdio")

Seen = dict[str, Any]


def by_sdk(args: tuple[str, ...], mode: str) -> Seen:
    command = StdioServerParameters(command=sys.executable, args=list(args), cwd=ROOT)

    async def look() -> Seen:
        async with Client(stdio_client(command), mode=mode) as client:
            tools = (await client.list_tools()).tools
            prompts = (await client.list_prompts()).prompts
            resources = (await client.list_resources()).resources
            templates = (await client.list_resource_templates()).resource_templates
            return {
                "version": client.protocol_version,
                "server": client.server_info.name,
                "instructions": client.instructions,
                "tools": {
                    one.name: (one.description, one.input_schema, one.output_schema)
                    for one in tools
                },
                "prompts": {
                    one.name: [argument.name for argument in one.arguments or []] for one in prompts
                },
                "resources": {str(one.uri): one.name for one in resources},
                "templates": {one.uri_template: one.name for one in templates},
            }

    return asyncio.run(asyncio.wait_for(look(), 60))


def by_us(args: tuple[str, ...], era: Era | None) -> Seen:
    spec = ServerSpec("one", command=sys.executable, args=args, cwd=str(ROOT))

    async def look() -> Catalogue:
        async with connect(spec, Terms(era=era)) as connection:
            return await harvest(connection, ())

    found = asyncio.run(look())
    assert found.problems == ()
    return {
        "version": found.version,
        "server": found.server_info["name"],
        "instructions": found.instructions,
        "tools": {
            item.key: (item.raw.get("description"), item.input_schema, item.raw.get("outputSchema"))
            for item in found.tools
        },
        "prompts": {
            item.key: [argument["name"] for argument in item.raw.get("arguments") or []]
            for item in found.prompts
        },
        "resources": {item.key: item.name for item in found.resources},
        "templates": {item.key: item.name for item in found.templates},
    }


@pytest.mark.parametrize(
    ("mode", "era", "version"),
    [
        pytest.param("legacy", Era.LEGACY, "2025-11-25", id="legacy"),
        pytest.param("auto", None, "2026-07-28", id="auto"),
    ],
)
@pytest.mark.parametrize("args", [*DEMOS, BOTH])
def test_both_see_the_same_of_a_server_of_both_eras(
    args: tuple[str, ...], mode: str, era: Era | None, version: str
) -> None:
    ours = by_us(args, era)
    assert ours == by_sdk(args, mode)
    assert ours["version"] == version
    assert len(ours["tools"]) >= 3


@pytest.mark.parametrize(
    ("args", "version"),
    [
        pytest.param((GOOD[1], "--era", "legacy"), "2025-11-25", id="legacy"),
        pytest.param((GOOD[1], "--era", "modern"), "2026-07-28", id="modern"),
    ],
)
def test_both_find_the_only_era_of_a_server(args: tuple[str, ...], version: str) -> None:
    ours = by_us(args, None)
    assert ours == by_sdk(args, "auto")
    assert ours["version"] == version
    assert sorted(ours["tools"]) == ["add", "echo", "fail"]
