from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.diff.changes import ABSENT
from mcpx.analyses.finding import Severity
from tests.analyses.diff.both_sides import changes


def told(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str, str]]:
    found = changes({"name": "t", **old}, {"name": "t", **new})
    return [(one.rule.id, one.pointer, one.message) for one in found]


def icons(*sources: str, **more: str) -> dict[str, Any]:
    return {"icons": [{"src": source, **more} for source in sources]}


@pytest.mark.parametrize(
    ("old", "new", "rule", "message"),
    [
        pytest.param(
            {"description": "Reads."},
            {"description": "Reads. <IMPORTANT>"},
            "tool-description-changed",
            "description adds '<IMPORTANT>'",
            id="description",
        ),
        pytest.param(
            {"description": "Reads  it"},
            {"description": "Reads\nit\n"},
            "tool-description-whitespace-changed",
            "description has other blanks and the same words",
            id="blanks",
        ),
        pytest.param(
            {"description": "Reads it"},
            {"description": "Reads\u200b it"},
            "tool-description-changed",
            "description says 'Reads\u200b' with U+200B more instead of 'Reads'",
            id="a character that is not seen",
        ),
        pytest.param(
            {"title": "Read it"},
            {"title": "Read  it"},
            "tool-title-changed",
            "title has other blanks and the same words",
            id="blanks of a title",
        ),
        pytest.param(
            {"description": None},
            {"description": ""},
            "tool-member-changed",
            "description is '' instead of null",
            id="nothing in another way",
        ),
        pytest.param(
            {},
            icons("https://a.example/i.png"),
            "tool-icons-added",
            "icons added",
            id="icons",
        ),
        pytest.param(
            {},
            icons("https://a.example/i", mimeType="image/svg+xml"),
            "tool-icon-origin-changed",
            "icons come from 'https://a.example' and 'SVG'",
            id="icons that may hold scripts",
        ),
        pytest.param(
            icons("https://a.example/i.png"),
            icons("https://a.example/j.png", "data:image/png;base64,AA=="),
            "tool-icon-origin-changed",
            "icons come from 'data:'",
            id="an icon in the listing",
        ),
        pytest.param(
            icons("https://a.example/i.png"),
            icons("https://A.example/j.png"),
            "tool-icons-changed",
            "icons changed",
            id="icons of the same host",
        ),
        pytest.param(
            {"_meta": {"v": 1}},
            {"_meta": {"v": 2}},
            "tool-meta-changed",
            "_meta.v is 2 instead of 1",
            id="_meta",
        ),
        pytest.param(
            {"_meta": None},
            {"_meta": {}},
            "tool-member-changed",
            "_meta is an empty object instead of null",
            id="no _meta in another way",
        ),
    ],
)
def test_a_change_of_a_member(
    old: dict[str, Any], new: dict[str, Any], rule: str, message: str
) -> None:
    ((found, pointer, said),) = told(old, new)
    assert (found, said) == (rule, message)
    assert pointer.startswith("/")


def test_metadata_that_hosts_act_on_is_a_warning() -> None:
    (change,) = changes(
        {"name": "t", "_meta": {"ui": {"resourceUri": "ui://a"}}},
        {"name": "t", "_meta": {"ui": {"resourceUri": "ui://b"}}},
    )
    assert (change.severity, change.pointer) == (Severity.WARNING, "/_meta/ui")
    assert change.before == {"resourceUri": "ui://a"}
    (change,) = changes({"name": "t"}, {"name": "t", "_meta": {"x": 1}})
    assert (change.severity, change.before) == (Severity.INFO, ABSENT)


JUNK: list[Any] = [None, True, 1, 1.5, "", "x", [], [None, 1, {"a": []}], {}, {"a": {"name": 5}}]
MEMBERS = (
    "title description icons _meta annotations execution inputSchema arguments mimeType size x"
)


@pytest.mark.parametrize("key", ["name", "uri", "uriTemplate"])
@pytest.mark.parametrize("member", MEMBERS.split())
def test_values_of_any_type_are_told_as_one_change_or_two(key: str, member: str) -> None:
    name = "review" if member == "arguments" else "n"
    for before in JUNK:
        for after in JUNK:
            found = changes({key: name, member: before}, {key: name, member: after})
            if before is after:
                assert found == []
            elif member not in ("inputSchema", "annotations", "arguments"):
                assert 1 <= len(found) <= 2, (before, after)
            assert all(len(change.message) < 200 for change in found)
