"""Results that say the same twice: as structured content, and as text for older clients; no I/O.

Source: specification 2025-11-25 and 2026-07-28, server/tools, "Structured Content": a tool that
returns structured content SHOULD also return its JSON in a text block. SDKs that wrap a value which
is no object put it under ``result``, and a list in a block for each item.
"""

from __future__ import annotations

from typing import Any

from mcpx.analyses.diff.values import same
from mcpx.json_text import JsonTextError, parse_json

# Blocks among which one is looked for.
_MOST = 100


def without_mirror(
    recorded: dict[str, Any], live: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two results without the texts of blocks that only repeat what is structured, on both sides.

    What differs is then told once. The blocks stay, so that the others keep their places.
    """
    common = _repeating(recorded)
    if common:
        common &= _repeating(live)
    if not common:
        return recorded, live
    return _without(recorded, common), _without(live, common)


def _without(result: dict[str, Any], places: set[int]) -> dict[str, Any]:
    blocks = [
        {"type": "text"} if place in places else block
        for place, block in enumerate(result["content"])
    ]
    return {**result, "content": blocks}


def _repeating(result: dict[str, Any]) -> set[int]:
    """The places of blocks that repeat structured content: one all of it, or each an item."""
    structured, content = result.get("structuredContent"), result.get("content")
    if structured is None or not isinstance(content, list) or len(content) > _MOST:
        return set()
    texts = [_text(block) for block in content]
    wrapped = structured.get("result") if _is_wrapped(structured) else None
    if (
        isinstance(wrapped, list)
        and len(wrapped) == len(texts)
        and all(_says(text, one) for text, one in zip(texts, wrapped, strict=True))
    ):
        return {*range(len(texts))}
    found = (
        place for place, text in enumerate(texts) if _says(text, structured) or _says(text, wrapped)
    )
    return {*list(found)[:1]}


def _is_wrapped(structured: Any) -> bool:
    return isinstance(structured, dict) and [*structured] == ["result"]


def _text(block: Any) -> str | None:
    """The text of a block that has nothing else to say."""
    if isinstance(block, dict) and block.keys() == {"type", "text"} and block["type"] == "text":
        return block["text"] if isinstance(block["text"], str) else None
    return None


def _says(text: str | None, value: Any) -> bool:
    if text is None or value is None:
        return False
    if isinstance(value, str):
        return text == value
    try:
        return same(parse_json(text), value)
    except JsonTextError:
        return False
