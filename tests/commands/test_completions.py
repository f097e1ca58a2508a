from __future__ import annotations

from pathlib import Path

import pytest

from mcpx.shipped.completions import SCRIPTS
from tests.conftest import Run


@pytest.mark.parametrize("shell", SCRIPTS)
def test_the_script_of_a_shell_is_printed(run: Run, project: Path, shell: str) -> None:
    done = run("completions", shell)
    assert (done.status, done.out, done.err) == (0, SCRIPTS[shell], "")
    assert run("completions", shell, "-o", "script", "-q").status == 0
    assert (project / "script").read_text() == SCRIPTS[shell]


def test_an_unknown_shell_is_wrong_use(run: Run) -> None:
    done = run("completions", "csh")
    assert done.status == 2
    expected = "error: there is no completion for 'csh'\nhint: there is for bash, zsh, fish, "
    assert done.err.startswith(expected)
