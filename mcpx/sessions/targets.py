"""What was recorded, as the header of a session file says it: without a secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mcpx.masking import mask_arguments, mask_url
from mcpx.sessions.redaction import Redaction


def masked_target(target: Mapping[str, Any], redaction: Redaction) -> dict[str, Any]:
    """The target of a header: command and URL masked as everywhere, all texts by what is known.

    What is masked already stays as it is.
    """
    if not redaction.policy:
        return dict(target)
    masked = dict(target)
    command, url = target.get("command"), target.get("url")
    if isinstance(command, list | tuple) and all(isinstance(word, str) for word in command):
        masked["command"] = mask_arguments(command)
    if isinstance(url, str):
        masked["url"] = mask_url(url)
    return {name: _texts(value, redaction) for name, value in masked.items()}


def _texts(value: Any, redaction: Redaction) -> Any:
    if isinstance(value, str):
        return redaction.text(value).text
    if isinstance(value, list | tuple):
        return [_texts(one, redaction) for one in value]
    if isinstance(value, dict):
        return {name: _texts(one, redaction) for name, one in value.items()}
    return value
