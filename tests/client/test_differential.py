"""Our core and the SDK's own client, on the same servers in the same era: both see the same.

What they do not see alike is listed in DIFFERENCES, with the reason.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from mcp import Client
from mcp.client.sse import sse_client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp_types import CreateMessageResult, ElicitResult, ListRootsResult, PromptReference
from pydantic import ValidationError

from mcpx.client.connection import Connection, connect
from mcpx.client.harvest import harvest
from mcpx.client.rounds import Request, completed
from mcpx.client.terms import Terms
from mcpx.demo import SERVERS
from mcpx.servers import Era, ServerSpec, Transport
from tests.client.children import GOOD
from tests.client.children import SERVERS as FOLDER
from tests.demo.running import beside
from tests.servers.good_http import serve

ROOT = FOLDER.parents[1]
TALKING = str(ROOT / "tests" / "client" / "talk_stdio.py")
# A demo server takes a second to start; over HTTP, where they share a process, all are asked.
DEMO = pytest.param(("-m", "mcpx.demo", "gallery"), id="demo gallery")
BOTH = pytest.param((GOOD[1], "--era", "both"), id="good_stdio")
ERAS = [
    pytest.param("legacy", Era.LEGACY, "2025-11-25", id="legacy"),
    pytest.param("auto", None, "2026-07-28", id="auto"),
]

Seen = dict[str, Any]
"""What a server said of itself, and its items by name or URI, as they were on the wire."""


def wire(model: Any) -> Any:
    """What the SDK's client keeps of what came."""
    return model.model_dump(by_alias=True, mode="json", exclude_unset=True)


async def offers_by_sdk(client: Client) -> Seen:
    async def listed(method: Callable[..., Any], member: str, key: str) -> Seen:
        found: Seen = {}
        cursor = None
        while True:
            page = await method(cursor=cursor)
            found |= {(raw := wire(one))[key]: raw for one in getattr(page, member)}
            cursor = page.next_cursor
            if cursor is None:
                return found

    opening = client.session.discover_result or client.session.initialize_result
    templates = client.list_resource_templates
    return {
        "version": client.protocol_version,
        "supported": getattr(opening, "supported_versions", [client.protocol_version]),
        "server": wire(client.server_info),
        "capabilities": wire(opening)["capabilities"],
        "instructions": client.instructions,
        "tools": await listed(client.list_tools, "tools", "name"),
        "prompts": await listed(client.list_prompts, "prompts", "name"),
        "resources": await listed(client.list_resources, "resources", "uri"),
        "templates": await listed(templates, "resource_templates", "uriTemplate"),
    }


async def offers_by_us(connection: Connection) -> Seen:
    found = await harvest(connection, ())
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


Asked = tuple[str, dict[str, Any]]

PICTURES: list[Asked] = [
    ("tools/call", {"name": "exhibit", "arguments": {"colour": "red"}}),
    ("tools/call", {"name": "exhibit", "arguments": {"colour": "black"}}),
    ("prompts/get", {"name": "compare", "arguments": {"first": "red", "second": "blue"}}),
    ("resources/read", {"uri": "gallery://cover.png"}),
]
WORDS: list[Asked] = [
    ("tools/call", {"name": "add", "arguments": {"a": 1, "b": 2}}),
    ("tools/call", {"name": "fail", "arguments": {}}),
    ("prompts/get", {"name": "greet", "arguments": {"name": "Ada"}}),
    ("resources/read", {"uri": "memo://one"}),
]
COMPLETION: Asked = (
    "completion/complete",
    {"ref": {"type": "ref/prompt", "name": "greet"}, "argument": {"name": "name", "value": "A"}},
)


def results(requests: list[Asked]) -> tuple[Any, Any]:
    """Who asks these requests, as ``by_us`` and ``by_sdk`` of ``both``."""
    methods = {
        "tools/call": Client.call_tool,
        "prompts/get": Client.get_prompt,
        "resources/read": Client.read_resource,
    }

    async def by_us(connection: Connection) -> list[Any]:
        return [await connection.request(method, params) for method, params in requests]

    async def by_sdk(client: Client) -> list[Any]:
        found = []
        for method, params in requests:
            if method == "completion/complete":
                name = PromptReference(name=params["ref"]["name"])
                result = await client.complete(name, params["argument"])
            else:
                result = await methods[method](client, **params)
            found.append(wire(result))
        return found

    return by_us, by_sdk


def both(
    spec: ServerSpec,
    terms: Terms,
    client: Client,
    by_us: Callable[[Connection], Awaitable[Any]] = offers_by_us,
    by_sdk: Callable[[Client], Awaitable[Any]] = offers_by_sdk,
) -> tuple[Any, Any]:
    """What we and the SDK's client see, both at the same time."""

    async def theirs() -> Any:
        async with client:
            return await by_sdk(client)

    async def look() -> tuple[Any, Any]:
        # The SDK's client is the first to leave: when we do, we end whatever process has been
        # started in a session of its own since we began.
        async with asyncio.timeout(60), connect(spec, terms) as connection:
            return await asyncio.gather(by_us(connection), theirs())

    return asyncio.run(look())


