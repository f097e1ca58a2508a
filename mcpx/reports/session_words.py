"""What happened in a session in a few words each: what was asked with what, what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from mcpx.reports.json_text import dumps
from mcpx.reports.units import seconds_shown
from mcpx.sessions.events import (
    EraKnown,
    Event,
    Exited,
    Message,
    Note,
    Opened,
    Raw,
    Stderr,
    Unread,
)
from mcpx.sessions.items import HttpExchange, Outcome, Piece, RoundTrip
from mcpx.terminal import counted
from mcpx.wire import Direction, Ending, Finish

# Of a value, of all values together, and of what a server says.
_MOST_OF_ONE = 32
_MOST = 56
_MOST_SAID = 48
_PLAIN = re.compile(r"[^\s\"'={}\[\],]+")
_NO_TEXT = re.compile(r"-?\d|true$|false$|null$")
# What the answers to these hold, in the plural of which one is left out.
_LISTS = {
    "tools/list": "tools",
    "prompts/list": "prompts",
    "resources/list": "resources",
    "resources/templates/list": "resourceTemplates",
    "roots/list": "roots",
}
_PLURALS = {"resourceTemplates": "templates"}
_BY = {
    Ending.ITSELF: "by itself",
    Ending.END_OF_INPUT: "after its input had ended",
    Ending.CLIENT: "the client signalled it",
    Ending.TAP: "it did not leave and was ended",
}
_UNREAD = {
    Unread.NOT_JSON: "no JSON",
    Unread.NOT_UTF8: "no UTF-8",
    Unread.BODY: "a body",
}
ARROWS = {Direction.TO_SERVER: "→", Direction.TO_CLIENT: "←"}


def asked(trip: RoundTrip) -> str:
    """A request's method and what it is about."""
    if trip.request is None:
        return f"answer {short(trip.id, _MOST_OF_ONE)}"
    return f"{cut(trip.method, _MOST)} {cut(trip.name, _MOST)}".rstrip()


def given(trip: RoundTrip) -> str:
    """What a request is asked with, shortly; first what it goes on with."""
    if trip.request is None:
        return ""
    params = trip.request.params()
    answers = params.get("inputResponses")
    if trip.follows:
        said = assigned(
            (key, _action(answer))
            for key, answer in (answers.items() if isinstance(answers, dict) else ())
        )
        return f"goes on with #{trip.follows}" + (f": {said}" if said else "")
    return given_with(trip.method, params, bool(trip.name))


def given_with(method: str, params: Mapping[str, Any], named: bool = True) -> str:
    """What a request of this method is asked with, shortly; ``named``: its name is shown beside."""
    if method == "initialize":
        return _introduced(params)
    if method == "elicitation/create" and isinstance(params.get("message"), str):
        return short(params["message"], _MOST)
    if method == "sampling/createMessage":
        return _last_message(params)
    if method in ("tools/call", "prompts/get"):
        arguments = params.get("arguments")
        return assigned(arguments.items()) if isinstance(arguments, dict) else ""
    return without_meta(params, ("name", "uri", "taskId") if named else ())


def without_meta(params: Mapping[str, Any], but: tuple[str, ...] = ()) -> str:
    """The parameters of a message, shortly."""
    return assigned((key, one) for key, one in params.items() if key not in ("_meta", *but))


def _introduced(params: Mapping[str, Any]) -> str:
    client = params.get("clientInfo")
    said = [client.get("name"), client.get("version")] if isinstance(client, dict) else []
    words = [cut(one, _MOST_OF_ONE) for one in said if isinstance(one, str)]
    version = params.get("protocolVersion")
    who = " ".join(words)
    return ", ".join(filter(None, (who, version if isinstance(version, str) else "")))


def _last_message(params: Mapping[str, Any]) -> str:
    messages = params.get("messages")
    last = messages[-1] if isinstance(messages, list) and messages else None
    content = last.get("content") if isinstance(last, dict) else None
    text = content.get("text") if isinstance(content, dict) else None
    return short(text, _MOST) if isinstance(text, str) else without_meta(params)


def _action(answer: Any) -> Any:
    action = answer.get("action") if isinstance(answer, dict) else None
    return action if isinstance(action, str) else answer


def result(trip: RoundTrip) -> str:
    """What came of a request, shortly."""
    text = _result(trip)
    if trip.status >= 400 and trip.outcome is not Outcome.HTTP_ERROR:
        text += f" (HTTP {trip.status})"
    return text


