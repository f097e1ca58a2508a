from __future__ import annotations

import json
from typing import Any

import pytest

from mcpx.errors import Evidence, Fault, RefusedError, ServerError, UsageError
from mcpx.sources import domains
from mcpx.sources.cards import CARD, CATALOGUE
from mcpx.sources.domains import RESOURCE, WELL_KNOWN, Published, address, look
from tests.conftest import ROOT

DATA = ROOT / ".." / "shared" / "data" / "discovery" / "network"
THERE = (DATA / "server-card.json").is_file()
HOME = "https://acme.example"


class Web:
    """Documents by URL; what is absent is a 404, an exception is raised."""

    def __init__(self, **documents: Any) -> None:
        self.documents = documents
        self.asked: list[str] = []

    def __call__(self, url: str, accept: str) -> Any:
        assert "json" in accept
        self.asked.append(url)
        found = self.documents.get(url, failed(Fault.HTTP, 404))
        if isinstance(found, Exception):
            raise found
        return found


def failed(fault: Fault, status: int | None = None) -> ServerError:
    return ServerError(fault, f"it says {fault.value}", evidence=Evidence(status=status))


def catalogue(*entries: Any) -> Any:
    return {"specVersion": "1.0", "entries": list(entries)}


def entry(name: str, url: str = "", kind: str = CARD, **more: Any) -> Any:
    return {"identifier": name, "type": kind, **({"url": url} if url else {}), **more}


def card(name: str, url: str) -> Any:
    return {"name": name, "version": "1", "remotes": [{"type": "streamable-http", "url": url}]}


def looked(documents: dict[str, Any], base: str = HOME, public: bool = True) -> Published:
    return look(base, Web(**documents), public)


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("acme.example", "https://acme.example"),
        ("acme.example:8443", "https://acme.example:8443"),
        ("https://acme.example/mcp/", "https://acme.example/mcp"),
        ("localhost:80", "http://localhost:80"),
        ("127.0.0.1:80", "http://127.0.0.1:80"),
        ("[::1]:80", "http://[::1]:80"),
        ("https://localhost", "https://localhost"),
    ],
)
def test_a_name_is_a_host_or_a_url(name: str, url: str) -> None:
    assert address(name) == url


