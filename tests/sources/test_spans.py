from __future__ import annotations

import pytest

from mcpx.sources.spans import node_at


@pytest.mark.parametrize(
    ("form", "text"),
    [
        pytest.param("json", '{"servers": {"a": {"command": "npx"}}}', id="json"),
        pytest.param("toml", '[servers.a]\ncommand = "npx"\n', id="toml"),
        pytest.param("yaml", 'servers:\n  a:\n    command: "npx"\n', id="yaml"),
    ],
)
def test_the_same_path_leads_to_the_same_value_in_every_format(form: str, text: str) -> None:
    node = node_at(text, form, ("servers", "a", "command"))
    assert node is not None
    assert text[node.start : node.end] == '"npx"'
    assert node_at(text, form, ("servers", "b")) is None
    assert node_at(text, form, ("servers", "a", "command", "deeper")) is None
