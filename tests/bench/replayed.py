"""The servers that ``replays.py`` records and replays, and what is said to each; no I/O."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Step = dict[str, Any]
LONG = "trigger-long-running-operation"
REFUNDS = [
    {"order_id": order, "reason": reason}
    for order, reason in (
        ("ORD-7001", "download corrupted"),
        ("ORD-7002", "arrived broken"),
        ("ORD-9999", "typo"),
    )
]
NPM = "@modelcontextprotocol/server-"


@dataclass(frozen=True)
class Case:
    """A recording to make: of which server, in which era, over what, and by whom.

    ``command`` starts the server; in it and in the steps ``{port}`` is a free port and ``{folder}``
    a folder with the same content for every start. Its first word may be ``npm:PACKAGE``,
    ``bin:PROGRAM`` or ``sdk:PATH``, for what the folders of the command line hold. ``path`` is that
    of the URL; none for stdio. With a ``client`` the SDK's client is who calls, through a tap: of
    the story of that name, or by this source; else mcpx makes the ``steps``. ``options`` are those
    of the replay.
    """

    name: str
    command: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    path: str = ""
    era: str = "auto"
    only_era: bool = False
    answers: Mapping[str, Any] | None = None
    client: str = ""
    source: str = ""
    folder: str = ""
    recording: tuple[str, ...] = ()
    options: tuple[str, ...] = ("--allow-writes",)
    files: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)


def call(tool: str, **arguments: Any) -> Step:
    """A step that calls a tool."""
    return {"tool": tool, "args": arguments}


def read(uri: str) -> Step:
    """A step that reads a resource."""
    return {"read": uri}


def lists(*kinds: str) -> list[Step]:
    """Steps that list what there is of these kinds, of all without any."""
    return [{"list": kind} for kind in kinds or ("tools", "prompts", "resources", "templates")]


def ask(method: str, **params: Any) -> Step:
    """A step that asks by method."""
    return {"method": method, "params": params}


def together(*steps: Step) -> Step:
    """Steps that are done at the same time."""
    return {"together": list(steps)}


UNKNOWN = ask("tools/call", name="no_such_tool", arguments={})

DEMOS: dict[str, list[Step]] = {
    "tickets": [
        *lists(),
        call("search", query="login"),
        together(
            read("config://settings"),
            {"prompt": "summarize", "args": {"number": "1"}},
            call("search", query="a", status="open"),
        ),
        call("create_item", title="It hangs", body="Always", priority="high"),
        read("item://1"),
        call("close_ticket", number=1),
        call("close_ticket", number=999),
        call("search", query=5),
        UNKNOWN,
    ],
    "notes": [
        *lists(),
        call("search", query="a", limit=2),
        call("createItem", title="Milk", text="Two litres", tags=["shop", "home"]),
        read("notes://index"),
        read("item://main/none"),
        {"prompt": "daily_review"},
        call("delete_note", slug="milk"),
        call("search", query="Milk"),
    ],
    "shop": [
        *lists("tools", "prompts"),
        call("list_products"),
        call("open_cart"),
        call("add_item", cart_id="nobody", sku="none"),
        call("order_status", order_id="none"),
        read("shop://terms"),
    ],
    "gallery": [
        *lists(),
        *(call(tool, colour="red") for tool in ("show_picture", "link_picture", "caption")),
        together(*(call("exhibit", colour=colour) for colour in ("red", "green", "blue"))),
        call("play_tone", frequency=440, seconds=0.05),
        read("gallery://cover.png"),
        {"prompt": "compare", "args": {"first": "red", "second": "blue"}},
        ask(
            "completion/complete",
            ref={"type": "ref/prompt", "name": "compare"},
            argument={"name": "first", "value": "r"},
        ),
    ],
    "weather-2": [
        *lists("tools"),
        call("get_forecast", location="Oslo"),
        call("get_forecast", location="Nowhere"),
    ],
}

# What the everything server of npm is asked by clients that can do everything.
EVERYTHING = [
    *lists(),
    call("echo", message="héllo ✓"),
    call("get-sum", a=1.5, b=2),
    call("get-sum", a="x", b=1),
    call("get-tiny-image"),
    call("get-structured-content", location="New York"),
    call("get-annotated-message", messageType="error", includeImage=True),
    call("get-resource-links", count=3),
    call("get-resource-reference", resourceType="Text", resourceId=1),
    call("get-roots-list"),
    call("trigger-sampling-request", prompt="hi", maxTokens=100),
    call("trigger-elicitation-request"),
    together(
        call(LONG, duration=0.6, steps=3),
        call("echo", message="overtakes"),
        call(LONG, duration=0.2, steps=2),
    ),
    {**call(LONG, duration=5, steps=5), "leave": 0.3},
    ask("resources/subscribe", uri="demo://resource/dynamic/text/1"),
    ask("resources/unsubscribe", uri="demo://resource/dynamic/text/1"),
    read("demo://resource/static/document/features.md"),
    read("demo://resource/dynamic/blob/1"),
    read("demo://resource/dynamic/text/nope"),
    {"prompt": "args-prompt", "args": {"city": "Oslo"}},
    {"prompt": "resource-prompt", "args": {"resourceType": "Text", "resourceId": "1"}},
    ask(
        "completion/complete",
        ref={"type": "ref/prompt", "name": "completable-prompt"},
        argument={"name": "department", "value": "E"},
    ),
    ask("logging/setLevel", level="warning"),
    ask("ping"),
    ask("no/such"),
    UNKNOWN,
    call("gzip-file-as-resource", name="a.gz", data="data:text/plain,hello", outputType="resource"),
]
# What a script cannot say: the SDK's client with what is minted, with callbacks, and all at once.
SHOPPING = """
from mcp.client import Client
async def main(target, *, mode):
    async with Client(target, mode=mode) as client:
        cart = (await client.call_tool("open_cart", {})).structured_content
        other = (await client.call_tool("open_cart", {})).structured_content
        products = (await client.call_tool("list_products", {})).structured_content
        for product in products["products"][:2]:
            given = {"cart_id": cart["cart_id"], "sku": product["sku"], "quantity": 2}
            await client.call_tool("add_item", given)
        await client.call_tool("checkout", {"cart_id": other["cart_id"]})
        bought = await client.call_tool("checkout", {"cart_id": cart["cart_id"]})
        order = bought.structured_content["order_id"]
        await client.call_tool("order_status", {"order_id": order})
        await client.call_tool("checkout", {"cart_id": cart["cart_id"]})
