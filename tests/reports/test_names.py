from __future__ import annotations

from mcpx.analyses.finding import Effect
from mcpx.analyses.public_names import PublicName
from mcpx.analyses.seen_names import SeenName
from mcpx.reports.formats import Format, render
from mcpx.reports.names import public, seen
from mcpx.terminal import Terminal


def test_names_that_a_model_sees(pipe: Terminal) -> None:
    listing = seen(
        [SeenName("a", "x", "mcp__a__x"), SeenName("b", "x", "x", Effect.LAST_WINS)], "zed"
    )
    assert render(listing, Format.TABLE, pipe) == (
        "a\tx\tmcp__a__x\t\nb\tx\tx\tthe last one wins, without a word\n"
    )
    assert listing.data["host"] == "zed"
    assert listing.data["names"][1] == {
        "server": "b",
        "tool": "x",
        "name": "x",
        "effect": "last-wins",
        "clone_of": None,
    }


def test_public_names_say_what_is_hidden_and_why(pipe: Terminal) -> None:
    listing = public(
        [
            PublicName("a", "x", "a_x"),
            PublicName("a", "y", "mine", own=True),
            PublicName("a", "z", "", own=True),
            PublicName("b", "x", "", clone_of="a"),
            PublicName("c", "x", ""),
        ]
    )
    assert render(listing, Format.TABLE, pipe).splitlines() == [
        "a\tx\ta_x\t",
        "a\ty\tmine\tyour own",
        "a\tz\t\thidden: as you chose",
        "b\tx\t\thidden: a has the same",
        "c\tx\t\thidden: its name is another tool's, or no text",
    ]
    assert listing.data["host"] is None
    assert [(one["name"], one["effect"]) for one in listing.data["names"]] == [
        ("a_x", None),
        ("mine", None),
        (None, "hidden"),
        (None, "hidden"),
        (None, "hidden"),
    ]
