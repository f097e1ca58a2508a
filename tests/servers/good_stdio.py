"""A server that does everything right, in the era that ``--era`` says."""

from __future__ import annotations

import argparse
import time

from honest import Era, Server, tool
from wire import Message


def main() -> None:
    """Serve until the end of input."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--era", type=Era, choices=list(Era), default=Era.BOTH)
    parser.add_argument("--name", default="good-stdio", help="the name in serverInfo")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before tools/list")
    parser.add_argument("--tools", type=int, metavar="N", help="this many tools instead of three")
    options = parser.parse_args()

    server = Server(options.era, options.name)
    if options.tools is not None:
        server.tools = [
            tool(f"tool_{number:05}", f"Tool number {number}.", text={"type": "string"})
            for number in range(options.tools)
        ]

    def late(request: Message) -> None:
        time.sleep(options.delay)
        server.answer(request)

    server.answers["tools/list"] = late
    try:
        server.serve()
    except (BrokenPipeError, KeyboardInterrupt):
        return


if __name__ == "__main__":
    main()
