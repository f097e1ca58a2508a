"""Our core and the SDK's own client, on the same servers in the same era: both see the same.

What they do not see alike is listed in DIFFERENCES, with the reason.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from mcp import Client
from mcp.client.sse import sse_client
from mcp.client.stdio import StdioServerParameters, stdio_client

from mcpx.catalogue.model import Catalogue
from mcpx.client.connection import connect
from mcpx.client.harvest import harvest
from mcpx.client.terms import Terms
from mcpx.demo import SERVERS
from mcpx.servers import Era, ServerSpec, Transport
from tests.client.children import GOOD
from tests.client.children import SERVERS as FOLDER
from tests.demo.running import beside
from tests.servers.good_http import serve

ROOT = FOLDER.parents[1]
DEMOS = [pytest.param(("-m", "mcpx.demo", name), id=f"demo {name}") for name in SERVERS]
BOTH = pytest.param((GOOD[1], "--era", "both"), id="good_stdio")
ERAS = [
    pytest.param("legacy", Era.LEGACY, "2025-11-25", id="legacy"),
    pytest.param("auto", None, "2026-07-28", id="auto"),
]

Seen = dict[str, Any]
"""What a server said of itself, and its items by name or URI, as they were on the wire."""


async def by_sdk(target: Any, mode: str) -> Seen:
    def wire(model: Any) -> Any:
        return model.model_dump(by_alias=True, mode="json", exclude_unset=True)

    async with Client(target, mode=mode, cache=None) as client:

        async def listed(method: Callable[..., Any], member: str, key: str) -> Seen:
            found, cursor = {}, None
            while True:
                page = await method(cursor=cursor)
                found |= {(raw := wire(one))[key]: raw for one in getattr(page, member)}
                cursor = page.next_cursor
                if cursor is None:
                    return found

        opening = client.session.discover_result or client.session.initialize_result
        return {
            "version": client.protocol_version,
            "supported": getattr(opening, "supported_versions", [client.protocol_version]),
            "server": wire(client.server_info),
            "capabilities": wire(opening)["capabilities"],
            "instructions": client.instructions,
            "tools": await listed(client.list_tools, "tools", "name"),
            "prompts": await listed(client.list_prompts, "prompts", "name"),
            "resources": await listed(client.list_resources, "resources", "uri"),
            "templates": await listed(
                client.list_resource_templates, "resource_templates", "uriTemplate"
            ),
        }


async def harvested(spec: ServerSpec, era: Era | None) -> Catalogue:
    async with connect(spec, Terms(era=era)) as connection:
        return await harvest(connection, ())


async def by_us(spec: ServerSpec, era: Era | None) -> Seen:
    found = await harvested(spec, era)
    assert found.problems == ()
    return {
        "version": found.version,
        "supported": list(found.supported),
        "server": found.server_info,
        "capabilities": found.capabilities,
        "instructions": found.instructions,
        "tools": {item.key: item.raw for item in found.tools},
        "prompts": {item.key: item.raw for item in found.prompts},
        "resources": {item.key: item.raw for item in found.resources},
        "templates": {item.key: item.raw for item in found.templates},
    }


def seen(spec: ServerSpec, era: Era | None, target: Any, mode: str) -> tuple[Seen, Seen]:
    """What we and the SDK's client see, both at the same time."""

    async def look() -> tuple[Seen, Seen]:
        async with asyncio.timeout(60):
            return await asyncio.gather(by_us(spec, era), by_sdk(target, mode))

    return asyncio.run(look())


def on_stdio(args: tuple[str, ...], era: Era | None, mode: str) -> tuple[Seen, Seen]:
    spec = ServerSpec("one", command=sys.executable, args=args, cwd=str(ROOT))
    command = StdioServerParameters(command=sys.executable, args=list(args), cwd=ROOT)
    return seen(spec, era, stdio_client(command), mode)


def over_http(url: str, era: Era | None, mode: str) -> tuple[Seen, Seen]:
    return seen(ServerSpec("one", transport=Transport.HTTP, url=url), era, url, mode)


@pytest.mark.parametrize(("mode", "era", "version"), ERAS)
@pytest.mark.parametrize("args", [*DEMOS, BOTH])
def test_both_see_the_same_of_a_server_of_both_eras(
    args: tuple[str, ...], mode: str, era: Era | None, version: str
) -> None:
    ours, theirs = on_stdio(args, era, mode)
    assert ours == theirs
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
    ours, theirs = on_stdio(args, None, "auto")
    assert ours == theirs
    assert ours["version"] == version
    assert sorted(ours["tools"]) == ["add", "echo", "fail"]


@pytest.fixture(scope="module")
def demos() -> Iterator[dict[tuple[str, str], str]]:
    with beside(SERVERS) as urls:
        yield urls


@pytest.mark.parametrize(("mode", "era", "version"), ERAS)
@pytest.mark.parametrize("name", SERVERS)
def test_both_see_the_same_over_streamable_http(
    demos: dict[tuple[str, str], str], name: str, mode: str, era: Era | None, version: str
) -> None:
    ours, theirs = over_http(demos[name, "http"], era, mode)
    assert ours == theirs
    assert ours["version"] == version
    assert len(ours["tools"]) >= 3


@pytest.mark.parametrize("transport", [Transport.HTTP, Transport.SSE], ids=["fallback", "named"])
@pytest.mark.parametrize("name", SERVERS)
def test_both_see_the_same_over_http_sse(
    demos: dict[tuple[str, str], str], name: str, transport: Transport
) -> None:
    url = demos[name, "sse"]
    spec = ServerSpec("one", transport=transport, url=url)
    ours, theirs = seen(spec, None, sse_client(url), "legacy")
    assert ours == theirs
    assert ours["version"] == "2025-11-25"
    assert len(ours["tools"]) >= 3


@pytest.mark.parametrize(("mode", "era", "version"), ERAS)
@pytest.mark.parametrize(
    "options",
    [
        pytest.param({}, id="json"),
        pytest.param({"sse": True}, id="streams"),
        pytest.param({"page": 1}, id="pages"),
        pytest.param({"sessions": False, "listens": False}, id="no-sessions"),
        pytest.param({"sse": True, "resumes": 1}, id="resumed"),
    ],
)
def test_both_see_the_same_however_a_server_answers(
    options: dict[str, Any], mode: str, era: Era | None, version: str
) -> None:
    with serve(**options) as server:
        ours, theirs = over_http(server.url, era, mode)
    assert ours == theirs
    assert ours["version"] == version
    assert "add" in ours["tools"]


@pytest.mark.parametrize(
    ("only", "version"),
    [
        pytest.param(Era.LEGACY, "2025-11-25", id="legacy"),
        pytest.param(Era.MODERN, "2026-07-28", id="modern"),
    ],
)
def test_both_find_the_only_era_of_a_url(only: Era, version: str) -> None:
    with serve(era=only) as server:
        ours, theirs = over_http(server.url, None, "auto")
    assert ours == theirs
    assert ours["version"] == version