"""
AT_ONCE = """
import anyio
from mcp import types
from mcp.client import Client
async def sample(context, params):
    text = types.TextContent(type="text", text="sampled " + params.messages[-1].content.text[-5:])
    return types.CreateMessageResult(role="assistant", content=text, model="m")
async def elicit(context, params):
    return types.ElicitResult(action="accept", content={"name": "Ann", "integer": 7})
async def main(target, *, mode):
    async with Client(
        target, mode=mode, sampling_callback=sample, elicitation_callback=elicit
    ) as client:
        async def slow(duration):
            name = "trigger-long-running-operation"
            await client.call_tool(name, {"duration": duration}, progress_callback=seen)
        async def seen(progress, total, message):
            pass
        async with anyio.create_task_group() as group:
            for number in range(20):
                group.start_soon(client.call_tool, "get-sum", {"a": number, "b": 1})
            for word in ("one", "two", "three"):
                given = {"prompt": word, "maxTokens": 10}
                group.start_soon(client.call_tool, "trigger-sampling-request", given)
            group.start_soon(client.call_tool, "trigger-elicitation-request", {})
            for duration in (0.4, 0.2):
                group.start_soon(slow, duration)
        with anyio.move_on_after(0.3):
            await slow(4)
        await client.call_tool("echo", {"message": "after"})
