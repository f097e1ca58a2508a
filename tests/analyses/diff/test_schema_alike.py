from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.diff.schema_alike import discriminators, likeness, matched, renames
from mcpx.analyses.diff.schema_nodes import Branch
from mcpx.analyses.diff.schema_reading import read
from mcpx.analyses.diff.schema_sides import Prints, Side

TEXT = {"type": "string"}
NEARLY = dict.fromkeys("abcd", TEXT)
NUMBER = {"type": "integer", "description": "The number of the issue."}


def kind(value: str, *names: str) -> dict[str, Any]:
    return {"properties": {"kind": {"const": value}} | dict.fromkeys(names, TEXT)}


@pytest.mark.parametrize(
    ("removed", "added", "expected"),
    [
        pytest.param(
            {"issueNumber": NUMBER}, {"issue_number": NUMBER},
            [("issueNumber", "issue_number", 1.0)], id="camel case",
        ),
        pytest.param(
            {"issueNumber": NUMBER}, {"issue-number": TEXT}, [("issueNumber", "issue-number", 0.9)],
            id="camel case and another type",
        ),
        pytest.param(
            {"q": {**TEXT, "description": "Search query in GitHub syntax"}},
            {"query": {**TEXT, "description": "Search query in GitHub syntax"}},
            [("q", "query", 0.87)],
            id="the same words",
        ),
        pytest.param({"city": TEXT}, {"limit": TEXT}, [], id="nothing in common but the type"),
        pytest.param({"page": TEXT}, {"pages": {"type": "array"}}, [], id="another type"),
        pytest.param(
            {"name": TEXT}, {"names": TEXT, "names2": TEXT}, [], id="two that are equally near"
        ),
        pytest.param({"a": 7}, {"A": []}, [("a", "A", 0.9)], id="what is no schema"),
        pytest.param(
            {f"someName{n}": TEXT for n in range(30)}, {f"some_name{n}": TEXT for n in range(30)},
            [(f"someName{n}", f"some_name{n}", 1.0) for n in range(30)], id="many",
        ),
    ],
)  # fmt: skip
def test_renames(removed: Any, added: Any, expected: list[tuple[str, str, float]]) -> None:
    assert renames(removed, added, Prints()) == expected


def branches(*schemas: Any) -> list[Branch]:
    return [Branch(raw, ("anyOf", n), ("anyOf", n)) for n, raw in enumerate(schemas)]


@pytest.mark.parametrize(
    ("old", "new", "pairs", "removed", "added"),
    [
        pytest.param([TEXT, kind("a")], [kind("a"), TEXT], [(0, 1), (1, 0)], [], [], id="order"),
        pytest.param([TEXT, TEXT], [TEXT], [(0, 0)], [1], [], id="one of two equal ones"),
        pytest.param(
            [kind("a", "x"), kind("b", "x")], [kind("b", "y"), kind("a", "y")],
            [(0, 1), (1, 0)], [], [], id="by what tells them apart",
        ),
        pytest.param([TEXT], [{"type": "array"}], [], [0], [0], id="other types"),
        pytest.param(
            [{"properties": NEARLY}], [{"properties": dict.fromkeys("abcx", TEXT)}],
            [(0, 0)], [], [], id="much the same properties",
        ),
        pytest.param(
            [{"minLength": n} for n in range(30)], [{"maxLength": n} for n in range(30)],
            [], list(range(30)), list(range(30)), id="too many to look at",
        ),
    ],
)  # fmt: skip
def test_alternatives(old: Any, new: Any, pairs: Any, removed: Any, added: Any) -> None:
    prints = Prints()
    found = matched(branches(*old), branches(*new), Side(old, prints), Side(new, prints))
    assert sorted((one.real[-1], other.real[-1]) for one, other in found.pairs) == pairs
    assert [one.real[-1] for one in found.removed] == removed
    assert [one.real[-1] for one in found.added] == added


@pytest.mark.parametrize(
    ("one", "other", "score"),
    [
        (TEXT, {"type": "array"}, 0.0),
        (TEXT, {"type": "string", "maxLength": 3}, 0.6),
        (kind("a"), kind("a", "x"), 0.8),
        (kind("a"), kind("b"), 0.4),
        ({"properties": {"a": TEXT}}, {"properties": {"b": TEXT}}, 0.2),
    ],
)
def test_likeness(one: Any, other: Any, score: float) -> None:
    prints = Prints()
    nodes = [read(Side(raw, prints), raw, (), ()) for raw in (one, other)]
    assert likeness(*nodes) == pytest.approx(score)


def test_what_tells_alternatives_apart() -> None:
    raw = {"properties": {"a": {"const": "x"}, "b": {"enum": ["y"]}, "c": {"enum": [1]}, "d": 3}}
    assert dict(discriminators(read(Side(raw, Prints()), raw, (), ()))) == {"a": "x", "b": "y"}
