from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcpx.sessions.known_values import KnownValues
from mcpx.sessions.secret_shapes import shapes_in
from mcpx.sessions.sieve import Sieve

VALUES = {"s3cr3t-v@lue": "env:A", "kla/4711": "env:B"}
PIECES = [
    "s3cr3t-v@lue",
    "kla/4711",
    "token",
    "=",
    "abcd1",
    " ",
    "/",
    "%2F",
    "\\u0061",
    "é",
    "x",
    "7",
]


@pytest.mark.parametrize(
    ("text", "known", "shaped"),
    [
        ('{"id":1,"method":"ping"}', False, False),
        ('{"a":"s3cr3t-v@lue"}', True, False),
        ('{"token":"x"}', False, True),
        ('{"a":"%20"}', True, False),
        ('{"a":"\\u2019"}', True, True),
        ('{"a":"https://h?x"}', False, True),
    ],
)
def test_what_to_look_for(text: str, known: bool, shaped: bool) -> None:
    sieve = Sieve(KnownValues(VALUES))
    assert sieve.look(text) == sieve.look(text) == (known, shaped)


@pytest.mark.parametrize("at", range(-14, 3))
def test_a_word_is_seen_wherever_it_stands_in_a_large_text(at: int) -> None:
    text = "x " * 32_768
    place = 65_536 + at
    text = f"{text[:place].ljust(place)} s3cr3t-v@lue {text}"
    sieve = Sieve(KnownValues(VALUES))
    assert sieve.look(text).known
    assert not Sieve(KnownValues(VALUES)).look(text.replace("s3cr3t", "public")).known


def test_words_are_forgotten_when_there_are_more_values() -> None:
    known = KnownValues({})
    sieve = Sieve(known)
    assert not sieve.look("harmless-1").known
    known.change({"harmless-1": "env:C"})
    sieve.forget()
    assert sieve.look("harmless-1").known


def test_it_remembers_only_so_many_words() -> None:
    sieve = Sieve(KnownValues({}))
    for number in range(30):
        sieve.look(" ".join(f"w{number}x{other}" for other in range(1000)))
    assert len(sieve._harmless) <= 21_000


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_it_lets_nothing_through_that_is_a_secret(text: str) -> None:
    known = KnownValues(VALUES)
    sieve = Sieve(known)
    for _ in range(2):
        suspicion = sieve.look(text)
        assert suspicion.known or not list(known.spans(text))
        assert suspicion.shaped or not list(shapes_in(text))
