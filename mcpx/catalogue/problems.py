"""What is wrong with each item of a catalogue, where, and which clients refuse it for that."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from mcpx.catalogue import shapes, templates
from mcpx.catalogue.model import KEY, Catalogue, Item, Kind, Problem
from mcpx.catalogue.shapes import PYTHON_2, SDKS, TYPESCRIPT_1, Flaw
from mcpx.catalogue.tool_schemas import schema_flaws
from mcpx.catalogue.uris import uri_fault
from mcpx.servers import Era

# Every rule that a problem can name: those found on the wire first, then those found here.
PROBLEMS = {
    "opening-incomplete": "The server's opening answer lacks what the specification requires",
    "wire-endpoint": "The server names a second endpoint in its HTTP+SSE stream",
    "wire-refused": "The server refuses a message that it has to take",
    "wire-session": "The server's session id holds characters that it must not hold",
    "wire-request": "The server sends requests, which the modern era forbids",
    "wire-batch": "The server sends JSON-RPC batches, which only 2025-03-26 allows",
    "wire-id": "The server answers with another type of id than it was asked with",
    "wire-noise": "The server prints on stdout what is no message",
    "wire-unreadable": "The server sends messages that are not JSON",
    "wire-version": "The server sends messages without the member jsonrpc",
    "list-cursor-invalid": "A list's nextCursor is not a string",
    "list-cursor-repeated": "A list gives the same nextCursor again",
    "list-failed": "A list that the server announces is answered with an error",
    "list-malformed": "A list is missing or is not an array",
    "list-result-type": "A list is not a complete result",
    "item-malformed": "An item is not an object",
    "field-missing": "An item lacks a member that it must have",
    "field-type": "A member has another type than the specification says",
    "name-duplicate": "One server lists two tools or two prompts of one name",
    "name-invalid": "A name is empty, too long or holds characters outside the specification",
    "name-missing": "An item has no name, or one that is not a string",
    "name-unportable": "A tool's name is legal in MCP and refused by a model's API",
    "schema-boolean-property": "A property's schema is true or false, which some clients refuse",
    "schema-dialect-unknown": "A schema declares a dialect that is not known",
    "schema-external-ref": "A schema refers to something outside of it",
    "schema-header-invalid": "A parameter asks to be sent as a header in a way that is not allowed",
    "schema-invalid": "A schema is not a valid JSON Schema",
    "schema-missing": "A tool has no input schema",
    "schema-ref-cycle": "A schema refers to itself without end",
    "schema-ref-missing": "A schema refers to a part of itself that does not exist",
    "schema-too-deep": "A schema is nested too deeply",
    "schema-too-large": "A schema is too large",
    "schema-type": "A schema is not an object",
    "schema-type-missing": 'A schema does not say "type": "object"',
    "template-invalid": "A URI template does not parse",
    "uri-duplicate": "One server lists two resources or two templates of one URI",
    "uri-invalid": "A resource's URI is not an absolute URI",
    "uri-missing": "A resource has no URI, or one that is not a string",
}

# Source: specification 2026-07-28, server/tools, "Tool Names".
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_LONGEST_NAME = 128
_MOST_PER_ITEM = 50
OPENAI = "OpenAI API"
ANTHROPIC = "Anthropic API"
# Source: microsoft/mcp-interviewer 8ad00641 (OpenAI); anthropics/claude-code issues 467 and
# ToolUniverse issue 65 (Anthropic), read 2026-11-22.
_APIS = {
    OPENAI: re.compile(r"[a-zA-Z0-9_-]{1,64}"),
    ANTHROPIC: re.compile(r"[a-zA-Z0-9_-]{1,128}"),
}


def problems(catalogue: Catalogue) -> Iterator[Problem]:
    """What is wrong with the items, in their order, apart from what the catalogue names itself.

    At most 50 problems are named for one item.
    ``rejected_by`` names clients that lose the item or, for the SDKs, the whole list.
    """
    named = set(catalogue.problems)
    for problem in _all(catalogue):
        if not named or problem not in named:
            yield problem


def _all(catalogue: Catalogue) -> Iterator[Problem]:
    modern = catalogue.era is Era.MODERN
    for kind in Kind:
        items = catalogue.items(kind)
        for place, item in enumerate(items):
            for flaw in islice(_flaws(item, modern), _MOST_PER_ITEM):
                message = flaw.message if item.key else f"{kind} {place}: {flaw.message}"
                # TypeScript SDK 1 does not speak the modern era at all.
                refusing = (one for one in flaw.rejected_by if not modern or one != TYPESCRIPT_1)
                yield Problem(flaw.rule, message, kind, item.key, flaw.path, tuple(refusing))
        yield from _duplicates(kind, items)


def _flaws(item: Item, modern: bool) -> Iterator[Flaw]:
    yield from _of_key(item)
    if item.kind is Kind.TOOL:
        yield from schema_flaws(item.raw, modern)
    for flaw in shapes.misfits(item.raw, shapes.ITEMS[item.kind]):
        if flaw.path in ("/name", f"/{KEY[item.kind]}"):
            continue
        if modern and flaw.path.startswith("/execution"):
            # Not in 2026-07-28; the Python SDK looks at it all the same.
            refusing = tuple(one for one in flaw.rejected_by if one == PYTHON_2)
            yield replace(flaw, rejected_by=refusing)
        else:
            yield flaw


def _of_key(item: Item) -> Iterator[Flaw]:
    """What is wrong with the name, URI or URI template."""
    for member in dict.fromkeys(("name", KEY[item.kind])):
        if not isinstance(item.raw.get(member), str):
            rule = "name-missing" if member == "name" else "uri-missing"
            what = f"its '{member}' is not a string" if member in item.raw else f"has no '{member}'"
            yield Flaw(rule, what, f"/{member}", SDKS)
    key = item.raw.get(KEY[item.kind])
    if not isinstance(key, str):
        return
    if item.kind is Kind.TOOL:
        yield from _of_tool_name(key)
    elif item.kind is Kind.PROMPT:
        if not key:
            yield Flaw("name-invalid", "its name is empty", "/name")
    elif item.kind is Kind.RESOURCE:
        fault = uri_fault(key)
        if fault:
            yield Flaw("uri-invalid", f"its URI {fault}", "/uri")
    else:
        try:
            templates.parse(key)
        except templates.TemplateError as error:
            yield Flaw("template-invalid", f"its URI template has {error}", "/uriTemplate")


def _of_tool_name(name: str) -> Iterator[Flaw]:
    refusing = tuple(api for api, allowed in _APIS.items() if not allowed.fullmatch(name))
    if not name:
        yield Flaw("name-invalid", "its name is empty", "/name", refusing)
    elif len(name) > _LONGEST_NAME:
        what = f"its name has {len(name)} characters, more than {_LONGEST_NAME}"
        yield Flaw("name-invalid", what, "/name", refusing)
    elif not _NAME.fullmatch(name):
        odd = next(character for character in name if not _NAME.fullmatch(character))
        what = f"its name holds {odd!a}; allowed are letters, digits, '_', '-' and '.'"
        yield Flaw("name-invalid", what, "/name", refusing)
    elif refusing:
        why = "its name has a '.'" if "." in name else f"its name has {len(name)} characters"
        what = f"{why}, which not every model's API takes"
        yield Flaw("name-unportable", what, "/name", refusing)


def _duplicates(kind: Kind, items: tuple[Item, ...]) -> Iterator[Problem]:
    """Source: specification 2026-07-28, server/tools: names SHOULD be unique within a server."""
    rule = "name-duplicate" if KEY[kind] == "name" else "uri-duplicate"
    refusing = (ANTHROPIC,) if kind is Kind.TOOL else ()
    for key, count in Counter(item.key for item in items).items():
        if key and count > 1:
            yield Problem(rule, f"listed {count} times", kind, key, f"/{KEY[kind]}", refusing)
