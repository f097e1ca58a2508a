"""Tools that do more than answer: they ask, report, are tasks, or want a header."""

from __future__ import annotations

import base64
import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from honest import Era, RefusedError, text_result, tool
from http_honest import META, MISSING_CAPABILITY, Options, Server, Site, Turn
from wire import Message

TASKS = f"{META}tasks"
POLL = 20
"""Milliseconds after which a client should ask again for a task."""

QUESTIONS: dict[str, tuple[str, str, Message]] = {
    "ask_person": (
        "elicitation",
        "elicitation/create",
        {
            "mode": "form",
            "message": "What is your name?",
            "requestedSchema": {
                "type": "object",
                "properties": {
                    "name": {"type": "string", "title": "Name", "default": "Ada"},
                    "age": {"type": "integer", "minimum": 0, "default": 36},
                },
                "required": ["name"],
            },
        },
    ),
    "ask_model": (
        "sampling",
        "sampling/createMessage",
        {
            "messages": [{"role": "user", "content": {"type": "text", "text": "Say hello."}}],
            "maxTokens": 10,
        },
    ),
    "ask_roots": ("roots", "roots/list", {}),
}
"""Tools by the capability of the client that they need, and what they ask it."""


@dataclass(slots=True)
class Task:
    """Work that goes on: it is done after ``polls`` more looks at it, and when it was answered."""

    identifier: str
    polls: int = 1
    question: str = ""
    answers: Message = field(default_factory=dict)

    @property
    def status(self) -> str:
        """Its status, in the words of both eras."""
        if self.polls > 0:
            return "working"
        return "input_required" if self.question and not self.answers else "completed"

    def shown(self, era: Era) -> Message:
        """What is told of it."""
        at = "2026-07-28T12:00:00Z"
        times = {"createdAt": at, "lastUpdatedAt": at}
        clock = ("ttlMs", "pollIntervalMs") if era is Era.MODERN else ("ttl", "pollInterval")
        about = {"taskId": self.identifier, "status": self.status, "statusMessage": "at work"}
        return {**about, **times, **dict(zip(clock, (60_000, POLL), strict=True))}

    def result(self) -> Message:
        """What it comes to."""
        return text_result(f"done: {json.dumps(self.answers)}" if self.answers else "done")


class TalkingServer(Server):
    """The catalogue with the tools of this module."""

    def __init__(self, era: Era, options: Options) -> None:
        super().__init__(era, options)
        supports = {} if era is Era.MODERN else {"execution": {"taskSupport": "required"}}
        self.tools += [
            *(tool(name, f"Answer with what {method} says.") for name, (_, method, _) in _asked()),
            tool("ping_client", "Ping the client, where the era allows it."),
            tool("count", "Count up to a number, and tell of it.", to={"type": "integer"}),
            tool(
                "query",
                "Query a region.",
                region={"type": "string", "x-mcp-header": "Region"},
                dry={"type": "boolean", "x-mcp-header": "Dry-Run"},
                text={"type": "string"},
            ),
            {**tool("slow", "Take its time: a task."), **supports},
            {**tool("slow_asking", "A task that asks for a name."), **supports},
        ]
        self.calls["query"] = lambda arguments: text_result(json.dumps(arguments))

    def _offer(self) -> Message:
        offer = super()._offer()
        offer["capabilities"] |= {"logging": {}, "completions": {}}
        if self.era is Era.MODERN:
            offer["capabilities"]["extensions"] = {TASKS: {}}
        else:
            offer["capabilities"]["tasks"] = {
                "cancel": {},
                "requests": {"tools": {"call": {}}},
            }
        return offer

    def _result(self, method: str, params: Message) -> Message:
        if method == "completion/complete":
            typed = params.get("argument", {}).get("value", "")
            values = [name for name in ("Ada", "Alan", "Grace") if name.startswith(typed)]
            return {"completion": {"values": values, "total": len(values), "hasMore": False}}
        if method == "logging/setLevel" and self.era is Era.LEGACY:
            return {}
        return super()._result(method, params)


def _asked() -> list[tuple[str, tuple[str, str, Message]]]:
    return list(QUESTIONS.items())