def sdk(target: Any, mode: str) -> Client:
    return Client(target, mode=mode, cache=None)


def on_stdio(args: tuple[str, ...], era: Era | None, mode: str, *by: Any) -> tuple[Any, Any]:
    spec = ServerSpec("one", command=sys.executable, args=args, cwd=str(ROOT))
    command = StdioServerParameters(command=sys.executable, args=list(args), cwd=ROOT)
    return both(spec, Terms(era=era), sdk(stdio_client(command), mode), *by)


def over_http(url: str, era: Era | None, mode: str, *by: Any) -> tuple[Any, Any]:
    spec = ServerSpec("one", transport=Transport.HTTP, url=url)
    return both(spec, Terms(era=era), sdk(url, mode), *by)


def over_sse(url: str, mode: str = "legacy", *by: Any) -> tuple[Any, Any]:
    spec = ServerSpec("one", transport=Transport.SSE, url=url)
    return both(spec, Terms(), sdk(sse_client(url), mode), *by)


@pytest.mark.parametrize(("mode", "era", "version"), ERAS)
@pytest.mark.parametrize("args", [DEMO, BOTH])
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


@pytest.mark.parametrize("name", SERVERS)
def test_both_see_the_same_over_http_sse(demos: dict[tuple[str, str], str], name: str) -> None:
    ours, theirs = over_sse(demos[name, "sse"])
    assert ours == theirs
    assert ours["version"] == "2025-11-25"
    assert len(ours["tools"]) >= 3


def test_http_sse_is_found_behind_a_url_alone(demos: dict[tuple[str, str], str]) -> None:
    url = demos["notes", "sse"]
    spec = ServerSpec("one", transport=Transport.HTTP, url=url)
    ours, theirs = both(spec, Terms(), sdk(sse_client(url), "legacy"))
    assert ours == theirs


@pytest.mark.parametrize(("mode", "era", "version"), ERAS)
def test_both_get_the_same_results_on_stdio(mode: str, era: Era | None, version: str) -> None:
    ours, theirs = on_stdio((GOOD[1], "--era", "both"), era, mode, *results(WORDS))
    assert ours == theirs
    assert ours[0]["structuredContent"] == {"sum": 3}


@pytest.mark.parametrize(("mode", "era", "version"), ERAS)
def test_both_get_the_same_results_over_streamable_http(
    demos: dict[tuple[str, str], str], mode: str, era: Era | None, version: str
) -> None:
    ours, theirs = over_http(demos["gallery", "http"], era, mode, *results(PICTURES))
    assert ours == theirs
    assert [len(ours[0]["content"]), ours[1]["isError"]] == [7, True]
    with serve() as server:
        ours, theirs = over_http(server.url, era, mode, *results([*WORDS, COMPLETION]))
    assert ours == theirs
    assert ours[-1]["completion"]["values"] == ["Ada", "Alan"]


def test_both_get_the_same_results_over_http_sse(demos: dict[tuple[str, str], str]) -> None:
    ours, theirs = over_sse(demos["gallery", "sse"], "legacy", *results(PICTURES))
    assert ours == theirs
    assert [len(ours[0]["content"]), ours[1]["isError"]] == [7, True]
    with serve(old=True) as server:
        ours, theirs = over_sse(server.url, "legacy", *results([*WORDS, COMPLETION]))
    assert ours == theirs
    assert ours[-1]["completion"]["values"] == ["Ada", "Alan"]


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


ANSWERS: dict[str, dict[str, Any]] = {
    "elicitation/create": {"action": "accept", "content": {"name": "Ada", "age": 36}},
    "sampling/createMessage": {
        "role": "assistant",
        "content": {"type": "text", "text": "Hello."},
        "model": "none",
    },
    "roots/list": {"roots": [{"uri": "file:///tmp"}]},
}
TALK = [("ask_person", {}), ("ask_model", {}), ("ask_roots", {}), ("count", {"to": 3})]