@pytest.mark.parametrize(
    "name",
    ["http://acme.example", "a b", "", "https://u:c4nary@h", "https://h?q=c4nary", "ftp://h"],
)
def test_another_name_is_wrong_use(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        address(name)
    assert "c4nary" not in str(caught.value)


@pytest.mark.skipif(not THERE, reason="needs the documents in ../shared/data")
@pytest.mark.parametrize(
    ("file", "cards", "servers"),
    [
        (
            "ai-catalog.type.json",
            ["https://mcp.acme.example/ledger/server-card"],
            ["https://mcp.acme.example/ledger", "https://mcp.acme.example/inline"],
        ),
        (
            "ai-catalog.mediatype.json",
            ["https://mcp.acme.example/.well-known/mcp/server-card.json"],
            ["https://mcp.acme.example/ledger", "https://mcp.acme.example/more"],
        ),
    ],
)
def test_the_catalogues_of_both_spellings_lead_to_servers(
    file: str, cards: list[str], servers: list[str]
) -> None:
    def read(name: str) -> Any:
        return json.loads((DATA / name).read_text())

    more = entry("more", data=card("more", "https://mcp.acme.example/more"))
    web = Web(
        **{
            HOME + WELL_KNOWN: read(file),
            **dict.fromkeys(cards, read("server-card.json")),
            "https://acme.example/more/ai-catalog.json": catalogue(more),
        }
    )
    found = look(HOME, web, True)
    assert [one.url for one in found.servers] == servers
    assert {one.basis.value for one in found.servers} == {"draft"}
    assert found.problems == ()
    assert web.asked[0] == HOME + WELL_KNOWN
    assert found.servers[0].protocols == ("2025-11-25", "2026-07-28")


@pytest.mark.skipif(not THERE, reason="needs the documents in ../shared/data")
def test_metadata_of_the_resource_is_shown() -> None:
    base = "https://mcp.acme.example/ledger"
    metadata = json.loads((DATA / "oauth-protected-resource.json").read_text())
    web = Web(**{f"https://mcp.acme.example{RESOURCE}/ledger": metadata})
    (found,) = look(base, web, True).documents
    assert (found.kind, found.basis.value) == ("sign-in", "standard")
    assert found.authorization_servers == ("https://auth.acme.example",)
    assert web.asked == [
        f"https://mcp.acme.example{WELL_KNOWN}",
        f"{base}/server-card",
        f"https://mcp.acme.example{RESOURCE}/ledger",
    ]


def test_a_host_that_publishes_nothing_has_no_problem() -> None:
    web = Web()
    assert look(HOME, web, True) == Published(HOME, (), (), ())
    assert web.asked == [HOME + WELL_KNOWN, f"{HOME}/mcp/server-card", HOME + RESOURCE]


@pytest.mark.parametrize(
    ("base", "at", "basis"),
    [
        (HOME, f"{HOME}/mcp/server-card", "convention"),
        (f"{HOME}/api/mcp", f"{HOME}/api/mcp/server-card", "draft"),
    ],
)
def test_a_card_beside_the_server_is_found(base: str, at: str, basis: str) -> None:
    found = looked({at: card("a", f"{HOME}/mcp")}, base)
    assert [(one.name, one.basis.value, one.card) for one in found.servers] == [("a", basis, at)]
    assert [one.kind for one in found.documents] == ["server card"]


def test_a_server_that_is_advertised_twice_is_one() -> None:
    found = looked(
        {
            HOME + WELL_KNOWN: catalogue(entry("a", data=card("a", f"{HOME}/mcp"))),
            f"{HOME}/mcp/server-card": card("a", f"{HOME}/mcp"),
        }
    )
    assert [one.basis.value for one in found.servers] == ["draft"]


@pytest.mark.parametrize("fault", [Fault.CONNECT, Fault.TLS, Fault.PROTOCOL])
def test_a_host_that_cannot_be_reached_is_an_error(fault: Fault) -> None:
    with pytest.raises(ServerError, match=fault.value):
        looked({HOME + WELL_KNOWN: failed(fault)})


def nested(name: str, url: str) -> Any:
    return entry(name, url, CATALOGUE)


def test_catalogues_in_catalogues_end_at_the_second() -> None:
    def level(number: int) -> str:
        return f"{HOME}/{number}"

    documents = {
        HOME + WELL_KNOWN: catalogue(nested("1", level(1)), nested("again", HOME + WELL_KNOWN)),
        level(1): catalogue(nested("2", "/2"), nested("loop", level(1))),
        level(2): catalogue(nested("3", level(3)), entry("s", data=card("s", f"{HOME}/s"))),
        level(3): catalogue(entry("no", data=card("no", f"{HOME}/no"))),
    }
    found = looked(documents)
    assert [one.name for one in found.servers] == ["s"]
    assert [one.message for one in found.problems] == ["3: a catalogue too deep in others"]
    assert [one.url for one in found.documents if one.kind == "catalogue"] == [
        HOME + WELL_KNOWN,
        level(1),
        level(2),
    ]
    assert found.documents[0].says == "0 servers, 2 catalogues, 0 others"


def test_a_hundred_entries_are_enough() -> None:
    many = [entry(f"e{n}", data=card(f"s{n}", f"{HOME}/{n}")) for n in range(150)]
    found = looked({HOME + WELL_KNOWN: catalogue(*many)})
    assert len(found.servers) == 100
    assert [one.message for one in found.problems] == ["only the first 100 entries are looked at"]


def test_a_minute_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter(range(0, 1000, 30))
    many = [entry(f"e{n}", f"{HOME}/{n}") for n in range(5)]
    web = Web(**{HOME + WELL_KNOWN: catalogue(*many)})
    found = look(HOME, web, True, lambda: float(next(seconds)))
    assert len(web.asked) == 3
    late = [one.message for one in found.problems if "not fetched, 60 s are over" in one.message]
    assert [one.split(":")[0] for one in late[:3]] == ["e2", "e3", "e4"]
    assert [one.split(": ")[0] for one in late[3:]] == [f"{HOME}/mcp/server-card", HOME + RESOURCE]


ODD = {"name": "odd", "remotes": [{"type": "sse", "url": "https://h/a b"}]}


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        pytest.param(3, "entry 1 is not an object", id="no-object"),
        pytest.param(
            entry("a", "http://acme.example/c"),
            "a: http://acme.example/c: has another scheme",
            id="s",
        ),
        pytest.param(entry("a", "https://["), "a: not a URL: ", id="no-url"),
        pytest.param(entry("a", f"{HOME}/gone"), "a: it says http", id="gone"),
        pytest.param(entry("a", f"{HOME}/secret"), "a: not for you", id="refused"),
        pytest.param(entry("a", data=[]), "it is no server card: not an object", id="no-card"),
        pytest.param(entry("a", data={"name": "n"}), "n: its card names no URL", id="no-remote"),
        pytest.param(entry("a", data=ODD), "odd: 'https://h/a b': not a URL", id="bad-url"),
        pytest.param(
            entry("a", data=card("n", "http://10.0.0.1/x")),
            "n: http://10.0.0.1/x leads to a private address",
            id="private",
        ),
        pytest.param(entry("a", kind=CATALOGUE, data=3), "it is no catalogue", id="no-catalogue"),
    ],
)
def test_an_odd_entry_is_a_problem_and_costs_only_itself(raw: Any, message: str) -> None:
    good = entry("good", data=card("good", f"{HOME}/good"))
    found = looked(
        {
            HOME + WELL_KNOWN: catalogue(raw, good),
            f"{HOME}/secret": RefusedError("not for you"),
        }
    )
    assert [one.name for one in found.servers] == ["good"]
    assert [one.message.startswith(message) for one in found.problems] == [True]


