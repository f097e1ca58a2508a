from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mcpx.analyses.finding import Location, Subject
from mcpx.catalogue.files import document, to_dict
from mcpx.catalogue.model import Catalogue, Item, Kind
from mcpx.operations.places import Places
from mcpx.reports.json_text import dumps

SCHEMA = {"type": "object", "properties": {"name": {"default": {"name": "add"}}}}


def catalogue(server: str, *names: str) -> Catalogue:
    tools = tuple(Item(Kind.TOOL, {"inputSchema": SCHEMA, "name": name}) for name in names)
    resources = (Item(Kind.RESOURCE, {"name": "n", "uri": "n://x"}),)
    return Catalogue(server, tools=tools, resources=resources)


def test_an_item_is_found_in_a_file_of_several_servers(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    entries = [to_dict(catalogue("a", "add", "sub")), to_dict(catalogue("b", "add"))]
    path.write_text(dumps(document(entries), indent=2, sort_keys=True))
    lines = path.read_text().splitlines()
    places = Places({"a": str(path), "b": str(path)})
    found = [
        places.of(Subject(kind, key, server))
        for kind, key, server in (
            ("tool", "add", "a"),
            ("tool", "sub", "a"),
            ("resource", "n://x", "a"),
            ("tool", "add", "b"),
            ("server", "", "b"),
        )
    ]
    numbers = [one.line or 0 for one in found if one is not None]
    said = [lines[number - 1].strip().rstrip(",") for number in numbers]
    assert said == [
        '"name": "add"',
        '"name": "sub"',
        '"uri": "n://x"',
        '"name": "add"',
        '"server": "b"',
    ]
    assert numbers[0] < numbers[3]


@pytest.mark.parametrize(
    ("options", "line"), [({"indent": 1}, 4), ({"indent": "\t"}, 4), ({}, 1)], ids=str
)
def test_what_others_wrote_is_read_as_far_as_it_has_lines(
    tmp_path: Path, options: dict[str, Any], line: int
) -> None:
    path = tmp_path / "tools.json"
    path.write_text(json.dumps({"tools": [{"name": "add"}]}, **options))
    assert Places({"s": str(path)}).of(Subject("tool", "add", "s")) == Location(str(path), line)


def test_what_stands_in_no_file_has_no_place(tmp_path: Path) -> None:
    gone = str(tmp_path / "gone.json")
    places = Places({"s": gone})
    assert places.of(Subject("tool", "add", "other")) is None
    assert places.of(Subject("tool", "add", "s")) == Location(gone, 1)
