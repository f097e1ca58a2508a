"""What servers of other languages really said, said to our core once more.

The transcripts are made by ``tests/client/record_transcript.py``.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from pathlib import Path
from typing import Any

import pytest

from mcpx.client.connection import Connection
from mcpx.client.eras import Conversation
from mcpx.client.eras.legacy import Legacy
from mcpx.client.eras.modern import Modern
from mcpx.client.frames import Outgoing
from mcpx.client.harvest import harvest
from mcpx.client.line import Line
from mcpx.client.negotiation import Opened
from mcpx.client.peer import Peer
from mcpx.client.terms import Terms
from mcpx.servers import Era, ServerSpec, Transport
from tests.client.loops import in_a_loop

FOLDER = Path(__file__).resolve().parents[1] / "data" / "transcripts"
TRANSCRIPTS = sorted(path.stem for path in FOLDER.glob("*.jsonl"))
# What differs from one version of mcpx to the next.
OURS = "io.modelcontextprotocol/clientInfo"


class Tape:
    """A wire that answers as a transcript says, once what it says has been sent was sent."""

    transport = Transport.STDIO
    awaits = ""

    def __init__(self, peer: Peer, rows: list[dict[str, Any]]) -> None:
        self._peer = peer
        self._rows = deque(rows)
        self.surprises: list[Any] = []

    def send(self, message: Outgoing) -> None:
        sent = json.loads(message.raw)
        rows = [row for row in self._rows if "sent" in row and same(row["sent"], sent)]
        if not rows:
            self.surprises.append(sent)
            return
        self._rows.remove(rows[0])
        asyncio.get_running_loop().call_soon(self._say)

    def _say(self) -> None:
        while self._rows and "received" in self._rows[0]:
            self._peer.feed(json.dumps(self._rows.popleft()["received"]).encode())

    @property
    def left(self) -> list[dict[str, Any]]:
        return list(self._rows)

    def abandon(self, number: int) -> bool:
        return False

    def opened(self, headers: Any, legacy: bool) -> None:
        pass

    def signs_of_life(self) -> tuple[list[str], str]:
        return [], ""

    async def close(self) -> None:
        pass


def same(recorded: dict[str, Any], sent: dict[str, Any]) -> bool:
    """Whether a message says what was said then, but for who we are."""

    def plain(message: dict[str, Any]) -> dict[str, Any]:
        params = dict(message.get("params", {}))
        params.pop("clientInfo", None)
        if "_meta" in params:
            params["_meta"] = {k: v for k, v in params["_meta"].items() if k != OURS}
        return {**message, "params": params}

    return plain(recorded) == plain(sent)


@pytest.mark.parametrize("name", TRANSCRIPTS)
@in_a_loop
async def test_a_transcript_is_understood_as_it_was(name: str) -> None:
    head, *rows = map(json.loads, (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines())
    answers = [row["received"] for row in rows if "id" in row.get("received", {})]
    received = {answer["id"]: answer["result"] for answer in answers if "result" in answer}
    asked = {row["sent"]["method"]: row["sent"] for row in rows if "sent" in row}
    tapes: list[Tape] = []

    def plug(peer: Peer) -> Tape:
        tapes.append(Tape(peer, rows))
        return tapes[0]

    line = Line(ServerSpec("one", command="one"), Terms(deadline=5), plug)
    era = Era(head["era"])
    conversation: Conversation = Legacy() if era is Era.LEGACY else Modern({})
    opening = await conversation.open(line.peer)
    conversation.begin(line.peer, opening)
    connection = Connection(Terms(), Opened(line, conversation, opening))
    found = await harvest(connection, ())
    call = asked["tools/call"]
    params = {key: call["params"][key] for key in ("name", "arguments")}
    result = await connection.request("tools/call", params)

    assert tapes[0].surprises == []
    assert [row for row in tapes[0].left if "sent" in row] == []
    assert (found.era, found.version) == (era, opening.version)
    assert [item.raw for item in found.tools] == received[asked["tools/list"]["id"]]["tools"]
    assert result == received[call["id"]]
    assert [problem.rule for problem in found.problems] == []


def test_there_are_transcripts_of_three_languages_and_both_eras() -> None:
    texts = [(FOLDER / f"{name}.jsonl").read_text("utf-8") for name in TRANSCRIPTS]
    heads = [json.loads(text.partition("\n")[0]) for text in texts]
    assert {(head["language"], head["era"]) for head in heads} == {
        (language, era)
        for language in ("Python", "TypeScript", "Go")
        for era in ("legacy", "modern")
    }
