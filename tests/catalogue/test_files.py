from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.catalogue.files import FORMAT, VERSION, document, read, to_dict
from mcpx.catalogue.model import Catalogue, Item, Kind, Problem
from mcpx.errors import ConfigError
from mcpx.servers import Era
from tests.catalogue.data import FILES, REPOSITORY, needs_data, offering, tool
from tests.schemas.junk import JSON

SAMPLE = (REPOSITORY / "tests/data/catalogue-v1.json").read_text(encoding="utf-8")


def write(catalogues: list[Catalogue]) -> str:
    entries = [to_dict(one) for one in sorted(catalogues, key=lambda one: one.server)]
    return json.dumps(document(entries), indent=2) + "\n"


NO_LIST = "f: no catalogue, and no list of tools, prompts or resources"


def of_servers(*servers: Any, **members: Any) -> str:
    return json.dumps({"format": FORMAT, "version": VERSION, "servers": list(servers), **members})


def test_the_sample_of_version_1_is_read_and_written_to_the_letter() -> None:
    (catalogue,) = read(SAMPLE, "sample")
    assert catalogue.server == "notes"
    assert catalogue.era is Era.LEGACY
    assert catalogue.offered == ("roots",)
    assert catalogue.instructions == "Notes are “plain text”."
    assert catalogue.tools[0].raw["x-unknown"] == [1.5, None]
    assert [item.key for item in [item for kind in Kind for item in catalogue.items(kind)]] == [
        "add_note",
        "summary",
        "notes://all",
        "notes://{id}",
    ]
    assert catalogue.problems == (
        Problem("item-malformed", "tool 1 is not an object", Kind.TOOL, path="/tools/1"),
        Problem(
            "wire-id",
            "answers with the id as text, not as the number sent",
            rejected_by=("Python SDK 2",),
        ),
    )
    assert write([catalogue]) == SAMPLE


def test_servers_and_items_are_sorted_and_items_are_verbatim() -> None:
    first = {"z": 1, "name": "b", "a": 2}
    tools = (first, tool("a"), {"name": "b", "second": True})
    catalogue = replace(offering(Kind.TOOL, *tools), server="b")
    document = json.loads(write([catalogue, replace(catalogue, server="a")]))
    assert [one["server"] for one in document["servers"]] == ["a", "b"]
    listed = document["servers"][0]["tools"]
    assert listed == [tool("a"), first, {"name": "b", "second": True}]
    assert list(listed[1]) == ["z", "name", "a"]
    assert to_dict(catalogue) == document["servers"][1]


def test_the_text_is_ascii_whatever_is_in_it() -> None:
    text = write([offering(Kind.TOOL, tool("\u202e\x1b[31m\ud800é"))])
    assert text.isascii()
    assert read(text, "x")[0].tools[0].key == "\u202e\x1b[31m\ud800é"


@pytest.mark.parametrize(
    ("document", "kind", "keys"),
    [
        pytest.param({"tools": [tool("a")]}, Kind.TOOL, ["a"], id="result"),
        pytest.param([tool("b"), tool("a")], Kind.TOOL, ["b", "a"], id="array of tools"),
        pytest.param([], Kind.TOOL, [], id="no tools"),
        pytest.param(
            {"jsonrpc": "2.0", "id": 1, "result": {"prompts": [{"name": "p"}]}},
            Kind.PROMPT,
            ["p"],
            id="answer",
        ),
        pytest.param(
            {"result": {"resources": [{"uri": "a:b"}]}}, Kind.RESOURCE, ["a:b"], id="half an answer"
        ),
        pytest.param(
            {"resourceTemplates": [{"uriTemplate": "a:{b}"}], "tools": None},
            Kind.TEMPLATE,
            ["a:{b}"],
            id="templates, and null for tools",
        ),
    ],
)
def test_what_says_nothing_of_its_server_is_read(
    document: Any, kind: Kind, keys: list[str]
) -> None:
    (catalogue,) = read(json.dumps(document), "dir/file.json", "file")
    assert catalogue.server == "file"
    assert [item.key for item in catalogue.items(kind)] == keys
    assert (catalogue.era, catalogue.problems) == (None, ())


