"""The conversations that a server wants a model to go on with, read as text (sampling).

Source: specification 2025-11-25 and 2026-07-28, client/sampling.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

# The last messages of a conversation are those that are answered.
MOST_MESSAGES = 10


def wants_tools(params: Mapping[str, Any]) -> bool:
    """Whether the model is to use tools, which a client may only allow if it declared that."""
    return params.get("tools") is not None or params.get("toolChoice") is not None


def spoken(params: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The system prompt and the last messages: who says it, and the text or what is no text."""
    lines = []
    prompt = params.get("systemPrompt")
    if isinstance(prompt, str) and prompt:
        lines.append(("system", prompt))
    messages = params.get("messages")
    for one in messages[-MOST_MESSAGES:] if isinstance(messages, list) else []:
        if isinstance(one, Mapping):
            role = one.get("role")
            text = "\n".join(_blocks(one.get("content")))
            lines.append((role if role in ("user", "assistant") else "unknown", text))
    return lines


def left_out(params: Mapping[str, Any]) -> int:
    """How many earlier messages ``spoken`` does not give."""
    messages = params.get("messages")
    return max(len(messages) - MOST_MESSAGES, 0) if isinstance(messages, list) else 0


def written(text: str, model: str) -> dict[str, Any]:
    """The result that says this text, by whom it was written."""
    return {
        "role": "assistant",
        "content": {"type": "text", "text": text},
        "model": model,
        "stopReason": "endTurn",
    }


def _blocks(content: Any) -> Iterator[str]:
    for block in content[:MOST_MESSAGES] if isinstance(content, list) else [content]:
        if not isinstance(block, Mapping):
            continue
        text = block.get("text")
        if isinstance(text, str):
            yield text
        else:
            words = (block.get("type"), block.get("mimeType"))
            yield "[" + ", ".join(one[:80] for one in words if isinstance(one, str)) + "]"
