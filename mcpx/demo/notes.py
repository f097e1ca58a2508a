"""The demo server ``notes``: a notebook that clashes with ``tickets``."""

from __future__ import annotations

from typing import Annotated

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
from mcp_types import ToolAnnotations
from pydantic import BaseModel, Field

Slug = Annotated[str, Field(description="The short name of the note, as search gives it.")]


class Note(BaseModel):
    """One note."""

    slug: str
    title: str
    text: str
    tags: tuple[str, ...] = ()


class Found(BaseModel):
    """What a search found."""

    notes: list[Note] = Field(description="The notes that match, by title.")
    more: bool = Field(description="Whether there are more than the limit allowed.")


server = MCPServer(
    "notes",
    title="Notes",
    version="2.1.0",
    instructions="Notes belong to one person. Quote them word for word; never shorten them.",
)
_notes = {
    "bread": Note(slug="bread", title="Bread", text="500 g flour, 350 g water.", tags=("kitchen",)),
    "garden": Note(slug="garden", title="Garden", text="Prune the roses in March."),
    "reading": Note(slug="reading", title="To read", text="A Pattern Language.", tags=("books",)),
}


@server.tool(
    title="Search notes", annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False)
)
def search(
    query: Annotated[str, Field(description="A text that the note contains, in any case.")],
    limit: Annotated[int, Field(description="At most this many notes.", ge=1, le=50)] = 10,
) -> Found:
    """Find notes that contain a text in their title, body or tags."""
    wanted = query.lower()
    found = [
        note
        for note in sorted(_notes.values(), key=lambda note: note.title)
        if wanted in " ".join([note.title, note.text, *note.tags]).lower()
    ]
    return Found(notes=found[:limit], more=len(found) > limit)


@server.tool(
    name="createItem",
    title="Write a note",
    annotations=ToolAnnotations(destructive_hint=False, open_world_hint=False),
)
def create_item(
    title: Annotated[str, Field(description="The heading of the note.", min_length=1)],
    text: Annotated[str, Field(description="The note itself, in Markdown.")],
    tags: Annotated[tuple[str, ...], Field(description="Words to find it by.")] = (),
) -> Note:
    """Write a new note and give it back with its short name."""
    slug = "-".join(title.lower().split())
    if slug in _notes:
        raise ToolError(f"There is a note {slug} already; choose another title.")
    _notes[slug] = Note(slug=slug, title=title, text=text, tags=tags)
    return _notes[slug]


@server.tool(
    title="Delete a note",
    annotations=ToolAnnotations(
        destructive_hint=True, idempotent_hint=False, open_world_hint=False
    ),
)
def delete_note(slug: Slug) -> str:
    """Delete a note for good."""
    if slug not in _notes:
        raise ToolError(f"There is no note {slug}; search gives the names that there are.")
    return f"Deleted {_notes.pop(slug).title}."


@server.prompt(title="Summarize notes")
def summarize(
    topic: Annotated[str, Field(description="What the notes are about.")],
    length: Annotated[str, Field(description="How long, such as 'one paragraph'.")] = "one page",
) -> str:
    """Ask for a summary of all notes on a topic."""
    return f"Search the notes for {topic} and summarize them on {length}, with their names."


@server.prompt(title="Review the day")
def daily_review() -> str:
    """Ask for a look at what was written today."""
    return "Look through today's notes and list what is left to do."


@server.resource(
    "config://settings", mime_type="application/json", title="Settings of the notebook"
)
def settings() -> dict[str, object]:
    """What the notebook is set to."""
    return {"format": "markdown", "spelling": "en-GB"}


@server.resource("notes://index", mime_type="text/plain", title="All notes")
def index() -> str:
    """The short names and titles of all notes."""
    return "".join(f"{note.slug}: {note.title}\n" for note in _notes.values())


@server.resource("item://{slug}", mime_type="text/markdown", title="A note")
def item(slug: str) -> str:
    """One note by its short name."""
    if slug not in _notes:
        raise ResourceNotFoundError(f"There is no note {slug}.")
    return f"# {_notes[slug].title}\n\n{_notes[slug].text}\n"


@server.resource(
    "item://{notebook}/{slug}", mime_type="text/markdown", title="A note in a notebook"
)
def item_of(notebook: str, slug: str) -> str:
    """One note of a notebook; there is one notebook, and it is called main."""
    if notebook != "main":
        raise ResourceNotFoundError(f"There is no notebook {notebook}.")
    return item(slug)
