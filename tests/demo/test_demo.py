"""The demo servers, driven by the SDK's own client in both eras, and raw."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import signal
import subprocess
import sys
import wave
import zlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, MCPError
from mcp_types import PromptReference

from mcpx.demo import SERVERS, load
from mcpx.demo.__main__ import main

ROOT = Path(__file__).resolve().parents[2]
MODES = [
    pytest.param("legacy", "2025-11-25", id="legacy"),
    pytest.param("auto", "2026-07-28", id="auto"),
]
INITIALIZE = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "test", "version": "1"},
}
REGIONS = ("Minho", "Beira", "Algarve")
"""Regions with no warning, a minor one, and a severe one besides."""
OFFERS: dict[str, dict[str, list[str]]] = {
    "tickets": {
        "tools": ["search", "create_item", "close_ticket"],
        "prompts": ["summarize", "triage"],
        "resources": ["config://settings"],
        "templates": ["item://{number}", "item://{number}/comments"],
    },
    "notes": {
        "tools": ["search", "createItem", "delete_note"],
        "prompts": ["summarize", "daily_review"],
        "resources": ["config://settings", "notes://index"],
        "templates": ["item://{slug}", "item://{notebook}/{slug}"],
    },
    "shop": {
        "tools": ["list_products", "open_cart", "add_item", "checkout", "order_status"],
        "prompts": ["recommend"],
        "resources": ["shop://terms"],
        "templates": [],
    },
    "gallery": {
        "tools": ["show_picture", "play_tone", "link_picture", "caption", "measure", "exhibit"],
        "prompts": ["compare"],
        "resources": ["gallery://guide", "gallery://cover.png"],
        "templates": ["gallery://pictures/{colour}.png"],
    },
    "weather-1": {
        "tools": ["get_forecast", "get_current", "get_alerts", "convert_temperature"],
        "prompts": ["packing_list"],
        "resources": ["weather://stations"],
        "templates": ["weather://stations/{station}"],
    },
    "weather-2": {
        "tools": ["get_forecast", "get_current", "get_alerts", "get_air_quality"],
        "prompts": ["packing_list"],
        "resources": [],
        "templates": ["weather://stations/{station}"],
    },
}


def in_memory(name: str, use: Callable[[Client], Awaitable[None]], mode: str = "auto") -> None:
    """Give ``use`` a client of a demo server in this process."""

    async def run() -> None:
        async with Client(load(name), mode=mode) as client:
            await use(client)

    asyncio.run(run())


async def data_of(client: Client, name: str, **arguments: Any) -> Any:
    """The structured content of a call that worked."""
    result = await client.call_tool(name, arguments)
    assert not result.is_error, result.content
    return result.structured_content


async def complaint_of(client: Client, name: str, **arguments: Any) -> str:
    """The text of a call whose result says that it failed."""
    result = await client.call_tool(name, arguments)
    assert result.is_error
    (block,) = result.content
    assert block.type == "text"
    return block.text.removeprefix(f"Error executing tool {name}: ")


def raw(name: str, *requests: dict[str, Any]) -> subprocess.CompletedProcess[bytes]:
    """A server that is sent these requests after a handshake, and the end of input."""
    frames = [{"method": "initialize", "params": INITIALIZE}, *requests]
    lines = [json.dumps({"jsonrpc": "2.0", "id": n, **frame}) for n, frame in enumerate(frames)]
    return subprocess.run(
        [sys.executable, "-m", "mcpx.demo", name],
        input="\n".join([*lines, ""]).encode(),
        capture_output=True,
        cwd=ROOT,
        timeout=30,
        check=False,
    )


def test_every_server_is_tested() -> None:
    assert list(OFFERS) == list(SERVERS)


def test_naming_the_servers_does_not_import_the_sdk() -> None:
    code = "import sys, mcpx.demo; sys.exit('mcp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize(
    "arguments", [[], ["nope"], ["shop", "notes"]], ids=["none", "unknown", "two"]
)
def test_wrong_use_lists_the_names(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    listed = capsys.readouterr().err.splitlines()[1:]
    assert [line.split()[0] for line in listed] == list(SERVERS)


def test_loading_an_unknown_server_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="nope"):
        load("nope")


@pytest.mark.parametrize("name", SERVERS)
def test_ends_at_the_end_of_input_and_says_nothing_on_stderr(name: str) -> None:
    done = raw(name, {"method": "tools/call", "params": {"name": "nope", "arguments": {}}})
    opening = json.loads(done.stdout.splitlines()[0])["result"]
    assert opening["serverInfo"]["name"] == name.split("-")[0]
    assert opening["serverInfo"]["version"].count(".") == 2
    assert opening["instructions"].endswith(".")
    assert (done.returncode, done.stderr) == (0, b"")


def start(name: str) -> subprocess.Popen[bytes]:
    """A server that has answered the handshake."""
    process = subprocess.Popen(
        [sys.executable, "-m", "mcpx.demo", name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdin is not None and process.stdout is not None
    frame = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": INITIALIZE}
    process.stdin.write(json.dumps(frame).encode() + b"\n")
    process.stdin.flush()
    assert process.stdout.readline().startswith(b'{"jsonrpc":"2.0","id":1,"result"')
    return process


def test_a_client_that_leaves_early_causes_no_traceback() -> None:
    with start("shop") as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdout.close()
        process.stdin.write(b'{"jsonrpc":"2.0","id":2,"method":"ping"}\n')
        process.stdin.close()
        assert process.wait(10) == 0
        assert process.stderr is not None and process.stderr.read() == b""


def test_an_interrupt_ends_it_at_once_without_a_traceback() -> None:
    with start("shop") as process:
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == -signal.SIGINT
        assert process.stderr is not None and process.stderr.read() == b""


@pytest.mark.parametrize(("mode", "version"), MODES)
@pytest.mark.parametrize("name", SERVERS)
def test_offers_the_same_in_both_eras(name: str, mode: str, version: str) -> None:
    async def look(client: Client) -> None:
        assert client.protocol_version == version
        tools = (await client.list_tools()).tools
        prompts = (await client.list_prompts()).prompts
        resources = (await client.list_resources()).resources
        templates = (await client.list_resource_templates()).resource_templates
        assert {
            "tools": [tool.name for tool in tools],
            "prompts": [prompt.name for prompt in prompts],
            "resources": [resource.uri for resource in resources],
            "templates": [template.uri_template for template in templates],
        } == OFFERS[name]
        for tool in tools:
            assert tool.description is not None and tool.description.endswith(".")
            assert tool.annotations is not None and tool.annotations.open_world_hint is not None
            parameters = tool.input_schema.get("properties", {}).values()
            assert all(parameter["description"].endswith(".") for parameter in parameters)

    in_memory(name, look, mode)


@pytest.mark.parametrize(("mode", "_version"), MODES)
def test_a_shop_hands_out_what_the_next_call_needs(mode: str, _version: str) -> None:
    async def buy(client: Client) -> None:
        products = await data_of(client, "list_products")
        prices = {product["sku"]: product["price"] for product in products["products"]}
        cart = (await data_of(client, "open_cart"))["cart_id"]
        await data_of(client, "add_item", cart_id=cart, sku="mug", quantity=2)
        filled = await data_of(client, "add_item", cart_id=cart, sku="pen")
        assert filled["items"] == {"mug": 2, "pen": 1}
        assert filled["total"] == 2 * prices["mug"] + prices["pen"]
        order = await data_of(client, "checkout", cart_id=cart)
        assert (order["status"], order["total"]) == ("packing", filled["total"])
        assert await data_of(client, "order_status", order_id=order["order_id"]) == order

        stale = f"Cart {cart} is closed: it became order {order['order_id']}."
        assert await complaint_of(client, "add_item", cart_id=cart, sku="pen") == stale
        assert await complaint_of(client, "checkout", cart_id=cart) == stale

    in_memory("shop", buy, mode)


def test_a_shop_refuses_what_it_does_not_know() -> None:
    async def fail(client: Client) -> None:
        cart = (await data_of(client, "open_cart"))["cart_id"]
        assert (await data_of(client, "open_cart"))["cart_id"] != cart
        unknown = await complaint_of(client, "checkout", cart_id="cart_0")
        assert unknown == "There is no cart cart_0; open_cart gives a new one."
        assert "is empty" in await complaint_of(client, "checkout", cart_id=cart)
        assert "order_0" in await complaint_of(client, "order_status", order_id="order_0")
        assert "sofa" in await complaint_of(client, "add_item", cart_id=cart, sku="sofa")
        prompt = await client.get_prompt("recommend", {"budget": "1000"})
        assert "1000 cents" in prompt.messages[0].content.text
        terms = await client.read_resource("shop://terms")
        assert terms.contents[0].text.startswith("Nothing here is for sale.")

    in_memory("shop", fail)


def png_pixels(data: str) -> bytes:
    """The unpacked rows of a PNG file with one IDAT chunk, in Base64."""
    file = base64.b64decode(data)
    assert file.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x02")
    at = file.index(b"IDAT")
    length = int.from_bytes(file[at - 4 : at], "big")
    assert zlib.crc32(file[at : at + 4 + length]) == int.from_bytes(
        file[at + 4 + length : at + 8 + length], "big"
    )
    return zlib.decompress(file[at + 4 : at + 4 + length])


@pytest.mark.parametrize(("mode", "_version"), MODES)
def test_a_gallery_gives_every_kind_of_block(mode: str, _version: str) -> None:
    async def look(client: Client) -> None:
        result = await client.call_tool("exhibit", {"colour": "red"})
        text, image, audio, link, embedded, blob, last = result.content
        assert text.type == "text" and text.text == "Study in red:"
        assert image.type == "image" and image.mime_type == "image/png"
        assert png_pixels(image.data) == (b"\0" + bytes([200, 30, 30]) * 16) * 16
        assert audio.type == "audio" and audio.mime_type == "audio/wav"
        with wave.open(io.BytesIO(base64.b64decode(audio.data))) as sound:
            assert (sound.getframerate(), sound.getnframes()) == (8000, 800)
        assert link.type == "resource_link" and link.uri == "gallery://pictures/red.png"
        assert embedded.type == "resource" and embedded.resource.uri == "gallery://captions/red.md"
        assert embedded.resource.text == "**Study in red**, 16 by 16 pixels.\n"
        assert blob.type == "resource" and blob.resource.blob == image.data
        assert last.type == "text" and last.annotations.priority == 0.0
        assert result.structured_content == {
            "title": "Study in red",
            "width": 16,
            "height": 16,
            "rgb": [200, 30, 30],
        }

        singles = {
            "show_picture": "image",
            "link_picture": "resource_link",
            "caption": "resource",
            "measure": "text",
        }
        for name, kind in singles.items():
            content = (await client.call_tool(name, {"colour": "blue"})).content
            assert [block.type for block in content] == [kind]
        tone = (await client.call_tool("play_tone", {"seconds": 1})).content[0]
        with wave.open(io.BytesIO(base64.b64decode(tone.data))) as sound:
            assert sound.getnframes() == 8000

        (read,) = (await client.read_resource("gallery://pictures/red.png")).contents
        assert read.blob == image.data
        prompt = await client.get_prompt("compare", {"first": "red", "second": "blue"})
        assert [(message.role, message.content.type) for message in prompt.messages] == [
            ("user", "text"),
            ("user", "image"),
            ("user", "image"),
            ("assistant", "text"),
        ]

    in_memory("gallery", look, mode)


def test_a_gallery_has_three_pictures() -> None:
    async def look(client: Client) -> None:
        (guide,) = (await client.read_resource("gallery://guide")).contents
        assert guide.text.count("gallery://pictures/") == 3
        (cover,) = (await client.read_resource("gallery://cover.png")).contents
        assert png_pixels(cover.blob)[1:4] == bytes([30, 160, 60])
        with pytest.raises(MCPError, match="There is no black picture"):
            await client.read_resource("gallery://pictures/black.png")

    in_memory("gallery", look)


def test_tickets() -> None:
    async def use(client: Client) -> None:
        found = await data_of(client, "search", query="files large")
        assert [ticket["number"] for ticket in found["tickets"]] == [3]
        closed = await data_of(client, "search", query="", status="closed")
        assert [ticket["number"] for ticket in closed["tickets"]] == [2]
        made = await data_of(client, "create_item", title="Crash", priority="high")
        assert (made["number"], made["status"], made["priority"]) == (4, "open", "high")
        assert (await data_of(client, "close_ticket", number=4))["status"] == "closed"
        assert "no ticket 99" in await complaint_of(client, "close_ticket", number=99)
        prompt = await client.get_prompt("summarize", {"number": "4"})
        assert prompt.messages[0].content.text.startswith("Summarize ticket 4")
        assert "open tickets" in (await client.get_prompt("triage")).messages[0].content.text
        (ticket,) = (await client.read_resource("item://4")).contents
        assert json.loads(ticket.text)["title"] == "Crash"
        (comments,) = (await client.read_resource("item://4/comments")).contents
        assert comments.text == "Nobody has commented on ticket 4 yet.\n"
        (settings,) = (await client.read_resource("config://settings")).contents
        assert settings.mime_type == "text/plain"
        with pytest.raises(MCPError, match="There is no ticket 99"):
            await client.read_resource("item://99")

    in_memory("tickets", use)


def test_notes() -> None:
    async def use(client: Client) -> None:
        found = await data_of(client, "search", query="r", limit=2)
        assert [note["slug"] for note in found["notes"]] == ["bread", "garden"]
        assert found["more"] is True
        arguments = {"title": "Tea Time", "text": "Four minutes.", "tags": ["kitchen"]}
        made = await data_of(client, "createItem", **arguments)
        assert made == {"slug": "tea-time", **arguments}
        assert "tea-time already" in await complaint_of(client, "createItem", **arguments)
        (note,) = (await client.read_resource("item://tea-time")).contents
        assert note.text == "# Tea Time\n\nFour minutes.\n"
        assert (await client.read_resource("item://main/tea-time")).contents[0].text == note.text
        (index,) = (await client.read_resource("notes://index")).contents
        assert "tea-time: Tea Time\n" in index.text
        deleted = await data_of(client, "delete_note", slug="tea-time")
        assert deleted == {"result": "Deleted Tea Time."}
        assert "no note tea-time" in await complaint_of(client, "delete_note", slug="tea-time")
        for uri in ("item://tea-time", "item://other/bread"):
            with pytest.raises(MCPError, match="There is no note"):
                await client.read_resource(uri)
        (settings,) = (await client.read_resource("config://settings")).contents
        assert json.loads(settings.text) == {"format": "markdown", "spelling": "en-GB"}
        prompt = await client.get_prompt("summarize", {"topic": "bread"})
        assert "bread" in prompt.messages[0].content.text
        assert "today" in (await client.get_prompt("daily_review")).messages[0].content.text

    in_memory("notes", use)


def test_weather_of_version_1() -> None:
    async def use(client: Client) -> None:
        forecast = await data_of(client, "get_forecast", city="Lisbon", days=2)
        assert (forecast["city"], len(forecast["days"])) == ("Lisbon", 2)
        assert await data_of(client, "get_current", city="lisbon") == forecast["days"][0]
        kelvin = await data_of(client, "get_forecast", city="Lisbon", days=1, units="kelvin")
        low = forecast["days"][0]["low"]
        assert kelvin["days"][0]["low"] == pytest.approx(low + 273.15)
        alerts = [await data_of(client, "get_alerts", region=name) for name in REGIONS]
        assert [len(alert["alerts"]) for alert in alerts] == [0, 1, 2]
        converted = await data_of(client, "convert_temperature", celsius=100)
        assert converted == {"result": "212.0 °F"}
        (stations,) = (await client.read_resource("weather://stations")).contents
        assert stations.text == "harbour\nairport\nhill\n"
        (station,) = (await client.read_resource("weather://stations/hill")).contents
        assert set(json.loads(station.text)) == {"high", "low", "sky"}
        with pytest.raises(MCPError, match="There is no station moon"):
            await client.read_resource("weather://stations/moon")
        prompt = await client.get_prompt("packing_list", {"city": "Lisbon"})
        assert "Lisbon" in prompt.messages[0].content.text

    in_memory("weather-1", use)


def test_weather_of_version_2() -> None:
    async def use(client: Client) -> None:
        forecast = await data_of(client, "get_forecast", location="Lisbon", language="pt")
        assert len(forecast["days"]) == 3
        assert forecast["summary"].startswith("Entre ")
        imperial = await data_of(client, "get_forecast", location="Lisbon", units="imperial")
        low = forecast["days"][0]["low"]
        assert imperial["days"][0]["low"] == pytest.approx(low * 9 / 5 + 32)
        assert await data_of(client, "get_current", city="Lisbon") == forecast["days"][0]
        assert 0 <= (await data_of(client, "get_air_quality", city="Lisbon"))["index"] <= 100
        severe = [
            await data_of(client, "get_alerts", region=name, severity="severe") for name in REGIONS
        ]
        assert [len(alert["alerts"]) for alert in severe] == [0, 0, 1]
        (station,) = (await client.read_resource("weather://stations/hill")).contents
        assert set(json.loads(station.text)) == {"high", "low", "sky"}
        with pytest.raises(MCPError, match="There is no station moon"):
            await client.read_resource("weather://stations/moon")
        prompt = await client.get_prompt("packing_list", {"city": "Lisbon", "nights": "3"})
        assert "3 nights" in prompt.messages[0].content.text

    in_memory("weather-2", use)


def test_version_2_of_weather_breaks_what_it_says() -> None:
    schemas: dict[str, dict[str, dict[str, Any]]] = {}

    for name in ("weather-1", "weather-2"):

        async def look(client: Client, name: str = name) -> None:
            tools = (await client.list_tools()).tools
            schemas[name] = {tool.name: tool.input_schema for tool in tools}

        in_memory(name, look)
    old, new = schemas["weather-1"], schemas["weather-2"]
    assert old.keys() - new.keys() == {"convert_temperature"}
    assert new.keys() - old.keys() == {"get_air_quality"}
    before, after = (version["get_forecast"]["properties"] for version in (old, new))
    assert before["units"]["enum"] == ["metric", "imperial", "kelvin"]
    assert after["units"]["enum"] == ["metric", "imperial"]
    assert (before.keys() - after.keys(), after.keys() - before.keys()) == (
        {"city"},
        {"location", "language"},
    )
    assert old["get_alerts"]["required"] == ["region"]
    assert new["get_alerts"]["required"] == ["region", "severity"]
    assert new["get_current"] == old["get_current"]


def test_the_gallery_completes_colours() -> None:
    async def use(client: Client) -> None:
        for typed, colours in (("r", ["red"]), ("", ["red", "green", "blue"]), ("x", [])):
            compare = PromptReference(name="compare")
            found = await client.complete(compare, {"name": "first", "value": typed})
            assert found.completion.values == colours

    in_memory("gallery", use)