def _result(trip: RoundTrip) -> str:
    members = trip.answer.members() if trip.answer else {}
    value = members.get("result")
    held = value if isinstance(value, dict) else {}
    if trip.outcome is Outcome.OK and trip.method == "elicitation/create":
        return short(_action(held), _MOST_OF_ONE)
    if trip.outcome is Outcome.OK:
        return _listed(trip.method, held)
    if trip.outcome is Outcome.TOOL_ERROR:
        return _and("isError", first_text(held))
    if trip.outcome is Outcome.ERROR:
        error = members.get("error")
        message = error.get("message") if isinstance(error, dict) else None
        code = "" if trip.code is None else f" {trip.code}"
        return _and(f"error{code}", message if isinstance(message, str) else "")
    if trip.outcome is Outcome.INPUT_REQUIRED:
        wanted = held.get("inputRequests")
        return _and("asks", ", ".join(wanted) if isinstance(wanted, dict) else "")
    if trip.outcome is Outcome.HTTP_ERROR:
        return f"HTTP {trip.status}" if trip.status >= 400 else cut(trip.why, _MOST_SAID)
    if trip.outcome is Outcome.CANCELLED:
        return "cancelled" + (", answered all the same" if trip.answer else "")
    return _and(_WORDS[trip.outcome], trip.why)


_WORDS = {
    Outcome.UNANSWERED: "unanswered",
    Outcome.NOT_RECORDED: "not recorded",
    Outcome.LISTENING: "still open",
    Outcome.UNASKED: "to no request",
    Outcome.AGAIN: "a second answer",
}


def _and(word: str, more: str) -> str:
    return f"{word}: {cut(more, _MOST_SAID)}" if more else word


def _listed(method: str, held: Mapping[str, Any]) -> str:
    member = _LISTS.get(method, "")
    items = held.get(member)
    if not isinstance(items, list):
        return "ok"
    plural = _PLURALS.get(member, member)
    more = ", more to come" if held.get("nextCursor") else ""
    return f"ok, {len(items)} {plural if len(items) != 1 else plural[:-1]}{more}"


def first_text(held: Mapping[str, Any]) -> str:
    """The first text of a tool's result; empty where there is none."""
    blocks = held.get("content")
    for block in blocks if isinstance(blocks, list) else ():
        if isinstance(block, dict) and isinstance(block.get("text"), str):
            return str(block["text"])
    return ""


def progressed(piece: Piece) -> str:
    """What the last notification of progress says."""
    params = piece.params()
    done, total, message = (params.get(name) for name in ("progress", "total", "message"))
    said = short(done, _MOST_OF_ONE)
    if total is not None:
        said += f" of {short(total, _MOST_OF_ONE)}"
    return f"{said} {cut(message, _MOST_SAID)}" if isinstance(message, str) else said


def answered_with(exchange: HttpExchange) -> str:
    """What an HTTP exchange brought."""
    said = []
    if exchange.status:
        said.append(f"HTTP {exchange.status}")
    if exchange.messages:
        said.append(counted(exchange.messages, "message"))
    if exchange.why is None:
        said.append("still open")
    elif exchange.text or exchange.why is not Finish.END:
        said.append(exchange.text or exchange.why.value)
    return ", ".join(said)


def happened(event: Event) -> tuple[str, str] | None:
    """What an event that is no message says: what it is, and its words; None for nothing."""
    if isinstance(event, Stderr):
        return "stderr", event.text
    if isinstance(event, Note):
        return "note", event.text
    if isinstance(event, Exited):
        how = f"signal {-event.code}" if event.code < 0 else f"status {event.code}"
        return "server ended", f"{how}, {_BY[event.by]}"
    if isinstance(event, EraKnown):
        server = [event.server.get(name) for name in ("name", "version")]
        who = " ".join(cut(one, _MOST_OF_ONE) for one in server if isinstance(one, str) and one)
        return f"speaks {event.version} ({event.era.value})", who
    if isinstance(event, Opened):
        return "connection opened", "" if event.pid is None else f"process {event.pid}"
    if isinstance(event, Raw):
        what = f"{ARROWS[event.direction]} {_UNREAD[event.why]}"
        text = event.data[: 4 * _MOST].decode("utf-8", "backslashreplace")
        return what, text
    if isinstance(event, Message):
        what = "a message too large to be kept" if event.cut else "no message of JSON-RPC"
        return f"{ARROWS[event.direction]} {what}", event.text[: 4 * _MOST]
    return None


def assigned(values: Iterable[tuple[str, Any]]) -> str:
    """Values by name, such as ``a=1 text="two words"``, cut short."""
    said = ""
    for key, value in values:
        said += f"{' ' if said else ''}{cut(key, _MOST_OF_ONE)}={short(value, _MOST_OF_ONE)}"
        if len(said) > _MOST:
            break
    return cut(said, _MOST)


def short(value: Any, most: int) -> str:
    """A JSON value, cut short; a text without quotes where nobody takes it for something else."""
    if isinstance(value, str):
        if _PLAIN.fullmatch(value) and not _NO_TEXT.match(value):
            return cut(value, most)
        return cut(dumps(value[:most], ensure_ascii=False), most)
    if isinstance(value, list | dict) and len(value) > most:
        return f"{'[' if isinstance(value, list) else '{'}…"
    return cut(dumps(value, ensure_ascii=False, separators=(",", ":")), most)


def cut(text: str, most: int) -> str:
    """So much of a text."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def took(trip: RoundTrip) -> str:
    """How long an answer took."""
    return "" if trip.seconds is None else seconds_shown(trip.seconds)