def test_a_catalogue_at_home_may_lead_home() -> None:
    base = "http://127.0.0.1:8000"
    at_home = entry("a", data=card("a", "http://10.0.0.1/x"))
    found = looked({base + WELL_KNOWN: catalogue(at_home)}, base, public=False)
    assert [one.url for one in found.servers] == ["http://10.0.0.1/x"]


@pytest.mark.parametrize(
    ("url", "document", "problems"),
    [
        (HOME + WELL_KNOWN, failed(Fault.HTTP, 500), ["it says http"]),
        (HOME + WELL_KNOWN, failed(Fault.INVALID_RESPONSE), ["it says invalid_response"]),
        (HOME + WELL_KNOWN, failed(Fault.AUTH, 401), ["it says auth"]),
        (HOME + WELL_KNOWN, failed(Fault.TIMEOUT), ["it says timeout"]),
        (HOME + WELL_KNOWN, failed(Fault.HTTP, 410), []),
        (HOME + WELL_KNOWN, failed(Fault.HTTP, 301), ["it says http"]),
        (f"{HOME}/mcp/server-card", failed(Fault.HTTP, 301), ["it says http"]),
        (HOME + WELL_KNOWN, {"no": "catalogue"}, ["it is no catalogue: it has no list 'entries'"]),
        (
            f"{HOME}/mcp/server-card",
            failed(Fault.INVALID_RESPONSE),
            ["it says invalid_response"],
        ),
        (f"{HOME}/mcp/server-card", failed(Fault.HTTP, 405), []),
        (f"{HOME}/mcp/server-card", failed(Fault.LIMIT), ["it says limit"]),
        (HOME + RESOURCE, {}, ["it is no metadata of a protected resource: it names none"]),
        (
            HOME + RESOURCE,
            {"resource": "https://other.example"},
            ["it is about a resource elsewhere, and does not count"],
        ),
        (HOME + RESOURCE, {"resource": "https://h:x"}, ["Port could not be cast"]),
    ],
)
def test_what_goes_wrong_with_a_document_is_a_problem_of_it(
    url: str, document: Any, problems: list[str]
) -> None:
    found = looked({url: document})
    assert len(found.problems) == len(problems)
    for one, words in zip(found.problems, problems, strict=True):
        assert one.where == url
        assert one.message.startswith(words)


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        pytest.param(failed(Fault.HTTP, 500), Fault.HTTP, id="500"),
        pytest.param(failed(Fault.AUTH, 401), Fault.AUTH, id="401"),
        pytest.param(failed(Fault.TIMEOUT), Fault.TIMEOUT, id="timeout"),
        pytest.param(failed(Fault.HTTP, 404), None, id="404"),
        pytest.param(failed(Fault.HTTP, 302), None, id="redirect"),
        pytest.param(failed(Fault.INVALID_RESPONSE), None, id="no-json"),
    ],
)
def test_a_host_whose_documents_all_fail_has_told_nothing(
    error: ServerError, fault: Fault | None
) -> None:
    places = [HOME + WELL_KNOWN, f"{HOME}/mcp/server-card", HOME + RESOURCE]
    found = looked(dict.fromkeys(places, error))
    assert found.fault is fault
    absent = error.evidence.status == 404
    assert [one.where for one in found.problems] == ([] if absent else places)
    assert looked(dict.fromkeys(places[1:], error)).fault is None


def test_bounds_are_what_is_promised() -> None:
    assert (domains.DEEPEST, domains.MOST_ENTRIES, domains.LARGEST) == (2, 100, 1024 * 1024)
