from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.client.frames import MalformedError, TooLargeError, compose, parse
from mcpx.json_text import Repeating
from mcpx.settings import Limits

LIMITS = Limits()
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    # Half a surrogate pair too: a server may send one, and it must go back as it came.
    | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), VALUES))
def test_a_message_is_one_line_of_ascii_that_says_the_same(message: dict[str, object]) -> None:
    line = compose(message)
    assert line.isascii()
    assert line.index(b"\n") == len(line) - 1
    assert parse(line, LIMITS) == message


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_json_lacks_is_not_sent(number: float) -> None:
    with pytest.raises(ValueError, match="Out of range"):
        compose({"number": number})


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        pytest.param(b'{"a": 1}\r', {"a": 1}, id="a carriage return"),
        pytest.param('{"a": "é"}'.encode(), {"a": "é"}, id="UTF-8"),
        pytest.param(rb'{"a": "\ud800"}', {"a": "\ud800"}, id="half a surrogate pair"),
        pytest.param(b'{"a": 1, "a": 2}', Repeating([("a", 1), ("a", 2)]), id="a member twice"),
        pytest.param(b"[1, 2]", [1, 2], id="an array"),
        pytest.param(b"7", 7, id="a number"),
    ],
)
def test_reads_what_is_json(raw: bytes, value: object) -> None:
    assert parse(raw, LIMITS) == value


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param(b"", "not JSON: Expecting value at column 1", id="nothing"),
        pytest.param(b'{"a": ', "not JSON: Expecting value at column 7", id="half"),
        pytest.param(b"{} {}", "not JSON: Extra data at column 4", id="two"),
        pytest.param(b'{"a": NaN}', "not JSON: NaN is not a JSON value", id="NaN"),
        pytest.param(b"[-Infinity]", "not JSON: -Infinity is not a JSON value", id="infinity"),
        pytest.param(
            b"9" * 5000,
            "not JSON: Exceeds the limit (4300 digits) for integer string conversion: value has "
            "5000 digits",
            id="a huge number",
        ),
        pytest.param(b'"caf\xe9"', "invalid UTF-8 at byte 4", id="Latin-1"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, "JSON nested too deeply", id="deep"),
        pytest.param(b'{"a":' * 100_000, "JSON nested too deeply", id="deep and half"),
    ],
)
def test_says_why_it_is_no_json(raw: bytes, reason: str) -> None:
    with pytest.raises(MalformedError) as failed:
        parse(raw, LIMITS)
    assert str(failed.value) == reason


@given(st.binary(max_size=200))
def test_never_crashes_on_junk(raw: bytes) -> None:
    try:
        value = parse(raw, LIMITS)
    except MalformedError as error:
        assert str(error)
    else:
        assert value == json.loads(raw)


def test_refuses_what_would_fill_the_memory() -> None:
    raw = b"[" + b"{}," * 60 + b"{}]"
    assert len(parse(raw, Limits(values=122))) == 61
    with pytest.raises(TooLargeError, match="a message of about 122 values") as failed:
        parse(raw, Limits(values=121))
    assert failed.value.limit == "values"


def test_a_mark_at_the_beginning_is_passed_over() -> None:
    assert parse(b"\xef\xbb\xbf{}", Limits()) == {}