class TalkingSite(Site):
    """Plays the tools of this module, and the methods of their tasks."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.tasks: dict[str, Task] = {}
        self._tasks_lock = threading.Lock()

    def server_of(self, era: Era) -> Server:
        """The catalogue of an era, with the tools of this module."""
        return TalkingServer(era, self.options)

    def respond(self, turn: Turn) -> Message:
        """The frame that answers a request; what comes before it is sent."""
        play: Callable[[Turn], Message] | None = {
            "tools/call": self._call(str(turn.params.get("name"))),
            "tasks/get": self._task_get,
            "tasks/result": self._task_result if turn.era is Era.LEGACY else None,
            "tasks/update": self._task_update if turn.era is Era.MODERN else None,
            "tasks/cancel": self._task_cancel,
        }.get(turn.request["method"])
        if play is None:
            return super().respond(turn)
        try:
            return self.eras[turn.era].response(turn.request, play(turn))
        except RefusedError as refused:
            return {"jsonrpc": "2.0", "id": turn.request["id"], "error": refused.error}

    def _call(self, name: str) -> Callable[[Turn], Message] | None:
        if name in QUESTIONS:
            return self._ask
        return {
            "ping_client": self._ping,
            "count": self._count,
            "slow": self._slow,
            "slow_asking": self._slow,
        }.get(name)

    def _ask(self, turn: Turn) -> Message:
        capability, method, params = QUESTIONS[turn.params["name"]]
        if turn.era is Era.LEGACY:
            if capability not in turn.offered:
                return text_result(f"the client does not offer {capability}", is_error=True)
            reply = turn.ask(method, params)
            return text_result(json.dumps(reply.get("result", {"error": reply.get("error")})))
        state = _sealed(turn.params)
        answers = turn.params.get("inputResponses")
        if answers is None:
            _require(turn, {capability: {}})
            asked = {"method": method, "params": params}
            return {
                "resultType": "input_required",
                "inputRequests": {"answer": asked},
                "requestState": state,
            }
        if turn.params.get("requestState") != state:
            raise RefusedError(-32602, "requestState is not the one that was sent")
        return text_result(json.dumps(answers.get("answer")))

    def _ping(self, turn: Turn) -> Message:
        if turn.era is Era.MODERN:
            return text_result("there is no ping in this era")
        return text_result(json.dumps(turn.ask("ping", {}).get("result")))

    def _count(self, turn: Turn) -> Message:
        total = turn.params.get("arguments", {}).get("to", 3)
        token = turn.meta.get("progressToken")
        logs = turn.era is Era.LEGACY or f"{META}logLevel" in turn.meta
        for number in range(1, total + 1):
            if token is not None:
                progress = {"progressToken": token, "progress": number, "total": total}
                turn.notify("notifications/progress", {**progress, "message": f"at {number}"})
            if logs:
                said = {"level": "info", "logger": "count", "data": f"counted {number}"}
                turn.notify("notifications/message", said)
        return text_result(f"counted to {total}")

    def _slow(self, turn: Turn) -> Message:
        asks = turn.params["name"] == "slow_asking"
        task = Task(secrets.token_hex(4), question="elicitation/create" if asks else "")
        if turn.era is Era.MODERN:
            _require(turn, {"extensions": {TASKS: {}}})
            self.tasks[task.identifier] = task
            return {"resultType": "task", **task.shown(turn.era)}
        if "task" not in turn.params:
            raise RefusedError(-32601, f"{turn.params['name']} has to be called as a task")
        self.tasks[task.identifier] = task
        return {"task": task.shown(turn.era)}

    def _task(self, turn: Turn) -> Task:
        task = self.tasks.get(str(turn.params.get("taskId")))
        if task is None:
            raise RefusedError(-32602, "Unknown task")
        return task

    def _task_get(self, turn: Turn) -> Message:
        task = self._task(turn)
        shown = task.shown(turn.era)
        with self._tasks_lock:
            task.polls -= 1
        if turn.era is Era.MODERN and shown["status"] == "completed":
            shown["result"] = task.result()
        if turn.era is Era.MODERN and shown["status"] == "input_required":
            _, method, params = QUESTIONS["ask_person"]
            shown["inputRequests"] = {"name": {"method": method, "params": params}}
        return shown

    def _task_result(self, turn: Turn) -> Message:
        task = self._task(turn)
        if task.question and not task.answers:
            related = {f"{META}related-task": {"taskId": task.identifier}}
            _, method, params = QUESTIONS["ask_person"]
            task.answers = turn.ask(method, {**params, "_meta": related})
        task.polls = 0
        return task.result()

    def _task_update(self, turn: Turn) -> Message:
        self._task(turn).answers = turn.params.get("inputResponses") or {}
        return {}

    def _task_cancel(self, turn: Turn) -> Message:
        task = self._task(turn)
        del self.tasks[task.identifier]
        return {} if turn.era is Era.MODERN else {**task.shown(turn.era), "status": "cancelled"}


def _require(turn: Turn, capabilities: dict[str, Any]) -> None:
    """Refuse a modern client that does not offer what a tool needs."""
    offered: Any = turn.offered
    for name, inner in capabilities.items():
        found = offered.get(name)
        if found is None or not all(key in found for key in inner):
            data = {"requiredCapabilities": capabilities}
            raise RefusedError(MISSING_CAPABILITY, "Missing required client capability", data)


def _sealed(params: Message) -> str:
    """A state that only fits this very call."""
    call = {"name": params.get("name"), "arguments": params.get("arguments")}
    return base64.b64encode(json.dumps(call, sort_keys=True).encode()).decode()
