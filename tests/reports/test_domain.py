from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from mcpx.reports.domain import published
from mcpx.reports.formats import Format, render
from mcpx.sources.cards import Advertised, Basis
from mcpx.sources.domains import Document, Published
from mcpx.sources.server_json import Problem
from mcpx.terminal import Terminal
from tests.reports.samples import HOSTILE
from tests.shipped.test_json_schemas import check

HOME = "https://acme.example"
FOUND = Published(
    HOME,
    (
        Advertised(
            "example.acme/ledger",
            "1.1.0",
            "Ledger",
            "Double-entry\nledger tools",
            "http",
            f"{HOME}/mcp?key=c4nary-value",
            ("2026-07-28",),
            ("X-Key",),
            f"{HOME}/mcp/server-card",
            Basis.DRAFT,
        ),
        Advertised(*([HOSTILE] * 6), (HOSTILE,), (HOSTILE,), HOSTILE, Basis.CONVENTION),
    ),
    (
        Document("catalogue", f"{HOME}/c", Basis.DRAFT, "2 servers, 0 catalogues, 0 others"),
        Document("sign-in", f"{HOME}/s", Basis.STANDARD, f"for {HOME}", ("https://a.example",)),
        Document("server card", HOSTILE, Basis.CONVENTION, "", (HOSTILE,)),
    ),
    (Problem(HOSTILE, HOSTILE),),
)
DOCUMENT = published(FOUND)


@pytest.mark.parametrize("form", ["people", "table", "json", "ndjson", "markdown"])
def test_what_a_domain_publishes_is_rendered_as_before(
    form: str, people: Terminal, pipe: Terminal, golden: Callable[[str, str, str], None]
) -> None:
    terminal = people if form == "people" else pipe
    text = render(DOCUMENT, Format("table" if form == "people" else form), terminal)
    assert "c4nary" not in text
    assert "\x1b" not in text
    if form != "people":  # which wraps where it must
        assert not [line for line in text.splitlines() if line.strip().startswith("::")]
    golden(form, "domain.txt", text)


def test_the_document_and_its_lines_fit_their_schemas(pipe: Terminal) -> None:
    assert check(json.loads(render(DOCUMENT, Format.JSON, pipe))) == "domain"
    names = [check(json.loads(one)) for one in render(DOCUMENT, Format.NDJSON, pipe).splitlines()]
    assert names == [
        *["domain.server"] * 2,
        *["domain.document"] * 3,
        "domain.problem",
    ]


def test_every_server_says_that_it_is_a_claim_and_what_it_rests_on() -> None:
    servers = DOCUMENT.data["servers"]
    assert [(one["state"], one["basis"]) for one in servers] == [
        ("advertised", "draft"),
        ("advertised", "convention"),
    ]
