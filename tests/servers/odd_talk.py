"""A talking server with tools whose results are not what they should be; as a script on stdio."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from honest import Era, text_result, tool
from http_honest import Options, Server, Turn
from http_talk import TalkingServer, TalkingSite

CLAIM = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


class OddServer(TalkingServer):
    """The catalogue with the tools of this module."""

    def __init__(self, era: Era, options: Options) -> None:
        super().__init__(era, options)
        self.tools += [
            {**tool("liar", "Claim a number and give a text."), "outputSchema": CLAIM},
            {**tool("mute", "Claim a number and give nothing."), "outputSchema": CLAIM},
            {**tool("sorry", "Claim a number and fail."), "outputSchema": CLAIM},
            tool("untyped", "Answer without a resultType."),
            tool("wild", "Answer with what could fool a terminal."),
            tool("blocks", "Answer with blocks of several kinds."),
        ]
        self.calls |= {
            "liar": lambda _: {**text_result("seven"), "structuredContent": {"n": "seven"}},
            "mute": lambda _: text_result("nothing"),
            "sorry": lambda _: text_result("no number today", is_error=True),
            "untyped": lambda _: text_result("as before"),
            "wild": lambda _: text_result("\x1b[2J\u202egnp\r::error::x"),
            "blocks": lambda _: {
                "content": [
                    {"type": "text", "text": "a picture:"},
                    {"type": "image", "mimeType": "image/png", "data": "iVBORw0KGgo="},
                    {"type": "later", "data": 7},
                ]
            },
        }


class OddSite(TalkingSite):
    """Plays the tools of this module."""

    def server_of(self, era: Era) -> Server:
        """The catalogue of an era."""
        return OddServer(era, self.options)

    def respond(self, turn: Turn) -> Any:
        """The frame that answers a request."""
        frame = super().respond(turn)
        if turn.params.get("name") == "untyped":
            frame["result"].pop("resultType", None)
        return frame


def main() -> None:
    """Serve on stdio until the end of input."""
    sys.path.append(str(Path(__file__).resolve().parents[1] / "client"))
    import talk_stdio

    talk_stdio.TalkingSite = OddSite
    talk_stdio.main()


if __name__ == "__main__":
    main()
