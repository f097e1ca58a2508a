from __future__ import annotations

import pytest

from mcpx.analyses.divergence.renaming import Renaming
from tests.analyses.divergence.sides import NAMES

A, B, C, _ = NAMES


def test_pairs_are_one_to_one() -> None:
    renaming = Renaming()
    assert renaming.pair(A, B)
    assert renaming.pair(A, B)
    assert not renaming.pair(A, C)
    assert not renaming.pair(C, B)
    assert (renaming.live_of(A), renaming.live_of(C)) == (B, C)
    assert (renaming.knows(A), renaming.knows(B)) == (True, False)
    assert (renaming.is_live(B), renaming.is_live(A)) == (True, False)


def test_handles_are_put_into_parameters_wherever_they_stand() -> None:
    renaming = Renaming([A])
    assert renaming.in_params({"id": A}) == {"id": A}
    assert not renaming.bound
    renaming.pair(A, B)
    params = {"arguments": {"id": A, "all": [f"note://{A}?x", f"x{A}"], A: 1}, "n": 3}
    assert renaming.in_params(params) == {
        "arguments": {"id": B, "all": [f"note://{B}?x", f"x{A}"], B: 1},
        "n": 3,
    }
    assert renaming.bound == {A: B}


def test_what_is_no_handle_is_sent_as_recorded() -> None:
    renaming = Renaming()
    renaming.pair(A, B)
    assert renaming.in_params({"id": A}) == {"id": A}


def test_what_a_client_knew_stands_for_itself() -> None:
    renaming = Renaming()
    renaming.in_params({"arguments": {"id": A}})
    assert not renaming.pair(A, B)


def test_what_is_the_same_on_both_sides_stays_so() -> None:
    renaming = Renaming()
    renaming.keep({"notes": [{"id": A}, 3, None], "text": f"of {C}"})
    assert not renaming.pair(A, B)
    assert not renaming.pair(B, C)


def test_opaque_values_are_given_back_where_they_belong() -> None:
    renaming = Renaming()
    renaming.opaque("2", "two")
    renaming.opaque({"odd": 1}, 7)
    assert renaming.in_params({"cursor": "2", "n": "2"}) == {"cursor": "two", "n": "2"}
    assert renaming.in_params({"requestState": {"odd": 1.0}}) == {"requestState": {"odd": 1.0}}
    assert renaming.in_params({"requestState": {"odd": 1}}) == {"requestState": 7}
    assert renaming.in_params({"cursor": "3"}) == {"cursor": "3"}


def test_places_have_other_names_live() -> None:
    places = {"/srv/old": "/srv/new", "/srv/old/deep": "/elsewhere", "4711": "8080", "": "x"}
    renaming = Renaming(places=places)
    text = "at /srv/old/a, /srv/old/deep/b, port 4711 of 47110, /srv/older"
    placed = "at /srv/new/a, /elsewhere/b, port 8080 of 47110, /srv/older"
    assert renaming.placed(text) == placed
    assert renaming.in_params({"uri": "file:///srv/old/a"}) == {"uri": "file:///srv/new/a"}


@pytest.mark.parametrize("root", ["/", "/tmp", "/tmp/", "C:\\", "C:", "/srv"])
def test_a_place_that_says_too_little_stands_for_itself(root: str) -> None:
    renaming = Renaming(places={root: "/home/ann/shop"})
    text = f"6 / 3, {root}, {root}notes, /srv/old"
    assert renaming.placed(text) == text


def test_places_end_where_a_folder_ends() -> None:
    renaming = Renaming(places={"/srv/old": "/srv/new"})
    text = "/srv/old-1, /srv/old_2, /mnt/srv/old"
    assert renaming.placed(text) == text
    assert renaming.placed("/srv/old: /srv/old/a.") == "/srv/new: /srv/new/a."


def test_a_value_of_any_depth_is_taken() -> None:
    deep: list[object] = [A]
    for _ in range(5_000):
        deep = [deep]
    renaming = Renaming([A])
    renaming.keep(deep)
    assert [*renaming.in_params({"deep": deep})] == ["deep"]
