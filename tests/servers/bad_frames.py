"""Servers whose answer to --on is no proper frame, or is one that a parser chokes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

from honest import tool
from modes import Misbehaving, mode
from wire import Message, line_of

_MEGABYTE = 1 << 20


def _rewrite(server: Misbehaving, change: Callable[[Message], object]) -> None:
    """Send what ``change`` makes of the honest answer."""
    server.misbehave(lambda request: server.wire.send(change(server.honest(request))))


def _write(server: Misbehaving, parts: Callable[[bytes], Iterable[bytes]]) -> None:
    """Send the bytes that ``parts`` makes of the request's id (as JSON), and a newline."""

    def fault(request: Message) -> None:
        for part in parts(json.dumps(request["id"]).encode()):
            server.wire.write(part)
        server.wire.write(b"\n")

    server.misbehave(fault)


@mode("banner-lines")
def banner_lines(server: Misbehaving) -> None:
    """Prints a banner on stdout, then is a good server."""
    server.wire.write(b"*** bad-stdio 1.0.0 ***\n\nListening on stdio\n")
    server.serve()


@mode("log-lines")
def log_lines(server: Misbehaving) -> None:
    """Prints a log line on stdout before and after the answer to --on."""

    def fault(request: Message) -> None:
        server.wire.write(f"INFO {server.on} came in\n".encode())
        server.answer(request)
        server.wire.write(b"[debug] answered\n")

    server.misbehave(fault)


@mode("non-json")
def non_json(server: Misbehaving) -> None:
    """Answers with a line that is no JSON."""
    server.misbehave(lambda _: server.wire.write(b"Internal Server Error\n"))


@mode("nan")
def nan(server: Misbehaving) -> None:
    """Answers with a NaN, which JSON does not have."""
    _rewrite(server, lambda answer: {**answer, "result": {"score": float("nan")}})


@mode("huge-int")
def huge_int(server: Misbehaving) -> None:
    """Answers with an integer of 5,000 digits."""
    _write(
        server,
        lambda id_: [
            b'{"jsonrpc":"2.0","id":' + id_ + b',"result":{"count":' + b"9" * 5000 + b"}}"
        ],
    )


@mode("jsonrpc-1.0")
def jsonrpc_1_0(server: Misbehaving) -> None:
    """Answers with jsonrpc 1.0."""
    _rewrite(server, lambda answer: {**answer, "jsonrpc": "1.0"})


@mode("no-jsonrpc")
def no_jsonrpc(server: Misbehaving) -> None:
    """Answers without the member jsonrpc."""
    _rewrite(server, lambda answer: {k: v for k, v in answer.items() if k != "jsonrpc"})


@mode("batch-array")
def batch_array(server: Misbehaving) -> None:
    """Answers with an array that holds the answer."""
    _rewrite(server, lambda answer: [answer])


@mode("result-is-array")
def result_is_array(server: Misbehaving) -> None:
    """Answers with a result that is an array."""
    _rewrite(server, lambda answer: {**answer, "result": [answer.get("result")]})


@mode("id-null")
def id_null(server: Misbehaving) -> None:
    """Answers with an id of null."""
    _rewrite(server, lambda answer: {**answer, "id": None})


@mode("wrong-id")
def wrong_id(server: Misbehaving) -> None:
    """Answers with an id that nobody asked with."""
    _rewrite(server, lambda answer: {**answer, "id": 987_654_321})


@mode("string-id")
def string_id(server: Misbehaving) -> None:
    """Answers with the id as text."""
    _rewrite(server, lambda answer: {**answer, "id": str(answer["id"])})


@mode("duplicate-response")
def duplicate_response(server: Misbehaving) -> None:
    """Answers twice; the second time with an error."""

    def fault(request: Message) -> None:
        server.answer(request)
        server.refuse(request, -32603, "the second answer")

    server.misbehave(fault)


@mode("deep-json")
def deep_json(server: Misbehaving) -> None:
    """Answers with 100,000 arrays in each other."""
    depth = 100_000
    _write(
        server,
        lambda id_: [
            b'{"jsonrpc":"2.0","id":' + id_ + b',"result":{"deep":',
            b"[" * depth + b"]" * depth,
            b"}}",
        ],
    )


@mode("lone-surrogate")
def lone_surrogate(server: Misbehaving) -> None:
    """Offers a tool whose description holds half of a surrogate pair, escaped as JSON allows."""
    server.tools.append(tool("half", "before \ud800 after"))
    server.serve()


@mode("invalid-utf8")
def invalid_utf8(server: Misbehaving) -> None:
    """Answers with bytes that are no UTF-8, inside the description of a tool."""
    server.tools.append(tool("latin", "caf@ au lait"))

    def fault(request: Message) -> None:
        server.wire.write(line_of(server.honest(request)).replace(b"caf@", b"caf\xe9\xff"))

    server.misbehave(fault)


@mode("line-20mb")
def line_20mb(server: Misbehaving) -> None:
    """Answers with one line of 20 MB: a tool with a long description."""
    server.tools.append(tool("long", "x" * (20 * _MEGABYTE)))
    server.serve()


@mode("line-100mb")
def line_100mb(server: Misbehaving) -> None:
    """Answers with one line of 100 MB: a tool with a long description."""
    server.tools.append(tool("long", "x" * (100 * _MEGABYTE)))
    server.serve()


@mode("endless-line")
def endless_line(server: Misbehaving) -> None:
    """Answers with a line that has no end; 60 s at most."""
    server.misbehave(lambda _: server.flood(b"x" * _MEGABYTE))


@mode("array-bomb")
def array_bomb(server: Misbehaving) -> None:
    """Answers with a line of 30 MB whose list of tools is ten million empty objects."""
    million = b"{}," * 1_000_000
    _write(
        server,
        lambda id_: [
            b'{"jsonrpc":"2.0","id":' + id_ + b',"result":{"tools":[',
            *(million for _ in range(10)),
            b"{}]}}",
        ],
    )


@mode("error-on-everything")
def error_on_everything(server: Misbehaving) -> None:
    """Answers every request with -32603."""
    for request in server.requests():
        server.refuse(request, -32603, "Internal error")
