from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mcpx import cli
from mcpx.errors import UsageError
from mcpx.shipped.completions import FILES, SCRIPTS, script
from tests.conftest import ROOT


@pytest.mark.parametrize("shell", SCRIPTS)
def test_the_files_are_what_the_code_says(
    shell: str, unchanged: Callable[[Path, str], None]
) -> None:
    unchanged(ROOT / "completions" / FILES[shell], script(shell))


def test_there_are_no_other_files() -> None:
    assert {path.name for path in (ROOT / "completions").iterdir()} == set(FILES.values())
    assert set(FILES) == set(SCRIPTS)


def test_an_unknown_shell_is_wrong_use() -> None:
    with pytest.raises(UsageError, match="no completion for 'tcsh'"):
        script("tcsh")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment in which ``mcpx`` can be found."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "mcpx"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mcpx "$@"\n')
    program.chmod(0o755)
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}


def in_bash(environment: dict[str, str], line: str) -> list[str]:
    """What bash offers when TAB is pressed at the end of the line."""
    words = line.split(" ")
    driver = f"""
        source "{ROOT}/completions/mcpx.bash"
        complete -p mcpx >&2
        COMP_LINE={json.dumps(line)} COMP_POINT={len(line)}
        COMP_WORDS=({" ".join(json.dumps(word) for word in words)})
        COMP_CWORD={len(words) - 1}
        _mcpx_completion mcpx
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(
        ["bash", "--norc", "-c", driver],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert "-F _mcpx_completion mcpx" in done.stderr
    return done.stdout.split()


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash")
def test_bash_completes_commands(environment: dict[str, str]) -> None:
    assert in_bash(environment, "mcpx ") == list(cli.COMMANDS) or sorted(
        in_bash(environment, "mcpx ")
    ) == sorted(cli.COMMANDS)
    assert sorted(in_bash(environment, "mcpx con")) == ["config", "conflicts"]
    assert sorted(in_bash(environment, "mcpx trust ")) == ["allow", "deny", "list", "reset"]


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash")
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        pytest.param("mcpx inspect --ti", ["--timeout"], id="option"),
        pytest.param("mcpx config show --form", ["--format"], id="option-below"),
        pytest.param(
            "mcpx inspect --format ", ["json", "markdown", "ndjson", "table"], id="format"
        ),
        pytest.param("mcpx inspect --era le", ["legacy"], id="era"),
        pytest.param("mcpx conflicts --fail-on w", ["warning"], id="severity"),
        pytest.param("mcpx discover --host curs", ["cursor"], id="host"),
        pytest.param("mcpx completions z", ["zsh"], id="shell"),
        pytest.param("mcpx schema cat", ["catalogue"], id="schema"),
        pytest.param("mcpx inspect demo:no", ["notes"], id="after-a-colon"),
        pytest.param("mcpx inspect git", ["github", "gitlab"], id="configured"),
        pytest.param("mcpx inspect cursor/gith", ["cursor/github"], id="of-a-host"),
        pytest.param("mcpx trust allow ", ["ours"], id="of-the-project"),
    ],
)
def test_bash_completes_what_can_come_next(
    environment: dict[str, str],
    home: Path,
    project: Path,
    configure: Callable[..., Path],
    line: str,
    offered: list[str],
) -> None:
    configure(home / ".cursor" / "mcp.json", github={"command": "a"}, gitlab={"command": "b"})
    configure(project / ".mcp.json", ours={"command": "a"})
    assert sorted(in_bash(environment, line)) == offered


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash")
def test_a_name_that_is_a_command_is_never_offered(
    environment: dict[str, str], project: Path, configure: Callable[..., Path]
) -> None:
    evil = ["$(touch ran)", "\\$(touch ran)", "`touch ran`", "x;touch ran", "x\ny", "x'y", "a b"]
    configure(
        project / ".mcp.json", ours={"command": "a"}, **{one: {"command": "a"} for one in evil}
    )
    offered = in_bash(environment, "mcpx trust allow ")
    assert offered == ["ours"]
    assert not (project / "ran").exists()


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash")
def test_a_damaged_setting_offers_nothing_and_says_nothing(
    environment: dict[str, str], project: Path
) -> None:
    (project / "mcpx.toml").write_text("nonsense")
    (project / ".mcp.json").write_text("{")
    assert in_bash(environment, "mcpx trust allow ") == []


@pytest.mark.skipif(not shutil.which("zsh"), reason="no zsh")
def test_zsh_reads_its_script(environment: dict[str, str]) -> None:
    subprocess.run(["zsh", "-n", ROOT / "completions" / "_mcpx"], env=environment, check=True)
    asked = {**environment, "_MCPX_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "mcpx con"}
    done = subprocess.run(["mcpx"], env=asked, capture_output=True, text=True, check=False)
    assert '"config":' in done.stdout


@pytest.mark.skipif(not shutil.which("fish"), reason="no fish")
def test_fish_completes_commands(environment: dict[str, str]) -> None:
    source = f"source {ROOT}/completions/mcpx.fish; complete -C 'mcpx con'"
    done = subprocess.run(
        ["fish", "--no-config", "-c", source],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    offered = sorted(line.split("\t")[0] for line in done.stdout.splitlines())
    assert offered == ["config", "conflicts"]


@pytest.mark.parametrize("shell", ["zsh", "fish", "powershell"])
def test_the_program_answers_the_other_shells(environment: dict[str, str], shell: str) -> None:
    asked = {
        **environment,
        "_MCPX_COMPLETE": f"complete_{shell}",
        "_TYPER_COMPLETE_ARGS": "mcpx con",
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        "_TYPER_COMPLETE_WORD_TO_COMPLETE": "con",
    }
    done = subprocess.run(["mcpx"], env=asked, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    for name in ("config", "conflicts"):
        assert name in done.stdout
    assert "discover" not in done.stdout
