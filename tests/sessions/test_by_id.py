from __future__ import annotations

from mcpx.sessions.by_id import ById


def test_those_of_one_id_are_told_apart_by_their_exchange() -> None:
    found: ById[str] = ById()
    for exchange, one in enumerate(("a", "b", "c")):
        found.add("1", one, exchange)
    assert (found.of("1", 2), found.of("1"), found.of("1", 9), found.of("2")) == (
        "c",
        "a",
        "a",
        None,
    )
    assert (found.take("1", 1), list(found)) == ("b", ["a", "c"])
    found.remove("1", "b")
    assert [found.take("1") for _ in range(3)] == ["a", "c", None]
    assert not found
