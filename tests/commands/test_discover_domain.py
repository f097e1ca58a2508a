from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mcpx.sources.cards import CARD
from mcpx.sources.domains import RESOURCE, WELL_KNOWN
from tests.conftest import Run
from tests.servers.http_wire import Exchange, Listener
from tests.shipped.test_json_schemas import check


def card(name: str, url: str) -> Any:
    return {
        "name": name,
        "version": "1.0.0",
        "description": f"About {name}",
        "remotes": [{"type": "streamable-http", "url": url}],
    }


Publish = Callable[..., Listener]


@pytest.fixture
def publish() -> Iterator[Publish]:
    """Serves documents by path: ``publish({path: value})``; a value may hold {origin}."""
    listeners: list[Listener] = []

    def start(documents: dict[str, Any]) -> Listener:
        def play(exchange: Exchange) -> None:
            found = documents.get(exchange.request.target)
            if callable(found):
                found(exchange)
            elif found is None:
                exchange.respond(404)
            else:
                exchange.answer(found)

        listeners.append(Listener(play))
        return listeners[-1]

    yield start
    for one in listeners:
        one.close()


@pytest.fixture
def acme(publish: Publish) -> Listener:
    documents: dict[str, Any] = {}
    listener = publish(documents)
    origin = listener.origin
    documents[WELL_KNOWN] = {
        "entries": [
            {"identifier": "one", "mediaType": CARD, "url": "/cards/one"},
            {"identifier": "two", "type": CARD, "data": card("two", f"{origin}/two")},
            {"identifier": "lost", "type": CARD, "url": "/cards/lost"},
        ]
    }
    documents["/cards/one"] = card("one", f"{origin}/one?key=c4nary-value")
    documents["/mcp/server-card"] = card("three", f"{origin}/mcp")
    documents[RESOURCE] = {"resource": origin, "authorization_servers": ["https://a.example"]}
    return listener


def test_what_a_host_publishes_is_listed_with_what_it_rests_on(run: Run, acme: Listener) -> None:
    done = run("discover", "--domain", acme.origin.removeprefix("http://"))
    assert done.status == 0
    servers = [row[1:5] + row[6:7] for row in done.rows if row[0] == "server"]
    assert servers == [
        ["one", "1.0.0", "http", f"{acme.origin}/one?key=***", "draft"],
        ["two", "1.0.0", "http", f"{acme.origin}/two", "draft"],
        ["three", "1.0.0", "http", f"{acme.origin}/mcp", "convention"],
    ]
    assert {row[5] for row in done.rows if row[0] == "server"} == {"advertised"}
    assert [row[1:3] for row in done.rows if row[0] == "document"] == [
        ["catalogue", "draft"],
        ["server card", "draft"],
        ["server card", "draft"],
        ["server card", "convention"],
        ["sign-in", "standard"],
    ]
    (problem,) = [row for row in done.rows if row[0] == "problem"]
    assert problem[2].startswith("lost: ") and problem[2].endswith("HTTP 404")
    assert done.err == (
        f"3 servers advertised; cards are claims; next: mcpx inspect {acme.origin}/two\n"
    )
    assert "c4nary" not in done.out + done.err


@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_programs_get_what_fits_the_schemas(run: Run, acme: Listener, form: str) -> None:
    done = run("discover", "--domain", acme.origin, "-f", form)
    names = [check(one) for one in (done.lines if form == "ndjson" else [done.json])]
    expected = ["domain.server"] * 3 + ["domain.document"] * 5 + ["domain.problem"]
    assert names == (expected if form == "ndjson" else ["domain"])


def test_a_host_that_publishes_nothing_is_no_error(run: Run, publish: Publish) -> None:
    listener = publish({})
    done = run("discover", "--domain", listener.origin)
    assert (done.status, done.out) == (0, "")
    assert "advertises no server that can be reached" in done.err
    assert [one.method for one in listener.requests] == ["GET"] * 3


def test_a_host_that_is_not_there_ends_with_three(run: Run, publish: Publish) -> None:
    listener = publish({WELL_KNOWN: lambda exchange: exchange.respond(200, b"{")})
    done = run("discover", "--domain", listener.origin.replace("http:", "https:"))
    assert (done.status, done.out) == (3, "")
    assert "no TLS connection" in done.err
    broken = run("discover", "--domain", listener.origin)
    assert broken.status == 0
    assert "which is not valid JSON" in broken.out


def test_a_host_that_tells_nothing_ends_with_three(run: Run, publish: Publish) -> None:
    def refuse(exchange: Exchange) -> None:
        exchange.respond(401)

    listener = publish(dict.fromkeys((WELL_KNOWN, "/mcp/server-card", RESOURCE), refuse))
    done = run("discover", "--domain", listener.origin, "--json")
    assert done.status == 3
    check(done.json)
    assert [one["message"].rpartition(": ")[2] for one in done.json["problems"]] == ["HTTP 401"] * 3
    error = json.loads(done.err)["error"]
    assert error["class"] == "http"
    assert error["message"] == f"{listener.origin} told nothing: 3 documents could not be read"


def test_a_large_document_is_not_read(run: Run, publish: Publish) -> None:
    def flood(exchange: Exchange) -> None:
        exchange.stream(kind="application/json")
        exchange.flood(b"10000\r\n" + b" " * 65536 + b"\r\n")

    done = run("discover", "--domain", publish({WELL_KNOWN: flood}).origin)
    assert done.status == 0
    assert "more than 1048576 bytes" in done.out


@pytest.mark.parametrize("name", ["", "http://acme.example", "a b", "https://h?x=1"])
def test_what_is_no_host_is_wrong_use(run: Run, name: str) -> None:
    done = run("discover", "--domain", name)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("error: ")
