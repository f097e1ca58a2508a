from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from mcpx import settings
from mcpx.catalogue.lock import CHOSEN_NAME
from mcpx.errors import ConfigError, Fault, UsageError
from mcpx.settings import SETTINGS, TABLES
from mcpx.shipped import json_schemas
from tests.conftest import GOOD_SERVER, ROOT, Run

NAMES = json_schemas.names()
# What people write: a key that is not known is misspelt.
INPUTS = ("answers", "faults", "script", "settings")


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json_schemas.text(name))
    return found


def is_valid(name: str, value: object) -> bool:
    return jsonschema_rs.validator_for(schema(name)).is_valid(value)


def check(value: Any) -> str:
    """Validates an output against the schema that it names."""
    name: str = value["format"].removeprefix("mcpx.")
    jsonschema_rs.validator_for(schema(name)).validate(value)
    assert value["version"] == 1
    return name


@pytest.mark.parametrize("name", NAMES)
def test_each_schema_is_one(name: str) -> None:
    jsonschema_rs.meta.validate(schema(name))
    assert schema(name)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema(name)["title"]


def members(value: Any, path: str = "") -> list[tuple[str, Any]]:
    """Every member that a schema describes."""
    found = []
    if isinstance(value, dict):
        for name, member in value.get("properties", {}).items():
            found.append((f"{path}/{name}", member))
        for key, inner in value.items():
            found += members(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for inner in value:
            found += members(inner, path)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_each_member_is_described(name: str) -> None:
    for path, member in members(schema(name)):
        assert "$ref" in member or "const" in member or member.get("description"), path


@pytest.mark.parametrize("name", [name for name in NAMES if name not in INPUTS])
def test_outputs_may_get_more_members(name: str) -> None:
    assert '"additionalProperties": false' not in json_schemas.text(name)


def test_parts_are_the_same_in_every_schema() -> None:
    known: dict[str, Any] = {}
    for name in NAMES:
        for part, definition in schema(name).get("$defs", {}).items():
            assert known.setdefault(part, definition) == definition, (name, part)
    for line, whole, part in (
        ("discover.definition", "discover", "definition"),
        ("discover.problem", "discover", "file_problem"),
        ("conflicts.finding", "conflicts", "finding"),
        ("diff.change", "diff", "change"),
        ("lock.check.change", "lock.check", "change"),
        ("changelog.release", "changelog", "release"),
        ("session.check.finding", "session.check", "finding"),
        ("session.show.item", "session.show", "session_item"),
        ("replay.interaction", "replay", "interaction"),
    ):
        expected = schema(whole)["$defs"][part]["properties"]
        found = dict(schema(line)["properties"])
        assert {"format", "version"} <= found.keys()
        assert {key: found[key] for key in found if key not in ("format", "version")} == expected


def test_every_format_in_the_code_has_a_schema() -> None:
    found = set()
    for path in (ROOT / "mcpx").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r'"mcpx\.([a-z.]+)"(?=,\s*"version")', text))
        found |= set(re.findall(r'FORMAT = "mcpx\.([a-z.-]+)"', text))
        for name in re.findall(r'told\(run, "(\w+)"', text):
            found |= {name, f"{name}.finding", f"{name}.ignored"}
        for name in re.findall(r'Findings\("([a-z.]+)"', text):
            found |= {name, f"{name}.finding", f"{name}.ignored"}
        of_changes = re.findall(r'Changes\("([a-z.]+)"', text)
        if "Changes(NAME" in text:
            of_changes += re.findall(r'^NAME = "([a-z.]+)"', text, re.MULTILINE)
        for name in of_changes:
            found |= {name, f"{name}.change"}
    assert found == set(NAMES) - {"settings", "error", "script", "session"}


def test_an_unknown_schema_is_wrong_use() -> None:
    with pytest.raises(UsageError, match="there is no schema 'x'") as caught:
        json_schemas.text("x")
    assert "catalogue" in caught.value.hint


@pytest.fixture
def servers(
    home: Path,
    project: Path,
    configure: Callable[..., Path],
    catalogue_file: Callable[..., Path],
    good_server: dict[str, Any],
) -> None:
    """A little of everything that discover can find."""
    configure(home / ".cursor" / "mcp.json", mine=good_server, broken={"command": 3})
    configure(
        home / ".claude.json",
        remote={"type": "http", "url": "https://h/mcp", "headers": {"A": "b"}},
        old={"type": "sse", "url": "https://h/sse"},
        good=good_server,
    )
    configure(
        project / ".mcp.json",
        good={**good_server, "env": {"A": "${UNSET_HERE}"}, "cwd": "/srv"},
    )
    for name, most in (("old", 100), ("new", 10)):
        takes = {"type": "object", "properties": {"limit": {"type": "integer", "maximum": most}}}
        catalogue_file(
            name,
            tools=[{"name": "find", "inputSchema": takes}, {"name": name, "inputSchema": takes}],
            prompts=[{"name": "sum", "description": f"The {name} one."}],
            resources=[{"uri": f"note://{name}", "name": "a"}],
        )
    (home / ".gemini").mkdir()
    (home / ".gemini" / "settings.json").write_text("{")


