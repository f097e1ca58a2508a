"""Servers that open the connection badly, or ask the client for something first."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

from honest import Era
from modes import Misbehaving, mode
from wire import Message


@mode("unsupported-version")
def unsupported_version(server: Misbehaving) -> None:
    """Opens with a protocol version that nobody speaks, in either era."""

    def fault(request: Message) -> None:
        answer = server.honest(request)
        if "result" in answer:
            old = {"protocolVersion": "1999-01-01", "supportedVersions": ["1999-01-01"]}
            answer["result"].update({key: old[key] for key in old if key in answer["result"]})
        server.wire.send(answer)

    server.answers["server/discover"] = fault
    server.answers["initialize"] = fault
    server.serve()


@mode("initialize-lacks-members")
def initialize_lacks_members(server: Misbehaving) -> None:
    """Answers the opening, in either era, with an empty result."""

    def fault(request: Message) -> None:
        answer = server.honest(request)
        server.wire.send({**answer, "result": {}} if "result" in answer else answer)

    server.answers["server/discover"] = fault
    server.answers["initialize"] = fault
    server.serve()


@mode("version-error-modern")
def version_error_modern(server: Misbehaving) -> None:
    """Answers every request with -32022: it speaks a later revision only."""
    for request in server.requests():
        params = request.get("params") or {}
        envelope = params.get("_meta") or {}
        requested = envelope.get(
            "io.modelcontextprotocol/protocolVersion", params.get("protocolVersion")
        )
        data = {"supported": ["2027-12-31"], "requested": requested}
        server.refuse(request, -32022, "Unsupported protocol version", data)


@mode("modern-missing-resulttype")
def modern_missing_resulttype(server: Misbehaving) -> None:
    """Is a modern server that leaves resultType out of every result."""
    _with_result_type(server, None)


@mode("modern-unknown-resulttype")
def modern_unknown_resulttype(server: Misbehaving) -> None:
    """Is a modern server whose result for --on is of a type that does not exist."""
    _with_result_type(server, "half-done")


def _with_result_type(server: Misbehaving, kind: str | None) -> None:
    server.era = Era.MODERN
    for request in server.requests():
        answer = server.honest(request)
        if "result" in answer and kind is None:
            del answer["result"]["resultType"]
        elif "result" in answer and request["method"] == server.on:
            answer["result"]["resultType"] = kind
        server.wire.send(answer)


@mode("input-required-forever")
def input_required_forever(server: Misbehaving) -> None:
    """Is a modern server that answers every tools/call with a question, for ever."""
    server.era = Era.MODERN
    question = {
        "method": "elicitation/create",
        "params": {"message": "Sure?", "requestedSchema": {"type": "object", "properties": {}}},
    }
    server.answers["tools/call"] = lambda request: server.reply(
        request,
        {
            "resultType": "input_required",
            "inputRequests": {"sure": question},
            "requestState": "again",
        },
    )
    server.serve()


@mode("dies-on-probe")
def dies_on_probe(server: Misbehaving) -> None:
    """Exits with 1 when the first request is server/discover; fine with initialize."""
    server.answers["server/discover"] = lambda _: sys.exit(1)
    server.serve()


@mode("silent-on-probe")
def silent_on_probe(server: Misbehaving) -> None:
    """Ignores server/discover, and everything else that comes before initialize."""
    _ignore_until_initialize(server)


@mode("silent-on-probe-slow-start")
def silent_on_probe_slow_start(server: Misbehaving) -> None:
    """Reads nothing for 4 s (--seconds), then ignores what comes before initialize."""
    time.sleep(server.seconds(4))
    _ignore_until_initialize(server)


def _ignore_until_initialize(server: Misbehaving) -> None:
    for request in server.requests():
        if request["method"] == "initialize":
            server.take(request)
            server.serve()


@mode("server-requests")
def server_requests(server: Misbehaving) -> None:
    """Asks for sampling, roots and an elicitation before it answers --on, whatever the client says.

    What the client says is written to stderr, a line for each.
    """
    said = {"role": "user", "content": {"type": "text", "text": "Say hello."}}
    questions: dict[str, Message] = {
        "sampling/createMessage": {"messages": [said], "maxTokens": 10},
        "roots/list": {},
        "elicitation/create": {
            "message": "What is your name?",
            "requestedSchema": {"type": "object", "properties": {"name": {"type": "string"}}},
        },
    }

    def fault(request: Message) -> None:
        for method, params in questions.items():
            for answer in _ask(server, method, params):
                outcome = answer["error"]["code"] if "error" in answer else "result"
                server.wire.log(f"{method}: {outcome}")
        server.answer(request)

    server.misbehave(fault)


@mode("ping")
def ping(server: Misbehaving) -> None:
    """Pings the client and answers --on when the client has answered with a result."""

    def fault(request: Message) -> None:
        for answer in _ask(server, "ping", {}):
            if "result" in answer:
                server.answer(request)
            else:
                server.refuse(request, -32000, "the client does not answer a ping")

    server.misbehave(fault)


def _ask(server: Misbehaving, method: str, params: Message) -> Iterator[Message]:
    """Send a request and wait for its response: one, or none at the end of input.

    Requests that come in meanwhile are answered at once.
    """
    identifier = f"server-{method}"
    server.wire.send({"jsonrpc": "2.0", "id": identifier, "method": method, "params": params})
    for message in server.wire.messages():
        if "method" in message and "id" in message:
            server.take(message)
        elif message.get("id") == identifier:
            yield message
            return
