from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.diff.changes import Change, Witness
from mcpx.analyses.diff.rules import CHANGES
from mcpx.analyses.finding import Severity, Subject
from mcpx.reports.release_notes import Section, sections

RULES = {rule.id: rule for rule in CHANGES}


def change(rule: str, key: str, message: str = "", kind: str = "tool", **more: Any) -> Change:
    return Change(RULES[rule], Subject(kind, key, "p"), message, **more)


def came(key: str, kind: str = "tool", about: str = "") -> Change:
    return change(
        f"{kind}-added", key, f"{kind} '{key}' is new", kind, after={"description": about}
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param(
            [came("a", about="Does a thing. And more."), came("r_1", "prompt")],
            {Section.ADDED: ["tool `a`: Does a thing `tool-added`", "prompt `r_1` `prompt-added`"]},
            id="new",
        ),
        pytest.param(
            [came(f"t{n}") for n in range(12)],
            {
                Section.ADDED: [
                    "12 tools: `t0`, `t1`, `t2`, `t3`, `t4`, `t5`, `t6`, `t7` and 4 more"
                    " `tool-added`"
                ]
            },
            id="many-new",
        ),
        pytest.param(
            [change("resource-removed", "x://{n}", kind="resource", before=["x://1", "x://2"])],
            {Section.BREAKING: ["2 resources like `x://1` are gone `resource-removed`"]},
            id="a-family",
        ),
        pytest.param(
            [
                change("tool-removed", "a"),
                change("tool-possibly-renamed", "a", before="a", after="b"),
            ],
            {Section.BREAKING: ["tool `a` (which may be `b` now) is gone `tool-removed`"]},
            id="perhaps-renamed",
        ),
        pytest.param(
            [change("tool-renamed", f"n{n}", before=f"o{n}", after=f"n{n}") for n in range(3)],
            {
                Section.BREAKING: [
                    "3 tools have other names: `o0` is `n0`, `o1` is `n1`, `o2` is `n2`"
                    " `tool-renamed`"
                ]
            },
            id="renamed",
        ),
        pytest.param(
            [change("input-opened", n, "the input: may have other members now") for n in "abc"],
            {
                Section.CHANGED: [
                    "3 tools: the input may have other members now: `a`, `b`, `c` `input-opened`"
                ]
            },
            id="the-same-of-many",
        ),
        pytest.param(
            [change("annotation-open-world-gained", n, "says 'x' instead of ''y''") for n in "ab"],
            {
                Section.CHANGED: [
                    "each of `a` and `b` says `x` instead of `'y'` `annotation-open-world-gained`"
                ]
            },
            id="the-same-of-two",
        ),
        pytest.param(
            [change("tool-title-added", n, f"title added: '{n}'") for n in "abc"],
            {Section.TEXTS: ["3 tools have a title now: `a`, `b`, `c` `tool-title-added`"]},
            id="alike-of-many",
        ),
        pytest.param(
            [
                change(
                    "input-maximum-decreased",
                    "a",
                    "parameter q: maximum 9 is now 5",
                    witness=Witness({"q": 9}, place="q", message="is 9"),
                ),
                change("input-became-enum", "a", "parameter 'c d': is one of 'x' now"),
            ],
            {
                Section.BREAKING: [
                    "`a`",
                    "  parameter `c d`: is one of `x` now `input-became-enum`",
                    "  parameter `q`: maximum 9 is now 5 `input-maximum-decreased`",
                    '    `{"q": 9}` worked before: q is 9',
                ]
            },
            id="several-of-one",
        ),
        pytest.param(
            [
                change("capability-list-changed-added", "", f"declares {n}.listChanged", "server")
                for n in ("tools", "prompts")
            ],
            {
                Section.ADDED: [
                    "the server declares `tools.listChanged` and `prompts.listChanged`"
                    " `capability-list-changed-added`"
                ]
            },
            id="declared",
        ),
        pytest.param(
            [
                change("server-version-changed", "", "version 2", "server"),
                change("annotation-restated-default", "a"),
                change("tool-description-whitespace-changed", "a"),
            ],
            {},
            id="nothing-to-tell",
        ),
        pytest.param(
            [change("tool-title-added", "a", "title", given=Severity.ERROR)],
            {Section.BREAKING: ["`a`: title `tool-title-added`"]},
            id="as-bad-as-the-user-says",
        ),
    ],
)
def test_changes_are_told_as_notes(
    changes: list[Change], expected: dict[Section, list[str]]
) -> None:
    assert sections(changes) == expected


def test_what_a_server_says_is_no_markup() -> None:
    hostile = "a`b\n# <b>[x](http://y) @me"
    notes = sections([came(hostile, about=hostile), change("tool-icons-changed", "t", hostile)])
    assert notes == {
        Section.ADDED: [
            "tool ``a`b\\n# <b>[x](http://y) @me``:"
            " a\\`b \\# \\<b\\>\\[x\\](http:\\//y) &#64;me `tool-added`"
        ],
        Section.CHANGED: [
            "`t`: a\\`b\\\\n\\# \\<b\\>\\[x\\](http:\\//y) &#64;me `tool-icons-changed`"
        ],
    }


def test_mild_changes_are_not_told_without_end() -> None:
    changes = [change("tool-member-changed", "a", f"member {n:02}") for n in range(20)]
    (lines,) = sections(changes).values()
    assert len(lines) == 8
    assert lines[-1] == "  and 14 more changes"
