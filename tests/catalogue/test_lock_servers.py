from __future__ import annotations

import difflib
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.catalogue.lock_servers import Broken, read_servers, server_text
from mcpx.catalogue.locked import LockedServer, locked
from mcpx.catalogue.model import KEY, Catalogue, Item, Kind
from mcpx.errors import ConfigError
from mcpx.json_text import parse_json
from mcpx.toml_text import parse_toml
from tests.catalogue.data import FILES, needs_data, offering, tool
from tests.catalogue.test_locked import FULL


def read(text: str) -> dict[str, LockedServer]:
    found = read_servers(parse_toml(text)["servers"], "l")
    return {one.server: one for one in found if isinstance(one, LockedServer)}


def broken(tables: Any) -> Broken:
    """The one server of tables that is broken."""
    (found,) = read_servers(tables, "l")
    assert isinstance(found, Broken)
    return found


def kept(server: LockedServer) -> str:
    """The text of a server that comes back from it."""
    text = server_text(server)
    (again,) = read(text).values()
    assert again == server
    assert server_text(again) == text
    return text


def test_a_server_comes_back() -> None:
    text = kept(locked(FULL))
    assert text.startswith('[servers.notes]\nera = "modern"\nversion = "2026-07-28"\n')
    assert '\n\n[[servers.notes.tools]]\nname = "a"\ndigest = "sha256:' in text
    kept(locked(Catalogue("")))
    kept(locked(Catalogue("a].b\n", instructions="")))


def test_a_changed_parameter_is_one_changed_line_beside_the_digests() -> None:
    def text(most: int, *required: str) -> str:
        schema = {
            "type": "object",
            "properties": {
                "q": {"type": "string", "description": "What to look for."},
                "limit": {"type": "integer", "minimum": 1, "maximum": most},
            },
            "required": ["q", *required],
        }
        tools = (tool("find", inputSchema=schema), tool("other"))
        return server_text(locked(offering(Kind.TOOL, *tools)))

    def difference(old: str, new: str) -> list[str]:
        lines = difflib.unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm="")
        return [one for one in lines if one[:3] not in ("---", "+++") and "sha256" not in one][1:]

    assert difference(text(100), text(50))[1:] == [
        '-      "limit": {"maximum": 100, "minimum": 1, "type": "integer"},',
        '+      "limit": {"maximum": 50, "minimum": 1, "type": "integer"},',
    ]
    assert difference(text(1), text(1, "limit"))[1:] == [
        '-    "required": ["q"],',
        '+    "required": ["q", "limit"],',
    ]


def test_lines_of_instructions_are_lines() -> None:
    text = kept(replace(locked(FULL), instructions="Be kind.\n\n" + "Never say 'no'. " * 8 + "\n"))
    assert '\n[\n  "Be kind.",\n  "",\n  "Never say ' in text


HOSTILE = (
    "'''\n[servers.x]\n",
    "'" * 7,
    "a\u202eb\u200b\x00\x7f\x85\u2028\ufeff\U000e0041\ue000 ",
    "\ud800 \udfff",
    '"""\\u0041\\',
    "\r\n\r\t",
    ".".join("a" * 200),
    ". ".join(["'a'"] * 200) + " = 1",
)


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_texts_of_servers_are_kept_whole_and_can_be_seen(text: str) -> None:
    catalogue = Catalogue(
        "s",
        server_info={"name": text},
        capabilities={text: {}},
        instructions=text,
        tools=(Item(Kind.TOOL, tool("t", description=text)), Item(Kind.TOOL, {text: text})),
    )
    written = kept(locked(catalogue))
    assert all(one.isprintable() or one == "\n" for one in written)


@pytest.mark.parametrize("kind", list(Kind))
def test_keys_are_shown_with_what_cannot_be_seen(kind: Kind) -> None:
    items = [{KEY[kind]: key} for key in ("a\u202eb", "a\\u202eb", "\ud83d", "\U000e0041", "")]
    pinned = locked(offering(kind, *items, {}))
    names = parse_toml(kept(pinned))["servers"]["server"][kind.plural]
    shown = ["", "", r"a\u202eb", r"a\u202eb", r"\ud83d", r"\udb40\udc41"]
    assert sorted(one[KEY[kind]] for one in names) == sorted(shown)


@pytest.mark.parametrize(
    ("catalogue", "what"),
    [
        pytest.param(Catalogue("\udcff"), "half a surrogate pair", id="name"),
        pytest.param(Catalogue("s", version="\udcff"), "half a surrogate pair", id="version"),
        pytest.param(
            Catalogue("s", target={"args": [".".join("a" * 100)]}), "a key of more than", id="dots"
        ),
    ],
)
def test_what_toml_cannot_hold_is_told(catalogue: Catalogue, what: str) -> None:
    with pytest.raises(ConfigError) as caught:
        server_text(locked(catalogue))
    name = "\\udcff" if catalogue.server != "s" else "s"
    start = f"server '{name}' cannot be pinned: its definition or version holds {what}"
    assert caught.value.message.startswith(start)


def test_a_key_that_is_given_twice_is_kept_and_digested_as_such() -> None:
    raw = parse_json('{"name": "t", "description": "evil", "description": "good"}')
    text = kept(locked(offering(Kind.TOOL, raw)))
    assert '  "description": "evil",\n  "description": "good",\n' in text
    found = broken(parse_toml(text.replace('  "description": "evil",\n', ""))["servers"])
    assert "do not belong together" in found.error.message


