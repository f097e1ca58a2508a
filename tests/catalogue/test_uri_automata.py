from __future__ import annotations

import pytest

from mcpx.catalogue import uri_automata
from mcpx.catalogue.uri_automata import (
    ANY,
    Allowance,
    Automaton,
    Building,
    UndecidedError,
    characters,
    shortest,
)


def literal(text: str, also: str = "") -> Automaton:
    building = Building()
    building.literal(text, also)
    return building.built()


def repeated(taken: str) -> Automaton:
    building = Building()
    building.repeated(characters(taken))
    return building.built()


def counted(most: int) -> Automaton:
    building = Building()
    building.counted(ANY, most)
    return building.built()


def listed() -> Automaton:
    building = Building()
    building.repeated(characters("ab"))
    building.again("/", 0)
    return building.built()


@pytest.mark.parametrize(
    ("automaton", "accepted", "refused"),
    [
        pytest.param(literal(""), [""], ["a"], id="nothing"),
        pytest.param(literal("ab", "aB"), ["ab", "aB"], ["", "a", "Ab", "abb"], id="literal"),
        pytest.param(repeated("ab"), ["a", "abba", "%2Fa%41"], ["", "ac", "%2"], id="repeated"),
        pytest.param(counted(2), ["a", "ab", "a%20", "%20%21"], ["", "abc", "%", "%2"], id="count"),
        pytest.param(listed(), ["a", "ab/a", "a/b/a"], ["", "a/", "/a", "a//b"], id="again"),
    ],
)
def test_accepts(automaton: Automaton, accepted: list[str], refused: list[str]) -> None:
    assert [text for text in accepted if not automaton.accepts(text, Allowance())] == []
    assert [text for text in refused if automaton.accepts(text, Allowance())] == []


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param(literal("abc", "ABC"), literal("Abc"), "Abc", id="literals"),
        pytest.param(literal("ab"), literal("a"), None, id="longer"),
        pytest.param(literal(""), literal(""), "", id="nothing"),
        pytest.param(repeated("yx"), repeated("yxz"), "x", id="x where there is a choice"),
        pytest.param(repeated("/;"), repeated(";!/"), ";", id="what no word has"),
        pytest.param(repeated("a"), repeated("b"), "%aa", id="only escapes"),
        pytest.param(listed(), literal("a/b/b"), "a/b/b", id="again"),
        pytest.param(counted(3), literal("abcd"), None, id="counted"),
    ],
)
def test_shortest(first: Automaton, second: Automaton, expected: str | None) -> None:
    assert shortest(first, second, Allowance()) == expected
    assert shortest(second, first, Allowance()) == expected


def test_what_visits_too_many_states_is_not_decided() -> None:
    with pytest.raises(UndecidedError):
        repeated("a").accepts("a" * 20, Allowance(2))
    with pytest.raises(UndecidedError):
        shortest(listed(), literal("a" * 20), Allowance(9))
    with pytest.raises(UndecidedError):
        counted(uri_automata.MOST_STATES // 3 + 1)
    with pytest.raises(UndecidedError):
        literal("a" * (uri_automata.MOST_STATES + 1))


def test_an_automaton_keeps_few_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uri_automata, "_MOST_KEPT", 20)
    automaton = literal("abcdefghi")
    assert automaton.accepts("abcdefghi", Allowance())
    assert len(automaton.places) < 4
    assert automaton.accepts("abcdefghi", Allowance())
