from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from mcpx.analyses.diff.changes import Change
from mcpx.analyses.diff.lock_changes import (
    is_as_pinned,
    lock_changes,
    missing,
    passes,
    untold,
)
from mcpx.analyses.diff.lock_meaning import as_meant
from mcpx.analyses.diff.rules import CHANGES
from mcpx.analyses.finding import Severity, Subject
from mcpx.catalogue.locked import LockedServer, catalogue_of, locked
from mcpx.catalogue.model import KEY, Catalogue, Item, Kind
from mcpx.operations.comparing import SchemaJudge, Server, changes
from mcpx.schemas.workers import Worker
from mcpx.servers import Era

Found = Callable[..., list[Change]]
RULES = {rule.id: rule for rule in CHANGES}
TOOL: dict[str, Any] = {
    "name": "find",
    "title": "Find",
    "description": "Finds notes.",
    "inputSchema": {
        "type": "object",
        "properties": {
            "query": {"type": "string", "title": "Query", "description": "What to look for."},
            "limit": {"$ref": "#/$defs/Limit"},
            "kind": {"enum": ["note", "list"], "default": "note"},
        },
        "required": ["query"],
        "$defs": {"Limit": {"type": "integer", "minimum": 1, "maximum": 100}},
    },
    "outputSchema": {"type": "object", "properties": {"ids": {"type": "array"}}},
    "annotations": {"readOnlyHint": True, "idempotentHint": True, "x-more": "a"},
    "icons": [{"src": "https://notes.example/i.png"}],
    "_meta": {"notes.example/tier": 1},
    "x-unknown": ["b", None],
}
PROMPT: dict[str, Any] = {
    "name": "tidy",
    "description": "Tidies up.",
    "arguments": [{"name": "topic", "description": "Of what.", "required": True}],
}
RESOURCE: dict[str, Any] = {
    "uri": "notes://all",
    "name": "all",
    "description": "All of them.",
    "mimeType": "text/plain",
    "annotations": {"audience": ["user"]},
}
TEMPLATE: dict[str, Any] = {
    "uriTemplate": "notes://{id}",
    "name": "one",
    "description": "One of them.",
    "mimeType": "text/plain",
}
PARTS = {
    Kind.TOOL: TOOL,
    Kind.PROMPT: PROMPT,
    Kind.RESOURCE: RESOURCE,
    Kind.TEMPLATE: TEMPLATE,
}
TARGET = {"transport": "stdio", "command": "npx", "args": ["-y", "notes@1.2.0"], "env": ["HOME_ID"]}
CATALOGUE = Catalogue(
    "notes",
    TARGET,
    Era.MODERN,
    "2026-07-28",
    ("2025-11-25", "2026-07-28"),
    ("roots",),
    {"name": "notes", "version": "1.2.0", "title": "Notes", "x-build": 7},
    {"tools": {"listChanged": True}, "prompts": {}, "resources": {"subscribe": True}},
    "Be brief.\nNever guess.",
    **{kind.plural: (Item(kind, raw),) for kind, raw in PARTS.items()},
)
PINNED = locked(CATALOGUE)


@pytest.fixture(scope="module")
def found() -> Iterator[Found]:
    """What is not as it was pinned, by the whole diff."""
    with Worker() as worker:
        judge = SchemaJudge(worker)

        def of(new: LockedServer, old: LockedServer = PINNED) -> list[Change]:
            sides = [Server("notes", catalogue_of(one)) for one in (old, as_meant(old, new))]
            return list(lock_changes(old, new, changes(*sides, judge)))

        yield of


def ids(changes: list[Change]) -> list[str]:
    return [one.rule.id for one in changes]


def with_item(kind: Kind, raw: Any) -> LockedServer:
    return locked(replace(CATALOGUE, **{kind.plural: (Item(kind, raw),)}))


def spots(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every key and of every plain value."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in members:
        if isinstance(value, dict):
            yield (*path, ("key", key))
        if isinstance(inner, dict | list):
            yield from spots(inner, (*path, key))
        else:
            yield (*path, key)


def mutated(raw: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    """The item with one character of one key or value changed."""
    made = copy.deepcopy(raw)
    at: Any = made
    for part in path[:-1]:
        at = at[part]
    last = path[-1]
    if isinstance(last, tuple):
        at[last[1] + "x"] = at.pop(last[1])
    elif isinstance(at[last], bool) or at[last] is None:
        at[last] = not at[last]
    elif isinstance(at[last], int):
        at[last] += 1
    else:
        at[last] += "."
    return made


def named(path: tuple[Any, ...]) -> str:
    return ".".join(part[1] + "*" if isinstance(part, tuple) else str(part) for part in path)


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        pytest.param(kind, path, id=f"{kind}-{named(path)}")
        for kind, raw in PARTS.items()
        for path in spots(raw)
    ],
)
def test_one_character_of_an_item_fails(found: Found, kind: Kind, path: tuple[Any, ...]) -> None:
    new = with_item(kind, mutated(PARTS[kind], path))
    assert not is_as_pinned(PINNED, new)
    assert not passes(found(new))


