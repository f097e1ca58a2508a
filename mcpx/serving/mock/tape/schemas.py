"""What the recorded server said that its tools take; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mcpx.json_rpc import members
from mcpx.servers import Era
from mcpx.serving.mock.tape.takes import Part
from mcpx.serving.mock.tape.tape import Tape


def schemas(tape: Tape) -> Mapping[str, Any]:
    """The schemas of the arguments, by tool, as modern clients were told of them at last."""
    found: dict[str, Any] = {}
    for take in tape.of_method("tools/list"):
        if take.era is Era.MODERN and take.steps and take.steps[-1].part is Part.ANSWERED:
            tools = members(take.steps[-1].piece.members().get("result")).get("tools")
            for tool in map(members, tools if isinstance(tools, list) else ()):
                if isinstance(tool.get("name"), str):
                    found[tool["name"]] = tool.get("inputSchema")
    return found
