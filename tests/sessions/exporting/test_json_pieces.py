from __future__ import annotations

import json
from typing import Any

import pytest

from mcpx.sessions.exporting.json_pieces import dumps


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param({"a": [1, None, True]}, '{"a":[1,null,true]}', id="plain"),
        pytest.param({"‹": "é🙂"}, '{"‹":"é🙂"}', id="readable"),
        pytest.param("é\ud800", '"é\\ud800"', id="half-a-pair"),
        pytest.param("\udc00\ud800x", '"\\udc00\\ud800x"', id="the-wrong-way-round"),
    ],
)
def test_any_value_can_be_written(value: Any, text: str) -> None:
    assert dumps(value) == text
    assert json.loads(dumps(value).encode()) == value
