"""The demo server ``tickets``: an issue tracker that clashes with ``notes``."""

from __future__ import annotations

from typing import Annotated, Literal

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
from mcp_types import ToolAnnotations
from pydantic import BaseModel, Field

Status = Literal["open", "closed"]
Priority = Literal["low", "normal", "high"]
Number = Annotated[int, Field(description="The number of the ticket, as search gives it.", ge=1)]


class Ticket(BaseModel):
    """One ticket."""

    number: int
    title: str
    body: str = ""
    priority: Priority = "normal"
    status: Status = "open"


class Found(BaseModel):
    """What a search found."""

    tickets: list[Ticket] = Field(description="The tickets that match, the oldest first.")


server = MCPServer(
    "tickets",
    title="Tickets",
    version="1.4.0",
    instructions="Search before you create: a ticket for the same problem may be open already.",
)
_tickets = {
    1: Ticket(number=1, title="Login page is slow", body="Takes 8 s.", priority="high"),
    2: Ticket(number=2, title="Typo in the footer", priority="low", status="closed"),
    3: Ticket(number=3, title="Export fails for large files", body="Above 2 GB."),
}


def _ticket(number: int) -> Ticket:
    if number not in _tickets:
        raise ToolError(f"There is no ticket {number}; search gives the numbers that there are.")
    return _tickets[number]


@server.tool(
    title="Search tickets", annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False)
)
def search(
    query: Annotated[str, Field(description="Words that the title or the body must contain.")],
    status: Annotated[
        Status | None, Field(description="Only tickets with this status; all when left out.")
    ] = None,
) -> Found:
    """Find tickets by words in their title or body."""
    words = query.lower().split()
    return Found(
        tickets=[
            ticket
            for ticket in _tickets.values()
            if status in (None, ticket.status)
            and all(word in f"{ticket.title} {ticket.body}".lower() for word in words)
        ]
    )


@server.tool(
    title="Create a ticket",
    annotations=ToolAnnotations(destructive_hint=False, open_world_hint=False),
)
def create_item(
    title: Annotated[str, Field(description="What is wrong, in one line.", min_length=1)],
    body: Annotated[str, Field(description="How to see it, and what was expected.")] = "",
    priority: Annotated[Priority, Field(description="How much it hurts.")] = "normal",
) -> Ticket:
    """Open a new ticket and give it back with its number."""
    number = max(_tickets) + 1
    _tickets[number] = Ticket(number=number, title=title, body=body, priority=priority)
    return _tickets[number]


@server.tool(
    title="Close a ticket",
    annotations=ToolAnnotations(
        destructive_hint=False, idempotent_hint=True, open_world_hint=False
    ),
)
def close_ticket(number: Number) -> Ticket:
    """Close a ticket; closing a closed one changes nothing."""
    ticket = _ticket(number)
    ticket.status = "closed"
    return ticket


@server.prompt(title="Summarize a ticket")
def summarize(
    number: Annotated[str, Field(description="The number of the ticket.")],
) -> str:
    """Ask for a summary of one ticket in three sentences."""
    return f"Summarize ticket {number} in three sentences: problem, cause, next step."


@server.prompt(title="Triage")
def triage() -> str:
    """Ask for an order in which to work on the open tickets."""
    return "Search for all open tickets and put them in the order in which to work on them."


@server.resource("config://settings", mime_type="text/plain", title="Settings of the tracker")
def settings() -> str:
    """What the tracker is set to."""
    return "default priority: normal\nnotify: assignee\n"


@server.resource("item://{number}", mime_type="application/json", title="A ticket")
def item(number: str) -> str:
    """One ticket by its number."""
    if not number.isdecimal() or int(number) not in _tickets:
        raise ResourceNotFoundError(f"There is no ticket {number}.")
    return _tickets[int(number)].model_dump_json(indent=2)


@server.resource("item://{number}/comments", mime_type="text/plain", title="Comments on a ticket")
def comments(number: str) -> str:
    """What was said about one ticket."""
    return f"Nobody has commented on ticket {number} yet.\n"
