from __future__ import annotations

from mcpx.analyses.diff.pairing import Pairing, pairs
from mcpx.catalogue.model import Item, Kind
from tests.analyses.diff.test_likeness import tool


def test_items_of_one_key_go_together() -> None:
    a, b, c = tool("a", "Adds numbers."), tool("b"), tool("c", "Sends mail.", to="string")
    other = tool("b", "new")
    assert pairs([a, b], [other, c]) == Pairing(
        matched=((b, other),), removed=(a,), added=(c,)
    )  # fmt: skip
    assert pairs([], []) == Pairing()


def test_what_has_another_name_is_neither_removed_nor_added() -> None:
    a, b = tool("get-it", "Gets it."), tool("get_it", "Gets it.")
    found = pairs([a], [b])
    assert (found.matched, found.removed, found.added) == ((), (), ())
    assert [(one.old, one.new, one.confidence) for one in found.renamed] == [(a, b, 1.0)]


def test_what_may_have_another_name_is_removed_and_added() -> None:
    a, b = tool("find_it", "Gets it.", n="string"), tool("edit_it", "Gets it.", n="string")
    found = pairs([a], [b])
    assert (found.removed, found.added, found.renamed) == ((a,), (b,), ())
    assert len(found.possibly) == 1


def test_a_key_that_stands_twice_goes_by_its_turn() -> None:
    one, two, three = (tool("a", text) for text in ("one", "two", "three"))
    found = pairs([one], [two, three])
    assert (found.matched, found.doubled, found.undoubled) == (((one, two),), (three,), ())
    found = pairs([one, two], [three])
    assert (found.matched, found.doubled, found.undoubled) == (((one, three),), (), (two,))
    assert pairs([one, two], []).undoubled == (two,)


def test_of_several_of_one_key_equal_ones_go_together() -> None:
    one, two, three, four = (tool("a", text) for text in ("one", "two", "three", "four"))
    found = pairs([one, two], [two, one])
    assert (found.matched, found.doubled, found.undoubled) == (((one, one), (two, two)), (), ())
    found = pairs([one, two], [three, four, two])
    assert (found.matched, found.doubled) == (((one, three), (two, two)), (four,))
    assert pairs([one, one, two], [two]).undoubled == (one, one)


def test_a_swap_is_told_from_a_copy() -> None:
    read, delete = tool("read", "Reads it."), tool("delete", "Deletes it.")
    other_read, other_delete = tool("read", "Deletes it."), tool("delete", "Reads it.")
    assert pairs([read, delete], [other_delete, other_read]).swapped == ((read, delete),)
    assert pairs([read, delete], [other_read, delete]).swapped == ()
    assert pairs([read, delete], [tool("read", "Deletes."), other_delete]).swapped == ()
    same = tool("read", "Deletes it."), tool("delete", "Deletes it.")
    assert pairs(same, [tool("read", "Ends it."), tool("delete", "Ends it.")]).swapped == ()


def test_items_without_a_key_are_paired_too() -> None:
    one = Item(Kind.TOOL, {"name": 5})
    assert pairs([one], [one]).matched == ((one, one),)
