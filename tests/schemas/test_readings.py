from __future__ import annotations

from typing import Any

import pytest

from mcpx.schemas.readings import opened


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        pytest.param({"additionalProperties": False}, {}, id="additional"),
        pytest.param({"unevaluatedProperties": False}, {}, id="unevaluated"),
        pytest.param({"additionalProperties": True}, {"additionalProperties": True}, id="open"),
        pytest.param(
            {"additionalProperties": {"type": "null"}},
            {"additionalProperties": {"type": "null"}},
            id="of a type",
        ),
        pytest.param(
            {"properties": {"additionalProperties": False, "a": {"additionalProperties": False}}},
            {"properties": {"additionalProperties": False, "a": {}}},
            id="inside, and a member of that name",
        ),
        pytest.param(
            {"const": {"additionalProperties": False}},
            {"const": {"additionalProperties": False}},
            id="data",
        ),
        pytest.param(False, False, id="nothing"),
    ],
)
def test_an_open_schema_refuses_no_unknown_member(schema: Any, expected: Any) -> None:
    assert opened(schema) == expected
