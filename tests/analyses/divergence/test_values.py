from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

from mcpx.analyses.divergence.clocks import Clocks
from mcpx.analyses.divergence.divergences import ABSENT, Kind
from mcpx.analyses.divergence.renaming import Renaming
from mcpx.analyses.divergence.texts import Texts
from mcpx.analyses.divergence.values import MOST, Values
from mcpx.json_text import parse_json
from tests.analyses.divergence.sides import NAMES, NOW, THEN, told

A, B, C, D = NAMES
BYTES, OTHERS = (base64.b64encode(one * 30).decode() for one in (b"ab\0", b"xy\0"))


def values(recorded: Any, live: Any, renaming: Renaming | None = None) -> Values:
    found = Values(Texts(Clocks(THEN, NOW), renaming or Renaming()))
    found.compare(recorded, live)
    return found


SAID, OTHER = ({"role": role, "content": {}} for role in ("user", "assistant"))


@pytest.mark.parametrize(
    ("recorded", "live", "expected"),
    [
        pytest.param({"n": 5}, {"n": 5.0}, [], id="numbers by their value"),
        pytest.param({"n": 5}, {"n": 6}, ["changed /n"], id="another number"),
        pytest.param({"n": 1}, {"n": True}, ["changed /n"], id="true is no number"),
        pytest.param({"n": 5}, {"n": "5"}, ["changed /n"], id="another type"),
        pytest.param({"n": None}, {"n": 0}, ["changed /n"], id="null is no number"),
        pytest.param({"n": None}, {}, ["changed /n"], id="null is not nothing"),
        pytest.param({"a": 1}, {"a": 1, "b/~": 2}, ["added /b~1~0"], id="a member more"),
        pytest.param({"a": True}, {"a": False}, ["changed /a"], id="a switch"),
        pytest.param({"a": 1, "b": 2}, {"b": 2, "a": 1}, [], id="the order of members"),
        pytest.param({"_meta": {"v": 1}}, {"_meta": {"v": 2}}, ["changed /_meta/v"], id="nested"),
        pytest.param([1, 2, 3], [1, 3], ["changed /1"], id="an item fewer"),
        pytest.param([1, 3], [1, 2, 3], ["changed /1"], id="an item more"),
        pytest.param(["a", "b"], ["b", "a"], ["order"], id="another order"),
        pytest.param([1, 5], [5, 1], ["changed"], id="another order of numbers"),
        pytest.param({"messages": [SAID, OTHER]}, {"messages": [OTHER, SAID]},
                     ["changed /messages"], id="another order of what is said"),
        pytest.param({"messages": [SAID]}, {"messages": [SAID, OTHER]},
                     ["changed /messages/1"], id="one more thing said"),
        pytest.param({"commit": "1a2b3c4d"}, {"commit": "99887766"}, ["changed /commit"],
                     id="another commit"),
        pytest.param({"commits": ["1a2b3c4d"]}, {"commits": ["99887766"]}, ["changed /commits/0"],
                     id="one of other commits"),
        pytest.param({"paranoid": "1a2b3c4d"}, {"paranoid": "99887766"}, ["volatile /paranoid"],
                     id="a name that ends like one of content"),
        pytest.param("in #1e90ffcc", "in #ab12cd34", ["changed"], id="another colour"),
        pytest.param({"content": [{"data": "V1StGXR8Z5jdHi6BmyT1a"}]},
                     {"content": [{"data": "k3j9X0q2m8Z1w4V7aB3cd"}]},
                     ["changed /content/0/data"], id="bytes that look like a name"),
        pytest.param([1, 2, 3], [2, 1, 4], ["changed /0", "changed /1", "changed /2"], id="more"),
        pytest.param([{"a": 1}, {"a": 2}], [{"a": 1}, {"a": 3}], ["changed /1/a"], id="an item"),
        pytest.param({"content": [1]}, {"content": [1, 2]}, ["added /content/1"], id="a block"),
        pytest.param(
            [{"id": A, "n": 1}, {"id": B, "n": 2}],
            [{"id": D, "n": 2}, {"id": C, "n": 1}],
            ["order", "volatile /0/id", "volatile /1/id"],
            id="another order of new names",
        ),
        pytest.param({"etag": "1a2b3c4d"}, {"etag": "99887766"}, ["changed /etag"], id="a digest"),
        pytest.param([{"id": A}, 1], [{"id": B}, 1], ["volatile /0/id"], id="a new name"),
        pytest.param({"a": A, "b": A}, {"a": B, "b": C}, ["volatile /a", "changed /b"], id="two"),
        pytest.param({A: {"n": 1}}, {B: {"n": 2}}, [f"volatile /{A}", f"changed /{A}/n"], id="key"),
        pytest.param({"a": 1, "b": 1}, {"a": 1, "c": 1}, ["changed /b", "added /c"], id="keys"),
        pytest.param({"at": int(THEN)}, {"at": int(NOW) + 5}, ["volatile /at"], id="the time"),
        pytest.param({"n": 1500000000}, {"n": 1600000000}, ["changed /n"], id="a large count"),
        pytest.param({"n": 10**400}, {"n": 10**401}, ["changed /n"], id="a huge number"),
        pytest.param('{"a": 1.0, "b": 2}', '{"b":2,"a":1}', [], id="JSON in a text"),
        pytest.param({"t": '{"a": 1}'}, {"t": '{"a": 2}'}, ["changed /t/a"], id="in it"),
        pytest.param({"t": '{"a": 1}'}, {"t": '{"a": 2'}, ["changed /t"], id="broken JSON"),
        pytest.param("5", "5.0", ["changed"], id="a number in a text is a text"),
        pytest.param({"data": BYTES}, {"data": f"{BYTES[:40]}\n{BYTES[40:]}"}, [], id="base64"),
        pytest.param({"data": BYTES}, {"data": OTHERS}, ["changed /data"], id="other bytes"),
        pytest.param([{"id": A, "n": 1}], [{"id": B, "n": 2}], ["volatile /0/id", "changed /0/n"],
                     id="both"),
    ],
)  # fmt: skip
def test_values_differ_in_their_places(recorded: Any, live: Any, expected: list[str]) -> None:
    assert told(values(recorded, live).found) == expected


