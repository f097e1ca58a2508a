from __future__ import annotations

import time
from typing import Any

import pytest

from mcpx.schemas.agreement import Agreement


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        pytest.param({}, {"a": ["\n", 0.3]}, True, id="nothing to differ about"),
        pytest.param({"pattern": "^a$"}, "a", True, id="both match"),
        pytest.param({"pattern": "^a$"}, "b", True, id="neither matches"),
        pytest.param({"pattern": "^a$"}, "a\n", False, id="end before a line break"),
        pytest.param({"pattern": "^.+$"}, "\n", True, id="neither takes a line break"),
        pytest.param({"pattern": r"^\w$"}, "\u00e9", False, id="letters beyond ASCII"),
        pytest.param({"pattern": r"\d"}, "\u0663", False, id="digits beyond ASCII"),
        pytest.param({"pattern": r"^\p{L}$"}, "\u00e9", True, id="no second opinion"),
        pytest.param(
            {"items": {"patternProperties": {r"^\w$": {}}}}, [{"\u00e9": 1}], False, id="names"
        ),
        pytest.param({"pattern": "^(a|a)*(?!b)$"}, "a" * 60 + "!", False, id="takes too long"),
        pytest.param({"pattern": "^a*$"}, "a" * 3_000, True, id="long and usual"),
        pytest.param({"pattern": "^a*$"}, "a" * 3_000 + "\n", False, id="long and unusual"),
        pytest.param({"multipleOf": 0.1}, 0.3, False, id="a fraction of a fraction"),
        pytest.param({"multipleOf": 0.5}, 1.5, True, id="exact fraction"),
        pytest.param({"multipleOf": 3}, 6, True, id="whole"),
        pytest.param({"multipleOf": 0.1}, True, True, id="no number"),
        pytest.param({"multipleOf": 1e-300}, 1e300, False, id="beyond a float"),
    ],
)
def test_validators_agree_or_do_not(schema: Any, value: Any, expected: bool) -> None:
    assert Agreement(schema).on(value) is expected


def test_a_pattern_that_never_ends_is_not_tried_on_long_texts() -> None:
    agreement = Agreement({"pattern": "^(a+)+$"}, {"pattern": "^(a|a)*$"})
    begun = time.monotonic()
    for length in (5, 12, 16, 40, 400):
        agreement.on("a" * length + "!")
    assert time.monotonic() - begun < 2
