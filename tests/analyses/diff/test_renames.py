from __future__ import annotations

import time

import pytest

from mcpx.analyses.diff.renames import guesses
from mcpx.catalogue.model import Item, Kind
from tests.analyses.diff.test_likeness import tool
from tests.catalogue.data import needs_data, real


def told(old: list[Item], new: list[Item]) -> tuple[list[str], list[str], list[str]]:
    found = guesses(old, new)
    return (
        [f"{one.old.key} {one.new.key} {one.confidence}" for one in found.renamed],
        [f"{one.old.key} {one.new.key}" for one in found.possibly],
        [" ".join([*(two.key for two in one.old), one.new.key]) for one in found.merged],
    )


LABEL = "Creates a label in a repository."


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param([tool("write_label", LABEL, n="string")],
                     [tool("label_write", LABEL, n="string")],
                     (["write_label label_write 1.0"], [], []), id="words in another order"),
        pytest.param([tool("star_repo", "Stars a repository.", n="string")],
                     [tool("unstar_repo", "Unstars a repository.", n="string")],
                     ([], [], []), id="the opposite"),
        pytest.param([tool("get_user", LABEL, n="string")], [tool("getUser", "Anew.", m="array")],
                     (["get_user getUser 0.9"], [], []), id="spelt otherwise"),
        pytest.param([tool("make_label", LABEL, n="string")],
                     [tool("label_maker", LABEL, n="string"),
                      tool("maker_label", LABEL, n="string")],
                     ([], [], []), id="two that it may be"),
        pytest.param([tool("find_label", LABEL, n="string")],
                     [tool("add_label", LABEL, n="string")],
                     ([], ["find_label add_label"], []), id="reads and writes"),
        pytest.param([tool("count_a", "Counts a thing."), tool("count_b", "Counts a thing.")],
                     [tool("count", "Counts a thing.")],
                     ([], [], ["count_a count_b count"]), id="two become one"),
    ],
)  # fmt: skip
def test_guesses(
    old: list[Item], new: list[Item], expected: tuple[list[str], list[str], list[str]]
) -> None:
    assert told(old, new) == expected


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        pytest.param(Kind.RESOURCE, "a://b", "c://d", id="resources by name"),
        pytest.param(Kind.TEMPLATE, "a://{b}", "c://{d}/e", id="templates by name"),
    ],
)
def test_resources_and_templates_go_by_name(kind: Kind, old: str, new: str) -> None:
    key = "uri" if kind is Kind.RESOURCE else "uriTemplate"
    one, other = (Item(kind, {key: uri, "name": "n"}) for uri in (old, new))
    (rename,) = guesses([one], [other]).renamed
    assert (rename.old, rename.new) == (one, other)
    assert guesses([one, one], [other]).renamed == ()
    assert guesses([Item(kind, {key: old})], [Item(kind, {key: new})]).renamed == ()


def test_templates_go_by_their_shape_too() -> None:
    one, other = (Item(Kind.TEMPLATE, {"uriTemplate": uri}) for uri in ("a://{b}", "a://{c}"))
    assert len(guesses([one], [other]).renamed) == 1


def test_a_thousand_against_a_thousand_take_seconds_at_most() -> None:
    words = [f"word{number}" for number in range(40)]
    old, new = [], []
    for number in range(1_000):
        text = " ".join(words[number % 7 : number % 7 + 30])
        properties = {words[number % 40]: "string", words[number % 13]: "integer"}
        old.append(tool(f"read_{number}", f"{number} {text}", **properties))
        new.append(tool(f"{number}_get_it", f"{number} {text}", **properties))
    start = time.monotonic()
    found = guesses(old, new)
    assert time.monotonic() - start < 40
    assert len(found.renamed) + len(found.possibly) > 900


@needs_data
@pytest.mark.parametrize(
    ("old", "new", "renamed", "possibly"),
    [
        pytest.param(
            "mcp-server-sqlite@0.6.2",
            "mcp-server-sqlite@2025.4.25",
            {
                f"{one} {one.replace('-', '_')}"
                for one in ("read-query", "write-query", "create-table", "list-tables",
                            "describe-table", "append-insight")
            },
            set(),
            id="sqlite",
        ),
        pytest.param(
            "@modelcontextprotocol+server-everything@2025.12.18",
            "@modelcontextprotocol+server-everything@2026.1.26",
            {
                "getTinyImage get-tiny-image",
                "getResourceReference get-resource-reference",
                "getResourceLinks get-resource-links",
                "longRunningOperation trigger-long-running-operation",
                "printEnv get-env",
                "annotatedMessage get-annotated-message",
                "structuredContent get-structured-content",
                "listRoots get-roots-list",
            },
            {"add get-sum"},
            id="everything",
        ),
    ],
)  # fmt: skip
def test_real_renames(old: str, new: str, renamed: set[str], possibly: set[str]) -> None:
    was, now = ({one.key: one for one in real(f"full/{name}").tools} for name in (old, new))
    removed = [one for key, one in was.items() if key not in now]
    added = [one for key, one in now.items() if key not in was]
    found = guesses(removed, added)
    assert {f"{one.old.key} {one.new.key}" for one in found.renamed} == renamed
    assert {f"{one.old.key} {one.new.key}" for one in found.possibly} == possibly
    assert found.merged == ()
