from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from mcpx import settings
from mcpx.errors import ConfigError, UsageError


@pytest.fixture
def user_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = home / "mine.toml"
    monkeypatch.setenv("MCPX_CONFIG", str(path))
    return path


def test_without_anything_the_defaults_hold() -> None:
    found = settings.load()
    assert found == settings.Settings()
    assert found.connect_deadline() == 30.0
    assert {origin for _, _, origin in settings.explain(found)} == {"default"}


def test_each_layer_wins_over_the_one_below(
    user_file: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def timeout() -> tuple[float | None, str | None]:
        found = settings.load()
        return found.timeout, found.origins.get("timeout")

    user_file.write_text("timeout = 1")
    assert timeout() == (1.0, str(user_file))
    (project / "mcpx.toml").write_text("timeout = 2.5")
    assert timeout() == (2.5, "mcpx.toml")
    monkeypatch.setenv("MCPX_TIMEOUT", "3")
    assert timeout() == (3.0, "MCPX_TIMEOUT")
    found = settings.load(timeout=4)
    assert (found.timeout, found.origins["timeout"]) == (4.0, "command line")
    assert found.connect_deadline() == 4.0


def test_a_flag_that_was_not_given_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCPX_ERA", "legacy")
    found = settings.load(era=None, timeout=None, limits=None)
    assert (found.era, found.origins) == ("legacy", {"era": "MCPX_ERA"})


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCPX_ERA", "")
    assert settings.load().era == "auto"


def test_limits_come_from_tables_variables_and_flags(
    user_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_file.write_text('[limits]\nline = "2M"\npages = 7\n')
    monkeypatch.setenv("MCPX_LIMITS_ITEMS", "9")
    found = settings.load(limits=["pages=8"])
    assert (found.limits.line, found.limits.pages, found.limits.items) == (2 * 1024**2, 8, 9)
    assert found.limits.stderr == settings.Limits().stderr
    assert found.origins["limits.pages"] == "command line"


@pytest.mark.parametrize("folder_given", [True, False], ids=["given", "current"])
def test_the_projects_file_is_that_of_the_folder(project: Path, folder_given: bool) -> None:
    (project / "mcpx.toml").write_text("\ufeffconcurrency = 3\n", encoding="utf-8")
    found = settings.load(project) if folder_given else settings.load()
    assert found.concurrency == 3


SECRET = "sUperSecretValue"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("timeout = 0", ["timeout in", "more than 0"], id="no-time-at-all"),
        pytest.param("timeout = 86401", ["at most 86400"], id="more-than-a-day"),
        pytest.param("timeout = nan", ["more than 0"], id="not-a-number"),
        pytest.param('timeout = "soon"', ["must be a number", "soon"], id="a-word-for-a-number"),
        pytest.param("timeout = [1]", ["must be a number"], id="a-list-for-a-number"),
        pytest.param("concurrency = 0", ["from 1 to 1000"], id="nobody-works"),
        pytest.param("concurrency = 1001", ["from 1 to 1000"], id="too-many-work"),
        pytest.param("concurrency = 1.5", ["must be a number"], id="half-a-worker"),
        pytest.param('era = "stone"', ["auto, legacy, modern", "stone"], id="unknown-choice"),
        pytest.param('inherit_env = "perhaps"', ["true or false"], id="neither-yes-nor-no"),
        pytest.param('[limits]\nline = "0"', ["above 0"], id="a-limit-of-nothing"),
        pytest.param('[limits]\nline = "12X"', ["K, M or G"], id="an-unknown-unit"),
        pytest.param('[limits]\nline = ""', ["above 0"], id="an-empty-size"),
        pytest.param("[limits]\nline = -1", ["above 0"], id="a-negative-size"),
        pytest.param("timeot = 3", ["unknown setting 'timeot'"], id="a-typing-error"),
        pytest.param("[limits]\nlin = 3", ["unknown setting 'limits.lin'"], id="an-unknown-limit"),
        pytest.param(
            f"timeout = {SECRET}", ["not valid TOML: at line 1, column"], id="a-bare-word"
        ),
        pytest.param(f'timeout = "{SECRET}', ["not valid TOML: at end"], id="an-open-string"),
        pytest.param("timeout = " + "9" * 5000, ["not valid TOML"], id="a-number-without-end"),
        pytest.param("timeout = " + "[" * 50_000, ["not valid TOML"], id="a-list-without-end"),
        pytest.param("a." * 5000 + "b = 1", ["not valid TOML"], id="a-table-without-end"),
        pytest.param("#" + "x" * 1_000_001, ["larger than 1000000 bytes"], id="a-huge-file"),
        pytest.param(b"\xff\xfe", ["not UTF-8 text"], id="not-text"),
    ],
)
def test_a_bad_file_is_named_and_not_quoted(
    user_file: Path, text: str | bytes, words: list[str]
) -> None:
    user_file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as caught:
        settings.load()
    assert str(user_file) in caught.value.message
    assert len(caught.value.message) < 500
    for word in words:
        assert word in caught.value.message
    assert SECRET not in caught.value.message


