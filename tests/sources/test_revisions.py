from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from mcpx.errors import ConfigError, UsageError
from mcpx.sources.revisions import read_revision, revision_parts

_WHO = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two versions of ``a.json``, in the current folder."""
    monkeypatch.chdir(tmp_path)

    def git(*words: str) -> None:
        subprocess.run(["git", *_WHO, *words], check=True, capture_output=True)

    git("init", "-q")
    for text in ("one", "two"):
        (tmp_path / "a.json").write_text(text)
        git("add", "a.json")
        git("commit", "-q", "-m", text)
    (tmp_path / "a.json").write_text("three")
    return tmp_path


@pytest.mark.usefixtures("checkout")
def test_a_file_as_a_revision_had_it() -> None:
    assert read_revision("git:HEAD~1:a.json", 100) == "one"
    assert read_revision("git:HEAD:./a.json", 100) == "two"


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("git:HEAD~9:a.json", "invalid object name 'HEAD~9'"),
        ("git:HEAD:b.json", "does not exist in 'HEAD'"),
        ("git:HEAD~1:a.json", "is larger than 0 MiB"),
    ],
)
def test_what_is_not_there_is_named(word: str, said: str) -> None:
    with pytest.raises(ConfigError, match="git:") as caught:
        read_revision(word, 2)
    assert said in caught.value.message


@pytest.mark.parametrize("word", ["git:", "git:HEAD", "git::a.json", "git:--help:a", "git:HEAD:"])
def test_half_a_word_is_refused(word: str) -> None:
    with pytest.raises(UsageError) as caught:
        revision_parts(word)
    assert caught.value.message == f"{word}: is not git:REV:PATH"


def test_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(ConfigError) as caught:
        read_revision("git:HEAD:a.json", 100)
    assert "not a git repository" in caught.value.message


def test_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError) as caught:
        read_revision("git:HEAD:a.json", 100)
    assert caught.value.message == "git:HEAD:a.json: git is not installed"


@pytest.mark.usefixtures("checkout")
def test_nothing_that_the_repository_configures_is_run(checkout: Path) -> None:
    (checkout / ".gitattributes").write_text("*.json diff=x filter=x\n")
    with (checkout / ".git/config").open("a") as config:
        config.write('[diff "x"]\n\ttextconv = touch ran;\n[filter "x"]\n\tsmudge = touch ran\n')
        config.write("[core]\n\tfsmonitor = touch ran\n\tpager = touch ran\n")
    assert read_revision("git:HEAD:a.json", 100) == "two"
    assert not (checkout / "ran").exists()


def test_what_is_not_text_is_refused(checkout: Path) -> None:
    (checkout / "b.json").write_bytes(b"\xff{}")
    for words in (("add", "b.json"), (*_WHO, "commit", "-qm", "b")):
        subprocess.run(["git", *words], check=True, capture_output=True)
    with pytest.raises(ConfigError, match=r"^git:HEAD:b\.json: is not in UTF-8$"):
        read_revision("git:HEAD:b.json", 100)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (subprocess.TimeoutExpired("git", 30), "git took longer than 30 s"),
        (PermissionError(13, "Permission denied"), "cannot start git: Permission denied"),
    ],
    ids=["slow", "forbidden"],
)
def test_git_that_does_not_answer(
    monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(subprocess, "run", fail)
    with pytest.raises(ConfigError, match=said):
        read_revision("git:HEAD:a.json", 100)
