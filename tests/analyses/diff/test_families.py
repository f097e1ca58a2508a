from __future__ import annotations

from mcpx.analyses.diff.changes import ABSENT, Change
from mcpx.analyses.diff.families import families
from mcpx.analyses.diff.pairing import pairs
from mcpx.analyses.diff.pairing_changes import pairing_changes
from mcpx.catalogue.model import Item, Kind


def gone(*uris: str) -> list[Change]:
    items = [Item(Kind.RESOURCE, {"uri": uri}) for uri in uris]
    return [*pairing_changes("a", Kind.RESOURCE, pairs(items, []))]


def test_what_differs_in_digits_is_told_as_one() -> None:
    uris = [f"a://b/{number}" for number in range(1, 101)]
    found = [*families(gone("a://first", *uris, "a://last"))]
    assert [one.subject.key for one in found] == ["a://first", "a://b/{n}", "a://last"]
    family = found[1]
    assert family.message == "100 resources like 'a://b/1' are gone"
    assert (family.rule.id, family.before, family.after) == ("resource-removed", uris, ABSENT)
    assert family.severity.value == "error"


def test_a_few_are_told_one_by_one() -> None:
    changes = gone("a://1", "a://2", "a://3", "b://4")
    assert [*families(changes)] == changes


def test_other_rules_and_other_severities_are_other_families() -> None:
    items = [Item(Kind.RESOURCE, {"uri": f"a://{number}"}) for number in range(8)]
    template = [Item(Kind.TEMPLATE, {"uriTemplate": "b://{x}"})]
    lost = [*pairing_changes("a", Kind.RESOURCE, pairs(items[:4], []), template)]
    come = [*pairing_changes("a", Kind.RESOURCE, pairs([], items[4:]))]
    assert [one.rule.id for one in families([*lost, *come])] == [
        "resource-removed",
        "resource-added",
    ]