def test_an_unknown_setting_comes_with_a_suggestion(user_file: Path) -> None:
    user_file.write_text("timeot = 3")
    with pytest.raises(ConfigError) as caught:
        settings.load()
    assert caught.value.hint == "did you mean 'timeout'?"
    user_file.write_text("zzz = 3")
    with pytest.raises(ConfigError) as caught:
        settings.load()
    assert caught.value.hint == "mcpx config show lists them"


@pytest.mark.parametrize(
    ("text", "name", "variable"),
    [
        pytest.param('trust = "project"', "trust", "MCPX_TRUST", id="trust"),
        pytest.param("inherit_env = true", "inherit_env", "MCPX_INHERIT_ENV", id="environment"),
        pytest.param("[limits]\nline = 1", "limits.line", "MCPX_LIMITS_LINE", id="limits"),
    ],
)
def test_a_projects_file_cannot_loosen_anything(
    user_file: Path, project: Path, text: str, name: str, variable: str
) -> None:
    user_file.write_text("")
    (project / "mcpx.toml").write_text(text)
    with pytest.raises(ConfigError, match=f"'{name}' cannot be set by a project's file") as caught:
        settings.load()
    assert variable in caught.value.hint
    assert str(user_file) in caught.value.hint
    (project / "mcpx.toml").unlink()
    user_file.write_text(text)
    assert settings.load().origins == {name: str(user_file)}


def test_a_file_that_cannot_be_read_is_an_error(
    user_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_file.write_text("timeout = 1")

    def refuse(self: Path, **_: Any) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(ConfigError, match=r"cannot read .*: Permission denied"):
        settings.load()


def test_a_bad_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCPX_CONCURRENCY", "many")
    with pytest.raises(ConfigError) as caught:
        settings.load()
    expected = "concurrency in MCPX_CONCURRENCY: must be a number, not 'many'"
    assert caught.value.message == expected
    assert caught.value.hint == "unset MCPX_CONCURRENCY"


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        pytest.param({"timeout": -1}, "--timeout: must be more than 0", id="timeout"),
        pytest.param({"concurrency": 0}, "--concurrency: must be a number from", id="concurrency"),
        pytest.param({"limits": ["line"]}, "--limit line: expected NAME=VALUE", id="no-value"),
        pytest.param({"limits": ["l=1"]}, "NAME one of line, values, pages", id="no-such-limit"),
        pytest.param({"limits": ["line=x"]}, "--limit line: must be a number above", id="size"),
    ],
)
def test_a_bad_flag_is_wrong_use(flags: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        settings.load(**flags)
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("text", "bytes_"),
    [
        ("1", 1),
        ("007", 7),
        ("10B", 10),
        ("2k", 2048),
        ("2KiB", 2048),
        ("3M", 3 * 1024**2),
        ("3mb", 3 * 1024**2),
        ("1G", 1024**3),
    ],
)
def test_sizes_have_units(text: str, bytes_: int) -> None:
    assert settings.load(limits=[f"line={text}"]).limits.line == bytes_


