"""Files as a git repository had them: ``git:REV:PATH``."""

from __future__ import annotations

import subprocess

from mcpx.errors import ConfigError, UsageError
from mcpx.settings import environment

SCHEME = "git:"
_SECONDS = 30
_LONGEST_SAID = 200


def revision_parts(word: str) -> tuple[str, str]:
    """The revision and the path that ``git:REV:PATH`` names. Raises UsageError."""
    revision, _, path = word.removeprefix(SCHEME).partition(":")
    if not revision or not path or revision.startswith("-"):
        raise UsageError(
            f"{word}: is not git:REV:PATH", hint="for example git:HEAD~1:mcpx.lock, git:v1.2:a.json"
        )
    return revision, path


def read_revision(word: str, most_bytes: int) -> str:
    """The text that a file had: ``PATH`` from the top of the repository, or ``./`` from here.

    Only what the repository keeps is read: no filter or program of its configuration runs.
    Raises ConfigError when there is no such revision or file, or git is not there.
    """
    revision, path = revision_parts(word)
    said = f"{revision}:{path}"
    try:
        size = _git("cat-file", "-s", said)
        if size.returncode == 0 and int(size.stdout or b"0") > most_bytes:
            raise ConfigError(f"{word}: is larger than {most_bytes // 1024**2} MiB")
        done = size if size.returncode else _git("cat-file", "blob", said)
    except FileNotFoundError as error:
        raise ConfigError(f"{word}: git is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise ConfigError(f"{word}: git took longer than {_SECONDS} s") from error
    except OSError as error:
        raise ConfigError(f"{word}: cannot start git: {error.strerror}") from error
    if done.returncode:
        reason = done.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ")
        hint = f"git log --oneline -- {path}"
        raise ConfigError(f"{word}: {reason.partition(chr(10))[0][:_LONGEST_SAID]}", hint=hint)
    try:
        return done.stdout.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{word}: is not in UTF-8") from error


def _git(*words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["git", *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        # Nobody is asked, and nothing is fetched for a clone that left things out.
        env={**environment(), "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"},
        timeout=_SECONDS,
        check=False,
    )
