"""Which way a message went, told by what it says, for files that do not tell."""

from __future__ import annotations

from mcpx.json_text import JsonTextError, parse_json
from mcpx.sessions.importing.drafts import SERVER_METHODS, Shape, shapes_of
from mcpx.wire import Direction

# Source: specification 2025-11-25 and 2026-07-28, schema, "ClientNotification" and
# "ServerNotification"; notifications/cancelled and notifications/progress go both ways.
_CLIENT_NOTIFICATIONS = frozenset({"notifications/initialized", "notifications/roots/list_changed"})
_BOTH_WAYS = frozenset({"notifications/cancelled", "notifications/progress", "ping"})
# The members by which the answers of a client are known: to sampling, elicitation, roots.
_CLIENT_ANSWERS = (frozenset({"role", "model"}), frozenset({"action"}), frozenset({"roots"}))


def direction_by_method(method: str) -> Direction | None:
    """Which way messages of this method go; None for one that goes both ways."""
    if method in _BOTH_WAYS:
        return None
    if method in SERVER_METHODS:
        return Direction.TO_CLIENT
    if method.startswith("notifications/") and method not in _CLIENT_NOTIFICATIONS:
        return Direction.TO_CLIENT
    return Direction.TO_SERVER


class Guess:
    """Messages in their order, each with a guess of its direction."""

    def __init__(self) -> None:
        self._open: dict[Direction, set[str]] = {way: set() for way in Direction}
        self._tokens: set[str] = set()

    def __call__(self, text: str) -> Direction:
        """Which way a message went, by its method or by the request that it answers."""
        shapes = shapes_of(text)
        shape = shapes[0] if shapes else Shape()
        direction = self._of_method(shape) if shape.method else self._of_answer(shape, text)
        other = _other(direction)
        for one in shapes:
            if one.is_request:
                self._open[direction].add(one.id)
            elif one.is_answer:
                self._open[other].discard(one.id)
            if one.token and direction is Direction.TO_SERVER:
                self._tokens.add(one.token)
        return direction

    def _of_method(self, shape: Shape) -> Direction:
        told = direction_by_method(shape.method)
        if told is not None:
            return told
        if shape.method == "notifications/progress":
            return Direction.TO_CLIENT if shape.about in self._tokens else Direction.TO_SERVER
        return Direction.TO_SERVER

    def _of_answer(self, shape: Shape, text: str) -> Direction:
        of_client = shape.id in self._open[Direction.TO_SERVER]
        of_server = shape.id in self._open[Direction.TO_CLIENT]
        if of_server and (not of_client or _is_clients(text)):
            return Direction.TO_SERVER
        return Direction.TO_CLIENT


def _is_clients(text: str) -> bool:
    try:
        message = parse_json(text)
    except JsonTextError:
        return False
    result = message.get("result") if isinstance(message, dict) else None
    return isinstance(result, dict) and any(names <= result.keys() for names in _CLIENT_ANSWERS)


def _other(direction: Direction) -> Direction:
    return Direction.TO_CLIENT if direction is Direction.TO_SERVER else Direction.TO_SERVER
