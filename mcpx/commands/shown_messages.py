"""What ``-vv`` shows: every message on the wire, shortened and without secrets."""

from __future__ import annotations

from mcpx.client.faults import own_words
from mcpx.client.taps import Tap, Tapping
from mcpx.servers import ServerSpec
from mcpx.sse_events import SseEvent
from mcpx.terminal import Terminal, safe
from mcpx.wire import Direction

_LONGEST_SHOWN = 4_000
_MOST_DECODED = 1_000_000
_ARROWS = {Direction.TO_SERVER: "→", Direction.TO_CLIENT: "←"}


def shown_on(terminal: Terminal) -> Tapping:
    """Taps that show messages on this terminal."""
    return lambda spec, _transport, _pid: _Shown(terminal, spec)


class _Shown(Tap):
    def __init__(self, terminal: Terminal, spec: ServerSpec) -> None:
        self._terminal = terminal
        self._spec = spec

    def message(
        self,
        direction: Direction,
        raw: bytes,
        exchange: int = 0,  # noqa: ARG002
        event: SseEvent | None = None,  # noqa: ARG002
    ) -> None:
        text = raw[:_MOST_DECODED].decode("utf-8", "backslashreplace").strip()
        if text:
            shown = own_words(self._spec, text, _LONGEST_SHOWN)
            self._terminal.detail(safe(f"{self._spec.name} {_ARROWS[direction]} {shown}"))
