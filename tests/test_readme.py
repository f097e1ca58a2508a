"""The README says what is true: its console blocks are run, its lists are complete."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from mcpx import cli
from mcpx.analyses.configuration_rules import CONFIGURATION
from mcpx.analyses.contract_rules import CONTRACTS, RESULTS
from mcpx.analyses.divergence.replay_rules import REPLAY_RULES
from mcpx.analyses.finding import Rule
from mcpx.analyses.rules import RULES
from mcpx.analyses.session_rules import SESSIONS
from mcpx.analyses.text_rules import TEXT_RULES
from mcpx.catalogue.problems import PROBLEMS
from mcpx.errors import ExitStatus, Fault
from mcpx.reports.formats import Format
from mcpx.settings import SETTINGS, variable_of
from mcpx.shipped import json_schemas
from mcpx.shipped.manpages import VARIABLES
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Step:
    """One command of a console block and what it is said to show."""

    command: str
    shown: list[str]


def steps_of(block: str) -> list[Step]:
    steps: list[Step] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            steps.append(Step(line[2:], []))
        elif steps:
            steps[-1].shown.append(line)
    return steps


def blocks() -> Iterator[object]:
    for found in re.finditer(r"^```console\n(.*?)^```$", README, re.MULTILINE | re.DOTALL):
        line = README[: found.start()].count("\n") + 1
        yield pytest.param(steps_of(found[1]), id=f"line-{line}")


def pattern_of(shown: list[str]) -> re.Pattern[str]:
    """The output that is meant: a line ``...`` is any lines, ``...`` in a line is anything."""
    parts = []
    for line in shown:
        if line.strip() == "...":
            parts.append(r"(?:[^\n]*\n)*?")
        else:
            parts.append("[^\n]*".join(map(re.escape, line.rstrip().split("..."))) + r"[ \t]*\n")
    return re.compile("".join(parts))


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``mcpx`` as a program."""
    folder = tmp_path_factory.mktemp("bin")
    program = folder / "mcpx"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mcpx "$@"\n')
    program.chmod(0o755)
    return folder