@pytest.mark.parametrize(
    ("members", "rule"),
    [
        pytest.param({"target": {**TARGET, "args": ["-y", "notes@1.2.1"]}}, "lock-launch-changed"),
        pytest.param({"target": {**TARGET, "args": ["-y"]}}, "lock-launch-changed"),
        pytest.param({"target": {**TARGET, "command": "npy"}}, "lock-launch-changed"),
        pytest.param({"target": {**TARGET, "env": ["HOME_IE"]}}, "lock-launch-changed"),
        pytest.param({"target": {**TARGET, "cwd": "/srv"}}, "lock-launch-changed"),
        pytest.param({"target": {}}, "lock-launch-changed"),
        pytest.param(
            {"target": {"transport": "http", "url": "https://a.example/mcp"}}, "lock-launch-changed"
        ),
        pytest.param({"era": Era.LEGACY}, "lock-era-changed"),
        pytest.param({"era": None}, "lock-era-changed"),
        pytest.param({"offered": ()}, "lock-context-changed"),
        pytest.param({"version": "2025-11-25"}, "protocol-version-latest-changed"),
        pytest.param({"version": ""}, "lock-digest-differs"),
        pytest.param({"supported": ("2026-07-28",)}, "protocol-version-removed"),
        pytest.param({"supported": ()}, "lock-digest-differs"),
        pytest.param({"instructions": "Be brief.\nNever guess!"}, "instructions-changed"),
        pytest.param({"instructions": "Be  brief.\nNever guess."}, "instructions-whitespace"),
        pytest.param({"instructions": None}, "instructions-removed"),
        pytest.param({"capabilities": {}}, "capability-tools-removed"),
        pytest.param(
            {"capabilities": {**CATALOGUE.capabilities, "tools": {"listChanged": 1}}},
            "capability-",
        ),
        pytest.param(
            {"capabilities": {**CATALOGUE.capabilities, "x": {}}}, "capability-unknown-changed"
        ),
        pytest.param({"server_info": {}}, "server-info-missing"),
        pytest.param(
            {"server_info": {**CATALOGUE.server_info, "version": "1.2.1"}}, "lock-digest-differs"
        ),
        pytest.param(
            {"server_info": {**CATALOGUE.server_info, "x-build": 7.5}}, "server-info-changed"
        ),
    ],
)
def test_what_is_of_the_server_fails(found: Found, members: dict[str, Any], rule: str) -> None:
    new = locked(replace(CATALOGUE, **members))
    assert not is_as_pinned(PINNED, new)
    told = found(new)
    assert not passes(told)
    assert any(one.startswith(rule) for one in ids(told))


@pytest.mark.parametrize("kind", list(Kind))
def test_items_that_come_go_or_are_renamed_fail(found: Found, kind: Kind) -> None:
    item = Item(kind, PARTS[kind])
    other = Item(kind, {**PARTS[kind], KEY[kind]: PARTS[kind][KEY[kind]] + "s"})
    for items in ((item, other), (), (other,), (item, item)):
        new = locked(replace(CATALOGUE, **{kind.plural: items}))
        told = found(new)
        assert not passes(told)
        if items == (item, other):
            assert told[0].severity is Severity.ERROR


def edited(path: str, value: Any, removed: str = "") -> dict[str, Any]:
    made = copy.deepcopy(TOOL)
    at: Any = made
    *parts, last = path.split("/")
    for part in parts:
        at = at[part]
    at[last] = value
    if removed:
        at = made
        *parts, last = removed.split("/")
        for part in parts:
            at = at[part]
        del at[last]
    return made


@pytest.mark.parametrize(
    "tool",
    [
        pytest.param(edited("annotations/openWorldHint", True), id="default-of-a-hint"),
        pytest.param(edited("execution", {"taskSupport": "forbidden"}), id="default-of-tasks"),
        pytest.param(edited("inputSchema/additionalProperties", True), id="additional-properties"),
        pytest.param(edited("inputSchema/properties/query/minLength", 0), id="least-length"),
        pytest.param(edited("inputSchema/properties/query/type", ["string"]), id="list-of-types"),
        pytest.param(
            edited("inputSchema/$schema", "https://json-schema.org/draft/2020-12/schema"),
            id="dialect",
        ),
        pytest.param(edited("annotations/title", "Find", "title"), id="title-in-the-other-place"),
    ],
)
def test_what_means_the_same_passes_and_is_told(found: Found, tool: dict[str, Any]) -> None:
    new = with_item(Kind.TOOL, tool)
    assert not is_as_pinned(PINNED, new)
    told = found(new)
    assert ids(told) == ["lock-respelt"]
    assert passes(told)
    back = found(PINNED, new)
    assert ids(back) == ["lock-respelt"]
    assert passes(back)


