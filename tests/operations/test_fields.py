from __future__ import annotations

import time
from typing import Any

import pytest

from mcpx.operations.fields import Choice, Field, Kind

RED = (Choice("#f00", "Red"), Choice("#0f0", "Green"), Choice("#00f", "Blue"))
TEXT, NUMBER, WHOLE = Field("x", Kind.TEXT), Field("x", Kind.NUMBER), Field("x", Kind.INTEGER)


def text(form: str) -> Field:
    return Field("x", Kind.TEXT, format=form)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        pytest.param(TEXT, "", "", id="text"),
        pytest.param(TEXT, 3, "must be a text", id="text-number"),
        pytest.param(TEXT, None, "must be a text", id="text-null"),
        pytest.param(
            Field("x", Kind.TEXT, least=1), "", "must have at least 1 character", id="short"
        ),
        pytest.param(
            Field("x", Kind.TEXT, most=2), "abc", "must have at most 2 characters", id="long"
        ),
        pytest.param(NUMBER, 1.5, "", id="number"),
        pytest.param(NUMBER, True, "must be a number", id="number-true"),
        pytest.param(NUMBER, "1", "must be a number", id="number-text"),
        pytest.param(Field("x", Kind.NUMBER, least=0.5), 0, "must be at least 0.5", id="least"),
        pytest.param(Field("x", Kind.NUMBER, most=100), 10**400, "must be at most 100", id="most"),
        pytest.param(WHOLE, 5.0, "", id="whole-float"),
        pytest.param(WHOLE, 5.5, "must be a whole number", id="half"),
        pytest.param(WHOLE, float("inf"), "must be a whole number", id="endless"),
        pytest.param(Field("x", Kind.YES_OR_NO), False, "", id="no"),
        pytest.param(Field("x", Kind.YES_OR_NO), 0, "must be true or false", id="zero"),
        pytest.param(Field("x", Kind.CHOICE, choices=RED), "#f00", "", id="choice"),
        pytest.param(
            Field("x", Kind.CHOICE, choices=RED),
            "Red",
            "must be one of #f00, #0f0, #00f",
            id="choice-by-title",
        ),
        pytest.param(
            Field("x", Kind.CHOICE, choices=(Choice(1, "1"),)), True, "must be one of 1", id="one"
        ),
        pytest.param(
            Field("x", Kind.CHOICE, choices=RED), {}, "must be one of #f00, #0f0, #00f", id="dict"
        ),
        pytest.param(Field("x", Kind.LIST, choices=RED), ["#f00", "#00f"], "", id="list"),
        pytest.param(Field("x", Kind.LIST, choices=RED), "#f00", "must be a list", id="no-list"),
        pytest.param(
            Field("x", Kind.LIST, choices=RED),
            ["#f00", []],
            "may only hold #f00, #0f0, #00f",
            id="list-of-other",
        ),
        pytest.param(
            Field("x", Kind.LIST, choices=RED, least=1),
            [],
            "must have at least 1 item",
            id="list-too-short",
        ),
        pytest.param(
            Field("x", Kind.LIST, choices=RED, most=1),
            ["#f00", "#0f0"],
            "must have at most 1 item",
            id="list-too-long",
        ),
        pytest.param(Field("x", Kind.LIST), ["any"], "", id="list-of-texts"),
        pytest.param(Field("x", Kind.LIST), [1], "may only hold texts", id="list-of-numbers"),
        pytest.param(Field("x", Kind.OTHER), {"a": 1}, "", id="other-is-not-checked"),
    ],
)
def test_what_fits_a_field(field: Field, value: Any, reason: str) -> None:
    assert field.misfit(value) == reason


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        pytest.param("email", ["a@b", "o.c+t@ex.co"], ["a", "a@b@c", "a b@c", "@b"], id="email"),
        pytest.param(
            "uri", ["https://a/b?c", "urn:x:y", "mailto:a@b"], ["a/b", "", "h:// "], id="uri"
        ),
        pytest.param(
            "date",
            ["2026-02-28", "2024-02-29"],
            ["2026-02-29", "20260228", "2026-2-8", "٢٠٢٦-٠٢-٢٨"],
            id="date",
        ),
        pytest.param(
            "date-time",
            ["2026-07-28T10:00:00Z", "2026-07-28t23:59:60.123456789+02:00"],
            ["2026-07-28", "2026-07-28T10:00:00", "2026-13-28T10:00:00Z", "2026-07-28T25:00:00Z"],
            id="date-time",
        ),
        pytest.param("ipv4", ["anything"], [], id="unknown-format"),
    ],
)
def test_formats_are_looked_at_lightly(form: str, good: list[str], bad: list[str]) -> None:
    assert [one for one in good if text(form).misfit(one)] == []
    assert [one for one in bad if not text(form).misfit(one)] == []


def test_a_hostile_pattern_costs_nothing() -> None:
    start = time.monotonic()
    field = Field("x", Kind.TEXT, pattern="(a+)+$")
    assert field.misfit("a" * 10_000 + "!") == ""
    assert time.monotonic() - start < 1


@pytest.mark.parametrize(
    ("field", "words"),
    [
        pytest.param(Field("x", Kind.TEXT, least=3, most=50), "text, 3 to 50 characters", id="t"),
        pytest.param(
            Field("x", Kind.TEXT, least=1, format="email"),
            "text, at least 1 character, an e-mail address",
            id="email",
        ),
        pytest.param(Field("x", Kind.NUMBER, most=2.5), "number, at most 2.5", id="number"),
        pytest.param(Field("x", Kind.YES_OR_NO), "yes or no", id="yes-or-no"),
        pytest.param(Field("x", Kind.CHOICE, choices=RED), "one of 3", id="choice"),
        pytest.param(
            Field("x", Kind.LIST, choices=RED, most=2), "any of 3, at most 2 items", id="l"
        ),
        pytest.param(Field("x", Kind.LIST), "a list of texts", id="texts"),
    ],
)
def test_what_may_be_given_in_words(field: Field, words: str) -> None:
    assert field.expectation == words


def test_long_names_are_cut_in_messages() -> None:
    many = tuple(Choice(f"{number}" * 200, "") for number in range(9))
    said = Field("x", Kind.CHOICE, choices=many).misfit("x")
    assert said.endswith("… and 4 more")
    assert len(said) < 500
