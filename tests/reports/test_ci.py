from __future__ import annotations

from pathlib import Path

import pytest

from mcpx.analyses.finding import Effect, Finding, Outcome, Subject
from mcpx.reports.ci import named, not_told, place_in, servers_examined, servers_left_out, told
from mcpx.reports.document import Findings
from tests.reports.samples import CLASH, HOSTILE


@pytest.mark.parametrize(
    ("path", "root", "place"),
    [
        pytest.param("/shop/.mcp.json", None, ".mcp.json", id="below-the-current-folder"),
        pytest.param("catalogues/a.json", None, "catalogues/a.json", id="relative"),
        pytest.param("catalogues/../a.json", None, "a.json", id="there-and-back"),
        pytest.param("../a.json", None, "/a.json", id="above"),
        pytest.param("/shopping/a.json", None, "/shopping/a.json", id="only-named-alike"),
        pytest.param("a.json", "/", "shop/a.json", id="from-the-top-of-a-checkout"),
        pytest.param("a.json", "/other", "/shop/a.json", id="of-another-checkout"),
    ],
)
def test_a_place_is_told_from_the_top_of_the_checkout(
    path: str, root: str | None, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "cwd", lambda: Path("/shop"))
    assert place_in(path, Path(root) if root else None).as_posix() == place


def test_a_finding_is_told_in_safe_lines() -> None:
    assert told(Finding(CLASH, "two")) == ["two"]
    assert told(Finding(CLASH, "two", hosts=("b", "a"), hint="rename")) == [
        "two",
        "in: b, a",
        "hint: rename",
    ]
    lines = told(Finding(CLASH, HOSTILE, hosts=(HOSTILE,), hint=HOSTILE))
    assert len(lines) == 3
    assert not [line for line in lines if not line.isprintable() or line.startswith("::")]


def test_what_hosts_make_of_it_is_told_worst_first_an_effect_a_line() -> None:
    outcomes = (
        Outcome("zed", Effect.APART),
        Outcome("roo", Effect.LAST_WINS),
        Outcome("goose", Effect.APART),
    )
    assert told(Finding(CLASH, "two", hosts=("roo",), outcomes=outcomes)) == [
        "two",
        "roo: the last one wins, without a word",
        "zed, goose: kept apart",
    ]


def test_a_subject_is_named_by_server_and_key() -> None:
    assert named(Subject("tool", "search", "notes")) == "notes/search"
    assert named(Subject("server", "", "notes")) == "notes"


def test_servers_are_sorted_and_nobody_has_to_name_them() -> None:
    missing = [{"server": "d", "reason": "off"}, {"server": "c", "reason": "gone"}]
    document = Findings("conflicts", [], {"servers": ["b", "a"], "not_examined": missing})
    assert servers_examined(document) == ["a", "b"]
    assert servers_left_out(document) == [("c", "gone"), ("d", "off")]
    assert servers_examined(Findings("lint", [])) == servers_left_out(Findings("lint", [])) == []


def test_the_hosts_of_a_server_that_was_left_out_are_named() -> None:
    missing = [{"server": "c", "hosts": ["cursor", "zed"], "reason": "off"}]
    document = Findings("lint", [], {"not_examined": missing})
    assert servers_left_out(document) == [("c of cursor, zed", "off")]


def test_what_is_ignored_is_named_in_every_form() -> None:
    ignored = [{"rule": "config-shell", "by": "mcpx.toml", "count": 2}]
    document = Findings("lint", [], {"ignored": ignored})
    assert not_told(document) == ["config-shell: 2 ignored by mcpx.toml"]
    assert not_told(Findings("lint", [])) == []