WORDS = [f"stdio:{shlex.join(GOOD_SERVER)}", "stdio:no-such-program-x"]


@pytest.mark.usefixtures("servers")
@pytest.mark.parametrize(
    ("argv", "name"),
    [
        pytest.param(["discover"], "discover", id="discover"),
        pytest.param(["discover", "--hosts"], "hosts", id="hosts"),
        pytest.param(["inspect", *WORDS], "catalogue", id="inspect"),
        pytest.param(["inspect", "demo:gallery", "demo:shop"], "catalogue", id="inspect-demo"),
        pytest.param(["inspect", "--tool", "add", *WORDS], "tool", id="tool"),
        pytest.param(["conflicts"], "conflicts", id="conflicts"),
        pytest.param(["conflicts", "old.json", *WORDS, WORDS[0]], "conflicts", id="named"),
        pytest.param(["diff", "old.json", "new.json"], "diff", id="diff"),
        pytest.param(["trust", "list"], "trust", id="trust"),
        pytest.param(["config", "show"], "config", id="config"),
        pytest.param(["schema"], "schemas", id="schema"),
        pytest.param(["demo"], "demo", id="demo"),
    ],
)
def test_every_output_fits_its_schema(run: Run, argv: list[str], name: str) -> None:
    done = run(*argv, "--json")
    assert check(done.json) == name
    for line in done.err.splitlines():
        if line.startswith("{"):
            assert is_valid("error", json.loads(line))


@pytest.mark.usefixtures("servers")
@pytest.mark.parametrize(
    ("argv", "names"),
    [
        pytest.param(["discover"], {"discover.definition", "discover.problem"}, id="discover"),
        pytest.param(["discover", "--hosts"], None, id="hosts"),
        pytest.param(["inspect", *WORDS], {"inspect.server"}, id="inspect"),
        pytest.param(["conflicts", WORDS[0], WORDS[0]], {"conflicts.finding"}, id="conflicts"),
        pytest.param(["diff", "old.json", "new.json"], {"diff.change"}, id="diff"),
        pytest.param(["config", "show"], {"config"}, id="config"),
    ],
)
def test_every_line_fits_its_schema(run: Run, argv: list[str], names: set[str] | None) -> None:
    lines = run(*argv, "-f", "ndjson").lines
    assert lines
    if names is not None:
        assert {check(line) for line in lines} == names


def test_the_sample_of_the_first_version_still_fits() -> None:
    text = (ROOT / "tests" / "data" / "catalogue-v1.json").read_text(encoding="utf-8")
    assert check(json.loads(text)) == "catalogue"


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("settings", "error")])
@pytest.mark.parametrize("value", [{}, [], {"format": "mcpx.other", "version": 1}], ids=str)
def test_what_is_something_else_does_not_fit(name: str, value: object) -> None:
    assert not is_valid(name, value)


@pytest.mark.parametrize("fault", list(Fault))
def test_every_class_of_error_is_known(fault: Fault) -> None:
    parts = {"class": fault.value, "message": "m", "hint": "", "server": None}
    assert is_valid("error", {"error": parts})
    assert not is_valid("error", {"error": {**parts, "class": "other"}})


def settings_in(described: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found = {}
    for name, one in described["properties"].items():
        if name in TABLES:
            continue
        if "properties" in one:
            found |= settings_in(one, f"{prefix}{name}.")
        else:
            found[prefix + name] = one
    return found


def test_the_schema_of_settings_says_what_the_code_says() -> None:
    tables = {name: one for name, one in schema("settings")["properties"].items() if name in TABLES}
    assert sorted(tables) == sorted(TABLES)
    chosen = tables["names"]["additionalProperties"]["additionalProperties"]["pattern"]
    assert chosen == f"^{CHOSEN_NAME.pattern}$"
    described = settings_in(schema("settings"))
    assert list(described) == [one.name for one in SETTINGS]
    for one in SETTINGS:
        note = "" if one.by_project else " Not in a project's file."
        assert described[one.name]["description"] == one.help + note


VALUES: list[Any] = [
    *(0, 1, 8, 1000, 1001, 86400, 86401, 1.5, -1, True, False),
    *("auto", "legacy", "modern", "table", "json", "ndjson", "markdown", "always", "never"),
    *("ask", "project", "64K", "1g", "2MiB", "3mb", "0", "12X", "sarif", "yes please", ""),
]


@pytest.mark.parametrize("setting", [one.name for one in SETTINGS])
def test_the_schema_of_settings_accepts_what_the_code_accepts(
    home: Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    path = home / "config.toml"
    monkeypatch.setenv("MCPX_CONFIG", str(path))
    table, _, name = setting.rpartition(".")
    for value in VALUES:
        inner = {name: value}
        document = {table: inner} if table else inner
        path.write_text((f"[{table}]\n" if table else "") + f"{name} = {json.dumps(value)}\n")
        try:
            settings.load()
            accepted = True
        except ConfigError:
            accepted = False
        if is_valid("settings", document):
            assert accepted, value
        elif accepted:
            # Text where TOML has a word of its own is let through, not recommended.
            assert isinstance(value, str | int), value
