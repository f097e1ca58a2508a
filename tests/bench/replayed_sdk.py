"""What ``replays.py`` has the SDK's client say, and says to the servers of the SDK; no I/O."""

from __future__ import annotations

from replayed_steps import UNKNOWN, ask, call, lists, read, together

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

# What others recorded of servers that can be had: whose it is, without its ending.
STORY_TAPES = {
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
