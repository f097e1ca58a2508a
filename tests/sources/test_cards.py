from __future__ import annotations

from typing import Any

import pytest

from mcpx.sources.cards import (
    CARD,
    MOST_REMOTES,
    Basis,
    CatalogueEntry,
    card_of,
    catalogue_of,
    sign_in_of,
)
from mcpx.sources.server_json import MalformedError

AT = "https://acme.example/card"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        pytest.param(
            {"identifier": "urn:a", "type": CARD, "url": "u"},
            CatalogueEntry("urn:a", CARD, "u", None),
            id="type",
        ),
        pytest.param(
            {"identifier": "urn:a", "mediaType": f"{CARD.upper()}; v=1", "url": "u"},
            CatalogueEntry("urn:a", CARD, "u", None),
            id="media-type",
        ),
        pytest.param(
            {"displayName": "A", "type": "x/y", "data": {}},
            CatalogueEntry("A", "x/y", "", {}),
            id="inline",
        ),
        pytest.param(3, "entry 1 is not an object", id="no-object"),
        pytest.param({"type": CARD}, "entry 1 must have either a url or data", id="neither"),
        pytest.param(
            {"identifier": "a", "url": "u", "data": {}},
            "a must have either a url or data",
            id="both",
        ),
        pytest.param(
            {"identifier": "a", "url": "u" * 3000}, "a must have either a url or data", id="endless"
        ),
    ],
)
def test_entries_of_a_catalogue_in_both_spellings(entry: Any, expected: object) -> None:
    assert list(catalogue_of({"specVersion": "1.0", "entries": [entry]})) == [expected]


@pytest.mark.parametrize("value", [None, [], {}, {"entries": {}}])
def test_what_is_no_catalogue_is_said(value: object) -> None:
    with pytest.raises(MalformedError, match="no list 'entries'"):
        list(catalogue_of(value))


CARD_OF_ALL: Any = {
    "name": "example.acme/ledger",
    "version": "1.1.0",
    "title": "Ledger",
    "description": "d" * 900,
    "remotes": [
        {
            "type": "streamable-http",
            "url": "https://{tenant}.acme.example/mcp",
            "supportedProtocolVersions": ["2026-07-28", 3],
            "variables": {"tenant": {"isRequired": True}, "zone": {"default": "eu"}, "odd": 3},
            "headers": [
                {"name": "X-Key", "isRequired": True},
                {"name": "X-Opt"},
                {
                    "name": "Authorization",
                    "value": "Bearer {token}",
                    "variables": {"token": {"isRequired": True}},
                },
            ],
        },
        {"type": "sse", "url": "https://acme.example/sse"},
        {"type": "smoke", "url": "https://acme.example/smoke"},
    ],
}


def test_a_card_is_a_server_for_each_remote() -> None:
    found = list(card_of(CARD_OF_ALL, AT, Basis.DRAFT))
    assert [(one.via, one.url) for one in found] == [
        ("http", "https://{tenant}.acme.example/mcp"),
        ("sse", "https://acme.example/sse"),
        ("smoke", "https://acme.example/smoke"),
    ]
    first = found[0]
    assert (first.name, first.version, first.title) == ("example.acme/ledger", "1.1.0", "Ledger")
    assert first.description == "d" * 500 + "…"
    assert first.protocols == ("2026-07-28",)
    assert first.wants == ("X-Key", "tenant", "token")
    assert (first.card, first.basis) == (AT, Basis.DRAFT)


def test_a_card_without_remotes_is_still_a_server_and_one_with_many_is_bounded() -> None:
    assert [one.url for one in card_of({"name": "a"}, AT, Basis.DRAFT)] == [""]
    many = {"name": "a", "remotes": [{"url": f"https://h/{n}"} for n in range(99)]}
    assert len(list(card_of(many, AT, Basis.DRAFT))) == MOST_REMOTES


@pytest.mark.parametrize("value", [None, [], {}, {"name": ""}, {"name": ["a"]}])
def test_what_is_no_card_is_said(value: object) -> None:
    with pytest.raises(MalformedError, match="it is no server card"):
        list(card_of(value, AT, Basis.DRAFT))


def test_metadata_of_a_resource_says_who_signs_in() -> None:
    found = sign_in_of({"resource": "https://h/x", "authorization_servers": ["https://a", 3]})
    assert (found.resource, found.authorization_servers) == ("https://h/x", ("https://a",))
    for value in (None, {}, {"resource": ""}):
        with pytest.raises(MalformedError, match="it names none"):
            sign_in_of(value)