def test_bytes_are_told_by_their_digest() -> None:
    digest = f"sha256:{hashlib.sha256(base64.b64decode(OTHERS)).hexdigest()}"
    assert values({"blob": BYTES}, {"blob": OTHERS}).found[0].live == f"{digest} (90 bytes)"
    reference = {"$blob": digest, "len": 90, "enc": "base64"}
    assert values({"data": reference}, {"data": OTHERS}).found == []
    assert told(values({"data": reference}, {"data": BYTES}).found) == ["changed /data"]
    other = {**reference, "$blob": digest[:-1] + "0"}
    assert told(values({"data": reference}, {"data": other}).found) == ["changed /data"]


def test_bytes_that_are_text_are_compared_as_text() -> None:
    def blob(text: str) -> dict[str, str]:
        return {"blob": base64.b64encode(text.encode()).decode()}

    made = [blob(f"made at {clock} AM, for {name}") for clock, name in
            (("11:00:05", A), ("9:30:06", B))]  # fmt: skip
    assert told(values(*made).found) == ["volatile /blob"]
    (found,) = values(blob("three notes of mine"), blob("four notes of mine")).found
    assert (found.kind, found.live) == (Kind.CHANGED, "four notes of mine")
    inner = [blob(f'{{"notes": {count}, "by": "ann"}}') for count in (3, 4)]
    assert told(values(*inner).found) == ["changed /blob/notes"]


def test_what_is_gone_and_what_came_is_told_as_absent() -> None:
    gone, come = values({"a": 1}, {"b": 2}).found
    assert (gone.recorded, gone.live, gone.message) == (1, ABSENT, "is missing")
    assert (come.recorded, come.live, come.message) == (ABSENT, 2, "is new")


def test_keys_that_are_given_twice_are_told() -> None:
    once, twice = parse_json('{"a": 1}'), parse_json('{"a": 2, "a": 1}')
    assert told(values({"x": once}, {"x": twice}).found) == ["changed /x"]
    assert values({"x": twice}, {"x": parse_json('{"a": 2, "a": 1}')}).found == []


def test_many_differences_are_told_as_far_as_they_can_be_read() -> None:
    found = values([*range(2_000)], [*range(10_000, 12_000)]).found
    assert len(found) == MOST + 1
    assert found[-1].message == "more differs than is told"
    stamps = values([THEN + n for n in range(999)], [NOW + n for n in range(998)] + [1]).found
    assert [one.kind for one in stamps if one.kind is not Kind.VOLATILE] == [Kind.CHANGED]
    assert len(stamps) == MOST + 1


def test_values_of_any_depth_are_compared() -> None:
    def deep(value: Any) -> Any:
        for _ in range(5_000):
            value = [value]
        return value

    assert values(deep(1), deep(1)).found == []
    (found,) = values(deep(1), deep(2)).found
    assert (found.kind, found.pointer) == (Kind.CHANGED, "/0" * 101)
    text = json.dumps({"a": 1})
    for _ in range(8):
        text = json.dumps({"t": text})
    assert len(values(text, text.replace("1", "2")).found) == 1