@pytest.fixture
def environment(programs: Path, tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash")
@pytest.mark.parametrize("steps", list(blocks()))
def test_a_console_block_shows_what_happens(steps: list[Step], environment: dict[str, str]) -> None:
    assert steps, "a console block without a command"
    for step in steps:
        done = subprocess.run(
            ["bash", "-c", step.command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if "2>&1" in step.command else subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
        said = done.stdout
        if done.stderr and any(line.startswith(("error:", "hint:")) for line in step.shown):
            said += done.stderr
        assert "Traceback" not in said + (done.stderr or "")
        assert pattern_of(step.shown).fullmatch(said), f"$ {step.command}\n{said}{done.stderr}"


def test_there_are_blocks_to_run() -> None:
    assert len(list(blocks())) >= 2


@pytest.mark.parametrize(
    ("shown", "said", "fits"),
    [
        (["a", "b"], "a\nb\n", True),
        (["a"], "a\nb\n", False),
        (["a", "..."], "a\nb\nc\n", True),
        (["a", "..."], "a\n", True),
        (["...", "c"], "a\nb\nc\n", True),
        (["a ... c"], "a b c\n", True),
        (["a ... c"], "a b\n", False),
        (["a.c"], "abc\n", False),
        ([], "", True),
        ([], "a\n", False),
    ],
)
def test_dots_stand_for_anything_and_nothing_else(shown: list[str], said: str, fits: bool) -> None:
    assert bool(pattern_of(shown).fullmatch(said)) is fits


@pytest.fixture(scope="module")
def catalogues(programs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogues of two servers."""
    folder = tmp_path_factory.mktemp("catalogues")
    for name in ("tickets", "notes"):
        command = [programs / "mcpx", "inspect", f"demo:{name}", "-o", f"{name}.json"]
        subprocess.run(command, cwd=folder, check=True)
    return folder


@pytest.fixture
def committed(catalogues: Path, tmp_path: Path) -> Path:
    """A checkout with the catalogues."""
    folder = tmp_path / "checkout"
    shutil.copytree(catalogues, folder / "catalogues")
    return folder


def yaml_block(sign: str) -> Any:
    """The YAML block of the README that holds a text."""
    found = re.findall(r"^```yaml\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    (block,) = [one for one in found if sign in one]
    return yaml.safe_load(block)


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash")
def test_the_workflow_step_writes_what_the_next_one_uploads(
    committed: Path, environment: dict[str, str]
) -> None:
    judge, upload = yaml_block("upload-sarif")
    done = subprocess.run(["bash", "-c", judge["run"]], cwd=committed, env=environment, check=False)
    assert done.returncode == 0
    written = json.loads((committed / upload["with"]["sarif_file"]).read_text())
    assert written["version"] == "2.1.0"
    paths = {
        place["physicalLocation"]["artifactLocation"]["uri"]
        for result in written["runs"][0]["results"]
        for place in result["locations"]
    }
    assert "catalogues/notes.json" in paths


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash")
def test_the_step_of_pull_requests_compares_with_the_target_branch(
    committed: Path, environment: dict[str, str]
) -> None:
    _, compare = yaml_block("fetch-depth")
    base = "origin/${{ github.base_ref }}"
    assert base in compare["run"]
    who = "-c user.name=A -c user.email=a@example.com -c commit.gpgsign=false"
    script = f"git init -q && git add . && git {who} commit -qm one && git branch base"
    script += " && cp catalogues/tickets.json catalogues/notes.json"
    subprocess.run(["bash", "-c", script], cwd=committed, env=environment, check=True)
    done = subprocess.run(
        ["bash", "-c", compare["run"].replace(base, "base")],
        cwd=committed,
        env=environment,
        stdout=-1,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "::error file=catalogues/notes.json,title=A tool is gone" in done.stdout


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash")
def test_the_workflow_of_locks_fails_for_what_was_not_approved(
    committed: Path, environment: dict[str, str]
) -> None:
    workflow = yaml_block("mcpx lock --check")
    _, check = workflow["jobs"]["pinned"]["steps"]

    def run(command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", command],
            cwd=committed,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=-1,
            stderr=-1,
            text=True,
            check=False,
        )

    assert run(check["run"]).returncode == 2
    assert run("mcpx lock demo:weather-1").returncode == 0
    done = run(check["run"])
    assert (done.returncode, done.stdout) == (0, "")
    lock = committed / "mcpx.lock"
    lock.write_text(lock.read_text().replace('"demo:weather-1"', '"demo:weather-2"'))
    done = run(check["run"])
    assert done.returncode == 1
    assert re.search(r"^::error file=mcpx\.lock,line=\d+,title=.*\[tool-added\]", done.stdout, re.M)


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash")
def test_the_hook_judges_what_is_committed(committed: Path, environment: dict[str, str]) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    (used,) = yaml_block("rev:")["repos"][0]["hooks"]
    assert used["id"] == hook["id"]
    assert hook["pass_filenames"] is False
    for args in (hook["args"], used["args"]):
        command = shlex.join([*shlex.split(hook["entry"]), *args, "--json"])
        done = subprocess.run(
            ["bash", "-c", command], cwd=committed, env=environment, stdout=-1, check=False
        )
        assert json.loads(done.stdout)["servers"] == ["notes", "tickets"]


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_is_in_the_readme(name: str) -> None:
    assert re.search(rf"mcpx {name}\b", README)


@pytest.mark.parametrize("status", ExitStatus)
def test_every_exit_status_is_in_the_readme(status: ExitStatus) -> None:
    assert re.search(rf"^\| {status.value} \|", README, re.MULTILINE)


@pytest.mark.parametrize("fault", [one for one in Fault if one is not Fault.BUG])
def test_every_class_of_error_that_can_happen_is_in_the_readme(fault: Fault) -> None:
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "mcpx").rglob("*.py")
        if path.name != "errors.py"
    )
    later = f"Fault.{fault.name}" not in code and fault not in ("usage", "config", "refused")
    assert later or f"`{fault.value}`" in README


def variables_in_the_code() -> set[str]:
    found = {variable_of(one.name) for one in SETTINGS} | {"NO_COLOR"}
    for path in (ROOT / "mcpx").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r"\b(MCPX_[A-Z_]*[A-Z]|(?:FORCE|CLICOLOR)_[A-Z]+)\b", text))
    return found - {"MCPX_COMPLETE"}


@pytest.mark.parametrize("name", sorted(variables_in_the_code()))
def test_every_variable_is_in_the_readme_and_on_the_page(name: str) -> None:
    assert any(name in known for known in VARIABLES)
    in_full = name in README
    in_short = name.startswith("MCPX_LIMITS_") and re.search(r"MCPX_LIMITS_", README)
    assert in_full or in_short


def test_every_format_has_its_schema_and_is_named() -> None:
    assert "mcpx schema" in README
    assert "catalogue" in json_schemas.names()
    for name in Format:
        assert f"`{name}`" in README


def test_every_rule_of_conflicts_is_in_the_readme() -> None:
    told = set(re.findall(r"`([a-z]+-[a-z-]+)`", README))
    areas = ("name-", "tool-", "server-", "prompt-", "uri-", "template-", "budget-")
    of_problems = set(PROBLEMS) - {"name-duplicate", "uri-duplicate"}
    assert {rule for rule in RULES if rule.startswith(areas)} - of_problems <= told


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param(TEXT_RULES, id="texts"),
        pytest.param((*CONTRACTS, *RESULTS), id="contracts"),
        pytest.param(CONFIGURATION, id="configuration"),
        pytest.param(SESSIONS, id="sessions"),
        pytest.param(REPLAY_RULES, id="replay"),
    ],
)
def test_a_table_has_every_rule_and_its_severity(rules: tuple[Rule, ...]) -> None:
    rows = [f"| `{one.id}` | {one.severity} | {one.title} |\n" for one in rules]
    assert f"| --- | --- | --- |\n{''.join(rows)}\n" in README.replace(" or info |", " |")
