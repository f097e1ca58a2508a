"""Servers whose frames are fine and whose tools, pages or results are not."""

from __future__ import annotations

from typing import Any

from honest import LISTS, text_result, tool
from modes import Misbehaving, mode
from wire import Message

_ESCAPES = (
    "\x1b[31mred\x1b[0m \x1b]8;;https://evil.example\x07link\x1b]8;;\x07 \x9b2J \u202etxt\u202c"
)
_CYCLE: Message = {
    "type": "object",
    "properties": {"value": {"$ref": "#/$defs/one"}},
    "$defs": {"one": {"$ref": "#/$defs/two"}, "two": {"$ref": "#/$defs/one"}},
}


def _offer(server: Misbehaving, *tools: Any) -> None:
    """Serve with these tools in the middle of good ones."""
    server.tools[1:1] = tools
    server.serve()


def _offer_schema(server: Misbehaving, schema: Message, value: object = "value") -> None:
    """Serve with a tool whose two schemas are ``schema``; calling it gives {"value": ``value``}."""
    odd = {**tool("odd", "A tool with an odd schema."), "inputSchema": schema}
    server.calls["odd"] = lambda _: {**text_result("done"), "structuredContent": {"value": value}}
    _offer(server, {**odd, "outputSchema": schema})


def _value(schema: Message) -> Message:
    return {"type": "object", "properties": {"value": schema}}


@mode("endless-cursor")
def endless_cursor(server: Misbehaving) -> None:
    """Has always one more page of --on, each with a new item and a new cursor."""

    def fault(request: Message) -> None:
        page = int((request.get("params") or {}).get("cursor", 0))
        item = {**server.items(server.on)[0], "name": f"item_{page}"}
        server.reply(request, {LISTS[server.on]: [item], "nextCursor": str(page + 1)})

    server.misbehave(fault)


@mode("same-cursor")
def same_cursor(server: Misbehaving) -> None:
    """Gives the same page of --on with the same cursor for ever."""

    def fault(request: Message) -> None:
        server.reply(request, {LISTS[server.on]: server.items(server.on), "nextCursor": "again"})

    server.misbehave(fault)


@mode("empty-cursor")
def empty_cursor(server: Misbehaving) -> None:
    """Has two pages of --on; the cursor of the second is the empty string, which is a valid one."""

    def fault(request: Message) -> None:
        first, *others = server.items(server.on)
        if "cursor" in (request.get("params") or {}):
            server.reply(request, {LISTS[server.on]: others})
        else:
            server.reply(request, {LISTS[server.on]: [first], "nextCursor": ""})

    server.misbehave(fault)


@mode("tools-null")
def tools_null(server: Misbehaving) -> None:
    """Answers --on with null for a list."""
    server.misbehave(lambda request: server.reply(request, {LISTS[server.on]: None}))


@mode("tool-without-schema")
def tool_without_schema(server: Misbehaving) -> None:
    """Offers a tool without inputSchema between good ones."""
    _offer(server, {"name": "bare", "description": "Has no schema."})


@mode("tool-not-object")
def tool_not_object(server: Misbehaving) -> None:
    """Offers a string, a number, null and an array as tools between good ones."""
    _offer(server, "text", 7, None, ["echo"])


@mode("tool-names-odd")
def tool_names_odd(server: Misbehaving) -> None:
    """Offers tools whose names are empty, long, spaced, escaped, reversed or CI commands."""
    names: list[object] = [
        "",
        "n" * 200,
        "  two words ",
        "\x1b[31mred\x1b[0m",
        "abc\u202egnp.exe",
        "::error::pwned",
        "line\n::error::pwned",
        "../../etc/passwd",
        "[bold]markup[/bold]",
        7,
        None,
    ]
    schema = {"type": "object"}
    _offer(server, *({"name": name, "inputSchema": schema} for name in names))


@mode("duplicate-tools")
def duplicate_tools(server: Misbehaving) -> None:
    """Offers two different tools of one name."""
    _offer(server, tool("twin", "The first."), tool("twin", "The second.", text={"type": "string"}))


