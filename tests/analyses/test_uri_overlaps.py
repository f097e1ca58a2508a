from __future__ import annotations

import pytest

from mcpx.analyses.uri_overlaps import uri_overlaps
from mcpx.catalogue import template_overlap
from tests.analyses.offering import Member, server

CASES = [
    pytest.param(
        [
            server("a", templates=("n://{x}", "n://{")),
            server("b", resources=("n://1", "n://2", "n://2/3", "m://1")),
            server("c", resources=("n://1",)),
        ],
        [
            ("template-overlap", "template 'n://{x}' of a also matches n://1 of c"),
            ("template-overlap", "template 'n://{x}' of a also matches n://1 and n://2 of b"),
        ],
        id="template and resource",
    ),
    pytest.param(
        [server("a", resources=("n://1",), templates=("n://{x}", "n://{y}")), server("b")],
        [],
        id="one server",
    ),
    pytest.param(
        [
            server("a", templates=("db://{table}/{id}",)),
            server("b", templates=("db://users/{uid}", "db://users/{uid}/log")),
        ],
        [
            (
                "template-overlap",
                "templates 'db://{table}/{id}' of a and 'db://users/{uid}' of b both make"
                " db://users/x",
            )
        ],
        id="two templates, with an example",
    ),
    pytest.param(
        [server("a", templates=("n://x/{y}",)), server("b", templates=("n://x/",))],
        [
            (
                "template-overlap-possible",
                "templates 'n://x/{y}' of a and 'n://x/' of b both may make, with an empty value,"
                " n://x/",
            )
        ],
        id="with an empty value",
    ),
    pytest.param(
        [server("a", templates=("n://{x}",)), server("b", templates=("n://{y}",))],
        [],
        id="only other names, which is another finding",
    ),
]


@pytest.mark.parametrize(("members", "expected"), CASES)
def test_templates_that_reach_into_another_server(
    members: list[Member], expected: list[tuple[str, str]]
) -> None:
    found = [(one.rule.id, one.message) for one in uri_overlaps(members, possible=True)]
    assert sorted(found) == sorted(expected)


def test_comparing_ends_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template_overlap, "MOST_STATES_TOGETHER", 20)
    members = [
        server("a", templates=("n://{x}", "n://{x}/{y}")),
        server("b", resources=tuple(f"n://{n}" for n in range(10))),
    ]
    rules = [one.rule.id for one in uri_overlaps(members)]
    assert rules[-1] == "template-overlap-unfinished"


def test_a_long_example_is_cut() -> None:
    long = "n://" + "a" * 300
    members = [server("a", templates=(long + "{x}",)), server("b", templates=("n://{y}",))]
    (finding,) = uri_overlaps(members)
    assert finding.message.endswith("aaa…")
    assert len(finding.message) < 700


def test_a_server_cannot_silence_what_is_found_among_others() -> None:
    endless = "".join("{" + f"x{n}:9999" + "}" for n in range(60))
    hostile = server("h", resources=("z:" + "a" * 3000,), templates=(f"z:{endless}",))
    other = server("z", templates=("z:{y}",))
    found = list(
        uri_overlaps(
            [
                hostile,
                other,
                server("a", templates=("db://{table}/{id}",)),
                server("b", templates=("db://users/{uid}",)),
            ]
        )
    )
    assert ("a", "b") in [one.servers for one in found if one.rule.id == "template-overlap"]
