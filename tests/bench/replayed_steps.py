"""What ``replays.py`` says to the demo servers and to those of npm and PyPI; no I/O."""

from __future__ import annotations

from typing import Any

Step = dict[str, Any]
LONG = "trigger-long-running-operation"


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
