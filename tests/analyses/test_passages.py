from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.passages import LONGEST_PATH, Part, Passage, item_passages, server_passages
from mcpx.catalogue.model import Catalogue, Item, Kind


def read(kind: Kind, **raw: Any) -> list[Passage]:
    return list(item_passages(Item(kind, raw)))


def test_a_server_speaks_for_itself() -> None:
    info = {"name": "n", "title": "t", "version": "1"}
    catalogue = Catalogue(
        "s", server_info=info, instructions="i", capabilities={"experimental": {"x": "y"}}
    )
    assert list(server_passages(catalogue)) == [
        ("/serverInfo/name", "n", Part.NAME),
        ("/serverInfo/title", "t", Part.PROSE),
        ("/serverInfo/version", "1", Part.VALUE),
        ("/instructions", "i", Part.PROSE),
        ("/capabilities/experimental", "experimental", Part.VALUE),
        ("/capabilities/experimental/x", "x", Part.VALUE),
        ("/capabilities/experimental/x", "y", Part.VALUE),
    ]


def test_a_resource_is_named_and_has_a_place() -> None:
    assert read(Kind.RESOURCE, uri="n://x", name="x") == [
        ("/uri", "n://x", Part.URI),
        ("/name", "x", Part.NAME),
    ]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        pytest.param({"type": "object"}, [], id="nothing said"),
        pytest.param({"type": "evil"}, [("/type", "evil", Part.VALUE)], id="another type"),
        pytest.param(
            {"properties": {"description": {"description": "d"}}},
            [
                ("/properties/description", "description", Part.PARAMETER),
                ("/properties/description/description", "d", Part.PROSE),
            ],
            id="a parameter named like a keyword",
        ),
        pytest.param(
            {"properties": {"a/b": {"enum": ["x"], "default": {"deep": ["y"]}}}},
            [
                ("/properties/a~1b", "a/b", Part.PARAMETER),
                ("/properties/a~1b/enum/0", "x", Part.VALUE),
                ("/properties/a~1b/default/deep", "deep", Part.PARAMETER),
                ("/properties/a~1b/default/deep/0", "y", Part.VALUE),
            ],
            id="enum and default",
        ),
        pytest.param(
            {"x-note": "read me"},
            [("/x-note", "x-note", Part.PARAMETER), ("/x-note", "read me", Part.VALUE)],
            id="a keyword of its own",
        ),
    ],
)
def test_all_that_a_schema_says_is_read(
    schema: dict[str, Any], expected: list[tuple[str, str, Part]]
) -> None:
    found = read(Kind.TOOL, inputSchema=schema)
    assert [(path.removeprefix("/inputSchema"), *more) for path, *more in found] == expected


def test_a_prompt_and_its_arguments() -> None:
    arguments = [{"name": "a", "description": "d", "required": True}, "odd"]
    assert read(Kind.PROMPT, name="p", arguments=arguments) == [
        ("/name", "p", Part.NAME),
        ("/arguments/0/name", "a", Part.PARAMETER),
        ("/arguments/0/description", "d", Part.PROSE),
    ]


def test_titles_wherever_they_stand() -> None:
    found = read(Kind.TOOL, title="t", annotations={"title": "u"})
    assert found == [("/title", "t", Part.PROSE), ("/annotations/title", "u", Part.PROSE)]


def test_what_is_nested_deeply_is_read_and_its_place_stays_short() -> None:
    schema: dict[str, Any] = {"description": "found"}
    for _ in range(5_000):
        schema = {"properties": {"p": schema}}
    *_, (path, text, part) = read(Kind.TOOL, inputSchema=schema)
    assert (text, part) == ("found", Part.PROSE)
    assert len(path) < LONGEST_PATH + 20


@pytest.mark.parametrize("raw", [{"name": 1}, {"inputSchema": []}, {"annotations": None}, {}])
def test_what_has_another_type_is_no_text(raw: dict[str, Any]) -> None:
    assert read(Kind.TOOL, **raw) == []


def test_members_that_nobody_expects_are_read_too() -> None:
    icons = [{"src": "https://x.example/i.png", "mimeType": "image/png"}]
    found = read(Kind.TOOL, name="t", icons=icons, _meta={"a/b": ["m"]}, more={"deep": "d"})
    assert found == [
        ("/name", "t", Part.NAME),
        ("/icons/0/src", "https://x.example/i.png", Part.URI),
        ("/icons/0/mimeType", "mimeType", Part.VALUE),
        ("/icons/0/mimeType", "image/png", Part.VALUE),
        ("/_meta/a~1b", "a/b", Part.VALUE),
        ("/_meta/a~1b/0", "m", Part.VALUE),
        ("/more", "more", Part.VALUE),
        ("/more/deep", "deep", Part.VALUE),
        ("/more/deep", "d", Part.VALUE),
    ]