@pytest.mark.parametrize("text", ["1", "true", "YES", "on"])
def test_yes_has_many_words(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCPX_INHERIT_ENV", text)
    assert settings.load().inherit_env is True


@pytest.mark.parametrize("text", ["0", "False", "no", "OFF"])
def test_no_has_many_words(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCPX_INHERIT_ENV", text)
    assert settings.load().inherit_env is False


def test_the_projects_words_for_yes_are_tomls_too(user_file: Path) -> None:
    user_file.write_text("inherit_env = true")
    assert settings.load().inherit_env is True


def test_every_setting_is_explained_with_its_value() -> None:
    rows = list(settings.explain(settings.load(concurrency=3)))
    assert [setting.name for setting, _, _ in rows] == [one.name for one in settings.SETTINGS]
    values = {setting.name: (value, origin) for setting, value, origin in rows}
    assert values["concurrency"] == (3, "command line")
    assert values["limits.pages"] == (1000, "default")
    assert all(setting.help for setting, _, _ in rows)


def test_every_limit_can_be_set() -> None:
    known = {one.name.partition(".")[2] for one in settings.SETTINGS if "." in one.name}
    assert known == set(settings.Limits.__dataclass_fields__)


def test_folders_are_under_the_home_of_the_user(home: Path) -> None:
    for folder in (settings.user_file(), settings.state_folder(), settings.cache_folder()):
        assert folder.is_relative_to(home)
        assert "mcpx" in folder.parts
    assert settings.user_file().name == "config.toml"
    tomllib.loads("")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("120", 120), ("0", None), ("", None), ("wide", None), ("-3", None), ("²", None)],
)
def test_columns_are_a_number_above_nought(
    text: str, expected: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", text)
    assert settings.columns() == expected


@pytest.mark.parametrize(("text", "expected"), [("", False), ("0", False), ("1", True)])
def test_debugging_is_asked_for(text: str, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCPX_DEBUG", text)
    assert settings.debugging() is expected


def test_a_server_gets_only_what_every_program_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")
    monkeypatch.setenv("LC_TIME", "C")
    given = settings.server_environment({"DECLARED": "1", "PATH": "/only"})
    assert given["DECLARED"] == "1"
    assert given["PATH"] == "/only"
    assert given["LC_TIME"] == "C"
    assert "canary" not in given.values()
    assert "HOME" in given
    everything = settings.server_environment({"DECLARED": "1"}, everything=True)
    assert everything["AWS_SECRET_ACCESS_KEY"] == "canary"
    assert everything["DECLARED"] == "1"


def test_windows_needs_more_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYSTEMROOT", "C:\\Windows")
    assert "SYSTEMROOT" not in settings.server_environment({})
    monkeypatch.setattr("sys.platform", "win32")
    assert settings.server_environment({})["SYSTEMROOT"] == "C:\\Windows"


def test_the_walk_has_a_home_of_its_own_and_no_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCPX_TIMEOUT", "3")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/x")
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", "/x")
    given = settings.walk_environment(tmp_path)
    assert given["HOME"] == given["USERPROFILE"] == str(tmp_path)
    assert not {"MCPX_TIMEOUT", "XDG_CONFIG_HOME", "CLAUDE_CONFIG_DIR"} & set(given)
    assert "PATH" in given


def test_a_file_that_others_may_write_cannot_loosen_anything(user_file: Path) -> None:
    user_file.write_text('trust = "project"')
    user_file.chmod(0o666)
    with pytest.raises(ConfigError, match="cannot be set by a file that others may write"):
        settings.load()
    user_file.chmod(0o600)
    assert settings.load().trust == "project"


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_is_no_file_is_not_ignored(project: Path, kind: str) -> None:
    path = project / "mcpx.toml"
    path.mkdir() if kind == "folder" else os.mkfifo(path)
    with pytest.raises(ConfigError, match="not a regular file"):
        settings.load()
