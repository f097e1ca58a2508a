"""The talking server of ``tests/servers/http_talk.py`` on stdio, in both eras."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "servers"))

from http_honest import VERSION, Options, Session, Turn
from http_talk import TalkingSite
from wire import Message, Wire


class Line:
    """One message that came in, in the place of an HTTP request; what belongs to it goes out."""

    def __init__(self, wire: Wire, lock: threading.Lock, message: Message) -> None:
        self.request = self
        self.message = message
        self._wire = wire
        self._lock = lock

    def stream(self) -> None:
        """Nothing has to be said before a message."""

    def event(self, message: Message) -> None:
        """Write a message."""
        with self._lock:
            self._wire.send(message)


def main() -> None:
    """Serve until the end of input, every request in a thread of its own."""
    wire, lock = Wire(), threading.Lock()
    site: Any = TalkingSite(Options(name="talk-stdio"))
    client = Session("")

    def answer(line: Line, session: Session | None) -> None:
        line.event(site.respond(Turn(site, line, session)))

    for message in wire.messages():
        if "method" not in message:
            site.expect(str(message["id"])).put(message)
        elif "id" in message:
            params = message.get("params") or {}
            if message["method"] == "initialize":
                client.offered = params["capabilities"]
            session = None if VERSION in params.get("_meta", {}) else client
            line = Line(wire, lock, message)
            threading.Thread(target=answer, args=(line, session), daemon=True).start()


if __name__ == "__main__":
    main()
