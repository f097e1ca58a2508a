"""Results of a call, a read, a prompt and a completion as documents."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mcpx.catalogue.blocks import (
    Block,
    Form,
    blocks_of_call,
    blocks_of_prompt,
    blocks_of_read,
)
from mcpx.catalogue.model import Problem
from mcpx.reports.document import Listing, Text
from mcpx.reports.json_text import dumps
from mcpx.reports.units import bytes_shown
from mcpx.schemas.validation import Outcome, Verdict
from mcpx.servers import Era
from mcpx.terminal import counted, safe


@dataclass(frozen=True, slots=True)
class Exchange:
    """How a result was had, and what became of it.

    ``server`` is the name by which the user knows it, ``revision`` that of MCP, ``attempts`` how
    often it was asked, ``asked`` what the server asked meanwhile: method and answer (``accept``,
    ``decline`` ...). ``saved`` are files by the block's place (``Saving.files``), ``problems``
    those that the result itself does not show.
    """

    server: str
    era: Era | None = None
    revision: str = ""
    attempts: int = 1
    asked: Sequence[tuple[str, str]] = ()
    saved: Mapping[int, str] = field(default_factory=dict)
    problems: Sequence[Problem] = ()


def call_result(tool: str, result: Any, exchange: Exchange) -> Listing:
    """What a tool answered: its blocks in their order, then its structured content.

    Structured content that a text says already is not shown to people twice.
    """
    members = _members(result)
    blocks = blocks_of_call(members)
    parts = [part for block in blocks for part in _shown(block, exchange.saved)]
    if "structuredContent" in members:
        structured = members["structuredContent"]
        if not _said_already(structured, blocks):
            parts.append(Text(_pretty(structured)))
    data = {
        "format": "mcpx.call",
        "version": 1,
        **_data(result, exchange, blocks),
        "tool": tool,
        "is_error": members.get("isError") is True,
    }
    return Listing(data, parts or [_NOTHING])


def read_result(uri: str, result: Any, exchange: Exchange) -> Listing:
    """What a resource holds; a single text is shown as it is, several with their URIs."""
    blocks = blocks_of_read(_members(result))
    alone = len(blocks) == 1
    parts = [part for block in blocks for part in _shown(block, exchange.saved, alone)]
    head = {"format": "mcpx.read", "version": 1}
    data = {**head, **_data(result, exchange, blocks), "uri": uri}
    return Listing(data, parts or [_NOTHING])


def prompt_result(prompt: str, result: Any, exchange: Exchange) -> Listing:
    """The messages of a prompt, each under whose it is."""
    members = _members(result)
    blocks = blocks_of_prompt(members)
    parts: list[Text] = []
    if isinstance(members.get("description"), str) and members["description"]:
        parts.append(Text(members["description"]))
    message = ""
    for block in blocks:
        before, message = message, block.path.split("/")[2] if block.role else ""
        first, *others = _shown(block, exchange.saved)
        heading = f"[{block.role}]" if block.role and message != before else ""
        parts += [Text(first.text, heading, first.ours), *others]
    head = {"format": "mcpx.prompt", "version": 1}
    data = {**head, **_data(result, exchange, blocks), "prompt": prompt}
    return Listing(data, parts or [_NOTHING])


def completion_result(reference: str, argument: str, result: Any, exchange: Exchange) -> Listing:
    """The values that a server suggests for an argument, one on a line.

    ``reference`` is the prompt or the URI template that has the argument.
    """
    completion = _members(result).get("completion")
    values = _members(completion).get("values")
    problems: tuple[Problem, ...] = ()
    if not isinstance(values, list):
        problems = (Problem("result-malformed", "the result has no values", path="/completion"),)
        values = []
    texts = [value if isinstance(value, str) else dumps(value) for value in values]
    total = _members(completion).get("total")
    data = {
        "format": "mcpx.complete",
        "version": 1,
        **_data(result, exchange, (), problems),
        "reference": reference,
        "argument": argument,
        "values": texts,
        "total": total if _is_count(total) else None,
        "has_more": _members(completion).get("hasMore") is True,
    }
    return Listing(data, [Text("\n".join(map(safe, texts)))] if texts else [])


def more_values(document: Listing) -> str:
    """That the server has more values than a completion holds; empty when it has not."""
    shown, total = len(document.data["values"]), document.data["total"]
    if total is not None and total > shown:
        return f"{shown} of {total} values; more of the word narrows them down"
    if document.data["has_more"]:
        return f"the first {counted(shown, 'value')}; more of the word narrows them down"
    return ""


def output_problems(verdict: Verdict | None) -> tuple[Problem, ...]:
    """What is wrong with structured content by the tool's output schema.

    None: the tool has such a schema, but its result no structured content.
    """
    path = "/structuredContent"
    if verdict is None:
        what = "the tool has an output schema, but its result no structured content"
        return (Problem("output-missing", what, path=path),)
    if verdict.outcome is Outcome.UNCHECKED:
        what = f"the output was not checked: {verdict.reason}"
        return (Problem("output-unchecked", what, path=path),)
    return tuple(
        Problem(
            "output-invalid",
            f"the output does not fit its schema: {one.place or 'it'} {one.message}",
            path=path + one.path,
        )
        for one in verdict.violations
    )


def remarks(document: Listing) -> Iterator[str]:
    """What is wrong with a result, for people, a line each."""
    for problem in document.data["problems"]:
        where = f" ({problem['path']})" if problem["path"] else ""
        yield f"{problem['message']}{where}"


_NOTHING = Text("(no content)", ours=True)


def _data(
    result: Any,
    exchange: Exchange,
    blocks: Sequence[Block],
    problems: Sequence[Problem] = (),
) -> dict[str, Any]:
    """What programs get of every result."""
    found = [problem for block in blocks for problem in block.problems]
    if not isinstance(result, dict):
        found = [Problem("result-malformed", "the result is not an object")]
    places = {block.place: block.path for block in blocks}
    return {
        "server": exchange.server,
        "era": exchange.era.value if exchange.era else None,
        "revision": exchange.revision,
        "result": result,
        "saved": [
            {"path": places.get(place, ""), "file": file}
            for place, file in sorted(exchange.saved.items())
        ],
        "problems": [
            {"rule": one.rule, "message": one.message, "path": one.path}
            for one in (*found, *problems, *exchange.problems)
        ],
        "attempts": exchange.attempts,
        "asked": [{"method": method, "answer": answer} for method, answer in exchange.asked],
    }


def _shown(block: Block, saved: Mapping[int, str], alone: bool = False) -> Iterator[Text]:
    """A block for people: a text as it is, others by what they are; at least one part.

    ``alone``: the only contents of a resource, whose URI nobody has to be told.
    """
    kind = f"{safe(block.mime)} " if block.mime else ""
    if block.form is Form.TEXT:
        yield Text(block.text)
    elif block.form in (Form.IMAGE, Form.AUDIO):
        yield _binary(f"{block.form.value} {kind}", block, saved)
    elif block.form is Form.LINK:
        yield from _link(block)
    elif block.form is Form.RESOURCE and "blob" in block.raw:
        yield _binary(f"resource {safe(block.uri)} {kind}", block, saved)
    elif block.form is Form.RESOURCE:
        if not alone:
            yield Text(f"[resource {safe(block.uri)} {kind}".rstrip() + "]", ours=True)
        yield Text(block.text)
    else:
        yield Text(f"[{safe(block.problems[0].message)}]", ours=True)
        yield Text(_pretty(block.raw))


def _binary(what: str, block: Block, saved: Mapping[int, str]) -> Text:
    if block.data is None:
        return Text(f"[{what.rstrip()}: {block.problems[-1].message}]", ours=True)
    file = saved.get(block.place)
    where = f", saved as {safe(file)}" if file else "; --save FOLDER keeps it"
    return Text(f"[{what}{bytes_shown(len(block.data))}{where}]", ours=True)


def _link(block: Block) -> Iterator[Text]:
    raw = block.raw
    size = bytes_shown(raw["size"]) if _is_count(raw.get("size")) else ""
    name = raw.get("name") if isinstance(raw.get("name"), str) else ""
    listed = ", ".join(safe(one) for one in (name, block.mime, size) if one)
    yield Text(f"[link {safe(block.uri)} {listed}".rstrip() + "]", ours=True)
    for member in ("title", "description"):
        if isinstance(raw.get(member), str) and raw[member] not in ("", name):
            yield Text(raw[member])


def _said_already(structured: Any, blocks: Sequence[Block]) -> bool:
    """Whether a text, or all texts together, say what the structured content says.

    Servers repeat it as text for older clients (specification 2025-11-25, server/tools); SDKs wrap
    what is no object as ``{"result": ...}``.
    """
    candidates = [structured]
    if isinstance(structured, dict) and list(structured) == ["result"]:
        candidates.append(structured["result"])
    said = [_parsed(block.text) for block in blocks if block.form is Form.TEXT]
    texts = [block.text for block in blocks if block.form is Form.TEXT]
    try:
        return any(one in said or one in texts or one in (said, texts) for one in candidates)
    except RecursionError:
        return False


def _parsed(text: str) -> Any:
    """The JSON value that a text is; Ellipsis when it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return ...


def _members(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _pretty(value: Any) -> str:
    return dumps(value, indent=2, ensure_ascii=False)