class Ada:
    """Answers what a server asks, and keeps what it is told."""

    offered: Mapping[str, Any] = {"elicitation": {}, "sampling": {}, "roots": {}}

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []

    async def answer(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        return ANSWERS[method]

    def notified(self, method: str, params: Mapping[str, Any]) -> None:
        members = ("progress", "total", "message", "level", "data")
        self.told.append(tuple(params[name] for name in members if name in params))

    async def talk(self, connection: Connection) -> list[Any]:
        meta = {"progressToken": "p", "io.modelcontextprotocol/logLevel": "info"}
        found = []
        for name, arguments in TALK:
            params = {"name": name, "arguments": arguments, "_meta": meta}
            async with connection.in_time() as errand:
                found.append(await completed(errand, Request("tools/call", params)))
        return found


class Bob:
    """The same with the SDK's client."""

    def __init__(self, target: Any, mode: str) -> None:
        self.told: list[tuple[Any, ...]] = []
        self.client = Client(
            target,
            mode=mode,
            cache=None,
            elicitation_callback=self.elicit,
            sampling_callback=self.sample,
            list_roots_callback=self.roots,
            logging_callback=self.log,
            log_level=None if mode == "legacy" else "info",
        )

    async def elicit(self, context: Any, params: Any) -> ElicitResult:
        return ElicitResult.model_validate(ANSWERS["elicitation/create"])

    async def sample(self, context: Any, params: Any) -> CreateMessageResult:
        return CreateMessageResult.model_validate(ANSWERS["sampling/createMessage"])

    async def roots(self, context: Any) -> ListRootsResult:
        return ListRootsResult.model_validate(ANSWERS["roots/list"])

    async def log(self, params: Any) -> None:
        self.told.append((params.level, params.data))

    async def progress(self, progress: float, total: float | None, message: str | None) -> None:
        self.told.append((progress, total, message))

    async def talk(self, client: Client) -> list[Any]:
        return [
            wire(await client.call_tool(name, arguments, progress_callback=self.progress))
            for name, arguments in TALK
        ]


@pytest.mark.parametrize(
    ("options", "mode"),
    [
        pytest.param(None, "legacy", id="stdio-legacy"),
        pytest.param(None, "auto", id="stdio-modern"),
        pytest.param({}, "legacy", id="http-legacy"),
        pytest.param({"on_get": True}, "legacy", id="http-legacy-get-stream"),
        pytest.param({}, "auto", id="http-modern"),
        pytest.param({"old": True}, "legacy", id="sse"),
    ],
)
def test_both_are_asked_and_told_the_same(options: dict[str, Any] | None, mode: str) -> None:
    ada = Ada()
    terms = Terms(
        era=Era.LEGACY if mode == "legacy" else None,
        answering=ada,
        notified=ada.notified,
        listening=bool(options and "on_get" in options),
    )
    target: Any
    with contextlib.ExitStack() as stack:
        if options is None:
            spec = ServerSpec("one", command=sys.executable, args=(TALKING,))
            target = stdio_client(StdioServerParameters(command=sys.executable, args=[TALKING]))
        else:
            url = stack.enter_context(serve(**options)).url
            old = "old" in options
            transport = Transport.SSE if old else Transport.HTTP
            spec = ServerSpec("one", transport=transport, url=url)
            target = sse_client(url) if old else url
        bob = Bob(target, mode)
        ours, theirs = both(spec, terms, bob.client, ada.talk, bob.talk)
    assert ours == theirs
    assert [json.loads(one["content"][0]["text"]) for one in ours[:3]] == list(ANSWERS.values())
    assert sorted(ada.told, key=str) == sorted(bob.told, key=str)
    assert len(ada.told) == 6


NOTHING = {"type": "object", "properties": {}}
BAD_HEADER = {"type": "object", "properties": {"a": {"type": "string", "x-mcp-header": "a b"}}}
LOST = "the whole list"


@dataclass(frozen=True)
class Difference:
    """A tool that the SDK's client does not show as it is, what it shows instead, and why we do."""

    reason: str
    tool: Seen
    theirs: Seen | str | None


DIFFERENCES = {
    "unknown-member": Difference(
        "who inspects and records wants what was on the wire, not what a type has room for",
        {"name": "odd", "inputSchema": NOTHING, "x-vendor": 1},
        {"name": "odd", "inputSchema": NOTHING},
    ),
    "unusable-header": Difference(
        "a tool that cannot be called over HTTP is shown with its problem instead of missing",
        {"name": "odd", "inputSchema": BAD_HEADER},
        None,
    ),
    "no-input-schema": Difference("one bad tool never costs the others", {"name": "odd"}, LOST),
    "member-of-a-wrong-type": Difference(
        "one bad tool never costs the others",
        {"name": "odd", "inputSchema": NOTHING, "icons": "none"},
        LOST,
    ),
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_what_they_see_differently_is_listed(name: str) -> None:
    difference = DIFFERENCES[name]

    async def or_nothing(client: Client) -> Seen:
        try:
            return await offers_by_sdk(client)
        except ValidationError:
            return {"tools": {"odd": LOST}}

    with serve() as server:
        server.site.eras[Era.MODERN].tools.append(difference.tool)
        ours, theirs = over_http(server.url, None, "auto", offers_by_us, or_nothing)
    assert ours["tools"].pop("odd") == difference.tool
    assert theirs["tools"].pop("odd", None) == difference.theirs
    if difference.theirs != LOST:
        assert ours == theirs


def test_the_modern_era_is_not_looked_for_over_http_sse(demos: dict[tuple[str, str], str]) -> None:
    # HTTP+SSE is the transport of 2024-11-05; no revision with the modern era describes it.
    ours, theirs = over_sse(demos["tickets", "sse"], "auto")
    assert (ours["version"], theirs["version"]) == ("2025-11-25", "2026-07-28")
    for kind in ("tools", "prompts", "resources", "templates"):
        assert ours[kind].keys() == theirs[kind].keys()