@mode("five-mb-schema")
def five_mb_schema(server: Misbehaving) -> None:
    """Offers a tool whose schema has 5 MB."""
    values = [f"{number:020}" for number in range(5_000_000 // 23)]
    _offer(server, tool("large", "Has a large schema.", value={"enum": values}))


@mode("ten-thousand-tools")
def ten_thousand_tools(server: Misbehaving) -> None:
    """Offers 10,000 tools more."""
    _offer(server, *(tool(f"tool_{n:05}", f"Tool number {n}.") for n in range(10_000)))


@mode("ansi-everywhere")
def ansi_everywhere(server: Misbehaving) -> None:
    """Puts escape sequences into names, descriptions, serverInfo, errors, results and stderr."""
    server.info = {"name": f"name {_ESCAPES}", "version": f"1.0 {_ESCAPES}", "title": _ESCAPES}
    server.instructions = f"instructions {_ESCAPES}"
    server.tools = [tool(f"tool {_ESCAPES}", f"tool description {_ESCAPES}"), *server.tools]
    server.tools[1]["description"] = f"echo {_ESCAPES}"
    server.calls["echo"] = lambda _: text_result(f"result {_ESCAPES}")
    server.calls["fail"] = lambda _: text_result(f"failure {_ESCAPES}", is_error=True)
    server.prompts[0]["description"] = f"prompt {_ESCAPES}"
    server.resources[0]["name"] = f"resource {_ESCAPES}"

    def fault(request: Message) -> None:
        server.refuse(request, -32000, f"error {_ESCAPES}", {"detail": _ESCAPES})

    server.answers["resources/read"] = fault
    server.answers["prompts/get"] = fault
    server.wire.log(f"stderr {_ESCAPES}")
    server.serve()


@mode("deep-schema")
def deep_schema(server: Misbehaving) -> None:
    """Offers a tool whose schema is 300 levels deep."""
    schema: Message = {"type": "string"}
    for _ in range(300):
        schema = {"type": "array", "items": schema}
    _offer(server, tool("deep", "Has a deep schema.", value=schema))


@mode("ref-cycle")
def ref_cycle(server: Misbehaving) -> None:
    """Offers a tool whose schemas refer to themselves without end."""
    _offer_schema(server, _CYCLE)


@mode("remote-ref")
def remote_ref(server: Misbehaving) -> None:
    """Offers tools whose schemas refer to --url and to a file; neither must be fetched."""
    server.tools.append(tool("local", "Refers to a file.", value={"$ref": "file:///etc/passwd"}))
    _offer_schema(server, _value({"$ref": server.url}))


@mode("redos")
def redos(server: Misbehaving) -> None:
    """Offers a tool whose pattern takes a backtracking matcher for ever, and a result for it."""
    _offer_schema(server, _value({"type": "string", "pattern": "^(a+)+$"}), "a" * 40 + "!")


@mode("all-of-bomb")
def all_of_bomb(server: Misbehaving) -> None:
    """Offers a tool whose schema doubles 25 times: 33 million steps for a naive validator."""
    levels = 25
    definitions: Message = {f"d{levels}": {"type": "string"}}
    for level in range(levels):
        below = {"$ref": f"#/$defs/d{level + 1}"}
        definitions[f"d{level}"] = {"allOf": [below, below]}
    _offer_schema(server, {**_value({"$ref": "#/$defs/d0"}), "$defs": definitions})


@mode("bad-schema")
def bad_schema(server: Misbehaving) -> None:
    """Offers a tool whose schemas are no JSON Schema."""
    _offer_schema(server, {"type": "object", "properties": {"value": {"type": 7}}})


@mode("output-schema-violated")
def output_schema_violated(server: Misbehaving) -> None:
    """Offers a tool whose result is not what its output schema promises."""
    _offer_schema(server, _value({"type": "integer"}), "no integer")


@mode("unknown-content")
def unknown_content(server: Misbehaving) -> None:
    """Answers calls of `echo` with a block of a type that does not exist, and a good one."""
    server.calls["echo"] = lambda _: {
        "content": [{"type": "hologram", "data": "?"}, {"type": "text", "text": "good"}]
    }
    server.serve()
