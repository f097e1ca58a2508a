"""The demo server ``gallery``: results of every kind of block, alone and several together."""

from __future__ import annotations

import base64
import io
import math
import struct
import wave
import zlib
from typing import Annotated, Literal

from mcp.server.mcpserver import Audio, Image, MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError
from mcp.server.mcpserver.prompts.base import AssistantMessage, Message, UserMessage
from mcp_types import (
    Annotations,
    BlobResourceContents,
    CallToolResult,
    Completion,
    CompletionArgument,
    CompletionContext,
    ContentBlock,
    EmbeddedResource,
    PromptReference,
    ResourceLink,
    ResourceTemplateReference,
    TextContent,
    TextResourceContents,
    ToolAnnotations,
)
from pydantic import BaseModel, Field

Colour = Literal["red", "green", "blue"]
PictureColour = Annotated[Colour, Field(description="The colour of the picture.")]

RGB: dict[str, tuple[int, int, int]] = {
    "red": (200, 30, 30),
    "green": (30, 160, 60),
    "blue": (30, 60, 200),
}
SIZE = 16
"""Width and height of a picture in pixels."""

_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)


class Facts(BaseModel):
    """What there is to know about a picture."""

    title: str
    width: int = Field(description="Width in pixels.")
    height: int = Field(description="Height in pixels.")
    rgb: list[int] = Field(description="Red, green and blue, 0 to 255.", min_length=3, max_length=3)


server = MCPServer(
    "gallery",
    title="Gallery",
    version="1.0.0",
    instructions="Three pictures of one colour each, and a tone for each of them.",
)


def png(colour: str) -> bytes:
    """A square of one colour as a PNG file: 8 bits a channel, no alpha (W3C PNG, section 11)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    row = b"\0" + bytes(RGB[colour]) * SIZE
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(row * SIZE))
        + chunk(b"IEND", b"")
    )


def wav(frequency: float, seconds: float) -> bytes:
    """A sine tone as a WAV file: mono, 16 bits, 8,000 samples a second."""
    rate = 8000
    samples = (
        round(12_000 * math.sin(2 * math.pi * frequency * n / rate))
        for n in range(round(rate * seconds))
    )
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return file.getvalue()


def _facts(colour: Colour) -> Facts:
    return Facts(title=f"Study in {colour}", width=SIZE, height=SIZE, rgb=list(RGB[colour]))


def _uri(colour: str) -> str:
    return f"gallery://pictures/{colour}.png"


@server.tool(title="Show a picture", annotations=_READS)
def show_picture(colour: PictureColour) -> Image:
    """Show a picture."""
    return Image(data=png(colour), format="png")


@server.tool(title="Play a tone", annotations=_READS)
def play_tone(
    frequency: Annotated[float, Field(description="Pitch in hertz.", ge=50, le=3000)] = 440.0,
    seconds: Annotated[float, Field(description="Length in seconds.", gt=0, le=5)] = 0.25,
) -> Audio:
    """Play a sine tone."""
    return Audio(data=wav(frequency, seconds), format="wav")


@server.tool(title="Link to a picture", annotations=_READS)
def link_picture(colour: PictureColour) -> ResourceLink:
    """Tell where a picture can be read, without sending it."""
    return ResourceLink(
        uri=_uri(colour),
        name=f"{colour}.png",
        title=f"Study in {colour}",
        mime_type="image/png",
        size=len(png(colour)),
    )


@server.tool(title="Caption of a picture", annotations=_READS)
def caption(colour: PictureColour) -> EmbeddedResource:
    """Give the caption of a picture as an embedded text."""
    text = f"**Study in {colour}**, {SIZE} by {SIZE} pixels.\n"
    uri = f"gallery://captions/{colour}.md"
    return EmbeddedResource(
        resource=TextResourceContents(uri=uri, mime_type="text/markdown", text=text),
        annotations=Annotations(audience=["user"], priority=0.5),
    )


@server.tool(title="Measure a picture", annotations=_READS)
def measure(colour: PictureColour) -> Facts:
    """Give the facts about a picture as data."""
    return _facts(colour)


@server.tool(title="Exhibit a picture", annotations=_READS)
def exhibit(colour: PictureColour) -> Annotated[CallToolResult, Facts]:
    """Give all there is about a picture: text, image, tone, link, embedded file, and data."""
    facts = _facts(colour)
    file = base64.b64encode(png(colour)).decode()
    blocks: list[ContentBlock] = [
        TextContent(text=f"{facts.title}:", annotations=Annotations(audience=["user"])),
        Image(data=png(colour), format="png").to_image_content(),
        Audio(data=wav(sum(facts.rgb), 0.1), format="wav").to_audio_content(),
        link_picture(colour),
        caption(colour),
        EmbeddedResource(
            resource=BlobResourceContents(uri=_uri(colour), mime_type="image/png", blob=file)
        ),
        TextContent(text="That is all.", annotations=Annotations(priority=0.0)),
    ]
    return CallToolResult(content=blocks, structured_content=facts.model_dump())


@server.prompt(title="Compare two pictures")
def compare(
    first: Annotated[str, Field(description="red, green or blue.")],
    second: Annotated[str, Field(description="red, green or blue.")],
) -> list[Message]:
    """Ask for the difference between two pictures, with both of them attached."""
    pictures = [
        UserMessage(Image(data=png(colour), format="png"))
        for colour in RGB
        if colour in (first, second)
    ]
    return [
        UserMessage(f"What is the difference between the {first} and the {second} picture?"),
        *pictures,
        AssistantMessage("I look at their colours first."),
    ]


@server.completion()  # type: ignore[no-untyped-call, untyped-decorator]
async def complete(
    _ref: PromptReference | ResourceTemplateReference,
    argument: CompletionArgument,
    _context: CompletionContext | None,
) -> Completion | None:
    """The colours that begin with what was written; every argument here is a colour."""
    colours = [colour for colour in RGB if colour.startswith(argument.value.lower())]
    return Completion(values=colours, total=len(colours), has_more=False)


@server.resource("gallery://guide", mime_type="text/markdown", title="Guide")
def guide() -> str:
    """What hangs in the gallery."""
    return "".join(f"- [Study in {colour}]({_uri(colour)})\n" for colour in RGB)


@server.resource("gallery://cover.png", mime_type="image/png", title="Cover")
def cover() -> bytes:
    """The picture on the cover of the guide."""
    return png("green")


@server.resource("gallery://pictures/{colour}.png", mime_type="image/png", title="A picture")
def picture(colour: str) -> bytes:
    """One picture by its colour."""
    if colour not in RGB:
        raise ResourceNotFoundError(f"There is no {colour} picture.")
    return png(colour)
