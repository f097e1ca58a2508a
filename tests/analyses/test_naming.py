from __future__ import annotations

import pytest

from mcpx.analyses.naming import (
    Names,
    Offer,
    bare,
    cleaned,
    cut,
    hashed_where_changed,
    hashed_where_equal,
    middle_out,
    only_with_others,
    prefixed,
    sha1,
)

TWO = [Offer("a", "", ["x y", "long"]), Offer("b", "", ["x y"])]
_WORD = cleaned(r"[^a-z]")
STEPS: list[tuple[str, Names, list[str]]] = [
    ("bare", bare(), ["x y", "long", "x y"]),
    ("bare, cleaned", bare(_WORD), ["x_y", "long", "x_y"]),
    ("bare, by a function", bare(str.upper), ["X Y", "LONG", "X Y"]),
    ("prefixed", prefixed(lambda key: f"{key}:"), ["a:x y", "a:long", "b:x y"]),
    ("cut", prefixed(lambda key: f"{key}:", fit=cut(4)), ["a:x ", "a:lo", "b:x "]),
    ("middle out", prefixed(str, fit=middle_out(4, 1, "..")), ["ax y", "a..g", "bx y"]),
    (
        "hashed where changed",
        hashed_where_changed("_", cleaned(r"[^a-z_]", ""), 10, 4),
        [f"a_xy_{sha1('a_x y', 4)}", "a_long", f"b_xy_{sha1('b_x y', 4)}"],
    ),
    (
        "hashed where equal",
        hashed_where_equal(bare(), 10, 4),
        [f"x y_{sha1('a x y', 4)}", "long", f"x y_{sha1('b x y', 4)}"],
    ),
    (
        "only with others",
        only_with_others(bare(), prefixed(lambda key: f"{key}.")),
        ["a.x y", "a.long", "b.x y"],
    ),
]


@pytest.mark.parametrize(("names", "made"), [one[1:] for one in STEPS], ids=[s[0] for s in STEPS])
def test_each_step_of_naming(names: Names, made: list[str]) -> None:
    assert names(TWO) == made


def test_a_single_server_is_named_in_its_own_way() -> None:
    names = only_with_others(bare(), prefixed(lambda key: f"{key}."))
    assert names(TWO[:1]) == ["x y", "long"]


def test_what_is_too_long_is_hashed_within_the_length() -> None:
    (name,) = hashed_where_changed("_", str, 8, 4)([Offer("a", "", ["long_name"])])
    assert name == f"a_l_{sha1('a_long_name', 4)}"
    assert len(name) == 8