"""
EVERYTHING_ANSWERS = {
    "elicitation": {"name": "Ann", "check": True, "integer": 42, "number": 3.5},
    "sampling": {"text": "hello there"},
    "roots": [{"uri": "file:///srv/files", "name": "files"}],
}

FILES = {"a.txt": "one\ntwo\nthree\n", "b.md": "# B\n", "sub/c.txt": "c\n"}
FILESYSTEM = [
    *lists("tools"),
    call("list_allowed_directories"),
    call("list_directory", path="{folder}"),
    call("directory_tree", path="{folder}"),
    together(
        *(call("read_text_file", path=f"{{folder}}/{name}") for name in FILES),
        call("search_files", path="{folder}", pattern="**/*.txt"),
    ),
    call("get_file_info", path="{folder}/a.txt"),
    call("write_file", path="{folder}/n.txt", content="line 1\nline 2\n"),
    call("edit_file", path="{folder}/n.txt", edits=[{"oldText": "line 2", "newText": "line two"}]),
    call("read_text_file", path="{folder}/n.txt", head=1),
    call("move_file", source="{folder}/n.txt", destination="{folder}/m.txt"),
    call("list_directory_with_sizes", path="{folder}"),
    call("read_media_file", path="{folder}/b.md"),
    call("read_text_file", path="/etc/passwd"),
]
REMEMBERED = {"MEMORY_FILE_PATH": "{folder}/memory.jsonl"}
ANN = {"name": "Ann", "entityType": "person", "observations": ["likes tea"]}
MEMORY = [
    *lists("tools", "resources"),
    call("create_entities", entities=[ANN, {**ANN, "name": "Bob"}]),
    call("create_relations", relations=[{"from": "Ann", "to": "Bob", "relationType": "knows"}]),
    call("read_graph"),
    together(call("search_nodes", query="tea"), call("open_nodes", names=["Bob"])),
    read("memory://knowledge-graph"),
    call("delete_entities", entityNames=["Ann"]),
    call("read_graph"),
    call("create_entities", entities="wrong"),
]
THINKING = [
    *lists("tools"),
    *(
        call(
            "sequentialthinking",
            thought=f"thought {number}",
            nextThoughtNeeded=number < 3,
            thoughtNumber=number,
            totalThoughts=3,
        )
        for number in (1, 2, 3)
    ),
    call("sequentialthinking", thought=1),
]
TIME = [
    *lists("tools"),
    call("get_current_time", timezone="UTC"),
    call("get_current_time", timezone="Europe/Paris"),
    call("get_current_time", timezone="Nope/Zone"),
    call("convert_time", source_timezone="UTC", time="12:30", target_timezone="Asia/Tokyo"),
]
GIT = [
    *lists("tools"),
    *(call(f"git_{what}", repo_path="{folder}") for what in ("status", "diff_unstaged", "log")),
    call("git_show", repo_path="{folder}", revision="HEAD"),
    call("git_branch", repo_path="{folder}", branch_type="local"),
    call("git_add", repo_path="{folder}", files=["a.txt"]),
    call("git_diff_staged", repo_path="{folder}"),
    call("git_commit", repo_path="{folder}", message="second"),
    call("git_log", repo_path="{folder}", max_count=2),
    call("git_create_branch", repo_path="{folder}", branch_name="topic"),
    call("git_checkout", repo_path="{folder}", branch_name="topic"),
    call("git_status", repo_path="/nonexistent"),
]
SQLITE = [
    *lists("tools", "prompts", "resources"),
    call("create_table", query="CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)"),
    call("write_query", query="INSERT INTO t (name) VALUES ('a'), ('b')"),
    call("read_query", query="SELECT * FROM t"),
    together(call("list_tables"), call("describe_table", table_name="t")),
    call("append_insight", insight="Names are short."),
    read("memo://insights"),
    call("read_query", query="DROP TABLE t"),
    {"prompt": "mcp-demo", "args": {"topic": "shop"}},
]
BOOK = {"path": "{folder}/w.xlsx", "sheet": "S"}
EXCEL = [
    *lists("tools"),
    call("create_workbook", path=BOOK["path"], sheets=["S"]),
    call("write_range", **BOOK, at="A1", rows=[["n", "m"], [1, 2.5], [3, "=A2+B2"]]),
    together(call("read_range", **BOOK), call("describe_workbook", path=BOOK["path"])),
    call("find_cells", path=BOOK["path"], query="n"),
    call("sort_range", **BOOK, range="A2:B3", sort_by=[{"column": "A", "descending": True}]),
    call("read_range", **BOOK, range="A1:B3"),
    call("export_workbook", path=BOOK["path"]),
    call("read_range", path="{folder}/none.xlsx", sheet="S"),
]

SDK_PLAIN = [
    *lists(),
    *(
        call(f"test_{what}")
        for what in (
            "simple_text",
            "image_content",
            "audio_content",
            "embedded_resource",
            "multiple_content_types",
            "tool_with_logging",
            "tool_with_progress",
            "error_handling",
        )
    ),
    read("test://static-text"),
    read("test://static-binary"),
    read("test://template/7/data"),
    read("test://none"),
    {"prompt": "test_simple_prompt"},
    {"prompt": "test_prompt_with_arguments", "args": {"arg1": "a", "arg2": "b"}},
    {"prompt": "test_prompt_with_image"},
    ask(
        "completion/complete",
        ref={"type": "ref/prompt", "name": "test_prompt_with_arguments"},
        argument={"name": "arg1", "value": "p"},
    ),
    UNKNOWN,
]
SDK_LEGACY = [
    *SDK_PLAIN,
    call("test_sampling", prompt="hi"),
    call("test_elicitation", message="who"),
    call("test_elicitation_sep1034_defaults"),
    call("test_reconnection"),
    ask("logging/setLevel", level="error"),
    ask("resources/subscribe", uri="test://watched-resource"),
    ask("resources/unsubscribe", uri="test://watched-resource"),
    call("test_trigger_tool_change"),
    ask("ping"),
]
SDK_MODERN = [
    *SDK_PLAIN,
    *(
        call(f"test_input_required_result_{what}")
        for what in (
            "elicitation",
            "sampling",
            "list_roots",
            "request_state",
            "multiple_inputs",
            "multi_round",
            "capabilities",
        )
    ),
    {"prompt": "test_input_required_result_prompt"},
    together(
        {
            **ask(
                "subscriptions/listen",
                notifications={"toolsListChanged": True, "promptsListChanged": True},
            ),
            "leave": 1.0,
        },
        {"wait": 0.3},
    ),
    call("test_x_mcp_header", region="eu"),
]
SDK_ANSWERS = {
    "elicitation": [
        {"when": "Step 2", "content": {"color": "green"}},
        {"when": "Step 1", "content": {"name": "Ann"}},
        {"when": "your name", "content": {"name": "Ann"}},
        {"when": "your name", "content": {"name": "Ann"}},
        {"when": "your name", "content": {"name": "Ann"}},
        {"when": "confirm", "content": {"ok": True}},
        {"when": "who", "content": {"response": "me"}},
        {"when": "user information", "content": {"name": "Jo", "age": 5}},
        {"action": "decline"},
    ],
    "sampling": {"text": "hello there"},
    "roots": [{"uri": "file:///srv/files", "name": "files"}],
}

# Stories of the SDK, with the transports and eras that their clients can be run in.
STORIES: dict[str, tuple[str, ...]] = {
    "tools": ("stdio-legacy", "stdio-auto", "http-modern"),
    "prompts": ("stdio-legacy", "http-modern"),
    "resources": ("stdio-auto", "http-modern"),
    "lifespan": ("stdio-legacy",),
    "custom_methods": ("stdio-legacy", "http-modern"),
    "error_handling": ("stdio-legacy", "http-modern"),
    "schema_validators": ("stdio-legacy", "http-modern"),
    "middleware": ("stdio-legacy",),
    "roots": ("stdio-legacy", "http-legacy"),
    "sampling": ("stdio-legacy", "http-legacy"),
    "legacy_elicitation": ("stdio-legacy", "http-legacy"),
    "mrtr": ("stdio-auto", "http-modern"),
    "refund_desk": ("stdio-legacy", "stdio-auto", "http-legacy", "http-modern"),
    "stickynotes": ("stdio-legacy", "stdio-auto", "http-legacy", "http-modern"),
    "streaming": ("stdio-legacy", "stdio-auto", "http-legacy", "http-modern"),
    "pagination": ("stdio-legacy", "http-modern"),
    "parallel_calls": ("http-legacy", "http-modern"),
    "subscriptions": ("stdio-auto", "http-modern"),
    "standalone_get": ("http-legacy",),
    "dual_era": ("http-auto",),
}


def cases() -> Iterator[Case]:
    """Every recording to make."""
    for name, steps in DEMOS.items():
        command = (sys.executable, "-m", "mcpx.demo", name)
        http = (*command, "--http", "{port}")
        for era in ("legacy", "modern"):
            yield Case(f"demo-{name}-stdio-{era}", command, tuple(steps), era=era)
            yield Case(f"demo-{name}-http-{era}", http, tuple(steps), path="/mcp", era=era)
    command = (sys.executable, "-m", "mcpx.demo", "shop")
    http = (*command, "--http", "{port}")
    for era in ("legacy", "modern"):
        yield Case(f"demo-shopping-stdio-{era}", command, era=era, client=SHOPPING)
        yield Case(f"demo-shopping-http-{era}", http, path="/mcp", era=era, client=SHOPPING)
    yield from _npm()
    yield from _python()
    yield from _sdk()
    yield from _imported()


def _npm() -> Iterator[Case]:
    program, answers = f"npm:{NPM}everything", EVERYTHING_ANSWERS
    steps = tuple(EVERYTHING)
    for transport, path in (("stdio", ""), ("streamableHttp", "/mcp"), ("sse", "/sse")):
        command = (program, transport)
        yield Case(f"everything-{transport}", command, steps, path, answers=answers, only_era=True)
        if transport != "sse":
            yield Case(
                f"everything-at-once-{transport}", command, path=path, client=AT_ONCE, only_era=True
            )
    program = f"npm:{NPM}filesystem"
    yield Case("filesystem", (program, "{folder}"), tuple(FILESYSTEM), files=FILES, only_era=True)
    memory = (f"npm:{NPM}memory",)
    yield Case("memory", memory, tuple(MEMORY), variables=REMEMBERED, only_era=True)
    yield Case(
        "sequential-thinking", (f"npm:{NPM}sequential-thinking",), tuple(THINKING), only_era=True
    )

    for package in ("@playwright/mcp", "chrome-devtools-mcp", "@upstash/context7-mcp"):
        name = package.split("/")[-1]
        yield Case(f"list-{name}", (f"npm:{package}",), tuple(lists()), only_era=True)


def _python() -> Iterator[Case]:
    for era in ("legacy", "modern"):
        yield Case(f"time-{era}", ("bin:mcp-server-time",), tuple(TIME), era=era)
        yield Case(f"fetch-{era}", ("bin:mcp-server-fetch",), tuple(lists()), era=era)
        files = {**FILES, ".git": ""}
        yield Case(f"git-{era}", ("bin:mcp-server-git",), tuple(GIT), era=era, files=files)
    database = ("bin:mcp-server-sqlite", "--db-path", "{folder}/t.db")
    yield Case("sqlite", database, tuple(SQLITE), only_era=True)
    excel = ("bin:excel-mcp-server", "stdio", "--allow-dir", "{folder}")
    # A workbook keeps the times of its parts, compressed.
    unlike = ("--ignore", "tools/call[export_workbook] /content/1/resource/blob")
    yield Case("excel", excel, tuple(EXCEL), options=("--allow-writes", *unlike))


def _sdk() -> Iterator[Case]:
    program = "sdk:servers/everything-server/mcp_everything_server/server.py"
    command = (program, "--port", "{port}")
    for era, steps in (("legacy", SDK_LEGACY), ("modern", SDK_MODERN)):
        yield Case(
            f"sdk-everything-{era}",
            command,
            tuple(steps),
            "/mcp",
            era,
            SDK_ANSWERS,
            recording=("--log-level", "info"),
        )
    low = ("sdk:stories/pagination/server_lowlevel.py",)
    yield Case("sdk-pages-legacy", low, tuple(lists("resources")), era="legacy")
    yield Case("sdk-pages-modern", low, tuple(lists("resources")), era="modern")
    for story, ways in STORIES.items():
        for way in ways:
            transport, era = way.split("-")
            command = (f"sdk:stories/{story}/server.py",)
            path = ""
            if transport == "http":
                command, path = (*command, "--http", "--port", "{port}"), "/mcp"
            yield Case(f"sdk-{story}-{way}", command, path=path, era=era, client=story)


# What others recorded of servers that can be had: whose it is, without its ending.
_STORY_TAPES = {
    "stdio": (
        "custom_methods-legacy",
        "error_handling-legacy",
        "mrtr-auto",
        "pagination-legacy",
        "prompts-legacy",
        "refund_desk-legacy",
        "resources-legacy",
        "sampling-legacy",
        "schema_validators-legacy",
        "stickynotes-legacy",
        "streaming-legacy",
        "tools-auto",
    ),
    "http": ("dual_era", "mrtr", "refund_desk", "standalone_get", "subscriptions"),
}


def _imported() -> Iterator[Case]:
    everything = f"npm:{NPM}everything"
    sdk = ("sdk:servers/everything-server/mcp_everything_server/server.py", "--port", "{port}")
    for source, command, path in (
        ("ivermin-everything-auto.cassette.jsonl", (everything, "stdio"), ""),
        ("ivermin-everything-legacy.cassette.jsonl", (everything, "stdio"), ""),
        ("cheneeheng-everything-legacy.mcp.json", (everything, "stdio"), ""),
        ("ivermin-http-ev-legacy.cassette.jsonl", (everything, "streamableHttp"), "/mcp"),
        ("mitm-http-ev-auto.har", (everything, "streamableHttp"), "/mcp"),
        ("mitm-http-ev-legacy.har", (everything, "streamableHttp"), "/mcp"),
        ("ivermin-http-sdkev-legacy.cassette.jsonl", sdk, "/mcp"),
        ("devhelm-http-sdkev-auto.cassette.json", sdk, "/mcp"),
        ("mitm-http-sdkev-auto.har", sdk, "/mcp"),
        ("mitm-http-sdkev-legacy.har", sdk, "/mcp"),
        ("ivermin-time-legacy.cassette.jsonl", ("bin:mcp-server-time",), ""),
        ("mcprec-time-auto.mcprec.jsonl", ("bin:mcp-server-time",), ""),
    ):
        yield Case(
            f"import-{source.split('.')[0]}", command, path=path, source=source, only_era=True
        )
    yield Case(
        "import-ivermin-memory-legacy",
        (f"npm:{NPM}memory",),
        source="ivermin-memory-legacy.cassette.jsonl",
        variables=REMEMBERED,
        only_era=True,
    )
    yield Case(
        "import-ivermin-filesystem-legacy",
        (f"npm:{NPM}filesystem", "{folder}"),
        source="ivermin-filesystem-legacy.cassette.jsonl",
        folder="/srv/files",
        files={"a.txt": "one\n"},
        only_era=True,
    )
    yield Case(
        "import-ivermin-git-legacy",
        ("bin:mcp-server-git",),
        source="ivermin-git-legacy.cassette.jsonl",
        folder="/srv/repo",
        only_era=True,
        files={**FILES, ".git": ""},
    )
    for transport, tapes in _STORY_TAPES.items():
        for tape in tapes:
            command = (f"sdk:stories/{tape.split('-')[0]}/server.py",)
            path, source = "", f"sdk-{tape}.cassette.jsonl"
            if transport == "http":
                command, path = (*command, "--http", "--port", "{port}"), "/mcp"
                source = f"sdk-http-{tape}.cassette.jsonl"
            yield Case(
                f"import-{source.split('.')[0]}", command, path=path, source=source, only_era=True
            )
