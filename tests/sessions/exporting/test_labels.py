from __future__ import annotations

from typing import Any

import pytest

from mcpx.sessions.exporting.labels import label


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        pytest.param({"command": ["uvx", "mcp-server-git", "--x"]}, "mcp-server-git", id="runner"),
        pytest.param({"command": ["/usr/bin/notes"]}, "notes", id="path"),
        pytest.param({"url": "https://me:‹x›@a.example:8/mcp"}, "a.example:8", id="url"),
        pytest.param({"url": "http://[broken"}, "server", id="broken-url"),
        pytest.param({"url": "no-url"}, "server", id="no-url"),
        pytest.param({"command": [3]}, "server", id="no-words"),
        pytest.param({"command": [""]}, "server", id="empty"),
        pytest.param({}, "server", id="nothing"),
    ],
)
def test_what_a_target_is_called(target: dict[str, Any], expected: str) -> None:
    assert label(target) == expected
