from __future__ import annotations

import base64
import json
import string
from collections.abc import Callable
from html import escape as xml
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.escapes import forms, spans_before, unescaped

SIGNS = ["\\", "%", "25", "41", "u0041", "x41", "&", "amp;", "lt;", "#64;", "a", '"', "é", "ud83d"]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        pytest.param("plain é 漢", "plain é 漢", id="nothing"),
        pytest.param('a\\"b\\\\\\"c\\_d', 'a"b"c_d', id="backslashes"),
        pytest.param("\\u0041\\\\u0042\\x43\\U0001f642", "ABC🙂", id="numbers"),
        pytest.param("\\ud83d\\ude42", "🙂", id="pair"),
        pytest.param("\\u005c\\x5c%5c&#92;", "", id="backslashes-by-number"),
        pytest.param("p%40ss%2bz%C3%A4", "p@ss+zä", id="octets"),
        pytest.param("%2540%252540%25", "@@%", id="octets-again"),
        pytest.param("&lt;&#64;&#x40;&quot;&apos;", "<@@\"'", id="xml"),
        pytest.param("&amp;amp;lt;x&amp;y", "<x&y", id="xml-again"),
        pytest.param("100% &more; \\U99999999&#9999999;", "100% &more; ", id="no-escapes"),
    ],
)
def test_escapes_are_taken_away(text: str, plain: str) -> None:
    assert unescaped(text) == plain


@pytest.mark.parametrize(
    "escape", [lambda text: json.dumps(text)[1:-1], xml, lambda text: quote(text, "")]
)
@given(text=st.text(string.ascii_letters + "\"'<>&@:/ ?#é漢🙂;.,|_-"))
def test_what_was_escaped_reads_as_before(escape: Callable[[str], str], text: str) -> None:
    assert unescaped(escape(text)) == unescaped(text)


@given(st.lists(st.sampled_from(SIGNS), max_size=12).map("".join))
def test_every_character_has_a_place_in_the_text(text: str) -> None:
    plain = unescaped(text)
    places = list(spans_before(text, [(at, at + 1) for at in range(len(plain))]))
    for character, (start, end) in zip(plain, places, strict=True):
        assert character in unescaped(text[start:end])
    assert places == sorted(places)


def test_a_span_takes_its_escapes_along() -> None:
    text = 'x \\"p%40ss\\" y'
    plain = unescaped(text)
    start = plain.index('"')
    (span,) = spans_before(text, [(start, plain.rindex('"') + 1)])
    assert text[slice(*span)] == '\\"p%40ss\\"'


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
@pytest.mark.parametrize("after", ["", "x", "xy"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_base64_of_a_longer_text_holds_a_form(before: str, after: str, encode: type) -> None:
    text = encode(f"{before}s3cret?>~value{after}".encode()).decode()
    best = max((form for form in forms("s3cret?>~value") if form in text), key=len)
    assert len(best) >= len(text) - 4 * (1 + bool(before) + bool(after))


def test_a_value_without_much_in_it_is_not_looked_for_without_its_escapes() -> None:
    assert min(map(len, forms("\\\\\\\\\\\\ab"))) == len("\\\\\\\\\\\\ab")