def test_keys_in_another_order_are_no_difference() -> None:
    assert is_as_pinned(PINNED, with_item(Kind.TOOL, dict(reversed(TOOL.items()))))
    again = replace(CATALOGUE, supported=CATALOGUE.supported[::-1])
    assert is_as_pinned(PINNED, locked(again))
    assert is_as_pinned(PINNED, replace(PINNED, typed="npm:notes", rest={"x": 1}))
    assert not is_as_pinned(PINNED, locked(replace(CATALOGUE, capabilities={"tools": {}})))


@pytest.mark.parametrize(
    ("tool", "place"),
    [
        pytest.param(edited("inputSchema/$defs/Some", {}), "/inputSchema/$defs/Some"),
        pytest.param(
            edited("inputSchema/properties/query/title", "Query."),
            "/inputSchema/properties/query/title",
        ),
        pytest.param(edited("annotations/idempotentHint", False), "/annotations/idempotentHint"),
        pytest.param(
            edited("inputSchema/properties/kind/then", {"minLength": 1}),
            "/inputSchema/properties/kind/then/minLength",
        ),
    ],
)
def test_what_hides_behind_a_cosmetic_change_is_told(
    found: Found, tool: dict[str, Any], place: str
) -> None:
    told = found(with_item(Kind.TOOL, tool))
    assert [(one.rule.id, one.pointer) for one in told] == [("lock-digest-differs", place)]


def test_a_difference_that_the_diff_does_not_tell_fails() -> None:
    new = with_item(Kind.TOOL, edited("description", "Finds them."))
    (change,) = lock_changes(PINNED, new, [])
    assert (change.rule.id, change.pointer) == ("lock-digest-differs", "/description")
    assert change.message == "/description differs: 'Finds them.' instead of 'Finds notes.'"
    (gone,) = lock_changes(PINNED, locked(replace(CATALOGUE, tools=())), [])
    assert gone.message == "the list of tools is another: find"
    subject = Subject("tool", "find", "notes")
    cosmetic = Change(RULES["task-support-restated-default"], subject, "", "/execution/taskSupport")
    assert not passes(list(lock_changes(PINNED, new, [cosmetic])))
    real = Change(RULES["tool-description-changed"], subject, "", "/description")
    assert ids(list(lock_changes(PINNED, new, [real]))) == ["tool-description-changed"]


@pytest.mark.parametrize(
    ("rule", "severity"),
    [
        pytest.param("tool-added", Severity.ERROR, id="new"),
        pytest.param("tool-title-changed", Severity.ERROR, id="read-by-people"),
        pytest.param("server-website-changed", Severity.WARNING, id="mild"),
        pytest.param("tool-removed", Severity.ERROR, id="breaking"),
        pytest.param("resource-size-changed", Severity.INFO, id="cosmetic"),
    ],
)
def test_a_lock_is_stricter_than_a_diff(rule: str, severity: Severity) -> None:
    change = Change(RULES[rule], Subject("server", "", "notes"), "it")
    (told,) = lock_changes(PINNED, PINNED, [change])
    assert told.severity is severity
    assert passes([told]) is (severity is Severity.INFO)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        pytest.param("a", "b", "'b' instead of 'a'", id="short"),
        pytest.param(3, 4, "4 instead of 3", id="numbers"),
        pytest.param(10**40, 10**41, "another number", id="large"),
        pytest.param([1], [1, 2], "another list", id="lists"),
        pytest.param(
            "x" * 60 + "a",
            "x" * 60 + "b",
            "from character 61 on 'xxxxxxxxxxxxb' instead of 'xxxxxxxxxxxxa'",
            id="long",
        ),
        pytest.param(
            "caf\u00e9", "cafe\u0301", "character 4 is U+0065 instead of U+00E9", id="composed"
        ),
        pytest.param("a b", "a  b", "character 3 is U+0020 instead of U+0062", id="blanks"),
        pytest.param(
            "ab", "ab\u200b", "character 3 is U+200B instead of its end", id="not-to-be-seen"
        ),
    ],
)
def test_two_values_can_be_told_apart(before: Any, after: Any, said: str) -> None:
    new = with_item(Kind.TOOL, {**TOOL, "x": after})
    old = with_item(Kind.TOOL, {**TOOL, "x": before})
    (change,) = lock_changes(old, new, [])
    assert change.message == f"/x differs: {said}"


def test_a_launch_is_told_by_the_first_word_that_differs(
    found: Found,
) -> None:
    target = {**TARGET, "args": ["-y", "notes@1.2.1", "--all"]}
    (change,) = [
        one
        for one in found(locked(replace(CATALOGUE, target=target)))
        if one.rule.id == "lock-launch-changed"
    ]
    assert change.message == "launch: argument 2 is 'notes@1.2.1' instead of 'notes@1.2.0'"
    assert change.pointer == "/target/args/1"
    assert change.before == TARGET["args"]


def test_what_cannot_be_compared_has_words() -> None:
    assert missing("a", "demo:a").message == "a is not in the lock"
    assert not passes([missing("a", "")])
    assert not passes([untold("a")])
