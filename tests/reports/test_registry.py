from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from mcpx.reports.formats import Format, render
from mcpx.reports.registry import registered
from mcpx.sources.registry import Found, Query
from mcpx.sources.registry_entries import entries_of
from mcpx.terminal import Terminal
from tests.reports.samples import HOSTILE
from tests.servers.fake_registry import record
from tests.shipped.test_json_schemas import check

ITEMS: list[Any] = [
    record(
        "com.acme/ledger",
        "1.1.0",
        title="Ledger",
        description="Double-entry\nledger tools",
        packages=[
            {
                "registryType": "npm",
                "identifier": "@acme/ledger-mcp",
                "version": "1.1.0",
                "transport": {"type": "stdio"},
            },
            {"registry_name": "docker", "name": "acme/ledger"},
        ],
        remotes=[{"type": "sse", "url": "https://acme.example/sse?key=c4nary-value"}],
    ),
    record("io.acme/old", status="deprecated", message="Use com.acme/ledger"),
    record(
        "zz.bad/hostile",
        HOSTILE[:1] + "1",
        title=HOSTILE,
        description=HOSTILE + " token=c4nary-value " + "x" * 900,
        status=HOSTILE,
        message=HOSTILE,
        packages=[{"registryType": HOSTILE, "identifier": HOSTILE, "transport": {"type": HOSTILE}}],
        remotes=[{"type": HOSTILE, "url": HOSTILE}],
    ),
    {"server": {"name": HOSTILE}},
]
ENTRIES, PROBLEMS = entries_of(ITEMS)
FOUND = Found(tuple(ENTRIES), tuple(PROBLEMS), (), complete=True)
DOCUMENT = registered(FOUND, Query("a"), "https://r.example/?k=c4nary-value")


@pytest.mark.parametrize("form", ["people", "table", "json", "ndjson", "markdown"])
def test_a_listing_is_rendered_as_before(
    form: str, people: Terminal, pipe: Terminal, golden: Callable[[str, str, str], None]
) -> None:
    terminal = people if form == "people" else pipe
    text = render(DOCUMENT, Format("table" if form == "people" else form), terminal)
    assert "c4nary" not in text
    assert "\x1b" not in text
    if form != "people":  # which wraps where it must
        assert not [line for line in text.splitlines() if line.strip().startswith("::")]
    golden(form, "registry.txt", text)


def test_the_listing_and_its_lines_fit_their_schemas(pipe: Terminal) -> None:
    assert check(json.loads(render(DOCUMENT, Format.JSON, pipe))) == "registry"
    lines = render(DOCUMENT, Format.NDJSON, pipe).splitlines()
    names = [check(json.loads(line)) for line in lines]
    assert names == ["registry.server"] * 3 + ["registry.problem"]


def test_programs_get_what_names_the_server() -> None:
    first = DOCUMENT.data["servers"][0]
    assert first["target"] == "registry:com.acme/ledger@1.1.0"
    assert first["kinds"] == ["npm", "oci", "remote"]
    assert [one["identifier"] for one in first["packages"]] == ["@acme/ledger-mcp", "acme/ledger"]
    assert first["remotes"] == [{"transport": "sse", "url": "https://acme.example/sse?key=***"}]