def test_what_is_not_known_is_kept() -> None:
    text = server_text(locked(FULL)).replace('version = "', 'later = 1\nversion = "', 1)
    text += (
        'more = [1]\n\n[servers.notes.resources.inner]\nx = "y"\n\n[servers.notes.also]\nz = 2\n'
    )
    server = read(text)["notes"]
    assert server.rest == {"later": 1, "also": {"z": 2}}
    assert server.resources[0].rest == {"more": [1], "inner": {"x": "y"}}
    kept(server)


GOOD = server_text(
    locked(
        Catalogue(
            "s",
            capabilities={"a": 1},
            instructions="Be kind.",
            tools=(Item(Kind.TOOL, {"name": "t", "description": "Reads."}),),
        )
    )
)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param(
            "Reads.",
            "Deletes.",
            "servers.s: tool 't': its name, digest and definition do not belong together",
            id="definition",
        ),
        pytest.param('name = "t"', 'name = "u"', "servers.s: tool 'u': its name, ", id="name"),
        pytest.param(
            '\ndigest = "sha256:',
            '\ndigest = "sha256:0',
            "servers.s: tool 't': its name",
            id="digest",
        ),
        pytest.param('\nseen = "', '\nseen = "0', "servers.s: tool 't': its name, ", id="seen"),
        pytest.param("\nseen", "\nwas", "servers.s: tool 't': its name, ", id="no digest"),
        pytest.param(
            "Be kind.",
            "Be rude.",
            "servers.s.instructions_digest is not the digest of its instructions",
            id="instructions",
        ),
        pytest.param(
            '{"a": 1}',
            '{"a": 2}',
            "servers.s.capabilities_digest is not the digest of its capabilities",
            id="capabilities",
        ),
        pytest.param('{"a": 1}', '{"a": 1', "servers.s.capabilities is not JSON: ", id="no JSON"),
    ],
)
def test_what_was_edited_by_hand_is_not_trusted(old: str, new: str, message: str) -> None:
    assert GOOD.count(old) == 1
    found = broken(parse_toml(GOOD.replace(old, new))["servers"])
    assert found.error.message.startswith(f"l: {message}")
    assert found.error.hint.endswith("pin it anew: mcpx lock --update s --lock l")
    assert parse_toml(found.text) == parse_toml(GOOD.replace(old, new))


def test_what_is_pinned_twice_was_merged_badly_and_what_is_listed_twice_is_counted() -> None:
    head, _, block = GOOD.partition("[[")
    found = broken(parse_toml(f"{head}[[{block}\n[[{block}")["servers"])
    assert found.error.message == "l: servers.s.tools 2, tool 't', stands twice"
    one = Item(Kind.TOOL, {"name": "t"})
    text = kept(locked(Catalogue("s", tools=(one, one, one))))
    assert text.count("[[") == 1
    assert "\ntimes = 3\n" in text
    for wrong in ("0", "true", "1_000_000", "'3'"):
        other = parse_toml(text.replace("times = 3", f"times = {wrong}"))["servers"]
        assert "is not a number of times" in broken(other).error.message


@pytest.mark.parametrize(
    ("table", "message"),
    [
        pytest.param(1, "servers is not a table", id="servers"),
        pytest.param({"s": 1}, "servers.s is not a table", id="server"),
    ],
)
def test_what_is_no_table_of_servers_is_refused(table: Any, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        list(read_servers(table, "l"))
    assert caught.value.message.startswith(f"l: {message}")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        pytest.param({"s": {"era": 1}}, "servers.s.era is neither", id="era"),
        pytest.param({"s": {"target": 1}}, "servers.s.target is not a table", id="target"),
        pytest.param({"s": {"capabilities": 1}}, "servers.s capabilities is not a text", id="text"),
        pytest.param(
            {"s": {"capabilities": "1"}}, "servers.s.capabilities is not an object", id="object"
        ),
        pytest.param(
            {"s": {"capabilities": "[" * 9999}}, "servers.s.capabilities is nested too", id="deep"
        ),
    ],
)
def test_a_server_that_is_none_is_broken(table: Any, message: str) -> None:
    assert broken(table).error.message.startswith(f"l: {message}")


@pytest.mark.parametrize(
    ("member", "value", "message"),
    [
        ("version", 1, "servers.s version is not a text"),
        ("supported", [1], "servers.s.supported is not an array of texts"),
        ("instructions", '"text"', "servers.s.instructions is not an array of lines"),
        ("tools", 1, "servers.s.tools is not an array of tables"),
        ("tools", [1], "servers.s.tools 1 is not a table"),
        ("tools", [{"name": 1}], "servers.s.tools 1 name is not a text"),
        ("tools", [{"name": "x", "definition": "[]"}], "servers.s: tool 'x': definition is not an"),
    ],
)
def test_a_table_that_is_none_is_named(member: str, value: Any, message: str) -> None:
    table = parse_toml(GOOD)["servers"]["s"]
    found = broken({"s": {**table, member: value}})
    assert found.error.message.startswith(f"l: {message}")


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
_JSON = st.recursive(
    st.none() | st.integers() | _TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(_TEXTS, inner),
)
_RAWS = st.dictionaries(st.sampled_from(["name", "uri", "description"]) | _TEXTS, _JSON, max_size=4)


@given(_TEXTS, st.lists(st.builds(Item, st.sampled_from(Kind), _RAWS), max_size=3), _RAWS)
def test_every_server_comes_back(name: str, items: list[Item], raw: dict[str, Any]) -> None:
    members = {kind.plural: tuple(one for one in items if one.kind is kind) for kind in Kind}
    catalogue = Catalogue(name, server_info=raw, instructions=json.dumps(raw), **members)
    kept(locked(catalogue))


@needs_data
def test_real_servers_come_back() -> None:
    from mcpx.catalogue import files

    for path in FILES:
        for catalogue in files.read(path.read_text(encoding="utf-8"), path.name, "s"):
            kept(locked(catalogue))
