from __future__ import annotations

from pathlib import Path

import pytest

from mcpx.settings import SETTINGS, user_file
from tests.conftest import Run


def test_every_setting_is_shown_with_its_origin(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "mcpx.toml").write_text("concurrency = 3\n")
    monkeypatch.setenv("MCPX_ERA", "legacy")
    done = run("config", "show", "--color", "never")
    assert done.status == 0
    assert done.err == f"your own settings: {user_file()}\n"
    rows = {row[0]: row[1:4] for row in done.rows}
    assert list(rows) == [one.name for one in SETTINGS]
    assert rows["concurrency"] == ["3", "mcpx.toml", "MCPX_CONCURRENCY"]
    assert rows["era"] == ["legacy", "MCPX_ERA", "MCPX_ERA"]
    assert rows["timeout"] == ["", "default", "MCPX_TIMEOUT"]
    assert rows["inherit_env"] == ["no", "default", "MCPX_INHERIT_ENV"]
    assert rows["limits.pages"] == ["1000", "default", "MCPX_LIMITS_PAGES"]


def test_programs_get_the_same(run: Run) -> None:
    data = run("config", "show", "--json").json
    assert data["user_file"] == str(user_file())
    by_name = {one["name"]: one for one in data["settings"]}
    assert by_name["concurrency"]["value"] == 8
    assert by_name["timeout"]["value"] is None


def test_a_bad_file_is_said_before_anything_is_shown(run: Run, project: Path) -> None:
    (project / "mcpx.toml").write_text("concurency = 3\n")
    done = run("config", "show")
    assert (done.status, done.out) == (2, "")
    assert done.err.endswith("hint: did you mean 'concurrency'?\n")
