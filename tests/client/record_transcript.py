"""Records what a server and our core say to each other, for ``tests/data/transcripts``.

    python tests/client/record_transcript.py --language Go --era modern --call TOOL=JSON \
        OUT.jsonl -- COMMAND...

Lists are cut to their first items and the words of the server are replaced: what is kept is how a
server of this language and SDK frames, orders and decorates its messages.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from mcpx.client.connection import connect
from mcpx.client.harvest import harvest
from mcpx.client.taps import Tap
from mcpx.client.terms import Terms
from mcpx.servers import Era, ServerSpec
from mcpx.sse_events import SseEvent
from mcpx.wire import Direction

# As the transcripts name them.
WORDS_OF_WAYS = {Direction.TO_SERVER: "sent", Direction.TO_CLIENT: "received"}
ITEMS = 2
WORDS = ("description", "instructions", "title", "text", "websiteUrl", "src")
LISTS = ("tools", "prompts", "resources", "resourceTemplates", "icons")


def cut(value: Any, key: str = "") -> Any:
    """The value without its author's words, and with short lists."""
    if isinstance(value, dict):
        return {name: cut(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [cut(one) for one in (value[:ITEMS] if key in LISTS else value)]
    return "words" if isinstance(value, str) and key in WORDS else value


async def record(spec: ServerSpec, era: Era, call: str) -> list[dict[str, Any]]:
    """The messages of opening, listing and one call, in their order."""
    rows: list[dict[str, Any]] = []

    class Rows(Tap):
        def message(
            self, direction: Direction, raw: bytes, exchange: int = 0, event: SseEvent | None = None
        ) -> None:
            rows.append({WORDS_OF_WAYS[direction]: cut(json.loads(raw))})

    terms = Terms(era=era, tapping=lambda *_: Rows(), deadline=120)
    async with connect(spec, terms) as connection:
        await harvest(connection, ())
        name, _, arguments = call.partition("=")
        params = {"name": name, "arguments": json.loads(arguments)}
        await connection.request("tools/call", params)
    return rows


def main() -> None:
    """Record one transcript."""
    options = argparse.ArgumentParser()
    options.add_argument("--language", required=True)
    options.add_argument("--era", type=Era, required=True)
    options.add_argument("--call", required=True)
    options.add_argument("out", type=Path)
    at = sys.argv.index("--")
    chosen = options.parse_args(sys.argv[1:at])
    command, *arguments = sys.argv[at + 1 :]
    spec = ServerSpec("one", command=command, args=tuple(arguments))
    rows = asyncio.run(record(spec, chosen.era, chosen.call))
    head = {"language": chosen.language, "era": chosen.era.value}
    lines = [json.dumps(row, ensure_ascii=False) for row in [head, *rows]]
    chosen.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
