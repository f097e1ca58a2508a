from __future__ import annotations

import json
from typing import Any

import pytest

from mcpx.analyses.divergence.mirrors import without_mirror


def result(structured: Any, *texts: str) -> dict[str, Any]:
    content = [{"type": "text", "text": text} for text in texts]
    return {"content": content, "structuredContent": structured}


@pytest.mark.parametrize(
    ("repeating", "places"),
    [
        pytest.param(result({"n": 3}, '{"n": 3.0}'), [0], id="its JSON"),
        pytest.param(result({"result": "well"}, "well"), [0], id="a wrapped text"),
        pytest.param(result({"result": 3}, "3"), [0], id="a wrapped number"),
        pytest.param(result({"result": [1, "b"]}, "1", "b"), [0, 1], id="a block for each item"),
        pytest.param(result({"result": [1, 2]}, "[1, 2]"), [0], id="a block for all items"),
        pytest.param(result({"n": 3}, "three", '{"n": 3}'), [1], id="beside another"),
        pytest.param(result({"n": 3}, '{"n": 3}', '{"n": 3}'), [0], id="twice"),
        pytest.param(result({"n": 3}, '{"n": 4}'), [], id="something else"),
        pytest.param(result({"n": 3}, "three"), [], id="words"),
        pytest.param(result({"n": 3}), [], id="no blocks"),
        pytest.param({"content": [3], "structuredContent": 3}, [], id="junk"),
        pytest.param({"content": [{"type": "text", "text": "3"}]}, [], id="text alone"),
    ],
)
def test_blocks_that_repeat_what_is_structured_say_nothing(
    repeating: dict[str, Any], places: list[int]
) -> None:
    left, right = without_mirror(repeating, repeating)
    assert left == right
    assert [n for n, block in enumerate(left["content"]) if block == {"type": "text"}] == places


def test_both_sides_have_to_repeat() -> None:
    recorded, live = result({"n": 3}, '{"n": 3}'), result({"n": 4}, '{"n": 3}')
    before = json.dumps(recorded)
    assert without_mirror(recorded, live) == (recorded, live)
    assert json.dumps(recorded) == before