def test_without_a_name_the_server_is_called_after_the_source() -> None:
    assert read("\ufeff[]", "stdin")[0].server == "stdin"


def test_a_dump_with_its_opening_is_read() -> None:
    opening = {
        "protocolVersion": "2025-11-25",
        "serverInfo": {"name": "n"},
        "capabilities": {"tools": {}},
        "instructions": "Be kind.",
    }
    (catalogue,) = read(json.dumps({"initialize": opening, "tools": [], "prompts": 7}), "x")
    assert (catalogue.era, catalogue.version) == (Era.LEGACY, "2025-11-25")
    assert catalogue.server_info == {"name": "n"}
    assert catalogue.capabilities == {"tools": {}}
    assert catalogue.instructions == "Be kind."
    assert [(one.rule, one.kind) for one in catalogue.problems] == [("list-malformed", Kind.PROMPT)]


def test_a_modern_result_says_its_era_and_server() -> None:
    info = {"io.modelcontextprotocol/serverInfo": {"name": "n"}}
    (catalogue,) = read(json.dumps({"resultType": "complete", "tools": [], "_meta": info}), "x")
    assert (catalogue.era, catalogue.server_info) == (Era.MODERN, {"name": "n"})


def test_items_that_are_no_objects_become_problems() -> None:
    (catalogue,) = read(json.dumps({"tools": ["x", tool("a"), None]}), "x")
    assert [item.key for item in catalogue.tools] == ["a"]
    assert catalogue.problems == (
        Problem("item-malformed", "tool 0 is not an object", Kind.TOOL, path="/tools/0"),
        Problem("item-malformed", "tool 2 is not an object", Kind.TOOL, path="/tools/2"),
    )


