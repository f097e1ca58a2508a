from __future__ import annotations

import errno
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mcpx import settings
from tests.client.children import MCPX, environment
from tests.conftest import GOOD_SERVER, Run


@pytest.fixture
def nobody() -> Iterator[int]:
    """The writing end of a pipe that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


NO_PROGRAM = ("--", "no-such-program-here")


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        pytest.param(["--help"], 0, "", id="help"),
        pytest.param(["config", "show", "-q"], 0, "", id="nothing to report"),
        pytest.param(["inspect", "--json", "--", *GOOD_SERVER], 0, "", id="a good server"),
        pytest.param(["call", "fail", "--", *GOOD_SERVER], 1, "", id="an error of a tool"),
        pytest.param(["inspect", "--json", *NO_PROGRAM], 3, "cannot be started", id="no server"),
        pytest.param(["inspect", "-fndjson", *NO_PROGRAM], 3, "cannot be started", id="streamed"),
        pytest.param(
            ["inspect", "-fndjson", "--", *GOOD_SERVER], 0, "", id="a good server streamed"
        ),
    ],
)
def test_a_reader_that_left_changes_no_status(
    words: list[str], status: int, says: str, nobody: int, tmp_path: Path
) -> None:
    done = subprocess.run(
        [*MCPX, *words],
        stdin=subprocess.DEVNULL,
        stdout=nobody,
        stderr=subprocess.PIPE,
        env=environment(tmp_path),
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == status, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr and "Exception" not in done.stderr


def test_no_ci_takes_a_part_of_an_error_for_a_command(run: Run) -> None:
    done = run("inspect", "##[error]x", "--json")
    assert json.loads(done.err)["error"]["message"].endswith("'##[error]x'")
    assert "##" not in done.err


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE], ids=["process", "system"])
def test_too_many_open_files_are_a_limit(
    number: int, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explain(_settings: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(settings, "explain", explain)
    done = run("config", "show", "--json")
    assert (done.status, done.out) == (3, "")
    error = json.loads(done.err)["error"]
    assert (error["class"], error["hint"]) == ("limit", "ulimit -n 1024")
    assert error["message"] == "too many open files: the system lets mcpx open no more"


@pytest.mark.skipif(os.name != "posix", reason="limits of processes are POSIX")
@pytest.mark.parametrize("most", [6, 9])
def test_with_few_descriptors_it_says_what_helps(most: int, tmp_path: Path) -> None:
    import resource

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    done = subprocess.run(
        [*MCPX, "inspect", "demo:tickets"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=environment(tmp_path),
        text=True,
        preexec_fn=limit,
        timeout=20,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    assert "too many open files" in done.stderr
    assert "hint: ulimit -n 1024\n" in done.stderr
