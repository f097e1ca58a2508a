from __future__ import annotations

from pathlib import Path

import pytest

from mcpx.errors import ConfigError
from mcpx.operations.ignoring import ignored_places

RULE = "tools/call[stat] /structuredContent/**/modified"


def test_the_users_rules_and_the_projects_count_together(
    home: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ignored_places() == []
    monkeypatch.setenv("MCPX_CONFIG", str(home / "own.toml"))
    (home / "own.toml").write_text('[replay]\nignore = ["/a"]\n')
    (project / "mcpx.toml").write_text(f'[replay]\nignore = ["{RULE}", "/b"]\n')
    assert ignored_places() == ["/a", RULE, "/b"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("replay = 1", "mcpx.toml: replay: must be a table", id="no-table"),
        pytest.param("[replay]\nignored = []", "unknown member 'ignored'", id="misspelt"),
        pytest.param('[replay]\nignore = "/a"', "must be a list of texts", id="no-list"),
        pytest.param('[replay]\nignore = ["x y"]', "mcpx.toml: replay.ignore: ", id="no-rule"),
    ],
)
def test_what_cannot_be_read_is_told(project: Path, text: str, message: str) -> None:
    (project / "mcpx.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        ignored_places()
    assert message in caught.value.message
