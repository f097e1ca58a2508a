"""One HTTP request and its answer, as a tap is told of them."""

from __future__ import annotations

from typing import Any

from mcpx.client.taps import Tap
from mcpx.errors import Fault, ServerError
from mcpx.sse_events import SseEvent
from mcpx.wire import Direction, Finish

# Faults of an exchange that never began.
_UNREACHED = (Fault.CONNECT, Fault.TLS)
# Statuses whose answers have no body (RFC 9110, 15.3.5 and 15.4.5).
_WITHOUT_BODY = (204, 304)


class Heard:
    """Tells a tap of one exchange, its end once; nothing where there is no tap.

    Leaving the block ends an exchange that has not ended before.
    """

    def __init__(self, tap: Tap | None, number: int) -> None:
        self._tap = tap
        self._number = number
        self._open = False
        self._answered = False
        self._without_body = False

    def __enter__(self) -> Heard:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self.left(error)

    def requested(self, request: Any, body: bytes | None) -> None:
        """A request of the library that is being sent."""
        if self._tap is None:
            return
        self._open = True
        path = request.url.raw_path.decode("ascii", "backslashreplace")
        self._tap.requested(self._number, request.method, path, request.headers.multi_items())
        if body:
            self._tap.message(Direction.TO_SERVER, body, self._number)

    def answered(self, response: Any) -> None:
        """The head of the answer."""
        if self._tap is None:
            return
        self._answered = True
        self._without_body = (
            response.status_code in _WITHOUT_BODY or response.headers.get("content-length") == "0"
        )
        headers = response.headers.multi_items()
        self._tap.answered(self._number, response.status_code, headers)

    def body(self, kind: str, data: bytearray) -> None:
        """The whole body of an answer with this media type, which ends it."""
        if self._tap is not None and data:
            json = kind == "application/json" or kind.endswith("+json")
            tell = self._tap.message if json else self._tap.unread
            tell(Direction.TO_CLIENT, bytes(data), self._number)
        self.over(Finish.END)

    def cut(self, data: bytearray, error: BaseException) -> None:
        """As much of the body as came before this error, which ended the reading."""
        if self._tap is not None and data:
            self._tap.unread(Direction.TO_CLIENT, bytes(data), self._number)
        if isinstance(error, ServerError):
            self.broke(error)

    def event(self, event: SseEvent) -> None:
        """An event of the stream that the answer is."""
        if self._tap is None:
            return
        if event.is_message:
            self._tap.message(Direction.TO_CLIENT, event.data, self._number, event)
        else:
            self._tap.event(self._number, event)

    def over(self, end: Finish, text: str = "") -> None:
        """It has ended."""
        if self._tap is not None and self._open:
            self._open = False
            self._tap.finished(self._number, end, text)

    def broke(self, error: ServerError) -> None:
        """Reading the answer failed: it broke off, or we read no further."""
        self.over(Finish.SERVER if error.fault is Fault.LOST else Finish.CLIENT, error.message)

    def left(self, error: BaseException | None = None) -> None:
        """Nobody reads on, or nothing came; no matter when it has ended already."""
        if self._answered:
            self.over(Finish.END if self._without_body else Finish.CLIENT)
        elif isinstance(error, ServerError):
            end = Finish.UNREACHABLE if error.fault in _UNREACHED else Finish.SERVER
            self.over(end, error.message)
        else:
            self.over(Finish.CLIENT)
