from __future__ import annotations

import json
import struct
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mcpx.catalogue import canonical
from mcpx.catalogue.canonical import canonical_bytes, canonical_text, readable_text
from mcpx.json_text import Repeating, parse_json

# RFC 8785, section 3.2.2 and 3.2.3.
SAMPLE = r"""{
  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
  "literals": [null, true, false]
}"""
SAMPLE_TEXT = (
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
    r'"string":"€$\u000f\nA' + r"""'B\"\\\\\"/"}"""
)
KEYS = r"""{
  "\u20ac": "Euro Sign",
  "\r": "Carriage Return",
  "\ufb33": "Hebrew Letter Dalet With Dagesh",
  "1": "One",
  "\ud83d\ude00": "Emoji: Grinning Face",
  "\u0080": "Control",
  "\u00f6": "Latin Small Letter O With Diaeresis"
}"""
IN_ORDER = [
    "Carriage Return",
    "One",
    "Control",
    "Latin Small Letter O With Diaeresis",
    "Euro Sign",
    "Emoji: Grinning Face",
    "Hebrew Letter Dalet With Dagesh",
]
# RFC 8785, appendix B: the bits of a number, and its text.
NUMBERS = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555554": "333333333.33333325",
    "41b3de4355555555": "333333333.3333333",
    "41b3de4355555556": "333333333.3333334",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}


def number(bits: str) -> float:
    found: float = struct.unpack(">d", bytes.fromhex(bits))[0]
    return found


def test_the_sample_of_the_rfc() -> None:
    assert canonical_text(parse_json(SAMPLE)) == SAMPLE_TEXT
    # The last of the bytes in section 3.2.4.
    end = bytes.fromhex(
        "22 e2 82 ac 24 5c 75 30 30 30 66 5c 6e 41 27 42 5c 22 5c 5c 5c 5c 5c 22 2f 22 7d"
    )
    assert canonical_bytes(parse_json(SAMPLE)).endswith(b'"string":' + end)


def test_keys_stand_in_the_order_of_the_rfc() -> None:
    assert list(json.loads(canonical_text(parse_json(KEYS))).values()) == IN_ORDER


@pytest.mark.parametrize(("bits", "text"), NUMBERS.items())
def test_numbers_of_the_rfc(bits: str, text: str) -> None:
    assert canonical_text(number(bits)) == text


@pytest.mark.parametrize("bits", ["7fffffffffffffff", "7ff0000000000000", "fff0000000000000"])
@pytest.mark.parametrize("around", [lambda one: one, lambda one: {"a": [one]}], ids=["", "in"])
def test_what_is_no_number_is_refused(bits: str, around: Any) -> None:
    for write in (canonical_text, readable_text):
        with pytest.raises(ValueError, match=r"^(nan|-?inf) is not a JSON number$"):
            write(around(number(bits)))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(2**53 + 1, "9007199254740993", id="beyond 2^53"),
        pytest.param(-(2**63) - 1, "-9223372036854775809", id="beyond 64 bits"),
        pytest.param(10**21, "1" + "0" * 21, id="no exponent"),
        pytest.param([1.0, -0.0, 100.0, 1e20], "[1,0,100,100000000000000000000]", id="whole"),
        pytest.param("\ud800", r'"\ud800"', id="first half"),
        pytest.param("a\udfffb😀", r'"a\udfffb😀"', id="second half"),
        pytest.param("\ud83d\ude00", '"😀"', id="two halves"),
        pytest.param({"\udc00": 1, "😀": 2}, r'{"😀":2,"\udc00":1}', id="half as a key"),
        pytest.param("\\ud800", r'"\\ud800"', id="text of an escape"),
        pytest.param("\x7f\u2028</", '"\x7f\u2028</"', id="not escaped"),
        pytest.param([], "[]", id="empty array"),
        pytest.param({"b": {}, "a": [1.5, []]}, '{"a":[1.5,[]],"b":{}}', id="nested"),
        pytest.param(
            Repeating([("b", 1), ("a", 1), ("b", 0)]), '{"a":1,"b":1,"b":0}', id="repeated key"
        ),
    ],
)
def test_what_the_rfc_leaves_out_or_is_easily_missed(value: Any, text: str) -> None:
    assert canonical_text(value) == text
    assert json.loads(text) == json.loads(json.dumps(value).replace(r"\ud83d\ude00", "😀"))


def test_whoever_repeats_a_key_gives_another_text() -> None:
    texts = ('{"a":1,"a":2}', '{"a":2,"a":1}', '{"a":2}', '{"a":2,"a":2}', '{"a":1}')
    assert [canonical_text([parse_json(one)]) for one in texts] == [f"[{one}]" for one in texts]


def test_nesting_may_have_any_depth() -> None:
    value: list[Any] = []
    for _ in range(50_000):
        value = [value]
    assert canonical_text(value) == "[" * 50_001 + "]" * 50_001
    assert "".join(readable_text(value).split()) == canonical_text(value)


READABLE = """\
{
  "anyOf": [
    {"type": "string"},
    {"maximum": 100, "type": "integer"}
  ],
  "description": "This text is longer than a line that is to be read in a review can be, is it?",
  "empty": {},
  "long": [
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
  ],
  "required": ["a", "b", 1.5]
}"""


def test_the_readable_form_has_a_line_for_each_member() -> None:
    value = parse_json(READABLE)
    reversed_value = dict(reversed(value.items()))
    assert readable_text(reversed_value) == READABLE
    assert readable_text(Repeating([("a", 1), ("a", 2)])) == '{\n  "a": 1,\n  "a": 2\n}'


_TEXTS = st.text(st.characters(codec=None, exclude_categories=[]), max_size=6)
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=20,
)


@given(_VALUES)
@example({"\ue000": 1, "😀": 2})
def test_what_is_written_is_read_back(value: Any) -> None:
    text = canonical_text(value)
    assert canonical_bytes(value).decode("utf-8") == text
    read = parse_json(text)
    assert canonical_text(read) == text
    assert readable_text(read) == readable_text(value)
    assert parse_json(readable_text(value)) == read


@given(_VALUES)
def test_the_fast_way_and_the_other_write_the_same(value: Any) -> None:
    if canonical._is_plain(value):
        assert canonical_text(value) == canonical._whole_characters(canonical._written(value))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_come_back(value: float) -> None:
    assert float(canonical_text(value)) == value