def test_odd_members_of_an_entry_are_skipped() -> None:
    entry = {
        "server": "s",
        "target": [],
        "era": "future",
        "version": 7,
        "supported": ["1", 2],
        "instructions": {},
        "tools": {},
        "problems": ["x", {"rule": "wire-id", "kind": "gadget", "new": 1}],
        "new": 1,
    }
    (catalogue,) = read(of_servers(entry, new=1), "x")
    assert catalogue == Catalogue(
        "s",
        supported=("1",),
        problems=(
            Problem("wire-id", ""),
            Problem("list-malformed", "the member 'tools' is not an array", Kind.TOOL),
        ),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "f: not JSON: Expecting value (line 1, column 1)", id="empty"),
        pytest.param(
            "{\n  x",
            "f: not JSON: Expecting property name enclosed in double quotes (line 2, column 3)",
            id="not JSON",
        ),
        pytest.param("[NaN]", "f: not JSON: NaN is not a JSON value", id="NaN"),
        pytest.param(
            "[1e999]", "f: not JSON: 1e999 is beyond the numbers that can be read", id="infinite"
        ),
        pytest.param(
            "[" + "9" * 5_000 + "]",
            "f: not JSON: Exceeds the limit (4300 digits) for"
            " integer string conversion: value has 5000 digits",
            id="huge number",
        ),
        pytest.param("[" * 100_000, "f: nested too deeply", id="too deep to parse"),
        pytest.param("7", NO_LIST, id="number"),
        pytest.param("{}", NO_LIST, id="{}"),
        pytest.param(
            '{"jsonrpc": "2.0", "error": {}}',
            "f: /error: holds an error answer, not a list",
            id="error answer",
        ),
        pytest.param('{"jsonrpc": "2.0", "result": 7}', NO_LIST, id="odd answer"),
        pytest.param(
            '{"format": "mcpx.lock"}',
            "f: /format: is 'mcpx.lock', not 'mcpx.catalogue'",
            id="other format",
        ),
        pytest.param(
            of_servers(version="1"), "f: /version: is not a version number", id="odd version"
        ),
        pytest.param(
            of_servers(version=2),
            "f: written by a newer mcpx (version 2, this one reads 1)",
            id="newer",
        ),
        pytest.param(
            of_servers(servers={}), "f: /servers: is not an array of servers", id="no array"
        ),
        pytest.param(
            of_servers({"server": "s"}, 7), "f: /servers/1: is not an object", id="no object"
        ),
        pytest.param(
            of_servers({"server": None}),
            "f: /servers/0/server: is not the name of a server",
            id="no name",
        ),
    ],
)
def test_bad_files_are_refused_with_the_place(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(text, "f")
    assert caught.value.message == message
    assert "mcpx" in caught.value.hint


@needs_data
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_real_catalogues_survive_writing_and_reading(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    (catalogue,) = read(text, path.name, path.stem)
    assert [item.raw for item in catalogue.tools] == json.loads(text)["tools"]
    written = write([catalogue])
    assert write(read(written, "again")) == written


RAW = st.dictionaries(st.sampled_from(["name", "uri", "uriTemplate", "inputSchema"]), JSON)
ITEMS = {
    kind.plural: st.lists(RAW.map(lambda raw, kind=kind: Item(kind, raw)), max_size=3).map(
        lambda items: tuple(sorted(items, key=lambda item: item.key))
    )
    for kind in Kind
}
CATALOGUES = st.builds(
    Catalogue,
    server=st.text(),
    era=st.sampled_from([None, *Era]),
    version=st.text(),
    supported=st.lists(st.text()).map(tuple),
    instructions=st.none() | st.text(min_size=1),
    server_info=st.dictionaries(st.text(), st.integers()),
    problems=st.lists(
        st.builds(Problem, st.text(), st.text(), st.sampled_from([None, *Kind])), unique=True
    ).map(tuple),
    **ITEMS,
)


@given(st.lists(CATALOGUES, max_size=3))
def test_every_catalogue_survives_writing_and_reading(catalogues: list[Catalogue]) -> None:
    in_order = sorted(catalogues, key=lambda one: one.server)
    assert read(write(catalogues), "x") == tuple(in_order)


@given(JSON | st.dictionaries(st.sampled_from(["format", "version", "servers", "tools"]), JSON))
def test_junk_is_read_or_refused(document: Any) -> None:
    try:
        for catalogue in read(json.dumps(document), "x"):
            write([catalogue])
    except ConfigError as error:
        assert error.message.startswith("x: ")


@pytest.mark.parametrize("wrap", ['{{"tools": {}}}', '{{"result": {{"tools": {}}}}}', "{}"])
def test_one_tool_nested_too_deeply_does_not_cost_the_others(wrap: str) -> None:
    deep = '{"a": ' * 10_000 + "1" + "}" * 10_000
    tools = f'[{{"name": "deep", "inputSchema": {deep}}}, {{"name": "good"}}]'
    (found,) = read(wrap.format(tools), "f")
    assert [one.key for one in found.tools] == ["deep", "good"]
    assert [(one.rule, one.kind, one.key) for one in found.problems] == [
        ("schema-too-deep", Kind.TOOL, "deep")
    ]


def test_an_entry_with_a_tool_nested_too_deeply_is_read() -> None:
    entry = json.dumps(
        to_dict(
            Catalogue("a", tools=tuple(Item(Kind.TOOL, {"name": one}) for one in ("good", "deep")))
        )
    )
    deep = '{"a": ' * 10_000 + "1" + "}" * 10_000
    entry = entry.replace('{"name": "deep"', f'{{"_meta": {deep}, "name": "deep"', 1)
    text = f'{{"format": "{FORMAT}", "version": {VERSION}, "servers": [{entry}]}}'
    (found,) = read(text, "f")
    assert [(one.rule, one.key) for one in found.problems] == [("schema-too-deep", "deep")]
