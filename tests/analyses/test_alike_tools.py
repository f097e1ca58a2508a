from __future__ import annotations

from mcpx.analyses.alike_tools import alike_tools
from mcpx.analyses.finding import Finding
from tests.analyses.offering import Member, described, server


def told(members: list[Member], possible: bool = False) -> list[tuple[str, str]]:
    return [(one.rule.id, one.message) for one in alike_tools(members, possible)]


ORDER = [
    described("a", {"get_address": "Get the address of a customer"}),
    described("b", {"address_get": "Returns one address of a customer"}),
]


def test_a_pair_is_told_by_the_nearest_of_its_likenesses() -> None:
    assert told(ORDER, possible=True) == [
        (
            "name-near",
            "tools 'get_address' of a and 'address_get' of b have the same words in another order",
        )
    ]


def test_names_that_look_the_same_are_told_within_one_server_too() -> None:
    members = [server("a", ("list_items", "Iist_items"))]
    assert told(members) == [
        ("name-lookalike", "tools 'list_items' of a and 'Iist_items' of a look the same")
    ]


OVERLAP = [
    described("linear", {"create_issue": "Create a new issue in a project."}),
    described("github", {"add_issue": "Creates an issue in a project."}),
    described("jira", {"add_issue": "Creates an issue in a project."}),
    described("maps", {"get_route": "Get a route between two places."}),
]


def found(members: list[Member], possible: bool = False) -> Finding:
    (finding,) = alike_tools(members, possible)
    return finding


def test_tools_that_do_the_same_to_the_same_are_told_with_all_who_offer_them() -> None:
    finding = found(OVERLAP)
    assert finding.rule.id == "tool-overlap"
    assert "'create_issue' of linear and 'add_issue' of github, and 1 more like them," in (
        finding.message
    )
    assert [(one.server, one.key) for one in finding.subjects] == [
        ("github", "add_issue"),
        ("jira", "add_issue"),
        ("linear", "create_issue"),
    ]


def test_one_server_alone_overlaps_with_nobody() -> None:
    alone = [described("a", {"create_issue": "Create an issue.", "add_issue": "Create an issue."})]
    assert told(alone, possible=True) == []


def test_parameters_are_read_from_what_is_a_schema() -> None:
    schemas: list[object] = [None, [], {"properties": []}, {"properties": {"a": 1}}]
    for schema in schemas:
        key, catalogue = described("a", {"x": "1"})
        catalogue.tools[0].raw["inputSchema"] = schema  # type: ignore[index]
        assert told([(key, catalogue), described("b", {"y": "2"})]) == []
