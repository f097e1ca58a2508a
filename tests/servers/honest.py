"""An honest MCP server on stdio, in both eras, with one small catalogue; standard library only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any

from wire import Message, Wire

LEGACY_VERSIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
MODERN_VERSIONS = ("2026-07-28",)
LISTS = {
    "tools/list": "tools",
    "prompts/list": "prompts",
    "resources/list": "resources",
    "resources/templates/list": "resourceTemplates",
}

_META = "io.modelcontextprotocol/"
_ENVELOPE = (f"{_META}protocolVersion", f"{_META}clientCapabilities")
_CACHED = {*LISTS, "resources/read", "server/discover"}


class Era(StrEnum):
    """Which kind of client a server understands; ``both`` until the first request decides."""

    LEGACY = "legacy"
    MODERN = "modern"
    BOTH = "both"


class RefusedError(Exception):
    """A request that gets a JSON-RPC error for an answer."""

    def __init__(self, code: int, message: str, data: object = None) -> None:
        super().__init__(message)
        self.error: Message = {"code": code, "message": message}
        if data is not None:
            self.error["data"] = data


def text_result(text: str, *, is_error: bool = False) -> Message:
    """The result of a tool with one block of text."""
    return {"content": [{"type": "text", "text": text}], "isError": is_error}


def tool(name: str, description: str, **properties: Message) -> Message:
    """A tool whose parameters are all required."""
    return {
        "name": name,
        "description": description,
        "inputSchema": {
            "type": "object",
            "properties": properties,
            "required": list(properties),
        },
    }


def _add(arguments: Message) -> Message:
    a, b = arguments.get("a"), arguments.get("b")
    if not isinstance(a, int) or not isinstance(b, int):
        return text_result("a and b must be integers", is_error=True)
    return {**text_result(str(a + b)), "structuredContent": {"sum": a + b}}


class Server:
    """Answers one client. ``answers`` replaces what is done about a method, by its name."""

    def __init__(self, era: Era, name: str) -> None:
        self.wire = Wire()
        self.era = era
        self.info = {"name": name, "version": "1.0.0"}
        self.instructions = "Three tools, a prompt and a resource to test a client with."
        self.answers: dict[str, Callable[[Message], object]] = {}
        self.tools: list[Any] = [
            tool("echo", "Give the text back.", text={"type": "string"}),
            {
                **tool("add", "Add two integers.", a={"type": "integer"}, b={"type": "integer"}),
                "annotations": {"readOnlyHint": True},
                "outputSchema": {
                    "type": "object",
                    "properties": {"sum": {"type": "integer"}},
                    "required": ["sum"],
                },
            },
            tool("fail", "Always fail."),
        ]
        self.calls: dict[str, Callable[[Message], Message]] = {
            "echo": lambda arguments: text_result(str(arguments.get("text"))),
            "add": _add,
            "fail": lambda _: text_result("this tool always fails", is_error=True),
        }
        self.prompts: list[Message] = [
            {
                "name": "greet",
                "description": "Greet somebody.",
                "arguments": [{"name": "name", "required": True}],
            }
        ]
        self.resources: list[Message] = [
            {"uri": "memo://one", "name": "one", "mimeType": "text/plain"}
        ]
        self.templates: list[Message] = [{"uriTemplate": "memo://{name}", "name": "memo"}]
        self._initialized = False

    def serve(self) -> None:
        """Answer until the end of input."""
        for request in self.requests():
            self.take(request)

    def requests(self) -> Iterator[Message]:
        """Every request that comes in; notifications and responses are passed over."""
        for message in self.wire.messages():
            if "id" in message and "method" in message:
                yield message

    def take(self, request: Message) -> None:
        """Answer one request, in the way that ``answers`` says."""
        self.answers.get(request["method"], self.answer)(request)

    def answer(self, request: Message) -> None:
        """Send the honest answer."""
        self.wire.send(self.honest(request))

    def refuse(self, request: Message, code: int, message: str, data: object = None) -> None:
        """Send an error for an answer."""
        error = RefusedError(code, message, data).error
        self.wire.send({"jsonrpc": "2.0", "id": request["id"], "error": error})

    def reply(self, request: Message, result: Message) -> None:
        """Send ``result``, with what the era adds to it."""
        self.wire.send(self.response(request, result))

    def response(self, request: Message, result: Message) -> Message:
        """The frame that carries ``result``, with what the era adds to it."""
        if self.era is Era.MODERN:
            result = {
                "resultType": "complete",
                **result,
                "_meta": {**result.get("_meta", {}), f"{_META}serverInfo": self.info},
            }
            if request["method"] in _CACHED:
                result = {"ttlMs": 0, "cacheScope": "private", **result}
        return {"jsonrpc": "2.0", "id": request["id"], "result": result}

    def honest(self, request: Message) -> Message:
        """The frame that a good server sends: a result, or an error."""
        params = request.get("params") or {}
        try:
            self._admit(request["method"], params)
            return self.response(request, self._result(request["method"], params))
        except RefusedError as refused:
            return {"jsonrpc": "2.0", "id": request["id"], "error": refused.error}

    def items(self, method: str) -> list[Any]:
        """What one of the list methods has to tell."""
        return {
            "tools/list": self.tools,
            "prompts/list": self.prompts,
            "resources/list": self.resources,
            "resources/templates/list": self.templates,
        }[method]

    def _admit(self, method: str, params: Message) -> None:
        """Settle the era with the first request; refuse what does not belong to it."""
        envelope = params.get("_meta") or {}
        if self.era is Era.BOTH:
            modern = method != "initialize" and all(key in envelope for key in _ENVELOPE)
            self.era = Era.MODERN if modern else Era.LEGACY
        if self.era is Era.MODERN:
            if method == "initialize":
                requested = params.get("protocolVersion")
            elif missing := [key for key in _ENVELOPE if key not in envelope]:
                raise RefusedError(-32602, f"params._meta lacks {' and '.join(missing)}")
            else:
                requested = envelope[_ENVELOPE[0]]
            if method == "initialize" or requested not in MODERN_VERSIONS:
                data = {"supported": MODERN_VERSIONS, "requested": requested}
                raise RefusedError(-32022, "Unsupported protocol version", data)
        elif method == "initialize":
            self._initialized = True
        elif method not in ("ping", "server/discover") and not self._initialized:
            raise RefusedError(-32600, "the first request must be initialize")

    def _result(self, method: str, params: Message) -> Message:
        modern = self.era is Era.MODERN
        match method:
            case "initialize":
                asked = params.get("protocolVersion")
                version = asked if asked in LEGACY_VERSIONS else LEGACY_VERSIONS[-1]
                return {**self._offer(), "protocolVersion": version, "serverInfo": self.info}
            case "server/discover" if modern:
                return {**self._offer(), "supportedVersions": MODERN_VERSIONS}
            case "ping" if not modern:
                return {}
            case _ if method in LISTS:
                return {LISTS[method]: self.items(method)}
            case "tools/call":
                return self._call(str(params.get("name")), params.get("arguments") or {})
            case "prompts/get":
                return self._prompt(str(params.get("name")), params.get("arguments") or {})
            case "resources/read":
                return self._read(str(params.get("uri")))
        raise RefusedError(-32601, "Method not found", method)

    def _offer(self) -> Message:
        capabilities: Message = {"tools": {}, "prompts": {}, "resources": {}}
        return {"capabilities": capabilities, "instructions": self.instructions}

    def _call(self, name: str, arguments: Message) -> Message:
        names = [item.get("name") for item in self.tools if isinstance(item, dict)]
        if name not in names:
            raise RefusedError(-32602, f"Unknown tool: {name}")
        if name in self.calls:
            return self.calls[name](arguments)
        return text_result(f"{name} was called")

    def _prompt(self, name: str, arguments: Message) -> Message:
        if name != "greet":
            raise RefusedError(-32602, f"Unknown prompt: {name}")
        text = f"Greet {arguments.get('name', 'somebody')}."
        return {"messages": [{"role": "user", "content": {"type": "text", "text": text}}]}

    def _read(self, uri: str) -> Message:
        if not uri.startswith("memo://"):
            code = -32602 if self.era is Era.MODERN else -32002
            raise RefusedError(code, f"Unknown resource: {uri}", {"uri": uri})
        text = f"This is {uri}."
        return {"contents": [{"uri": uri, "mimeType": "text/plain", "text": text}]}
